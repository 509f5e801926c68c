// SPDX-License-Identifier: GPL-2.0
/* A flow is the same one before and after the VNF, whatever it is like. */
#include <net/ip.h>
#include <net/ipv6.h>

#include "flow.h"
#include "packet.h"

enum { WHOLE, FIRST_FRAGMENT, OTHER_FRAGMENT, CUT };

/**
 * struct key_case - a packet and its flow
 * @name:	of the case
 * @headers:	see packet.h
 * @without:	the same without an SRH
 * @piece:	what is there of the inner packet
 * @proto:	of the flow
 * @ports:	has it any?
 */
struct key_case {
	const char *name;
	const char *headers;
	const char *without;
	u8 piece;
	u8 proto;
	bool ports;
};

static const struct key_case key_cases[] = {
	{ "UDP", "Su", "u", WHOLE, IPPROTO_UDP, true },
	{ "UDP behind headers", "hdTdu", "hddu", WHOLE, IPPROTO_UDP, true },
	{ "UDP behind many headers", "hdrTddddu", "hdrddddu", WHOLE, IPPROTO_UDP, true },
	{ "UDP, ports cut off", "Su", "u", CUT, IPPROTO_UDP },
	{ "UDP, atomic fragment", "Sfu", "fu", WHOLE, IPPROTO_UDP },
	{ "UDP, first fragment", "Sfu", "fu", FIRST_FRAGMENT, IPPROTO_UDP },
	{ "UDP, other fragment", "hdTdfu", "hddfu", OTHER_FRAGMENT, IPPROTO_UDP },
	{ "nothing", "Sn", "n", WHOLE, IPPROTO_NONE },
	{ "Ethernet", "dSe", "de", WHOLE, IPPROTO_ETHERNET },
	{ "IPv4", "S4", "4", WHOLE, IPPROTO_UDP, true },
	{ "IPv4 behind headers", "hdTd4", "hdd4", WHOLE, IPPROTO_UDP, true },
	{ "IPv4, first fragment", "S4", "4", FIRST_FRAGMENT, IPPROTO_UDP },
	{ "IPv4, other fragment", "hSd4", "hd4", OTHER_FRAGMENT, IPPROTO_UDP },
	{ "IPv6", "S6", "6", WHOLE, IPPROTO_UDP, true },
	{ "IPv6 behind headers", "hdTd6", "hdd6", WHOLE, IPPROTO_UDP, true },
	{ "IPv6, first fragment", "S6", "6", FIRST_FRAGMENT, IPPROTO_UDP },
	{ "IPv6, other fragment", "hTd6", "hd6", OTHER_FRAGMENT, IPPROTO_UDP },
};

KUNIT_ARRAY_PARAM_DESC(key, key_cases, name);

static void cut_up4(struct iphdr *iph, unsigned int piece)
{
	iph->frag_off = htons(piece == FIRST_FRAGMENT ? IP_MF : 100);
	ip_send_check(iph);
}

static void cut_up(struct frag_hdr *frag, unsigned int piece)
{
	frag->nexthdr = IPPROTO_UDP;
	frag->frag_off = htons(piece == FIRST_FRAGMENT ? IP6_MF : 800);
}

/* The UDP header's bytes are the fragment header's, then. */
static void cut_up6(struct ipv6hdr *ip6h, unsigned int piece)
{
	ip6h->nexthdr = NEXTHDR_FRAGMENT;
	cut_up((struct frag_hdr *)(ip6h + 1), piece);
}

static struct packet *make(struct kunit *test, const struct key_case *c, const char *headers)
{
	struct packet *p = packet_outer(test, headers);
	void *inner = p->data + p->inner;

	switch (c->piece) {
	case FIRST_FRAGMENT:
	case OTHER_FRAGMENT:
		switch (headers[strlen(headers) - 1]) {
		case '4':
			cut_up4(inner, c->piece);
			break;
		case '6':
			cut_up6(inner, c->piece);
			break;
		default:
			cut_up(inner - sizeof(struct frag_hdr), c->piece);
		}
		break;
	case CUT:
		p->len = p->inner + 3;
	}
	return p;
}

static struct srp_flow_key expected(const struct key_case *c)
{
	struct srp_flow_key key;

	memset(&key, 0, sizeof(key));
	key.proto = c->proto;
	key.sport = htons(c->ports ? PACKET_SPORT : 0);
	key.dport = htons(c->ports ? PACKET_DPORT : 0);
	switch (c->headers[strlen(c->headers) - 1]) {
	case '4':
		ipv6_addr_set_v4mapped(htonl(0xc0000201), &key.src);
		ipv6_addr_set_v4mapped(htonl(0xc0000202), &key.dst);
		break;
	case '6':
		key.src = packet_addr(1);
		key.dst = packet_addr(2);
		break;
	default:
		key.src = packet_addr(3);
		key.dst = packet_addr(0x10);
	}
	return key;
}

static void expect_key(struct kunit *test, const struct key_case *c, struct packet *p,
		       const char *what)
{
	struct srp_flow_key want = expected(c), key;
	enum packet_shape shape;

	for (shape = 0; shape < PACKET_SHAPES; shape++) {
		struct sk_buff *skb = packet_skb(test, p, shape);
		struct srp_outer outer;

		/* Keys are compared and hashed as bytes. */
		memset(&key, 0xff, sizeof(key));
		KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
		srp_flow_key(skb, &outer, &key);
		KUNIT_EXPECT_MEMEQ_MSG(test, &key, &want, sizeof(key), "%s, %s", what,
				       packet_shape_name(shape));
		packet_expect_bytes(test, skb, p->data, p->len, what);
		packet_done(test, p);
	}
}

static void flow_key_test(struct kunit *test)
{
	const struct key_case *c = test->param_value;
	struct packet *p = make(test, c, c->headers);

	expect_key(test, c, p, "to the VNF");

	packet_srh(p)->segments_left--;
	packet_ip6h(p)->daddr = packet_addr(0x11);
	packet_ip6h(p)->hop_limit--;
	expect_key(test, c, p, "one segment on");

	packet_ip6h(p)->daddr = packet_addr(0x10);
	expect_key(test, c, p, "masqueraded");

	p = make(test, c, c->without);
	packet_ip6h(p)->daddr = packet_addr(0x10);
	expect_key(test, c, p, "masqueraded, without SRH");
}

static const struct other_case {
	const char *name;
	const char *headers;
	u16 at;		/* byte that makes it another flow */
	bool srh;	/* counted from the SRH, not from the inner packet */
	bool outer;	/* counted from the outer header */
} other_cases[] = {
	{ "source", "Su", .at = 23, .outer = true },
	{ "last segment", "Su", .at = 8 + 15, .srh = true },
	{ "source port", "Su", .at = 1 },
	{ "destination port", "Su", .at = 2 },
	{ "inner IPv4 source", "S4", .at = 15 },
	{ "inner IPv4 destination", "S4", .at = 19 },
	{ "inner IPv4 port", "S4", .at = 20 },
	{ "inner IPv6 source", "S6", .at = 8 },
	{ "inner IPv6 destination", "S6", .at = 39 },
	{ "inner IPv6 port", "S6", .at = 43 },
};

KUNIT_ARRAY_PARAM_DESC(other, other_cases, name);

static void key_of(struct kunit *test, struct packet *p, struct srp_flow_key *key)
{
	struct sk_buff *skb = packet_skb(test, p, PACKET_PAGED);
	struct srp_outer outer;

	KUNIT_ASSERT_EQ(test, srp_outer_parse(skb, &outer), 0);
	srp_flow_key(skb, &outer, key);
	packet_done(test, p);
}

static void other_flow_test(struct kunit *test)
{
	const struct other_case *c = test->param_value;
	struct packet *p = packet_outer(test, c->headers);
	struct srp_flow_key was, is;

	key_of(test, p, &was);
	p->data[(c->outer ? 0 : c->srh ? p->srh : p->inner) + c->at] ^= 1;
	key_of(test, p, &is);
	KUNIT_EXPECT_MEMNEQ(test, &is, &was, sizeof(is));
}

/* Where a tunnel has an inner packet, the outer addresses say nothing. */
static void tunnel_flow_test(struct kunit *test)
{
	struct packet *p = packet_outer(test, "S6");
	struct srp_flow_key was, is;

	key_of(test, p, &was);
	packet_ip6h(p)->saddr = packet_addr(0x55);
	packet_srh(p)->segments[0] = packet_addr(0x56);
	key_of(test, p, &is);
	KUNIT_EXPECT_MEMEQ(test, &is, &was, sizeof(is));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(flow_key_test, key_gen_params),
	KUNIT_CASE_PARAM(other_flow_test, other_gen_params),
	KUNIT_CASE(tunnel_flow_test),
	{}
};

static struct kunit_suite suite = {
	.name = "srproxy_flow_key",
	.test_cases = cases,
};

kunit_test_suite(suite);
