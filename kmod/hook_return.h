/* SPDX-License-Identifier: GPL-2.0 */
/* IP packets from VNFs: a hook of netfilter's, or the rx handler of one device. */
#ifndef _SRPROXY_HOOK_RETURN_H
#define _SRPROXY_HOOK_RETURN_H

#include <linux/netdevice.h>

struct srp_trunk;

int srp_hook_return_register(struct net *net, struct srp_trunk *trunk,
			     struct net_device *dev);
void srp_hook_return_settle(struct net *net, struct srp_trunk *trunk,
			    struct net_device *dev);
void srp_hook_return_unregister(struct net *net, struct srp_trunk *trunk,
				struct net_device *dev);
void srp_hook_return_arrive(struct sk_buff *skb);

#endif /* _SRPROXY_HOOK_RETURN_H */
