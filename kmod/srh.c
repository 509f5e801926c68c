// SPDX-License-Identifier: GPL-2.0
/*
 * The segment routing header (RFC 8754) and the extension header chain of
 * RFC 8200 around it, as a service proxy meets them.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "srh.h"

#define SRH_TLV_PAD1	0

/* Offset of Segments Left: alike in every type of routing header. */
#define RT_SEGLEFT_OFF	offsetof(struct ipv6_rt_hdr, segments_left)

/**
 * srp_inner_index() - inner type of a protocol number
 * @proto: IPPROTO_*
 *
 * Return: enum srp_inner, or -1 when a proxy has no use for @proto
 */
int srp_inner_index(u8 proto)
{
	switch (proto) {
	case IPPROTO_IPIP:
		return SRP_INNER_IP4;
	case IPPROTO_IPV6:
		return SRP_INNER_IP6;
	default:
		return -1;
	}
}

/* The type-length-value objects must fill @len to the byte (RFC 8754 2.1). */
static bool tlvs_valid(const u8 *tlv, unsigned int len)
{
	while (len) {
		unsigned int size = 1;

		/* Pad1 alone has no length byte. */
		if (tlv[0] != SRH_TLV_PAD1) {
			if (len < 2)
				return false;
			size = 2 + tlv[1];
			if (size > len)
				return false;
		}
		tlv += size;
		len -= size;
	}
	return true;
}

/**
 * srp_srh_valid() - does a segment routing header tell the truth?
 * @srh: the header, @len bytes readable
 * @len: bytes from its start to the next header
 *
 * Segments Left may be one more than the last entry: the reduced form of
 * RFC 8754 4.1.1, whose first segment is in the destination address only.
 *
 * Return: true when every length in it holds
 */
bool srp_srh_valid(const struct ipv6_sr_hdr *srh, unsigned int len)
{
	unsigned int list;

	if (len < sizeof(*srh) || ipv6_optlen(srh) != len)
		return false;
	if (srh->type != IPV6_SRCRT_TYPE_4)
		return false;

	list = sizeof(*srh) + (srh->first_segment + 1) * sizeof(struct in6_addr);
	if (list > len || srh->segments_left > srh->first_segment + 1)
		return false;

	return tlvs_valid((const u8 *)srh + list, len - list);
}

/*
 * A routing header that is not the SRH: RFC 8200 4.4 lets a node step over an
 * unknown one with nothing left to visit. A second SRH is nobody's meaning.
 */
static bool routing_header_passable(const struct ipv6_rt_hdr *rt)
{
	return rt->type != IPV6_SRCRT_TYPE_4 && !rt->segments_left;
}

/**
 * srp_outer_parse() - walk the outer headers up to the inner packet
 * @skb:	network header at an IPv6 header, skb->data there too
 * @outer:	what was found
 *
 * Everything walked over is linear afterwards; pointers into the packet taken
 * before are stale. An SRH that is found is valid.
 *
 * Return: 0, or why the packet can't be understood
 */
enum srproxy_drop srp_outer_parse(struct sk_buff *skb, struct srp_outer *outer)
{
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	unsigned int off = sizeof(struct ipv6hdr);
	unsigned int count;

	outer->srh_off = 0;
	outer->srh_len = 0;

	for (count = 0; count <= SRP_OUTER_EXT_MAX; count++) {
		const struct ipv6_opt_hdr *ext;
		unsigned int len;

		switch (nexthdr) {
		case NEXTHDR_FRAGMENT:
			return SRPROXY_DROP_OUTER_FRAGMENT;
		case NEXTHDR_HOP:
			if (off != sizeof(struct ipv6hdr))
				return SRPROXY_DROP_EXT_HEADER;
			break;
		case NEXTHDR_DEST:
		case NEXTHDR_ROUTING:
			break;
		default:
			outer->len = off;
			outer->proto = nexthdr;
			return 0;
		}

		if (!pskb_may_pull(skb, off + sizeof(*ext)))
			return SRPROXY_DROP_EXT_HEADER;
		ext = (const struct ipv6_opt_hdr *)(skb->data + off);
		len = ipv6_optlen(ext);
		if (off + len > SRP_OUTER_MAX || !pskb_may_pull(skb, off + len))
			return nexthdr == NEXTHDR_ROUTING ?
				SRPROXY_DROP_SRH_INVALID :
				SRPROXY_DROP_EXT_HEADER;
		ext = (const struct ipv6_opt_hdr *)(skb->data + off);

		if (nexthdr == NEXTHDR_ROUTING) {
			const struct ipv6_rt_hdr *rt = (const void *)ext;

			if (rt->type == IPV6_SRCRT_TYPE_4 && !outer->srh_off) {
				if (!srp_srh_valid((const void *)rt, len))
					return SRPROXY_DROP_SRH_INVALID;
				outer->srh_off = off;
				outer->srh_len = len;
			} else if (!routing_header_passable(rt)) {
				return SRPROXY_DROP_EXT_HEADER;
			}
		}

		nexthdr = ext->nexthdr;
		off += len;
	}
	return SRPROXY_DROP_EXT_HEADER;
}

/**
 * srp_header_size() - bytes of an encapsulation
 * @nsegs:	segments to visit, 1..SRPROXY_SEGS_MAX
 * @reduced:	leave the first segment out of the list
 *
 * A single segment needs no SRH: the destination address says it all.
 */
unsigned int srp_header_size(unsigned int nsegs, bool reduced)
{
	unsigned int listed = nsegs - reduced;

	if (nsegs == 1)
		return sizeof(struct ipv6hdr);
	return sizeof(struct ipv6hdr) + sizeof(struct ipv6_sr_hdr) +
	       listed * sizeof(struct in6_addr);
}

/**
 * srp_header_build() - write an encapsulation
 * @buf:	srp_header_size() bytes
 * @src:	outer source address
 * @segs:	segments in the order they are visited
 * @nsegs:	how many
 * @reduced:	leave the first segment out of the list
 * @hop_limit:	outer hop limit
 *
 * Payload length and the next header before the inner packet stay zero.
 *
 * Return: offset of that next header byte
 */
unsigned int srp_header_build(u8 *buf, const struct in6_addr *src,
			      const struct in6_addr *segs, unsigned int nsegs,
			      bool reduced, u8 hop_limit)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)buf;
	struct ipv6_sr_hdr *srh = (struct ipv6_sr_hdr *)(ip6h + 1);
	unsigned int listed = nsegs - reduced;
	unsigned int i;

	memset(buf, 0, srp_header_size(nsegs, reduced));
	ip6h->version = 6;
	ip6h->hop_limit = hop_limit;
	ip6h->saddr = *src;
	ip6h->daddr = segs[0];
	if (nsegs == 1)
		return offsetof(struct ipv6hdr, nexthdr);

	ip6h->nexthdr = NEXTHDR_ROUTING;
	srh->type = IPV6_SRCRT_TYPE_4;
	srh->hdrlen = 2 * listed;
	srh->first_segment = listed - 1;
	srh->segments_left = nsegs - 1;
	/* The list is written backwards: entry 0 is the last segment. */
	for (i = 0; i < listed; i++)
		srh->segments[i] = segs[nsegs - 1 - i];

	return sizeof(*ip6h) + offsetof(struct ipv6_sr_hdr, nexthdr);
}

/**
 * srp_header_advance() - go on to the next segment
 * @hdr:	an outer header as srp_outer_parse() found it, in writable memory
 * @outer:	its description; there is an SRH and its Segments Left is not 0
 */
void srp_header_advance(u8 *hdr, const struct srp_outer *outer)
{
	struct ipv6_sr_hdr *srh = (struct ipv6_sr_hdr *)(hdr + outer->srh_off);

	srh->segments_left--;
	((struct ipv6hdr *)hdr)->daddr = srh->segments[srh->segments_left];
}

/**
 * srp_header_same() - has an encapsulation changed in substance?
 * @advanced:	what was kept: outer->len bytes, after srp_header_advance()
 * @hdr:	what a packet bears, before it
 * @outer:	description of @hdr
 * @margin:	hop-limit difference that is no change
 *
 * Traffic class, flow label and payload length belong to a packet, not to its
 * path. The destination address follows from the list and Segments Left.
 */
bool srp_header_same(const u8 *advanced, const u8 *hdr,
		     const struct srp_outer *outer, u8 margin)
{
	const struct ipv6hdr *was = (const struct ipv6hdr *)advanced;
	const struct ipv6hdr *is = (const struct ipv6hdr *)hdr;
	unsigned int sl = outer->srh_off + RT_SEGLEFT_OFF;

	return ipv6_addr_equal(&was->saddr, &is->saddr) &&
	       advanced[sl] + 1 == hdr[sl] &&
	       was->nexthdr == is->nexthdr &&
	       abs(was->hop_limit - is->hop_limit) <= margin &&
	       !memcmp(advanced + sl + 1, hdr + sl + 1, outer->len - sl - 1) &&
	       !memcmp(advanced + sizeof(*was), hdr + sizeof(*is),
		       sl - sizeof(*was));
}
