// SPDX-License-Identifier: GPL-2.0
/* Segment routing headers: judged, built, advanced, compared. */
#include "packet.h"
#include "srh.h"

#define TLVS(bytes)	.tlvs = (bytes), .tlvs_len = sizeof(bytes) - 1

/**
 * struct srh_case - an SRH with one segment in its list
 * @name:	of the case
 * @tlvs:	what follows the list
 * @tlvs_len:	its length
 * @last:	Last Entry
 * @left:	Segments Left
 * @type:	routing type, if not 4
 * @hdrlen:	what is added to the right length in units of 8 bytes
 * @valid:	what srp_srh_valid() is to say
 */
struct srh_case {
	const char *name;
	const char *tlvs;
	unsigned int tlvs_len;
	u8 last;
	u8 left;
	u8 type;
	s8 hdrlen;
	bool valid;
};

static const struct srh_case srh_cases[] = {
	{ "none left", .left = 0, .valid = true },
	{ "reduced: the first segment is not in the list", .left = 1, .valid = true },
	{ "one left too many", .left = 2 },
	{ "255 left", .left = 255 },
	{ "last entry behind the end", .last = 1 },
	{ "last entry 255", .last = 255, .left = 255 },
	{ "last entry among the TLVs", .last = 1, TLVS("\4\16\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	  .valid = true },
	{ "last entry half among the TLVs", .last = 1, TLVS("\4\6\0\0\0\0\0\0") },
	{ "length says more than there is", .hdrlen = 1 },
	{ "length says less than there is", .hdrlen = -1 },
	{ "length of no list", .hdrlen = -2 },
	{ "routing type 3", .type = IPV6_SRCRT_TYPE_3 },
	{ "routing type 2", .type = IPV6_SRCRT_TYPE_2 },
	{ "PadN", TLVS("\4\6\0\0\0\0\0\0"), .valid = true },
	{ "PadN of no bytes, four times", TLVS("\4\0\4\0\4\0\4\0"), .valid = true },
	{ "Pad1 only", TLVS("\0\0\0\0\0\0\0\0"), .valid = true },
	{ "Pad1 before PadN", TLVS("\0\4\5\0\0\0\0\0"), .valid = true },
	{ "Pad1 as the last byte", TLVS("\4\5\0\0\0\0\0\0"), .valid = true },
	{ "opaque", TLVS("\x80\6abcdef"), .valid = true },
	{ "opaque of no bytes, then another", TLVS("\x80\0\x81\4abcd"), .valid = true },
	{ "HMAC", TLVS("\5\46\0\0\0\0\0\00101234567012345670123456701234567"),
	  .valid = true },
	{ "TLV to the end, then another", TLVS("\x80\6abcdef\x81\6ghijkl"), .valid = true },
	{ "TLV one byte too long", TLVS("\4\7\0\0\0\0\0\0") },
	{ "TLV much too long", TLVS("\x80\377\0\0\0\0\0\0") },
	{ "second TLV one byte too long", TLVS("\x80\6abcdef\x81\7ghijkl") },
	{ "second TLV one byte too long after Pad1", TLVS("\0\0\0\x80\4abc") },
	{ "one byte left, without a length", TLVS("\4\5\0\0\0\0\0\4") },
	{ "HMAC cut off", TLVS("\5\46\0\0\0\0\0\1") },
};

KUNIT_ARRAY_PARAM_DESC(srh, srh_cases, name);

/* In memory of exactly its size, so that KASAN sees who looks behind it. */
static void srh_valid_test(struct kunit *test)
{
	const struct srh_case *c = test->param_value;
	unsigned int list = sizeof(struct ipv6_sr_hdr) + sizeof(struct in6_addr);
	unsigned int len = list + c->tlvs_len;
	struct ipv6_sr_hdr *srh;

	srh = kunit_kzalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, srh);
	srh->hdrlen = len / 8 - 1 + c->hdrlen;
	srh->type = c->type ?: IPV6_SRCRT_TYPE_4;
	srh->segments_left = c->left;
	srh->first_segment = c->last;
	memcpy((u8 *)srh + list, c->tlvs, c->tlvs_len);

	KUNIT_EXPECT_EQ(test, srp_srh_valid(srh, len), c->valid);
}

/* Every prefix of headers that are right is wrong. */
static void srh_truncated_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "T6");
	unsigned int len;

	for (len = 0; len <= p->inner - p->srh; len++) {
		void *srh = kmemdup(packet_srh(p), len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, srh);
		KUNIT_EXPECT_EQ_MSG(test, srp_srh_valid(srh, len), len == p->inner - p->srh,
				    "%u bytes", len);
		kfree(srh);
	}
}

static const struct build_case {
	unsigned int nsegs;
	bool reduced;
} build_cases[] = {
	{ 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 }, { 9 }, { 10 },
	{ 11 }, { 12 }, { 13 }, { 14 }, { 15 }, { 16 }, { SRPROXY_SEGS_MAX },
	{ 1, true }, { 2, true }, { 3, true }, { 16, true },
	{ SRPROXY_SEGS_MAX, true },
};

static void build_desc(const struct build_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u segments%s", c->nsegs,
		 c->reduced ? ", reduced" : "");
}

KUNIT_ARRAY_PARAM(build, build_cases, build_desc);

/* What RFC 8754 draws, written byte by byte. */
static unsigned int expected_header(u8 *hdr, unsigned int nsegs, bool reduced)
{
	unsigned int listed = nsegs - reduced;
	struct in6_addr addr = packet_addr(200);
	unsigned int i;

	hdr[0] = 0x60;
	hdr[7] = PACKET_HOPS;
	memcpy(hdr + 8, &addr, 16);
	addr = packet_addr(1);
	memcpy(hdr + 24, &addr, 16);
	if (nsegs == 1)
		return 40;
	hdr[6] = 43;
	hdr[41] = listed * 2;
	hdr[42] = 4;
	hdr[43] = nsegs - 1;
	hdr[44] = listed - 1;
	for (i = 0; i < listed; i++) {
		addr = packet_addr(nsegs - i);
		memcpy(hdr + 48 + 16 * i, &addr, 16);
	}
	return 48 + 16 * listed;
}

static void header_build_test(struct kunit *test)
{
	const struct build_case *c = test->param_value;
	struct in6_addr src = packet_addr(200);
	struct packet *p = packet_outer(test, "");
	struct srp_outer outer;
	unsigned int i, len;
	u8 *want, *hdr;

	want = kunit_kzalloc(test, sizeof(p->data), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, want);
	len = expected_header(want, c->nsegs, c->reduced);
	hdr = kunit_kmalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hdr);
	memset(hdr, 0xff, len);

	KUNIT_ASSERT_EQ(test, srp_header_size(c->nsegs, c->reduced), len);
	i = srp_header_build(hdr, &src, packet_segs(test, c->nsegs), c->nsegs,
			     c->reduced, PACKET_HOPS);
	KUNIT_EXPECT_EQ(test, i, c->nsegs > 1 ? 40 : 6);
	KUNIT_EXPECT_MEMEQ(test, hdr, want, len);

	/* What we write we understand. */
	hdr[i] = IPPROTO_IPIP;
	memcpy(p->data, hdr, len);
	p->len = len;
	KUNIT_EXPECT_EQ(test, srp_outer_parse(packet_skb(test, p, PACKET_LINEAR), &outer), 0);
	KUNIT_EXPECT_EQ(test, outer.len, len);
	KUNIT_EXPECT_EQ(test, outer.srh_off, c->nsegs > 1 ? 40 : 0);
	KUNIT_EXPECT_EQ(test, outer.srh_len, c->nsegs > 1 ? len - 40 : 0);
	KUNIT_EXPECT_EQ(test, outer.proto, IPPROTO_IPIP);
	packet_done(test, p);
}

static void parse(struct kunit *test, struct packet *p, struct srp_outer *outer)
{
	KUNIT_ASSERT_EQ(test, srp_outer_parse(packet_skb(test, p, PACKET_LINEAR), outer), 0);
	packet_done(test, p);
}

/* Segment by segment, from the reduced form down; nothing else changes. */
static void header_advance_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "hTd6");
	struct packet *want = packet_outer(test, "hTd6");
	struct srp_outer outer;
	u8 left;

	packet_srh(p)->segments_left = PACKET_SEGS;
	parse(test, p, &outer);
	for (left = PACKET_SEGS; left--; ) {
		srp_header_advance(p->data, &outer);
		packet_srh(want)->segments_left = left;
		packet_ip6h(want)->daddr = packet_addr(0x10 + left);
		KUNIT_EXPECT_MEMEQ(test, p->data, want->data, p->len);
	}
}

/*
 * Any bit matters: source, extension headers, Segments Left, last entry,
 * flags, tag, segments, TLVs. But not version, traffic class, flow label and
 * payload length, nor the destination, which the list implies.
 */
static void header_same_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "hTd6");
	struct packet *was = packet_outer(test, "hTd6");
	struct srp_outer outer;
	unsigned int bit;

	parse(test, p, &outer);
	srp_header_advance(was->data, &outer);

	KUNIT_EXPECT_TRUE(test, srp_header_same(was->data, p->data, &outer, 0));
	for (bit = 0; bit < 8 * outer.len; bit++) {
		unsigned int at = bit / 8;

		p->data[at] ^= BIT(bit % 8);
		KUNIT_EXPECT_EQ_MSG(test, srp_header_same(was->data, p->data, &outer, 0),
				    at < 6 || (at >= 24 && at < 40),
				    "bit %u of byte %u", bit % 8, at);
		p->data[at] ^= BIT(bit % 8);
	}
}

static void header_same_margin_test(struct kunit *test)
{
	static const u8 margins[] = { 0, 1, 8, 60, 255 };
	struct packet *p = packet_outer(test, "S6");
	struct packet *was = packet_outer(test, "S6");
	struct srp_outer outer;
	unsigned int i;
	int hops;

	parse(test, p, &outer);
	srp_header_advance(was->data, &outer);

	for (i = 0; i < ARRAY_SIZE(margins); i++) {
		for (hops = 0; hops <= 255; hops++) {
			packet_ip6h(p)->hop_limit = hops;
			KUNIT_EXPECT_EQ_MSG(test,
					    srp_header_same(was->data, p->data, &outer, margins[i]),
					    hops >= PACKET_HOPS - margins[i] &&
					    hops <= PACKET_HOPS + margins[i],
					    "hop limit %d, margin %u", hops, margins[i]);
		}
	}
}

/* Nothing but the two inner types that a proxy knows. */
static void inner_index_test(struct kunit *test)
{
	unsigned int proto;

	for (proto = 0; proto < 256; proto++)
		KUNIT_EXPECT_EQ_MSG(test, srp_inner_index(proto),
				    proto == 4 ? SRP_INNER_IP4 : proto == 41 ? SRP_INNER_IP6 : -1,
				    "protocol %u", proto);
	KUNIT_EXPECT_EQ(test, srp_inner_proto(SRP_INNER_IP4), 4);
	KUNIT_EXPECT_EQ(test, srp_inner_proto(SRP_INNER_IP6), 41);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(srh_valid_test, srh_gen_params),
	KUNIT_CASE(srh_truncated_test),
	KUNIT_CASE_PARAM(header_build_test, build_gen_params),
	KUNIT_CASE(header_advance_test),
	KUNIT_CASE(header_same_test),
	KUNIT_CASE(header_same_margin_test),
	KUNIT_CASE(inner_index_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_srh",
	.test_cases = cases,
};

kunit_test_suite(suite);
