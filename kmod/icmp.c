// SPDX-License-Identifier: GPL-2.0
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "icmp.h"

/*
 * icmp_send() speaks only of packets that bear a route. The one back to the
 * source tells it the namespace, and asks nothing of the interface that the
 * packet came in by, which may know no IPv4 at all.
 */
static void icmp4_send(struct sk_buff *skb, int type, int code, __be32 info)
{
	struct flowi4 fl4 = { .daddr = ip_hdr(skb)->saddr };
	struct rtable *rt;

	rt = ip_route_output_key(dev_net(skb->dev), &fl4);
	if (IS_ERR(rt))
		return;
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	icmp_send(skb, type, code, info);
	skb_dst_drop(skb);
}

/**
 * srp_icmp_time_exceeded() - the inner hop limit has run out
 * @skb:	plain packet, still the caller's
 * @inner:	its type
 */
void srp_icmp_time_exceeded(struct sk_buff *skb, enum srp_inner inner)
{
	if (inner == SRP_INNER_IP4)
		icmp4_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	else if (inner == SRP_INNER_IP6)
		icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
}

/**
 * srp_icmp_too_big() - the packet does not fit
 * @skb:	plain packet, still the caller's
 * @inner:	its type
 * @mtu:	what would fit, in bytes of the plain packet
 */
void srp_icmp_too_big(struct sk_buff *skb, enum srp_inner inner,
		      unsigned int mtu)
{
	if (inner == SRP_INNER_IP4)
		icmp4_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			   htonl(mtu));
	else if (inner == SRP_INNER_IP6)
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

/**
 * srp_icmp_unreachable() - there is no way to where the packet has to go
 * @skb:	plain packet, still the caller's
 * @inner:	its type
 */
void srp_icmp_unreachable(struct sk_buff *skb, enum srp_inner inner)
{
	if (inner == SRP_INNER_IP4)
		icmp4_send(skb, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 0);
	else if (inner == SRP_INNER_IP6)
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, 0);
}
