/* SPDX-License-Identifier: GPL-2.0 */
/* Encapsulated packets on to their next segment. */
#ifndef _SRPROXY_TO_NETWORK_H
#define _SRPROXY_TO_NETWORK_H

#include "encap.h"

struct srp_net;
struct srp_sid;

struct srp_sid *srp_to_network(struct srp_net *sn, const struct srp_sid *sid,
			       struct sk_buff *skb, enum srp_inner inner,
			       u8 bypass_hops);

#endif /* _SRPROXY_TO_NETWORK_H */
