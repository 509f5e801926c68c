// SPDX-License-Identifier: GPL-2.0
/* What a chain's encapsulation looks like, byte by byte as RFC 8754 draws it. */
#include "packet.h"

/**
 * struct path_case - a path
 * @nsegs:	segments
 * @reduced:	leave the first one out of the list
 * @tag:	of the SRH
 * @hmac:	key id of the HMAC TLV
 * @dscp:	which the header itself does not bear
 */
struct path_case {
	unsigned int nsegs;
	bool reduced;
	u16 tag;
	u32 hmac;
	u8 dscp;
};

static const struct path_case path_cases[] = {
	{ 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 }, { 9 }, { 10 },
	{ 11 }, { 12 }, { 13 }, { 14 }, { 15 }, { 16 }, { SRPROXY_SEGS_MAX },
	{ 1, true }, { 2, true }, { 3, true }, { 16, true },
	{ SRPROXY_SEGS_MAX, true },
	{ 1, .tag = 1 }, { 1, true, .tag = 0xffff }, { 3, .tag = 0x1234 },
	{ SRPROXY_SEGS_MAX, .tag = 0x100 }, { SRPROXY_SEGS_MAX, true, .tag = 0x80 },
	{ 1, .hmac = 1 }, { 1, true, .hmac = 1 }, { 2, .hmac = 0x01020304 },
	{ 2, true, .hmac = 0xfffefdfc }, { 3, true, 0xabcd, 0x80000000 },
	{ 1, .tag = 2, .hmac = 3 }, { 125, .hmac = 4 }, { 126, true, .hmac = 5 },
	{ 1, .dscp = 63 }, { 2, .dscp = 46 }, { 1, .tag = 1, .hmac = 2, .dscp = 1 },
};

static void path_desc(const struct path_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u segments%s, tag %x, key %x, DSCP %u",
		 c->nsegs, c->reduced ? ", reduced" : "", c->tag, c->hmac, c->dscp);
}

KUNIT_ARRAY_PARAM(path, path_cases, path_desc);

static unsigned int expected_hmac(u8 *tlv, const struct path_case *c)
{
	tlv[0] = 5;
	tlv[1] = 38;
	/* D: the destination is not in the list, who verifies can't compare. */
	tlv[2] = c->reduced && c->nsegs > 1 ? 0x80 : 0;
	tlv[4] = c->hmac >> 24;
	tlv[5] = c->hmac >> 16;
	tlv[6] = c->hmac >> 8;
	tlv[7] = c->hmac;
	return 40;
}

static unsigned int expected(u8 *hdr, const struct path_case *c)
{
	unsigned int listed = c->nsegs - (c->reduced && c->nsegs > 1);
	unsigned int i, len = 48 + 16 * listed;
	struct in6_addr addr = packet_addr(200);

	hdr[0] = 0x60;
	hdr[7] = PACKET_HOPS;
	memcpy(hdr + 8, &addr, 16);
	addr = packet_addr(1);
	memcpy(hdr + 24, &addr, 16);
	if (c->nsegs == 1 && !c->tag && !c->hmac)
		return 40;
	hdr[6] = 43;
	hdr[42] = 4;
	hdr[43] = c->nsegs - 1;
	hdr[44] = listed - 1;
	hdr[46] = c->tag >> 8;
	hdr[47] = c->tag;
	for (i = 0; i < listed; i++) {
		addr = packet_addr(c->nsegs - i);
		memcpy(hdr + 48 + 16 * i, &addr, 16);
	}
	if (c->hmac) {
		/* Without the flag the kernel looks for no HMAC. */
		hdr[45] = 8;
		len += expected_hmac(hdr + len, c);
	}
	hdr[41] = (len - 48) / 8;
	return len;
}

/* What we write we understand. */
static void expect_parsed(struct kunit *test, const u8 *hdr, unsigned int len,
			  unsigned int proto_off)
{
	struct packet *p = packet_outer(test, "");
	struct srp_outer outer;

	memcpy(p->data, hdr, len);
	p->data[proto_off] = IPPROTO_IPIP;
	p->len = len;
	KUNIT_EXPECT_EQ(test, srp_outer_parse(packet_skb(test, p, PACKET_LINEAR), &outer), 0);
	KUNIT_EXPECT_EQ(test, outer.len, len);
	KUNIT_EXPECT_EQ(test, outer.srh_off, len > 40 ? 40 : 0);
	KUNIT_EXPECT_EQ(test, outer.srh_len, len - 40);
	KUNIT_EXPECT_EQ(test, outer.proto, IPPROTO_IPIP);
	packet_done(test, p);
}

static void path_build_test(struct kunit *test)
{
	const struct path_case *c = test->param_value;
	struct srp_path path = {
		.src = packet_addr(200),
		.segs = packet_segs(test, c->nsegs),
		.nsegs = c->nsegs,
		.hmac = c->hmac,
		.tag = c->tag,
		.hop_limit = PACKET_HOPS,
		.dscp = c->dscp,
		.reduced = c->reduced,
	};
	unsigned int proto_off, len;
	u8 *want, *hdr;

	want = kunit_kzalloc(test, SRP_OUTER_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, want);
	len = expected(want, c);
	/* No byte more, so that KASAN sees who writes behind it. */
	hdr = kunit_kmalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hdr);
	memset(hdr, 0xff, len);

	KUNIT_ASSERT_EQ(test, srp_path_size(&path), len);
	proto_off = srp_path_build(hdr, &path);
	KUNIT_EXPECT_EQ(test, proto_off, len > 40 ? 40 : 6);
	KUNIT_EXPECT_MEMEQ(test, hdr, want, len);
	expect_parsed(test, hdr, len, proto_off);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(path_build_test, path_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_path",
	.test_cases = cases,
};

kunit_test_suite(suite);
