// SPDX-License-Identifier: GPL-2.0
/*
 * Between the node and a VNF there is a link like any other: its neighbour
 * discovery, its link-local and multicast traffic, and the errors of the VNF
 * as a router stay with the stack.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "local.h"
#include "sid.h"

static bool dev_of_vnf(const struct net_device *dev, const struct srp_vnf *vnf)
{
	return dev == srp_port_dev(vnf->port[SRP_DEV]) ||
	       dev == srp_port_dev(vnf->port[SRP_IIF]);
}

/*
 * Does an address live on one of the links to a VNF? Then an error from it is
 * the VNF's own, about a packet of ours, and goes back to where that came
 * from. Errors from elsewhere are traffic like any other.
 */
static bool vnf_has_ip6(struct sk_buff *skb, const struct srp_vnf *vnf,
			const struct in6_addr *addr)
{
	int vrf = l3mdev_master_ifindex_rcu(skb->dev);
	const struct rt6_info *rt;
	bool on_link;

	rt = rt6_lookup(dev_net(skb->dev), addr, NULL, vrf, NULL, 0);
	if (!rt)
		return false;
	on_link = !(rt->rt6i_flags & RTF_GATEWAY) &&
		  dev_of_vnf(rt->dst.dev, vnf);
	ip6_rt_put((struct rt6_info *)rt);
	return on_link;
}

static bool vnf_has_ip4(const struct sk_buff *skb, const struct srp_vnf *vnf,
			__be32 addr)
{
	struct flowi4 fl4 = {
		.daddr = addr,
		.flowi4_oif = l3mdev_master_ifindex_rcu(skb->dev),
	};
	struct rtable *rt;
	bool on_link;

	rt = ip_route_output_key(dev_net(skb->dev), &fl4);
	if (IS_ERR(rt))
		return false;
	on_link = !rt->rt_gw_family && dev_of_vnf(rt->dst.dev, vnf);
	ip_rt_put(rt);
	return on_link;
}

static bool icmp6_local(struct sk_buff *skb, const struct srp_sid *sid)
{
	const struct icmp6hdr *icmp6h;
	u8 type;

	if (!pskb_may_pull(skb, sizeof(struct ipv6hdr) + sizeof(*icmp6h)))
		return false;
	icmp6h = (const struct icmp6hdr *)(ipv6_hdr(skb) + 1);
	type = icmp6h->icmp6_type;

	if (type >= NDISC_ROUTER_SOLICITATION && type <= NDISC_REDIRECT)
		return ipv6_hdr(skb)->hop_limit == 255;
	return !(type & ICMPV6_INFOMSG_MASK) &&
	       vnf_has_ip6(skb, rcu_dereference(sid->vnf),
			   &ipv6_hdr(skb)->saddr);
}

/**
 * srp_local_addrs6() - do the addresses of a packet stay on its link?
 * @ip6h: its header
 */
bool srp_local_addrs6(const struct ipv6hdr *ip6h)
{
	return ipv6_addr_is_multicast(&ip6h->daddr) ||
	       ipv6_addr_any(&ip6h->saddr) ||
	       ipv6_addr_type(&ip6h->daddr) & IPV6_ADDR_LINKLOCAL ||
	       ipv6_addr_type(&ip6h->saddr) & IPV6_ADDR_LINKLOCAL;
}

/**
 * srp_local_ip6() - is an IPv6 packet from a VNF the stack's?
 * @skb:	packet; headers may move
 * @sid:	owner of the circuit that it arrived on
 */
bool srp_local_ip6(struct sk_buff *skb, const struct srp_sid *sid)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (srp_local_addrs6(ip6h))
		return true;
	return ip6h->nexthdr == NEXTHDR_ICMP && icmp6_local(skb, sid);
}

static bool icmp4_local(struct sk_buff *skb, const struct srp_sid *sid)
{
	unsigned int hlen = ip_hdrlen(skb);
	const struct icmphdr *icmph;

	/* A fragment other than the first has no ICMP header. */
	if (ip_hdr(skb)->frag_off & htons(IP_OFFSET) ||
	    !pskb_may_pull(skb, hlen + sizeof(*icmph)))
		return false;
	icmph = (const struct icmphdr *)(skb->data + hlen);
	return icmp_is_err(icmph->type) &&
	       vnf_has_ip4(skb, rcu_dereference(sid->vnf), ip_hdr(skb)->saddr);
}

/**
 * srp_local_addrs4() - do the addresses of a packet stay on its link?
 * @iph: its header
 */
bool srp_local_addrs4(const struct iphdr *iph)
{
	return ipv4_is_multicast(iph->daddr) || ipv4_is_lbcast(iph->daddr) ||
	       ipv4_is_linklocal_169(iph->daddr) ||
	       ipv4_is_linklocal_169(iph->saddr) ||
	       ipv4_is_zeronet(iph->saddr);
}

/**
 * srp_local_ip4() - is an IPv4 packet from a VNF the stack's?
 * @skb:	packet; headers may move
 * @sid:	owner of the circuit that it arrived on
 */
bool srp_local_ip4(struct sk_buff *skb, const struct srp_sid *sid)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (srp_local_addrs4(iph))
		return true;
	return iph->protocol == IPPROTO_ICMP && icmp4_local(skb, sid);
}
