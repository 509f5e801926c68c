/* SPDX-License-Identifier: GPL-2.0 */
/* A proxy SID: an address of this node, and what is done with its packets. */
#ifndef _SRPROXY_SID_H
#define _SRPROXY_SID_H

#include <linux/hash.h>
#include <linux/netlink.h>
#include <net/ipv6.h>

#include "behavior.h"
#include "chain.h"
#include "flow.h"
#include "learn.h"
#include "stats.h"
#include "tracing.h"
#include "vnf.h"

struct srp_change;

/**
 * struct srp_sid_params - what a user says of a SID, but for the names of its
 *			   VNF and chain
 * @addr:	the address, or the prefix with zeros behind it
 * @behavior:	what it does
 * @flavors:	mask of SRPROXY_FLAVOR_*
 * @prefix_len:	bits of @addr that count
 * @inner:	mask of SRPROXY_INNER_*
 * @margin:	hop-limit difference that is no change
 * @lblen:	bits of the locator block, 0 unless compressed
 * @permit:	enum srproxy_permit
 * @modes:	of hop limit and DSCP
 * @reverse:	the VNF the other way round
 * @require_hmac: drop what has no valid HMAC
 * @hook:	enum srproxy_hook
 * @ageing:	seconds that a learned header lives unseen, 0 for ever
 * @table:	routing table for what is sent on, 0 for the node's rules
 * @hmac:	id of the key for HMACs made anew, 0 for none
 * @flows:	how many SRHs are kept
 * @fib:	table of the SID's own route, for user space, 0 for the default
 * @metric:	its metric, for user space, 0 for the default
 */
struct srp_sid_params {
	struct in6_addr addr;
	const struct srp_behavior *behavior;
	u32 flavors;
	u8 prefix_len;
	u8 inner;
	u8 margin;
	u8 lblen;
	u8 permit;
	struct srp_modes modes;
	bool reverse;
	bool require_hmac;
	u8 hook;
	u32 ageing;
	u32 table;
	u32 hmac;
	u32 flows;
	u32 fib;
	u32 metric;
};

/* What a SID is before the user has said anything. */
#define SRP_SID_PARAMS_DEFAULT {			\
	.prefix_len = 128,				\
	.margin = SRPROXY_MARGIN_DEFAULT,		\
	.flows = SRPROXY_FLOWS_DEFAULT,			\
}

/**
 * struct srp_sid_spec - all that a user says of a SID
 * @params:	what a SID keeps of it
 * @vnf:	name of its VNF, zero padded
 * @chain:	name of its chain, zero padded, empty without
 */
struct srp_sid_spec {
	struct srp_sid_params params;
	char vnf[SRPROXY_NAME_SIZE];
	char chain[SRPROXY_NAME_SIZE];
};

/**
 * struct srp_sid - a SID; immutable but for what is marked: a change puts
 *		    another in its place
 * @vnf:	its VNF, changed when that is replaced and published
 * @memory:	learned headers, NULL for SIDs that do not learn
 * @stats:	counters and next hops
 * @params:	configuration
 * @node:	in srp_net.sids
 * @chain:	its chain, NULL without; changed in the same way
 * @flows:	SRHs kept by flow, NULL for SIDs that do not keep any
 * @vrf:	index of the VRF whose table is @params.table, 0 without; changes
 *		with what VRFs there are; of a last segment only
 * @heir:	another SID has taken @memory, @flows, @stats and @drops over
 * @addr:	its place in srp_net.sids. Packets find it there by @params.addr,
 *		which is another one until it is published
 * @drops:	counters of what is dropped
 * @at_vnf:	in @vnf->sids
 * @rcu:	for its end, when it is in no list
 * @at_chain:	in @chain->sids
 * @net:	its namespace, for tracing
 *
 * What packets read is first: two cache lines, the first nearly enough.
 */
struct srp_sid {
	struct srp_vnf __rcu *vnf;
	struct srp_memory *memory;
	struct srp_stats __percpu *stats;
	struct srp_sid_params params;
	struct srp_node node;
	struct srp_chain __rcu *chain;
	struct srp_flows *flows;
	unsigned int vrf;
	bool heir;
	struct in6_addr addr;
	struct srp_drops __percpu *drops;
	union {
		struct list_head at_vnf;
		struct rcu_head rcu;
	};
	struct list_head at_chain;
	const struct net *net;
};

/* Is what returns routed by its own address? */
static inline bool srp_params_last(const struct srp_sid_params *params)
{
	return params->flavors & SRPROXY_FLAVOR_LAST;
}

static inline bool srp_sid_is_last(const struct srp_sid *sid)
{
	return srp_params_last(&sid->params);
}

static inline bool srp_params_chained(const struct srp_sid_params *params)
{
	return params->behavior->chained && !srp_params_last(params);
}

static inline bool srp_params_learn(const struct srp_sid_params *params)
{
	return params->behavior->learns && !srp_params_last(params);
}

static inline bool srp_params_keep_flows(const struct srp_sid_params *params)
{
	return params->behavior == &srp_end_an ?
	       params->permit != SRPROXY_PERMIT_FULL :
	       params->flavors & SRPROXY_FLAVOR_CACHE;
}

/* Is the SID a route of the FIB? */
static inline bool srp_params_routed(const struct srp_sid_params *params)
{
	return params->hook != SRPROXY_HOOK_PREROUTING;
}

/*
 * Does it need PRE_ROUTING? From there is routed what returns from behind the
 * last segment, and it is next to whatever is left to the stack before.
 */
static inline bool srp_params_prerouting(const struct srp_sid_params *params)
{
	return params->hook != SRPROXY_HOOK_LOCAL || srp_params_last(params);
}

/* Inner types whose returns are the SID's. Frames have no address of their own. */
static inline u8 srp_sid_circuits(const struct srp_sid_params *params)
{
	return srp_params_last(params) ? params->inner & ~SRPROXY_INNER_ETH :
					 params->inner;
}

/* The side of the VNF that packets are sent to. */
static inline enum srp_side srp_sid_side(const struct srp_sid_params *params)
{
	return params->reverse ? SRP_IIF : SRP_DEV;
}

/* The port where they return. */
static inline struct srp_port *srp_sid_port_back(const struct srp_sid *sid,
						 const struct srp_vnf *vnf)
{
	return vnf->port[!srp_sid_side(&sid->params)];
}

/* The VNF that packets know of; locked. */
static inline struct srp_vnf *srp_sid_vnf(const struct srp_net *sn,
					  const struct srp_sid *sid)
{
	return rcu_dereference_protected(sid->vnf, lockdep_is_held(&sn->lock));
}

/* The chain that packets know of, NULL without; locked. */
static inline struct srp_chain *srp_sid_chain(const struct srp_net *sn,
					      const struct srp_sid *sid)
{
	return rcu_dereference_protected(sid->chain,
					 lockdep_is_held(&sn->lock));
}

/* Is an address one of the SID's? */
static inline bool srp_sid_has(const struct srp_sid *sid,
			       const struct in6_addr *addr)
{
	return ipv6_prefix_equal(addr, &sid->params.addr,
				 sid->params.prefix_len);
}

/*
 * Every packet of the namespace pays for it. Those who choose addresses of SIDs
 * fill their own table: nobody else can make it a bad hash.
 */
static inline u32 srp_addr_hash(const void *addr, u32 len, u32 seed)
{
	u64 words[2];

	memcpy(words, addr, sizeof(words));
	words[1] ^= (words[0] ^ seed) * GOLDEN_RATIO_64;
	/* What tells addresses apart is at their end: not above all else. */
	words[1] ^= words[1] >> 32;
	return words[1] * GOLDEN_RATIO_64 >> 32;
}

static inline u32 srp_sid_hash(const void *sid, u32 len, u32 seed)
{
	return srp_addr_hash(&((const struct srp_sid *)sid)->addr, len, seed);
}

/* The address of those that are hidden is a multicast one, as is no SID's. */
static inline int srp_sid_cmp(struct rhashtable_compare_arg *arg,
			      const void *sid)
{
	return !ipv6_addr_equal(&((const struct srp_sid *)sid)->params.addr,
				arg->key) ||
	       unlikely(ipv6_addr_is_multicast(arg->key));
}

/* Here, so that the lookup of every packet is compiled with constants. */
static const struct rhashtable_params srp_sid_params = {
	.head_offset = offsetof(struct srp_sid, node.hash),
	.key_offset = offsetof(struct srp_sid, addr),
	.key_len = sizeof(struct in6_addr),
	.hashfn = srp_addr_hash,
	.obj_hashfn = srp_sid_hash,
	.obj_cmpfn = srp_sid_cmp,
	.automatic_shrinking = true,
};

/* The SID that has this very address, or begins with it. Under RCU. */
static inline struct srp_sid *srp_sid_get(struct srp_net *sn,
					  const struct in6_addr *addr)
{
	return rhashtable_lookup(&sn->sids.hash, addr, srp_sid_params);
}

struct srp_sid *srp_sid_find_prefix(struct srp_net *sn,
				    const struct in6_addr *addr);

/* The SID of a destination, or NULL. Under RCU. */
static inline struct srp_sid *srp_sid_find(struct srp_net *sn,
					   const struct in6_addr *addr)
{
	struct srp_sid *sid = srp_sid_get(sn, addr);

	if (sid || likely(bitmap_empty(sn->prefix_lens, 128)))
		return sid;
	return srp_sid_find_prefix(sn, addr);
}

static inline void srp_stats_in(const struct srp_sid *sid, unsigned int bytes)
{
	struct srp_stats *stats = this_cpu_ptr(sid->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->in_packets);
	u64_stats_add(&stats->in_bytes, bytes);
	u64_stats_update_end(&stats->syncp);
}

/* @encap is NULL for a packet that keeps its header, or has none. */
static inline void srp_stats_out(const struct srp_sid *sid,
				 const struct sk_buff *skb,
				 const struct srp_encap *encap,
				 unsigned int bytes)
{
	struct srp_stats *stats = this_cpu_ptr(sid->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->out_packets);
	u64_stats_add(&stats->out_bytes, bytes);
	u64_stats_update_end(&stats->syncp);
	if (tracepoint_enabled(srproxy_encap))
		srp_trace_encap(sid, skb, encap, bytes);
}

/*
 * Where this CPU's packets of an inner type have been sent last. Frames, which
 * are few beside IPv4 packets, share with them. Under RCU, softirqs off.
 */
static inline struct srp_next_hop *srp_next_hop_of(const struct srp_sid *sid,
						   enum srp_inner inner)
{
	return &this_cpu_ptr(sid->stats)->next_hop[inner != SRP_INNER_IP6];
}

bool srp_addr_routable(const struct in6_addr *addr);
enum srproxy_drop srp_sid_step(const struct srp_sid *sid, struct sk_buff *skb,
			       const struct srp_outer *outer,
			       struct srp_step *step);
enum srproxy_drop srp_sid_admit(const struct srp_sid *sid, struct sk_buff *skb,
				const struct srp_outer *outer);
bool srp_sid_keep_srh(const struct srp_sid *sid, struct sk_buff *skb,
		      const struct srp_outer *outer);
bool srp_sid_sign(struct srp_net *sn, const struct srp_sid *sid,
		  struct sk_buff *skb, const struct srp_outer *outer);
enum srproxy_drop srp_sid_last_check(const struct srp_sid *sid,
				     struct sk_buff *skb,
				     const struct srp_outer *outer);

struct srp_node *srp_sid_place(struct srp_net *sn, const struct in6_addr *addr);
int srp_sid_check_vnf(const struct srp_sid *sid, const struct srp_vnf *vnf,
		      struct nlattr *attr, struct netlink_ext_ack *extack);
bool srp_sid_wants_frames(const struct srp_sid *sid,
			  const struct srp_port *port);
void srp_sid_spec_of(struct srp_sid_spec *spec, const struct srp_net *sn,
		     const struct srp_sid *sid);
int srp_sid_stage(struct srp_net *sn, const struct srp_sid_spec *spec,
		  struct srp_change *change, struct nlattr **tb,
		  struct netlink_ext_ack *extack);
int srp_sid_stage_del(struct srp_net *sn, struct srp_change *change,
		      const struct nlattr *key, struct netlink_ext_ack *extack);
void srp_sid_forget(struct srp_net *sn, struct srp_sid *sid);

#endif /* _SRPROXY_SID_H */
