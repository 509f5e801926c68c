/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets meet the proxy: netfilter's PRE_ROUTING. */
#ifndef _SRPROXY_HOOK_PREROUTING_H
#define _SRPROXY_HOOK_PREROUTING_H

struct net;

int srp_hook_prerouting_register(struct net *net);
void srp_hook_prerouting_unregister(struct net *net);

#endif /* _SRPROXY_HOOK_PREROUTING_H */
