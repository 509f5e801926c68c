/* SPDX-License-Identifier: GPL-2.0 */
/* Frames from VNFs: netfilter's hook at the ingress of one device. */
#ifndef _SRPROXY_HOOK_INGRESS_H
#define _SRPROXY_HOOK_INGRESS_H

#include <linux/netdevice.h>

struct srp_port;

int srp_hook_ingress_register(struct net *net, struct srp_port *trunk,
			      struct net_device *dev);
void srp_hook_ingress_unregister(struct net *net, struct srp_port *trunk);

#endif /* _SRPROXY_HOOK_INGRESS_H */
