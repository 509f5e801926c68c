// SPDX-License-Identifier: GPL-2.0
/*
 * The segment routing header (RFC 8754) and the extension header chain of
 * RFC 8200 around it, as a service proxy meets them.
 */
#include <linux/kernel.h>
#include <linux/seg6_hmac.h>
#include <linux/string.h>
#include <net/dsfield.h>
#include <net/ipv6.h>

#include "srh.h"

#define SRH_TLV_PAD1	0

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
 * A fragment header is where it ends: what is behind it may be anywhere.
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
 * srp_nexthdr_off() - offset of the byte that announces what comes at @len
 * @hdr:	IPv6 header that srp_outer_parse() has been over
 * @len:	up to where: the end of the IPv6 header or of an extension header
 */
unsigned int srp_nexthdr_off(const u8 *hdr, unsigned int len)
{
	unsigned int at = offsetof(struct ipv6hdr, nexthdr);
	unsigned int off = sizeof(struct ipv6hdr);

	while (off < len) {
		at = off + offsetof(struct ipv6_opt_hdr, nexthdr);
		off += ipv6_optlen((const struct ipv6_opt_hdr *)(hdr + off));
	}
	return at;
}

/* A lone segment is in the list whatever the form: a list has an entry. */
static unsigned int path_listed(const struct srp_path *path)
{
	return path->nsegs - (path->reduced && path->nsegs > 1);
}

/* A single segment needs no SRH: the destination address says it all. */
static bool path_has_srh(const struct srp_path *path)
{
	return path->nsegs > 1 || path->tag || path->hmac;
}

/**
 * srp_path_signable() - can the kernel make the HMAC of a path?
 * @path: what it says
 */
bool srp_path_signable(const struct srp_path *path)
{
	return !path->hmac || path_listed(path) <= SRP_HMAC_LISTED_MAX;
}

/**
 * srp_path_size() - bytes of a configured encapsulation
 * @path: what it says
 */
unsigned int srp_path_size(const struct srp_path *path)
{
	unsigned int size = sizeof(struct ipv6hdr);

	if (path_has_srh(path))
		size += sizeof(struct ipv6_sr_hdr) +
			path_listed(path) * sizeof(struct in6_addr);
	if (path->hmac)
		size += sizeof(struct sr6_tlv_hmac);
	return size;
}

/**
 * srp_path_build() - write a configured encapsulation
 * @hdr:	srp_path_size() bytes
 * @path:	what it says
 *
 * Payload length, the next header before the inner packet and the HMAC itself
 * stay zero.
 *
 * Return: offset of that next header byte
 */
unsigned int srp_path_build(u8 *hdr, const struct srp_path *path)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)hdr;
	struct ipv6_sr_hdr *srh = (struct ipv6_sr_hdr *)(ip6h + 1);
	unsigned int listed = path_listed(path);
	unsigned int i;

	memset(hdr, 0, srp_path_size(path));
	ip6h->version = 6;
	ip6h->hop_limit = path->hop_limit;
	ip6h->saddr = path->src;
	ip6h->daddr = path->segs[0];
	if (!path_has_srh(path))
		return offsetof(struct ipv6hdr, nexthdr);

	ip6h->nexthdr = NEXTHDR_ROUTING;
	srh->type = IPV6_SRCRT_TYPE_4;
	srh->hdrlen = 2 * listed;
	srh->first_segment = listed - 1;
	srh->segments_left = path->nsegs - 1;
	srh->tag = (__force __u16)htons(path->tag);
	/* The list is written backwards: entry 0 is the last segment. */
	for (i = 0; i < listed; i++)
		srh->segments[i] = path->segs[path->nsegs - 1 - i];

	if (path->hmac) {
		struct sr6_tlv_hmac *tlv =
			(struct sr6_tlv_hmac *)&srh->segments[listed];

		tlv->tlvhdr.type = SR6_TLV_HMAC;
		tlv->tlvhdr.len = sizeof(*tlv) - sizeof(tlv->tlvhdr);
		if (listed < path->nsegs)
			tlv->reserved = (__force __u16)htons(SRP_HMAC_D);
		tlv->hmackeyid = htonl(path->hmac);
		srh->hdrlen += sizeof(*tlv) / 8;
		srh->flags = SR6_FLAG1_HMAC;
	}
	return sizeof(*ip6h) + offsetof(struct ipv6_sr_hdr, nexthdr);
}

/**
 * srp_step_srh() - the next segment by the SRH
 * @hdr:	outer header as srp_outer_parse() found it
 * @outer:	its description
 * @step:	the result
 *
 * Return: 0, or why there is none
 */
enum srproxy_drop srp_step_srh(const u8 *hdr, const struct srp_outer *outer,
			       struct srp_step *step)
{
	const struct ipv6_sr_hdr *srh = srp_srh((u8 *)hdr, outer);

	if (!outer->srh_off)
		return SRPROXY_DROP_NO_SRH;
	if (!srh->segments_left)
		return SRPROXY_DROP_SL_ZERO;
	step->segments_left = srh->segments_left - 1;
	step->daddr = srh->segments[step->segments_left];
	return 0;
}

/* The first @len bits of a 64-bit word. */
static u64 first_bits(unsigned int len)
{
	return len ? ~0ULL << (64 - min(len, 64U)) : 0;
}

/**
 * srp_step_csid() - the next segment by the destination's argument
 * @hdr:	outer header as srp_outer_parse() found it
 * @outer:	its description
 * @block:	bits of the locator block
 * @prefix:	bits of block and compressed SID, more than @block, below 128
 * @step:	the result
 *
 * RFC 9800 4.1.1: what follows our compressed SID takes its place.
 *
 * Return: whether there is one; not when the argument is empty
 */
bool srp_step_csid(const u8 *hdr, const struct srp_outer *outer,
		   unsigned int block, unsigned int prefix,
		   struct srp_step *step)
{
	const struct ipv6_sr_hdr *srh = srp_srh((u8 *)hdr, outer);
	unsigned int shift = prefix - block;
	unsigned int block_low = block > 64 ? block - 64 : 0;
	unsigned int prefix_low = prefix > 64 ? prefix - 64 : 0;
	u64 high, low, arg_high, arg_low;
	__be64 words[2];

	memcpy(words, &((const struct ipv6hdr *)hdr)->daddr, sizeof(words));
	high = be64_to_cpu(words[0]);
	low = be64_to_cpu(words[1]);

	arg_high = high & ~first_bits(prefix);
	arg_low = low & ~first_bits(prefix_low);
	if (!arg_high && !arg_low)
		return false;
	if (shift >= 64) {
		arg_high = arg_low << (shift - 64);
		arg_low = 0;
	} else {
		arg_high = arg_high << shift | arg_low >> (64 - shift);
		arg_low <<= shift;
	}
	words[0] = cpu_to_be64((high & first_bits(block)) | arg_high);
	words[1] = cpu_to_be64((low & first_bits(block_low)) | arg_low);
	memcpy(&step->daddr, words, sizeof(words));

	step->segments_left = outer->srh_off ? srh->segments_left : 0;
	return true;
}

/**
 * srp_step_apply() - go on to the next segment
 * @hdr:	outer header as srp_outer_parse() found it, in writable memory
 * @outer:	its description
 * @step:	where to
 */
void srp_step_apply(u8 *hdr, const struct srp_outer *outer,
		    const struct srp_step *step)
{
	if (outer->srh_off)
		srp_srh(hdr, outer)->segments_left = step->segments_left;
	((struct ipv6hdr *)hdr)->daddr = step->daddr;
}

/**
 * srp_header_same() - has an encapsulation changed in substance?
 * @advanced:	what was kept: outer->len bytes, after srp_step_apply()
 * @hdr:	what a packet bears, before it
 * @outer:	description of @hdr
 * @step:	of @hdr
 * @margin:	hop-limit difference that is no change
 *
 * Traffic class, flow label and payload length belong to a packet, not to its
 * path.
 */
bool srp_header_same(const u8 *advanced, const u8 *hdr,
		     const struct srp_outer *outer,
		     const struct srp_step *step, u8 margin)
{
	const struct ipv6hdr *was = (const struct ipv6hdr *)advanced;
	const struct ipv6hdr *is = (const struct ipv6hdr *)hdr;
	unsigned int off;

	if (!ipv6_addr_equal(&was->saddr, &is->saddr) ||
	    !ipv6_addr_equal(&was->daddr, &step->daddr) ||
	    was->nexthdr != is->nexthdr ||
	    abs(was->hop_limit - is->hop_limit) > margin)
		return false;
	/* Extension headers are multiples of eight bytes. */
	for (off = sizeof(*is); off < outer->len; off += sizeof(u64)) {
		u64 diff = srp_word(advanced + off) ^ srp_word(hdr + off);

		if (diff && (off != outer->srh_off ||
			     diff & ~(0xff * SRP_SEGLEFT_ONE)))
			return false;
	}
	return !outer->srh_off ||
	       srp_srh((u8 *)advanced, outer)->segments_left ==
	       step->segments_left;
}
