/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets meet the proxy: netfilter's LOCAL_IN, by a local route of the FIB. */
#ifndef _SRPROXY_HOOK_LOCAL_H
#define _SRPROXY_HOOK_LOCAL_H

#include <net/dst.h>

struct in6_addr;
struct srp_net;
struct srp_sid;

int srp_hook_local_get(struct srp_net *sn);
void srp_hook_local_put(struct srp_net *sn);
bool srp_local_route(const struct srp_sid *sid, const struct in6_addr *addr,
		     const struct dst_entry *dst);

#endif /* _SRPROXY_HOOK_LOCAL_H */
