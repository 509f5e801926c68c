// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>

#include "message.h"
#include "policy.h"
#include "refuse.h"

/* Close a nest, or take it back if something did not fit. */
static int nest_end(struct sk_buff *msg, struct nlattr *nest, bool overflow)
{
	if (overflow) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

/* Keys of the tables are compared to their last byte: pad with zeros. */
static void parse_name(char *to, size_t size, const struct nlattr *attr)
{
	if (attr)
		strscpy_pad(to, nla_data(attr), size);
}

static bool put_vnf_next_hops(struct sk_buff *msg,
			      const struct srp_vnf_params *params)
{
	return (params->nh4.s_addr &&
		nla_put_in_addr(msg, SRPROXY_A_VNF_NH4, params->nh4.s_addr)) ||
	       (!ipv6_addr_any(&params->nh6) &&
		nla_put_in6_addr(msg, SRPROXY_A_VNF_NH6, &params->nh6)) ||
	       (!is_zero_ether_addr(params->lladdr) &&
		nla_put(msg, SRPROXY_A_VNF_LLADDR, ETH_ALEN, params->lladdr));
}

int srp_vnf_fill(struct sk_buff *msg, struct srp_net *sn,
		 const struct srp_node *node)
{
	const struct srp_vnf *vnf = container_of(node, struct srp_vnf, node);
	const struct srp_vnf_params *params = &vnf->params;
	struct nlattr *nest;
	bool up;

	nest = nla_nest_start(msg, SRPROXY_A_VNF);
	if (!nest)
		return -EMSGSIZE;
	rcu_read_lock();
	up = srp_vnf_ready(vnf);
	rcu_read_unlock();
	return nest_end(msg, nest,
		nla_put_string(msg, SRPROXY_A_VNF_NAME, params->name) ||
		nla_put_string(msg, SRPROXY_A_VNF_DEV, params->dev) ||
		nla_put_string(msg, SRPROXY_A_VNF_IIF, params->iif) ||
		put_vnf_next_hops(msg, params) ||
		nla_put_u8(msg, SRPROXY_A_VNF_ON_DOWN, params->on_down) ||
		nla_put_u8(msg, SRPROXY_A_VNF_STATE,
			   up ? SRPROXY_VNF_STATE_UP : SRPROXY_VNF_STATE_DOWN) ||
		nla_put_u32(msg, SRPROXY_A_VNF_DEV_IFINDEX,
			    srp_port_ifindex(vnf->out)) ||
		nla_put_u32(msg, SRPROXY_A_VNF_IIF_IFINDEX,
			    srp_port_ifindex(vnf->in)) ||
		nla_put_u32(msg, SRPROXY_A_VNF_SIDS, vnf->n_sids));
}

int srp_vnf_fill_key(struct sk_buff *msg, struct srp_net *sn,
		     const struct srp_node *node)
{
	const struct srp_vnf *vnf = container_of(node, struct srp_vnf, node);
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_VNF);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest, nla_put_string(msg, SRPROXY_A_VNF_NAME,
						  vnf->params.name));
}

void srp_vnf_parse(struct srp_vnf_params *params, struct nlattr **tb)
{
	parse_name(params->name, sizeof(params->name), tb[SRPROXY_A_VNF_NAME]);
	parse_name(params->dev, sizeof(params->dev), tb[SRPROXY_A_VNF_DEV]);
	parse_name(params->iif, sizeof(params->iif), tb[SRPROXY_A_VNF_IIF]);
	if (!tb[SRPROXY_A_VNF_IIF] && !params->iif[0])
		strscpy_pad(params->iif, params->dev, sizeof(params->iif));
	if (tb[SRPROXY_A_VNF_NH4])
		params->nh4.s_addr = nla_get_in_addr(tb[SRPROXY_A_VNF_NH4]);
	if (tb[SRPROXY_A_VNF_NH6])
		params->nh6 = nla_get_in6_addr(tb[SRPROXY_A_VNF_NH6]);
	if (tb[SRPROXY_A_VNF_LLADDR])
		ether_addr_copy(params->lladdr,
				nla_data(tb[SRPROXY_A_VNF_LLADDR]));
	if (tb[SRPROXY_A_VNF_ON_DOWN])
		params->on_down = nla_get_u8(tb[SRPROXY_A_VNF_ON_DOWN]);
}

int srp_chain_fill(struct sk_buff *msg, struct srp_net *sn,
		   const struct srp_node *node)
{
	const struct srp_chain *chain =
		container_of(node, struct srp_chain, node);
	const struct srp_chain_params *params = &chain->params;
	struct nlattr *nest;

	nest = nla_nest_start(msg, SRPROXY_A_CHAIN);
	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_string(msg, SRPROXY_A_CHAIN_NAME, params->name) ||
		nla_put_in6_addr(msg, SRPROXY_A_CHAIN_SRC, &params->src) ||
		nla_put(msg, SRPROXY_A_CHAIN_SEGS, params->nsegs * SRP_SEG_SIZE,
			params->segs) ||
		nla_put_u8(msg, SRPROXY_A_CHAIN_HOP_LIMIT, params->hop_limit) ||
		nla_put_u8(msg, SRPROXY_A_CHAIN_REDUCED, params->reduced) ||
		nla_put_u32(msg, SRPROXY_A_CHAIN_TABLE, params->table) ||
		nla_put_u32(msg, SRPROXY_A_CHAIN_SIDS, chain->n_sids));
}

int srp_chain_fill_key(struct sk_buff *msg, struct srp_net *sn,
		       const struct srp_node *node)
{
	const struct srp_chain *chain =
		container_of(node, struct srp_chain, node);
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_CHAIN);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest, nla_put_string(msg, SRPROXY_A_CHAIN_NAME,
						  chain->params.name));
}

int srp_chain_parse(struct srp_chain_params *params, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *segs = tb[SRPROXY_A_CHAIN_SEGS];

	parse_name(params->name, sizeof(params->name),
		   tb[SRPROXY_A_CHAIN_NAME]);
	if (tb[SRPROXY_A_CHAIN_SRC])
		params->src = nla_get_in6_addr(tb[SRPROXY_A_CHAIN_SRC]);
	if (segs) {
		if (nla_len(segs) % SRP_SEG_SIZE) {
			srp_refuse(extack, segs,
				   "segs is %d bytes, not a multiple of 16",
				   nla_len(segs));
			return -EINVAL;
		}
		params->segs = nla_data(segs);
		params->nsegs = nla_len(segs) / SRP_SEG_SIZE;
	}
	if (tb[SRPROXY_A_CHAIN_HOP_LIMIT])
		params->hop_limit = nla_get_u8(tb[SRPROXY_A_CHAIN_HOP_LIMIT]);
	if (tb[SRPROXY_A_CHAIN_REDUCED])
		params->reduced = nla_get_u8(tb[SRPROXY_A_CHAIN_REDUCED]);
	if (tb[SRPROXY_A_CHAIN_TABLE])
		params->table = nla_get_u32(tb[SRPROXY_A_CHAIN_TABLE]);
	return 0;
}

static int put_u64(struct sk_buff *msg, int type, u64 value)
{
	return nla_put_u64_64bit(msg, type, value, SRPROXY_A_STATS_PAD);
}

static int put_drops(struct sk_buff *msg, const struct srp_stats_sum *sum)
{
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_STATS_DROPS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	BUILD_BUG_ON((int)SRPROXY_DROP_PAD != (int)SRPROXY_A_STATS_PAD);
	for (i = SRPROXY_DROP_PAD + 1; i <= SRPROXY_DROP_MAX; i++)
		if (put_u64(msg, i, sum->drops[i]))
			return nest_end(msg, nest, true);
	return nest_end(msg, nest, false);
}

static int put_stats(struct sk_buff *msg, const struct srp_sid *sid)
{
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_SID_STATS);
	struct srp_stats_sum sum;

	if (!nest)
		return -EMSGSIZE;
	srp_stats_read(sid, &sum);
	return nest_end(msg, nest,
		put_u64(msg, SRPROXY_A_STATS_IN_PACKETS, sum.in_packets) ||
		put_u64(msg, SRPROXY_A_STATS_IN_BYTES, sum.in_bytes) ||
		put_u64(msg, SRPROXY_A_STATS_OUT_PACKETS, sum.out_packets) ||
		put_u64(msg, SRPROXY_A_STATS_OUT_BYTES, sum.out_bytes) ||
		put_drops(msg, &sum));
}

static bool put_sid_learning(struct sk_buff *msg,
			     const struct srp_sid_params *params)
{
	return nla_put_u32(msg, SRPROXY_A_SID_AGEING, params->ageing) ||
	       nla_put_u8(msg, SRPROXY_A_SID_MARGIN, params->margin) ||
	       nla_put_u32(msg, SRPROXY_A_SID_TABLE, params->table);
}

static int sid_fill(struct sk_buff *msg, const struct srp_node *node,
		    bool stats)
{
	const struct srp_sid *sid = container_of(node, struct srp_sid, node);
	const struct srp_sid_params *params = &sid->params;
	struct nlattr *nest;

	nest = nla_nest_start(msg, SRPROXY_A_SID);
	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_in6_addr(msg, SRPROXY_A_SID_ADDR, &params->addr) ||
		nla_put_u8(msg, SRPROXY_A_SID_BEHAVIOR, params->behavior->id) ||
		nla_put_u8(msg, SRPROXY_A_SID_INNER, params->inner) ||
		nla_put_string(msg, SRPROXY_A_SID_VNF, params->vnf) ||
		(params->behavior->chained &&
		 nla_put_string(msg, SRPROXY_A_SID_CHAIN, params->chain)) ||
		(params->behavior->learns && put_sid_learning(msg, params)) ||
		(stats && put_stats(msg, sid)));
}

int srp_sid_fill(struct sk_buff *msg, struct srp_net *sn,
		 const struct srp_node *node)
{
	return sid_fill(msg, node, false);
}

int srp_sid_fill_stats(struct sk_buff *msg, struct srp_net *sn,
		       const struct srp_node *node)
{
	return sid_fill(msg, node, true);
}

int srp_sid_fill_key(struct sk_buff *msg, struct srp_net *sn,
		     const struct srp_node *node)
{
	const struct srp_sid *sid = container_of(node, struct srp_sid, node);
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_SID);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest, nla_put_in6_addr(msg, SRPROXY_A_SID_ADDR,
						    &sid->params.addr));
}

/* What only another behavior had a use for goes back to its default. */
static void reset_unused(struct srp_sid_params *params)
{
	if (!params->behavior)
		return;
	if (!params->behavior->chained)
		memset(params->chain, 0, sizeof(params->chain));
	if (!params->behavior->learns) {
		params->ageing = 0;
		params->margin = SRPROXY_MARGIN_DEFAULT;
		params->table = 0;
	}
}

void srp_sid_parse(struct srp_sid_params *params, struct nlattr **tb)
{
	params->addr = nla_get_in6_addr(tb[SRPROXY_A_SID_ADDR]);
	if (tb[SRPROXY_A_SID_BEHAVIOR])
		params->behavior =
			srp_behavior_find(nla_get_u8(tb[SRPROXY_A_SID_BEHAVIOR]));
	if (tb[SRPROXY_A_SID_INNER])
		params->inner = nla_get_u8(tb[SRPROXY_A_SID_INNER]);
	parse_name(params->vnf, sizeof(params->vnf), tb[SRPROXY_A_SID_VNF]);
	parse_name(params->chain, sizeof(params->chain),
		   tb[SRPROXY_A_SID_CHAIN]);
	if (tb[SRPROXY_A_SID_AGEING])
		params->ageing = nla_get_u32(tb[SRPROXY_A_SID_AGEING]);
	if (tb[SRPROXY_A_SID_MARGIN])
		params->margin = nla_get_u8(tb[SRPROXY_A_SID_MARGIN]);
	if (tb[SRPROXY_A_SID_TABLE])
		params->table = nla_get_u32(tb[SRPROXY_A_SID_TABLE]);
	reset_unused(params);
}

int srp_circuit_fill(struct sk_buff *msg, struct srp_net *sn,
		     const struct srp_port *port, enum srp_inner inner)
{
	const struct srp_sid *sid =
		rcu_dereference_protected(port->circuit[inner],
					  lockdep_is_held(&sn->lock));
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_CIRCUIT);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_string(msg, SRPROXY_A_CIRCUIT_IIF, port->name) ||
		nla_put_u32(msg, SRPROXY_A_CIRCUIT_IFINDEX,
			    srp_port_ifindex(port)) ||
		nla_put_u8(msg, SRPROXY_A_CIRCUIT_INNER, BIT(inner)) ||
		nla_put_in6_addr(msg, SRPROXY_A_CIRCUIT_SID,
				 &sid->params.addr) ||
		nla_put_string(msg, SRPROXY_A_CIRCUIT_VNF, sid->params.vnf));
}

static int put_msecs(struct sk_buff *msg, int type, u64 ticks)
{
	return nla_put_u64_64bit(msg, type, jiffies64_to_msecs(ticks),
				 SRPROXY_A_CACHE_PAD);
}

int srp_cache_fill(struct sk_buff *msg, const struct srp_sid *sid,
		   enum srp_inner inner, const struct srp_encap *encap)
{
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_CACHE);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_in6_addr(msg, SRPROXY_A_CACHE_SID,
				 &sid->params.addr) ||
		nla_put_u8(msg, SRPROXY_A_CACHE_INNER, BIT(inner)) ||
		nla_put(msg, SRPROXY_A_CACHE_HEADER, encap->len, encap->hdr) ||
		put_msecs(msg, SRPROXY_A_CACHE_AGE,
			  get_jiffies_64() - encap->learned) ||
		(sid->params.ageing &&
		 put_msecs(msg, SRPROXY_A_CACHE_IDLE,
			   srp_learned_idle(encap))) ||
		(srp_learned_expired(sid, encap) &&
		 nla_put_flag(msg, SRPROXY_A_CACHE_EXPIRED)));
}

int srp_cache_fill_key(struct sk_buff *msg, const struct srp_sid *sid,
		       enum srp_inner inner)
{
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_CACHE);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_in6_addr(msg, SRPROXY_A_CACHE_SID,
				 &sid->params.addr) ||
		nla_put_u8(msg, SRPROXY_A_CACHE_INNER, BIT(inner)));
}
