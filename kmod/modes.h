/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the inner and the outer header have to do with each other beyond ECN:
 * hop limit (RFC 3443) and DSCP (RFC 2983), by the modes of a SID.
 */
#ifndef _SRPROXY_MODES_H
#define _SRPROXY_MODES_H

#include <linux/ip.h>
#include <net/dsfield.h>
#include <net/ipv6.h>

#include "srh.h"

/**
 * struct srp_modes - modes of a SID
 * @ttl:	enum srproxy_ttl_mode
 * @dscp:	enum srproxy_dscp_mode
 */
struct srp_modes {
	u8 ttl;
	u8 dscp;
};

/* DSCP and ECN of a plain packet, IPv4 or IPv6. */
static inline u8 srp_dsfield(const struct sk_buff *skb, enum srp_inner inner)
{
	return inner == SRP_INNER_IP4 ? ipv4_get_dsfield(ip_hdr(skb)) :
					ipv6_get_dsfield(ipv6_hdr(skb));
}

/* Its hop limit or TTL. */
static inline u8 srp_hop_limit(const struct sk_buff *skb, enum srp_inner inner)
{
	return inner == SRP_INNER_IP4 ? ip_hdr(skb)->ttl :
					ipv6_hdr(skb)->hop_limit;
}

void srp_hop_limit_set(struct sk_buff *skb, enum srp_inner inner, u8 value);

bool srp_modes_inwards(struct sk_buff *skb, enum srp_inner inner,
		       const struct srp_modes *modes, u8 hop_limit, u8 dsfield);
u8 srp_modes_dsfield(const struct sk_buff *skb, enum srp_inner inner,
		     const struct srp_modes *modes, u8 configured);

#endif /* _SRPROXY_MODES_H */
