/* SPDX-License-Identifier: GPL-2.0 */
/* Packets for SIDs, from where they are met to their behaviors. */
#ifndef _SRPROXY_ARRIVAL_H
#define _SRPROXY_ARRIVAL_H

#include <linux/skbuff.h>

struct srp_net;
struct srp_sid;

bool srp_arrival_wait(struct srp_net *sn, struct srp_sid *sid,
		      unsigned long sids_genid, struct sk_buff *skb);
void srp_arrival_go_on(struct list_head *packets);

#endif /* _SRPROXY_ARRIVAL_H */
