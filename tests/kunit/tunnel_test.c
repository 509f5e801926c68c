// SPDX-License-Identifier: GPL-2.0
/* There and back: an encapsulation pushed, understood and taken off again. */
#include <net/dsfield.h>
#include <net/ip.h>

#include "decap.h"
#include "encap.h"
#include "packet.h"

#define HASH		0x12345678
#define HEADROOM	200

KUNIT_DEFINE_ACTION_WRAPPER(encap_free, srp_encap_free, struct srp_encap *);

static struct srp_encap *own(struct kunit *test, struct srp_encap *encap)
{
	KUNIT_ASSERT_NOT_NULL(test, encap);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, encap_free, encap));
	return encap;
}

static struct srp_encap *build(struct kunit *test, unsigned int nsegs, bool reduced)
{
	struct srp_path path = {
		.src = packet_addr(200),
		.segs = packet_segs(test, nsegs),
		.nsegs = nsegs,
		.hop_limit = PACKET_HOPS,
		.dscp = 10,
		.reduced = reduced,
	};

	return own(test, srp_encap_build(&path, 0));
}

static enum srp_inner inner_of(char letter)
{
	if (letter == 'e')
		return SRP_INNER_ETH;
	return letter == '4' ? SRP_INNER_IP4 : SRP_INNER_IP6;
}

/* What an encapsulation is to look like around packet @p. */
static void expect_outer(struct kunit *test, const struct srp_encap *encap,
			 struct packet *p, const char *what)
{
	bool ip4 = packet_is_ip4(p), ip6 = packet_is_ip6(p);
	u8 dsfield = ip4 || ip6 ? PACKET_DSFIELD : encap->dsfield;
	__be32 label = ip6 ? htonl(PACKET_LABEL) :
			     (__force __be32)rol32(HASH, 16) & IPV6_FLOWLABEL_MASK;
	u8 *want = kunit_kmalloc(test, encap->len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, want);
	memcpy(want, encap->hdr, encap->len);
	*(__be32 *)want = htonl(6 << 28 | dsfield << 20) | label;
	*(__be16 *)(want + 4) = htons(encap->len - 40 + p->len);
	want[encap->proto_off] = ip4 ? 4 : ip6 ? 41 : 143;
	packet_expect_bytes(test, p->skb, want, encap->len, what);
	kunit_kfree(test, want);
	KUNIT_EXPECT_EQ(test, p->skb->len, encap->len + p->len);
	KUNIT_EXPECT_EQ(test, ntohs(p->skb->protocol), ETH_P_IPV6);
	KUNIT_EXPECT_TRUE(test, p->skb->pkt_type == PACKET_HOST);
	/* The link-layer header of the way here, wherever it was, is gone. */
	KUNIT_EXPECT_EQ(test, skb_mac_offset(p->skb), 0);
	KUNIT_EXPECT_EQ(test, p->skb->mac_len, 0);
	KUNIT_EXPECT_EQ(test, skb_network_offset(p->skb), 0);
	KUNIT_EXPECT_EQ(test, skb_transport_offset(p->skb), 40);
}

static void push(struct kunit *test, struct sk_buff *skb, const struct srp_encap *encap,
		 enum srp_inner inner, unsigned int headroom)
{
	KUNIT_ASSERT_EQ(test, srp_encap_push(skb, encap, inner, &default_modes, headroom), 0);
}

static struct srp_outer pull(struct kunit *test, struct sk_buff *skb)
{
	struct srp_outer outer;

	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_ASSERT_EQ(test, srp_inner_check(skb, &outer, SRPROXY_INNER_ALL), 0);
	KUNIT_ASSERT_EQ(test, srp_decap(skb, &outer, &default_modes), 0);
	return outer;
}

/* The packet is @p, as if it had just come without an encapsulation. */
static void expect_plain(struct kunit *test, struct sk_buff *skb, struct packet *p,
			 const char *what)
{
	bool ip4 = packet_is_ip4(p), ip6 = packet_is_ip6(p);

	KUNIT_ASSERT_EQ_MSG(test, skb->len, p->len, "%s", what);
	packet_expect_bytes(test, skb, p->data, p->len, what);
	KUNIT_EXPECT_EQ(test, ntohs(skb->protocol), ip4 ? ETH_P_IP : ETH_P_IPV6);
	KUNIT_EXPECT_EQ(test, skb_mac_offset(skb), 0);
	KUNIT_EXPECT_EQ(test, skb_network_offset(skb), ip4 || ip6 ? 0 : 14);
	KUNIT_EXPECT_EQ(test, skb_transport_offset(skb), ip4 ? 20 : ip6 ? 40 : 14);
	KUNIT_EXPECT_EQ(test, skb->mac_len, ip4 || ip6 ? 0 : 14);
	KUNIT_EXPECT_EQ(test, skb->mark, 0);
	KUNIT_EXPECT_FALSE(test, skb->encapsulation);
}

static const struct tunnel_case {
	char inner;
	unsigned int nsegs;
	bool reduced;
} tunnel_cases[] = {
	{ '4', 1 }, { '4', 2 }, { '4', 2, true }, { '4', 16 }, { '4', 127 },
	{ '6', 1 }, { '6', 2 }, { '6', 2, true }, { '6', 16 }, { '6', 127 },
	{ '6', 1, true }, { '4', 16, true }, { '6', 127, true },
	{ 'e', 1 }, { 'e', 2 }, { 'e', 2, true }, { 'e', 127 },
};

static void tunnel_desc(const struct tunnel_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %u segments%s",
		 c->inner == 'e' ? "Ethernet" : c->inner == '4' ? "IPv4" : "IPv6",
		 c->nsegs, c->reduced ? ", reduced" : "");
}

KUNIT_ARRAY_PARAM(tunnel, tunnel_cases, tunnel_desc);

static void push_pull_test(struct kunit *test)
{
	const struct tunnel_case *c = test->param_value;
	struct srp_encap *encap = build(test, c->nsegs, c->reduced);
	struct packet *p = packet_plain(test, c->inner);
	enum packet_shape shape;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_outer outer;

		skb->mark = 7;
		/* As a frame may be that is for the network behind a VNF. */
		skb->pkt_type = PACKET_OTHERHOST;
		skb_set_hash(skb, HASH, PKT_HASH_TYPE_L4);
		push(test, skb, encap, inner_of(c->inner), HEADROOM);
		KUNIT_EXPECT_GE_MSG(test, skb_headroom(skb), HEADROOM, "%s", name);
		expect_outer(test, encap, p, name);

		outer = pull(test, skb);
		KUNIT_EXPECT_EQ(test, outer.len, encap->len);
		KUNIT_EXPECT_EQ(test, outer.srh_off, encap->srh_off);
		KUNIT_EXPECT_EQ(test, outer.proto, srp_inner_proto(inner_of(c->inner)));
		expect_plain(test, skb, p, name);
		packet_done(test, p);
	}
}

/* However little room there is in front, and none is asked for. */
static void push_headroom_test(struct kunit *test)
{
	struct srp_encap *encap = build(test, 2, false);
	struct packet *p = packet_plain(test, '6');

	for (p->headroom = 0; p->headroom <= 2 * encap->len; p->headroom++) {
		struct sk_buff *skb = packet_skb(test, p, PACKET_LINEAR);
		char name[32];

		snprintf(name, sizeof(name), "headroom %u", p->headroom);
		skb_set_hash(skb, HASH, PKT_HASH_TYPE_L4);
		push(test, skb, encap, SRP_INNER_IP6, 0);
		expect_outer(test, encap, p, name);
		packet_done(test, p);
	}
}

static const char ip_cases[] = { '4', '6' };

static void ip_desc(const char *inner, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "IPv%c", *inner);
}

KUNIT_ARRAY_PARAM(ip, ip_cases, ip_desc);

/* Every DSCP and ECN goes outside (RFC 6040 4.1, normal mode). */
static void push_dsfield_test(struct kunit *test)
{
	char inner = *(const char *)test->param_value;
	struct srp_encap *encap = build(test, 2, false);
	struct packet *p = packet_plain(test, inner);
	unsigned int dsfield;

	for (dsfield = 0; dsfield < 256; dsfield++) {
		struct sk_buff *skb;

		packet_set_dsfield(p, 0, dsfield);
		skb = packet_skb(test, p, PACKET_LINEAR);
		push(test, skb, encap, inner_of(inner), 0);
		KUNIT_EXPECT_EQ(test, ipv6_get_dsfield(ipv6_hdr(skb)), dsfield);
		packet_done(test, p);
	}
}

/* Without an inner label the flow makes one: the same for all its packets. */
static void push_flow_label_test(struct kunit *test)
{
	struct srp_encap *encap = build(test, 2, false);
	struct packet *p = packet_plain(test, '6');
	u32 label[3];
	unsigned int i;

	ip6_flow_hdr(packet_ip6h(p), PACKET_DSFIELD, 0);
	for (i = 0; i < ARRAY_SIZE(label); i++) {
		struct sk_buff *skb;

		packet_ip6h(p)->hop_limit = PACKET_HOPS - i;
		p->data[p->len - 1] = i;
		skb = packet_skb(test, p, PACKET_PAGED);
		if (i == 2)
			skb_set_hash(skb, skb_get_hash(skb) ^ 0xf00f, PKT_HASH_TYPE_L4);
		push(test, skb, encap, SRP_INNER_IP6, 0);
		label[i] = ntohl(ip6_flowlabel(ipv6_hdr(skb)));
		packet_done(test, p);
	}
	KUNIT_EXPECT_EQ(test, label[0], label[1]);
	KUNIT_EXPECT_NE(test, label[1], label[2]);
}

/* A checksum that hardware is to finish stays where it is. */
static void push_pull_checksum_test(struct kunit *test)
{
	struct srp_encap *encap = build(test, 2, false);
	struct packet *p = packet_plain(test, '6');
	struct sk_buff *skb = packet_skb(test, p, PACKET_SHORT_HEADROOM);

	KUNIT_ASSERT_TRUE(test, skb_partial_csum_set(skb, 40, 6));
	push(test, skb, encap, SRP_INNER_IP6, 0);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb), encap->len + 40);
	KUNIT_EXPECT_TRUE(test, skb->encapsulation);

	pull(test, skb);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb), 40);
	KUNIT_EXPECT_EQ(test, skb->csum_offset, 6);
	expect_plain(test, skb, p, "CHECKSUM_PARTIAL");
	packet_done(test, p);
}

/* A super-packet too long for its own length fields. */
static void push_pull_gso_test(struct kunit *test)
{
	char inner = *(const char *)test->param_value;
	struct srp_encap *encap = build(test, 2, false);
	struct packet *p = packet_plain(test, inner);
	unsigned int hlen = inner == '4' ? 20 : 40;
	struct iphdr *iph = (struct iphdr *)p->data;
	struct sk_buff *skb;

	if (inner == '4') {
		iph->tot_len = 0;
		ip_send_check(iph);
	} else {
		/* As the stack writes it when it merges as much. */
		packet_ip6h(p)->payload_len = 0;
		packet_ip6h(p)->nexthdr = NEXTHDR_HOP;
	}
	skb = packet_skb(test, p, PACKET_LINEAR);
	KUNIT_ASSERT_EQ(test, pskb_expand_head(skb, 0, 0x10000, GFP_KERNEL), 0);
	skb_put_zero(skb, 0x10000);
	skb_shinfo(skb)->gso_size = 1000;
	skb_shinfo(skb)->gso_segs = 66;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV6;

	push(test, skb, encap, inner_of(inner), 0);
	KUNIT_EXPECT_EQ(test, ntohs(ipv6_hdr(skb)->payload_len), 0);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type, SKB_GSO_TCPV6 | SKB_GSO_IPXIP6);
	KUNIT_EXPECT_EQ(test, skb_inner_network_offset(skb), encap->len);
	KUNIT_EXPECT_EQ(test, skb_inner_transport_offset(skb), encap->len + hlen);

	pull(test, skb);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type, SKB_GSO_TCPV6);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, 1000);
	KUNIT_ASSERT_EQ(test, skb->len, p->len + 0x10000);
	packet_expect_bytes(test, skb, p->data, p->len, "GSO");
	packet_done(test, p);
}

static const struct learn_case {
	const char *headers;
	u16 proto_off;
} learn_cases[] = {
	{ "S4", 40 }, { "S6", 40 }, { "hdTd4", 56 + 80 }, { "hdTd6", 56 + 80 },
	{ "rS6", 48 }, { "Sr4", 40 + 56 }, { "dddddddS6", 96 }, { "DdT6", 2096 },
	{ "Se", 40 }, { "hdTde", 56 + 80 },
};

KUNIT_ARRAY_PARAM_DESC(learn, learn_cases, headers);

/* What comes back bears what went in, all of it, one segment on. */
static void learn_push_test(struct kunit *test)
{
	const struct learn_case *c = test->param_value;
	struct packet *p = packet_outer(test, c->headers);
	struct packet *want = packet_outer(test, c->headers);
	__be16 payload_len = packet_ip6h(want)->payload_len;
	struct packet *plain = packet_plain(test, c->headers[strlen(c->headers) - 1]);
	enum srp_inner inner = inner_of(c->headers[strlen(c->headers) - 1]);
	enum packet_shape shape;

	packet_srh(want)->segments_left--;
	packet_ip6h(want)->daddr = packet_addr(0x10 + PACKET_SEGS - 2);

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_encap *encap;
		struct srp_outer outer;
		struct srp_step step;

		KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
		KUNIT_ASSERT_EQ(test, srp_step_srh(skb->data, &outer, &step), 0);
		encap = own(test, srp_encap_learn(skb, &outer, &step, 99, 0));
		packet_expect_bytes(test, skb, p->data, p->len, name);
		KUNIT_ASSERT_EQ(test, encap->len, p->inner);
		KUNIT_EXPECT_EQ(test, encap->srh_off, p->srh);
		KUNIT_EXPECT_EQ(test, encap->proto_off, c->proto_off);
		KUNIT_EXPECT_EQ(test, encap->table, 99);
		/* What is each packet's own is not kept. */
		ip6_flow_hdr(packet_ip6h(want), 0, 0);
		packet_ip6h(want)->payload_len = 0;
		KUNIT_EXPECT_MEMEQ(test, encap->hdr, want->data, encap->len);
		KUNIT_EXPECT_TRUE(test, srp_header_same(encap->hdr, skb_network_header(skb),
							&outer, &step, 0));

		KUNIT_ASSERT_EQ(test, srp_inner_check(skb, &outer, SRPROXY_INNER_ALL), 0);
		KUNIT_ASSERT_EQ(test, srp_decap(skb, &outer, &default_modes), 0);
		expect_plain(test, skb, plain, name);
		packet_done(test, p);

		skb = packet_skb(test, plain, shape);
		skb_set_hash(skb, HASH, PKT_HASH_TYPE_L4);
		push(test, skb, encap, inner, 0);
		expect_outer(test, encap, plain, name);
		/* Traffic class and flow label are the inner packet's. */
		memcpy(want->data, skb->data, 4);
		packet_ip6h(want)->payload_len = payload_len;
		packet_expect_bytes(test, skb, want->data, want->len, name);
		packet_done(test, plain);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(push_pull_test, tunnel_gen_params),
	KUNIT_CASE(push_headroom_test),
	KUNIT_CASE_PARAM(push_dsfield_test, ip_gen_params),
	KUNIT_CASE(push_flow_label_test),
	KUNIT_CASE(push_pull_checksum_test),
	KUNIT_CASE_PARAM(push_pull_gso_test, ip_gen_params),
	KUNIT_CASE_PARAM(learn_push_test, learn_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_tunnel",
	.test_cases = cases,
};

kunit_test_suite(suite);
