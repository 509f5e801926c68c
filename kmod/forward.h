/* SPDX-License-Identifier: GPL-2.0 */
/* The way out of the node, once a packet bears its outer header and its route. */
#ifndef _SRPROXY_FORWARD_H
#define _SRPROXY_FORWARD_H

#include <linux/skbuff.h>
#include <net/net_namespace.h>

void srp_take_outer_hop(struct sk_buff *skb);
void srp_forward(struct net *net, struct sk_buff *skb);
void srp_forward_teardown(void);

#endif /* _SRPROXY_FORWARD_H */
