// SPDX-License-Identifier: GPL-2.0
#include <linux/icmpv6.h>
#include <net/addrconf.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/seg6_hmac.h>

#include "decap.h"

/* What the interface asks for with its sysctl seg6_require_hmac. */
static bool hmac_valid(struct sk_buff *skb, const struct srp_outer *outer)
{
#if IS_ENABLED(CONFIG_IPV6_SEG6_HMAC)
	/* The kernel looks for the SRH at the transport header. */
	skb_set_transport_header(skb, outer->srh_off);
	return seg6_hmac_validate_skb(skb);
#else
	return true;
#endif
}

/**
 * srp_outer_admit() - may this packet be processed by a segment of this node?
 * @skb:	packet, parsed
 * @outer:	by srp_outer_parse()
 *
 * Return: 0, or why not
 */
enum srproxy_drop srp_outer_admit(struct sk_buff *skb,
				  const struct srp_outer *outer)
{
	if (outer->srh_off && !hmac_valid(skb, outer))
		return SRPROXY_DROP_HMAC;

	if (ipv6_hdr(skb)->hop_limit <= 1) {
		icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
		return SRPROXY_DROP_HOP_LIMIT;
	}
	return 0;
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

static u8 inner_dsfield(const void *hdr, enum srp_inner inner)
{
	return inner == SRP_INNER_IP4 ? ipv4_get_dsfield(hdr) :
					ipv6_get_dsfield(hdr);
}

/* A congestion mark that the inner packet can't carry (RFC 6040 4.2). */
static bool ecn_lost(const struct sk_buff *skb, unsigned int off,
		     enum srp_inner inner)
{
	bool ce;

	return __INET_ECN_decapsulate(ipv6_get_dsfield(ipv6_hdr(skb)),
				      inner_dsfield(skb->data + off, inner),
				      &ce) > 1;
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

	if (inner < 0 || !(accepted & BIT(inner)))
		return SRPROXY_DROP_INNER_TYPE;

	len = inner == SRP_INNER_IP4 ? ip4_len(skb, outer->len) :
				       ip6_len(skb, outer->len);
	if (!len || outer->len + len > skb->len)
		return SRPROXY_DROP_INNER_INVALID;
	if (!skb_is_gso(skb) && pskb_trim_rcsum(skb, outer->len + len))
		return SRPROXY_DROP_NO_MEMORY;

	if (ecn_lost(skb, outer->len, inner))
		return SRPROXY_DROP_ECN;
	return 0;
}

/**
 * srp_decap() - make a packet the plain one inside it
 * @skb:	packet that passed srp_inner_check()
 * @outer:	by srp_outer_parse()
 *
 * Afterwards the packet is as if it had just been received without the
 * encapsulation: no mark, no conntrack entry, no route; a super-packet and an
 * unfinished checksum stay what they are.
 *
 * Return: 0, or why it failed; @skb is the caller's either way
 */
enum srproxy_drop srp_decap(struct sk_buff *skb, const struct srp_outer *outer)
{
	enum srp_inner inner = srp_inner_index(outer->proto);
	u8 dsfield = ipv6_get_dsfield(ipv6_hdr(skb));
	unsigned int hlen;

	if (iptunnel_pull_header(skb, outer->len,
				 inner == SRP_INNER_IP4 ? htons(ETH_P_IP) :
							  htons(ETH_P_IPV6),
				 true))
		return SRPROXY_DROP_NO_MEMORY;
	/* There is no link-layer header of its own in front of it. */
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	skb_orphan(skb);
	skb_forward_csum(skb);

	if (inner == SRP_INNER_IP4) {
		hlen = ip_hdrlen(skb);
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	} else {
		hlen = sizeof(struct ipv6hdr);
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->iif = skb->dev->ifindex;
	}
	skb_set_transport_header(skb, hlen);

	/* Only CE and ECT(1) may have to be passed on to the inner packet. */
	if (unlikely(dsfield & INET_ECN_ECT_1)) {
		if (skb_ensure_writable(skb, hlen))
			return SRPROXY_DROP_NO_MEMORY;
		INET_ECN_decapsulate(skb, dsfield,
				     inner_dsfield(skb_network_header(skb),
						   inner));
	}
	return 0;
}
