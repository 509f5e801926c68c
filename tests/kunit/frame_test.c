// SPDX-License-Identifier: GPL-2.0
/* Frames between the wire and an encapsulation: their tags and checksums. */
#include <linux/if_vlan.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

#include "frame.h"
#include "packet.h"

#define TAGS_MAX	3
#define UDP_OFF		(ETH_HLEN + 40)

struct tag {
	u16 proto;
	u16 tci;
};

/* Outermost first; priorities stay what they are. */
static const struct tag tags[TAGS_MAX] = {
	{ ETH_P_8021AD, 0xa0c8 }, { ETH_P_8021Q, 0x7064 }, { ETH_P_8021Q, 0x012c },
};

/* A frame with @n of these tags in it. */
static struct packet *frame(struct kunit *test, const struct tag *tag, unsigned int n)
{
	struct packet *p = packet_plain(test, 'e');
	u8 *at = p->data + 2 * ETH_ALEN;

	memmove(at + 4 * n, at, p->len - 2 * ETH_ALEN);
	p->len += 4 * n;
	for (; n--; tag++) {
		*at++ = tag->proto >> 8;
		*at++ = tag->proto;
		*at++ = tag->tci >> 8;
		*at++ = tag->tci;
	}
	return p;
}

/* As the hook sees it: the link-layer header pulled. */
static struct sk_buff *received(struct kunit *test, struct packet *p, enum packet_shape shape)
{
	struct sk_buff *skb = packet_skb(test, p, shape);

	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	packet_sum_up(skb);
	return packet_release(test, p);
}

static void expect_frame(struct kunit *test, struct sk_buff *skb, struct packet *want,
			 const char *what)
{
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ_MSG(test, skb_mac_offset(skb), 0, "%s", what);
	KUNIT_ASSERT_EQ_MSG(test, skb->len, want->len, "%s", what);
	packet_expect_bytes(test, skb, want->data, want->len, what);
	KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb));
	KUNIT_EXPECT_NULL(test, skb->next);
}

/**
 * struct tag_case - a frame with tags, some of which are the port's
 * @n:		how many tags it has
 * @taken:	how many of them are taken off
 * @beside:	the outermost one is beside the frame, not in it
 */
struct tag_case {
	unsigned int n;
	unsigned int taken;
	bool beside;
};

static const struct tag_case tag_cases[] = {
	{ 0, 0 }, { 1, 0 }, { 1, 1 }, { 2, 0 }, { 2, 1 }, { 2, 2 },
	{ 3, 0 }, { 3, 1 }, { 3, 2 }, { 3, 3 },
	{ 1, 0, true }, { 1, 1, true }, { 2, 0, true }, { 2, 1, true }, { 2, 2, true },
	{ 3, 0, true }, { 3, 1, true }, { 3, 2, true }, { 3, 3, true },
};

static void tag_desc(const struct tag_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u of %u%s", c->taken, c->n,
		 c->beside ? ", one beside" : "");
}

KUNIT_ARRAY_PARAM(tag, tag_cases, tag_desc);

/* What is not the port's is in the frame that goes on. */
static void untag_test(struct kunit *test)
{
	const struct tag_case *c = test->param_value;
	struct packet *want = frame(test, tags + c->taken, c->n - c->taken);
	struct packet *p = frame(test, tags + c->beside, c->n - c->beside);
	enum packet_shape shape;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = received(test, p, shape);

		if (c->beside)
			__vlan_hwaccel_put_tag(skb, htons(tags[0].proto), tags[0].tci);
		skb = srp_frame_untag(skb, c->taken);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ_MSG(test, skb_mac_offset(skb), 0, "%s", name);
		packet_expect_sum(test, skb, name);
		if (c->taken == c->n)
			KUNIT_EXPECT_EQ(test, ntohs(skb->protocol), ETH_P_IPV6);

		skb = srp_frame_finish(skb);
		expect_frame(test, skb, want, name);
		kfree_skb_list(skb);
		packet_done(test, p);
	}
}

/* @taken are the port's, then. */
static const struct tag_case port_cases[] = {
	{ 0, 0 }, { 1, 0 }, { 1, 1 }, { 2, 1 }, { 2, 2 }, { 3, 0 }, { 3, 1 }, { 3, 2 },
	{ 1, 0, true }, { 2, 0, true }, { 2, 1, true }, { 3, 1, true }, { 3, 2, true },
};

KUNIT_ARRAY_PARAM(port, port_cases, tag_desc);

/* The port's tags go around what the frame has, beside it or in it. */
static void put_back_test(struct kunit *test)
{
	static const struct tag bare[TAGS_MAX] = {
		{ ETH_P_8021AD, 200 }, { ETH_P_8021Q, 100 }, { ETH_P_8021Q, 300 },
	};
	const struct tag_case *c = test->param_value;
	struct packet *p = frame(test, bare + c->taken + c->beside,
				 c->n - c->taken - c->beside);
	struct packet *want = frame(test, bare, c->n);
	struct srp_vlans vlans = {};
	enum packet_shape shape;
	unsigned int i;

	for (i = 0; i < c->taken; i++) {
		vlans.tag[i].proto = htons(bare[i].proto);
		vlans.tag[i].vid = htons(bare[i].tci);
	}

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb;

		packet_skb(test, p, shape);
		skb = packet_release(test, p);
		if (c->beside)
			__vlan_hwaccel_put_tag(skb, htons(bare[c->taken].proto),
					       bare[c->taken].tci);
		KUNIT_ASSERT_TRUE(test, srp_frame_tag(skb, &vlans));
		skb = srp_frame_finish(skb);
		expect_frame(test, skb, want, name);
		kfree_skb_list(skb);
		packet_done(test, p);
	}
}

static const char ip_cases[] = { '4', '6' };

static void ip_desc(const char *inner, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "IPv%c", *inner);
}

KUNIT_ARRAY_PARAM(ip, ip_cases, ip_desc);

static void to_packet_test(struct kunit *test)
{
	bool ip4 = *(const char *)test->param_value == '4';
	struct packet *plain = packet_plain(test, ip4 ? '4' : '6');
	struct packet *p = packet_plain(test, 'e');
	enum packet_shape shape;

	memcpy(p->data + ETH_HLEN, plain->data, plain->len);
	p->len = ETH_HLEN + plain->len;
	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape);

		/* Who asks for it has looked at the IP header. */
		KUNIT_ASSERT_TRUE(test, pskb_may_pull(skb, ETH_HLEN + (ip4 ? 20 : 40)));
		packet_sum_up(skb);
		skb->pkt_type = PACKET_OTHERHOST;
		skb->mac_len = 0;
		skb_reset_network_header(skb);
		memset(skb->cb, 0xff, sizeof(*IP6CB(skb)));
		srp_frame_to_packet(skb, ip4 ? SRP_INNER_IP4 : SRP_INNER_IP6);
		KUNIT_EXPECT_EQ(test, skb->len, plain->len);
		packet_expect_bytes(test, skb, plain->data, plain->len, name);
		packet_expect_sum(test, skb, name);
		KUNIT_EXPECT_EQ(test, ntohs(skb->protocol), ip4 ? ETH_P_IP : ETH_P_IPV6);
		KUNIT_EXPECT_TRUE(test, skb->pkt_type == PACKET_HOST);
		KUNIT_EXPECT_EQ(test, skb_network_offset(skb), 0);
		KUNIT_EXPECT_EQ(test, skb_mac_offset(skb), -ETH_HLEN);
		KUNIT_EXPECT_EQ(test, skb->mac_len, ETH_HLEN);
		KUNIT_EXPECT_EQ(test, skb_transport_offset(skb), ip4 ? 20 : 40);
		KUNIT_EXPECT_EQ(test, ip4 ? IPCB(skb)->flags : IP6CB(skb)->flags, 0);
		packet_done(test, p);
	}
}

/* A frame whose UDP checksum the device is to finish. */
static struct packet *unfinished(struct kunit *test)
{
	struct packet *p = packet_plain(test, 'e');
	struct ipv6hdr *ip6h = (struct ipv6hdr *)(p->data + ETH_HLEN);
	struct udphdr *udp = (struct udphdr *)(p->data + UDP_OFF);

	udp->len = htons(PACKET_UDP);
	udp->check = ~csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, PACKET_UDP, IPPROTO_UDP, 0);
	return p;
}

static void ask_for_checksum(struct kunit *test, struct sk_buff *skb)
{
	KUNIT_ASSERT_TRUE(test, pskb_may_pull(skb, UDP_OFF + 8));
	KUNIT_ASSERT_TRUE(test, skb_partial_csum_set(skb, UDP_OFF, 6));
}

/* @tag_len bytes of tags, and a datagram of @len that is right. */
static void expect_udp(struct kunit *test, const struct sk_buff *skb, unsigned int tag_len,
		       unsigned int len, const char *what)
{
	struct ipv6hdr ip6h;
	struct udphdr udp;
	__wsum sum;

	KUNIT_ASSERT_EQ_MSG(test, skb->len, tag_len + UDP_OFF + len, "%s", what);
	KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, tag_len + ETH_HLEN, &ip6h, sizeof(ip6h)));
	KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, tag_len + UDP_OFF, &udp, sizeof(udp)));
	sum = skb_checksum(skb, tag_len + UDP_OFF, len, 0);
	KUNIT_EXPECT_EQ_MSG(test, ntohs(ip6h.payload_len), len, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, ntohs(udp.len), len, "%s", what);
	KUNIT_EXPECT_FALSE_MSG(test, csum_ipv6_magic(&ip6h.saddr, &ip6h.daddr, len,
						     IPPROTO_UDP, sum), "%s", what);
	KUNIT_EXPECT_TRUE_MSG(test, skb->ip_summed == CHECKSUM_NONE, "%s", what);
	KUNIT_EXPECT_FALSE_MSG(test, skb_vlan_tag_present(skb), "%s", what);
}

static void finish_checksum_test(struct kunit *test)
{
	struct packet *p = unfinished(test);
	enum packet_shape shape;
	unsigned int tag;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		for (tag = 0; tag < 2; tag++) {
			struct sk_buff *skb = packet_skb(test, p, shape);

			ask_for_checksum(test, skb);
			packet_release(test, p);
			if (tag)
				__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
			skb = srp_frame_finish(skb);
			KUNIT_ASSERT_NOT_NULL(test, skb);
			expect_udp(test, skb, 4 * tag, PACKET_UDP, packet_shape_name(shape));
			kfree_skb_list(skb);
			packet_done(test, p);
		}
	}
}

/* Frames as there would be on a wire, each with the tag, in their order. */
static void finish_gso_test(struct kunit *test)
{
	static const unsigned int sizes[] = { 60, 60, 60, 20 };
	struct packet *p = unfinished(test);
	enum packet_shape shape;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		const char *name = packet_shape_name(shape);
		struct sk_buff *skb = packet_skb(test, p, shape), *next;
		unsigned int i = 0, off = UDP_OFF + 8;

		/* Nobody makes such super-packets. */
		if (shape == PACKET_FRAG_LIST)
			skb_linearize(skb);
		ask_for_checksum(test, skb);
		packet_release(test, p);
		skb_shinfo(skb)->gso_size = 60;
		skb_shinfo(skb)->gso_segs = ARRAY_SIZE(sizes);
		skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021AD), 6);

		for (skb = srp_frame_finish(skb); skb; skb = next) {
			u8 payload[60];

			next = skb->next;
			skb_mark_not_on_list(skb);
			KUNIT_ASSERT_LT(test, i, ARRAY_SIZE(sizes));
			expect_udp(test, skb, 4, 8 + sizes[i], name);
			KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, 4 + UDP_OFF + 8, payload,
							       sizes[i]));
			KUNIT_EXPECT_MEMEQ_MSG(test, payload, p->data + off, sizes[i], "%s", name);
			off += sizes[i++];
			kfree_skb(skb);
		}
		KUNIT_EXPECT_EQ_MSG(test, i, ARRAY_SIZE(sizes), "%s", name);
		packet_done(test, p);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(untag_test, tag_gen_params),
	KUNIT_CASE_PARAM(put_back_test, port_gen_params),
	KUNIT_CASE_PARAM(to_packet_test, ip_gen_params),
	KUNIT_CASE(finish_checksum_test),
	KUNIT_CASE(finish_gso_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_frame",
	.test_cases = cases,
};

kunit_test_suite(suite);
