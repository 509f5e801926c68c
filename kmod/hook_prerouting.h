/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets meet the proxy: netfilter's PRE_ROUTING. */
#ifndef _SRPROXY_HOOK_PREROUTING_H
#define _SRPROXY_HOOK_PREROUTING_H

struct srp_net;

int srp_hook_prerouting_get(struct srp_net *sn);
void srp_hook_prerouting_put(struct srp_net *sn);

#endif /* _SRPROXY_HOOK_PREROUTING_H */
