// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "chain.h"
#include "change.h"
#include "event.h"
#include "name.h"
#include "refuse.h"
#include "sid.h"

const struct rhashtable_params srp_chain_params = {
	.head_offset = offsetof(struct srp_chain, node.hash),
	.key_offset = offsetof(struct srp_chain, params.name),
	.key_len = sizeof_field(struct srp_chain, params.name),
	.automatic_shrinking = true,
};

/**
 * srp_chain_place() - what stands in the table under a name
 * @sn:		locked
 * @name:	SRPROXY_NAME_SIZE bytes, zero padded
 */
struct srp_node *srp_chain_place(struct srp_net *sn, const char *name)
{
	struct srp_chain *chain = rhashtable_lookup_fast(&sn->chains.hash, name,
							 srp_chain_params);

	return chain ? &chain->node : NULL;
}

static struct srp_chain *chain_of(struct srp_node *node)
{
	return node ? container_of(node, struct srp_chain, node) : NULL;
}

/**
 * srp_chain_find() - chain of a name, as it is configured last
 * @sn:		locked
 * @name:	SRPROXY_NAME_SIZE bytes, zero padded
 */
struct srp_chain *srp_chain_find(struct srp_net *sn, const char *name)
{
	return chain_of(srp_node_now(srp_chain_place(sn, name)));
}

static int chain_params_check(const struct srp_chain_params *params,
			      struct nlattr **tb,
			      struct netlink_ext_ack *extack)
{
	const struct srp_path *path = &params->path;
	unsigned int i;

	if (!srp_name_valid(params->name)) {
		srp_refuse(extack, tb[SRPROXY_A_CHAIN_NAME],
			   "name must be 1..31 of A-Z a-z 0-9 _ . -");
		return -EINVAL;
	}
	if (ipv6_addr_any(&path->src) && !tb[SRPROXY_A_CHAIN_SRC]) {
		srp_missing(extack, tb, SRPROXY_A_CHAIN_SRC,
			    "a chain needs a source address (src)");
		return -EINVAL;
	}
	if (!srp_addr_routable(&path->src)) {
		srp_refuse(extack, tb[SRPROXY_A_CHAIN_SRC],
			   "src %pI6c is not a routable unicast address",
			   &path->src);
		return -EINVAL;
	}
	if (!path->nsegs && !tb[SRPROXY_A_CHAIN_SEGS]) {
		srp_missing(extack, tb, SRPROXY_A_CHAIN_SEGS,
			    "a chain needs segments (segs)");
		return -EINVAL;
	}
	for (i = 0; i < path->nsegs; i++) {
		if (srp_addr_routable(&path->segs[i]))
			continue;
		srp_refuse(extack, tb[SRPROXY_A_CHAIN_SEGS],
			   "segment %pI6c is not routable unicast",
			   &path->segs[i]);
		return -EINVAL;
	}
	if (!srp_path_signable(path)) {
		srp_refuse(extack, tb[SRPROXY_A_CHAIN_SEGS] ?:
				   tb[SRPROXY_A_CHAIN_HMAC],
			   "an HMAC covers at most %u listed segments, not %u",
			   SRP_HMAC_LISTED_MAX, path->nsegs - path->reduced);
		return -EINVAL;
	}
	return 0;
}

static struct srp_chain *chain_alloc(const struct srp_chain_params *params)
{
	struct srp_chain *chain;

	chain = kzalloc(struct_size(chain, segs, params->path.nsegs),
			GFP_KERNEL_ACCOUNT);
	if (!chain)
		return ERR_PTR(-ENOMEM);
	chain->params = *params;
	memcpy(chain->segs, params->path.segs,
	       params->path.nsegs * sizeof(chain->segs[0]));
	chain->params.path.segs = chain->segs;
	INIT_LIST_HEAD(&chain->sids);

	chain->encap = srp_encap_build(&params->path, params->table);
	if (!chain->encap) {
		kfree(chain);
		return ERR_PTR(-ENOMEM);
	}
	return chain;
}

/* Never or no longer in the table. */
static void chain_free(struct srp_chain *chain)
{
	srp_encap_free_rcu(chain->encap);
	kfree_rcu(chain, rcu);
}

static void chain_hand_on(struct srp_chain *from, struct srp_chain *to)
{
	list_splice_init(&from->sids, &to->sids);
	to->n_sids = from->n_sids;
	from->n_sids = 0;
}

/* Packets bear the old or the new header; none is lost. */
static void chain_publish(struct srp_net *sn, struct srp_change *change)
{
	struct srp_chain *chain = chain_of(change->new);
	struct srp_sid *sid;

	srp_table_publish(&sn->chains, change->head, change->new);
	if (!chain)
		return;
	list_for_each_entry(sid, &chain->sids, at_chain)
		rcu_assign_pointer(sid->chain, chain);
}

static void chain_finish(struct srp_net *sn, struct srp_change *change)
{
	struct srp_chain *old = chain_of(change->old);
	struct srp_chain *new = chain_of(change->new);

	if (!new)
		srp_event_chain(sn, SRPROXY_CMD_CHAIN_DEL, old);
	if (old)
		chain_free(old);
	if (new)
		srp_event_chain(sn, SRPROXY_CMD_CHAIN_NEW, new);
}

static void chain_undo(struct srp_net *sn, struct srp_change *change)
{
	struct srp_chain *old = chain_of(change->old);
	struct srp_chain *new = chain_of(change->new);

	srp_change_unstage(&sn->chains, change);
	if (!new)
		return;
	if (old)
		chain_hand_on(new, old);
	chain_free(new);
}

static const struct srp_change_steps chain_steps = {
	.publish = chain_publish,
	.finish = chain_finish,
	.undo = chain_undo,
};

/**
 * srp_chain_stage() - begin to add or replace a chain
 * @sn:		locked
 * @params:	all of its configuration
 * @change:	what there is in its place
 * @tb:		attributes that @params came from, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -ENOSPC, -ENOMEM: nothing changed
 */
int srp_chain_stage(struct srp_net *sn, const struct srp_chain_params *params,
		    struct srp_change *change, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	struct srp_chain *chain;
	int err;

	err = chain_params_check(params, tb, extack);
	if (err)
		return err;

	chain = chain_alloc(params);
	if (IS_ERR(chain))
		return PTR_ERR(chain);
	err = srp_change_stage(&sn->chains, change, &chain->node, extack);
	if (err) {
		chain_free(chain);
		return err;
	}
	if (change->old)
		chain_hand_on(chain_of(change->old), chain);
	change->steps = &chain_steps;
	return 0;
}

/**
 * srp_chain_stage_del() - begin to remove a chain
 * @sn:		locked
 * @change:	which
 * @key:	attribute that names it, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EBUSY while a SID uses it
 */
int srp_chain_stage_del(struct srp_net *sn, struct srp_change *change,
			const struct nlattr *key,
			struct netlink_ext_ack *extack)
{
	struct srp_chain *chain = chain_of(change->old);
	const struct srp_sid *sid;

	sid = list_first_entry_or_null(&chain->sids, struct srp_sid, at_chain);
	if (sid) {
		srp_refuse(extack, key, "in use by SID %pI6c", &sid->addr);
		return -EBUSY;
	}
	change->steps = &chain_steps;
	return srp_change_stage(&sn->chains, change, NULL, extack);
}
