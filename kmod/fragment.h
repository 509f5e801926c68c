/* SPDX-License-Identifier: GPL-2.0 */
/* Does a packet fit, and what becomes of one that does not? */
#ifndef _SRPROXY_FRAGMENT_H
#define _SRPROXY_FRAGMENT_H

#include <net/ip.h>
#include <net/route.h>

#include "compat/gso.h"
#include "srh.h"

/**
 * struct srp_fragmenter - what to do with each fragment
 * @output:	consumes the fragment
 *
 * Embedded in what @output needs to know; it lives on the stack.
 */
struct srp_fragmenter {
	struct rtable rt;
	void (*output)(struct srp_fragmenter *fragmenter, struct sk_buff *skb);
};

/* What each kind of packet is promised to get through with. */
static inline unsigned int srp_mtu_min(enum srp_inner inner)
{
	switch (inner) {
	case SRP_INNER_IP4:
		return IPV4_MIN_MTU;
	case SRP_INNER_IP6:
		return IPV6_MIN_MTU;
	default:
		return 0;
	}
}

/* Is a plain packet, or each segment of a super-packet, in bounds? */
static inline bool srp_fits(const struct sk_buff *skb, unsigned int mtu)
{
	return skb->len <= mtu ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

bool srp_fragmentable(const struct sk_buff *skb, enum srp_inner inner);
bool srp_fragment(struct srp_fragmenter *fragmenter, struct net_device *dev,
		  struct sk_buff *skb, unsigned int mtu);

#endif /* _SRPROXY_FRAGMENT_H */
