// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "change.h"
#include "message.h"
#include "noun.h"
#include "policy.h"
#include "refuse.h"
#include "request.h"

/* As rtnetlink: what may be there before, what is done to it. */
static int new_flags_check(const struct srp_request *req,
			   const struct nlattr *key, bool exists)
{
	switch (req->flags & (NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE)) {
	case NLM_F_CREATE | NLM_F_EXCL:
		if (!exists)
			return 0;
		NL_SET_ERR_MSG_ATTR(req->extack, key, "exists already");
		return -EEXIST;
	case NLM_F_CREATE | NLM_F_REPLACE:
		return 0;
	case NLM_F_REPLACE:
		if (exists)
			return 0;
		return srp_not_found(req->extack, key);
	default:
		NL_SET_ERR_MSG(req->extack,
			       "flags must be CREATE|EXCL, CREATE|REPLACE or REPLACE");
		return -EINVAL;
	}
}

/* Change what exists, rather than say all of it anew? */
static bool keeps(const struct srp_request *req)
{
	return !(req->flags & NLM_F_CREATE);
}

static struct srp_change *change_alloc(const struct srp_request *req,
				       struct srp_node *head)
{
	struct srp_change *change = kzalloc(sizeof(*change),
					    GFP_KERNEL_ACCOUNT);

	if (!change)
		return NULL;
	change->nest = req->attrs[0];
	change->head = head;
	change->was = head ? head->next : NULL;
	change->old = srp_node_now(head);
	return change;
}

/* Of what was staged, or not. */
static int change_add(struct srp_change *change, int err,
		      struct list_head *changes)
{
	if (err)
		kfree(change);
	else
		list_add_tail(&change->list, changes);
	return err;
}

static int vnf_new(struct srp_net *sn, const struct srp_request *req,
		   struct list_head *changes)
{
	struct nlattr *tb[SRPROXY_A_VNF_MAX + 1];
	struct srp_vnf_spec spec = {};
	struct srp_change *change;
	int err;

	err = srp_nest_parse(req->attrs, SRPROXY_A_VNF, tb, SRPROXY_A_VNF_MAX,
			     srp_vnf_policy, SRPROXY_A_VNF_NAME, req->extack);
	if (err)
		return err;
	strscpy_pad(spec.params.name, nla_data(tb[SRPROXY_A_VNF_NAME]),
		    sizeof(spec.params.name));

	change = change_alloc(req, srp_vnf_place(sn, spec.params.name));
	if (!change)
		return -ENOMEM;
	err = new_flags_check(req, tb[SRPROXY_A_VNF_NAME], change->old);
	if (!err) {
		if (change->old && keeps(req))
			srp_vnf_spec_of(&spec, container_of(change->old,
							    struct srp_vnf,
							    node));
		err = srp_vnf_parse(&spec, tb, req->extack);
	}
	if (!err)
		err = srp_vnf_stage(sn, &spec, change, tb, req->extack);
	return change_add(change, err, changes);
}

static int chain_new(struct srp_net *sn, const struct srp_request *req,
		     struct list_head *changes)
{
	struct srp_chain_params params = {
		.path.hop_limit = SRPROXY_HOP_LIMIT_DEFAULT,
	};
	struct nlattr *tb[SRPROXY_A_CHAIN_MAX + 1];
	struct srp_change *change;
	int err;

	err = srp_nest_parse(req->attrs, SRPROXY_A_CHAIN, tb,
			     SRPROXY_A_CHAIN_MAX, srp_chain_policy,
			     SRPROXY_A_CHAIN_NAME, req->extack);
	if (err)
		return err;
	strscpy_pad(params.name, nla_data(tb[SRPROXY_A_CHAIN_NAME]),
		    sizeof(params.name));

	change = change_alloc(req, srp_chain_place(sn, params.name));
	if (!change)
		return -ENOMEM;
	err = new_flags_check(req, tb[SRPROXY_A_CHAIN_NAME], change->old);
	if (!err) {
		if (change->old && keeps(req))
			params = container_of(change->old, struct srp_chain,
					      node)->params;
		err = srp_chain_parse(&params, tb, req->extack);
	}
	if (!err)
		err = srp_chain_stage(sn, &params, change, tb, req->extack);
	return change_add(change, err, changes);
}

static int sid_new(struct srp_net *sn, const struct srp_request *req,
		   struct list_head *changes)
{
	struct srp_sid_spec spec = { .params = SRP_SID_PARAMS_DEFAULT };
	struct nlattr *tb[SRPROXY_A_SID_MAX + 1];
	struct srp_change *change;
	int err;

	err = srp_nest_parse(req->attrs, SRPROXY_A_SID, tb, SRPROXY_A_SID_MAX,
			     srp_sid_policy, SRPROXY_A_SID_ADDR, req->extack);
	if (err)
		return err;

	change = change_alloc(req, srp_sid_noun.place(sn, tb));
	if (!change)
		return -ENOMEM;
	/* One of another length is changed by no accident. */
	err = new_flags_check(req, tb[SRPROXY_A_SID_ADDR], change->old &&
			      (!keeps(req) ||
			       srp_sid_noun.is(change->old, tb)));
	if (!err) {
		if (change->old && keeps(req))
			srp_sid_spec_of(&spec, sn,
					container_of(change->old,
						     struct srp_sid, node));
		srp_sid_parse(&spec, tb);
		err = srp_sid_stage(sn, &spec, change, tb, req->extack);
	}
	return change_add(change, err, changes);
}

static int flush(struct srp_net *sn, const struct srp_noun *noun,
		 const struct srp_request *req, struct list_head *changes)
{
	struct srp_change *change;
	struct srp_node *place;
	unsigned long id;
	int err;

	srp_table_for_each(srp_noun_table(noun, sn), id, place) {
		if (!srp_node_now(place))
			continue;
		change = change_alloc(req, place);
		if (!change)
			return -ENOMEM;
		err = noun->stage_del(sn, change, NULL, req->extack);
		err = change_add(change, err, changes);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int noun_del(struct srp_net *sn, const struct srp_noun *noun,
		    const struct srp_request *req, struct list_head *changes)
{
	struct srp_change *change;
	struct srp_node *place;
	struct nlattr *key;

	if (req->flags & NLM_F_BULK && !req->attrs[noun->nest])
		return flush(sn, noun, req, changes);

	place = srp_noun_place(noun, sn, req->attrs, &key, req->extack);
	if (IS_ERR(place))
		return PTR_ERR(place);
	change = change_alloc(req, place);
	if (!change)
		return -ENOMEM;
	return change_add(change, noun->stage_del(sn, change, key, req->extack),
			  changes);
}

/**
 * srp_request_known() - is this a command for a change?
 * @cmd: SRPROXY_CMD_*
 */
bool srp_request_known(u8 cmd)
{
	switch (cmd) {
	case SRPROXY_CMD_VNF_NEW:
	case SRPROXY_CMD_VNF_DEL:
	case SRPROXY_CMD_CHAIN_NEW:
	case SRPROXY_CMD_CHAIN_DEL:
	case SRPROXY_CMD_SID_NEW:
	case SRPROXY_CMD_SID_DEL:
		return true;
	default:
		return false;
	}
}

/**
 * srp_request_device() - attribute that asks for the device of seg6local routes
 * @req: one that is known
 *
 * Return: the attribute, or NULL
 */
const struct nlattr *srp_request_device(const struct srp_request *req)
{
	const struct nlattr *hook;

	if (req->cmd != SRPROXY_CMD_SID_NEW || !req->attrs[SRPROXY_A_SID])
		return NULL;
	hook = nla_find_nested(req->attrs[SRPROXY_A_SID], SRPROXY_A_SID_HOOK);
	return hook && nla_len(hook) == sizeof(u8) &&
	       nla_get_u8(hook) == SRPROXY_HOOK_SEG6LOCAL ? hook : NULL;
}

/**
 * srp_request_stage() - begin to do what is asked for
 * @sn:		locked, under RTNL
 * @req:	one that is known
 * @changes:	gets one more change, or all that a flush is, or the first of
 *		them if it is refused
 *
 * Return: 0 or why not
 */
int srp_request_stage(struct srp_net *sn, const struct srp_request *req,
		      struct list_head *changes)
{
	switch (req->cmd) {
	case SRPROXY_CMD_VNF_NEW:
		return vnf_new(sn, req, changes);
	case SRPROXY_CMD_CHAIN_NEW:
		return chain_new(sn, req, changes);
	case SRPROXY_CMD_SID_NEW:
		return sid_new(sn, req, changes);
	case SRPROXY_CMD_VNF_DEL:
		return noun_del(sn, &srp_vnf_noun, req, changes);
	case SRPROXY_CMD_CHAIN_DEL:
		return noun_del(sn, &srp_chain_noun, req, changes);
	default:
		return noun_del(sn, &srp_sid_noun, req, changes);
	}
}
