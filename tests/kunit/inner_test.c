// SPDX-License-Identifier: GPL-2.0
/* The inner packet: judged, trimmed, and marked as the outer one was. */
#include <linux/unaligned.h>
#include <net/inet_ecn.h>
#include <net/ip.h>

#include "decap.h"
#include "packet.h"

/**
 * struct inner_case - a packet that is not, or not quite, what it seems
 * @name:	of the case
 * @headers:	see packet.h
 * @at:		offset of the byte in the inner packet that is set, and @at + 1
 * @to:		to what
 * @sum:	words of which the IPv4 checksum is made right again
 * @tail:	bytes added behind the packet, or taken from it
 * @refused:	mask of SRPROXY_INNER_* that are not accepted
 * @reason:	what srp_inner_check() is to say
 * @len:	of the inner packet afterwards
 */
struct inner_case {
	const char *name;
	const char *headers;
	u16 at;
	u16 to;
	u8 sum;
	s16 tail;
	u8 refused;
	enum srproxy_drop reason;
	u16 len;
};

#define INVALID	.reason = SRPROXY_DROP_INNER_INVALID
#define TYPE	.reason = SRPROXY_DROP_INNER_TYPE

/* Offset of lengths, and the first two bytes of the headers. */
#define LEN4	2
#define LEN6	4
#define JUMBO6	5	/* no length, and a hop-by-hop header that has it */
#define VER4(version, ihl)	.at = 0, .to = (version) << 12 | (ihl) << 8 | PACKET_DSFIELD
#define VER6(version)		.at = 0, .to = (version) << 12 | PACKET_DSFIELD << 4

static const struct inner_case inner_cases[] = {
	{ "IPv4", "S4", .len = PACKET_LEN4 },
	{ "IPv6", "S6", .len = PACKET_LEN6 },
	{ "IPv4 only, IPv4", "S4", .refused = SRPROXY_INNER_IP6, .len = PACKET_LEN4 },
	{ "IPv6 only, IPv6", "S6", .refused = SRPROXY_INNER_IP4, .len = PACKET_LEN6 },
	{ "IPv6 only, IPv4", "S4", .refused = SRPROXY_INNER_IP4, TYPE },
	{ "IPv4 only, IPv6", "S6", .refused = SRPROXY_INNER_IP6, TYPE },
	{ "UDP", "Su", TYPE },
	{ "nothing", "Sn", TYPE },
	{ "IP only, Ethernet", "Se", .refused = SRPROXY_INNER_ETH, TYPE },
	{ "Ethernet only, IPv6", "S6", .refused = SRPROXY_INNER_IP, TYPE },
	{ "Ethernet", "Se", .len = PACKET_LEN_ETH },
	{ "Ethernet and trailing bytes", "hdTde", .tail = 46, .len = PACKET_LEN_ETH + 46 },
	{ "Ethernet header only", "Se", .tail = ETH_HLEN - PACKET_LEN_ETH, .len = ETH_HLEN },
	{ "Ethernet header lacks a byte", "Se", .tail = 13 - PACKET_LEN_ETH, INVALID },
	{ "Ethernet frame of no bytes", "dTe", .tail = -PACKET_LEN_ETH, INVALID },
	{ "fragment", "Sf4", .reason = SRPROXY_DROP_OUTER_FRAGMENT },
	{ "fragment before the SRH", "fS6", .reason = SRPROXY_DROP_OUTER_FRAGMENT },
	{ "IPv4 says 6", "S4", VER4(6, 5), .sum = 10, INVALID },
	{ "IPv4 says 0", "S4", VER4(0, 5), .sum = 10, INVALID },
	{ "IPv4 with options", "S4", VER4(4, 6), .sum = 12, .len = PACKET_LEN4 },
	{ "IPv4 with most options", "S4", VER4(4, 15), .sum = 30, .len = PACKET_LEN4 },
	{ "IPv4 header too short", "S4", VER4(4, 4), .sum = 8, INVALID },
	{ "IPv4 header of no length", "S4", VER4(4, 0), .sum = 10, INVALID },
	{ "IPv4 options cut off", "d4", VER4(4, 15), .sum = 30, .tail = 59 - PACKET_LEN4, INVALID },
	{ "IPv4 checksum wrong", "S4", .at = 8, .to = 63 << 8 | 17, INVALID },
	{ "IPv4 options' checksum wrong", "S4", VER4(4, 6), .sum = 10, INVALID },
	{ "IPv4 of one byte more", "S4", LEN4, PACKET_LEN4 + 1, .sum = 10, INVALID },
	{ "IPv4 of 65535 bytes", "S4", LEN4, 65535, .sum = 10, INVALID },
	{ "IPv4 of one byte less", "S4", LEN4, PACKET_LEN4 - 1, .sum = 10, .len = PACKET_LEN4 - 1 },
	{ "IPv4 of its header only", "S4", LEN4, 20, .sum = 10, .len = 20 },
	{ "IPv4 shorter than its header", "S4", LEN4, 19, .sum = 10, INVALID },
	{ "IPv4 of no length", "S4", LEN4, 0, .sum = 10, INVALID },
	{ "IPv4 and a trailing byte", "S4", .tail = 1, .len = PACKET_LEN4 },
	{ "IPv4 and trailing bytes", "hdTd4", .tail = 46, .len = PACKET_LEN4 },
	{ "IPv4 lacks a byte", "S4", .tail = -1, INVALID },
	{ "IPv6 says 4", "S6", VER6(4), INVALID },
	{ "IPv6 says 0", "S6", VER6(0), INVALID },
	{ "IPv6 of one byte more", "S6", LEN6, PACKET_UDP + 1, INVALID },
	{ "IPv6 of 65535 bytes", "S6", LEN6, 65535, INVALID },
	{ "IPv6 of one byte less", "S6", LEN6, PACKET_UDP - 1, .len = PACKET_LEN6 - 1 },
	{ "IPv6 jumbogram", "S6", JUMBO6, 0, INVALID },
	{ "IPv6 of its header only", "S6", LEN6, 0, .len = 40 },
	{ "IPv6 and a trailing byte", "S6", .tail = 1, .len = PACKET_LEN6 },
	{ "IPv6 and trailing bytes", "hdTd6", .tail = 46, .len = PACKET_LEN6 },
	{ "IPv6 lacks a byte", "S6", .tail = -1, INVALID },
};

KUNIT_ARRAY_PARAM_DESC(inner, inner_cases, name);

static void inner_check_test(struct kunit *test)
{
	const struct inner_case *c = test->param_value;
	struct packet *p = packet_outer(test, c->headers);
	u8 *inner = p->data + p->inner;
	enum packet_shape shape;

	if (c->at || c->to)
		put_unaligned_be16(c->to, inner + c->at);
	if (c->sum) {
		((struct iphdr *)inner)->check = 0;
		((struct iphdr *)inner)->check = csum_fold(csum_partial(inner, 2 * c->sum, 0));
	}
	if (c->tail > 0)
		memset(p->data + p->len, 0xee, c->tail);
	p->len += c->tail;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_outer outer;

		KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
		KUNIT_EXPECT_EQ_MSG(test,
				    srp_inner_check(skb, &outer, SRPROXY_INNER_ALL & ~c->refused),
				    c->reason, "%s", name);
		KUNIT_EXPECT_EQ_MSG(test, skb->len, c->reason ? p->len : p->inner + c->len,
				    "%s", name);
		packet_expect_bytes(test, skb, p->data, skb->len, name);
		packet_done(test, p);
	}
}

enum {
	NOT = INET_ECN_NOT_ECT,
	ECT1 = INET_ECN_ECT_1,
	ECT0 = INET_ECN_ECT_0,
	CE = INET_ECN_CE,
	DROP,
};

/* RFC 6040 4.2, figure 4: a row is what the inner packet says. */
static const u8 ecn_table[4][4] = {
	/*	    NOT   ECT1  ECT0  CE: the outer one */
	[NOT]	= { NOT,  NOT,  NOT,  DROP },
	[ECT1]	= { ECT1, ECT1, ECT1, CE },
	[ECT0]	= { ECT0, ECT1, ECT0, CE },
	[CE]	= { CE,   CE,   CE,   CE },
};

/* Nothing but ECN changes in the inner packet, and what sums it up. */
static void decap_ecn(struct kunit *test, struct packet *p, struct packet *plain,
		      enum packet_shape shape, const char *name, u8 want)
{
	struct sk_buff *skb = packet_skb(test, p, shape);
	struct srp_outer outer;

	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_ASSERT_EQ_MSG(test, srp_inner_check(skb, &outer, SRPROXY_INNER_ALL),
			    want == DROP ? SRPROXY_DROP_ECN : 0, "%s", name);
	if (want != DROP) {
		KUNIT_ASSERT_EQ(test, srp_decap(skb, &outer, &default_modes), 0);
		packet_set_dsfield(plain, (u8)~INET_ECN_MASK, want);
		KUNIT_EXPECT_EQ(test, skb->len, plain->len);
		packet_expect_bytes(test, skb, plain->data, plain->len, name);
	}
	packet_done(test, p);
}

static const char *const ecn_cases[] = { "S4", "S6", "hdTd4", "hdTd6" };

static void ecn_desc(const char *const *headers, char *desc)
{
	strscpy(desc, *headers, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ecn, ecn_cases, ecn_desc);

static void decap_ecn_test(struct kunit *test)
{
	const char *headers = *(const char *const *)test->param_value;
	struct packet *plain = packet_plain(test, headers[strlen(headers) - 1]);
	struct packet *p = packet_outer(test, headers);
	enum packet_shape shape;
	unsigned int i;

	for (i = 0; i < 16 * PACKET_SHAPES; i++) {
		u8 inner = i % 4, outer = i / 4 % 4;
		char name[64];

		shape = i / 16;
		snprintf(name, sizeof(name), "%s, inner %u, outer %u",
			 packet_shape_name(shape), inner, outer);
		packet_set_dsfield(plain, (u8)~INET_ECN_MASK, inner);
		memcpy(p->data + p->inner, plain->data, plain->len);
		packet_set_dsfield(p, 0, 0x1c | outer);
		decap_ecn(test, p, plain, shape, name, ecn_table[inner][outer]);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(inner_check_test, inner_gen_params),
	KUNIT_CASE_PARAM(decap_ecn_test, ecn_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_inner",
	.test_cases = cases,
};

kunit_test_suite(suite);
