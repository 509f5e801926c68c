// SPDX-License-Identifier: GPL-2.0
/* The outer headers, wherever their bytes are. */
#include "decap.h"
#include "packet.h"

#define SRH_LEN		(8 + 16 * PACKET_SEGS)

/**
 * struct outer_case - what srp_outer_parse() is to find
 * @headers:	see packet.h
 * @reason:	why it may not like them
 * @len:	&srp_outer.len
 * @srh_off:	&srp_outer.srh_off
 * @srh_len:	&srp_outer.srh_len
 * @proto:	&srp_outer.proto
 */
struct outer_case {
	const char *headers;
	enum srproxy_drop reason;
	u16 len;
	u16 srh_off;
	u16 srh_len;
	u8 proto;
};

static const struct outer_case outer_cases[] = {
	{ "4", 0, 40, 0, 0, IPPROTO_IPIP },
	{ "6", 0, 40, 0, 0, IPPROTO_IPV6 },
	{ "u", 0, 40, 0, 0, IPPROTO_UDP },
	{ "n", 0, 40, 0, 0, IPPROTO_NONE },
	{ "e", 0, 40, 0, 0, IPPROTO_ETHERNET },
	{ "h6", 0, 48, 0, 0, IPPROTO_IPV6 },
	{ "S4", 0, 40 + SRH_LEN, 40, SRH_LEN, IPPROTO_IPIP },
	{ "T6", 0, 64 + SRH_LEN, 40, 24 + SRH_LEN, IPPROTO_IPV6 },
	{ "s6", 0, 40 + SRH_LEN, 40, SRH_LEN, IPPROTO_IPV6 },
	{ "Su", 0, 40 + SRH_LEN, 40, SRH_LEN, IPPROTO_UDP },
	{ "hS4", 0, 48 + SRH_LEN, 48, SRH_LEN, IPPROTO_IPIP },
	{ "dS6", 0, 48 + SRH_LEN, 48, SRH_LEN, IPPROTO_IPV6 },
	{ "Sd6", 0, 48 + SRH_LEN, 40, SRH_LEN, IPPROTO_IPV6 },
	{ "hdTd4", 0, 88 + SRH_LEN, 56, 24 + SRH_LEN, IPPROTO_IPIP },
	{ "dh6", SRPROXY_DROP_EXT_HEADER },
	{ "Sh6", SRPROXY_DROP_EXT_HEADER },
	{ "hh6", SRPROXY_DROP_EXT_HEADER },
	/* What a fragment header announces may be in another fragment. */
	{ "f6", 0, 40, 0, 0, IPPROTO_FRAGMENT },
	{ "hSf4", 0, 48 + SRH_LEN, 48, SRH_LEN, IPPROTO_FRAGMENT },
	{ "fS4", 0, 40, 0, 0, IPPROTO_FRAGMENT },
	{ "Tfhu", 0, 64 + SRH_LEN, 40, 24 + SRH_LEN, IPPROTO_FRAGMENT },
	{ "L6", SRPROXY_DROP_SRH_INVALID },
	{ "hdL6", SRPROXY_DROP_SRH_INVALID },
	{ "SS6", SRPROXY_DROP_EXT_HEADER },
	{ "Ss6", SRPROXY_DROP_EXT_HEADER },
	{ "ss6", SRPROXY_DROP_EXT_HEADER },
	{ "SdT6", SRPROXY_DROP_EXT_HEADER },
	{ "r6", 0, 48, 0, 0, IPPROTO_IPV6 },
	{ "rS6", 0, 48 + SRH_LEN, 48, SRH_LEN, IPPROTO_IPV6 },
	{ "Sr6", 0, 48 + SRH_LEN, 40, SRH_LEN, IPPROTO_IPV6 },
	{ "R6", SRPROXY_DROP_EXT_HEADER },
	{ "RS6", SRPROXY_DROP_EXT_HEADER },
	{ "SR6", SRPROXY_DROP_EXT_HEADER },
	{ "dddddddd6", 0, 40 + 8 * 8, 0, 0, IPPROTO_IPV6 },
	{ "ddddddddd6", SRPROXY_DROP_EXT_HEADER },
	{ "DE6", 0, 40 + 2048 + 2008, 0, 0, IPPROTO_IPV6 },
	{ "DEd6", SRPROXY_DROP_EXT_HEADER },
	{ "DD6", SRPROXY_DROP_EXT_HEADER },
	{ "DES6", SRPROXY_DROP_SRH_INVALID },
};

KUNIT_ARRAY_PARAM_DESC(outer, outer_cases, headers);

static void outer_parse_test(struct kunit *test)
{
	const struct outer_case *c = test->param_value;
	struct packet *p = packet_outer(test, c->headers);
	enum packet_shape shape;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_outer outer;

		KUNIT_ASSERT_EQ_MSG(test, srp_outer_parse(skb, &outer), c->reason, "%s", name);
		packet_expect_bytes(test, skb, p->data, p->len, name);
		if (!c->reason) {
			KUNIT_EXPECT_EQ_MSG(test, outer.len, c->len, "%s", name);
			KUNIT_EXPECT_EQ_MSG(test, outer.srh_off, c->srh_off, "%s", name);
			KUNIT_EXPECT_EQ_MSG(test, outer.srh_len, c->srh_len, "%s", name);
			KUNIT_EXPECT_EQ_MSG(test, outer.proto, c->proto, "%s", name);
			KUNIT_EXPECT_GE_MSG(test, skb_headlen(skb), outer.len, "%s", name);
		}
		packet_done(test, p);
	}
}

static const char *const cut_cases[] = { "4", "6", "S4", "T6", "hTd4", "dSd6" };

static void cut_desc(const char *const *headers, char *desc)
{
	strscpy(desc, *headers, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cut, cut_cases, cut_desc);

/* Where a packet of @len bytes stops making sense. */
static enum srproxy_drop cut_reason(struct packet *p, unsigned int len)
{
	unsigned int srh_end = p->srh + ipv6_optlen(packet_srh(p));

	if (len >= p->inner)
		return 0;
	/* Two bytes of a header tell its length, and whose it is. */
	if (p->srh && len >= p->srh + 2 && len < srh_end)
		return SRPROXY_DROP_SRH_INVALID;
	return SRPROXY_DROP_EXT_HEADER;
}

/* What is missing still lies in memory: who reads it finds nothing amiss. */
static void outer_cut_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, *(const char *const *)test->param_value);
	enum packet_shape shape;
	unsigned int len;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);

		for (len = sizeof(struct ipv6hdr); len <= p->len; len++) {
			enum srproxy_drop reason = cut_reason(p, len);
			struct sk_buff *skb = packet_skb(test, p, shape);
			struct srp_outer outer;

			KUNIT_ASSERT_EQ(test, pskb_trim(skb, len), 0);
			KUNIT_EXPECT_EQ_MSG(test, srp_outer_parse(skb, &outer), reason,
					    "%s, %u bytes", name, len);
			if (!reason)
				KUNIT_EXPECT_EQ_MSG(test,
						    srp_inner_check(skb, &outer, SRPROXY_INNER_ALL),
						    len < p->len ? SRPROXY_DROP_INNER_INVALID : 0,
						    "%s, %u bytes", name, len);
			packet_expect_bytes(test, skb, p->data, len, name);
			packet_done(test, p);
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(outer_parse_test, outer_gen_params),
	KUNIT_CASE_PARAM(outer_cut_test, cut_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_outer",
	.test_cases = cases,
};

kunit_test_suite(suite);
