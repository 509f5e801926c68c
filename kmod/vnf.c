// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/ipv6.h>

#include "change.h"
#include "circuit.h"
#include "event.h"
#include "name.h"
#include "refuse.h"
#include "sid.h"
#include "vnf.h"

const struct rhashtable_params srp_vnf_params = {
	.head_offset = offsetof(struct srp_vnf, node.hash),
	.key_offset = offsetof(struct srp_vnf, params.name),
	.key_len = sizeof_field(struct srp_vnf, params.name),
	.automatic_shrinking = true,
};

/**
 * srp_vnf_place() - what stands in the table under a name
 * @sn:		locked
 * @name:	SRPROXY_NAME_SIZE bytes, zero padded
 */
struct srp_node *srp_vnf_place(struct srp_net *sn, const char *name)
{
	struct srp_vnf *vnf = rhashtable_lookup_fast(&sn->vnfs.hash, name,
						     srp_vnf_params);

	return vnf ? &vnf->node : NULL;
}

static struct srp_vnf *vnf_of(struct srp_node *node)
{
	return node ? container_of(node, struct srp_vnf, node) : NULL;
}

/**
 * srp_vnf_find() - VNF of a name, as it is configured last
 * @sn:		locked
 * @name:	SRPROXY_NAME_SIZE bytes, zero padded
 */
struct srp_vnf *srp_vnf_find(struct srp_net *sn, const char *name)
{
	return vnf_of(srp_node_now(srp_vnf_place(sn, name)));
}

/**
 * srp_vnf_has_next_hop() - can an inner type be sent to this VNF?
 * @vnf:	the VNF
 * @side:	by which side
 * @inner:	the type
 *
 * A frame knows its own way, and a device without link layer needs no next hop;
 * while the device is missing, it is taken to have one.
 */
bool srp_vnf_has_next_hop(const struct srp_vnf *vnf, enum srp_side side,
			  enum srp_inner inner)
{
	const struct srp_side_params *params = &vnf->params.side[side];
	const struct net_device *dev;
	bool bare;

	if (inner == SRP_INNER_ETH || !is_zero_ether_addr(params->lladdr) ||
	    !ipv6_addr_any(&params->nh6) ||
	    (inner == SRP_INNER_IP4 && params->nh4.s_addr))
		return true;

	rcu_read_lock();
	dev = srp_port_dev(vnf->port[side]);
	bare = dev && !dev_has_header(dev);
	rcu_read_unlock();
	return bare;
}

const struct srp_side_attrs srp_side_attrs[SRP_SIDES] = {
	[SRP_DEV] = {
		.name = "dev",
		.prefix = "",
		.dev = SRPROXY_A_VNF_DEV,
		.vlan = SRPROXY_A_VNF_VLAN,
		.nh4 = SRPROXY_A_VNF_NH4,
		.nh6 = SRPROXY_A_VNF_NH6,
		.lladdr = SRPROXY_A_VNF_LLADDR,
	},
	[SRP_IIF] = {
		.name = "iif",
		.prefix = "iif-",
		.dev = SRPROXY_A_VNF_IIF,
		.vlan = SRPROXY_A_VNF_IIF_VLAN,
		.nh4 = SRPROXY_A_VNF_IIF_NH4,
		.nh6 = SRPROXY_A_VNF_IIF_NH6,
		.lladdr = SRPROXY_A_VNF_IIF_LLADDR,
	},
};

static int next_hops_check(const struct srp_vnf_spec *spec, enum srp_side side,
			   struct nlattr **tb, struct netlink_ext_ack *extack)
{
	const struct srp_side_params *params = &spec->params.side[side];
	const struct srp_side_attrs *attrs = &srp_side_attrs[side];
	int type = ipv6_addr_type(&params->nh6);
	const char *prefix = attrs->prefix;
	__be32 nh4 = params->nh4.s_addr;

	if (ipv4_is_multicast(nh4) || ipv4_is_lbcast(nh4) ||
	    ipv4_is_loopback(nh4) || (nh4 && ipv4_is_zeronet(nh4))) {
		srp_refuse(extack, tb[attrs->nh4],
			   "%snh4 %pI4 is not a unicast address", prefix, &nh4);
		return -EINVAL;
	}
	if (type != IPV6_ADDR_ANY &&
	    (!(type & IPV6_ADDR_UNICAST) ||
	     type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_MAPPED))) {
		srp_refuse(extack, tb[attrs->nh6],
			   "%snh6 %pI6c is not a unicast address", prefix,
			   &params->nh6);
		return -EINVAL;
	}
	if (srp_tagged(&spec->port[side].vlans) && (nh4 || type != IPV6_ADDR_ANY)) {
		srp_refuse(extack, tb[nh4 ? attrs->nh4 : attrs->nh6],
			   "no neighbours behind a VLAN tag: %slladdr, not %s%s",
			   prefix, prefix, nh4 ? "nh4" : "nh6");
		return -EINVAL;
	}
	if (is_zero_ether_addr(params->lladdr))
		return 0;
	if (!is_valid_ether_addr(params->lladdr)) {
		srp_refuse(extack, tb[attrs->lladdr],
			   "%slladdr %pM is not a unicast address", prefix,
			   params->lladdr);
		return -EINVAL;
	}
	if (nh4 || type != IPV6_ADDR_ANY) {
		srp_refuse(extack, tb[attrs->lladdr],
			   "%slladdr excludes %snh4 and %snh6: it is the next hop",
			   prefix, prefix, prefix);
		return -EINVAL;
	}
	return 0;
}

/**
 * srp_vnf_spec_of() - what a user has said of a VNF
 * @spec:	the result
 * @vnf:	the VNF
 */
void srp_vnf_spec_of(struct srp_vnf_spec *spec, const struct srp_vnf *vnf)
{
	enum srp_side side;

	spec->params = vnf->params;
	for (side = 0; side < SRP_SIDES; side++) {
		const struct srp_port *port = vnf->port[side];

		memcpy(spec->port[side].dev, port->trunk->name, IFNAMSIZ);
		spec->port[side].vlans = port->vlans;
	}
}

static int vnf_spec_check(const struct srp_vnf_spec *spec, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	enum srp_side side;
	int err;

	if (!srp_name_valid(spec->params.name)) {
		srp_refuse(extack, tb[SRPROXY_A_VNF_NAME],
			   "name must be 1..31 of A-Z a-z 0-9 _ . -");
		return -EINVAL;
	}
	if (!spec->port[SRP_DEV].dev[0]) {
		srp_missing(extack, tb, SRPROXY_A_VNF_DEV,
			    "a VNF needs a device (dev)");
		return -EINVAL;
	}
	for (side = 0; side < SRP_SIDES; side++) {
		const char *dev = spec->port[side].dev;

		if (!dev_valid_name(dev)) {
			srp_refuse(extack, tb[srp_side_attrs[side].dev],
				   "%s is not a device name",
				   srp_side_attrs[side].name);
			return -EINVAL;
		}
		if (!strcmp(dev, SRPROXY_SEG6LOCAL_DEV)) {
			srp_refuse(extack, tb[srp_side_attrs[side].dev],
				   "%s %s is where routes of SIDs lead",
				   srp_side_attrs[side].name, dev);
			return -EINVAL;
		}
		err = next_hops_check(spec, side, tb, extack);
		if (err)
			return err;
	}
	return 0;
}

static struct srp_vnf *vnf_alloc(struct srp_net *sn,
				 const struct srp_vnf_spec *spec)
{
	struct srp_vnf *vnf;
	enum srp_side side;

	vnf = kzalloc(sizeof(*vnf), GFP_KERNEL_ACCOUNT);
	if (!vnf)
		return ERR_PTR(-ENOMEM);
	vnf->params = spec->params;
	INIT_LIST_HEAD(&vnf->sids);

	for (side = 0; side < SRP_SIDES; side++) {
		const struct srp_port_spec *name = &spec->port[side];
		struct srp_port *port =
			srp_port_get(sn, name->dev, &name->vlans);

		if (IS_ERR(port)) {
			while (side--)
				srp_port_put(sn, vnf->port[side]);
			kfree(vnf);
			return ERR_CAST(port);
		}
		vnf->port[side] = port;
	}
	return vnf;
}

/* Never or no longer in the table, nor attached. */
static void vnf_free(struct srp_net *sn, struct srp_vnf *vnf)
{
	enum srp_side side;

	for (side = 0; side < SRP_SIDES; side++)
		srp_port_put(sn, vnf->port[side]);
	kfree_rcu(vnf, rcu);
}

static void vnf_attach(struct srp_vnf *vnf)
{
	hlist_add_head(&vnf->at[SRP_DEV], &vnf->port[SRP_DEV]->out_vnfs);
	hlist_add_head(&vnf->at[SRP_IIF], &vnf->port[SRP_IIF]->in_vnfs);
}

static void vnf_detach(struct srp_vnf *vnf)
{
	enum srp_side side;

	for (side = 0; side < SRP_SIDES; side++)
		hlist_del(&vnf->at[side]);
}

/* How many of these SIDs want frames of each port of a VNF? */
static void vnf_frames(struct srp_frames *frames, const struct srp_vnf *vnf,
		       const struct list_head *sids)
{
	const struct srp_sid *sid;
	enum srp_side side;

	for (side = 0; side < SRP_SIDES; side++) {
		frames[side].port = vnf->port[side];
		frames[side].n = 0;
	}
	list_for_each_entry(sid, sids, at_vnf) {
		struct srp_frames *back = &frames[!srp_sid_side(&sid->params)];

		back->n += srp_sid_wants_frames(sid, back->port);
	}
}

static void vnf_frames_put(struct srp_net *sn, const struct srp_frames *frames)
{
	enum srp_side side;

	for (side = 0; side < SRP_SIDES; side++)
		srp_frames_put(sn, &frames[side]);
}

static int vnf_frames_get(struct srp_net *sn, const struct srp_frames *frames)
{
	int err = srp_frames_get(sn, &frames[SRP_DEV]);

	if (err)
		return err;
	err = srp_frames_get(sn, &frames[SRP_IIF]);
	if (err)
		srp_frames_put(sn, &frames[SRP_DEV]);
	return err;
}

static bool vnf_up(const struct srp_vnf *vnf)
{
	bool up;

	rcu_read_lock();
	up = srp_vnf_ready(vnf);
	rcu_read_unlock();
	return up;
}

static void vnf_hand_on(struct srp_vnf *from, struct srp_vnf *to)
{
	list_splice_init(&from->sids, &to->sids);
	to->n_sids = from->n_sids;
	from->n_sids = 0;
}

/* Can every SID that uses it live with it? */
static int vnf_check(struct srp_net *sn, const struct srp_change *change,
		     struct netlink_ext_ack *extack)
{
	const struct srp_vnf *vnf = vnf_of(change->new);
	const struct srp_sid *sid;
	int err;

	list_for_each_entry(sid, &vnf->sids, at_vnf) {
		err = srp_sid_check_vnf(sid, vnf, change->attr, extack);
		if (err)
			return err;
	}
	return 0;
}

static void vnf_publish(struct srp_net *sn, struct srp_change *change)
{
	struct srp_vnf *vnf = vnf_of(change->new);
	enum srp_side side;
	struct srp_sid *sid;

	srp_table_publish(&sn->vnfs, change->head, change->new);
	if (!vnf)
		return;
	for (side = 0; side < SRP_SIDES; side++)
		srp_port_publish(sn, vnf->port[side]);
	list_for_each_entry(sid, &vnf->sids, at_vnf) {
		rcu_assign_pointer(sid->vnf, vnf);
		srp_circuit_open(srp_sid_port_back(sid, vnf), sid);
	}
}

/* Where it was attached, those SIDs have no circuits that are elsewhere now. */
static void vnf_close(struct srp_net *sn, struct srp_change *change)
{
	const struct srp_vnf *old = vnf_of(change->old);
	const struct srp_vnf *vnf = srp_vnf_find(sn, old->params.name);
	const struct srp_sid *sid;

	if (!vnf || !memcmp(vnf->port, old->port, sizeof(old->port)))
		return;
	list_for_each_entry(sid, &vnf->sids, at_vnf) {
		struct srp_port *port = srp_sid_port_back(sid, old);

		if (port != srp_sid_port_back(sid, vnf))
			srp_circuit_close(port, sid);
	}
}

static void exclude_others(struct srp_net *sn, struct srp_vnf *vnf)
{
	enum srp_side side;

	if (!vnf->params.exclusive)
		return;
	for (side = 0; side < SRP_SIDES; side++)
		srp_port_exclusive_get(sn, vnf->port[side]);
}

static void admit_others(struct srp_net *sn, struct srp_vnf *vnf)
{
	enum srp_side side;

	if (!vnf->params.exclusive)
		return;
	for (side = 0; side < SRP_SIDES; side++)
		srp_port_exclusive_put(sn, vnf->port[side]);
}

static void vnf_finish(struct srp_net *sn, struct srp_change *change)
{
	struct srp_vnf *old = vnf_of(change->old), *new = vnf_of(change->new);

	if (new)
		exclude_others(sn, new);
	else
		srp_event_vnf(sn, SRPROXY_CMD_VNF_DEL, old);
	if (old) {
		admit_others(sn, old);
		vnf_frames_put(sn, change->vnf_frames);
		vnf_free(sn, old);
	}
	if (!new)
		return;
	new->was_up = vnf_up(new);
	srp_event_vnf(sn, SRPROXY_CMD_VNF_NEW, new);
}

static void vnf_undo(struct srp_net *sn, struct srp_change *change)
{
	struct srp_vnf *old = vnf_of(change->old), *new = vnf_of(change->new);
	struct srp_frames frames[SRP_SIDES];

	srp_change_unstage(&sn->vnfs, change);
	if (old)
		vnf_attach(old);
	if (!new)
		return;
	vnf_detach(new);
	if (old) {
		vnf_frames(frames, new, &new->sids);
		vnf_frames_put(sn, frames);
		vnf_hand_on(new, old);
	}
	vnf_free(sn, new);
}

static const struct srp_change_steps vnf_steps = {
	.check = vnf_check,
	.publish = vnf_publish,
	.close = vnf_close,
	.finish = vnf_finish,
	.undo = vnf_undo,
};

/**
 * srp_vnf_stage() - begin to add or replace a VNF
 * @sn:		locked
 * @spec:	all of its configuration
 * @change:	what there is in its place
 * @tb:		attributes that @spec came from, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -ENOSPC, -ENOMEM: nothing changed
 */
int srp_vnf_stage(struct srp_net *sn, const struct srp_vnf_spec *spec,
		  struct srp_change *change, struct nlattr **tb,
		  struct netlink_ext_ack *extack)
{
	struct srp_vnf *vnf, *old = vnf_of(change->old);
	struct srp_frames frames[SRP_SIDES] = {};
	int err;

	err = vnf_spec_check(spec, tb, extack);
	if (err)
		return err;

	vnf = vnf_alloc(sn, spec);
	if (IS_ERR(vnf))
		return PTR_ERR(vnf);

	change->attr = tb[SRPROXY_A_VNF_IIF] ?: tb[SRPROXY_A_VNF_NAME];
	if (old) {
		vnf_frames(frames, vnf, &old->sids);
		err = vnf_frames_get(sn, frames);
		if (err)
			goto err_free;
	}
	err = srp_change_stage(&sn->vnfs, change, &vnf->node, extack);
	if (err)
		goto err_frames;

	vnf_attach(vnf);
	if (old) {
		vnf_frames(change->vnf_frames, old, &old->sids);
		vnf_hand_on(old, vnf);
		vnf_detach(old);
	}
	change->steps = &vnf_steps;
	return 0;

err_frames:
	vnf_frames_put(sn, frames);
err_free:
	vnf_free(sn, vnf);
	return err;
}

/**
 * srp_vnf_stage_del() - begin to remove a VNF
 * @sn:		locked
 * @change:	which
 * @key:	attribute that names it, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EBUSY while a SID uses it
 */
int srp_vnf_stage_del(struct srp_net *sn, struct srp_change *change,
		      const struct nlattr *key, struct netlink_ext_ack *extack)
{
	struct srp_vnf *vnf = vnf_of(change->old);
	const struct srp_sid *sid;
	int err;

	sid = list_first_entry_or_null(&vnf->sids, struct srp_sid, at_vnf);
	if (sid) {
		srp_refuse(extack, key, "in use by SID %pI6c", &sid->addr);
		return -EBUSY;
	}
	err = srp_change_stage(&sn->vnfs, change, NULL, extack);
	if (err)
		return err;
	vnf_detach(vnf);
	change->steps = &vnf_steps;
	return 0;
}

/**
 * srp_vnf_check_state() - tell listeners if a VNF went up or down
 * @sn:		locked
 * @vnf:	whose port changed
 */
void srp_vnf_check_state(struct srp_net *sn, struct srp_vnf *vnf)
{
	bool up = vnf_up(vnf);

	if (up == vnf->was_up)
		return;
	vnf->was_up = up;
	srp_event_vnf(sn, SRPROXY_CMD_VNF_NEW, vnf);
}
