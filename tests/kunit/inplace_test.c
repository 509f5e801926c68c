// SPDX-License-Identifier: GPL-2.0
/* SRHs taken out of packets and put back. */
#include <net/ip.h>
#include <net/ipv6.h>

#include "inplace.h"
#include "packet.h"

/**
 * struct inplace_case - a packet without its SRH, and with it again
 * @with:	as it comes, see packet.h
 * @without:	the same
 * @again:	the same; the SRH is where the kernel would put it
 */
struct inplace_case {
	const char *with;
	const char *without;
	const char *again;
};

static const struct inplace_case inplace_cases[] = {
	{ "S6", "6", "S6" }, { "T4", "4", "T4" }, { "Su", "u", "Su" }, { "Tn", "n", "Tn" },
	{ "He", "e", "He" }, { "hS6", "h6", "hS6" }, { "dSu", "du", "Sdu" },
	{ "Td4", "d4", "Td4" }, { "dSd6", "dd6", "Sdd6" }, { "hdTdu", "hddu", "hTddu" },
	{ "rS6", "r6", "Sr6" }, { "hrHdu", "hrdu", "hHrdu" }, { "s6", "6", "s6" },
	{ "Sfu", "fu", "Sfu" }, { "hdTdfu", "hddfu", "hTddfu" },
	{ "DdTu", "Ddu", "TDdu" }, { "hddddTu", "hddddu", "hTddddu" },
};

static void inplace_desc(const struct inplace_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s, %s", c->with, c->without, c->again);
}

KUNIT_ARRAY_PARAM(inplace, inplace_cases, inplace_desc);

/* Whatever else is done to the headers in between. */
static void edit(struct sk_buff *skb)
{
	ipv6_hdr(skb)->daddr = packet_addr(0x99);
	ipv6_hdr(skb)->hop_limit = 0x35;
}

static struct packet *edited(struct kunit *test, const char *headers)
{
	struct packet *p = packet_outer(test, headers);

	packet_ip6h(p)->daddr = packet_addr(0x99);
	packet_ip6h(p)->hop_limit = 0x35;
	return p;
}

/* The packet is @want, and its description that of @want. */
static void expect_packet(struct kunit *test, struct sk_buff *skb, const struct srp_outer *outer,
			  struct packet *want, const char *what)
{
	struct srp_outer parsed;

	KUNIT_ASSERT_EQ_MSG(test, skb->len, want->len, "%s", what);
	packet_expect_bytes(test, skb, want->data, want->len, what);
	KUNIT_EXPECT_EQ_MSG(test, skb_network_offset(skb), 0, "%s", what);
	KUNIT_ASSERT_EQ_MSG(test, srp_outer_parse(skb, &parsed), 0, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, outer->len, parsed.len, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, outer->srh_off, parsed.srh_off, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, outer->srh_len, parsed.srh_len, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, outer->proto, parsed.proto, "%s", what);
}

/* There and back. The sum of a device that makes one stays right. */
static void remove_insert(struct kunit *test, const struct inplace_case *c,
			  enum packet_shape shape, bool sum)
{
	struct packet *p = packet_outer(test, c->with);
	struct sk_buff *skb = packet_skb(test, p, shape);
	struct ipv6_sr_hdr *srh;
	struct srp_outer outer;
	char name[40];

	snprintf(name, sizeof(name), "%s%s", packet_shape_name(shape), sum ? ", sum" : "");
	srh = kunit_kzalloc(test, ipv6_optlen(packet_srh(p)), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, srh);
	memcpy(srh, packet_srh(p), ipv6_optlen(packet_srh(p)));
	/* What follows it is not what followed it then. */
	srh->nexthdr = 0xee;
	if (sum)
		packet_sum_up(skb);

	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
	edit(skb);
	srp_srh_remove(skb, &outer);
	srp_edit_end(skb, &outer);
	expect_packet(test, skb, &outer, edited(test, c->without), name);
	if (sum)
		packet_expect_sum(test, skb, name);

	KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
	KUNIT_ASSERT_EQ(test, srp_srh_insert(skb, &outer, srh), 0);
	srp_edit_end(skb, &outer);
	expect_packet(test, skb, &outer, edited(test, c->again), name);
	if (sum)
		packet_expect_sum(test, skb, name);
	packet_done(test, p);
}

static void remove_insert_test(struct kunit *test)
{
	enum packet_shape shape;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		remove_insert(test, test->param_value, shape, false);
		remove_insert(test, test->param_value, shape, true);
	}
}

/* Nor does it matter that nothing follows. */
static void nothing_inside_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "Sn");
	struct packet *srh = packet_outer(test, "Tn");
	struct srp_outer outer;
	struct sk_buff *skb;

	p->len = p->inner;
	packet_ip6h(p)->payload_len = htons(p->len - 40);
	skb = packet_skb(test, p, PACKET_PAGED);
	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
	srp_srh_remove(skb, &outer);
	KUNIT_EXPECT_EQ(test, skb->len, 40);
	KUNIT_EXPECT_EQ(test, ntohs(ipv6_hdr(skb)->payload_len), 0);
	KUNIT_EXPECT_EQ(test, srp_srh_insert(skb, &outer, packet_srh(srh)), 0);
	KUNIT_EXPECT_EQ(test, skb->len, srh->inner);
	KUNIT_EXPECT_EQ(test, ntohs(ipv6_hdr(skb)->payload_len), srh->inner - 40);
	packet_done(test, p);
}

/* Headroom as it may be, and others read the same bytes. */
static void insert_headroom_test(struct kunit *test)
{
	struct packet *srh = packet_outer(test, "Tu");
	struct packet *p = packet_outer(test, "hdu");
	struct packet *want = packet_outer(test, "hTdu");
	enum packet_shape shape;
	struct srp_outer outer;

	packet_ip6h(want)->daddr = packet_addr(4);
	for (shape = PACKET_LINEAR; shape <= PACKET_CLONED; shape += PACKET_CLONED) {
		for (p->headroom = 0; p->headroom < 160; p->headroom += 4) {
			struct sk_buff *skb = packet_skb(test, p, shape);

			KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
			KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
			KUNIT_ASSERT_EQ(test, srp_srh_insert(skb, &outer, packet_srh(srh)), 0);
			srp_edit_end(skb, &outer);
			expect_packet(test, skb, &outer, want, packet_shape_name(shape));
			packet_done(test, p);
		}
	}
}

/* A checksum that hardware is to finish stays where it is. */
static void unfinished_checksum_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "hTdu");
	struct packet *srh = packet_outer(test, "Tu");
	struct sk_buff *skb = packet_skb(test, p, PACKET_SHORT_HEADROOM);
	struct srp_outer outer;

	KUNIT_ASSERT_TRUE(test, skb_partial_csum_set(skb, p->inner, 6));
	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
	srp_srh_remove(skb, &outer);
	srp_edit_end(skb, &outer);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb), outer.len);

	KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
	KUNIT_ASSERT_EQ(test, srp_srh_insert(skb, &outer, packet_srh(srh)), 0);
	srp_edit_end(skb, &outer);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb), p->inner);
	KUNIT_EXPECT_EQ(test, skb->csum_offset, 6);
	packet_done(test, p);
}

/* A packet that says @payload_len of itself, @len bytes long. */
static struct sk_buff *lengthen(struct kunit *test, struct packet *p, unsigned int len,
				unsigned int payload_len)
{
	struct sk_buff *skb;

	packet_ip6h(p)->payload_len = htons(payload_len);
	skb = packet_skb(test, p, PACKET_LINEAR);
	KUNIT_ASSERT_EQ(test, pskb_expand_head(skb, 0, len - p->len, GFP_KERNEL), 0);
	skb_put_zero(skb, len - p->len);
	return skb;
}

static void insert_into(struct kunit *test, struct packet *p, struct sk_buff *skb,
			enum srproxy_drop reason, unsigned int payload_len)
{
	struct packet *srh = packet_outer(test, "Su");
	struct srp_outer outer;

	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
	KUNIT_EXPECT_EQ(test, srp_srh_insert(skb, &outer, packet_srh(srh)), reason);
	if (!reason)
		KUNIT_EXPECT_EQ(test, ntohs(ipv6_hdr(skb)->payload_len), payload_len);
	packet_done(test, p);
}

/* No longer than 16 bits can say. */
static void insert_too_big_test(struct kunit *test)
{
	const unsigned int most = 65535 - 56;
	struct packet *p = packet_outer(test, "u");

	insert_into(test, p, lengthen(test, p, 40 + most, most), 0, 65535);
	insert_into(test, p, lengthen(test, p, 40 + most + 1, most + 1), SRPROXY_DROP_TOO_BIG, 0);
}

static void super(struct sk_buff *skb)
{
	skb_shinfo(skb)->gso_size = 1000;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
}

/* Unless it is a super-packet: such a one says 0. */
static void insert_gso_test(struct kunit *test)
{
	static const struct {
		unsigned int len;
		unsigned int says;
		unsigned int says_then;
	} gso_cases[] = {
		{ 10000, 10000, 10056 },
		{ 65535 - 56, 65535 - 56, 65535 },
		{ 65535 - 55, 65535 - 55, 0 },
		{ 65535, 65535, 0 },
		{ 65536, 0, 0 },
		{ 100000, 0, 0 },
	};
	struct packet *p = packet_outer(test, "u");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gso_cases); i++) {
		struct sk_buff *skb = lengthen(test, p, 40 + gso_cases[i].len, gso_cases[i].says);

		super(skb);
		insert_into(test, p, skb, 0, gso_cases[i].says_then);
	}
}

static void remove_gso_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "Su");
	struct sk_buff *skb = lengthen(test, p, 100000, 0);
	struct srp_outer outer;

	super(skb);
	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_ASSERT_TRUE(test, srp_edit_begin(skb, &outer));
	srp_srh_remove(skb, &outer);
	srp_edit_end(skb, &outer);
	KUNIT_EXPECT_EQ(test, skb->len, 100000 - 56);
	KUNIT_EXPECT_EQ(test, ntohs(ipv6_hdr(skb)->payload_len), 0);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, 1000);
	packet_done(test, p);
}

/* Nothing of its way here is left. */
static void renew_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "hTdu");
	enum packet_shape shape;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_outer outer;

		packet_sum_up(skb);
		skb->mark = 7;
		skb->hash = 8;
		memset(skb->cb, 0xff, sizeof(*IP6CB(skb)));
		KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
		srp_packet_renew(skb, &outer);
		packet_expect_bytes(test, skb, p->data, p->len, name);
		KUNIT_EXPECT_EQ(test, skb->mark, 0);
		KUNIT_EXPECT_EQ(test, skb->hash, 0);
		KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
		KUNIT_EXPECT_EQ(test, skb_mac_offset(skb), 0);
		KUNIT_EXPECT_EQ(test, skb->mac_len, 0);
		KUNIT_EXPECT_EQ(test, skb_network_offset(skb), 0);
		KUNIT_EXPECT_EQ(test, skb_transport_offset(skb), p->inner);
		KUNIT_EXPECT_EQ(test, IP6CB(skb)->iif, LOOPBACK_IFINDEX);
		KUNIT_EXPECT_EQ(test, IP6CB(skb)->nhoff, 6);
		KUNIT_EXPECT_EQ(test, IP6CB(skb)->flags, 0);
		packet_done(test, p);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(remove_insert_test, inplace_gen_params),
	KUNIT_CASE(nothing_inside_test),
	KUNIT_CASE(insert_headroom_test),
	KUNIT_CASE(unfinished_checksum_test),
	KUNIT_CASE(insert_too_big_test),
	KUNIT_CASE(insert_gso_test),
	KUNIT_CASE(remove_gso_test),
	KUNIT_CASE(renew_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_inplace",
	.test_cases = cases,
};

kunit_test_suite(suite);
