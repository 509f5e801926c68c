/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SRHs that are kept while packets are at a VNF, by flow. As many as a SID
 * allows: the oldest make room.
 */
#ifndef _SRPROXY_FLOW_H
#define _SRPROXY_FLOW_H

#include <linux/rcupdate.h>

#include "srh.h"

/**
 * struct srp_flow_key - what packets of a flow have in common
 * @src:	source, IPv4 as a mapped address
 * @dst:	destination, the same
 * @sport:	0 without ports, and in fragments
 * @dport:	the same
 * @proto:	IPPROTO_*
 */
struct srp_flow_key {
	struct in6_addr src;
	struct in6_addr dst;
	__be16 sport;
	__be16 dport;
	u32 proto;
};

/**
 * struct srp_flow - the SRH of a flow
 * @key:	which
 * @kept:	when it was stored, get_jiffies_64()
 * @seen:	when a packet bore it last, coarse, in jiffies
 * @turn:	the same by srp_flows.turn, which tells flows of one tick apart
 * @len:	bytes of @srh
 * @rcu:	for its end
 * @srh:	as it arrived; immutable
 */
struct srp_flow {
	struct srp_flow_key key;
	u64 kept;
	unsigned long seen;
	u32 turn;
	u16 len;
	struct rcu_head rcu;
	u8 srh[] __aligned(8);
};

/**
 * struct srp_flows - the flows of a SID
 * @max:	as configured
 * @sets:	parts of @flow
 * @ways:	places in each
 * @seed:	of the hash that leads to a set
 * @turn:	counts new flows, and now and then packets of old ones
 * @rcu:	for its end
 * @flow:	@sets * @ways places; whoever exchanges one frees what it got
 */
struct srp_flows {
	u32 max;
	unsigned int sets;
	unsigned int ways;
	u32 seed;
	atomic_t turn;
	struct rcu_head rcu;
	struct srp_flow __rcu *flow[];
};

struct srp_flows *srp_flows_alloc(u32 max);
void srp_flows_free_rcu(struct srp_flows *flows);
void srp_flows_forget(struct srp_flows *flows);

static inline unsigned int srp_flows_size(const struct srp_flows *flows)
{
	return flows->sets * flows->ways;
}

void srp_flow_key(struct sk_buff *skb, const struct srp_outer *outer,
		  struct srp_flow_key *key);
bool srp_flow_keep(struct srp_flows *flows, const struct srp_flow_key *key,
		   const struct ipv6_sr_hdr *srh);
const struct ipv6_sr_hdr *srp_flow_srh(struct srp_flows *flows,
				       const struct srp_flow_key *key);

#endif /* _SRPROXY_FLOW_H */
