// SPDX-License-Identifier: GPL-2.0
/* On to the next segment by the SRH, and nothing but that. */
#include "packet.h"

static void parse(struct kunit *test, struct packet *p, struct srp_outer *outer)
{
	KUNIT_ASSERT_EQ(test, srp_outer_parse(packet_skb(test, p, PACKET_LINEAR), outer), 0);
	packet_done(test, p);
}

/* Segment by segment, from the reduced form down; nothing else changes. */
static void step_srh_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "hTd6");
	struct packet *want = packet_outer(test, "hTd6");
	struct srp_outer outer;
	struct srp_step step;
	u8 left;

	packet_srh(p)->segments_left = PACKET_SEGS;
	packet_srh(want)->segments_left = PACKET_SEGS;
	parse(test, p, &outer);
	for (left = PACKET_SEGS; left--; ) {
		struct in6_addr next = packet_addr(0x10 + left);

		KUNIT_ASSERT_EQ(test, srp_step_srh(p->data, &outer, &step), 0);
		KUNIT_EXPECT_MEMEQ(test, p->data, want->data, p->len);
		KUNIT_EXPECT_EQ(test, step.segments_left, left);
		KUNIT_EXPECT_MEMEQ(test, &step.daddr, &next, sizeof(next));

		srp_step_apply(p->data, &outer, &step);
		packet_srh(want)->segments_left = left;
		packet_ip6h(want)->daddr = next;
		KUNIT_EXPECT_MEMEQ(test, p->data, want->data, p->len);
	}
	KUNIT_EXPECT_EQ(test, srp_step_srh(p->data, &outer, &step), SRPROXY_DROP_SL_ZERO);
}

static const struct step_case {
	const char *headers;
	enum srproxy_drop reason;
} step_cases[] = {
	{ "S6" }, { "hdTd4" }, { "rSe" },
	{ "6", SRPROXY_DROP_NO_SRH }, { "hd4", SRPROXY_DROP_NO_SRH },
	{ "r6", SRPROXY_DROP_NO_SRH }, { "s6", SRPROXY_DROP_SL_ZERO },
	{ "hds4", SRPROXY_DROP_SL_ZERO },
};

KUNIT_ARRAY_PARAM_DESC(step, step_cases, headers);

static void step_reason_test(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	struct packet *p = packet_outer(test, c->headers);
	struct srp_outer outer;
	struct srp_step step;

	parse(test, p, &outer);
	KUNIT_EXPECT_EQ(test, srp_step_srh(p->data, &outer, &step), c->reason);
}

static const char *const apply_cases[] = { "6", "hd4", "ru", "S6", "hdTd4", "sn" };

static void apply_desc(const char *const *headers, char *desc)
{
	strscpy(desc, *headers, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(apply, apply_cases, apply_desc);

/* Wherever it leads: the destination, and Segments Left if there is an SRH. */
static void step_apply_test(struct kunit *test)
{
	const char *headers = *(const char *const *)test->param_value;
	struct srp_step step = { packet_addr(0x77), 0xa5 };
	struct packet *p = packet_outer(test, headers);
	struct packet *want = packet_outer(test, headers);
	struct srp_outer outer;

	parse(test, p, &outer);
	srp_step_apply(p->data, &outer, &step);
	packet_ip6h(want)->daddr = packet_addr(0x77);
	if (p->srh)
		packet_srh(want)->segments_left = 0xa5;
	KUNIT_EXPECT_MEMEQ(test, p->data, want->data, p->len);
}

static const struct nexthdr_case {
	const char *headers;
	u16 at[5];	/* what announces each of them, and what follows */
} nexthdr_cases[] = {
	{ "", { 6 } },
	{ "S", { 6, 40 } },
	{ "hS", { 6, 40, 48 } },
	{ "hdTd", { 6, 40, 48, 56, 136 } },
	{ "rDdS", { 6, 40, 48, 2096, 2104 } },
};

KUNIT_ARRAY_PARAM_DESC(nexthdr, nexthdr_cases, headers);

/* At the end of every header. */
static void nexthdr_off_test(struct kunit *test)
{
	const struct nexthdr_case *c = test->param_value;
	unsigned int i;

	for (i = 0; i <= strlen(c->headers); i++) {
		struct packet *p;
		char headers[16];

		snprintf(headers, sizeof(headers), "%.*su", i, c->headers);
		p = packet_outer(test, headers);
		KUNIT_EXPECT_EQ_MSG(test, srp_nexthdr_off(p->data, p->inner), c->at[i],
				    "%s", headers);
		KUNIT_EXPECT_EQ(test, p->data[c->at[i]], IPPROTO_UDP);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(step_srh_test),
	KUNIT_CASE_PARAM(step_reason_test, step_gen_params),
	KUNIT_CASE_PARAM(step_apply_test, apply_gen_params),
	KUNIT_CASE_PARAM(nexthdr_off_test, nexthdr_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_step",
	.test_cases = cases,
};

kunit_test_suite(suite);
