// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>

#include "compat/gso.h"
#include "decap.h"
#include "frame.h"

/**
 * srp_frame_untag() - make a frame that was received a whole one
 * @skb:	frame, its link-layer header pulled, maybe not ours alone; consumed
 *		on failure
 * @tags:	how many of its outermost tags to take off
 *
 * Return: the frame, or NULL without memory
 */
struct sk_buff *srp_frame_untag(struct sk_buff *skb, unsigned int tags)
{
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_push_rcsum(skb, skb->data - skb_mac_header(skb));
	while (tags--) {
		/* It takes the next one for the outermost, then. */
		if (skb_vlan_pop(skb)) {
			kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
			return NULL;
		}
	}
	return skb;
}

/**
 * srp_frame_to_packet() - make a whole frame the IP packet in it
 * @skb:	frame without tags
 * @inner:	IPv4 or IPv6
 */
void srp_frame_to_packet(struct sk_buff *skb, enum srp_inner inner)
{
	skb_pull_rcsum(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	skb->protocol = srp_ethertype(inner);
	skb->pkt_type = PACKET_HOST;
	srp_packet_begin(skb, inner);
}

/*
 * Once it is inside a packet, nothing can be done for it any more: no device
 * knows next header 143, and a tag beside the frame would be lost.
 */
static struct sk_buff *finish(struct sk_buff *skb)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_csum_hwoffload_help(skb, 0)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return NULL;
	}
	if (!skb_vlan_tag_present(skb))
		return skb;
	skb = __vlan_hwaccel_push_inside(skb);
	/* Its protocol begins at the tag now: flows are told apart by that. */
	if (skb)
		skb_set_network_header(skb, ETH_HLEN);
	return skb;
}

/**
 * srp_frame_finish() - make a frame what it is on a wire
 * @skb: whole frame or super-frame; consumed
 *
 * Return: a list of frames, or NULL when one failed for lack of memory
 */
struct sk_buff *srp_frame_finish(struct sk_buff *skb)
{
	struct sk_buff *segs = skb, *seg, *next, **link = &segs;

	if (skb_is_gso(skb)) {
		segs = skb_gso_segment(skb, 0);
		if (IS_ERR_OR_NULL(segs)) {
			kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
			return NULL;
		}
		consume_skb(skb);
	}

	for (seg = segs; seg; seg = next) {
		next = seg->next;
		skb_mark_not_on_list(seg);
		*link = finish(seg);
		if (!*link) {
			kfree_skb_list_reason(segs, SKB_DROP_REASON_NOMEM);
			kfree_skb_list_reason(next, SKB_DROP_REASON_NOMEM);
			return NULL;
		}
		link = &(*link)->next;
	}
	return segs;
}

/**
 * srp_frame_tag() - put the tags of a port on a frame
 * @skb:	whole frame
 * @vlans:	the tags
 *
 * Return: false without memory; @skb is the caller's either way
 */
bool srp_frame_tag(struct sk_buff *skb, const struct srp_vlans *vlans)
{
	unsigned int i = srp_vlans_count(vlans);

	while (i--)
		if (skb_vlan_push(skb, vlans->tag[i].proto,
				  ntohs(vlans->tag[i].vid)))
			return false;
	return true;
}
