// SPDX-License-Identifier: GPL-2.0
#include "chain.h"
#include "noun.h"
#include "policy.h"
#include "refuse.h"
#include "sid.h"
#include "vnf.h"

/* What tells an object from another comes first in each nest. */
#define KEY	1
static_assert(SRPROXY_A_VNF_NAME == KEY && SRPROXY_A_CHAIN_NAME == KEY &&
	      SRPROXY_A_SID_ADDR == KEY);

/**
 * srp_nest_parse() - the attributes inside a request's nest
 * @attrs:	the request's
 * @type:	of the nest
 * @tb:		the result. @tb[0] becomes the nest itself, for refusals that
 *		miss something in it
 * @max:	last attribute
 * @policy:	what they may be
 * @key:	the one that has to be there
 * @extack:	for the refusal
 *
 * Return: 0 or -EINVAL, -ERANGE
 */
int srp_nest_parse(struct nlattr **attrs, int type, struct nlattr **tb, int max,
		   const struct nla_policy *policy, int key,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *nest = attrs[type];
	int err;

	if (!nest) {
		NL_SET_ERR_ATTR_MISS(extack, attrs[0], type);
		NL_SET_ERR_MSG(extack, "the object's nest is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, max, nest, policy, extack);
	if (err)
		return err;
	tb[0] = nest;
	if (!tb[key]) {
		srp_missing(extack, tb, key, "the object's key is missing");
		return -EINVAL;
	}
	return 0;
}

/**
 * srp_not_found() - refuse what names no object
 * @extack:	for the refusal
 * @attr:	its key
 *
 * Return: -ENOENT
 */
int srp_not_found(struct netlink_ext_ack *extack, const struct nlattr *attr)
{
	srp_refuse(extack, attr, "does not exist");
	return -ENOENT;
}

/**
 * srp_noun_place() - where the object that a request names stands in its table
 * @noun:	kind of object
 * @sn:		locked
 * @attrs:	the request's
 * @key:	the result: attribute that names it
 * @extack:	for the refusal
 *
 * Return: what stands there, by which srp_node_now() is it; or why there is none
 */
struct srp_node *srp_noun_place(const struct srp_noun *noun, struct srp_net *sn,
				struct nlattr **attrs, struct nlattr **key,
				struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SRP_KEY_MAX + 1];
	struct srp_node *place;
	int err;

	err = srp_nest_parse(attrs, noun->nest, tb, noun->key_max,
			     noun->key_policy, KEY, extack);
	if (err)
		return ERR_PTR(err);
	*key = tb[KEY];
	place = noun->place(sn, tb);
	if (!srp_node_now(place) ||
	    (noun->is && !noun->is(srp_node_now(place), tb)))
		return ERR_PTR(srp_not_found(extack, tb[KEY]));
	return place;
}

static struct srp_node *vnf_place(struct srp_net *sn, struct nlattr **key)
{
	char name[SRPROXY_NAME_SIZE];

	strscpy_pad(name, nla_data(key[KEY]), sizeof(name));
	return srp_vnf_place(sn, name);
}

const struct srp_noun srp_vnf_noun = {
	.nest = SRPROXY_A_VNF,
	.key_policy = srp_vnf_key_policy,
	.key_max = KEY,
	.get = SRPROXY_CMD_VNF_GET,
	.table = offsetof(struct srp_net, vnfs),
	.place = vnf_place,
	.stage_del = srp_vnf_stage_del,
};

static struct srp_node *chain_place(struct srp_net *sn, struct nlattr **key)
{
	char name[SRPROXY_NAME_SIZE];

	strscpy_pad(name, nla_data(key[KEY]), sizeof(name));
	return srp_chain_place(sn, name);
}

const struct srp_noun srp_chain_noun = {
	.nest = SRPROXY_A_CHAIN,
	.key_policy = srp_chain_key_policy,
	.key_max = KEY,
	.get = SRPROXY_CMD_CHAIN_GET,
	.table = offsetof(struct srp_net, chains),
	.place = chain_place,
	.stage_del = srp_chain_stage_del,
};

static struct srp_node *sid_place(struct srp_net *sn, struct nlattr **key)
{
	struct in6_addr addr = nla_get_in6_addr(key[KEY]);

	return srp_sid_place(sn, &addr);
}

/* The length need not be said. But what is said must be right. */
static bool sid_is(const struct srp_node *node, struct nlattr **key)
{
	const struct srp_sid *sid = container_of(node, struct srp_sid, node);
	const struct nlattr *len = key[SRPROXY_A_SID_PREFIX_LEN];

	return !len || nla_get_u8(len) == sid->params.prefix_len;
}

const struct srp_noun srp_sid_noun = {
	.nest = SRPROXY_A_SID,
	.key_policy = srp_sid_key_policy,
	.key_max = SRPROXY_A_SID_PREFIX_LEN,
	.get = SRPROXY_CMD_SID_GET,
	.table = offsetof(struct srp_net, sids),
	.place = sid_place,
	.is = sid_is,
	.stage_del = srp_sid_stage_del,
};
