// SPDX-License-Identifier: GPL-2.0
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/lwtunnel.h>

#include "fragment.h"
#include "icmp.h"
#include "sid.h"
#include "to_network.h"

/*
 * The next segment is routed as the node's own traffic, or in the table that
 * the user named: the VNF's interface, its VRF and its rules are none of the
 * network's business.
 */
static struct dst_entry *route_lookup(struct net *net, struct net_device *dev,
				      const struct srp_encap *encap)
{
	const struct ipv6hdr *ip6h = srp_encap_ip6h(encap);
	struct flowi6 fl6 = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.daddr = ip6h->daddr,
		.saddr = ip6h->saddr,
	};
	struct fib6_table *table;

	/* No packet is shown: it may be IPv4, and the result is for many. */
	if (!encap->table)
		return ip6_route_input_lookup(net, dev, &fl6, NULL,
					      RT6_LOOKUP_F_HAS_SADDR);

	table = fib6_get_table(net, encap->table);
	if (!table)
		return NULL;
	return &ip6_pol_route(net, table, 0, &fl6, NULL,
			      RT6_LOOKUP_F_HAS_SADDR)->dst;
}

/* With a reference, or NULL. */
static struct dst_entry *route(struct net *net, struct net_device *dev,
			       const struct srp_encap *encap)
{
	/* The cache has its own idea of const: it fills itself. */
	struct dst_cache *cache = (struct dst_cache *)&encap->route;
	struct dst_entry *dst = dst_cache_get(cache);

	if (likely(dst))
		return dst;

	dst = route_lookup(net, dev, encap);
	if (!dst)
		return NULL;
	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	dst_cache_set_ip6(cache, dst, &srp_encap_ip6h(encap)->saddr);
	return dst;
}

/*
 * From here on the packet is IPv6, and the stack asks its device for what IPv6
 * is configured there. A device that carries only IPv4 may have nothing to say
 * (an MTU below 1280 is enough): then the node's own device speaks for it.
 */
static bool become_ip6(struct net *net, struct sk_buff *skb)
{
	if (unlikely(!__in6_dev_get(skb->dev)))
		skb->dev = net->loopback_dev;
	return __in6_dev_get(skb->dev);
}

/* The way back from the VNF is a hop, as any router counts it. */
static bool take_inner_hop(struct sk_buff *skb, enum srp_inner inner)
{
	bool ip4 = inner == SRP_INNER_IP4;

	if (skb_ensure_writable(skb, ip4 ? sizeof(struct iphdr) :
					   sizeof(struct ipv6hdr)))
		return false;
	if (ip4)
		ip_decrease_ttl(ip_hdr(skb));
	else
		ipv6_hdr(skb)->hop_limit--;
	return true;
}

/*
 * Forwarding takes one from the outer hop limit. What stays on this node, a
 * SID of ours or of the kernel, is not forwarded: then it is up to us, so that
 * each proxy costs exactly one.
 */
static void take_outer_hop(struct sk_buff *skb)
{
	ipv6_hdr(skb)->hop_limit--;
}

static bool stays_here(const struct dst_entry *dst)
{
	return lwtunnel_input_redirect(dst->lwtstate) ||
	       dst->dev->flags & IFF_LOOPBACK;
}

struct network_fragmenter {
	struct srp_fragmenter base;
	const struct srp_sid *sid;
	const struct srp_encap *encap;
	struct dst_entry *dst;
};

/* Consumes @skb and the reference to @dst. */
static void forward(const struct srp_sid *sid, struct sk_buff *skb,
		    const struct srp_encap *encap, enum srp_inner inner,
		    struct dst_entry *dst)
{
	enum srproxy_drop reason;

	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	reason = srp_encap_push(skb, encap, inner, LL_RESERVED_SPACE(dst->dev));
	if (reason) {
		srp_drop(sid, skb, reason);
		return;
	}

	srp_stats_out(sid, skb->len);
	if (stays_here(dst))
		take_outer_hop(skb);
	dst_input(skb);
}

static void forward_fragment(struct srp_fragmenter *base, struct sk_buff *skb)
{
	struct network_fragmenter *fragmenter =
		container_of(base, struct network_fragmenter, base);

	skb_set_transport_header(skb, ip_hdrlen(skb));
	forward(fragmenter->sid, skb, fragmenter->encap, SRP_INNER_IP4,
		dst_clone(fragmenter->dst));
}

/* Consumes @skb and the reference to @dst. */
static void forward_fragments(const struct srp_sid *sid, struct sk_buff *skb,
			      const struct srp_encap *encap,
			      struct dst_entry *dst, unsigned int mtu)
{
	struct network_fragmenter fragmenter = {
		.base.output = forward_fragment,
		.sid = sid,
		.encap = encap,
		.dst = dst,
	};

	if (!srp_fragment(&fragmenter.base, dst->dev, skb, mtu))
		srp_stats_drop(sid, SRPROXY_DROP_TOO_BIG);
	dst_release(dst);
}

/* Longest plain packet for a path; IPv6 is promised 1280 wherever it goes. */
static unsigned int plain_mtu(const struct dst_entry *dst,
			      const struct srp_encap *encap,
			      enum srp_inner inner)
{
	/* What forwarding checks, and what output checks after it. */
	unsigned int mtu = min(ip6_dst_mtu_maybe_forward(dst, true),
			       dst_mtu(dst));

	mtu = mtu > encap->len ? mtu - encap->len : 0;
	return max_t(unsigned int, mtu,
		     inner == SRP_INNER_IP4 ? IPV4_MIN_MTU : IPV6_MIN_MTU);
}

/**
 * srp_to_network() - encapsulate a plain packet and send it on
 * @sn:		namespace
 * @sid:	on whose behalf
 * @skb:	consumed unless a SID is returned
 * @inner:	what it is
 * @hop:	it has been to the VNF: take one from its hop limit, which is > 1
 *
 * Errors to the source quote the packet as it came: nothing in it changes until
 * nothing can be refused any more.
 *
 * Return: the SID of this node that is the next segment: @skb bears its outer
 * header and is the caller's. NULL when @skb is on its way or dropped.
 */
struct srp_sid *srp_to_network(struct srp_net *sn, const struct srp_sid *sid,
			       struct sk_buff *skb, enum srp_inner inner,
			       bool hop)
{
	const struct srp_encap *encap;
	enum srproxy_drop reason;
	struct dst_entry *dst;
	struct srp_sid *next;
	unsigned int mtu;

	reason = sid->params.behavior->encap(sid, inner, &encap);
	if (reason)
		goto drop;

	next = srp_sid_find(sn, &srp_encap_ip6h(encap)->daddr);
	if (next) {
		reason = SRPROXY_DROP_NO_ROUTE;
		if (!become_ip6(sn->net, skb))
			goto drop;
		reason = SRPROXY_DROP_NO_MEMORY;
		if (hop && !take_inner_hop(skb, inner))
			goto drop;
		reason = srp_encap_push(skb, encap, inner, 0);
		if (reason)
			goto drop;
		take_outer_hop(skb);
		srp_stats_out(sid, skb->len);
		return next;
	}

	reason = SRPROXY_DROP_NO_ROUTE;
	dst = route(sn->net, skb->dev, encap);
	if (!dst) {
		srp_icmp_unreachable(skb, inner);
		goto drop;
	}

	reason = SRPROXY_DROP_TOO_BIG;
	mtu = plain_mtu(dst, encap, inner);
	if (unlikely(!srp_fits(skb, mtu) && !srp_fragmentable(skb, inner))) {
		srp_icmp_too_big(skb, inner, mtu);
		goto drop_dst;
	}

	reason = SRPROXY_DROP_NO_ROUTE;
	if (!become_ip6(sn->net, skb))
		goto drop_dst;
	reason = SRPROXY_DROP_NO_MEMORY;
	if (hop && !take_inner_hop(skb, inner))
		goto drop_dst;
	if (likely(srp_fits(skb, mtu)))
		forward(sid, skb, encap, inner, dst);
	else
		forward_fragments(sid, skb, encap, dst, mtu);
	return NULL;

drop_dst:
	dst_release(dst);
drop:
	srp_drop(sid, skb, reason);
	return NULL;
}
