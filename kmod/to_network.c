// SPDX-License-Identifier: GPL-2.0
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/lwtunnel.h>

#include "fragment.h"
#include "hmac.h"
#include "icmp.h"
#include "route.h"
#include "seg6local_dev.h"
#include "sid.h"
#include "to_network.h"
#include "untracked.h"

/*
 * The next segment is routed as the node's own traffic, or in the table that
 * the user named: the VNF's interface, its VRF and its rules are none of the
 * network's business. No packet is shown: it may be IPv4, and the result may be
 * for many.
 */
static struct dst_entry *route_lookup(struct net *net, struct net_device *dev,
				      const struct ipv6hdr *ip6h, u32 table)
{
	struct flowi6 fl6 = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.daddr = ip6h->daddr,
		.saddr = ip6h->saddr,
	};
	struct dst_entry *dst = srp_route(net, dev, &fl6, NULL, table);

	if (dst && dst->error) {
		dst_release(dst);
		return NULL;
	}
	return dst;
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

	dst = route_lookup(net, dev, srp_encap_ip6h(encap), encap->table);
	if (dst)
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
	if (inner == SRP_INNER_ETH)
		return true;
	if (skb_ensure_writable(skb, inner == SRP_INNER_IP4 ?
					sizeof(struct iphdr) :
					sizeof(struct ipv6hdr)))
		return false;
	srp_hop_limit_set(skb, inner, srp_hop_limit(skb, inner) - 1);
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
	srp_stats_out(sid, skb->len);
	return 0;
}

/* Consumes @skb, which bears its route and its outer header. */
static void forward(struct sk_buff *skb)
{
	if (stays_here(skb_dst(skb)))
		take_outer_hop(skb);
	srp_set_untracked(skb);
	dst_input(skb);
}

/* Consumes @skb and the reference to @dst. */
static void push_forward(struct net *net, const struct srp_sid *sid,
			 struct sk_buff *skb, const struct srp_encap *encap,
			 enum srp_inner inner, struct dst_entry *dst,
			 u8 bypass_hops)
{
	enum srproxy_drop reason;

	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	reason = push(net, sid, skb, encap, inner, LL_RESERVED_SPACE(dst->dev),
		      bypass_hops);
	if (reason)
		srp_drop(sid, skb, reason);
	else
		forward(skb);
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
		     SRP_INNER_IP4, dst_clone(fragmenter->dst),
		     fragmenter->bypass_hops);
}

/* Consumes @skb and the reference to @dst. */
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
		srp_stats_drop(sid, SRPROXY_DROP_TOO_BIG);
	dst_release(dst);
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

/* Is this SID the next segment, whatever the FIB says? */
static bool is_next(const struct srp_sid *sid)
{
	return sid && sid->params.hook == SRPROXY_HOOK_PREROUTING;
}

/*
 * A SID that is in the FIB is the next segment if its route is; then there is
 * no need for the way by that.
 */
static struct srp_sid *by_route(struct srp_sid *sid, struct dst_entry **dst)
{
	if (!sid || !srp_seg6local_route(*dst))
		return NULL;
	dst_release(*dst);
	*dst = NULL;
	return sid;
}

/* A packet that keeps its header: as a router would, once that is changed. */
static struct srp_sid *edit_forward(struct srp_net *sn,
				    const struct srp_sid *sid,
				    struct sk_buff *skb)
{
	struct dst_entry *dst = NULL;
	unsigned int was = skb->len;
	enum srproxy_drop reason;
	struct srp_sid *next;
	unsigned int mtu;

	reason = sid->params.behavior->edit(sn, sid, skb);
	if (reason)
		goto drop;

	reason = SRPROXY_DROP_NO_ROUTE;
	next = srp_sid_find(sn, &ipv6_hdr(skb)->daddr);
	if (!is_next(next)) {
		dst = route_lookup(sn->net, skb->dev, ipv6_hdr(skb),
				   sid->params.table);
		if (!dst) {
			srp_icmp_unreachable(skb, SRP_INNER_IP6);
			goto drop;
		}
		next = by_route(next, &dst);
	}
	if (next) {
		srp_stats_out(sid, skb->len);
		take_outer_hop(skb);
		return next;
	}
	reason = SRPROXY_DROP_TOO_BIG;
	mtu = path_mtu(dst);
	if (unlikely(!srp_fits(skb, mtu))) {
		/* What the VNF did not see, it can't count. */
		if (skb->len > was)
			mtu -= min(mtu, skb->len - was);
		srp_icmp_too_big(skb, SRP_INNER_IP6,
				 max_t(unsigned int, mtu, IPV6_MIN_MTU));
		goto drop;
	}
	skb_dst_set(skb, dst);
	/* The stack itself goes on behind the IPv6 header. */
	if (dst->dev->flags & IFF_LOOPBACK)
		skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	srp_stats_out(sid, skb->len);
	forward(skb);
	return NULL;

drop:
	dst_release(dst);
	srp_drop(sid, skb, reason);
	return NULL;
}

/**
 * srp_to_network() - encapsulate a plain packet and send it on
 * @sn:		namespace
 * @sid:	on whose behalf
 * @skb:	consumed unless a SID is returned
 * @inner:	what it is
 * @bypass_hops: 0 if it has been to the VNF, which costs one of its hop limit
 *		(it is > 1); else the outer hop limit that it came with
 *
 * A packet that bypasses the VNF gets no hops that it did not have, or it could
 * go round for ever between nodes that all bypass.
 *
 * Errors to the source quote the packet as it came, nothing in it changes until
 * nothing can be refused any more; but for a packet that keeps its header, which
 * says where it goes once it is changed.
 *
 * Return: the SID of this node that is the next segment: @skb bears its outer
 * header and is the caller's. NULL when @skb is on its way or dropped.
 */
struct srp_sid *srp_to_network(struct srp_net *sn, const struct srp_sid *sid,
			       struct sk_buff *skb, enum srp_inner inner,
			       u8 bypass_hops)
{
	const struct srp_encap *encap;
	struct dst_entry *dst = NULL;
	enum srproxy_drop reason;
	struct srp_sid *next;
	unsigned int mtu;

	if (sid->params.behavior->edit)
		return edit_forward(sn, sid, skb);

	reason = sid->params.behavior->encap(sid, inner, &encap);
	if (reason)
		goto drop;

	reason = SRPROXY_DROP_NO_ROUTE;
	next = srp_sid_find(sn, &srp_encap_ip6h(encap)->daddr);
	if (!is_next(next)) {
		dst = route(sn->net, skb->dev, encap);
		if (!dst) {
			srp_icmp_unreachable(skb, inner);
			goto drop;
		}
		next = by_route(next, &dst);
	}

	reason = SRPROXY_DROP_TOO_BIG;
	mtu = plain_mtu(dst, encap, inner);
	if (unlikely(!srp_fits(skb, mtu) &&
		     (next || !srp_fragmentable(skb, inner)))) {
		srp_icmp_too_big(skb, inner, mtu);
		goto drop;
	}

	reason = SRPROXY_DROP_NO_ROUTE;
	if (!become_ip6(sn->net, skb))
		goto drop;
	reason = SRPROXY_DROP_NO_MEMORY;
	if (!bypass_hops && !take_inner_hop(skb, inner))
		goto drop;

	if (next) {
		reason = push(sn->net, sid, skb, encap, inner, 0, bypass_hops);
		if (reason)
			goto drop;
		take_outer_hop(skb);
		return next;
	}
	if (likely(srp_fits(skb, mtu)))
		push_forward(sn->net, sid, skb, encap, inner, dst, bypass_hops);
	else
		forward_fragments(sn->net, sid, skb, encap, dst, mtu,
				  bypass_hops);
	return NULL;

drop:
	dst_release(dst);
	srp_drop(sid, skb, reason);
	return NULL;
}
