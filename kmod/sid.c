// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "change.h"
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

static int sid_place_cmp(struct rhashtable_compare_arg *arg, const void *sid)
{
	return !ipv6_addr_equal(&((const struct srp_sid *)sid)->addr, arg->key);
}

static const struct rhashtable_params sid_place_params = {
	.head_offset = offsetof(struct srp_sid, node.hash),
	.key_offset = offsetof(struct srp_sid, addr),
	.key_len = sizeof(struct in6_addr),
	.hashfn = srp_addr_hash,
	.obj_hashfn = srp_sid_hash,
	.obj_cmpfn = sid_place_cmp,
};

/**
 * srp_sid_place() - what stands in the table under an address, or is to
 * @sn:		locked
 * @addr:	of a SID, whether packets find that already or not
 */
struct srp_node *srp_sid_place(struct srp_net *sn, const struct in6_addr *addr)
{
	struct srp_sid *sid = rhashtable_lookup_fast(&sn->sids.hash, addr,
						     sid_place_params);

	return sid ? &sid->node : NULL;
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
 * srp_sid_check_vnf() - can a SID live with its VNF?
 * @sid:	the SID
 * @vnf:	the VNF
 * @attr:	attribute to point at, or NULL
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -EEXIST (return circuit taken)
 */
int srp_sid_check_vnf(const struct srp_sid *sid, const struct srp_vnf *vnf,
		      struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const struct srp_sid_params *params = &sid->params;
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
	return err ?: srp_circuit_check(sid, vnf, attr, extack);
}

/**
 * srp_sid_wants_frames() - does a SID take frames that the stack would not give
 *			    to it?
 * @sid:	the SID
 * @port:	where its packets return
 *
 * Then it is one of those that srp_frames_get() counts.
 */
bool srp_sid_wants_frames(const struct srp_sid *sid,
			  const struct srp_port *port)
{
	u8 circuits = srp_sid_circuits(&sid->params);

	if (!srp_tagged(&port->vlans))
		circuits &= SRPROXY_INNER_ETH;
	return circuits;
}

static struct srp_frames frames_of(const struct srp_sid *sid,
				   const struct srp_vnf *vnf)
{
	struct srp_port *port = srp_sid_port_back(sid, vnf);

	return (struct srp_frames){
		.port = port,
		.n = srp_sid_wants_frames(sid, port),
	};
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

	if (!sid->heir) {
		srp_stats_free(sid->stats);
		free_percpu(sid->drops);
	}
	kfree(sid);
}

/* What its VNF is, and will be once all that is staged has been published. */
static struct srp_vnf *vnf_now(struct srp_net *sn, const struct srp_sid *sid)
{
	return srp_vnf_find(sn, srp_sid_vnf(sn, sid)->params.name);
}

/* The same of its chain, NULL without. */
static struct srp_chain *chain_now(struct srp_net *sn,
				   const struct srp_sid *sid)
{
	const struct srp_chain *chain = srp_sid_chain(sn, sid);

	return chain ? srp_chain_find(sn, chain->params.name) : NULL;
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
	sid->addr = params->addr;

	sid->stats = old ? old->stats : srp_stats_alloc();
	sid->drops = old ? old->drops : srp_drops_alloc();
	if (!sid->stats || !sid->drops)
		goto err_stats;
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
	if (!old) {
		srp_stats_free(sid->stats);
		free_percpu(sid->drops);
	}
	kfree(sid);
	return NULL;
}

/* @new does not come to be: what is @old's, if there is one, stays with that. */
static void sid_free_new(struct srp_sid *new, const struct srp_sid *old)
{
	if (old) {
		if (new->memory != old->memory)
			srp_memory_free_rcu(new->memory);
		if (new->flows != old->flows)
			srp_flows_free_rcu(new->flows);
		new->heir = true;
	}
	sid_end(new);
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
	if (len == 128)
		return;
	sn->prefix_sids[len] += n;
	if (sn->prefix_sids[len])
		set_bit(len, sn->prefix_lens);
	else
		clear_bit(len, sn->prefix_lens);
}

/* The same, with all that it was given but its place. */
static void sid_abandon(struct srp_net *sn, struct srp_sid *new,
			const struct srp_sid *old)
{
	struct srp_frames frames = frames_of(new, vnf_now(sn, new));

	sid_count(sn, &new->params, -1);
	hooks_put(sn, &new->params);
	srp_frames_put(sn, &frames);
	sid_free_new(new, old);
}

/* Whoever remembers the SID of an address has to look again. */
static void sids_changed(struct srp_net *sn)
{
	/* After the table, as srp_next_hop_lookup() reads it before that. */
	smp_store_release(&sn->sids_genid, sn->sids_genid + 1);
}

static void sid_join(struct srp_net *sn, struct srp_sid *sid)
{
	struct srp_chain *chain = chain_now(sn, sid);
	struct srp_vnf *vnf = vnf_now(sn, sid);

	sn->flows += flows_of(&sid->params);
	list_add_tail(&sid->at_vnf, &vnf->sids);
	vnf->n_sids++;
	if (!chain)
		return;
	list_add_tail(&sid->at_chain, &chain->sids);
	chain->n_sids++;
}

static void sid_leave(struct srp_net *sn, struct srp_sid *sid)
{
	struct srp_chain *chain = chain_now(sn, sid);

	sn->flows -= flows_of(&sid->params);
	list_del(&sid->at_vnf);
	vnf_now(sn, sid)->n_sids--;
	if (!chain)
		return;
	list_del(&sid->at_chain);
	chain->n_sids--;
}

/* It leaves, but packets still meet it: what is for them stays until later. */
static void sid_stage_old(struct srp_net *sn, struct srp_change *change,
			  struct srp_sid *old)
{
	change->frames = frames_of(old, vnf_now(sn, old));
	sid_leave(sn, old);
}

static struct srp_sid *sid_of(struct srp_node *node)
{
	return node ? container_of(node, struct srp_sid, node) : NULL;
}

static int sid_check(struct srp_net *sn, const struct srp_change *change,
		     struct netlink_ext_ack *extack)
{
	const struct srp_sid *sid = sid_of(change->new);

	return srp_sid_check_vnf(sid, vnf_now(sn, sid), change->attr, extack);
}

/*
 * What no packet is sent to: of many writes the first word's is the last one,
 * and before that it makes this a multicast address.
 */
static const struct in6_addr hidden = { .s6_addr32 = {
	htonl(~0U), htonl(~0U), htonl(~0U), htonl(~0U),
} };

static void sid_show(struct srp_sid *sid)
{
	__be32 *words = sid->params.addr.s6_addr32;
	unsigned int i;

	for (i = 3; i; i--)
		WRITE_ONCE(words[i], sid->addr.s6_addr32[i]);
	/* After the other words, for srp_sid_cmp() of other CPUs. */
	smp_store_release(&words[0], sid->addr.s6_addr32[0]);
}

static void sid_publish(struct srp_net *sn, struct srp_change *change)
{
	const struct srp_sid *head = sid_of(change->head);
	struct srp_sid *new = sid_of(change->new);

	if (new && new != head) {
		if (new->memory && new->params.ageing != head->params.ageing)
			srp_memory_refresh(new->memory);
		change->drained = srp_params_prerouting(&head->params) &&
				  !srp_params_prerouting(&new->params);
	}
	srp_table_publish(&sn->sids, change->head, change->new);
	if (new == head)
		sid_show(new);
	sids_changed(sn);
	if (new)
		srp_circuit_open(srp_sid_port_back(new, srp_sid_vnf(sn, new)),
				 new);
}

static void sid_close(struct srp_net *sn, struct srp_change *change)
{
	const struct srp_sid *old = sid_of(change->old);

	srp_circuit_close(srp_sid_port_back(old, srp_sid_vnf(sn, old)), old);
}

static void sid_finish_old(struct srp_net *sn, struct srp_change *change,
			   struct srp_sid *old, struct srp_sid *new)
{
	sid_count(sn, &old->params, -1);
	srp_frames_put(sn, &change->frames);
	hooks_put(sn, &old->params);

	/* What the new one takes no interest in is forgotten. */
	srp_forget(sn, old, new && new->memory ? ~new->params.inner :
						 SRPROXY_INNER_ALL);
	if (new)
		sid_inherit(new, old);
	sid_end(old);
}

static void sid_finish(struct srp_net *sn, struct srp_change *change)
{
	struct srp_sid *old = sid_of(change->old), *new = sid_of(change->new);

	if (!new)
		srp_event_sid(sn, SRPROXY_CMD_SID_DEL, old);
	if (old)
		sid_finish_old(sn, change, old, new);
	if (!new)
		return;
	/* One that was not to last has not been shown. */
	if (!ipv6_addr_equal(&new->params.addr, &new->addr))
		sid_show(new);
	srp_event_sid(sn, SRPROXY_CMD_SID_NEW, new);
}

static void sid_undo(struct srp_net *sn, struct srp_change *change)
{
	struct srp_sid *old = sid_of(change->old), *new = sid_of(change->new);

	if (new)
		sid_leave(sn, new);
	srp_change_unstage(&sn->sids, change);
	if (old)
		sid_join(sn, old);
	if (new)
		sid_abandon(sn, new, old);
}

static const struct srp_change_steps sid_steps = {
	.check = sid_check,
	.refers = true,
	.publish = sid_publish,
	.close = sid_close,
	.finish = sid_finish,
	.undo = sid_undo,
};

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
 * srp_sid_stage() - begin to add or replace a SID
 * @sn:		locked
 * @spec:	all of its configuration
 * @change:	what there is in its place
 * @tb:		attributes that @spec came from, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -EADDRINUSE (address of this node), -ENOENT (no such VNF
 * or chain), -ENOSPC (too many flows), -ENOMEM: nothing changed
 */
int srp_sid_stage(struct srp_net *sn, const struct srp_sid_spec *spec,
		  struct srp_change *change, struct nlattr **tb,
		  struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[SRPROXY_A_SID_VNF] ?:
			      tb[SRPROXY_A_SID_INNER] ?: tb[SRPROXY_A_SID_ADDR];
	const struct srp_sid_params *params = &spec->params;
	struct srp_sid *old = sid_of(change->old);
	struct srp_chain *chain = NULL;
	struct srp_frames frames;
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
	err = check_flows(sn, params, old, tb, extack);
	if (err)
		return err;

	sid = sid_alloc(params, old);
	if (!sid)
		return -ENOMEM;
	/* Versions that others replace have room of their own until the end. */
	if (sid->flows && !(old && sid->flows == old->flows)) {
		sn->new_flows += params->flows;
		if (sn->new_flows > SRPROXY_FLOWS_NET_MAX) {
			srp_refuse(extack, tb[SRPROXY_A_SID_FLOWS],
				   "more than %u flows in one transaction",
				   SRPROXY_FLOWS_NET_MAX);
			err = -ENOSPC;
			goto err_sid;
		}
	}
	sid->net = sn->net;
	RCU_INIT_POINTER(sid->vnf, vnf);
	RCU_INIT_POINTER(sid->chain, chain);
	if (srp_params_last(params) && params->table)
		sid->vrf = srp_plain_vrf(sn->net, params->table);
	if (!change->head)
		sid->params.addr = hidden;

	frames = frames_of(sid, vnf);
	err = srp_frames_get(sn, &frames);
	if (err) {
		srp_refuse(extack, attr,
			   "no hook for the frames of the VNF: error %d", err);
		goto err_sid;
	}
	err = hooks_get(sn, params);
	if (err)
		goto err_frames;
	sid_count(sn, params, 1);
	err = srp_change_stage(&sn->sids, change, &sid->node, extack);
	if (err) {
		sid_abandon(sn, sid, old);
		return err;
	}

	if (old)
		sid_stage_old(sn, change, old);
	sid_join(sn, sid);
	change->steps = &sid_steps;
	change->attr = attr;
	return 0;

err_frames:
	srp_frames_put(sn, &frames);
err_sid:
	sid_free_new(sid, old);
	return err;
}

/**
 * srp_sid_stage_del() - begin to remove a SID
 * @sn:		locked
 * @change:	which
 * @key:	attribute that names it
 * @extack:	for the refusal
 *
 * Return: 0
 */
int srp_sid_stage_del(struct srp_net *sn, struct srp_change *change,
		      const struct nlattr *key, struct netlink_ext_ack *extack)
{
	int err = srp_change_stage(&sn->sids, change, NULL, extack);

	if (err)
		return err;
	sid_stage_old(sn, change, sid_of(change->old));
	change->steps = &sid_steps;
	return 0;
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
