/* SPDX-License-Identifier: GPL-2.0 */
/* A proxy SID: an address of this node, and what is done with its packets. */
#ifndef _SRPROXY_SID_H
#define _SRPROXY_SID_H

#include <linux/netlink.h>
#include <net/ipv6.h>

#include "behavior.h"
#include "chain.h"
#include "learn.h"
#include "stats.h"
#include "vnf.h"

/**
 * struct srp_sid_params - what a user says of a SID
 * @addr:	the address
 * @behavior:	what it does
 * @inner:	mask of SRPROXY_INNER_*
 * @vnf:	name of its VNF, zero padded
 * @chain:	name of its chain, zero padded, empty without
 * @ageing:	seconds that a learned header lives unseen, 0 for ever
 * @margin:	hop-limit difference that is no change
 * @table:	routing table for learned headers, 0 for the node's rules
 */
struct srp_sid_params {
	struct in6_addr addr;
	const struct srp_behavior *behavior;
	u8 inner;
	u8 margin;
	u32 ageing;
	u32 table;
	char vnf[SRPROXY_NAME_SIZE];
	char chain[SRPROXY_NAME_SIZE];
};

/**
 * struct srp_sid - a SID; immutable but for what is marked: a change puts
 *		    another in its place
 * @node:	in srp_net.sids, by @params.addr
 * @params:	configuration
 * @vnf:	its VNF, changed when that is replaced
 * @chain:	its chain, NULL without; changed when that is replaced
 * @memory:	learned headers, NULL for behaviors that do not learn
 * @stats:	counters
 * @heir:	another SID has taken @memory and @stats over
 * @at_vnf:	in @vnf->sids
 * @at_chain:	in @chain->sids
 * @rcu:	for its end
 */
struct srp_sid {
	struct srp_node node;
	struct srp_sid_params params;
	struct srp_vnf __rcu *vnf;
	struct srp_chain __rcu *chain;
	struct srp_memory *memory;
	struct srp_stats __percpu *stats;
	bool heir;
	struct list_head at_vnf;
	struct list_head at_chain;
	struct rcu_head rcu;
};

static inline u32 srp_addr_hash(const void *addr, u32 len, u32 seed)
{
	return __ipv6_addr_jhash(addr, seed);
}

static inline u32 srp_sid_hash(const void *sid, u32 len, u32 seed)
{
	return __ipv6_addr_jhash(&((const struct srp_sid *)sid)->params.addr,
				 seed);
}

static inline int srp_sid_cmp(struct rhashtable_compare_arg *arg,
			      const void *sid)
{
	return !ipv6_addr_equal(&((const struct srp_sid *)sid)->params.addr,
				arg->key);
}

/* Here, so that the lookup of every packet is compiled with constants. */
static const struct rhashtable_params srp_sid_params = {
	.head_offset = offsetof(struct srp_sid, node.hash),
	.key_offset = offsetof(struct srp_sid, params.addr),
	.key_len = sizeof(struct in6_addr),
	.hashfn = srp_addr_hash,
	.obj_hashfn = srp_sid_hash,
	.obj_cmpfn = srp_sid_cmp,
	.automatic_shrinking = true,
};

/* The SID of an address, or NULL. Under RCU or locked. */
static inline struct srp_sid *srp_sid_find(struct srp_net *sn,
					   const struct in6_addr *addr)
{
	return rhashtable_lookup(&sn->sids.hash, addr, srp_sid_params);
}

bool srp_addr_routable(const struct in6_addr *addr);
int srp_sid_check_next_hops(const struct srp_vnf *vnf, u8 inner,
			    struct nlattr *attr,
			    struct netlink_ext_ack *extack);
int srp_sid_set(struct srp_net *sn, const struct srp_sid_params *params,
		struct srp_sid *old, struct nlattr **tb,
		struct netlink_ext_ack *extack);
void srp_sid_del(struct srp_net *sn, struct srp_sid *sid);
void srp_sid_flush(struct srp_net *sn);

#endif /* _SRPROXY_SID_H */
