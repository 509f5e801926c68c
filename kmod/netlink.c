// SPDX-License-Identifier: GPL-2.0
#include "compat/genl_dump_attrs.h"
#include "hook_seg6local.h"
#include "message.h"
#include "netlink.h"
#include "noun.h"
#include "policy.h"
#include "transaction.h"

/* No event leaves once the groups' numbers may belong to another family. */
static bool open;

/**
 * srp_netlink_listened() - would anybody hear an event?
 * @net:	namespace
 * @group:	multicast group
 */
bool srp_netlink_listened(struct net *net, enum srp_mcgrp group)
{
	return READ_ONCE(open) && genl_has_listeners(&srp_family, net, group);
}

static int reply(struct genl_info *info, struct srp_net *sn, u8 cmd,
		 srp_fill_fn *fill, const struct srp_node *node)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;
	int err;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &srp_family, 0, cmd);
	err = hdr ? fill(msg, sn, node) : -EMSGSIZE;
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static void *dump_put(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &srp_family, NLM_F_MULTI,
				cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* One message of a dump; what did not fit is tried again in the next. */
static int dump_end(struct sk_buff *msg, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(msg, hdr);
	else
		genlmsg_end(msg, hdr);
	return err;
}

/* A dump goes on as long as it puts something into each buffer. */
static int dump_result(const struct sk_buff *msg, int err)
{
	return msg->len ? msg->len : err;
}

static int info_fill(struct sk_buff *msg, struct srp_net *sn,
		     const struct srp_node *node)
{
	struct nlattr *nest = nla_nest_start(msg, SRPROXY_A_INFO);

	if (!nest ||
	    nla_put_string(msg, SRPROXY_A_INFO_VERSION, SRPROXY_VERSION) ||
	    nla_put_u32(msg, SRPROXY_A_INFO_SEGS_MAX, SRPROXY_SEGS_MAX) ||
	    nla_put_u32(msg, SRPROXY_A_INFO_VNFS, sn->vnfs.count) ||
	    nla_put_u32(msg, SRPROXY_A_INFO_CHAINS, sn->chains.count) ||
	    nla_put_u32(msg, SRPROXY_A_INFO_SIDS, sn->sids.count) ||
	    nla_put_u8(msg, SRPROXY_A_INFO_SEG6LOCAL, srp_kfunc_action()))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int info_get(struct sk_buff *skb, struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	int err;

	mutex_lock(&sn->lock);
	err = reply(info, sn, SRPROXY_CMD_INFO_GET, info_fill, NULL);
	mutex_unlock(&sn->lock);
	return err;
}

static int noun_get(const struct srp_noun *noun, struct genl_info *info,
		    srp_fill_fn *fill)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	struct srp_node *node;
	struct nlattr *key;
	int err;

	mutex_lock(&sn->lock);
	node = srp_noun_place(noun, sn, info->attrs, &key, info->extack);
	err = IS_ERR(node) ? PTR_ERR(node) :
			     reply(info, sn, noun->get, fill, node);
	mutex_unlock(&sn->lock);
	return err;
}

/* cb->args: object's id. */
static int noun_dump(const struct srp_noun *noun, struct sk_buff *msg,
		     struct netlink_callback *cb, srp_fill_fn *fill)
{
	struct srp_net *sn = srp_net(sock_net(msg->sk));
	struct srp_table *table = srp_noun_table(noun, sn);
	struct nlattr *nest = srp_genl_dump_attrs(cb)[noun->nest];
	unsigned long id = cb->args[0];
	struct srp_node *node;
	int err = 0;

	if (nest) {
		NL_SET_ERR_MSG_ATTR(cb->extack, nest, "a dump is of all");
		return -EINVAL;
	}

	mutex_lock(&sn->lock);
	cb->seq = sn->genid;
	for (; !err && (node = srp_table_next(table, &id)); id += !err) {
		void *hdr = dump_put(msg, cb, noun->get);

		err = hdr ? dump_end(msg, hdr, fill(msg, sn, node)) : -EMSGSIZE;
	}
	mutex_unlock(&sn->lock);
	cb->args[0] = id;
	return dump_result(msg, err);
}

static int vnf_get(struct sk_buff *skb, struct genl_info *info)
{
	return noun_get(&srp_vnf_noun, info, srp_vnf_fill);
}

static int vnf_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	return noun_dump(&srp_vnf_noun, msg, cb, srp_vnf_fill);
}

static int chain_get(struct sk_buff *skb, struct genl_info *info)
{
	return noun_get(&srp_chain_noun, info, srp_chain_fill);
}

static int chain_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	return noun_dump(&srp_chain_noun, msg, cb, srp_chain_fill);
}

static srp_fill_fn *sid_fill(struct nlattr **attrs)
{
	return attrs[SRPROXY_A_STATS] ? srp_sid_fill_stats : srp_sid_fill;
}

static int sid_get(struct sk_buff *skb, struct genl_info *info)
{
	return noun_get(&srp_sid_noun, info, sid_fill(info->attrs));
}

static int sid_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	return noun_dump(&srp_sid_noun, msg, cb,
			 sid_fill(srp_genl_dump_attrs(cb)));
}

/*
 * Every change but to what was learned. With NLM_F_MULTI it is one of several in
 * a datagram, where none is done behind one that was not, whoever refused that:
 * each that is done leaves the next one's number.
 */
static int change(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	if (info->nlhdr->nlmsg_flags & NLM_F_MULTI &&
	    skb->mark != info->snd_seq) {
		NL_SET_ERR_MSG(info->extack, "the request before was not done");
		return -ECANCELED;
	}
	err = info->genlhdr->cmd == SRPROXY_CMD_TRANSACTION ?
	      srp_transaction_many(info) : srp_transaction_one(info);
	if (!err)
		skb->mark = info->snd_seq + 1;
	return err;
}

/* The circuits of a port, from an inner type on: where it stopped, or 0. */
static int circuits_put(struct sk_buff *msg, struct netlink_callback *cb,
			struct srp_net *sn, const struct srp_port *port,
			unsigned long *inner)
{
	int err;

	for (; *inner < SRP_INNER_MAX; ++*inner) {
		void *hdr;

		if (!rcu_access_pointer(port->circuit[*inner]))
			continue;
		hdr = dump_put(msg, cb, SRPROXY_CMD_CIRCUIT_GET);
		err = !hdr ? -EMSGSIZE :
		      dump_end(msg, hdr,
			       srp_circuit_fill(msg, sn, port, *inner));
		if (err)
			return err;
	}
	*inner = 0;
	return 0;
}

/* cb->args: trunk's id, index of its port, inner type. */
static int circuit_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct srp_net *sn = srp_net(sock_net(msg->sk));
	unsigned long id = cb->args[0];
	unsigned long index = cb->args[1];
	unsigned long inner = cb->args[2];
	struct srp_node *node;
	int err = 0;

	mutex_lock(&sn->lock);
	cb->seq = sn->genid;
	for (; (node = srp_table_next(&sn->trunks, &id)); id++, index = 0) {
		struct srp_trunk *trunk =
			container_of(node, struct srp_trunk, node);
		struct srp_port *port;

		for (; (port = srp_trunk_next(trunk, &index)); index++) {
			err = circuits_put(msg, cb, sn, port, &inner);
			if (err)
				goto out;
		}
	}
out:
	mutex_unlock(&sn->lock);
	cb->args[0] = id;
	cb->args[1] = index;
	cb->args[2] = inner;
	return dump_result(msg, err);
}

static struct srp_node *sid_of(struct srp_net *sn, const struct nlattr *attr)
{
	struct in6_addr addr = nla_get_in6_addr(attr);

	return srp_sid_place(sn, &addr);
}

/* Forget what one SID has learned, or all of them. */
static int cache_del(struct sk_buff *skb, struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	struct nlattr *tb[SRPROXY_A_CACHE_SID + 1];
	struct srp_node *node;
	unsigned long id;
	int err = 0;

	mutex_lock(&sn->lock);
	if (!info->attrs[SRPROXY_A_CACHE]) {
		srp_table_for_each(&sn->sids, id, node)
			srp_sid_forget(sn, container_of(node, struct srp_sid,
							node));
		goto out;
	}
	err = srp_nest_parse(info->attrs, SRPROXY_A_CACHE, tb,
			     SRPROXY_A_CACHE_SID, srp_cache_key_policy,
			     SRPROXY_A_CACHE_SID, info->extack);
	if (err)
		goto out;
	node = sid_of(sn, tb[SRPROXY_A_CACHE_SID]);
	if (node)
		srp_sid_forget(sn, container_of(node, struct srp_sid, node));
	else
		err = srp_not_found(info->extack, tb[SRPROXY_A_CACHE_SID]);
out:
	mutex_unlock(&sn->lock);
	return err;
}

/* The SID that a dump of learned headers is confined to, or NULL. */
static const struct nlattr *cache_dump_sid(struct netlink_callback *cb)
{
	const struct nlattr *nest = srp_genl_dump_attrs(cb)[SRPROXY_A_CACHE];

	return nest ? nla_find_nested(nest, SRPROXY_A_CACHE_SID) : NULL;
}

static int cache_start(struct netlink_callback *cb)
{
	struct srp_net *sn = srp_net(sock_net(cb->skb->sk));
	const struct nlattr *only = cache_dump_sid(cb);
	int err = 0;

	cb->min_dump_alloc = 2 * SRP_OUTER_MAX;
	if (!only)
		return 0;

	mutex_lock(&sn->lock);
	if (!sid_of(sn, only))
		err = srp_not_found(cb->extack, only);
	mutex_unlock(&sn->lock);
	return err;
}

/* Does a dump of learned headers concern this SID? */
static bool cache_wanted(const struct nlattr *only, const struct srp_sid *sid)
{
	return (sid->memory || sid->flows) &&
	       (!only || !memcmp(nla_data(only), &sid->params.addr,
				 sizeof(sid->params.addr)));
}

static int encap_put(struct sk_buff *msg, struct netlink_callback *cb,
		     const struct srp_sid *sid, enum srp_inner inner)
{
	const struct srp_encap *encap;
	void *hdr;

	encap = rcu_dereference(sid->memory->encap[inner]);
	if (!encap)
		return 0;
	hdr = dump_put(msg, cb, SRPROXY_CMD_CACHE_GET);
	return !hdr ? -EMSGSIZE :
	       dump_end(msg, hdr, srp_cache_fill(msg, sid, inner, encap));
}

static int flow_put(struct sk_buff *msg, struct netlink_callback *cb,
		    const struct srp_sid *sid, unsigned int i)
{
	const struct srp_flow *flow = rcu_dereference(sid->flows->flow[i]);
	void *hdr;

	if (!flow)
		return 0;
	hdr = dump_put(msg, cb, SRPROXY_CMD_CACHE_GET);
	return !hdr ? -EMSGSIZE :
	       dump_end(msg, hdr, srp_flow_fill(msg, sid, flow));
}

/* What a SID has, from the entry @from on: headers first, then flows. */
static int cache_put(struct sk_buff *msg, struct netlink_callback *cb,
		     const struct srp_sid *sid, unsigned long *from)
{
	unsigned int flows = sid->flows ? srp_flows_size(sid->flows) : 0;
	int err = 0;

	rcu_read_lock();
	for (; *from < SRP_INNER_MAX + flows; ++*from) {
		if (*from >= SRP_INNER_MAX)
			err = flow_put(msg, cb, sid, *from - SRP_INNER_MAX);
		else if (sid->memory)
			err = encap_put(msg, cb, sid, *from);
		if (err)
			break;
	}
	rcu_read_unlock();
	return err;
}

/* cb->args: SID's id, entry of it. */
static int cache_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct nlattr *only = cache_dump_sid(cb);
	struct srp_net *sn = srp_net(sock_net(msg->sk));
	unsigned long id = cb->args[0];
	unsigned long from = cb->args[1];
	struct srp_node *node;
	int err = 0;

	mutex_lock(&sn->lock);
	cb->seq = sn->genid;
	for (; (node = srp_table_next(&sn->sids, &id)); id++, from = 0) {
		struct srp_sid *sid = container_of(node, struct srp_sid, node);

		if (!cache_wanted(only, sid))
			continue;
		err = cache_put(msg, cb, sid, &from);
		if (err)
			break;
	}
	mutex_unlock(&sn->lock);
	cb->args[0] = id;
	cb->args[1] = from;
	return dump_result(msg, err);
}

#define OP(_cmd, _policy)						\
	.cmd = SRPROXY_CMD_##_cmd,					\
	.flags = GENL_UNS_ADMIN_PERM,					\
	.policy = _policy,						\
	.maxattr = ARRAY_SIZE(_policy) - 1

static const struct genl_ops ops[] = {
	{ OP(INFO_GET, srp_none_policy), .doit = info_get },
	{ OP(VNF_NEW, srp_vnf_new_policy), .doit = change },
	{ OP(VNF_DEL, srp_vnf_ref_policy), .doit = change },
	{ OP(VNF_GET, srp_vnf_ref_policy), .doit = vnf_get,
	  .dumpit = vnf_dump },
	{ OP(CHAIN_NEW, srp_chain_new_policy), .doit = change },
	{ OP(CHAIN_DEL, srp_chain_ref_policy), .doit = change },
	{ OP(CHAIN_GET, srp_chain_ref_policy), .doit = chain_get,
	  .dumpit = chain_dump },
	{ OP(SID_NEW, srp_sid_new_policy), .doit = change },
	{ OP(SID_DEL, srp_sid_ref_policy), .doit = change },
	{ OP(SID_GET, srp_sid_get_policy), .doit = sid_get,
	  .dumpit = sid_dump },
	{ OP(CIRCUIT_GET, srp_none_policy), .dumpit = circuit_dump },
	{ OP(CACHE_DEL, srp_cache_ref_policy), .doit = cache_del },
	{ OP(CACHE_GET, srp_cache_ref_policy), .start = cache_start,
	  .dumpit = cache_dump },
	{ OP(TRANSACTION, srp_transaction_policy), .doit = change },
};

static const struct genl_multicast_group mcgrps[] = {
	[SRP_MCGRP_CONFIG] = { .name = SRPROXY_MCGRP_CONFIG,
			       .flags = GENL_MCAST_CAP_NET_ADMIN },
	[SRP_MCGRP_LEARN] = { .name = SRPROXY_MCGRP_LEARN,
			      .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family srp_family __ro_after_init = {
	.name = SRPROXY_FAMILY_NAME,
	.version = SRPROXY_FAMILY_VERSION,
	.maxattr = SRPROXY_A_MAX,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	/* From here on the core would refuse NLM_F_CREATE and its like. */
	.resv_start_op = __SRPROXY_CMD_MAX,
	.mcgrps = mcgrps,
	.n_mcgrps = ARRAY_SIZE(mcgrps),
};

int __init srp_netlink_setup(void)
{
	int err = genl_register_family(&srp_family);

	if (!err)
		WRITE_ONCE(open, true);
	return err;
}

void srp_netlink_teardown(void)
{
	WRITE_ONCE(open, false);
	genl_unregister_family(&srp_family);
}
