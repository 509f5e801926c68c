// SPDX-License-Identifier: GPL-2.0
/* What is kept of an encapsulation besides its bytes. */
#include "encap.h"
#include "packet.h"

KUNIT_DEFINE_ACTION_WRAPPER(encap_free, srp_encap_free, struct srp_encap *);

static struct srp_encap *own(struct kunit *test, struct srp_encap *encap)
{
	KUNIT_ASSERT_NOT_NULL(test, encap);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, encap_free, encap));
	return encap;
}

/**
 * struct build_case - a path, and where things are in its encapsulation
 * @name:	of the case
 * @nsegs:	segments
 * @tag:	of the SRH
 * @hmac:	key id
 * @dscp:	configured
 * @srh_off:	where the SRH is
 * @proto_off:	where the next header byte is
 * @len:	of it all
 */
struct build_case {
	const char *name;
	unsigned int nsegs;
	u16 tag;
	u32 hmac;
	u8 dscp;
	u16 srh_off;
	u16 proto_off;
	u16 len;
};

static const struct build_case build_cases[] = {
	{ "one segment", 1, .dscp = 46, .proto_off = 6, .len = 40 },
	{ "one segment, tag", 1, .tag = 5, .srh_off = 40, .proto_off = 40, .len = 64 },
	{ "one segment, HMAC", 1, .hmac = 9, .srh_off = 40, .proto_off = 40, .len = 104 },
	{ "three segments", 3, .dscp = 63, .srh_off = 40, .proto_off = 40, .len = 96 },
	{ "three segments, HMAC", 3, 1, 0xfffffffe, 1, 40, 40, 136 },
};

KUNIT_ARRAY_PARAM_DESC(build, build_cases, name);

static void encap_build_test(struct kunit *test)
{
	const struct build_case *c = test->param_value;
	struct srp_path path = {
		.src = packet_addr(200),
		.segs = packet_segs(test, c->nsegs),
		.nsegs = c->nsegs,
		.hmac = c->hmac,
		.tag = c->tag,
		.hop_limit = PACKET_HOPS,
		.dscp = c->dscp,
	};
	struct srp_encap *encap = own(test, srp_encap_build(&path, 77));
	u8 *want = kunit_kzalloc(test, c->len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, want);
	srp_path_build(want, &path);
	KUNIT_ASSERT_EQ(test, encap->len, c->len);
	KUNIT_EXPECT_MEMEQ(test, encap->hdr, want, c->len);
	KUNIT_EXPECT_EQ(test, encap->srh_off, c->srh_off);
	KUNIT_EXPECT_EQ(test, encap->proto_off, c->proto_off);
	KUNIT_EXPECT_EQ(test, encap->hmac, c->hmac);
	KUNIT_EXPECT_EQ(test, encap->dsfield, 4 * c->dscp);
	KUNIT_EXPECT_EQ(test, encap->table, 77);
}

static const char *const learn_cases[] = { "4", "hd6", "e", "s4", "S6", "hdTde" };

static void learn_desc(const char *const *headers, char *desc)
{
	strscpy(desc, *headers, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(learn, learn_cases, learn_desc);

/* By a C-SID: with an SRH or without, nothing changes but the destination. */
static void encap_learn_csid_test(struct kunit *test)
{
	const char *headers = *(const char *const *)test->param_value;
	struct packet *p = packet_outer(test, headers);
	struct packet *want = packet_outer(test, headers);
	enum packet_shape shape;

	packet_set_dsfield(p, 0, 0xae);
	/* The last byte follows a prefix of 120 bits. */
	packet_ip6h(want)->daddr.s6_addr[14] = packet_ip6h(p)->daddr.s6_addr[15];
	packet_ip6h(want)->daddr.s6_addr[15] = 0;
	memset(want->data + 1, 0, 5);
	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_encap *encap;
		struct srp_outer outer;
		struct srp_step step;

		KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
		KUNIT_ASSERT_TRUE(test, srp_step_csid(skb->data, &outer, 112, 120, &step));
		encap = own(test, srp_encap_learn(skb, &outer, &step, 99, 5));
		packet_expect_bytes(test, skb, p->data, p->len, packet_shape_name(shape));
		KUNIT_ASSERT_EQ(test, encap->len, p->inner);
		KUNIT_EXPECT_MEMEQ(test, encap->hdr, want->data, encap->len);
		KUNIT_EXPECT_EQ(test, encap->srh_off, p->srh);
		KUNIT_EXPECT_EQ(test, p->data[encap->proto_off], outer.proto);
		KUNIT_EXPECT_EQ(test, encap->dsfield & 0xfc, 0xac);
		KUNIT_EXPECT_EQ(test, encap->table, 99);
		/* Without an SRH there is nothing to sign. */
		KUNIT_EXPECT_EQ(test, encap->hmac, p->srh ? 5 : 0);
		packet_done(test, p);
	}
}

/* DSCP of its own, ECN of the packet; frames have neither to give. */
static void encap_push_pipe_test(struct kunit *test)
{
	static const struct srp_modes modes = { .dscp = SRPROXY_DSCP_MODE_PIPE };
	static const char letters[SRP_INNER_MAX] = { '4', '6', 'e' };
	struct srp_path path = {
		.src = packet_addr(200),
		.segs = packet_segs(test, 2),
		.nsegs = 2,
		.dscp = 21,
	};
	struct srp_encap *encap = own(test, srp_encap_build(&path, 0));
	enum srp_inner inner;

	for (inner = 0; inner < SRP_INNER_MAX; inner++) {
		struct packet *p = packet_plain(test, letters[inner]);
		struct sk_buff *skb = packet_skb(test, p, PACKET_LINEAR);
		u8 ecn = inner == SRP_INNER_ETH ? 0 : PACKET_DSFIELD & 3;

		KUNIT_ASSERT_EQ(test, srp_encap_push(skb, encap, inner, &modes, 0), 0);
		KUNIT_EXPECT_EQ(test, (skb->data[0] << 4 | skb->data[1] >> 4) & 0xff,
				21 << 2 | ecn);
		packet_done(test, p);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(encap_build_test, build_gen_params),
	KUNIT_CASE_PARAM(encap_learn_csid_test, learn_gen_params),
	KUNIT_CASE(encap_push_pipe_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_encap",
	.test_cases = cases,
};

kunit_test_suite(suite);
