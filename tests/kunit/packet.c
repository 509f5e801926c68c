// SPDX-License-Identifier: GPL-2.0
#include <kunit/skbuff.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "packet.h"

/* So that headers lie across the boundaries. */
#define PIECES	7

static const u8 mac_header[ETH_HLEN] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd,
};

const char *packet_shape_name(enum packet_shape shape)
{
	static const char *const names[] = {
		[PACKET_LINEAR] = "linear",
		[PACKET_PAGED] = "paged",
		[PACKET_FRAG_LIST] = "frag_list",
		[PACKET_CLONED] = "cloned",
		[PACKET_SHORT_HEADROOM] = "short headroom",
	};

	return names[shape];
}

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
		{ 'u', IPPROTO_UDP, PACKET_UDP },
		{ 'n', NEXTHDR_NONE, PACKET_UDP },
		{ 'e', IPPROTO_ETHERNET, PACKET_UDP },
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
	case 'L':
		put_srh(p, NULL, 0)->segments_left = PACKET_SEGS + 1;
		return;
	case '4':
		put_ip4(p);
		return;
	case '6':
		put_ip6(p);
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

static struct sk_buff *own(struct kunit *test, struct sk_buff *skb)
{
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, kunit_action_kfree_skb, skb));
	return skb;
}

static void add_page(struct kunit *test, struct sk_buff *skb, const u8 *data,
		     unsigned int len)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int off = PAGE_SIZE - len;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page) + off, data, len);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, off, len,
			PAGE_SIZE);
}

static void add_frag(struct kunit *test, struct sk_buff *skb, const u8 *data,
		     unsigned int len)
{
	struct sk_buff **at = &skb_shinfo(skb)->frag_list;
	struct sk_buff *frag = alloc_skb(len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, frag);
	skb_put_data(frag, data, len);
	while (*at)
		at = &(*at)->next;
	*at = frag;
	skb->len += len;
	skb->data_len += len;
	skb->truesize += frag->truesize;
}

/*
 * As the stack would hand it to a hook: the first header is linear, the
 * link-layer header in front. Call packet_done() when it has been looked at.
 */
struct sk_buff *packet_skb(struct kunit *test, struct packet *p,
			   enum packet_shape shape)
{
	bool pieces = shape == PACKET_PAGED || shape == PACKET_FRAG_LIST;
	bool ip4 = packet_is_ip4(p);
	unsigned int hlen = ip4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	unsigned int headroom = shape == PACKET_SHORT_HEADROOM ? 0 : p->headroom;
	unsigned int piece = DIV_ROUND_UP(p->len - hlen, PIECES);
	unsigned int off = pieces ? hlen : p->len;
	struct sk_buff *skb;

	skb = own(test, alloc_skb(headroom + ETH_HLEN + off, GFP_KERNEL));
	skb_reserve(skb, headroom);
	skb_reset_mac_header(skb);
	skb_put_data(skb, mac_header, ETH_HLEN);
	skb_put_data(skb, p->data, off);
	for (; off < p->len; off += piece) {
		unsigned int len = min(piece, p->len - off);

		if (shape == PACKET_PAGED)
			add_page(test, skb, p->data + off, len);
		else
			add_frag(test, skb, p->data + off, len);
	}

	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	skb_set_transport_header(skb, hlen);
	skb->protocol = ip4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	skb->dev = init_net.loopback_dev;

	p->skb = skb;
	if (shape == PACKET_CLONED)
		p->clone = own(test, skb_clone(skb, GFP_KERNEL));
	return skb;
}

/* Whoever shares a packet's data must not notice what is done to it. */
void packet_done(struct kunit *test, struct packet *p)
{
	if (p->clone) {
		KUNIT_EXPECT_EQ(test, p->clone->len, p->len);
		packet_expect_bytes(test, p->clone, p->data, p->len, "the clone");
	}
	kunit_kfree_skb(test, p->clone);
	kunit_kfree_skb(test, p->skb);
	p->clone = NULL;
	p->skb = NULL;
}

/* The packet begins with these bytes. */
void packet_expect_bytes(struct kunit *test, const struct sk_buff *skb,
			 const void *bytes, unsigned int len, const char *what)
{
	u8 *copy = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_EQ_MSG(test, 0, skb_copy_bits(skb, 0, copy, len), "%s", what);
	KUNIT_EXPECT_MEMEQ_MSG(test, copy, bytes, len, "%s", what);
	kunit_kfree(test, copy);
}
