// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>

#include "compat/genl_dump_attrs.h"
#include "hook_seg6local.h"
#include "seg6local_dev.h"
#include "message.h"
#include "netlink.h"
#include "policy.h"
#include "promisc.h"
#include "refuse.h"

/* No event leaves once the groups' numbers may belong to another family. */
static bool open;

/* What tells an object from another comes first in each nest. */
#define KEY	1
static_assert(SRPROXY_A_VNF_NAME == KEY && SRPROXY_A_CHAIN_NAME == KEY &&
	      SRPROXY_A_SID_ADDR == KEY);

/**
 * srp_netlink_listened() - would anybody hear an event?
 * @net:	namespace
 * @group:	multicast group
 */
bool srp_netlink_listened(struct net *net, enum srp_mcgrp group)
{
	return READ_ONCE(open) && genl_has_listeners(&srp_family, net, group);
}

/*
 * The attributes inside the request's nest. @tb[0] becomes the nest itself,
 * for refusals that miss something in it.
 */
static int request_parse(struct genl_info *info, int type, struct nlattr **tb,
			 int max, const struct nla_policy *policy, int key)
{
	struct nlattr *nest = info->attrs[type];
	int err;

	if (!nest) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, type);
		NL_SET_ERR_MSG(info->extack, "the object's nest is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, max, nest, policy, info->extack);
	if (err)
		return err;
	tb[0] = nest;
	if (!tb[key]) {
		srp_missing(info->extack, tb, key, "the object's key is missing");
		return -EINVAL;
	}
	return 0;
}

static int not_found(struct netlink_ext_ack *extack, const struct nlattr *attr)
{
	srp_refuse(extack, attr, "does not exist");
	return -ENOENT;
}

/* As rtnetlink: what may be there before, what is done to it. */
static int new_flags_check(struct genl_info *info, const struct nlattr *key,
			   bool exists)
{
	switch (info->nlhdr->nlmsg_flags &
		(NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE)) {
	case NLM_F_CREATE | NLM_F_EXCL:
		if (!exists)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, key, "exists already");
		return -EEXIST;
	case NLM_F_CREATE | NLM_F_REPLACE:
		return 0;
	case NLM_F_REPLACE:
		if (exists)
			return 0;
		return not_found(info->extack, key);
	default:
		NL_SET_ERR_MSG(info->extack,
			       "flags must be CREATE|EXCL, CREATE|REPLACE or REPLACE");
		return -EINVAL;
	}
}

/* Change what exists, rather than say all of it anew? */
static bool new_keeps(const struct genl_info *info)
{
	return !(info->nlhdr->nlmsg_flags & NLM_F_CREATE);
}

/*
 * Around every change. Devices are asked for what needs RTNL, which goes before
 * our lock; one of them is ours, and goes with the last SID that needs it.
 */
static void config_lock(struct srp_net *sn)
{
	rtnl_lock();
	mutex_lock(&sn->lock);
}

static void config_unlock(struct srp_net *sn)
{
	mutex_unlock(&sn->lock);
	srp_promisc_settle(sn);
	srp_seg6local_put(sn->net);
	rtnl_unlock();
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

/**
 * struct noun - what the operations on one kind of object have in common
 * @nest:	SRPROXY_A_* of the object
 * @key_policy:	its key alone
 * @key_max:	last attribute of that
 * @get:	SRPROXY_CMD_*_GET
 * @table:	offset of its table in struct srp_net
 * @find:	object of the key's attributes, or NULL
 * @del:	removes one, 0 or why not
 * @flush:	removes all or none
 */
struct noun {
	int nest;
	const struct nla_policy *key_policy;
	int key_max;
	u8 get;
	size_t table;
	struct srp_node *(*find)(struct srp_net *sn, struct nlattr **key);
	int (*del)(struct srp_net *sn, struct srp_node *node,
		   const struct nlattr *key, struct netlink_ext_ack *extack);
	int (*flush)(struct srp_net *sn, struct netlink_ext_ack *extack);
};

/* The object that a request names; locked. */
static struct srp_node *noun_ref(const struct noun *noun, struct srp_net *sn,
				 struct genl_info *info, struct nlattr **key)
{
	struct nlattr *tb[SRP_KEY_MAX + 1];
	struct srp_node *node;
	int err;

	err = request_parse(info, noun->nest, tb, noun->key_max,
			    noun->key_policy, KEY);
	if (err)
		return ERR_PTR(err);
	*key = tb[KEY];
	node = noun->find(sn, tb);
	return node ?: ERR_PTR(not_found(info->extack, tb[KEY]));
}

static int noun_del(const struct noun *noun, struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	bool all = info->nlhdr->nlmsg_flags & NLM_F_BULK &&
		   !info->attrs[noun->nest];
	struct srp_node *node;
	struct nlattr *key;
	int err;

	config_lock(sn);
	if (all) {
		err = noun->flush(sn, info->extack);
	} else {
		node = noun_ref(noun, sn, info, &key);
		err = IS_ERR(node) ? PTR_ERR(node) :
				     noun->del(sn, node, key, info->extack);
	}
	config_unlock(sn);
	return err;
}

static int noun_get(const struct noun *noun, struct genl_info *info,
		    srp_fill_fn *fill)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	struct srp_node *node;
	struct nlattr *key;
	int err;

	mutex_lock(&sn->lock);
	node = noun_ref(noun, sn, info, &key);
	err = IS_ERR(node) ? PTR_ERR(node) :
			     reply(info, sn, noun->get, fill, node);
	mutex_unlock(&sn->lock);
	return err;
}

/* cb->args: object's id. */
static int noun_dump(const struct noun *noun, struct sk_buff *msg,
		     struct netlink_callback *cb, srp_fill_fn *fill)
{
	struct srp_net *sn = srp_net(sock_net(msg->sk));
	struct srp_table *table = (void *)sn + noun->table;
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

static struct srp_node *vnf_find(struct srp_net *sn, struct nlattr **key)
{
	char name[SRPROXY_NAME_SIZE];
	struct srp_vnf *vnf;

	strscpy_pad(name, nla_data(key[KEY]), sizeof(name));
	vnf = srp_vnf_find(sn, name);
	return vnf ? &vnf->node : NULL;
}

static int vnf_node_del(struct srp_net *sn, struct srp_node *node,
			const struct nlattr *key,
			struct netlink_ext_ack *extack)
{
	return srp_vnf_del(sn, container_of(node, struct srp_vnf, node), key,
			   extack);
}

static const struct noun vnf_noun = {
	.nest = SRPROXY_A_VNF,
	.key_policy = srp_vnf_key_policy,
	.key_max = KEY,
	.get = SRPROXY_CMD_VNF_GET,
	.table = offsetof(struct srp_net, vnfs),
	.find = vnf_find,
	.del = vnf_node_del,
	.flush = srp_vnf_flush,
};

static int vnf_del(struct genl_info *info)
{
	return noun_del(&vnf_noun, info);
}

static int vnf_get(struct sk_buff *skb, struct genl_info *info)
{
	return noun_get(&vnf_noun, info, srp_vnf_fill);
}

static int vnf_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	return noun_dump(&vnf_noun, msg, cb, srp_vnf_fill);
}

static struct srp_node *chain_find(struct srp_net *sn, struct nlattr **key)
{
	char name[SRPROXY_NAME_SIZE];
	struct srp_chain *chain;

	strscpy_pad(name, nla_data(key[KEY]), sizeof(name));
	chain = srp_chain_find(sn, name);
	return chain ? &chain->node : NULL;
}

static int chain_node_del(struct srp_net *sn, struct srp_node *node,
			  const struct nlattr *key,
			  struct netlink_ext_ack *extack)
{
	return srp_chain_del(sn, container_of(node, struct srp_chain, node),
			     key, extack);
}

static const struct noun chain_noun = {
	.nest = SRPROXY_A_CHAIN,
	.key_policy = srp_chain_key_policy,
	.key_max = KEY,
	.get = SRPROXY_CMD_CHAIN_GET,
	.table = offsetof(struct srp_net, chains),
	.find = chain_find,
	.del = chain_node_del,
	.flush = srp_chain_flush,
};

static int chain_del(struct genl_info *info)
{
	return noun_del(&chain_noun, info);
}

static int chain_get(struct sk_buff *skb, struct genl_info *info)
{
	return noun_get(&chain_noun, info, srp_chain_fill);
}

static int chain_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	return noun_dump(&chain_noun, msg, cb, srp_chain_fill);
}

static struct srp_node *sid_of(struct srp_net *sn, const struct nlattr *attr)
{
	struct in6_addr addr = nla_get_in6_addr(attr);
	struct srp_sid *sid;

	/* Locked, it stays; the table's buckets want RCU all the same. */
	rcu_read_lock();
	sid = srp_sid_get(sn, &addr);
	rcu_read_unlock();
	return sid ? &sid->node : NULL;
}

/* The length need not be said. But what is said must be right. */
static struct srp_node *sid_find(struct srp_net *sn, struct nlattr **key)
{
	const struct nlattr *len = key[SRPROXY_A_SID_PREFIX_LEN];
	struct srp_node *node = sid_of(sn, key[KEY]);

	if (node && len && nla_get_u8(len) !=
	    container_of(node, struct srp_sid, node)->params.prefix_len)
		return NULL;
	return node;
}

static int sid_node_del(struct srp_net *sn, struct srp_node *node,
			const struct nlattr *key,
			struct netlink_ext_ack *extack)
{
	srp_sid_del(sn, container_of(node, struct srp_sid, node));
	return 0;
}

static int sid_flush(struct srp_net *sn, struct netlink_ext_ack *extack)
{
	srp_sid_flush(sn);
	return 0;
}

static const struct noun sid_noun = {
	.nest = SRPROXY_A_SID,
	.key_policy = srp_sid_key_policy,
	.key_max = SRPROXY_A_SID_PREFIX_LEN,
	.get = SRPROXY_CMD_SID_GET,
	.table = offsetof(struct srp_net, sids),
	.find = sid_find,
	.del = sid_node_del,
	.flush = sid_flush,
};

static srp_fill_fn *sid_fill(struct nlattr **attrs)
{
	return attrs[SRPROXY_A_STATS] ? srp_sid_fill_stats : srp_sid_fill;
}

static int sid_del(struct genl_info *info)
{
	return noun_del(&sid_noun, info);
}

static int sid_get(struct sk_buff *skb, struct genl_info *info)
{
	return noun_get(&sid_noun, info, sid_fill(info->attrs));
}

static int sid_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	return noun_dump(&sid_noun, msg, cb,
			 sid_fill(srp_genl_dump_attrs(cb)));
}

static int vnf_new(struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	struct nlattr *tb[SRPROXY_A_VNF_MAX + 1];
	struct srp_vnf_spec spec = {};
	struct srp_vnf *old;
	int err;

	err = request_parse(info, SRPROXY_A_VNF, tb, SRPROXY_A_VNF_MAX,
			    srp_vnf_policy, SRPROXY_A_VNF_NAME);
	if (err)
		return err;
	strscpy_pad(spec.params.name, nla_data(tb[SRPROXY_A_VNF_NAME]),
		    sizeof(spec.params.name));

	config_lock(sn);
	old = srp_vnf_find(sn, spec.params.name);
	err = new_flags_check(info, tb[KEY], old);
	if (!err) {
		if (old && new_keeps(info))
			srp_vnf_spec_of(&spec, old);
		err = srp_vnf_parse(&spec, tb, info->extack);
	}
	if (!err)
		err = srp_vnf_set(sn, &spec, old, tb, info->extack);
	config_unlock(sn);
	return err;
}

static int chain_new(struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	struct srp_chain_params params = {
		.path.hop_limit = SRPROXY_HOP_LIMIT_DEFAULT,
	};
	struct nlattr *tb[SRPROXY_A_CHAIN_MAX + 1];
	struct srp_chain *old;
	int err;

	err = request_parse(info, SRPROXY_A_CHAIN, tb, SRPROXY_A_CHAIN_MAX,
			    srp_chain_policy, SRPROXY_A_CHAIN_NAME);
	if (err)
		return err;
	strscpy_pad(params.name, nla_data(tb[SRPROXY_A_CHAIN_NAME]),
		    sizeof(params.name));

	config_lock(sn);
	old = srp_chain_find(sn, params.name);
	err = new_flags_check(info, tb[KEY], old);
	if (!err) {
		if (old && new_keeps(info))
			params = old->params;
		err = srp_chain_parse(&params, tb, info->extack);
	}
	if (!err)
		err = srp_chain_set(sn, &params, old, tb, info->extack);
	config_unlock(sn);
	return err;
}

/* What a SID with this hook needs of the namespace; before its lock is taken. */
static int sid_device(struct srp_net *sn, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *hook = tb[SRPROXY_A_SID_HOOK];

	if (!hook || nla_get_u8(hook) != SRPROXY_HOOK_SEG6LOCAL)
		return 0;
	return srp_seg6local_get(sn->net, hook, extack);
}

static int sid_new(struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	struct srp_sid_spec spec = { .params = SRP_SID_PARAMS_DEFAULT };
	struct nlattr *tb[SRPROXY_A_SID_MAX + 1];
	struct srp_node *node;
	struct srp_sid *old;
	int err;

	err = request_parse(info, SRPROXY_A_SID, tb, SRPROXY_A_SID_MAX,
			    srp_sid_policy, SRPROXY_A_SID_ADDR);
	if (err)
		return err;

	rtnl_lock();
	err = sid_device(sn, tb, info->extack);
	mutex_lock(&sn->lock);
	if (err)
		goto out;
	/* One of another length is changed by no accident. */
	node = new_keeps(info) ? sid_find(sn, tb) : sid_of(sn, tb[KEY]);
	old = node ? container_of(node, struct srp_sid, node) : NULL;
	err = new_flags_check(info, tb[KEY], old);
	if (!err) {
		if (old && new_keeps(info))
			srp_sid_spec_of(&spec, sn, old);
		srp_sid_parse(&spec, tb);
		err = srp_sid_set(sn, &spec, old, tb, info->extack);
	}
out:
	config_unlock(sn);
	return err;
}

/*
 * Every change but to what was learned. With NLM_F_MULTI it is one of several in
 * a datagram, where none is done behind one that was not, whoever refused that:
 * each that is done leaves the next one's number.
 */
static int change(struct sk_buff *skb, struct genl_info *info)
{
	static int (*const changes[])(struct genl_info *info) = {
		[SRPROXY_CMD_VNF_NEW] = vnf_new,
		[SRPROXY_CMD_VNF_DEL] = vnf_del,
		[SRPROXY_CMD_CHAIN_NEW] = chain_new,
		[SRPROXY_CMD_CHAIN_DEL] = chain_del,
		[SRPROXY_CMD_SID_NEW] = sid_new,
		[SRPROXY_CMD_SID_DEL] = sid_del,
	};
	int err;

	if (info->nlhdr->nlmsg_flags & NLM_F_MULTI &&
	    skb->mark != info->snd_seq) {
		NL_SET_ERR_MSG(info->extack, "the request before was not done");
		return -ECANCELED;
	}
	err = changes[info->genlhdr->cmd](info);
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
	err = request_parse(info, SRPROXY_A_CACHE, tb, SRPROXY_A_CACHE_SID,
			    srp_cache_key_policy, SRPROXY_A_CACHE_SID);
	if (err)
		goto out;
	node = sid_of(sn, tb[SRPROXY_A_CACHE_SID]);
	if (node)
		srp_sid_forget(sn, container_of(node, struct srp_sid, node));
	else
		err = not_found(info->extack, tb[SRPROXY_A_CACHE_SID]);
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
		err = not_found(cb->extack, only);
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
