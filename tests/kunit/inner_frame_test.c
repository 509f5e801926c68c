// SPDX-License-Identifier: GPL-2.0
/* An inner frame: nothing is done to it, and it is taken as it is. */
#include <linux/if_vlan.h>
#include <net/ip.h>

#include "decap.h"
#include "packet.h"

/* Nobody could cut it up. */
static void frame_gso_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "Se");
	struct sk_buff *skb = packet_skb(test, p, PACKET_LINEAR);
	struct srp_outer outer;

	skb_shinfo(skb)->gso_size = 100;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	KUNIT_EXPECT_EQ(test, srp_inner_check(skb, &outer, SRPROXY_INNER_ALL),
			SRPROXY_DROP_INNER_INVALID);
	packet_done(test, p);
}

/**
 * struct frame_case - a frame
 * @name:	of the case
 * @type:	its type or length
 * @protocol:	what that is for the stack
 */
struct frame_case {
	const char *name;
	u16 type;
	u16 protocol;
};

static const struct frame_case frame_cases[] = {
	{ "IPv6", ETH_P_IPV6, ETH_P_IPV6 },
	{ "ARP", ETH_P_ARP, ETH_P_ARP },
	{ "tagged", ETH_P_8021Q, ETH_P_8021Q },
	{ "length", 100, ETH_P_802_2 },
};

KUNIT_ARRAY_PARAM_DESC(frame, frame_cases, name);

/* Congestion, uniform modes, a tag beside the outer packet: nothing shows in it. */
static void frame_decap_test(struct kunit *test)
{
	static const struct srp_modes modes = {
		SRPROXY_TTL_MODE_UNIFORM, SRPROXY_DSCP_MODE_UNIFORM
	};
	const struct frame_case *c = test->param_value;
	struct packet *p = packet_outer(test, "hdTde");
	enum packet_shape shape;

	p->data[p->inner + 12] = c->type >> 8;
	p->data[p->inner + 13] = c->type;
	packet_set_dsfield(p, 0, 0xff);
	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_outer outer;

		packet_sum_up(skb);
		skb->mark = 7;
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
		KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
		KUNIT_ASSERT_EQ(test, srp_inner_check(skb, &outer, SRPROXY_INNER_ETH), 0);
		KUNIT_ASSERT_EQ(test, srp_decap(skb, &outer, &modes), 0);

		KUNIT_ASSERT_EQ_MSG(test, skb->len, PACKET_LEN_ETH, "%s", name);
		packet_expect_bytes(test, skb, p->data + p->inner, PACKET_LEN_ETH, name);
		KUNIT_EXPECT_EQ(test, ntohs(skb->protocol), c->protocol);
		KUNIT_EXPECT_EQ(test, skb_mac_offset(skb), 0);
		KUNIT_EXPECT_EQ(test, skb_network_offset(skb), ETH_HLEN);
		KUNIT_EXPECT_EQ(test, skb_transport_offset(skb), ETH_HLEN);
		KUNIT_EXPECT_EQ(test, skb->mac_len, ETH_HLEN);
		KUNIT_EXPECT_GE(test, skb_headlen(skb), ETH_HLEN);
		KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb));
		KUNIT_EXPECT_EQ(test, skb->mark, 0);
		KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
		KUNIT_EXPECT_FALSE(test, skb->encapsulation);
		packet_done(test, p);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(frame_gso_test),
	KUNIT_CASE_PARAM(frame_decap_test, frame_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_inner_frame",
	.test_cases = cases,
};

kunit_test_suite(suite);
