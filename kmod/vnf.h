/* SPDX-License-Identifier: GPL-2.0 */
/* A VNF: where a network function is attached. */
#ifndef _SRPROXY_VNF_H
#define _SRPROXY_VNF_H

#include <linux/etherdevice.h>

#include "port.h"

struct srp_change;

/* The two sides of a VNF, as far as they are two. */
enum srp_side {
	SRP_DEV,	/* IFACE-OUT, but for SIDs in reverse */
	SRP_IIF,	/* IFACE-IN */

	SRP_SIDES,
};

/**
 * struct srp_side_params - what a user says of one side of a VNF, but for what
 *			    its port knows
 * @nh4:	IPv4 next hop, 0.0.0.0 without
 * @nh6:	IPv6 next hop, :: without
 * @lladdr:	static link-layer next hop, all zero without
 */
struct srp_side_params {
	struct in_addr nh4;
	struct in6_addr nh6;
	u8 lladdr[ETH_ALEN];
};

/**
 * struct srp_vnf_params - what a user says of a VNF, but for its ports
 * @on_down:	enum srproxy_on_down
 * @handover:	enum srproxy_handover
 * @exclusive:	its devices are ours alone
 * @side:	by enum srp_side
 * @name:	its name, zero padded
 */
struct srp_vnf_params {
	u8 on_down;
	u8 handover;
	bool exclusive;
	struct srp_side_params side[SRP_SIDES];
	char name[SRPROXY_NAME_SIZE];
};

/**
 * struct srp_port_spec - what a user calls a port
 * @dev:	name of its device, zero padded
 * @vlans:	tags on it
 */
struct srp_port_spec {
	char dev[IFNAMSIZ];
	struct srp_vlans vlans;
};

/**
 * struct srp_vnf_spec - all that a user says of a VNF
 * @params:	what a VNF keeps of it
 * @port:	what it keeps as its ports, by enum srp_side
 */
struct srp_vnf_spec {
	struct srp_vnf_params params;
	struct srp_port_spec port[SRP_SIDES];
};

/**
 * struct srp_vnf - a VNF; immutable but for lists and counts: a change puts
 *		    another in its place
 * @port:	of each side, may be the same
 * @params:	configuration
 * @was_up:	state that was announced last
 * @n_sids:	how many SIDs use it
 * @node:	in srp_net.vnfs, by @params.name
 * @at:		in @port's out_vnfs and in_vnfs
 * @sids:	struct srp_sid.at_vnf, who uses it
 * @rcu:	for its end, when nobody does
 *
 * What packets read is first: one cache line.
 */
struct srp_vnf {
	struct srp_port *port[SRP_SIDES];
	struct srp_vnf_params params;
	bool was_up;
	unsigned int n_sids;
	struct srp_node node;
	struct hlist_node at[SRP_SIDES];
	union {
		struct list_head sids;
		struct rcu_head rcu;
	};
};

/**
 * struct srp_side_attrs - what one side of a VNF is called
 * @name:	its device, in a sentence
 * @prefix:	of its next hops' names, in a sentence
 * @dev:	attribute SRPROXY_A_VNF_*, as all that follow
 * @vlan:	of its tags
 * @nh4:	of its next hops
 * @nh6:	the same
 * @lladdr:	the same
 */
struct srp_side_attrs {
	const char *name;
	const char *prefix;
	u8 dev;
	u8 vlan;
	u8 nh4;
	u8 nh6;
	u8 lladdr;
};

extern const struct srp_side_attrs srp_side_attrs[SRP_SIDES];
extern const struct rhashtable_params srp_vnf_params;

struct srp_node *srp_vnf_place(struct srp_net *sn, const char *name);
struct srp_vnf *srp_vnf_find(struct srp_net *sn, const char *name);
void srp_vnf_spec_of(struct srp_vnf_spec *spec, const struct srp_vnf *vnf);
int srp_vnf_stage(struct srp_net *sn, const struct srp_vnf_spec *spec,
		  struct srp_change *change, struct nlattr **tb,
		  struct netlink_ext_ack *extack);
int srp_vnf_stage_del(struct srp_net *sn, struct srp_change *change,
		      const struct nlattr *key, struct netlink_ext_ack *extack);
void srp_vnf_check_state(struct srp_net *sn, struct srp_vnf *vnf);
bool srp_vnf_has_next_hop(const struct srp_vnf *vnf, enum srp_side side,
			  enum srp_inner inner);

/* Under RCU. */
static inline bool srp_vnf_ready(const struct srp_vnf *vnf)
{
	return srp_port_ready(vnf->port[SRP_DEV]) &&
	       (vnf->port[SRP_IIF] == vnf->port[SRP_DEV] ||
		srp_port_ready(vnf->port[SRP_IIF]));
}

#endif /* _SRPROXY_VNF_H */
