// SPDX-License-Identifier: GPL-2.0
/* Which difference between a kept header and a packet's is one. */
#include "packet.h"

/**
 * struct same_case - a packet and where it goes
 * @headers:	see packet.h
 * @csid:	by its destination's argument, not by the SRH
 */
struct same_case {
	const char *headers;
	bool csid;
};

static const struct same_case same_cases[] = {
	{ "S6" }, { "hTd6" }, { "rSdu" },
	{ "6", true }, { "hd4", true }, { "r6", true }, { "S6", true }, { "hsd4", true },
};

static void same_desc(const struct same_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s%s", c->headers, c->csid ? ", C-SID" : "");
}

KUNIT_ARRAY_PARAM(same, same_cases, same_desc);

/* A packet as it comes, and the header that is kept of another one. */
static struct packet *come(struct kunit *test, const struct same_case *c,
			   struct packet **kept, struct srp_outer *outer, struct srp_step *step)
{
	struct packet *p = packet_outer(test, c->headers);
	bool found;

	KUNIT_ASSERT_EQ(test, srp_outer_parse(packet_skb(test, p, PACKET_LINEAR), outer), 0);
	packet_done(test, p);
	/* The last byte of the address follows a prefix of 120 bits. */
	found = c->csid ? srp_step_csid(p->data, outer, 112, 120, step) :
			  !srp_step_srh(p->data, outer, step);
	KUNIT_ASSERT_TRUE(test, found);

	*kept = packet_outer(test, c->headers);
	srp_step_apply((*kept)->data, outer, step);
	return p;
}

/*
 * Any bit matters: source, extension headers, Segments Left, last entry,
 * flags, tag, segments, TLVs. But not version, traffic class, flow label and
 * payload length, nor the destination, which the step is made of.
 */
static void same_bits_test(struct kunit *test)
{
	struct packet *was, *p;
	struct srp_outer outer;
	struct srp_step step;
	unsigned int bit;

	p = come(test, test->param_value, &was, &outer, &step);
	KUNIT_EXPECT_TRUE(test, srp_header_same(was->data, p->data, &outer, &step, 0));
	for (bit = 0; bit < 8 * outer.len; bit++) {
		unsigned int at = bit / 8;
		bool free = at < 6 || (at >= 24 && at < 40);

		/* By the SRH, Segments Left of the packet is in the step. */
		if (outer.srh_off && at == outer.srh_off + 3)
			free = true;
		p->data[at] ^= BIT(bit % 8);
		KUNIT_EXPECT_EQ_MSG(test, srp_header_same(was->data, p->data, &outer, &step, 0),
				    free, "bit %u of byte %u", bit % 8, at);
		p->data[at] ^= BIT(bit % 8);
	}
}

/* Another next segment is another header, though all bytes are the same. */
static void same_step_test(struct kunit *test)
{
	struct packet *was, *p;
	struct srp_outer outer;
	struct srp_step step;
	unsigned int bit;

	p = come(test, test->param_value, &was, &outer, &step);
	for (bit = 0; bit < 128; bit++) {
		step.daddr.s6_addr[bit / 8] ^= BIT(bit % 8);
		KUNIT_EXPECT_FALSE_MSG(test,
				       srp_header_same(was->data, p->data, &outer, &step, 0),
				       "bit %u", bit);
		step.daddr.s6_addr[bit / 8] ^= BIT(bit % 8);
	}
	for (bit = 0; bit < 8; bit++) {
		step.segments_left ^= BIT(bit);
		KUNIT_EXPECT_EQ_MSG(test, srp_header_same(was->data, p->data, &outer, &step, 0),
				    !outer.srh_off, "Segments Left, bit %u", bit);
		step.segments_left ^= BIT(bit);
	}
	KUNIT_EXPECT_TRUE(test, srp_header_same(was->data, p->data, &outer, &step, 0));
}

static void same_margin_test(struct kunit *test)
{
	static const u8 margins[] = { 0, 1, 8, 60, 255 };
	struct packet *was, *p;
	struct srp_outer outer;
	struct srp_step step;
	unsigned int i;
	int hops;

	p = come(test, test->param_value, &was, &outer, &step);
	for (i = 0; i < ARRAY_SIZE(margins); i++) {
		for (hops = 0; hops <= 255; hops++) {
			bool same;

			packet_ip6h(p)->hop_limit = hops;
			same = srp_header_same(was->data, p->data, &outer, &step, margins[i]);
			KUNIT_EXPECT_EQ_MSG(test, same,
					    hops >= PACKET_HOPS - margins[i] &&
					    hops <= PACKET_HOPS + margins[i],
					    "hop limit %d, margin %u", hops, margins[i]);
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(same_bits_test, same_gen_params),
	KUNIT_CASE_PARAM(same_step_test, same_gen_params),
	KUNIT_CASE_PARAM(same_margin_test, same_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_same",
	.test_cases = cases,
};

kunit_test_suite(suite);
