// SPDX-License-Identifier: GPL-2.0
/* Hop limit, DSCP and ECN between the inner and the outer header. */
#include <net/inet_ecn.h>
#include <net/ip.h>

#include "packet.h"

#define ECN	3
#define DSCP	0xfc
/* The inner packet's DSCP and what may be outside: all bits of both differ. */
#define DSCP_IN		0x54
#define DSCP_OUT	0xa8

/* RFC 6040 4.2: a row is the inner packet's, a column the outer header's. */
static const u8 ecn_table[4][4] = {
	{ 0, 0, 0, 0xff },	/* the last one never gets here */
	{ 1, 1, 1, 3 },
	{ 2, 1, 2, 3 },
	{ 3, 3, 3, 3 },
};

static const struct mode_case {
	char inner;
	struct srp_modes modes;
} mode_cases[] = {
	{ '4', { SRPROXY_TTL_MODE_PIPE, SRPROXY_DSCP_MODE_INNER } },
	{ '4', { SRPROXY_TTL_MODE_PIPE, SRPROXY_DSCP_MODE_PIPE } },
	{ '4', { SRPROXY_TTL_MODE_PIPE, SRPROXY_DSCP_MODE_UNIFORM } },
	{ '4', { SRPROXY_TTL_MODE_UNIFORM, SRPROXY_DSCP_MODE_INNER } },
	{ '4', { SRPROXY_TTL_MODE_UNIFORM, SRPROXY_DSCP_MODE_PIPE } },
	{ '4', { SRPROXY_TTL_MODE_UNIFORM, SRPROXY_DSCP_MODE_UNIFORM } },
	{ '6', { SRPROXY_TTL_MODE_PIPE, SRPROXY_DSCP_MODE_INNER } },
	{ '6', { SRPROXY_TTL_MODE_PIPE, SRPROXY_DSCP_MODE_PIPE } },
	{ '6', { SRPROXY_TTL_MODE_PIPE, SRPROXY_DSCP_MODE_UNIFORM } },
	{ '6', { SRPROXY_TTL_MODE_UNIFORM, SRPROXY_DSCP_MODE_INNER } },
	{ '6', { SRPROXY_TTL_MODE_UNIFORM, SRPROXY_DSCP_MODE_PIPE } },
	{ '6', { SRPROXY_TTL_MODE_UNIFORM, SRPROXY_DSCP_MODE_UNIFORM } },
};

static void mode_desc(const struct mode_case *c, char *desc)
{
	static const char *const dscp[] = {
		[SRPROXY_DSCP_MODE_INNER] = "inner",
		[SRPROXY_DSCP_MODE_PIPE] = "pipe",
		[SRPROXY_DSCP_MODE_UNIFORM] = "uniform",
	};

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "IPv%c, TTL %s, DSCP %s", c->inner,
		 c->modes.ttl == SRPROXY_TTL_MODE_PIPE ? "pipe" : "uniform",
		 dscp[c->modes.dscp]);
}

KUNIT_ARRAY_PARAM(mode, mode_cases, mode_desc);

static enum srp_inner inner_of(char letter)
{
	return letter == '4' ? SRP_INNER_IP4 : SRP_INNER_IP6;
}

static void set_hops(struct packet *p, u8 hops)
{
	struct iphdr *iph = (struct iphdr *)p->data;

	if (packet_is_ip4(p)) {
		iph->ttl = hops;
		ip_send_check(iph);
	} else {
		packet_ip6h(p)->hop_limit = hops;
	}
}

static void expect_check(struct kunit *test, const struct sk_buff *skb, const char *name)
{
	if (ip_hdr(skb)->version == 4)
		KUNIT_EXPECT_FALSE_MSG(test, ip_fast_csum(ip_hdr(skb), 5), "%s", name);
}

/* One packet inwards: what it must be afterwards, to the byte. */
static void inwards(struct kunit *test, struct packet *p, struct packet *want,
		    enum packet_shape shape, u8 hops, u8 outer, u8 inner)
{
	const struct mode_case *c = test->param_value;
	u8 want_dscp = c->modes.dscp == SRPROXY_DSCP_MODE_UNIFORM ? outer & DSCP : inner & DSCP;
	struct sk_buff *skb;
	char name[64];

	packet_set_dsfield(p, 0, inner);
	packet_set_dsfield(want, 0, want_dscp | ecn_table[inner & ECN][outer & ECN]);
	if (c->modes.ttl == SRPROXY_TTL_MODE_UNIFORM)
		set_hops(want, hops);

	snprintf(name, sizeof(name), "%s, hops %u, outer %02x, inner %02x",
		 packet_shape_name(shape), hops, outer, inner);
	skb = packet_skb(test, p, shape);
	KUNIT_EXPECT_TRUE(test, srp_modes_inwards(skb, inner_of(c->inner), &c->modes,
						  hops, outer));
	packet_expect_bytes(test, skb, want->data, want->len, name);
	expect_check(test, skb, name);
	packet_done(test, p);
}

static void inwards_test(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct packet *want = packet_plain(test, c->inner);
	struct packet *p = packet_plain(test, c->inner);
	enum packet_shape shape;
	unsigned int i;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		for (i = 0; i < 16; i++) {
			u8 in = i % 4, out = i / 4;

			if (ecn_table[in][out] == 0xff)
				continue;
			inwards(test, p, want, shape, 17, DSCP_OUT | out, DSCP_IN | in);
			inwards(test, p, want, shape, 255, out, DSCP | in);
			inwards(test, p, want, shape, 2, DSCP | out, in);
		}
	}
}

/* Whatever the numbers are. */
static void inwards_values_test(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct packet *want = packet_plain(test, c->inner);
	struct packet *p = packet_plain(test, c->inner);
	unsigned int i;

	for (i = 0; i < 256; i++) {
		inwards(test, p, want, PACKET_LINEAR, i, (i << 2) | 2, (~i << 2) | 2);
		inwards(test, p, want, PACKET_LINEAR, ~i, (i << 2) | 1, (i << 4) | 2);
	}
}

/* ECN of the inner packet in every mode; its DSCP only where no other is asked for. */
static void outwards_test(struct kunit *test)
{
	static const u8 configured[] = { 0, DSCP_OUT, DSCP, 0xff, DSCP_IN | 1 };
	const struct mode_case *c = test->param_value;
	struct packet *p = packet_plain(test, c->inner);
	unsigned int i, dsfield;

	for (dsfield = 0; dsfield < 256; dsfield++) {
		struct sk_buff *skb;

		packet_set_dsfield(p, 0, dsfield);
		skb = packet_skb(test, p, PACKET_LINEAR);
		KUNIT_EXPECT_EQ(test, srp_dsfield(skb, inner_of(c->inner)), dsfield);
		for (i = 0; i < ARRAY_SIZE(configured); i++) {
			bool own = c->modes.dscp == SRPROXY_DSCP_MODE_PIPE;
			u8 want = (own ? configured[i] : dsfield) & DSCP;

			want |= dsfield & ECN;
			KUNIT_EXPECT_EQ_MSG(test,
					    srp_modes_dsfield(skb, inner_of(c->inner), &c->modes,
							      configured[i]),
					    want, "inner %02x, configured %02x",
					    dsfield, configured[i]);
		}
		packet_expect_bytes(test, skb, p->data, p->len, "outwards");
		packet_done(test, p);
	}
}

/* From any value to any other. */
static void hop_limit_test(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct packet *p = packet_plain(test, c->inner);
	enum srp_inner inner = inner_of(c->inner);
	unsigned int from, to;

	for (from = 0; from < 256; from += 5) {
		struct sk_buff *skb;

		set_hops(p, from);
		skb = packet_skb(test, p, PACKET_PAGED);
		KUNIT_EXPECT_EQ(test, srp_hop_limit(skb, inner), from);
		for (to = 0; to < 256; to += 3) {
			srp_hop_limit_set(skb, inner, to);
			set_hops(p, to);
			KUNIT_EXPECT_EQ(test, srp_hop_limit(skb, inner), to);
			expect_check(test, skb, "hop limit");
			packet_expect_bytes(test, skb, p->data, p->len, "hop limit");
		}
		packet_done(test, p);
	}
}

/* There is nothing in a frame that a mode could speak of. */
static void frame_test(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct packet *p = packet_plain(test, 'e');
	enum packet_shape shape;
	unsigned int dsfield;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);

		for (dsfield = 0; dsfield < 256; dsfield++) {
			KUNIT_EXPECT_TRUE(test, srp_modes_inwards(skb, SRP_INNER_ETH, &c->modes,
								  5, dsfield));
			KUNIT_EXPECT_EQ(test, srp_modes_dsfield(skb, SRP_INNER_ETH, &c->modes,
								dsfield), dsfield & DSCP);
		}
		packet_expect_bytes(test, skb, p->data, p->len, name);
		packet_done(test, p);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(inwards_test, mode_gen_params),
	KUNIT_CASE_PARAM(inwards_values_test, mode_gen_params),
	KUNIT_CASE_PARAM(outwards_test, mode_gen_params),
	KUNIT_CASE_PARAM(hop_limit_test, mode_gen_params),
	KUNIT_CASE_PARAM(frame_test, mode_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_modes",
	.test_cases = cases,
};

kunit_test_suite(suite);
