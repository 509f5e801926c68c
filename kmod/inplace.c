// SPDX-License-Identifier: GPL-2.0
#include <linux/if_vlan.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "inplace.h"

/**
 * srp_edit_begin() - make the outer headers of a packet writable
 * @skb:	network header and skb->data at its IPv6 header
 * @outer:	by srp_outer_parse()
 *
 * Pointers into the packet taken before are stale. Until srp_edit_end(), the
 * checksum of a device that has summed up the packet leaves the headers out.
 *
 * Return: false without memory
 */
bool srp_edit_begin(struct sk_buff *skb, const struct srp_outer *outer)
{
	if (skb_ensure_writable(skb, outer->len))
		return false;
	skb_postpull_rcsum(skb, skb->data, outer->len);
	return true;
}

/**
 * srp_edit_end() - the outer headers are as they shall be
 * @skb:	packet
 * @outer:	its description now
 */
void srp_edit_end(struct sk_buff *skb, const struct srp_outer *outer)
{
	skb_postpush_rcsum(skb, skb->data, outer->len);
}

static void payload_len_add(struct sk_buff *skb, int len)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int now = ntohs(ip6h->payload_len);

	/* A super-packet beyond 64 KiB says 0 of itself. */
	if (now || !skb_is_gso(skb))
		ip6h->payload_len = now + len <= IPV6_MAXPLEN ?
				    htons(now + len) : 0;
}

/**
 * srp_srh_remove() - take the SRH out of a packet
 * @skb:	packet, between srp_edit_begin() and srp_edit_end()
 * @outer:	its description, changed with it
 */
void srp_srh_remove(struct sk_buff *skb, struct srp_outer *outer)
{
	unsigned int at = srp_nexthdr_off(skb->data, outer->srh_off);
	u8 *hdr = skb->data;

	hdr[at] = srp_srh(hdr, outer)->nexthdr;
	payload_len_add(skb, -outer->srh_len);
	memmove(hdr + outer->srh_len, hdr, outer->srh_off);
	__skb_pull(skb, outer->srh_len);
	skb_reset_network_header(skb);

	outer->len -= outer->srh_len;
	outer->srh_off = 0;
	outer->srh_len = 0;
}

/* After the IPv6 header and the options that every hop reads. */
static unsigned int srh_place(const u8 *hdr)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)hdr;
	unsigned int off = sizeof(*ip6h);

	if (ip6h->nexthdr == NEXTHDR_HOP)
		off += ipv6_optlen((const struct ipv6_opt_hdr *)(ip6h + 1));
	return off;
}

/**
 * srp_srh_insert() - put an SRH into a packet that has none
 * @skb:	packet, between srp_edit_begin() and srp_edit_end()
 * @outer:	its description, changed with it
 * @srh:	the SRH
 *
 * Return: 0, or why it failed
 */
enum srproxy_drop srp_srh_insert(struct sk_buff *skb, struct srp_outer *outer,
				 const struct ipv6_sr_hdr *srh)
{
	unsigned int off = srh_place(skb->data);
	unsigned int len = ipv6_optlen(srh);
	unsigned int at;
	u8 *hdr;

	if (!skb_is_gso(skb) &&
	    skb->len - sizeof(struct ipv6hdr) + len > IPV6_MAXPLEN)
		return SRPROXY_DROP_TOO_BIG;
	if (skb_cow_head(skb, len))
		return SRPROXY_DROP_NO_MEMORY;

	hdr = __skb_push(skb, len);
	memmove(hdr, hdr + len, off);
	memcpy(hdr + off, srh, len);
	skb_reset_network_header(skb);
	payload_len_add(skb, len);

	outer->srh_off = off;
	outer->srh_len = len;
	outer->len += len;
	at = srp_nexthdr_off(hdr, off);
	srp_srh(hdr, outer)->nexthdr = hdr[at];
	hdr[at] = NEXTHDR_ROUTING;
	return 0;
}

/**
 * srp_packet_renew() - a packet begins its way anew
 * @skb:	packet that is no longer what was received
 * @outer:	its description
 *
 * No mark, no conntrack entry, no route, no owner, no link-layer header; the
 * headers of super-packets where segmentation looks for them.
 */
void srp_packet_renew(struct sk_buff *skb, const struct srp_outer *outer)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_clear_hash_if_not_l4(skb);
	__vlan_hwaccel_clear_tag(skb);
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb_set_transport_header(skb, outer->len);
	skb_forward_csum(skb);

	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	/* No redirect for whoever sent the packet. */
	IP6CB(skb)->iif = LOOPBACK_IFINDEX;
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
}
