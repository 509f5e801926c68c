// SPDX-License-Identifier: GPL-2.0
/* SRHs kept by flow: found, exchanged, driven out, forgotten. */
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <net/ipv6.h>

#include "flow.h"
#include "packet.h"

#define WAYS	8

static void flows_free(void *flows)
{
	srp_flows_free_rcu(flows);
	/* What frees them is in this module. */
	rcu_barrier();
}

static struct srp_flows *alloc(struct kunit *test, u32 max)
{
	struct srp_flows *flows = srp_flows_alloc(max);

	KUNIT_ASSERT_NOT_NULL(test, flows);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, flows_free, flows));
	return flows;
}

/* Flow number @n. */
static struct srp_flow_key key_of(u16 n)
{
	struct srp_flow_key key;

	memset(&key, 0, sizeof(key));
	key.src = packet_addr(1);
	key.dst = packet_addr(2);
	key.proto = IPPROTO_UDP;
	key.sport = htons(n);
	return key;
}

/* The SRH of flow number @n. */
static struct ipv6_sr_hdr *srh_of(struct kunit *test, u16 n)
{
	struct ipv6_sr_hdr *srh = packet_srh(packet_outer(test, n % 2 ? "Su" : "Tu"));

	srh->tag = n;
	return srh;
}

static bool keep(struct srp_flows *flows, u16 n, const struct ipv6_sr_hdr *srh)
{
	struct srp_flow_key key = key_of(n);
	bool result;

	rcu_read_lock();
	result = srp_flow_keep(flows, &key, srh);
	rcu_read_unlock();
	return result;
}

/* Only as long as nobody changes anything, which is so here. */
static const struct ipv6_sr_hdr *find(struct srp_flows *flows, u16 n)
{
	struct srp_flow_key key = key_of(n);
	const struct ipv6_sr_hdr *srh;

	rcu_read_lock();
	srh = srp_flow_srh(flows, &key);
	rcu_read_unlock();
	return srh;
}

static struct srp_flow *flow_of(struct kunit *test, struct srp_flows *flows, u16 n)
{
	const struct ipv6_sr_hdr *srh = find(flows, n);

	KUNIT_ASSERT_NOT_NULL_MSG(test, srh, "flow %u", n);
	return container_of((const u8 *)srh, struct srp_flow, srh[0]);
}

static unsigned int count(struct srp_flows *flows)
{
	unsigned int i, n = 0;

	for (i = 0; i < srp_flows_size(flows); i++)
		n += !!rcu_access_pointer(flows->flow[i]);
	return n;
}

static void expect_srh(struct kunit *test, struct srp_flows *flows, u16 n,
		       const struct ipv6_sr_hdr *want)
{
	const struct ipv6_sr_hdr *srh = find(flows, n);

	KUNIT_ASSERT_NOT_NULL_MSG(test, srh, "flow %u", n);
	KUNIT_EXPECT_PTR_NE(test, srh, want);
	KUNIT_EXPECT_MEMEQ_MSG(test, srh, want, ipv6_optlen(want), "flow %u", n);
}

static void keep_find_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, 1024);
	struct ipv6_sr_hdr *srh[4];
	u16 n;

	for (n = 0; n < ARRAY_SIZE(srh); n++) {
		srh[n] = srh_of(test, n);
		KUNIT_EXPECT_NULL(test, find(flows, n));
		KUNIT_ASSERT_TRUE(test, keep(flows, n, srh[n]));
	}
	KUNIT_EXPECT_NULL(test, find(flows, n));
	KUNIT_EXPECT_EQ(test, count(flows), ARRAY_SIZE(srh));
	for (n = 0; n < ARRAY_SIZE(srh); n++) {
		expect_srh(test, flows, n, srh[n]);
		KUNIT_EXPECT_EQ(test, flow_of(test, flows, n)->len, ipv6_optlen(srh[n]));
	}
}

/* Every part of a key counts. */
static void key_parts_test(struct kunit *test)
{
	struct srp_flow_key key = key_of(1);
	struct srp_flows *flows = alloc(test, 8);
	unsigned int bit;

	KUNIT_ASSERT_TRUE(test, keep(flows, 1, srh_of(test, 1)));
	rcu_read_lock();
	for (bit = 0; bit < 8 * sizeof(key); bit++) {
		((u8 *)&key)[bit / 8] ^= BIT(bit % 8);
		KUNIT_EXPECT_NULL_MSG(test, srp_flow_srh(flows, &key), "bit %u", bit);
		((u8 *)&key)[bit / 8] ^= BIT(bit % 8);
	}
	KUNIT_EXPECT_NOT_NULL(test, srp_flow_srh(flows, &key));
	rcu_read_unlock();
}

/* The same SRH again changes nothing but when it was seen. */
static void keep_again_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, 8);
	struct srp_flow *flow;
	u64 kept;
	u32 turn;

	KUNIT_ASSERT_TRUE(test, keep(flows, 5, srh_of(test, 5)));
	flow = flow_of(test, flows, 5);
	KUNIT_EXPECT_LE(test, jiffies - flow->seen, HZ);
	kept = flow->kept;
	flow->seen -= 3600 * HZ;
	KUNIT_ASSERT_TRUE(test, keep(flows, 5, srh_of(test, 5)));
	KUNIT_EXPECT_PTR_EQ(test, flow_of(test, flows, 5), flow);
	KUNIT_EXPECT_EQ(test, flow->kept, kept);
	KUNIT_EXPECT_LE(test, jiffies - flow->seen, HZ);

	/* Now and then is enough. */
	turn = flow->turn;
	KUNIT_ASSERT_TRUE(test, keep(flows, 5, srh_of(test, 5)));
	KUNIT_EXPECT_EQ(test, flow->turn, turn);
}

/* Another one takes its place, of whatever length. */
static void keep_other_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, 8);
	struct ipv6_sr_hdr *srh = srh_of(test, 1);
	unsigned int i;

	KUNIT_ASSERT_TRUE(test, keep(flows, 5, srh));
	for (i = 0; i < ipv6_optlen(srh); i++) {
		/* That is its length. */
		if (i == 1)
			continue;
		((u8 *)srh)[i] ^= 0x80;
		KUNIT_ASSERT_TRUE(test, keep(flows, 5, srh));
		expect_srh(test, flows, 5, srh);
	}
	for (i = 0; i < 4; i++) {
		srh = srh_of(test, i);
		KUNIT_ASSERT_TRUE(test, keep(flows, 5, srh));
		expect_srh(test, flows, 5, srh);
	}
	KUNIT_EXPECT_EQ(test, count(flows), 1);
}

/* A packet bears it again, after a while. */
static void bear(struct kunit *test, struct srp_flows *flows, u16 n)
{
	flow_of(test, flows, n)->seen -= HZ;
	KUNIT_ASSERT_TRUE(test, keep(flows, n, srh_of(test, n)));
}

/* Whichever it is, by when a packet bore it last; they count from @turn on. */
static void drive_out(struct kunit *test, u32 turn, u16 oldest)
{
	struct srp_flows *flows = alloc(test, WAYS);
	u16 i, n;

	atomic_set(&flows->turn, turn);
	for (n = 0; n < WAYS; n++)
		KUNIT_ASSERT_TRUE(test, keep(flows, n, srh_of(test, n)));
	for (i = 0; i < WAYS; i++) {
		n = i * 3 % WAYS;
		if (n != oldest)
			bear(test, flows, n);
	}
	/* Another CPU may be a turn ahead: that is not old at all. */
	flow_of(test, flows, (oldest + 1) % WAYS)->turn = atomic_read(&flows->turn) + 1;

	KUNIT_ASSERT_TRUE(test, keep(flows, WAYS, srh_of(test, WAYS)));
	for (n = 0; n <= WAYS; n++)
		KUNIT_EXPECT_EQ_MSG(test, !find(flows, n), n == oldest,
				    "flow %u, oldest %u, from turn %u", n, oldest, turn);
	KUNIT_EXPECT_EQ(test, count(flows), WAYS);
}

static void oldest_test(struct kunit *test)
{
	u16 n;

	for (n = 0; n < WAYS; n++) {
		drive_out(test, 0, n);
		/* Where numbers have another sign, and where they begin anew. */
		drive_out(test, S32_MAX - 10, n);
		drive_out(test, U32_MAX - 10, n);
	}
}

/* Nobody bears any again: then by when they came, within a tick or not. */
static void first_come_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, WAYS);
	u16 n;

	for (n = 0; n < 3 * WAYS; n++) {
		KUNIT_ASSERT_TRUE(test, keep(flows, n, srh_of(test, n)));
		if (n >= WAYS) {
			KUNIT_EXPECT_NULL(test, find(flows, n - WAYS));
			KUNIT_EXPECT_NOT_NULL(test, find(flows, n - WAYS + 1));
		}
	}
}

/* A free place is taken before anybody is driven out, however old. */
static void free_place_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, WAYS);
	u16 n;

	for (n = 0; n < WAYS; n++) {
		KUNIT_ASSERT_TRUE(test, keep(flows, n, srh_of(test, n)));
		flow_of(test, flows, n)->turn = atomic_read(&flows->turn) - S32_MAX;
		KUNIT_EXPECT_EQ(test, count(flows), n + 1);
	}
}

static void one_flow_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, 1);
	u16 n;

	for (n = 0; n < 20; n++) {
		struct ipv6_sr_hdr *srh = srh_of(test, n);

		KUNIT_ASSERT_TRUE(test, keep(flows, n, srh));
		expect_srh(test, flows, n, srh);
		if (n)
			KUNIT_EXPECT_NULL(test, find(flows, n - 1));
		KUNIT_EXPECT_EQ(test, count(flows), 1);
	}
}

/* Never more than allowed, and not much less. */
static void size_test(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 7, 8, 9, 15, 16, 17, 1000, 1024, 65535, 65536 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct srp_flows *flows = alloc(test, sizes[i]);

		KUNIT_EXPECT_EQ(test, flows->max, sizes[i]);
		KUNIT_EXPECT_LE(test, flows->ways, WAYS);
		KUNIT_EXPECT_LE(test, srp_flows_size(flows), sizes[i]);
		KUNIT_EXPECT_GT(test, srp_flows_size(flows) + WAYS, sizes[i]);
		KUNIT_EXPECT_EQ(test, count(flows), 0);
	}
}

/* More flows than there is room: each is found until another needs its place. */
static void many_flows_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, 256);
	struct ipv6_sr_hdr *srh = srh_of(test, 1);
	u16 n;

	for (n = 0; n < 2000; n++) {
		KUNIT_ASSERT_TRUE(test, keep(flows, n, srh));
		KUNIT_ASSERT_NOT_NULL(test, find(flows, n));
	}
	KUNIT_EXPECT_LE(test, count(flows), 256);
	/* They spread over all the sets, or most of the room would be empty. */
	KUNIT_EXPECT_GT(test, count(flows), 128);
}

static void forget_test(struct kunit *test)
{
	struct srp_flows *flows = alloc(test, 64);
	struct ipv6_sr_hdr *srh = srh_of(test, 1);
	u16 n;

	for (n = 0; n < 100; n++)
		KUNIT_ASSERT_TRUE(test, keep(flows, n, srh));
	srp_flows_forget(flows);
	KUNIT_EXPECT_EQ(test, count(flows), 0);
	for (n = 0; n < 100; n++)
		KUNIT_EXPECT_NULL(test, find(flows, n));
	srp_flows_forget(flows);
	KUNIT_ASSERT_TRUE(test, keep(flows, 7, srh));
	expect_srh(test, flows, 7, srh);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(keep_find_test),
	KUNIT_CASE(key_parts_test),
	KUNIT_CASE(keep_again_test),
	KUNIT_CASE(keep_other_test),
	KUNIT_CASE(oldest_test),
	KUNIT_CASE(first_come_test),
	KUNIT_CASE(free_place_test),
	KUNIT_CASE(one_flow_test),
	KUNIT_CASE(size_test),
	KUNIT_CASE(many_flows_test),
	KUNIT_CASE(forget_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_flow",
	.test_cases = cases,
};

kunit_test_suite(suite);
