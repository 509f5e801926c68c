// SPDX-License-Identifier: GPL-2.0
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "modes.h"

#define DSCP_MASK	((u8)~INET_ECN_MASK)

/**
 * srp_hop_limit_set() - change hop limit or TTL of a plain packet
 * @skb:	IPv4 or IPv6 packet, its header writable
 * @inner:	which
 * @value:	new one
 */
void srp_hop_limit_set(struct sk_buff *skb, enum srp_inner inner, u8 value)
{
	struct iphdr *iph = ip_hdr(skb);

	if (inner != SRP_INNER_IP4) {
		ipv6_hdr(skb)->hop_limit = value;
		return;
	}
	csum_replace2(&iph->check, htons(iph->ttl << 8), htons(value << 8));
	iph->ttl = value;
}

/**
 * srp_modes_inwards() - pass on to a packet what its encapsulation said
 * @skb:	plain packet
 * @inner:	its type
 * @modes:	of the SID
 * @hop_limit:	of the outer header, as it arrived
 * @dsfield:	the same
 *
 * Congestion marks always (RFC 6040), the rest as the modes say.
 *
 * Return: false without memory
 */
bool srp_modes_inwards(struct sk_buff *skb, enum srp_inner inner,
		       const struct srp_modes *modes, u8 hop_limit, u8 dsfield)
{
	unsigned int hlen = inner == SRP_INNER_IP4 ? sizeof(struct iphdr) :
						     sizeof(struct ipv6hdr);
	bool uniform = modes->dscp == SRPROXY_DSCP_MODE_UNIFORM ||
		       modes->ttl == SRPROXY_TTL_MODE_UNIFORM;

	/* Only CE and ECT(1) may have to be passed on to the inner packet. */
	if (inner == SRP_INNER_ETH ||
	    likely(!(dsfield & INET_ECN_ECT_1) && !uniform))
		return true;
	if (skb_ensure_writable(skb, hlen))
		return false;

	if (modes->ttl == SRPROXY_TTL_MODE_UNIFORM)
		srp_hop_limit_set(skb, inner, hop_limit);
	if (modes->dscp == SRPROXY_DSCP_MODE_UNIFORM) {
		if (inner == SRP_INNER_IP4)
			ipv4_change_dsfield(ip_hdr(skb), INET_ECN_MASK,
					    dsfield & DSCP_MASK);
		else
			ipv6_change_dsfield(ipv6_hdr(skb), INET_ECN_MASK,
					    dsfield & DSCP_MASK);
	}
	INET_ECN_decapsulate(skb, dsfield, srp_dsfield(skb, inner));
	return true;
}

/**
 * srp_modes_dsfield() - DSCP and ECN of the encapsulation of a packet
 * @skb:	plain packet
 * @inner:	its type
 * @modes:	of the SID
 * @configured:	what the encapsulation says by itself
 */
u8 srp_modes_dsfield(const struct sk_buff *skb, enum srp_inner inner,
		     const struct srp_modes *modes, u8 configured)
{
	u8 dsfield;

	if (inner == SRP_INNER_ETH)
		return configured & DSCP_MASK;
	dsfield = srp_dsfield(skb, inner);
	if (modes->dscp != SRPROXY_DSCP_MODE_PIPE)
		return dsfield;
	return (configured & DSCP_MASK) | (dsfield & INET_ECN_MASK);
}
