/* SPDX-License-Identifier: GPL-2.0 */
/* What arrives on a return interface but is the node's own business. */
#ifndef _SRPROXY_LOCAL_H
#define _SRPROXY_LOCAL_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

struct srp_sid;

bool srp_local_addrs4(const struct iphdr *iph);
bool srp_local_addrs6(const struct ipv6hdr *ip6h);
bool srp_local_ip4(struct sk_buff *skb, const struct srp_sid *sid);
bool srp_local_ip6(struct sk_buff *skb, const struct srp_sid *sid);

#endif /* _SRPROXY_LOCAL_H */
