/* SPDX-License-Identifier: GPL-2.0 */
/* Frames from VNFs: netfilter's hook at the ingress of one device. */
#ifndef _SRPROXY_HOOK_INGRESS_H
#define _SRPROXY_HOOK_INGRESS_H

#include <linux/netdevice.h>

struct srp_trunk;

int srp_hook_ingress_register(struct net *net, struct srp_trunk *trunk,
			      struct net_device *dev);
void srp_hook_ingress_unregister(struct net *net, struct srp_trunk *trunk);

#endif /* _SRPROXY_HOOK_INGRESS_H */
