/* SPDX-License-Identifier: GPL-2.0 */
/* Whole Ethernet frames, skb->data at their first byte. */
#ifndef _SRPROXY_FRAME_H
#define _SRPROXY_FRAME_H

#include "srh.h"
#include "vlan.h"

struct sk_buff *srp_frame_untag(struct sk_buff *skb, unsigned int tags);
void srp_frame_to_packet(struct sk_buff *skb, enum srp_inner inner);
struct sk_buff *srp_frame_finish(struct sk_buff *skb);
bool srp_frame_tag(struct sk_buff *skb, const struct srp_vlans *vlans);

#endif /* _SRPROXY_FRAME_H */
