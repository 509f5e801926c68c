// SPDX-License-Identifier: GPL-2.0
/* The bytes of packets. */
#include <linux/ip.h>
#include <linux/seg6_hmac.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "packet.h"

const u8 packet_mac_header[ETH_HLEN] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd,
};

const struct srp_modes default_modes;

/* An address for documentation: 2001:db8::@last */
struct in6_addr packet_addr(u8 last)
{
	return (struct in6_addr){
		.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = last },
	};
}

/* Addresses 1 to @nsegs. */
struct in6_addr *packet_segs(struct kunit *test, unsigned int nsegs)
{
	struct in6_addr *segs = kunit_kcalloc(test, nsegs, sizeof(*segs), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, segs);
	for (i = 0; i < nsegs; i++)
		segs[i] = packet_addr(i + 1);
	return segs;
}

/* Announce a header and make room for it; an extension header begins so. */
static void *put(struct packet *p, u8 proto, unsigned int len)
{
	u8 *at = p->data + p->len;

	if (p->len)
		p->data[p->nexthdr] = proto;
	p->nexthdr = p->len;
	p->len += len;
	at[1] = len / 8 - 1;
	return at;
}

static void put_routing(struct packet *p, u8 left)
{
	struct ipv6_rt_hdr *rt = put(p, NEXTHDR_ROUTING, 8);

	rt->type = IPV6_SRCRT_TYPE_3;
	rt->segments_left = left;
}

static struct ipv6_sr_hdr *put_srh(struct packet *p, const void *tlvs,
				   unsigned int len)
{
	unsigned int list = sizeof(struct ipv6_sr_hdr) +
			    PACKET_SEGS * sizeof(struct in6_addr);
	struct ipv6_sr_hdr *srh = put(p, NEXTHDR_ROUTING, list + len);
	unsigned int i;

	p->srh = (u8 *)srh - p->data;
	srh->type = IPV6_SRCRT_TYPE_4;
	srh->segments_left = PACKET_SEGS - 1;
	srh->first_segment = PACKET_SEGS - 1;
	srh->tag = 0x1212;
	for (i = 0; i < PACKET_SEGS; i++)
		srh->segments[i] = packet_addr(0x10 + i);
	memcpy((u8 *)srh + list, tlvs, len);
	packet_ip6h(p)->daddr = srh->segments[srh->segments_left];
	return srh;
}

static void put_udp(struct packet *p)
{
	u8 *udp = put(p, IPPROTO_UDP, PACKET_UDP);
	unsigned int i;

	for (i = 0; i < PACKET_UDP; i++)
		udp[i] = 7 * i + 1;
}

static void put_ip4(struct packet *p)
{
	struct iphdr *iph = put(p, IPPROTO_IPIP, sizeof(*iph));

	*iph = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.tos = PACKET_DSFIELD,
		.tot_len = htons(PACKET_LEN4),
		.ttl = PACKET_HOPS,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(0xc0000201),
		.daddr = htonl(0xc0000202),
	};
	iph->check = ip_fast_csum(iph, iph->ihl);
	p->nexthdr += offsetof(struct iphdr, protocol);
	put_udp(p);
}

static void put_ip6(struct packet *p)
{
	struct ipv6hdr *ip6h = put(p, IPPROTO_IPV6, sizeof(*ip6h));

	ip6_flow_hdr(ip6h, PACKET_DSFIELD, htonl(PACKET_LABEL));
	ip6h->payload_len = htons(PACKET_UDP);
	ip6h->hop_limit = PACKET_HOPS;
	ip6h->saddr = packet_addr(1);
	ip6h->daddr = packet_addr(2);
	p->nexthdr += offsetof(struct ipv6hdr, nexthdr);
	put_udp(p);
}

static void put_frame(struct packet *p)
{
	u8 *eth = put(p, IPPROTO_ETHERNET, ETH_HLEN);

	put_ip6(p);
	memcpy(eth, packet_mac_header, ETH_HLEN);
}

static void put_hmac(struct packet *p)
{
	static const struct sr6_tlv_hmac tlv = {
		.tlvhdr = { SR6_TLV_HMAC, sizeof(tlv) - sizeof(tlv.tlvhdr) },
		.hmackeyid = cpu_to_be32(PACKET_KEY),
		.hmac = { 1, 2, 3 },
	};

	put_srh(p, &tlv, sizeof(tlv))->flags = SR6_FLAG1_HMAC;
}

static void put_header(struct kunit *test, struct packet *p, char letter)
{
	static const u8 tlvs[24] = {
		0x80, 6, 1, 2, 3, 4, 5, 6, 4, 1, 0, 0, 0, 4, 9,
	};

	static const struct {
		char letter;
		u8 proto;
		u16 len;
	} plain[] = {
		{ 'h', NEXTHDR_HOP, 8 },
		{ 'd', NEXTHDR_DEST, 8 },
		{ 'D', NEXTHDR_DEST, 2048 },
		{ 'E', NEXTHDR_DEST, 2008 },
		{ 'f', NEXTHDR_FRAGMENT, 8 },
		{ 'n', NEXTHDR_NONE, PACKET_UDP },
	};
	unsigned int i;

	p->inner = p->len;
	switch (letter) {
	case 'r':
	case 'R':
		put_routing(p, letter == 'R');
		return;
	case 'S':
		put_srh(p, NULL, 0);
		return;
	case 's':
		put_srh(p, NULL, 0)->segments_left = 0;
		return;
	case 'T':
		put_srh(p, tlvs, sizeof(tlvs));
		return;
	case 'H':
		put_hmac(p);
		return;
	case 'L':
		put_srh(p, NULL, 0)->segments_left = PACKET_SEGS + 1;
		return;
	case '4':
		put_ip4(p);
		return;
	case '6':
		put_ip6(p);
		return;
	case 'e':
		put_frame(p);
		return;
	case 'u':
		put_udp(p);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		if (plain[i].letter == letter) {
			put(p, plain[i].proto, plain[i].len);
			return;
		}
	}
	KUNIT_FAIL_AND_ABORT(test, "no header '%c'", letter);
}

static struct packet *packet_alloc(struct kunit *test)
{
	struct packet *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->headroom = 128;
	return p;
}

/* An encapsulated packet. */
struct packet *packet_outer(struct kunit *test, const char *headers)
{
	struct packet *p = packet_alloc(test);
	struct ipv6hdr *ip6h = put(p, IPPROTO_IPV6, sizeof(*ip6h));

	ip6_flow_hdr(ip6h, 0, htonl(0x12345));
	ip6h->hop_limit = PACKET_HOPS;
	ip6h->saddr = packet_addr(3);
	ip6h->daddr = packet_addr(4);
	p->nexthdr = offsetof(struct ipv6hdr, nexthdr);
	while (*headers)
		put_header(test, p, *headers++);
	KUNIT_ASSERT_LE(test, p->len, sizeof(p->data));
	ip6h->payload_len = htons(p->len - sizeof(*ip6h));
	return p;
}

/* An inner packet, before or after its encapsulation. */
struct packet *packet_plain(struct kunit *test, char inner)
{
	struct packet *p = packet_alloc(test);

	put_header(test, p, inner);
	return p;
}

void packet_set_dsfield(struct packet *p, u8 mask, u8 dsfield)
{
	if (packet_is_ip4(p))
		ipv4_change_dsfield((struct iphdr *)p->data, mask, dsfield);
	else
		ipv6_change_dsfield(packet_ip6h(p), mask, dsfield);
}
