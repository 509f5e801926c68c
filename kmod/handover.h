/* SPDX-License-Identifier: GPL-2.0 */
/* The short way through a veth device. */
#ifndef _SRPROXY_HANDOVER_H
#define _SRPROXY_HANDOVER_H

#include <linux/netdevice.h>

struct net_device *srp_handover_peer(struct net_device *dev);
bool srp_handover_fits(const struct sk_buff *skb, unsigned int len,
		       const struct net_device *peer);
void srp_handover_packet(struct net_device *dev, struct net_device *peer,
			 struct sk_buff *skb, const u8 *next_hop);
void srp_handover_frame(struct net_device *dev, struct net_device *peer,
			struct sk_buff *skb);
void srp_handover_back(struct net_device *far, struct net_device *near,
		       struct sk_buff *skb);

bool srp_egress_unattended(const struct net_device *dev);
bool srp_ingress_unattended(const struct net_device *dev);

#endif /* _SRPROXY_HANDOVER_H */
