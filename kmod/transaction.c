// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "change.h"
#include "noun.h"
#include "policy.h"
#include "promisc.h"
#include "refuse.h"
#include "request.h"
#include "seg6local_dev.h"
#include "transaction.h"

/*
 * Devices are asked for what needs RTNL, which goes before our lock; one of them
 * is ours. It has to be there before that lock is taken, and goes with the last
 * SID that needs it.
 */
static int config_lock(struct srp_net *sn, const struct nlattr *device,
		       struct netlink_ext_ack *extack)
{
	int err = 0;

	rtnl_lock();
	if (device)
		err = srp_seg6local_get(sn->net, device, extack);
	mutex_lock(&sn->lock);
	sn->new_flows = 0;
	return err;
}

static void config_unlock(struct srp_net *sn)
{
	mutex_unlock(&sn->lock);
	srp_promisc_settle(sn);
	srp_seg6local_put(sn->net);
	rtnl_unlock();
}

static void publish(struct srp_net *sn, struct list_head *changes)
{
	srp_changes_publish(sn, changes);
	srp_changes_finish(sn, changes);
}

static void end(struct srp_net *sn, struct list_head *changes, int err)
{
	struct srp_change *change, *next;

	if (err)
		srp_changes_undo(sn, changes);
	else
		publish(sn, changes);
	list_for_each_entry_safe(change, next, changes, list)
		kfree(change);
}

/**
 * srp_transaction_one() - do what one message asks for
 * @info: the message
 *
 * Return: 0, or why nothing has changed
 */
int srp_transaction_one(struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	const struct srp_request req = {
		.cmd = info->genlhdr->cmd,
		.flags = info->nlhdr->nlmsg_flags,
		.attrs = info->attrs,
		.extack = info->extack,
	};
	const struct srp_change *refused;
	LIST_HEAD(changes);
	int err;

	err = config_lock(sn, srp_request_device(&req), req.extack);
	if (!err)
		err = srp_request_stage(sn, &req, &changes);
	if (!err)
		err = srp_changes_check(sn, &changes, &refused, req.extack);
	end(sn, &changes, err);
	config_unlock(sn);
	return err;
}

/* Of one of many: the attributes are those that its own message would have. */
static int parse(struct srp_request *req, const struct nlattr *nest)
{
	struct nlattr **tb = req->attrs;
	int err;

	err = nla_parse_nested(tb, SRP_CHANGE_MAX, nest, srp_change_policy,
			       req->extack);
	if (err)
		return err;
	tb[0] = (struct nlattr *)nest;
	if (!tb[SRPROXY_A_COMMAND]) {
		srp_missing(req->extack, tb, SRPROXY_A_COMMAND,
			    "a change needs its command");
		return -EINVAL;
	}
	req->cmd = nla_get_u8(tb[SRPROXY_A_COMMAND]);
	req->flags = tb[SRPROXY_A_FLAGS] ? nla_get_u16(tb[SRPROXY_A_FLAGS]) : 0;
	if (srp_request_known(req->cmd))
		return 0;
	srp_refuse(req->extack, tb[SRPROXY_A_COMMAND],
		   "command %u is none of those that a transaction is made of",
		   req->cmd);
	return -EOPNOTSUPP;
}

/* Whose fault is it? What has been pointed at is inside. */
static void blame(struct genl_info *info, const struct nlattr *nest)
{
	struct netlink_ext_ack *extack = info->extack;
	const struct nlattr *change;
	u32 index = 0;
	int rem;

	nlmsg_for_each_attr(change, info->nlhdr, GENL_HDRLEN, rem) {
		if (change == nest)
			break;
		index++;
	}
	BUILD_BUG_ON(sizeof(index) > sizeof(extack->cookie));
	memcpy(extack->cookie, &index, sizeof(index));
	extack->cookie_len = sizeof(index);
	if (!extack->bad_attr)
		NL_SET_BAD_ATTR(extack, nest);
}

/* One after another, each as if those before it had been done. */
static int stage(struct srp_net *sn, struct genl_info *info,
		 struct srp_request *req, struct list_head *changes)
{
	const struct srp_change *refused;
	const struct nlattr *nest;
	int err, rem;

	nlmsg_for_each_attr(nest, info->nlhdr, GENL_HDRLEN, rem) {
		err = parse(req, nest);
		if (!err)
			err = srp_request_stage(sn, req, changes);
		if (err) {
			blame(info, nest);
			return err;
		}
		cond_resched();
	}
	err = srp_changes_check(sn, changes, &refused, req->extack);
	if (err)
		blame(info, refused->nest);
	return err;
}

/**
 * srp_transaction_many() - do all that one message asks for
 * @info: a transaction
 *
 * Return: 0, or why nothing has changed
 */
int srp_transaction_many(struct genl_info *info)
{
	struct srp_net *sn = srp_net(genl_info_net(info));
	const struct nlattr *nest, *device = NULL, *asks = NULL;
	struct nlattr *tb[SRP_CHANGE_MAX + 1];
	struct srp_request req = { .attrs = tb, .extack = info->extack };
	LIST_HEAD(changes);
	int err, rem;

	if (!info->attrs[SRPROXY_A_CHANGE]) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, SRPROXY_A_CHANGE);
		NL_SET_ERR_MSG(info->extack, "a transaction needs changes");
		return -EINVAL;
	}
	/* What can be refused without a lock is. */
	nlmsg_for_each_attr(nest, info->nlhdr, GENL_HDRLEN, rem) {
		err = parse(&req, nest);
		if (err) {
			blame(info, nest);
			return err;
		}
		if (!device) {
			device = srp_request_device(&req);
			asks = nest;
		}
		cond_resched();
	}

	err = config_lock(sn, device, info->extack);
	if (err)
		blame(info, asks);
	else
		err = stage(sn, info, &req, &changes);
	end(sn, &changes, err);
	config_unlock(sn);
	return err;
}

/**
 * srp_transaction_clear() - remove all objects
 * @sn: locked, under RTNL
 *
 * In this order each has its references to the others no more. Needs no memory.
 */
void srp_transaction_clear(struct srp_net *sn)
{
	static const struct srp_noun * const nouns[] = {
		&srp_sid_noun, &srp_chain_noun, &srp_vnf_noun,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nouns); i++) {
		struct srp_node *node;
		unsigned long id;

		srp_table_for_each(srp_noun_table(nouns[i], sn), id, node) {
			struct srp_change change = {
				.head = node, .old = node,
			};
			LIST_HEAD(changes);

			WARN_ON_ONCE(nouns[i]->stage_del(sn, &change, NULL,
							 NULL));
			list_add(&change.list, &changes);
			publish(sn, &changes);
		}
	}
}
