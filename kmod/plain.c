// SPDX-License-Identifier: GPL-2.0
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "plain.h"
#include "route.h"
#include "sid.h"
#include "untracked.h"

/**
 * srp_plain_vrf() - the VRF that a routing table belongs to
 * @net:	namespace, under RTNL
 * @table:	number of the table
 *
 * Return: index of the VRF's device, or 0
 */
unsigned int srp_plain_vrf(struct net *net, u32 table)
{
	struct net_device *dev;

	for_each_netdev(net, dev)
		if (netif_is_l3_master(dev) && l3mdev_fib_table(dev) == table)
			return dev->ifindex;
	return 0;
}

/**
 * srp_plain_vrf_changed() - a VRF has come or gone
 * @sn:	locked
 */
void srp_plain_vrf_changed(struct srp_net *sn)
{
	struct srp_node *node;
	unsigned long id;

	srp_table_for_each(&sn->sids, id, node) {
		struct srp_sid *sid = container_of(node, struct srp_sid, node);
		u32 table = sid->params.table;

		if (srp_sid_is_last(sid) && table)
			WRITE_ONCE(sid->vrf, srp_plain_vrf(sn->net, table));
	}
}

static bool route_ip4(struct sk_buff *skb, struct net_device *dev)
{
	const struct iphdr *iph = ip_hdr(skb);

	return !ip_route_input(skb, iph->daddr, iph->saddr,
			       inet_dsfield_to_dscp(iph->tos), dev);
}

static bool route_ip6(struct net *net, struct sk_buff *skb, u32 table)
{
	struct dst_entry *dst = srp_route_packet(net, skb, table);

	if (!dst)
		return false;
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	return true;
}

/**
 * srp_plain_enter() - have the stack look for a packet's route in a SID's table
 * @sn:		namespace
 * @sid:	with its table
 * @skb:	plain packet
 * @inner:	IPv4 or IPv6
 *
 * If that is a VRF's, the packet has come in there from now on. Any other table
 * is asked at once; there is no way to do that for IPv4.
 *
 * Return: false if there is no such table
 */
bool srp_plain_enter(struct srp_net *sn, const struct srp_sid *sid,
		     struct sk_buff *skb, enum srp_inner inner)
{
	unsigned int vrf = READ_ONCE(sid->vrf);
	struct net_device *dev;

	if (!sid->params.table)
		return true;
	if (!vrf)
		return inner == SRP_INNER_IP6 &&
		       route_ip6(sn->net, skb, sid->params.table);

	dev = dev_get_by_index_rcu(sn->net, vrf);
	if (!dev || !netif_is_l3_master(dev))
		return false;
	skb->dev = dev;
	return true;
}

/**
 * srp_plain_forward() - route a plain packet by its own address
 * @sn:		namespace
 * @sid:	on whose behalf
 * @skb:	consumed; it is not on its way through the stack, nor will it be
 * @inner:	IPv4 or IPv6
 *
 * Not to a SID of this node: no VNF teaches another chain a header, and packets
 * in packets would lead from one to the next for as long as there is stack.
 */
void srp_plain_forward(struct srp_net *sn, const struct srp_sid *sid,
		       struct sk_buff *skb, enum srp_inner inner)
{
	bool routed;
	int iif;

	if (inner == SRP_INNER_IP6 &&
	    srp_sid_find(sn, &ipv6_hdr(skb)->daddr)) {
		srp_drop(sid, skb, SRPROXY_DROP_FROM_VNF);
		return;
	}
	skb_dst_drop(skb);
	routed = srp_plain_enter(sn, sid, skb, inner);
	if (routed && !skb_dst(skb))
		routed = inner == SRP_INNER_IP4 ?
			 route_ip4(skb, skb->dev) :
			 route_ip6(sn->net, skb, 0);
	if (!routed) {
		srp_drop(sid, skb, SRPROXY_DROP_NO_ROUTE);
		return;
	}

	/* Sockets ask where it came in. */
	iif = skb->dev->ifindex;
	skb->skb_iif = iif;
	if (inner == SRP_INNER_IP4)
		IPCB(skb)->iif = iif;
	else
		IP6CB(skb)->iif = iif;
	srp_stats_out(sid, skb, NULL, skb->len);
	srp_set_untracked(skb);
	dst_input(skb);
}
