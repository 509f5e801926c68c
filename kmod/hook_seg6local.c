// SPDX-License-Identifier: GPL-2.0
/*
 * No seg6local action can be added to the kernel; two that it has lead here.
 * End.BPF runs a program that calls our kfunc. End.T goes on to a table of which
 * the default route is to a device of ours.
 *
 * Either has checked the SRH and its HMAC, and taken one off Segments Left:
 * that is undone, so that all behaviors see the packet as it arrived. What
 * these actions drop, or could not be undone, is taken in PRE_ROUTING, if the
 * FIB leads to the route of a SID at all.
 */
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "hook_seg6local.h"
#include "proxy.h"
#include "route.h"
#include "seg6local_dev.h"
#include "sid.h"

/* Undo a step along the segment list. */
static bool retreat(struct sk_buff *skb)
{
	struct ipv6_sr_hdr *srh;
	struct srp_outer outer;

	if (srp_outer_parse(skb, &outer) || !outer.srh_off)
		return false;
	srh = srp_srh(skb->data, &outer);
	if (srh->segments_left >= srh->first_segment ||
	    !ipv6_addr_equal(&srh->segments[srh->segments_left],
			     &ipv6_hdr(skb)->daddr))
		return false;

	/*
	 * In place, as the kernel did it: a copy that somebody else holds is
	 * right again, and so is the checksum, of which the kernel took no care.
	 */
	srh->segments_left++;
	ipv6_hdr(skb)->daddr = srh->segments[srh->segments_left];
	return true;
}

/**
 * srp_seg6local_arrive() - a packet that a seg6local route has led here
 * @net:	namespace
 * @skb:	consumed; one segment further than it arrived
 * @iif:	index of the device that it arrived by
 *
 * Under RCU, in softirq or with it disabled.
 *
 * Return: whether there was a SID for it, which counts what becomes of it
 */
bool srp_seg6local_arrive(struct net *net, struct sk_buff *skb, int iif)
{
	struct srp_net *sn = srp_net(net);
	struct srp_sid *sid;

	/* A route that has outlived its SID, or was never meant for one. */
	sid = retreat(skb) ? srp_sid_find(sn, &ipv6_hdr(skb)->daddr) : NULL;
	if (!sid || sid->params.hook != SRPROXY_HOOK_SEG6LOCAL) {
		kfree_skb(skb);
		return false;
	}
	srp_proxy_routed(sn, sid, skb, iif);
	return true;
}

/* As seg6_validate_srh(), which knows no Pad1. */
static bool kernel_knows_tlvs(const struct ipv6_sr_hdr *srh, unsigned int len)
{
	unsigned int off = sizeof(*srh) +
			   (srh->first_segment + 1) * sizeof(struct in6_addr);

	while (off < len) {
		if (len - off < sizeof(struct sr6_tlv))
			return false;
		off += sizeof(struct sr6_tlv) +
		       ((const struct sr6_tlv *)((const u8 *)srh + off))->len;
	}
	return off == len;
}

#define GSO_IPXIP	(SKB_GSO_IPXIP4 | SKB_GSO_IPXIP6)

/*
 * Do End.T and End.BPF take this packet, and can that be undone? It cannot if
 * the SID is in the destination address only, and not of all of it if that is
 * compressed. Both look for the HMAC where the transport header is; End.T
 * forwards, with all that this asks of a packet, and loses super-packets that
 * bear the SRH themselves: the stack segments them at the wrong place.
 */
static bool returnable(const struct srp_sid *sid, struct sk_buff *skb)
{
	const struct ipv6_sr_hdr *srh;
	const struct ipv6hdr *ip6h;
	struct srp_outer outer;

	if (sid->params.flavors & SRPROXY_FLAVOR_NEXT_CSID)
		return false;
	if (skb_is_gso(skb) && !(skb_shinfo(skb)->gso_type & GSO_IPXIP))
		return false;
	if (srp_outer_parse(skb, &outer) || !outer.srh_off ||
	    outer.srh_off != skb_transport_offset(skb))
		return false;

	ip6h = ipv6_hdr(skb);
	srh = srp_srh(skb->data, &outer);
	return srh->segments_left && srh->segments_left <= srh->first_segment &&
	       ipv6_addr_equal(&srh->segments[srh->segments_left],
			       &ip6h->daddr) &&
	       kernel_knows_tlvs(srh, outer.srh_len) && ip6h->hop_limit > 1 &&
	       !(ipv6_addr_type(&ip6h->saddr) & IPV6_ADDR_LINKLOCAL);
}

/* Will the stack find the route of a SID? */
static bool routed_here(struct net *net, const struct sk_buff *skb)
{
	return srp_seg6local_route(srp_route_packet(net, skb, 0));
}

/**
 * srp_seg6local_takes() - is a packet for a SID to be taken in PRE_ROUTING?
 * @net:	namespace
 * @sid:	with SRPROXY_HOOK_SEG6LOCAL
 * @skb:	packet; headers may move
 *
 * Return: false for what the stack will bring, and what it will not
 */
bool srp_seg6local_takes(struct net *net, const struct srp_sid *sid,
			 struct sk_buff *skb)
{
	return !returnable(sid, skb) && routed_here(net, skb);
}
