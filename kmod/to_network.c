// SPDX-License-Identifier: GPL-2.0
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>

#include "decap.h"
#include "forward.h"
#include "fragment.h"
#include "hmac.h"
#include "icmp.h"
#include "sid.h"
#include "to_network.h"

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
	if (inner == SRP_INNER_ETH)
		return true;
	if (skb_ensure_writable(skb, inner == SRP_INNER_IP4 ?
					sizeof(struct iphdr) :
					sizeof(struct ipv6hdr)))
		return false;
	srp_hop_limit_set(skb, inner, srp_hop_limit(skb, inner) - 1);
	return true;
}

/* @skb stays the caller's. */
static enum srproxy_drop push(struct net *net, const struct srp_sid *sid,
			      struct sk_buff *skb,
			      const struct srp_encap *encap,
			      enum srp_inner inner, unsigned int headroom,
			      u8 bypass_hops)
{
	const struct srp_modes *modes = &sid->params.modes;
	u8 hop_limit = srp_encap_ip6h(encap)->hop_limit;
	enum srproxy_drop reason;

	/* As it was before the way back took one: the outer loses it, too. */
	if (modes->ttl == SRPROXY_TTL_MODE_UNIFORM && inner != SRP_INNER_ETH)
		hop_limit = srp_hop_limit(skb, inner) + !bypass_hops;
	if (bypass_hops)
		hop_limit = min(hop_limit, bypass_hops);

	reason = srp_encap_push(skb, encap, inner, modes, headroom);
	if (reason)
		return reason;
	ipv6_hdr(skb)->hop_limit = hop_limit;
	if (encap->hmac &&
	    !srp_hmac_sign(net, skb_network_header(skb), encap->srh_off,
			   encap->hmac))
		return SRPROXY_DROP_HMAC_KEY;
	srp_stats_out(sid, skb, encap, skb->len);
	return 0;
}

/* Consumes @skb. @dst stays under RCU. */
static void push_forward(struct net *net, const struct srp_sid *sid,
			 struct sk_buff *skb, const struct srp_encap *encap,
			 enum srp_inner inner, struct dst_entry *dst,
			 u8 bypass_hops)
{
	enum srproxy_drop reason;

	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	reason = push(net, sid, skb, encap, inner, LL_RESERVED_SPACE(dst->dev),
		      bypass_hops);
	if (reason)
		srp_drop(sid, skb, reason);
	else
		srp_forward(net, skb);
}

struct network_fragmenter {
	struct srp_fragmenter base;
	struct net *net;
	const struct srp_sid *sid;
	const struct srp_encap *encap;
	struct dst_entry *dst;
	u8 bypass_hops;
};

static void forward_fragment(struct srp_fragmenter *base, struct sk_buff *skb)
{
	struct network_fragmenter *fragmenter =
		container_of(base, struct network_fragmenter, base);

	skb_set_transport_header(skb, ip_hdrlen(skb));
	push_forward(fragmenter->net, fragmenter->sid, skb, fragmenter->encap,
		     SRP_INNER_IP4, fragmenter->dst,
		     fragmenter->bypass_hops);
}

/* Consumes @skb. @dst stays under RCU. */
static void forward_fragments(struct net *net, const struct srp_sid *sid,
			      struct sk_buff *skb,
			      const struct srp_encap *encap,
			      struct dst_entry *dst, unsigned int mtu,
			      u8 bypass_hops)
{
	struct network_fragmenter fragmenter = {
		.base.output = forward_fragment,
		.net = net,
		.sid = sid,
		.encap = encap,
		.dst = dst,
		.bypass_hops = bypass_hops,
	};

	if (!srp_fragment(&fragmenter.base, dst->dev, skb, mtu))
		srp_drop(sid, NULL, SRPROXY_DROP_TOO_BIG);
}

/* Longest IPv6 packet for a path: a route, or to a SID of ours without one. */
static unsigned int path_mtu(const struct dst_entry *dst)
{
	if (!dst)
		return sizeof(struct ipv6hdr) + IPV6_MAXPLEN;
	/* What forwarding checks, and what output checks after it. */
	return min(ip6_dst_mtu_maybe_forward(dst, true), dst_mtu(dst));
}

/* Longest plain packet for a path. */
static unsigned int plain_mtu(const struct dst_entry *dst,
			      const struct srp_encap *encap,
			      enum srp_inner inner)
{
	unsigned int mtu = path_mtu(dst);

	mtu = mtu > encap->len ? mtu - encap->len : 0;
	return max(mtu, srp_mtu_min(inner));
}

/* A packet that keeps its header: as a router would, once that is changed. */
static struct srp_sid *edit_forward(struct srp_net *sn,
				    const struct srp_sid *sid,
				    struct sk_buff *skb)
{
	struct srp_next_hop hop = {};
	unsigned int was = skb->len;
	enum srproxy_drop reason;
	unsigned int mtu;

	reason = sid->params.behavior->edit(sn, sid, skb);
	if (reason)
		goto drop;

	reason = SRPROXY_DROP_NO_ROUTE;
	if (!srp_next_hop_lookup(sn, skb->dev, ipv6_hdr(skb),
				 sid->params.table, &hop)) {
		srp_icmp_unreachable(skb, SRP_INNER_IP6);
		goto drop;
	}
	if (hop.sid) {
		srp_stats_out(sid, skb, NULL, skb->len);
		srp_take_outer_hop(skb);
		return hop.sid;
	}
	reason = SRPROXY_DROP_TOO_BIG;
	mtu = path_mtu(hop.dst);
	if (unlikely(!srp_fits(skb, mtu))) {
		/* What the VNF did not see, it can't count. */
		if (skb->len > was)
			mtu -= min(mtu, skb->len - was);
		srp_icmp_too_big(skb, SRP_INNER_IP6,
				 max_t(unsigned int, mtu, IPV6_MIN_MTU));
		goto drop;
	}
	reason = SRPROXY_DROP_NO_MEMORY;
	if (skb_cow_head(skb, LL_RESERVED_SPACE(hop.dst->dev)))
		goto drop;
	skb_dst_set_noref(skb, hop.dst);
	/* The stack itself goes on behind the IPv6 header. */
	if (hop.dst->dev->flags & IFF_LOOPBACK)
		skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	srp_stats_out(sid, skb, NULL, skb->len);
	srp_forward(sn->net, skb);
	return NULL;

drop:
	srp_drop(sid, skb, reason);
	return NULL;
}

/* Does a SID pass on between headers and plain packets what is theirs? */
static bool keeps_apart(const struct srp_sid *sid)
{
	return sid->params.modes.ttl != SRPROXY_TTL_MODE_UNIFORM &&
	       sid->params.modes.dscp != SRPROXY_DSCP_MODE_UNIFORM;
}

/*
 * A packet to another SID of this node, with its header: if that is the one that
 * the SID has learned already, the next one need not get it only to lose it.
 */
static void remember_header(const struct sk_buff *skb, enum srp_inner inner,
			    struct srp_next_hop *hop)
{
	if (inner != SRP_INNER_ETH && hop->sid->params.inner & BIT(inner) &&
	    keeps_apart(hop->sid))
		hop->learned_id = srp_learned_id(hop->sid, skb);
}

/*
 * May a packet do without, now that it is the next one? What was found out for
 * another one is asked no more; but @sid may not be the one that did.
 */
static bool saves_header(const struct srp_sid *sid, const struct sk_buff *skb,
			 const struct srp_encap *encap, enum srp_inner inner,
			 const struct srp_next_hop *hop,
			 struct srp_saved *saved)
{
	const struct inet6_dev *idev = __in6_dev_get(skb->dev);

	if (!hop->learned_id || !keeps_apart(sid) || !idev ||
	    srp_dev_requires_hmac(idev) ||
	    !srp_learned_still(hop->sid, inner, hop->learned_id))
		return false;
	saved->len = encap->len;
	saved->hop_limit = srp_encap_ip6h(encap)->hop_limit - 1;
	return true;
}

/**
 * srp_to_network() - encapsulate a plain packet and send it on
 * @sn:		namespace
 * @sid:	on whose behalf
 * @skb:	consumed unless a SID is returned
 * @inner:	what it is
 * @bypass_hops: 0 if it has been to the VNF, which costs one of its hop limit
 *		(it is > 1); else the outer hop limit that it came with
 * @saved:	the result for a SID of this node: the header that the packet does
 *		without
 *
 * A packet that bypasses the VNF gets no hops that it did not have, or it could
 * go round for ever between nodes that all bypass.
 *
 * Errors to the source quote the packet as it came, nothing in it changes until
 * nothing can be refused any more; but for a packet that keeps its header, which
 * says where it goes once it is changed.
 *
 * Return: the SID of this node that is the next segment: @skb bears its outer
 * header, unless that is @saved, and is the caller's. NULL when @skb is on its
 * way or dropped.
 */
struct srp_sid *srp_to_network(struct srp_net *sn, const struct srp_sid *sid,
			       struct sk_buff *skb, enum srp_inner inner,
			       u8 bypass_hops, struct srp_saved *saved)
{
	struct srp_next_hop *hop = srp_next_hop_of(sid, inner);
	const struct srp_encap *encap;
	enum srproxy_drop reason;
	bool fits = true;
	unsigned int mtu;

	saved->len = 0;
	if (sid->params.behavior->edit)
		return edit_forward(sn, sid, skb);

	reason = sid->params.behavior->encap(sid, inner, &encap);
	if (reason)
		goto drop;

	reason = SRPROXY_DROP_NO_ROUTE;
	if (unlikely(!srp_next_hop_find(sn, skb->dev, encap, hop))) {
		srp_icmp_unreachable(skb, inner);
		goto drop;
	}

	/* Each path has room for the least that IPv6 asks of it. */
	if (skb->len + encap->len > IPV6_MIN_MTU) {
		reason = SRPROXY_DROP_TOO_BIG;
		mtu = plain_mtu(hop->sid ? NULL : hop->dst, encap, inner);
		fits = srp_fits(skb, mtu);
		if (unlikely(!fits && (hop->sid ||
				       !srp_fragmentable(skb, inner)))) {
			srp_icmp_too_big(skb, inner, mtu);
			goto drop;
		}
	}

	reason = SRPROXY_DROP_NO_ROUTE;
	if (!become_ip6(sn->net, skb))
		goto drop;
	reason = SRPROXY_DROP_NO_MEMORY;
	if (!bypass_hops && !take_inner_hop(skb, inner))
		goto drop;

	if (hop->sid) {
		if (!bypass_hops &&
		    saves_header(sid, skb, encap, inner, hop, saved)) {
			srp_stats_out(sid, skb, encap,
				      skb->len + saved->len);
			srp_decap_saved(skb, inner);
			return hop->sid;
		}
		reason = push(sn->net, sid, skb, encap, inner, 0, bypass_hops);
		if (reason)
			goto drop;
		srp_take_outer_hop(skb);
		/* With the hop limit that every packet from the VNF gets. */
		if (!bypass_hops)
			remember_header(skb, inner, hop);
		return hop->sid;
	}
	if (likely(fits))
		push_forward(sn->net, sid, skb, encap, inner, hop->dst,
			     bypass_hops);
	else
		forward_fragments(sn->net, sid, skb, encap, hop->dst, mtu,
				  bypass_hops);
	return NULL;

drop:
	srp_drop(sid, skb, reason);
	return NULL;
}
