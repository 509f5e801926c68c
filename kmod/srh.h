/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parsing, validating, building and comparing SRv6 headers. Pure: no state, no
 * registration, so that the KUnit module links the very same code.
 */
#ifndef _SRPROXY_SRH_H
#define _SRPROXY_SRH_H

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
/* RFC 8200 4.1 knows four kinds before the payload, one of them twice. */
#define SRP_OUTER_EXT_MAX	8

/* The inner types, as indices; the bit of SRPROXY_INNER_* is 1 << index. */
enum srp_inner {
	SRP_INNER_IP4,
	SRP_INNER_IP6,

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

enum srproxy_drop srp_outer_parse(struct sk_buff *skb, struct srp_outer *outer);

bool srp_srh_valid(const struct ipv6_sr_hdr *srh, unsigned int len);

unsigned int srp_header_size(unsigned int nsegs, bool reduced);
unsigned int srp_header_build(u8 *buf, const struct in6_addr *src,
			      const struct in6_addr *segs, unsigned int nsegs,
			      bool reduced, u8 hop_limit);

void srp_header_advance(u8 *hdr, const struct srp_outer *outer);
bool srp_header_same(const u8 *advanced, const u8 *hdr,
		     const struct srp_outer *outer, u8 margin);

int srp_inner_index(u8 proto);

static inline u8 srp_inner_proto(enum srp_inner inner)
{
	return inner == SRP_INNER_IP4 ? IPPROTO_IPIP : IPPROTO_IPV6;
}

#endif /* _SRPROXY_SRH_H */
