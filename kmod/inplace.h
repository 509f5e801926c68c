/* SPDX-License-Identifier: GPL-2.0 */
/* Changes to the headers of a packet that keeps them. */
#ifndef _SRPROXY_INPLACE_H
#define _SRPROXY_INPLACE_H

#include "srh.h"

bool srp_edit_begin(struct sk_buff *skb, const struct srp_outer *outer);
void srp_edit_end(struct sk_buff *skb, const struct srp_outer *outer);

void srp_srh_remove(struct sk_buff *skb, struct srp_outer *outer);
enum srproxy_drop srp_srh_insert(struct sk_buff *skb, struct srp_outer *outer,
				 const struct ipv6_sr_hdr *srh);
void srp_packet_renew(struct sk_buff *skb, const struct srp_outer *outer);

#endif /* _SRPROXY_INPLACE_H */
