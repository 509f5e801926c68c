/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors about plain packets, to their source. */
#ifndef _SRPROXY_ICMP_H
#define _SRPROXY_ICMP_H

#include "srh.h"

void srp_icmp_time_exceeded(struct sk_buff *skb, enum srp_inner inner);
void srp_icmp_too_big(struct sk_buff *skb, enum srp_inner inner,
		      unsigned int mtu);
void srp_icmp_unreachable(struct sk_buff *skb, enum srp_inner inner);

#endif /* _SRPROXY_ICMP_H */
