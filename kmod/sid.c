// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/addrconf.h>

#include "circuit.h"
#include "event.h"
#include "refuse.h"
#include "sid.h"

/**
 * srp_addr_routable() - can packets be routed to and from this address?
 * @addr: a SID, a segment or a source address
 */
bool srp_addr_routable(const struct in6_addr *addr)
{
	int type = ipv6_addr_type(addr);

	return type & IPV6_ADDR_UNICAST &&
	       !(type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK |
			 IPV6_ADDR_MAPPED));
}

/**
 * srp_sid_check_next_hops() - can all inner types be sent to a VNF?
 * @vnf:	the VNF
 * @inner:	mask of SRPROXY_INNER_*
 * @attr:	attribute to point at, or NULL
 * @extack:	for the refusal
 *
 * Return: 0 or -EINVAL
 */
int srp_sid_check_next_hops(const struct srp_vnf *vnf, u8 inner,
			    struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	if (inner & SRPROXY_INNER_IP4 &&
	    !srp_vnf_has_next_hop(vnf, SRP_INNER_IP4)) {
		srp_refuse(extack, attr,
			   "the VNF has no next hop for ip4: nh4, nh6 or lladdr");
		return -EINVAL;
	}
	if (inner & SRPROXY_INNER_IP6 &&
	    !srp_vnf_has_next_hop(vnf, SRP_INNER_IP6)) {
		srp_refuse(extack, attr,
			   "the VNF has no next hop for ip6: nh6 or lladdr");
		return -EINVAL;
	}
	return 0;
}

/* What the behavior needs, and what it has no use for. */
static int behavior_check(const struct srp_sid_params *params,
			  struct nlattr **tb, struct netlink_ext_ack *extack)
{
	static const u8 learning[] = {
		SRPROXY_A_SID_AGEING, SRPROXY_A_SID_MARGIN, SRPROXY_A_SID_TABLE,
	};
	unsigned int i;

	if (!params->behavior) {
		srp_missing(extack, tb, SRPROXY_A_SID_BEHAVIOR,
			    "a SID needs a behavior");
		return -EINVAL;
	}
	if (params->behavior->chained && !params->chain[0]) {
		srp_missing(extack, tb, SRPROXY_A_SID_CHAIN,
			    "%s needs a chain", params->behavior->name);
		return -EINVAL;
	}
	if (!params->behavior->chained && tb[SRPROXY_A_SID_CHAIN]) {
		srp_refuse(extack, tb[SRPROXY_A_SID_CHAIN],
			   "%s has no chain: it learns its header",
			   params->behavior->name);
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(learning); i++) {
		if (params->behavior->learns || !tb[learning[i]])
			continue;
		srp_refuse(extack, tb[learning[i]],
			   "%s learns nothing: no ageing, margin or table",
			   params->behavior->name);
		return -EINVAL;
	}
	return 0;
}

static int sid_params_check(struct srp_net *sn,
			    const struct srp_sid_params *params,
			    struct nlattr **tb, struct netlink_ext_ack *extack)
{
	if (!srp_addr_routable(&params->addr)) {
		srp_refuse(extack, tb[SRPROXY_A_SID_ADDR],
			   "%pI6c is not a routable unicast address",
			   &params->addr);
		return -EINVAL;
	}
	/* All that is sent to a SID is taken: the node could not be reached. */
	if (ipv6_chk_addr(sn->net, &params->addr, NULL, 0)) {
		srp_refuse(extack, tb[SRPROXY_A_SID_ADDR],
			   "%pI6c is an address of this node", &params->addr);
		return -EADDRINUSE;
	}
	if (!params->vnf[0]) {
		srp_missing(extack, tb, SRPROXY_A_SID_VNF, "a SID needs a VNF");
		return -EINVAL;
	}
	return behavior_check(params, tb, extack);
}

/* After a grace period: no packet reads it any more. */
static void sid_free(struct rcu_head *rcu)
{
	struct srp_sid *sid = container_of(rcu, struct srp_sid, rcu);

	if (!sid->heir)
		free_percpu(sid->stats);
	kfree(sid);
}

/* Never or no longer in the table, nor in a list or circuit. */
static void sid_end(struct srp_sid *sid)
{
	if (!sid->heir)
		srp_memory_free_rcu(sid->memory);
	call_rcu(&sid->rcu, sid_free);
}

/*
 * Counters and learned headers belong to the address, not to one version of
 * its configuration: @old leaves them to its successor.
 */
static struct srp_sid *sid_alloc(const struct srp_sid_params *params,
				 const struct srp_sid *old)
{
	struct srp_sid *sid;

	sid = kzalloc(sizeof(*sid), GFP_KERNEL_ACCOUNT);
	if (!sid)
		return NULL;
	sid->params = *params;

	sid->stats = old ? old->stats : srp_stats_alloc();
	if (!sid->stats)
		goto err_sid;
	if (params->behavior->learns) {
		sid->memory = old && old->memory ? old->memory :
						   srp_memory_alloc();
		if (!sid->memory)
			goto err_stats;
	}
	return sid;

err_stats:
	if (!old)
		free_percpu(sid->stats);
err_sid:
	kfree(sid);
	return NULL;
}

static struct srp_vnf *sid_vnf(struct srp_net *sn, const struct srp_sid *sid)
{
	return rcu_dereference_protected(sid->vnf, lockdep_is_held(&sn->lock));
}

static struct srp_chain *sid_chain(struct srp_net *sn,
				   const struct srp_sid *sid)
{
	return rcu_dereference_protected(sid->chain,
					 lockdep_is_held(&sn->lock));
}

/* Before packets see it. */
static void sid_attach(struct srp_sid *sid, struct srp_vnf *vnf,
		       struct srp_chain *chain)
{
	RCU_INIT_POINTER(sid->vnf, vnf);
	list_add_tail(&sid->at_vnf, &vnf->sids);
	vnf->n_sids++;
	if (!chain)
		return;
	RCU_INIT_POINTER(sid->chain, chain);
	list_add_tail(&sid->at_chain, &chain->sids);
	chain->n_sids++;
}

/* Packets may still see it: the pointers stay. */
static void sid_detach(struct srp_net *sn, struct srp_sid *sid)
{
	struct srp_vnf *vnf = sid_vnf(sn, sid);
	struct srp_chain *chain = sid_chain(sn, sid);

	srp_circuit_close(vnf->in, sid);
	list_del(&sid->at_vnf);
	vnf->n_sids--;
	if (!chain)
		return;
	list_del(&sid->at_chain);
	chain->n_sids--;
}

static void sid_replace(struct srp_net *sn, struct srp_sid *old,
			struct srp_sid *new)
{
	if (new->memory && new->params.ageing != old->params.ageing)
		srp_memory_refresh(new->memory);
	srp_table_replace(&sn->sids, &old->node, &new->node);
	srp_circuit_open(sid_vnf(sn, new)->in, new);
	sid_detach(sn, old);

	/* What the new one takes no interest in is forgotten. */
	srp_forget(sn, old, new->memory ? ~new->params.inner :
					  SRPROXY_INNER_ALL);
	if (!new->memory)
		srp_memory_free_rcu(old->memory);
	old->heir = true;
	sid_end(old);
}

/**
 * srp_sid_set() - add or replace a SID
 * @sn:		locked
 * @params:	all of its configuration
 * @old:	SID of that address, NULL to add one
 * @tb:		attributes that @params came from, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -EADDRINUSE (address of this node), -ENOENT (no such VNF
 * or chain), -EEXIST (return circuit taken), -ENOMEM: nothing changed
 */
int srp_sid_set(struct srp_net *sn, const struct srp_sid_params *params,
		struct srp_sid *old, struct nlattr **tb,
		struct netlink_ext_ack *extack)
{
	struct nlattr *inner = tb[SRPROXY_A_SID_INNER] ?:
			       tb[SRPROXY_A_SID_VNF] ?: tb[SRPROXY_A_SID_ADDR];
	struct srp_chain *chain = NULL;
	struct srp_vnf *vnf;
	struct srp_sid *sid;
	int err;

	err = sid_params_check(sn, params, tb, extack);
	if (err)
		return err;

	vnf = srp_vnf_find(sn, params->vnf);
	if (!vnf) {
		srp_refuse(extack, tb[SRPROXY_A_SID_VNF], "no VNF named %s",
			   params->vnf);
		return -ENOENT;
	}
	if (params->behavior->chained) {
		chain = srp_chain_find(sn, params->chain);
		if (!chain) {
			srp_refuse(extack, tb[SRPROXY_A_SID_CHAIN],
				   "no chain named %s", params->chain);
			return -ENOENT;
		}
	}
	err = srp_sid_check_next_hops(vnf, params->inner, inner, extack);
	if (err)
		return err;
	err = srp_circuit_check(vnf->in, params->inner, old,
				tb[SRPROXY_A_SID_VNF] ?: inner, extack);
	if (err)
		return err;

	sid = sid_alloc(params, old);
	if (!sid)
		return -ENOMEM;
	sid_attach(sid, vnf, chain);

	if (old) {
		sid_replace(sn, old, sid);
	} else {
		err = srp_net_get(sn);
		if (err)
			goto err_detach;
		err = srp_table_add(&sn->sids, &sid->node, extack);
		if (err)
			goto err_put;
		srp_circuit_open(vnf->in, sid);
	}

	srp_event_sid(sn, SRPROXY_CMD_SID_NEW, sid);
	return 0;

err_put:
	srp_net_put(sn);
err_detach:
	sid_detach(sn, sid);
	sid_end(sid);
	return err;
}

/**
 * srp_sid_del() - remove a SID
 * @sn:		locked
 * @sid:	which
 */
void srp_sid_del(struct srp_net *sn, struct srp_sid *sid)
{
	srp_event_sid(sn, SRPROXY_CMD_SID_DEL, sid);
	srp_table_del(&sn->sids, &sid->node);
	sid_detach(sn, sid);
	srp_forget(sn, sid, SRPROXY_INNER_ALL);
	sid_end(sid);
	srp_net_put(sn);
}

/**
 * srp_sid_flush() - remove all SIDs
 * @sn: locked
 */
void srp_sid_flush(struct srp_net *sn)
{
	struct srp_node *node;
	unsigned long id;

	srp_table_for_each(&sn->sids, id, node) {
		srp_sid_del(sn, container_of(node, struct srp_sid, node));
		cond_resched();
	}
}
