// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "circuit.h"
#include "event.h"
#include "hook_local.h"
#include "hook_prerouting.h"
#include "plain.h"
#include "refuse.h"
#include "sid.h"
#include "sid_params.h"

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
 * srp_sid_find_prefix() - the SID with the longest prefix of an address
 * @sn:		namespace, under RCU
 * @addr:	destination
 */
struct srp_sid *srp_sid_find_prefix(struct srp_net *sn,
				    const struct in6_addr *addr)
{
	unsigned int len, size;

	for (size = 128; (len = find_last_bit(sn->prefix_lens, size)) < size;
	     size = len) {
		struct in6_addr prefix;
		struct srp_sid *sid;

		ipv6_addr_prefix(&prefix, addr, len);
		sid = srp_sid_get(sn, &prefix);
		if (sid && sid->params.prefix_len == len)
			return sid;
	}
	return NULL;
}

static int check_next_hops(const struct srp_sid_params *params,
			   const struct srp_vnf *vnf, struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	enum srp_side side = srp_sid_side(params);
	const char *prefix = side == SRP_IIF ? "iif-" : "";

	if (params->inner & SRPROXY_INNER_IP4 &&
	    !srp_vnf_has_next_hop(vnf, side, SRP_INNER_IP4)) {
		srp_refuse(extack, attr,
			   "the VNF has no next hop for ip4: %snh4, %snh6 or %slladdr",
			   prefix, prefix, prefix);
		return -EINVAL;
	}
	if (params->inner & SRPROXY_INNER_IP6 &&
	    !srp_vnf_has_next_hop(vnf, side, SRP_INNER_IP6)) {
		srp_refuse(extack, attr,
			   "the VNF has no next hop for ip6: %snh6 or %slladdr",
			   prefix, prefix);
		return -EINVAL;
	}
	return 0;
}

/*
 * What comes by a VRF passes hooks of the device below it, and then PRE_ROUTING,
 * but none of the VRF's own.
 */
static int check_vrf(const struct srp_sid_params *params,
		     const struct srp_vnf *vnf, struct nlattr *attr,
		     struct netlink_ext_ack *extack)
{
	const struct srp_trunk *trunk =
		vnf->port[!srp_sid_side(params)]->trunk;
	const struct net_device *dev = rtnl_dereference(trunk->dev);

	if (srp_params_prerouting(params) || !dev || !netif_is_l3_master(dev))
		return 0;
	srp_refuse(extack, attr,
		   "hook local needs the VNF's own iif, not the VRF %s",
		   dev->name);
	return -EINVAL;
}

/**
 * srp_sid_check_vnf() - can a SID live with a VNF?
 * @params:	the SID
 * @vnf:	the VNF
 * @own:	SID that may hold the circuits already, or NULL
 * @attr:	attribute to point at, or NULL
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -EEXIST (return circuit taken)
 */
int srp_sid_check_vnf(const struct srp_sid_params *params,
		      const struct srp_vnf *vnf, const struct srp_sid *own,
		      struct nlattr *attr, struct netlink_ext_ack *extack)
{
	int err;

	if (params->reverse && vnf->port[SRP_DEV] == vnf->port[SRP_IIF]) {
		srp_refuse(extack, attr,
			   "reverse needs a VNF whose iif is not its dev %s",
			   vnf->port[SRP_DEV]->trunk->name);
		return -EINVAL;
	}
	err = check_next_hops(params, vnf, attr, extack);
	if (!err)
		err = check_vrf(params, vnf, attr, extack);
	if (err)
		return err;
	return srp_circuit_check(vnf->port[!srp_sid_side(params)],
				 srp_sid_circuits(params), own, attr, extack);
}

/* Does a SID take frames that the stack would not give to it? */
static bool wants_frames(const struct srp_sid *sid, const struct srp_port *port)
{
	u8 circuits = srp_sid_circuits(&sid->params);

	if (!srp_tagged(&port->vlans))
		circuits &= SRPROXY_INNER_ETH;
	return circuits;
}

/**
 * srp_sid_frames_get() - let a SID have the frames that it needs
 * @sn:		locked
 * @sid:	the SID
 * @vnf:	its VNF
 *
 * Return: 0, or why not
 */
int srp_sid_frames_get(struct srp_net *sn, const struct srp_sid *sid,
		       const struct srp_vnf *vnf)
{
	struct srp_port *port = srp_sid_port_back(sid, vnf);

	return wants_frames(sid, port) ? srp_port_frames_get(sn, port) : 0;
}

/**
 * srp_sid_frames_put() - it needs them no longer
 * @sn:		locked
 * @sid:	the SID
 * @vnf:	its VNF
 */
void srp_sid_frames_put(struct srp_net *sn, const struct srp_sid *sid,
			const struct srp_vnf *vnf)
{
	struct srp_port *port = srp_sid_port_back(sid, vnf);

	if (wants_frames(sid, port))
		srp_port_frames_put(sn, port);
}

/* Let packets come that a SID waits for. */
static int hooks_get(struct srp_net *sn, const struct srp_sid_params *params)
{
	bool local = params->hook == SRPROXY_HOOK_LOCAL;
	int err = 0;

	if (local)
		err = srp_hook_local_get(sn);
	if (err || !srp_params_prerouting(params))
		return err;
	err = srp_hook_prerouting_get(sn);
	if (err && local)
		srp_hook_local_put(sn);
	return err;
}

static void hooks_put(struct srp_net *sn, const struct srp_sid_params *params)
{
	if (params->hook == SRPROXY_HOOK_LOCAL)
		srp_hook_local_put(sn);
	if (srp_params_prerouting(params))
		srp_hook_prerouting_put(sn);
}

/* After a grace period: no packet reads it any more. */
static void sid_free(struct rcu_head *rcu)
{
	struct srp_sid *sid = container_of(rcu, struct srp_sid, rcu);

	if (!sid->heir)
		srp_stats_free(sid->stats);
	kfree(sid);
}

/* Never or no longer in the table, nor in a list or circuit. */
static void sid_end(struct srp_sid *sid)
{
	if (!sid->heir) {
		srp_memory_free_rcu(sid->memory);
		srp_flows_free_rcu(sid->flows);
	}
	call_rcu(&sid->rcu, sid_free);
}

static bool inherits_flows(const struct srp_sid_params *params,
			   const struct srp_sid *old)
{
	return old && old->flows && old->flows->max == params->flows &&
	       old->params.behavior == params->behavior;
}

/*
 * Counters and what was learned belong to the address, not to one version of
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
	if (srp_params_learn(params)) {
		sid->memory = old && old->memory ? old->memory :
						   srp_memory_alloc();
		if (!sid->memory)
			goto err_stats;
	}
	if (srp_params_keep_flows(params)) {
		sid->flows = inherits_flows(params, old) ?
			     old->flows : srp_flows_alloc(params->flows);
		if (!sid->flows)
			goto err_memory;
	}
	return sid;

err_memory:
	if (sid->memory && !(old && old->memory))
		srp_memory_free_rcu(sid->memory);
err_stats:
	if (!old)
		srp_stats_free(sid->stats);
err_sid:
	kfree(sid);
	return NULL;
}

/* @new does not come to be: what is @old's stays with that. */
static void sid_disinherit(struct srp_sid *new, const struct srp_sid *old)
{
	if (new->memory == old->memory)
		new->memory = NULL;
	if (new->flows == old->flows)
		new->flows = NULL;
	srp_memory_free_rcu(new->memory);
	srp_flows_free_rcu(new->flows);
	new->heir = true;
}

/* What has been taken from @old stays; the rest goes with it. */
static void sid_inherit(struct srp_sid *new, struct srp_sid *old)
{
	if (!new->memory)
		srp_memory_free_rcu(old->memory);
	if (new->flows != old->flows)
		srp_flows_free_rcu(old->flows);
	old->heir = true;
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
	struct srp_vnf *vnf = srp_sid_vnf(sn, sid);
	struct srp_chain *chain = srp_sid_chain(sn, sid);

	srp_circuit_close(srp_sid_port_back(sid, vnf), sid);
	srp_sid_frames_put(sn, sid, vnf);
	hooks_put(sn, &sid->params);
	list_del(&sid->at_vnf);
	vnf->n_sids--;
	if (!chain)
		return;
	list_del(&sid->at_chain);
	chain->n_sids--;
}

static u32 flows_of(const struct srp_sid_params *params)
{
	return srp_params_keep_flows(params) ? params->flows : 0;
}

/* What packets can make us keep is bounded, whoever may configure it. */
static int check_flows(struct srp_net *sn, const struct srp_sid_params *params,
		       const struct srp_sid *old, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	u32 others = sn->flows - (old ? flows_of(&old->params) : 0);

	if (others + flows_of(params) <= SRPROXY_FLOWS_NET_MAX)
		return 0;
	srp_refuse(extack, tb[SRPROXY_A_SID_FLOWS],
		   "%u flows with those of other SIDs exceed %u",
		   others + flows_of(params), SRPROXY_FLOWS_NET_MAX);
	return -ENOSPC;
}

/*
 * The namespace has a device as long as a SID needs it, and packets look for
 * SIDs of the lengths that there are.
 */
static void sid_count(struct srp_net *sn, const struct srp_sid_params *params,
		      int n)
{
	unsigned int len = params->prefix_len;

	if (params->hook == SRPROXY_HOOK_SEG6LOCAL)
		sn->seg6local_sids += n;
	sn->flows += n * (int)flows_of(params);
	if (len == 128)
		return;
	sn->prefix_sids[len] += n;
	if (sn->prefix_sids[len])
		set_bit(len, sn->prefix_lens);
	else
		clear_bit(len, sn->prefix_lens);
}

/* Whoever remembers the SID of an address has to look again. */
static void sids_changed(struct srp_net *sn)
{
	/* After the table, as srp_next_hop_lookup() reads it before that. */
	smp_store_release(&sn->sids_genid, sn->sids_genid + 1);
}

static void sid_replace(struct srp_net *sn, struct srp_sid *old,
			struct srp_sid *new)
{
	if (new->memory && new->params.ageing != old->params.ageing)
		srp_memory_refresh(new->memory);
	sid_count(sn, &new->params, 1);
	srp_table_replace(&sn->sids, &old->node, &new->node);
	sid_count(sn, &old->params, -1);
	sids_changed(sn);
	srp_circuit_open(srp_sid_port_back(new, srp_sid_vnf(sn, new)), new);
	/* What the old one has left to PRE_ROUTING shall be there by now. */
	if (srp_params_prerouting(&old->params) &&
	    !srp_params_prerouting(&new->params))
		synchronize_net();
	sid_detach(sn, old);

	/* What the new one takes no interest in is forgotten. */
	srp_forget(sn, old, new->memory ? ~new->params.inner :
					  SRPROXY_INNER_ALL);
	sid_inherit(new, old);
	sid_end(old);
}

/**
 * srp_sid_spec_of() - what a user has said of a SID
 * @spec:	the result
 * @sn:		locked
 * @sid:	the SID
 */
void srp_sid_spec_of(struct srp_sid_spec *spec, const struct srp_net *sn,
		     const struct srp_sid *sid)
{
	const struct srp_chain *chain = srp_sid_chain(sn, sid);

	spec->params = sid->params;
	memcpy(spec->vnf, srp_sid_vnf(sn, sid)->params.name, sizeof(spec->vnf));
	if (chain)
		memcpy(spec->chain, chain->params.name, sizeof(spec->chain));
}

/**
 * srp_sid_set() - add or replace a SID
 * @sn:		locked
 * @spec:	all of its configuration
 * @old:	SID of that address, NULL to add one
 * @tb:		attributes that @spec came from, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -EADDRINUSE (address of this node), -ENOENT (no such VNF
 * or chain), -EEXIST (return circuit taken), -ENOSPC (too many flows), -ENOMEM:
 * nothing changed
 */
int srp_sid_set(struct srp_net *sn, const struct srp_sid_spec *spec,
		struct srp_sid *old, struct nlattr **tb,
		struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[SRPROXY_A_SID_VNF] ?:
			      tb[SRPROXY_A_SID_INNER] ?: tb[SRPROXY_A_SID_ADDR];
	const struct srp_sid_params *params = &spec->params;
	struct srp_chain *chain = NULL;
	struct srp_vnf *vnf;
	struct srp_sid *sid;
	int err;

	err = srp_sid_spec_check(sn, spec, tb, extack);
	if (err)
		return err;

	vnf = srp_vnf_find(sn, spec->vnf);
	if (!vnf) {
		srp_refuse(extack, tb[SRPROXY_A_SID_VNF], "no VNF named %s",
			   spec->vnf);
		return -ENOENT;
	}
	if (srp_params_chained(params)) {
		chain = srp_chain_find(sn, spec->chain);
		if (!chain) {
			srp_refuse(extack, tb[SRPROXY_A_SID_CHAIN],
				   "no chain named %s", spec->chain);
			return -ENOENT;
		}
	}
	err = srp_sid_check_vnf(params, vnf, old, attr, extack);
	if (err)
		return err;

	err = check_flows(sn, params, old, tb, extack);
	if (err)
		return err;

	sid = sid_alloc(params, old);
	if (!sid)
		return -ENOMEM;
	sid->net = sn->net;
	if (srp_params_last(params) && params->table)
		sid->vrf = srp_plain_vrf(sn->net, params->table);
	err = srp_sid_frames_get(sn, sid, vnf);
	if (err) {
		srp_refuse(extack, attr,
			   "no hook for the frames of the VNF: error %d", err);
		goto err_sid;
	}
	err = hooks_get(sn, params);
	if (err)
		goto err_frames;
	sid_attach(sid, vnf, chain);

	if (old) {
		sid_replace(sn, old, sid);
	} else {
		err = srp_table_add(&sn->sids, &sid->node, extack);
		if (err)
			goto err_detach;
		sid_count(sn, params, 1);
		sids_changed(sn);
		srp_circuit_open(srp_sid_port_back(sid, vnf), sid);
	}

	srp_event_sid(sn, SRPROXY_CMD_SID_NEW, sid);
	return 0;

err_detach:
	sid_detach(sn, sid);
	goto err_sid;
err_frames:
	srp_sid_frames_put(sn, sid, vnf);
err_sid:
	if (old)
		sid_disinherit(sid, old);
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
	sid_count(sn, &sid->params, -1);
	sids_changed(sn);
	sid_detach(sn, sid);
	srp_forget(sn, sid, SRPROXY_INNER_ALL);
	sid_end(sid);
}

/**
 * srp_sid_forget() - drop all that a SID has from packets
 * @sn:		locked
 * @sid:	which
 */
void srp_sid_forget(struct srp_net *sn, struct srp_sid *sid)
{
	srp_forget(sn, sid, SRPROXY_INNER_ALL);
	if (sid->flows)
		srp_flows_forget(sid->flows);
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
