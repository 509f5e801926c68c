/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6 routes of packets that are forwarded. */
#ifndef _SRPROXY_ROUTE_H
#define _SRPROXY_ROUTE_H

#include <net/flow.h>
#include <net/ip6_fib.h>

struct dst_entry *srp_route(struct net *net, struct net_device *dev,
			    struct flowi6 *fl6, const struct sk_buff *skb,
			    u32 table);
struct dst_entry *srp_route_packet(struct net *net, const struct sk_buff *skb,
				   u32 table);

#endif /* _SRPROXY_ROUTE_H */
