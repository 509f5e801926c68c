// SPDX-License-Identifier: GPL-2.0
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "route.h"

#define FLAGS	(RT6_LOOKUP_F_HAS_SADDR | RT6_LOOKUP_F_DST_NOREF)

/**
 * srp_route() - look a route up
 * @net:	namespace
 * @dev:	where the packet came in
 * @fl6:	what it is
 * @skb:	itself, or NULL when the result is for many
 * @table:	routing table, 0 for the node's rules
 *
 * Under RCU, which the route is good for. With a reference, the stack would take
 * and give back one of a route that all CPUs share on the way.
 *
 * Return: the route, which may bear an error; NULL if there is no such table
 */
struct dst_entry *srp_route(struct net *net, struct net_device *dev,
			    struct flowi6 *fl6, const struct sk_buff *skb,
			    u32 table)
{
	struct fib6_table *fib;

	if (!table)
		return ip6_route_input_lookup(net, dev, fl6, skb, FLAGS);
	fib = fib6_get_table(net, table);
	if (!fib)
		return NULL;
	return &ip6_pol_route(net, fib, 0, fl6, skb, FLAGS)->dst;
}

/**
 * srp_route_packet() - the route that the stack would find for a packet
 * @net:	namespace
 * @skb:	packet, as it came in
 * @table:	as of srp_route()
 *
 * Return: as of srp_route()
 */
struct dst_entry *srp_route_packet(struct net *net, const struct sk_buff *skb,
				   u32 table)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_iif = skb->dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = ip6h->nexthdr,
		.flowlabel = ip6_flowinfo(ip6h),
		.daddr = ip6h->daddr,
		.saddr = ip6h->saddr,
	};

	return srp_route(net, skb->dev, &fl6, skb, table);
}
