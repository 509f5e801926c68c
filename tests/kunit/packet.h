/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets for the tests. An encapsulated one is written as a letter per header
 * that follows the outer IPv6 header:
 *
 *	h	hop-by-hop options of 8 bytes
 *	d D E	destination options of 8, 2048, 2008 bytes
 *	f	fragment
 *	r R	routing of another type, none and one segment left
 *	S s	SRH of three segments, two and none left
 *	T	SRH like S with 24 bytes of TLVs
 *	H	SRH like S with an HMAC TLV that is not right
 *	L	SRH like S with a lie in Segments Left
 *	4 6	IPv4 and IPv6 with UDP in it: the inner packet
 *	e	an Ethernet frame with such an IPv6 packet in it
 *	u n	something else: UDP, nothing
 */
#ifndef _SRPROXY_TESTS_PACKET_H
#define _SRPROXY_TESTS_PACKET_H

#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <linux/seg6.h>
#include <linux/skbuff.h>

#include "modes.h"

#define PACKET_SEGS	3
#define PACKET_UDP	208
/* The ports in it. */
#define PACKET_SPORT	0x0108
#define PACKET_DPORT	0x0f16
/* The inner packets. */
#define PACKET_LEN4	(20 + PACKET_UDP)
#define PACKET_LEN6	(40 + PACKET_UDP)
#define PACKET_LEN_ETH	(ETH_HLEN + PACKET_LEN6)
#define PACKET_DSFIELD	0xb9		/* expedited forwarding, ECT(1) */
#define PACKET_LABEL	0xabcde
#define PACKET_HOPS	64
#define PACKET_KEY	0x12345678	/* of the HMAC TLV */

/* What the same bytes may look like in memory. */
enum packet_shape {
	PACKET_LINEAR,
	PACKET_PAGED,
	PACKET_FRAG_LIST,
	PACKET_CLONED,
	PACKET_SHORT_HEADROOM,

	PACKET_SHAPES,
};

/**
 * struct packet - bytes of a packet
 * @data:	they
 * @len:	how many
 * @inner:	offset of the inner packet
 * @srh:	offset of the last SRH, 0 without
 * @nexthdr:	offset of the byte that announces what comes next
 * @headroom:	room in front of the link-layer header
 * @skb:	what packet_skb() made last
 * @clone:	the other reference to its data, if it is cloned
 */
struct packet {
	u8 data[8192] __aligned(8);
	unsigned int len;
	unsigned int inner;
	unsigned int srh;
	unsigned int nexthdr;
	unsigned int headroom;
	struct sk_buff *skb;
	struct sk_buff *clone;
};

/* As a SID has them that says nothing of them: pipe and inner. */
extern const struct srp_modes default_modes;
/* In front of packets that come without one of their own, and of frames. */
extern const u8 packet_mac_header[ETH_HLEN];

const char *packet_shape_name(enum packet_shape shape);

struct in6_addr packet_addr(u8 last);
struct in6_addr *packet_segs(struct kunit *test, unsigned int nsegs);

struct packet *packet_outer(struct kunit *test, const char *headers);
struct packet *packet_plain(struct kunit *test, char inner);

void packet_set_dsfield(struct packet *p, u8 mask, u8 dsfield);

struct sk_buff *packet_skb(struct kunit *test, struct packet *p,
			   enum packet_shape shape);
struct sk_buff *packet_release(struct kunit *test, struct packet *p);
void packet_done(struct kunit *test, struct packet *p);

void packet_expect_bytes(struct kunit *test, const struct sk_buff *skb,
			 const void *bytes, unsigned int len, const char *what);
void packet_sum_up(struct sk_buff *skb);
void packet_expect_sum(struct kunit *test, const struct sk_buff *skb, const char *what);

static inline bool packet_is_ip4(const struct packet *p)
{
	return p->data[0] >> 4 == 4;
}

static inline bool packet_is_ip6(const struct packet *p)
{
	return p->data[0] >> 4 == 6;
}

static inline struct ipv6hdr *packet_ip6h(struct packet *p)
{
	return (struct ipv6hdr *)p->data;
}

static inline struct ipv6_sr_hdr *packet_srh(struct packet *p)
{
	return (struct ipv6_sr_hdr *)(p->data + p->srh);
}

#endif /* _SRPROXY_TESTS_PACKET_H */
