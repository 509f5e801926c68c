// SPDX-License-Identifier: GPL-2.0
/* The HMAC TLV: where it must be, who asks for it, what it protects. */
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/net_namespace.h>
#include <net/seg6_hmac.h>

#include "hmac.h"
#include "packet.h"

#define TLV_LEN	40

/**
 * struct place_case - an SRH, and whether there is an HMAC in it
 * @name:	of the case
 * @headers:	see packet.h
 * @at:		offset of a byte that is set, from the end of the SRH back
 * @to:		to what
 * @flags:	flags of the SRH that are toggled
 * @found:	whether there is one; it is never right
 */
struct place_case {
	const char *name;
	const char *headers;
	u8 at;
	u8 to;
	u8 flags;
	bool found;
};

static const struct place_case place_cases[] = {
	{ "none", "S6" },
	{ "none, in spite of the flag", "S6", .flags = SR6_FLAG1_HMAC },
	{ "none, other TLVs", "T6", .flags = SR6_FLAG1_HMAC },
	{ "one", "H6", .found = true },
	{ "one behind other headers", "hdHd4", .found = true },
	{ "one without the flag", "H6", .flags = SR6_FLAG1_HMAC },
	{ "one with other flags too", "H6", .flags = 0xf7, .found = true },
	{ "another type", "H6", TLV_LEN, 0x80 },
	{ "too short", "H6", TLV_LEN - 1, 36 },
	/* Type and length may be right in an address, too: it is none. */
	{ "in the list", "S6", TLV_LEN - 1, 38, SR6_FLAG1_HMAC },
};

KUNIT_ARRAY_PARAM_DESC(place, place_cases, name);

/* What srp_hmac_valid() says while the interface's sysctl is @sysctl. */
static bool valid(struct kunit *test, struct packet *p, enum packet_shape shape,
		  bool required, int sysctl)
{
	const struct srp_hmac_demand demand = {
		.required = required,
		.block = 128,
	};
	struct sk_buff *skb = packet_skb(test, p, shape);
	struct srp_outer outer;
	struct inet6_dev *idev;
	bool result;
	s32 was;

	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	rcu_read_lock();
	idev = __in6_dev_get(skb->dev);
	was = idev->cnf.seg6_require_hmac;
	WRITE_ONCE(idev->cnf.seg6_require_hmac, sysctl);
	result = srp_hmac_valid(skb, &outer, &demand);
	WRITE_ONCE(idev->cnf.seg6_require_hmac, was);
	rcu_read_unlock();
	packet_expect_bytes(test, skb, p->data, p->len, packet_shape_name(shape));
	packet_done(test, p);
	return result;
}

static bool sign(struct packet *p, u32 key)
{
	bool result;

	rcu_read_lock();
	result = srp_hmac_sign(&init_net, p->data, p->srh, key);
	rcu_read_unlock();
	return result;
}

/* Nobody knows the key: one that is found is wrong, and can't be made right. */
static void hmac_place_test(struct kunit *test)
{
	const struct place_case *c = test->param_value;
	struct packet *p = packet_outer(test, c->headers);
	u8 *end = p->data + p->srh + ipv6_optlen(packet_srh(p));
	enum packet_shape shape;

	if (c->at)
		end[-c->at] = c->to;
	if (!strcmp(c->name, "in the list"))
		end[-TLV_LEN] = SR6_TLV_HMAC;
	packet_srh(p)->flags ^= c->flags;
	KUNIT_EXPECT_EQ(test, sign(p, PACKET_KEY), !c->found);

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);

		KUNIT_EXPECT_EQ_MSG(test, valid(test, p, shape, false, 0), !c->found, "%s", name);
		KUNIT_EXPECT_FALSE_MSG(test, valid(test, p, shape, true, 0), "%s", name);
		/* The interface wants one. */
		KUNIT_EXPECT_FALSE_MSG(test, valid(test, p, shape, false, 1), "%s", name);
		KUNIT_EXPECT_FALSE_MSG(test, valid(test, p, shape, true, 1), "%s", name);
		/* The interface does not: that is for others. */
		KUNIT_EXPECT_TRUE_MSG(test, valid(test, p, shape, false, -1), "%s", name);
		KUNIT_EXPECT_FALSE_MSG(test, valid(test, p, shape, true, -1), "%s", name);
	}
}

/* The kernel looks at the end of the SRH only. */
static void hmac_last_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "H6");
	u8 *tlv = p->data + p->inner - TLV_LEN;

	/* PadN of 8 bytes behind it. */
	memmove(tlv + TLV_LEN + 8, tlv + TLV_LEN, p->len - p->inner);
	memset(tlv + TLV_LEN, 0, 8);
	tlv[TLV_LEN] = SR6_TLV_PADDING;
	tlv[TLV_LEN + 1] = 6;
	packet_srh(p)->hdrlen++;
	p->len += 8;
	KUNIT_EXPECT_TRUE(test, valid(test, p, PACKET_LINEAR, false, 0));
	KUNIT_EXPECT_FALSE(test, valid(test, p, PACKET_LINEAR, true, 0));
}

static void key_del(void *key)
{
	seg6_hmac_info_del(&init_net, (unsigned long)key);
}

static void key_add(struct kunit *test, u32 key)
{
	struct seg6_hmac_info *info = kzalloc(sizeof(*info), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, info);
	info->hmackeyid = key;
	info->alg_id = SEG6_HMAC_ALGO_SHA256;
	info->slen = 6;
	memcpy(info->secret, "secret", 6);
	KUNIT_ASSERT_EQ(test, seg6_hmac_info_add(&init_net, key, info), 0);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, key_del,
							   (void *)(unsigned long)key));
}

/* Without one nothing is signed, without a key nothing can be. */
static void hmac_sign_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "H6");
	struct packet *none = packet_outer(test, "T6");
	struct packet *was = packet_outer(test, "T6");

	KUNIT_EXPECT_FALSE(test, sign(p, PACKET_KEY));
	KUNIT_EXPECT_TRUE(test, sign(none, PACKET_KEY));
	KUNIT_EXPECT_MEMEQ(test, none->data, was->data, was->len);
}

/* As many segments as the kernel can sign, and not one more. */
static void hmac_signable_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "H6");
	struct srp_path path = {
		.src = packet_addr(200),
		.segs = packet_segs(test, 20),
		.hmac = 7,
		.tag = 1,
	};
	unsigned int i;

	key_add(test, 7);
	for (i = 2; i <= 41; i++) {
		path.nsegs = i / 2;
		path.reduced = i % 2;
		path.hmac = 7;
		srp_path_build(p->data, &path);
		p->srh = sizeof(struct ipv6hdr);
		KUNIT_EXPECT_EQ_MSG(test, sign(p, 7), srp_path_signable(&path),
				    "%u segments%s", path.nsegs, path.reduced ? ", reduced" : "");
		path.hmac = 0;
		KUNIT_EXPECT_TRUE(test, srp_path_signable(&path));
	}
}

/* By another key than before: that is in the TLV then. */
static void hmac_resign_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "hHd4");
	struct packet *was = packet_outer(test, "hHd4");
	unsigned int tlv = p->srh + ipv6_optlen(packet_srh(p)) - TLV_LEN;
	enum packet_shape shape;

	key_add(test, 0x01020304);
	KUNIT_ASSERT_TRUE(test, sign(p, 0x01020304));
	KUNIT_EXPECT_MEMEQ(test, p->data + tlv + 4, "\1\2\3\4", 4);
	KUNIT_EXPECT_MEMEQ(test, p->data, was->data, tlv + 4);
	KUNIT_EXPECT_MEMNEQ(test, p->data + tlv + 8, was->data + tlv + 8, 32);
	KUNIT_EXPECT_MEMEQ(test, p->data + tlv + TLV_LEN, was->data + tlv + TLV_LEN,
			   p->len - tlv - TLV_LEN);

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		KUNIT_EXPECT_TRUE(test, valid(test, p, shape, true, 0));
		KUNIT_EXPECT_TRUE(test, valid(test, p, shape, false, 1));
		KUNIT_EXPECT_TRUE(test, valid(test, p, shape, true, -1));
	}
	/* Sent on with another Segments Left it is still right. */
	packet_srh(p)->segments_left--;
	packet_ip6h(p)->daddr = packet_srh(p)->segments[packet_srh(p)->segments_left];
	KUNIT_EXPECT_TRUE(test, valid(test, p, PACKET_LINEAR, true, 0));
}

/* RFC 8754 2.1.2.1: source, last entry, flags, key id, segments; and the destination by those. */
static void hmac_protects_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "H6");
	unsigned int tlv = p->inner - TLV_LEN, at;

	key_add(test, PACKET_KEY);
	KUNIT_ASSERT_TRUE(test, sign(p, PACKET_KEY));
	for (at = 8; at < p->inner; at++) {
		bool is_protected = at < 40 || at == p->srh + 5 ||
				    (at >= p->srh + 8 && at < tlv) || at >= tlv + 4;

		/* These are what the header is understood by. */
		if (at == p->srh || at == p->srh + 1 || at == p->srh + 2 || at == p->srh + 4 ||
		    at == tlv || at == tlv + 1)
			continue;
		p->data[at] ^= 1;
		KUNIT_EXPECT_EQ_MSG(test, valid(test, p, PACKET_LINEAR, true, 0), !is_protected,
				    "byte %u", at);
		p->data[at] ^= 1;
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(hmac_place_test, place_gen_params),
	KUNIT_CASE(hmac_last_test),
	KUNIT_CASE(hmac_sign_test),
	KUNIT_CASE(hmac_signable_test),
	KUNIT_CASE(hmac_resign_test),
	KUNIT_CASE(hmac_protects_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_hmac",
	.test_cases = cases,
};

kunit_test_suite(suite);
