/* SPDX-License-Identifier: GPL-2.0 */
/* IP packets from VNFs: netfilter's hook at the ingress of one device. */
#ifndef _SRPROXY_HOOK_RETURN_H
#define _SRPROXY_HOOK_RETURN_H

#include <linux/netdevice.h>

struct srp_trunk;

int srp_hook_return_register(struct net *net, struct srp_trunk *trunk,
			     struct net_device *dev);
void srp_hook_return_extend(struct srp_trunk *trunk, struct net_device *dev);
void srp_hook_return_unregister(struct net *net, struct srp_trunk *trunk);
void srp_hook_return_arrive(struct sk_buff *skb);

#endif /* _SRPROXY_HOOK_RETURN_H */
