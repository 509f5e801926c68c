// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "chain.h"
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
 * srp_chain_find() - chain of a name
 * @sn:		locked
 * @name:	SRPROXY_NAME_SIZE bytes, zero padded
 */
struct srp_chain *srp_chain_find(struct srp_net *sn, const char *name)
{
	return rhashtable_lookup_fast(&sn->chains.hash, name, srp_chain_params);
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

static void chain_replace(struct srp_net *sn, struct srp_chain *old,
			  struct srp_chain *new)
{
	struct srp_sid *sid;

	list_for_each_entry(sid, &old->sids, at_chain)
		rcu_assign_pointer(sid->chain, new);
	list_splice_init(&old->sids, &new->sids);
	new->n_sids = old->n_sids;
	srp_table_replace(&sn->chains, &old->node, &new->node);
}

/**
 * srp_chain_set() - add or replace a chain
 * @sn:		locked
 * @params:	all of its configuration
 * @old:	chain of that name, NULL to add one
 * @tb:		attributes that @params came from, for the refusal to point at
 * @extack:	for the refusal
 *
 * Packets bear the old or the new header; none is lost.
 *
 * Return: 0; -EINVAL, -ENOMEM: nothing changed
 */
int srp_chain_set(struct srp_net *sn, const struct srp_chain_params *params,
		  struct srp_chain *old, struct nlattr **tb,
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

	if (old) {
		chain_replace(sn, old, chain);
		chain_free(old);
	} else {
		err = srp_table_add(&sn->chains, &chain->node, extack);
		if (err) {
			chain_free(chain);
			return err;
		}
	}

	srp_event_chain(sn, SRPROXY_CMD_CHAIN_NEW, chain);
	return 0;
}

static int chain_in_use(struct srp_chain *chain, const struct nlattr *key,
			struct netlink_ext_ack *extack)
{
	struct srp_sid *sid;

	if (list_empty(&chain->sids))
		return 0;
	sid = list_first_entry(&chain->sids, struct srp_sid, at_chain);
	srp_refuse(extack, key, "in use by SID %pI6c", &sid->params.addr);
	return -EBUSY;
}

static void chain_del(struct srp_net *sn, struct srp_chain *chain)
{
	srp_event_chain(sn, SRPROXY_CMD_CHAIN_DEL, chain);
	srp_table_del(&sn->chains, &chain->node);
	chain_free(chain);
}

/**
 * srp_chain_del() - remove a chain
 * @sn:		locked
 * @chain:	which
 * @key:	attribute that names it, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EBUSY while a SID uses it
 */
int srp_chain_del(struct srp_net *sn, struct srp_chain *chain, const struct nlattr *key,
		  struct netlink_ext_ack *extack)
{
	int err = chain_in_use(chain, key, extack);

	if (!err)
		chain_del(sn, chain);
	return err;
}

/**
 * srp_chain_flush() - remove all chains, or none while a SID uses one
 * @sn:		locked
 * @extack:	for the refusal
 *
 * Return: 0 or -EBUSY
 */
int srp_chain_flush(struct srp_net *sn, struct netlink_ext_ack *extack)
{
	struct srp_node *node;
	unsigned long id;
	int err;

	srp_table_for_each(&sn->chains, id, node) {
		err = chain_in_use(container_of(node, struct srp_chain, node),
				   NULL, extack);
		if (err)
			return err;
	}
	srp_table_for_each(&sn->chains, id, node) {
		chain_del(sn, container_of(node, struct srp_chain, node));
		cond_resched();
	}
	return 0;
}
