// SPDX-License-Identifier: GPL-2.0
#include <linux/if_vlan.h>
#include <net/addrconf.h>
#include <net/ipv6.h>

#include "compat/gso.h"
#include "frame.h"
#include "icmp.h"
#include "plain.h"
#include "proxy.h"
#include "sid.h"
#include "to_network.h"
#include "to_vnf.h"

/*
 * SIDs of this node that a packet may pass in a row without visiting a VNF,
 * all of them bypassed: a segment list as long as any real one.
 */
#define BYPASS_MAX	16

/* A plain packet past a SID's VNF, which is down; returns as visit() does. */
static noinline struct srp_sid *bypass(struct srp_net *sn, struct srp_sid *sid,
				       struct sk_buff *skb,
				       enum srp_inner inner,
				       unsigned int bytes, u8 hop_limit)
{
	const struct srp_vnf *vnf = rcu_dereference(sid->vnf);
	struct srp_saved none;

	if (vnf->params.on_down != SRPROXY_ON_DOWN_BYPASS ||
	    (srp_sid_is_last(sid) && inner == SRP_INNER_ETH)) {
		srp_drop(sid, skb, SRPROXY_DROP_VNF_DOWN);
		return NULL;
	}
	if (tracepoint_enabled(srproxy_decap))
		srp_trace_decap(sid, NULL, skb, inner, bytes);
	srp_stats_in(sid, bytes);
	if (srp_sid_is_last(sid)) {
		srp_plain_forward(sn, sid, skb, inner);
		return NULL;
	}
	return srp_to_network(sn, sid, skb, inner, hop_limit, &none);
}

/*
 * A plain packet to a SID's VNF; returns the next SID of this node if the VNF is
 * bypassed. The packet came with so many bytes, and such a hop limit.
 */
static struct srp_sid *visit(struct srp_net *sn, struct srp_sid *sid,
			     struct sk_buff *skb, enum srp_inner inner,
			     unsigned int bytes, u8 hop_limit)
{
	const struct srp_vnf *vnf = rcu_dereference(sid->vnf);

	if (unlikely(!srp_vnf_ready(vnf)))
		return bypass(sn, sid, skb, inner, bytes, hop_limit);
	srp_to_vnf(sid, vnf, skb, inner, bytes);
	return NULL;
}

/* One SID; returns the next one in the same way. */
static struct srp_sid *enter(struct srp_net *sn, struct srp_sid *sid,
			     struct sk_buff *skb)
{
	u8 hop_limit = ipv6_hdr(skb)->hop_limit;
	unsigned int bytes = skb->len;
	enum srproxy_drop reason;
	enum srp_inner inner;

	reason = sid->params.behavior->in(sn, sid, skb, &inner);
	if (unlikely(reason)) {
		srp_drop(sid, skb, reason);
		return NULL;
	}
	return visit(sn, sid, skb, inner, bytes, hop_limit);
}

static void in(struct srp_net *sn, struct srp_sid *sid, struct sk_buff *skb)
{
	unsigned int passed;

	for (passed = 0; passed < BYPASS_MAX; passed++) {
		sid = enter(sn, sid, skb);
		if (!sid)
			return;
	}
	srp_drop(sid, skb, SRPROXY_DROP_LOOP);
}

static void out(struct srp_net *sn, struct srp_sid *sid, struct sk_buff *skb,
		enum srp_inner inner)
{
	struct srp_saved saved;
	struct srp_sid *next;

	/* The stack would drop a packet that still has an owner. */
	skb_orphan(skb);
	/* Nor is it in a bridge or VLAN any more, or decrypted. */
	skb_ext_reset(skb);
	__vlan_hwaccel_clear_tag(skb);

	if (srp_sid_is_last(sid)) {
		srp_plain_forward(sn, sid, skb, inner);
		return;
	}
	/* Can the packet take the hop that the way back from the VNF is? */
	if (inner != SRP_INNER_ETH &&
	    unlikely(srp_hop_limit(skb, inner) <= 1)) {
		srp_icmp_time_exceeded(skb, inner);
		srp_drop(sid, skb, SRPROXY_DROP_INNER_HOP_LIMIT);
		return;
	}

	next = srp_to_network(sn, sid, skb, inner, 0, &saved);
	if (next && saved.len)
		next = visit(sn, next, skb, inner, skb->len + saved.len,
			     saved.hop_limit);
	if (next)
		in(sn, next, skb);
}

/*
 * Super-packets that can't keep together. A list of whole packets that GRO has
 * strung together has headers of which only the first would be changed; and an
 * sk_buff has room to describe one tunnel for segmentation, not two.
 */
#define GSO_TUNNELS	(SKB_GSO_GRE | SKB_GSO_GRE_CSUM | SKB_GSO_IPXIP4 | \
			 SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM)
#define GSO_SPLIT_IN	(SKB_GSO_FRAGLIST | GSO_TUNNELS)
#define GSO_SPLIT_OUT	(GSO_SPLIT_IN | SKB_GSO_IPXIP6)

/*
 * Returns a list of packets, or NULL when they are dropped. What keeps its
 * header gets no tunnel.
 */
static struct sk_buff *split(const struct srp_sid *sid, struct sk_buff *skb,
			     unsigned int gso_types)
{
	struct sk_buff *segs;

	if (sid->params.behavior->edit)
		gso_types = SKB_GSO_FRAGLIST;

	if (likely(!skb_is_gso(skb) ||
		   !(skb_shinfo(skb)->gso_type & gso_types)))
		return skb;

	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		srp_drop(sid, skb, SRPROXY_DROP_NO_MEMORY);
		return NULL;
	}
	consume_skb(skb);
	return segs;
}

/**
 * srp_proxy_in() - a packet for a SID of this node
 * @sn:		namespace
 * @sid:	its destination
 * @skb:	consumed; network header at the outer IPv6 header
 */
void srp_proxy_in(struct srp_net *sn, struct srp_sid *sid, struct sk_buff *skb)
{
	struct sk_buff *next;

	for (skb = split(sid, skb, GSO_SPLIT_IN); skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		in(sn, sid, skb);
	}
}

/**
 * srp_proxy_routed() - a packet that the stack has routed to a SID
 * @sn:		namespace
 * @sid:	its destination
 * @skb:	consumed; as of srp_proxy_in()
 * @iif:	index of the device that it arrived by
 *
 * Under RCU, in softirq or with it disabled. No trace of the way is left.
 */
void srp_proxy_routed(struct srp_net *sn, struct srp_sid *sid,
		      struct sk_buff *skb, int iif)
{
	struct net_device *dev = dev_get_by_index_rcu(sn->net, iif);

	skb_dst_drop(skb);
	/* Errors come from there, and its sysctls count. */
	skb->dev = dev && __in6_dev_get(dev) ? dev : sn->net->loopback_dev;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->dev->ifindex;
	nf_reset_ct(skb);
	skb_orphan(skb);
	srp_proxy_in(sn, sid, skb);
}

/**
 * srp_proxy_out() - a plain packet that returned from a VNF
 * @sn:		namespace
 * @sid:	owner of the circuit that it returned on
 * @skb:	consumed; network header at the plain packet; a whole frame begins
 *		at skb->data
 * @inner:	what it is
 */
void srp_proxy_out(struct srp_net *sn, struct srp_sid *sid,
		   struct sk_buff *skb, enum srp_inner inner)
{
	struct sk_buff *next;

	if (inner == SRP_INNER_ETH) {
		skb = srp_frame_finish(skb);
		if (!skb)
			srp_drop(sid, NULL, SRPROXY_DROP_NO_MEMORY);
	} else {
		skb = split(sid, skb, GSO_SPLIT_OUT);
	}
	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		out(sn, sid, skb, inner);
	}
}
