/* SPDX-License-Identifier: GPL-2.0 */
/* The way of a packet: from the network to the VNF, and back. */
#ifndef _SRPROXY_PROXY_H
#define _SRPROXY_PROXY_H

#include "srh.h"

struct srp_net;
struct srp_sid;

void srp_proxy_in(struct srp_net *sn, struct srp_sid *sid,
		  struct sk_buff *skb);
void srp_proxy_routed(struct srp_net *sn, struct srp_sid *sid,
		      struct sk_buff *skb, int iif);
void srp_proxy_out(struct srp_net *sn, struct srp_sid *sid,
		   struct sk_buff *skb, enum srp_inner inner);

#endif /* _SRPROXY_PROXY_H */
