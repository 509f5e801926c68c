// SPDX-License-Identifier: GPL-2.0
/* What the bytes of packets look like in memory. */
#include <kunit/skbuff.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/unaligned.h>
#include <net/checksum.h>
#include <net/net_namespace.h>

#include "packet.h"

/* So that headers lie across the boundaries. */
#define PIECES	7

const char *packet_shape_name(enum packet_shape shape)
{
	static const char *const names[] = {
		[PACKET_LINEAR] = "linear",
		[PACKET_PAGED] = "paged",
		[PACKET_FRAG_LIST] = "frag_list",
		[PACKET_CLONED] = "cloned",
		[PACKET_SHORT_HEADROOM] = "short headroom",
	};

	return names[shape];
}

static struct sk_buff *own(struct kunit *test, struct sk_buff *skb)
{
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, kunit_action_kfree_skb, skb));
	return skb;
}

static void add_page(struct kunit *test, struct sk_buff *skb, const u8 *data,
		     unsigned int len)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int off = PAGE_SIZE - len;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page) + off, data, len);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, off, len,
			PAGE_SIZE);
}

static void add_frag(struct kunit *test, struct sk_buff *skb, const u8 *data,
		     unsigned int len)
{
	struct sk_buff **at = &skb_shinfo(skb)->frag_list;
	struct sk_buff *frag = alloc_skb(len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, frag);
	skb_put_data(frag, data, len);
	while (*at)
		at = &(*at)->next;
	*at = frag;
	skb->len += len;
	skb->data_len += len;
	skb->truesize += frag->truesize;
}

/* Bytes of the first header, which is always linear. */
static unsigned int first_header(const struct packet *p)
{
	if (packet_is_ip4(p))
		return sizeof(struct iphdr);
	return packet_is_ip6(p) ? sizeof(struct ipv6hdr) : ETH_HLEN;
}

static void set_offsets(struct packet *p, struct sk_buff *skb)
{
	if (packet_is_ip4(p) || packet_is_ip6(p)) {
		skb_pull(skb, ETH_HLEN);
		skb_reset_network_header(skb);
		skb_set_transport_header(skb, first_header(p));
		skb->protocol = packet_is_ip4(p) ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	} else {
		skb_set_network_header(skb, ETH_HLEN);
		skb_set_transport_header(skb, ETH_HLEN + sizeof(struct ipv6hdr));
		skb->protocol = get_unaligned((__be16 *)(p->data + 2 * ETH_ALEN));
	}
	skb_reset_mac_len(skb);
}

/*
 * As the stack would hand it to a hook: the first header is linear, the
 * link-layer header in front. A frame is as if it were to be sent: its own
 * link-layer header is where the data begins. Call packet_done() when the
 * packet has been looked at.
 */
struct sk_buff *packet_skb(struct kunit *test, struct packet *p,
			   enum packet_shape shape)
{
	bool pieces = shape == PACKET_PAGED || shape == PACKET_FRAG_LIST;
	unsigned int headroom = shape == PACKET_SHORT_HEADROOM ? 0 : p->headroom;
	unsigned int hlen = first_header(p);
	unsigned int piece = DIV_ROUND_UP(p->len - hlen, PIECES);
	unsigned int off = pieces ? hlen : p->len;
	struct sk_buff *skb;

	skb = own(test, alloc_skb(headroom + ETH_HLEN + off, GFP_KERNEL));
	skb_reserve(skb, headroom);
	skb_reset_mac_header(skb);
	if (packet_is_ip4(p) || packet_is_ip6(p))
		skb_put_data(skb, packet_mac_header, ETH_HLEN);
	skb_put_data(skb, p->data, off);
	for (; off < p->len; off += piece) {
		unsigned int len = min(piece, p->len - off);

		if (shape == PACKET_PAGED)
			add_page(test, skb, p->data + off, len);
		else
			add_frag(test, skb, p->data + off, len);
	}
	set_offsets(p, skb);
	skb->dev = init_net.loopback_dev;

	p->skb = skb;
	if (shape == PACKET_CLONED)
		p->clone = own(test, skb_clone(skb, GFP_KERNEL));
	return skb;
}

/* Make the caller its owner, who may give it away. */
struct sk_buff *packet_release(struct kunit *test, struct packet *p)
{
	struct sk_buff *skb = p->skb;

	kunit_remove_action(test, kunit_action_kfree_skb, skb);
	p->skb = NULL;
	return skb;
}

/* Whoever shares a packet's data must not notice what is done to it. */
void packet_done(struct kunit *test, struct packet *p)
{
	if (p->clone) {
		KUNIT_EXPECT_EQ(test, p->clone->len, p->len);
		packet_expect_bytes(test, p->clone, p->data, p->len, "the clone");
	}
	kunit_kfree_skb(test, p->clone);
	kunit_kfree_skb(test, p->skb);
	p->clone = NULL;
	p->skb = NULL;
}

/* The packet begins with these bytes. */
void packet_expect_bytes(struct kunit *test, const struct sk_buff *skb,
			 const void *bytes, unsigned int len, const char *what)
{
	u8 *copy = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_EQ_MSG(test, 0, skb_copy_bits(skb, 0, copy, len), "%s", what);
	KUNIT_EXPECT_MEMEQ_MSG(test, copy, bytes, len, "%s", what);
	kunit_kfree(test, copy);
}

/* As a device does that sums up what it receives. */
void packet_sum_up(struct sk_buff *skb)
{
	skb->ip_summed = CHECKSUM_COMPLETE;
	skb->csum = skb_checksum(skb, 0, skb->len, 0);
}

void packet_expect_sum(struct kunit *test, const struct sk_buff *skb, const char *what)
{
	__wsum sum = skb_checksum(skb, 0, skb->len, 0);
	u16 diff = (__force u16)csum_fold(csum_sub(skb->csum, sum));

	KUNIT_EXPECT_TRUE_MSG(test, skb->ip_summed == CHECKSUM_COMPLETE, "%s", what);
	/* Zero has two forms. */
	KUNIT_EXPECT_TRUE_MSG(test, diff == 0 || diff == 0xffff, "%s", what);
}
