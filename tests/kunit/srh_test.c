// SPDX-License-Identifier: GPL-2.0
/* Segment routing headers: judged. */
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

/* Nothing but the inner types that a proxy knows. */
static void inner_index_test(struct kunit *test)
{
	unsigned int proto;

	for (proto = 0; proto < 256; proto++)
		KUNIT_EXPECT_EQ_MSG(test, srp_inner_index(proto),
				    proto == 4 ? SRP_INNER_IP4 :
				    proto == 41 ? SRP_INNER_IP6 :
				    proto == 143 ? SRP_INNER_ETH : -1,
				    "protocol %u", proto);
	KUNIT_EXPECT_EQ(test, srp_inner_proto(SRP_INNER_IP4), 4);
	KUNIT_EXPECT_EQ(test, srp_inner_proto(SRP_INNER_IP6), 41);
	KUNIT_EXPECT_EQ(test, srp_inner_proto(SRP_INNER_ETH), 143);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(srh_valid_test, srh_gen_params),
	KUNIT_CASE(srh_truncated_test),
	KUNIT_CASE(inner_index_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_srh",
	.test_cases = cases,
};

kunit_test_suite(suite);
