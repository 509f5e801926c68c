/* SPDX-License-Identifier: GPL-2.0 */
/* Encapsulated packets on to their next segment. */
#ifndef _SRPROXY_TO_NETWORK_H
#define _SRPROXY_TO_NETWORK_H

#include "encap.h"

struct srp_net;
struct srp_sid;

/**
 * struct srp_saved - an encapsulation that a packet would have lost at once
 * @len:	its bytes; 0 if the packet has one
 * @hop_limit:	its hop limit, as the next SID would have seen it
 */
struct srp_saved {
	unsigned int len;
	u8 hop_limit;
};

struct srp_sid *srp_to_network(struct srp_net *sn, const struct srp_sid *sid,
			       struct sk_buff *skb, enum srp_inner inner,
			       u8 bypass_hops, struct srp_saved *saved);

#endif /* _SRPROXY_TO_NETWORK_H */
