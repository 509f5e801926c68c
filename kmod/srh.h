/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parsing, validating, building and comparing SRv6 headers. Pure: no state, no
 * registration, so that the KUnit module links the very same code.
 */
#ifndef _SRPROXY_SRH_H
#define _SRPROXY_SRH_H

#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/seg6.h>
#include <linux/skbuff.h>
#include <linux/srproxy.h>

/*
 * Longest outer header (IPv6 and extension headers) that is walked: room for
 * the longest SRH and as much again of options. It bounds what one packet can
 * make us remember.
 */
#define SRP_OUTER_MAX	4096
/* Entries of a list that seg6_hmac_compute() has room for. */
#define SRP_HMAC_LISTED_MAX	14
/* RFC 8754 2.1.2: a reduced list, in which the first destination is not. */
#define SRP_HMAC_D		0x8000
/* RFC 8200 4.1 knows four kinds before the payload, one of them twice. */
#define SRP_OUTER_EXT_MAX	8

/* The inner types, as indices; the bit of SRPROXY_INNER_* is 1 << index. */
enum srp_inner {
	SRP_INNER_IP4,
	SRP_INNER_IP6,
	SRP_INNER_ETH,

	SRP_INNER_MAX,
};

/**
 * struct srp_outer - where things are in an encapsulated packet
 * @len:	bytes before the inner packet, from the network header
 * @srh_off:	offset of the SRH, 0 if there is none
 * @srh_len:	its length
 * @proto:	protocol number of what follows at @len (IPPROTO_*)
 */
struct srp_outer {
	u16 len;
	u16 srh_off;
	u16 srh_len;
	u8 proto;
};

/**
 * struct srp_path - what a configured encapsulation says
 * @src:	outer source address
 * @segs:	segments in the order they are visited
 * @nsegs:	how many, 1..SRPROXY_SEGS_MAX
 * @hmac:	key id of the HMAC TLV, 0 for none
 * @tag:	of the SRH, 0 for none
 * @hop_limit:	outer hop limit
 * @dscp:	outer DSCP where it is not the inner packet's, 0..63
 * @reduced:	leave the first segment out of the list
 */
struct srp_path {
	struct in6_addr src;
	const struct in6_addr *segs;
	unsigned int nsegs;
	u32 hmac;
	u16 tag;
	u8 hop_limit;
	u8 dscp;
	bool reduced;
};

/**
 * struct srp_step - where a packet goes from a segment of this node
 * @daddr:		next destination
 * @segments_left:	of its SRH, then; 0 without one
 */
struct srp_step {
	struct in6_addr daddr;
	u8 segments_left;
};

enum srproxy_drop srp_outer_parse(struct sk_buff *skb, struct srp_outer *outer);

unsigned int srp_nexthdr_off(const u8 *hdr, unsigned int len);
bool srp_srh_valid(const struct ipv6_sr_hdr *srh, unsigned int len);

bool srp_path_signable(const struct srp_path *path);
unsigned int srp_path_size(const struct srp_path *path);
unsigned int srp_path_build(u8 *hdr, const struct srp_path *path);

enum srproxy_drop srp_step_srh(const u8 *hdr, const struct srp_outer *outer,
			       struct srp_step *step);
bool srp_step_csid(const u8 *hdr, const struct srp_outer *outer,
		   unsigned int block, unsigned int prefix,
		   struct srp_step *step);
void srp_step_apply(u8 *hdr, const struct srp_outer *outer,
		    const struct srp_step *step);
bool srp_header_same(const u8 *advanced, const u8 *hdr,
		     const struct srp_outer *outer,
		     const struct srp_step *step, u8 margin);

/* One in Segments Left, in the first word of a routing header of any type. */
#define SRP_SEGLEFT_ONE	(1ULL << (8 * offsetof(struct ipv6_rt_hdr, segments_left)))

/* Eight bytes of an extension header, the first one the least significant. */
static __always_inline u64 srp_word(const u8 *at)
{
	__le64 word;

	memcpy(&word, at, sizeof(word));
	return le64_to_cpu(word);
}

/* Inner type of a protocol number, or -1 when a proxy has no use for that. */
static inline int srp_inner_index(u8 proto)
{
	switch (proto) {
	case IPPROTO_IPIP:
		return SRP_INNER_IP4;
	case IPPROTO_IPV6:
		return SRP_INNER_IP6;
	case IPPROTO_ETHERNET:
		return SRP_INNER_ETH;
	default:
		return -1;
	}
}

static inline u8 srp_inner_proto(enum srp_inner inner)
{
	switch (inner) {
	case SRP_INNER_IP4:
		return IPPROTO_IPIP;
	case SRP_INNER_IP6:
		return IPPROTO_IPV6;
	default:
		return IPPROTO_ETHERNET;
	}
}

/* Frames have one each of their own: this is for tunnels that bear them. */
static inline __be16 srp_ethertype(enum srp_inner inner)
{
	switch (inner) {
	case SRP_INNER_IP4:
		return htons(ETH_P_IP);
	case SRP_INNER_IP6:
		return htons(ETH_P_IPV6);
	default:
		return htons(ETH_P_TEB);
	}
}

/* The SRH that srp_outer_parse() found. */
static inline struct ipv6_sr_hdr *srp_srh(u8 *hdr, const struct srp_outer *outer)
{
	return (struct ipv6_sr_hdr *)(hdr + outer->srh_off);
}

#endif /* _SRPROXY_SRH_H */
