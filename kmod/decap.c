// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <net/addrconf.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>

#include "decap.h"

/**
 * srp_outer_admit() - may this packet be processed by a segment of this node?
 * @skb:	packet, parsed
 * @outer:	by srp_outer_parse()
 * @demand:	what the SID asks of its HMAC
 *
 * Return: 0, or why not
 */
enum srproxy_drop srp_outer_admit(struct sk_buff *skb,
				  const struct srp_outer *outer,
				  const struct srp_hmac_demand *demand)
{
	if (outer->srh_off ? !srp_hmac_valid(skb, outer, demand) :
			     demand->required)
		return SRPROXY_DROP_HMAC;

	if (ipv6_hdr(skb)->hop_limit <= 1) {
		icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
		return SRPROXY_DROP_HOP_LIMIT;
	}
	return 0;
}

/**
 * srp_outer_unquestioned() - would srp_outer_admit() have nothing to ask?
 * @skb: packet without an HMAC, whose SID wants none
 */
bool srp_outer_unquestioned(const struct sk_buff *skb)
{
	const struct inet6_dev *idev = __in6_dev_get(skb->dev);

	return ipv6_hdr(skb)->hop_limit > 1 && idev &&
	       !srp_dev_requires_hmac(idev);
}

/*
 * Length of the inner packet by its own header; 0 if that header is broken.
 * A super-packet beyond 64 KiB says 0 of itself: then it is all there is.
 */
static unsigned int ip4_len(struct sk_buff *skb, unsigned int off)
{
	const struct iphdr *iph;
	unsigned int len, hlen;

	if (!pskb_may_pull(skb, off + sizeof(*iph)))
		return 0;
	iph = (const struct iphdr *)(skb->data + off);
	hlen = iph->ihl * 4;
	if (iph->version != 4 || hlen < sizeof(*iph) ||
	    !pskb_may_pull(skb, off + hlen))
		return 0;
	iph = (const struct iphdr *)(skb->data + off);
	if (ip_fast_csum((u8 *)iph, iph->ihl))
		return 0;

	len = ntohs(iph->tot_len);
	if (!len && skb_is_gso(skb))
		return skb->len - off;
	return len < hlen ? 0 : len;
}

static unsigned int ip6_len(struct sk_buff *skb, unsigned int off)
{
	const struct ipv6hdr *ip6h;

	if (!pskb_may_pull(skb, off + sizeof(*ip6h)))
		return 0;
	ip6h = (const struct ipv6hdr *)(skb->data + off);
	if (ip6h->version != 6)
		return 0;
	if (!ip6h->payload_len && skb_is_gso(skb))
		return skb->len - off;
	/* Not a jumbogram: no legacy function knows one. */
	if (!ip6h->payload_len && ip6h->nexthdr == NEXTHDR_HOP)
		return 0;
	return sizeof(*ip6h) + ntohs(ip6h->payload_len);
}

/**
 * srp_ip_len() - length of an IP packet by its own header
 * @skb:	where it is
 * @off:	offset of the header from skb->data
 * @inner:	IPv4 or IPv6
 *
 * The header is linear afterwards.
 *
 * Return: bytes, 0 if the header is broken
 */
unsigned int srp_ip_len(struct sk_buff *skb, unsigned int off,
			enum srp_inner inner)
{
	return inner == SRP_INNER_IP4 ? ip4_len(skb, off) : ip6_len(skb, off);
}

/* A congestion mark that the inner packet can't carry (RFC 6040 4.2). */
static bool ecn_lost(const struct sk_buff *skb, unsigned int off,
		     enum srp_inner inner)
{
	const void *hdr = skb->data + off;
	bool ce;

	return __INET_ECN_decapsulate(ipv6_get_dsfield(ipv6_hdr(skb)),
				      inner == SRP_INNER_IP4 ?
						ipv4_get_dsfield(hdr) :
						ipv6_get_dsfield(hdr),
				      &ce) > 1;
}

/*
 * A frame ends where the outer packet does. Nobody makes super-packets of
 * encapsulated frames, nor could cut them up.
 */
static enum srproxy_drop frame_check(struct sk_buff *skb, unsigned int off)
{
	if (skb_is_gso(skb) || !pskb_may_pull(skb, off + ETH_HLEN))
		return SRPROXY_DROP_INNER_INVALID;
	return 0;
}

/**
 * srp_inner_check() - is what is inside fit for a legacy function?
 * @skb:	packet, parsed
 * @outer:	by srp_outer_parse()
 * @accepted:	mask of SRPROXY_INNER_*
 *
 * The header of the inner packet is linear afterwards, and bytes behind its
 * end, if any, are gone.
 *
 * Return: 0, or why not
 */
enum srproxy_drop srp_inner_check(struct sk_buff *skb,
				  const struct srp_outer *outer, u8 accepted)
{
	int inner = srp_inner_index(outer->proto);
	unsigned int len;

	if (outer->proto == NEXTHDR_FRAGMENT)
		return SRPROXY_DROP_OUTER_FRAGMENT;
	if (inner < 0 || !(accepted & BIT(inner)))
		return SRPROXY_DROP_INNER_TYPE;

	if (inner == SRP_INNER_ETH)
		return frame_check(skb, outer->len);

	len = srp_ip_len(skb, outer->len, inner);
	if (!len || outer->len + len > skb->len)
		return SRPROXY_DROP_INNER_INVALID;
	if (!skb_is_gso(skb) && pskb_trim_rcsum(skb, outer->len + len))
		return SRPROXY_DROP_NO_MEMORY;

	if (ecn_lost(skb, outer->len, inner))
		return SRPROXY_DROP_ECN;
	return 0;
}

/**
 * srp_packet_begin() - what the stack notes beside an IP packet that comes in
 * @skb:	packet, its network header set
 * @inner:	IPv4 or IPv6
 */
void srp_packet_begin(struct sk_buff *skb, enum srp_inner inner)
{
	if (inner == SRP_INNER_IP4) {
		skb_set_transport_header(skb, ip_hdrlen(skb));
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		return;
	}
	skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->dev->ifindex;
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
}

/* Nothing is noted beside a plain packet but what it is. */
static void begin(struct sk_buff *skb, enum srp_inner inner)
{
	/* There is no link-layer header of its own in front of IP. */
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, inner == SRP_INNER_ETH ? ETH_HLEN : 0);
	skb_reset_mac_len(skb);
	skb_orphan(skb);
	skb_forward_csum(skb);

	if (inner == SRP_INNER_ETH)
		skb_set_transport_header(skb, ETH_HLEN);
	else
		srp_packet_begin(skb, inner);
}

/**
 * srp_decap() - make a packet the plain one inside it
 * @skb:	packet that passed srp_inner_check()
 * @outer:	by srp_outer_parse()
 * @modes:	of the SID
 *
 * Afterwards the packet is as if it had just been received without the
 * encapsulation: no mark, no conntrack entry, no route; a super-packet and an
 * unfinished checksum stay what they are. A frame begins at skb->data, as one
 * to be sent does.
 *
 * Return: 0, or why it failed; @skb is the caller's either way
 */
enum srproxy_drop srp_decap(struct sk_buff *skb, const struct srp_outer *outer,
			    const struct srp_modes *modes)
{
	enum srp_inner inner = srp_inner_index(outer->proto);
	u8 dsfield = ipv6_get_dsfield(ipv6_hdr(skb));
	u8 hop_limit = ipv6_hdr(skb)->hop_limit;
	__be16 protocol = srp_ethertype(inner);

	if (iptunnel_pull_header(skb, outer->len, protocol, true))
		return SRPROXY_DROP_NO_MEMORY;
	begin(skb, inner);
	if (!srp_modes_inwards(skb, inner, modes, hop_limit, dsfield))
		return SRPROXY_DROP_NO_MEMORY;
	return 0;
}

/**
 * srp_decap_saved() - have a plain packet as if it had just been one more time
 *		       around and out of an encapsulation
 * @skb:	IP packet that returned from a VNF
 * @inner:	IPv4 or IPv6
 */
void srp_decap_saved(struct sk_buff *skb, enum srp_inner inner)
{
	skb_clear_hash_if_not_l4(skb);
	skb_set_queue_mapping(skb, 0);
	skb_scrub_packet(skb, true);
	skb->encapsulation = 0;
	if (!skb_is_gso(skb) && skb->ip_summed != CHECKSUM_PARTIAL)
		skb->ip_summed = CHECKSUM_NONE;
	begin(skb, inner);
}
