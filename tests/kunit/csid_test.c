// SPDX-License-Identifier: GPL-2.0
/* NEXT-C-SID against RFC 9800 4.1.1, done bit by bit. */
#include <linux/prandom.h>
#include <net/ipv6.h>

#include "packet.h"

#define SEED	9800
#define RANDOM	2	/* addresses for each pair of lengths */

static bool bit_of(const struct in6_addr *addr, unsigned int bit)
{
	return addr->s6_addr[bit / 8] >> (7 - bit % 8) & 1;
}

static void set_bit_of(struct in6_addr *addr, unsigned int bit, bool value)
{
	u8 mask = 1 << (7 - bit % 8);

	addr->s6_addr[bit / 8] &= ~mask;
	if (value)
		addr->s6_addr[bit / 8] |= mask;
}

/* DA := block | argument | zeros. Whether there is an argument. */
static bool expected(struct in6_addr *addr, unsigned int block, unsigned int prefix)
{
	struct in6_addr from = *addr;
	bool argument = false;
	unsigned int bit;

	for (bit = prefix; bit < 128; bit++)
		argument |= bit_of(&from, bit);
	for (bit = block; bit < 128; bit++) {
		unsigned int source = bit + (prefix - block);

		set_bit_of(addr, bit, source < 128 && bit_of(&from, source));
	}
	return argument;
}

static void check(struct kunit *test, struct packet *p, const struct srp_outer *outer,
		  const struct in6_addr *addr, unsigned int block, unsigned int prefix)
{
	struct srp_step step = { .segments_left = 0xee };
	struct in6_addr want = *addr;
	bool argument = expected(&want, block, prefix);

	packet_ip6h(p)->daddr = *addr;
	KUNIT_ASSERT_EQ_MSG(test, srp_step_csid(p->data, outer, block, prefix, &step),
			    argument, "%pI6c, block %u, prefix %u", addr, block, prefix);
	if (!argument)
		return;
	KUNIT_ASSERT_TRUE_MSG(test, ipv6_addr_equal(&step.daddr, &want),
			      "%pI6c, block %u, prefix %u: %pI6c, not %pI6c",
			      addr, block, prefix, &step.daddr, &want);
	KUNIT_ASSERT_EQ(test, step.segments_left,
			outer->srh_off ? packet_srh(p)->segments_left : 0);
}

static void parse(struct kunit *test, struct packet *p, struct srp_outer *outer)
{
	KUNIT_ASSERT_EQ(test, srp_outer_parse(packet_skb(test, p, PACKET_LINEAR), outer), 0);
	packet_done(test, p);
}

/* Every pair of lengths there is; both forms of an empty argument. */
static void csid_pairs_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "6");
	unsigned int block, prefix, bit, i;
	struct rnd_state random;
	struct srp_outer outer;
	struct in6_addr addr;

	parse(test, p, &outer);
	prandom_seed_state(&random, SEED);
	for (prefix = 2; prefix <= 127; prefix++) {
		for (block = 1; block < prefix; block++) {
			for (i = 0; i < RANDOM; i++) {
				prandom_bytes_state(&random, &addr, sizeof(addr));
				check(test, p, &outer, &addr, block, prefix);
			}
			for (bit = prefix; bit < 128; bit++)
				set_bit_of(&addr, bit, false);
			check(test, p, &outer, &addr, block, prefix);
			/* One bit of argument, anywhere. */
			set_bit_of(&addr, prefix + prandom_u32_state(&random) % (128 - prefix),
				   true);
			check(test, p, &outer, &addr, block, prefix);
		}
		cond_resched();
	}
}

/* Pairs that people use, and those at the middle; every single bit of argument. */
struct csid_case {
	u8 block;
	u8 prefix;
};

static const struct csid_case csid_cases[] = {
	{ 32, 48 }, { 32, 64 }, { 48, 64 }, { 16, 32 }, { 40, 56 }, { 64, 80 },
	{ 63, 64 }, { 63, 65 }, { 64, 65 }, { 65, 66 }, { 56, 72 }, { 1, 64 },
	{ 1, 65 }, { 1, 66 }, { 60, 124 }, { 60, 125 }, { 63, 127 }, { 62, 127 },
	{ 64, 127 }, { 1, 127 }, { 126, 127 }, { 1, 2 },
};

static void csid_desc(const struct csid_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "block %u, prefix %u", c->block, c->prefix);
}

KUNIT_ARRAY_PARAM(csid, csid_cases, csid_desc);

static void csid_bits_test(struct kunit *test)
{
	const struct csid_case *c = test->param_value;
	struct packet *p = packet_outer(test, "hdTd6");
	struct srp_outer outer;
	struct in6_addr addr;
	unsigned int bit;
	u8 left;

	parse(test, p, &outer);
	for (bit = 0; bit < 128; bit++) {
		memset(&addr, 0, sizeof(addr));
		set_bit_of(&addr, bit, true);
		check(test, p, &outer, &addr, c->block, c->prefix);
	}
	memset(&addr, 0xff, sizeof(addr));
	for (left = 0; left <= PACKET_SEGS; left++) {
		packet_srh(p)->segments_left = left;
		check(test, p, &outer, &addr, c->block, c->prefix);
	}
}

/* RFC 9800's own notation: the next C-SID moves to where the SID's was. */
static void csid_walk_test(struct kunit *test)
{
	static const u8 walk[][16] = {
		{ 0xfc, 0xbb, 0xbb, 0, 0, 0xf1, 0, 0xf2, 0, 0xf3, 0, 0xf4, 0, 0xf5, 0, 0xf6 },
		{ 0xfc, 0xbb, 0xbb, 0, 0, 0xf2, 0, 0xf3, 0, 0xf4, 0, 0xf5, 0, 0xf6 },
		{ 0xfc, 0xbb, 0xbb, 0, 0, 0xf3, 0, 0xf4, 0, 0xf5, 0, 0xf6 },
		{ 0xfc, 0xbb, 0xbb, 0, 0, 0xf4, 0, 0xf5, 0, 0xf6 },
		{ 0xfc, 0xbb, 0xbb, 0, 0, 0xf5, 0, 0xf6 },
		{ 0xfc, 0xbb, 0xbb, 0, 0, 0xf6 },
	};
	struct packet *p = packet_outer(test, "4");
	struct srp_outer outer;
	struct srp_step step;
	unsigned int i;

	parse(test, p, &outer);
	memcpy(&packet_ip6h(p)->daddr, walk[0], 16);
	for (i = 1; i < ARRAY_SIZE(walk); i++) {
		KUNIT_ASSERT_TRUE(test, srp_step_csid(p->data, &outer, 32, 48, &step));
		srp_step_apply(p->data, &outer, &step);
		KUNIT_EXPECT_MEMEQ(test, p->data + 24, walk[i], 16);
	}
	KUNIT_EXPECT_FALSE(test, srp_step_csid(p->data, &outer, 32, 48, &step));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(csid_pairs_test),
	KUNIT_CASE_PARAM(csid_bits_test, csid_gen_params),
	KUNIT_CASE(csid_walk_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_csid",
	.test_cases = cases,
};

kunit_test_suite(suite);
