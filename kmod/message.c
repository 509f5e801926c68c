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

static void parse_u8(u8 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u8(attr);
}

static void parse_bool(bool *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u8(attr);
}

static void parse_u32(u32 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static bool put_vlans(struct sk_buff *msg, int type,
		      const struct srp_vlans *vlans)
{
	return srp_tagged(vlans) &&
	       nla_put(msg, type,
		       srp_vlans_count(vlans) * sizeof(vlans->tag[0]),
		       vlans->tag);
}

static bool put_side(struct sk_buff *msg, const struct srp_vnf *vnf,
		     enum srp_side side)
{
	const struct srp_side_attrs *attrs = &srp_side_attrs[side];
	const struct srp_side_params *params = &vnf->params.side[side];
	const struct srp_port *port = vnf->port[side];

	return nla_put_string(msg, attrs->dev, port->trunk->name) ||
	       put_vlans(msg, attrs->vlan, &port->vlans) ||
	       (params->nh4.s_addr &&
		nla_put_in_addr(msg, attrs->nh4, params->nh4.s_addr)) ||
	       (!ipv6_addr_any(&params->nh6) &&
		nla_put_in6_addr(msg, attrs->nh6, &params->nh6)) ||
	       (!is_zero_ether_addr(params->lladdr) &&
		nla_put(msg, attrs->lladdr, ETH_ALEN, params->lladdr));
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
		put_side(msg, vnf, SRP_DEV) ||
		put_side(msg, vnf, SRP_IIF) ||
		nla_put_u8(msg, SRPROXY_A_VNF_ON_DOWN, params->on_down) ||
		nla_put_u8(msg, SRPROXY_A_VNF_HANDOVER, params->handover) ||
		nla_put_u8(msg, SRPROXY_A_VNF_EXCLUSIVE, params->exclusive) ||
		nla_put_u8(msg, SRPROXY_A_VNF_STATE,
			   up ? SRPROXY_VNF_STATE_UP : SRPROXY_VNF_STATE_DOWN) ||
		nla_put_u32(msg, SRPROXY_A_VNF_DEV_IFINDEX,
			    srp_port_ifindex(vnf->port[SRP_DEV])) ||
		nla_put_u32(msg, SRPROXY_A_VNF_IIF_IFINDEX,
			    srp_port_ifindex(vnf->port[SRP_IIF])) ||
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

static int parse_vlans(struct srp_vlans *vlans, const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	const struct srproxy_vlan *tags;
	unsigned int i;

	if (!attr)
		return 0;
	if (nla_len(attr) % sizeof(*tags)) {
		srp_refuse(extack, attr, "VLANs of %d bytes, not a multiple of 4",
			   nla_len(attr));
		return -EINVAL;
	}

	memset(vlans, 0, sizeof(*vlans));
	tags = nla_data(attr);
	for (i = 0; i < nla_len(attr) / sizeof(*tags); i++) {
		if (!eth_type_vlan(tags[i].proto)) {
			srp_refuse(extack, attr,
				   "VLAN protocol 0x%04x is not 0x8100 or 0x88a8",
				   ntohs(tags[i].proto));
			return -EINVAL;
		}
		if (!tags[i].vid || ntohs(tags[i].vid) >= VLAN_VID_MASK) {
			srp_refuse(extack, attr, "VLAN %u is not in 1..4094",
				   ntohs(tags[i].vid));
			return -EINVAL;
		}
		vlans->tag[i] = tags[i];
	}
	return 0;
}

static int parse_side(struct srp_vnf_spec *spec, enum srp_side side,
		      struct nlattr **tb, struct netlink_ext_ack *extack)
{
	const struct srp_side_attrs *attrs = &srp_side_attrs[side];
	struct srp_side_params *params = &spec->params.side[side];
	struct srp_port_spec *port = &spec->port[side];

	parse_name(port->dev, sizeof(port->dev), tb[attrs->dev]);
	if (tb[attrs->nh4])
		params->nh4.s_addr = nla_get_in_addr(tb[attrs->nh4]);
	if (tb[attrs->nh6])
		params->nh6 = nla_get_in6_addr(tb[attrs->nh6]);
	if (tb[attrs->lladdr])
		ether_addr_copy(params->lladdr,
				nla_data(tb[attrs->lladdr]));
	return parse_vlans(&port->vlans, tb[attrs->vlan], extack);
}

/* One that has no device of its own yet is the same as the other. */
static void default_iif(struct srp_vnf_spec *spec, struct nlattr **tb)
{
	const struct srp_port_spec *dev = &spec->port[SRP_DEV];
	struct srp_port_spec *iif = &spec->port[SRP_IIF];

	if (!iif->dev[0] && !tb[SRPROXY_A_VNF_IIF])
		memcpy(iif->dev, dev->dev, sizeof(iif->dev));
	else if (!tb[SRPROXY_A_VNF_IIF] || strcmp(iif->dev, dev->dev))
		return;
	if (!tb[SRPROXY_A_VNF_IIF_VLAN])
		iif->vlans = dev->vlans;
}

int srp_vnf_parse(struct srp_vnf_spec *spec, struct nlattr **tb,
		  struct netlink_ext_ack *extack)
{
	struct srp_vnf_params *params = &spec->params;
	enum srp_side side;
	int err;

	parse_name(params->name, sizeof(params->name), tb[SRPROXY_A_VNF_NAME]);
	for (side = 0; side < SRP_SIDES; side++) {
		err = parse_side(spec, side, tb, extack);
		if (err)
			return err;
	}
	default_iif(spec, tb);
	parse_u8(&params->on_down, tb[SRPROXY_A_VNF_ON_DOWN]);
	parse_u8(&params->handover, tb[SRPROXY_A_VNF_HANDOVER]);
	parse_bool(&params->exclusive, tb[SRPROXY_A_VNF_EXCLUSIVE]);
	return 0;
}

int srp_chain_fill(struct sk_buff *msg, struct srp_net *sn,
		   const struct srp_node *node)
{
	const struct srp_chain *chain =
		container_of(node, struct srp_chain, node);
	const struct srp_chain_params *params = &chain->params;
	const struct srp_path *path = &params->path;
	struct nlattr *nest;

	nest = nla_nest_start(msg, SRPROXY_A_CHAIN);
	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_string(msg, SRPROXY_A_CHAIN_NAME, params->name) ||
		nla_put_in6_addr(msg, SRPROXY_A_CHAIN_SRC, &path->src) ||
		nla_put(msg, SRPROXY_A_CHAIN_SEGS, path->nsegs * SRP_SEG_SIZE,
			path->segs) ||
		nla_put_u8(msg, SRPROXY_A_CHAIN_HOP_LIMIT, path->hop_limit) ||
		nla_put_u8(msg, SRPROXY_A_CHAIN_REDUCED, path->reduced) ||
		nla_put_u32(msg, SRPROXY_A_CHAIN_TABLE, params->table) ||
		nla_put_u16(msg, SRPROXY_A_CHAIN_TAG, path->tag) ||
		nla_put_u32(msg, SRPROXY_A_CHAIN_HMAC, path->hmac) ||
		nla_put_u8(msg, SRPROXY_A_CHAIN_DSCP, path->dscp) ||
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
	struct srp_path *path = &params->path;

	parse_name(params->name, sizeof(params->name),
		   tb[SRPROXY_A_CHAIN_NAME]);
	if (tb[SRPROXY_A_CHAIN_SRC])
		path->src = nla_get_in6_addr(tb[SRPROXY_A_CHAIN_SRC]);
	if (segs) {
		if (nla_len(segs) % SRP_SEG_SIZE) {
			srp_refuse(extack, segs,
				   "segs is %d bytes, not a multiple of 16",
				   nla_len(segs));
			return -EINVAL;
		}
		path->segs = nla_data(segs);
		path->nsegs = nla_len(segs) / SRP_SEG_SIZE;
	}
	parse_u8(&path->hop_limit, tb[SRPROXY_A_CHAIN_HOP_LIMIT]);
	parse_bool(&path->reduced, tb[SRPROXY_A_CHAIN_REDUCED]);
	parse_u32(&params->table, tb[SRPROXY_A_CHAIN_TABLE]);
	if (tb[SRPROXY_A_CHAIN_TAG])
		path->tag = nla_get_u16(tb[SRPROXY_A_CHAIN_TAG]);
	parse_u32(&path->hmac, tb[SRPROXY_A_CHAIN_HMAC]);
	parse_u8(&path->dscp, tb[SRPROXY_A_CHAIN_DSCP]);
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

/* What only some SIDs have a use for: of the others it is not said. */
static bool put_sid_learning(struct sk_buff *msg,
			     const struct srp_sid_params *params)
{
	return srp_params_learn(params) &&
	       (nla_put_u32(msg, SRPROXY_A_SID_AGEING, params->ageing) ||
		nla_put_u8(msg, SRPROXY_A_SID_MARGIN, params->margin));
}

static bool put_sid_modes(struct sk_buff *msg,
			  const struct srp_sid_params *params)
{
	return params->behavior->encap &&
	       (nla_put_u8(msg, SRPROXY_A_SID_TTL_MODE, params->modes.ttl) ||
		nla_put_u8(msg, SRPROXY_A_SID_DSCP_MODE, params->modes.dscp));
}

static bool put_sid_hook(struct sk_buff *msg,
			 const struct srp_sid_params *params)
{
	return nla_put_u8(msg, SRPROXY_A_SID_HOOK, params->hook) ||
	       (srp_params_routed(params) &&
		(nla_put_u32(msg, SRPROXY_A_SID_FIB, params->fib) ||
		 nla_put_u32(msg, SRPROXY_A_SID_METRIC, params->metric)));
}

static bool put_sid_options(struct sk_buff *msg, struct srp_net *sn,
			    const struct srp_sid *sid)
{
	const struct srp_sid_params *params = &sid->params;
	const struct srp_chain *chain = srp_sid_chain(sn, sid);

	return (chain && nla_put_string(msg, SRPROXY_A_SID_CHAIN,
					chain->params.name)) ||
	       put_sid_learning(msg, params) ||
	       (!srp_params_chained(params) &&
		nla_put_u32(msg, SRPROXY_A_SID_TABLE, params->table)) ||
	       (params->lblen &&
		nla_put_u8(msg, SRPROXY_A_SID_LBLEN, params->lblen)) ||
	       put_sid_modes(msg, params) ||
	       (params->behavior == &srp_end_an &&
		nla_put_u8(msg, SRPROXY_A_SID_PERMIT, params->permit)) ||
	       (!params->behavior->chained && !srp_params_last(params) &&
		nla_put_u32(msg, SRPROXY_A_SID_HMAC, params->hmac)) ||
	       (srp_params_keep_flows(params) &&
		nla_put_u32(msg, SRPROXY_A_SID_FLOWS, params->flows)) ||
	       put_sid_hook(msg, params);
}

static int sid_fill(struct sk_buff *msg, struct srp_net *sn,
		    const struct srp_node *node, bool stats)
{
	const struct srp_sid *sid = container_of(node, struct srp_sid, node);
	const struct srp_sid_params *params = &sid->params;
	struct nlattr *nest;

	nest = nla_nest_start(msg, SRPROXY_A_SID);
	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_in6_addr(msg, SRPROXY_A_SID_ADDR, &params->addr) ||
		nla_put_u8(msg, SRPROXY_A_SID_PREFIX_LEN, params->prefix_len) ||
		nla_put_u8(msg, SRPROXY_A_SID_BEHAVIOR, params->behavior->id) ||
		nla_put_u32(msg, SRPROXY_A_SID_FLAVORS, params->flavors) ||
		nla_put_u8(msg, SRPROXY_A_SID_INNER, params->inner) ||
		nla_put_string(msg, SRPROXY_A_SID_VNF,
			       srp_sid_vnf(sn, sid)->params.name) ||
		nla_put_u8(msg, SRPROXY_A_SID_REVERSE, params->reverse) ||
		nla_put_u8(msg, SRPROXY_A_SID_REQUIRE_HMAC,
			   params->require_hmac) ||
		put_sid_options(msg, sn, sid) ||
		(stats && put_stats(msg, sid)));
}

int srp_sid_fill(struct sk_buff *msg, struct srp_net *sn,
		 const struct srp_node *node)
{
	return sid_fill(msg, sn, node, false);
}

int srp_sid_fill_stats(struct sk_buff *msg, struct srp_net *sn,
		       const struct srp_node *node)
{
	return sid_fill(msg, sn, node, true);
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

/*
 * What only another behavior or flavor had a use for goes back to its default,
 * unless the request says it: then it is refused.
 */
static void reset_unused(struct srp_sid_spec *spec, struct nlattr **tb)
{
	const struct srp_sid_params none = SRP_SID_PARAMS_DEFAULT;
	struct srp_sid_params *params = &spec->params;

	if (!params->behavior)
		return;
	if (!tb[SRPROXY_A_SID_FLAVORS])
		params->flavors &= params->behavior->flavors;
	if (!tb[SRPROXY_A_SID_INNER] && (!params->inner ||
					 params->inner & ~params->behavior->inner))
		params->inner = params->behavior->inner & SRPROXY_INNER_IP;
	if (!tb[SRPROXY_A_SID_CHAIN] && !srp_params_chained(params))
		memset(spec->chain, 0, sizeof(spec->chain));
	if (!tb[SRPROXY_A_SID_LBLEN] &&
	    !(params->flavors & SRPROXY_FLAVOR_NEXT_CSID))
		params->lblen = 0;
	if (!srp_params_learn(params)) {
		params->ageing = none.ageing;
		params->margin = none.margin;
	}
	if (srp_params_chained(params))
		params->table = none.table;
	if (params->behavior->chained || srp_params_last(params))
		params->hmac = none.hmac;
	if (!params->behavior->encap)
		params->modes = none.modes;
	if (params->behavior != &srp_end_an)
		params->permit = none.permit;
	if (!srp_params_keep_flows(params))
		params->flows = none.flows;
	if (!srp_params_routed(params)) {
		params->fib = none.fib;
		params->metric = none.metric;
	}
}

void srp_sid_parse(struct srp_sid_spec *spec, struct nlattr **tb)
{
	struct srp_sid_params *params = &spec->params;

	params->addr = nla_get_in6_addr(tb[SRPROXY_A_SID_ADDR]);
	if (tb[SRPROXY_A_SID_BEHAVIOR])
		params->behavior =
			srp_behavior_find(nla_get_u8(tb[SRPROXY_A_SID_BEHAVIOR]));
	parse_u8(&params->prefix_len, tb[SRPROXY_A_SID_PREFIX_LEN]);
	parse_u32(&params->flavors, tb[SRPROXY_A_SID_FLAVORS]);
	parse_u8(&params->inner, tb[SRPROXY_A_SID_INNER]);
	parse_name(spec->vnf, sizeof(spec->vnf), tb[SRPROXY_A_SID_VNF]);
	parse_bool(&params->reverse, tb[SRPROXY_A_SID_REVERSE]);
	parse_name(spec->chain, sizeof(spec->chain), tb[SRPROXY_A_SID_CHAIN]);
	parse_u32(&params->ageing, tb[SRPROXY_A_SID_AGEING]);
	parse_u8(&params->margin, tb[SRPROXY_A_SID_MARGIN]);
	parse_u32(&params->table, tb[SRPROXY_A_SID_TABLE]);
	parse_u8(&params->lblen, tb[SRPROXY_A_SID_LBLEN]);
	parse_u8(&params->hook, tb[SRPROXY_A_SID_HOOK]);
	parse_u32(&params->fib, tb[SRPROXY_A_SID_FIB]);
	parse_u32(&params->metric, tb[SRPROXY_A_SID_METRIC]);
	parse_u8(&params->modes.ttl, tb[SRPROXY_A_SID_TTL_MODE]);
	parse_u8(&params->modes.dscp, tb[SRPROXY_A_SID_DSCP_MODE]);
	parse_u8(&params->permit, tb[SRPROXY_A_SID_PERMIT]);
	parse_u32(&params->hmac, tb[SRPROXY_A_SID_HMAC]);
	parse_bool(&params->require_hmac, tb[SRPROXY_A_SID_REQUIRE_HMAC]);
	parse_u32(&params->flows, tb[SRPROXY_A_SID_FLOWS]);
	reset_unused(spec, tb);
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
		nla_put_string(msg, SRPROXY_A_CIRCUIT_IIF, port->trunk->name) ||
		put_vlans(msg, SRPROXY_A_CIRCUIT_VLAN, &port->vlans) ||
		nla_put_u32(msg, SRPROXY_A_CIRCUIT_IFINDEX,
			    srp_port_ifindex(port)) ||
		nla_put_u8(msg, SRPROXY_A_CIRCUIT_INNER, BIT(inner)) ||
		nla_put_in6_addr(msg, SRPROXY_A_CIRCUIT_SID,
				 &sid->params.addr) ||
		nla_put_string(msg, SRPROXY_A_CIRCUIT_VNF,
			       srp_sid_vnf(sn, sid)->params.name));
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

static int put_flow_addr(struct sk_buff *msg, int type,
			 const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr) ?
	       nla_put_in_addr(msg, type, addr->s6_addr32[3]) :
	       nla_put_in6_addr(msg, type, addr);
}

static int put_flow(struct sk_buff *msg, const struct srp_flow_key *key)
{
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_CACHE_FLOW);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		put_flow_addr(msg, SRPROXY_A_FLOW_SRC, &key->src) ||
		put_flow_addr(msg, SRPROXY_A_FLOW_DST, &key->dst) ||
		nla_put_u8(msg, SRPROXY_A_FLOW_PROTO, key->proto) ||
		nla_put_u16(msg, SRPROXY_A_FLOW_SPORT, ntohs(key->sport)) ||
		nla_put_u16(msg, SRPROXY_A_FLOW_DPORT, ntohs(key->dport)));
}

int srp_flow_fill(struct sk_buff *msg, const struct srp_sid *sid,
		  const struct srp_flow *flow)
{
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_CACHE);

	if (!nest)
		return -EMSGSIZE;
	return nest_end(msg, nest,
		nla_put_in6_addr(msg, SRPROXY_A_CACHE_SID,
				 &sid->params.addr) ||
		nla_put_u8(msg, SRPROXY_A_CACHE_INNER, SRPROXY_INNER_IP6) ||
		nla_put(msg, SRPROXY_A_CACHE_SRH, flow->len, flow->srh) ||
		put_flow(msg, &flow->key) ||
		put_msecs(msg, SRPROXY_A_CACHE_AGE,
			  get_jiffies_64() - flow->kept));
}
