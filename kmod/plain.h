/* SPDX-License-Identifier: GPL-2.0 */
/* Packets from behind the last segment, which their own address routes. */
#ifndef _SRPROXY_PLAIN_H
#define _SRPROXY_PLAIN_H

#include "srh.h"

struct srp_net;
struct srp_sid;

unsigned int srp_plain_vrf(struct net *net, u32 table);
void srp_plain_vrf_changed(struct srp_net *sn);
bool srp_plain_enter(struct srp_net *sn, const struct srp_sid *sid,
		     struct sk_buff *skb, enum srp_inner inner);
void srp_plain_forward(struct srp_net *sn, const struct srp_sid *sid,
		       struct sk_buff *skb, enum srp_inner inner);

#endif /* _SRPROXY_PLAIN_H */
