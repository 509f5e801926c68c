/* SPDX-License-Identifier: GPL-2.0 */
/* A VNF: where a network function is attached. */
#ifndef _SRPROXY_VNF_H
#define _SRPROXY_VNF_H

#include <linux/etherdevice.h>

#include "port.h"

/* The two sides of a VNF, as far as they are two. */
enum srp_side {
	SRP_DEV,	/* IFACE-OUT, but for SIDs in reverse */
	SRP_IIF,	/* IFACE-IN */

	SRP_SIDES,
};

/**
 * struct srp_side_params - what a user says of one side of a VNF
 * @dev:	device
 * @vlans:	tags on it
 * @nh4:	IPv4 next hop, 0.0.0.0 without
 * @nh6:	IPv6 next hop, :: without
 * @lladdr:	static link-layer next hop, all zero without
 */
struct srp_side_params {
	char dev[IFNAMSIZ];
	struct srp_vlans vlans;
	struct in_addr nh4;
	struct in6_addr nh6;
	u8 lladdr[ETH_ALEN];
};

/**
 * struct srp_vnf_params - what a user says of a VNF
 * @name:	its name, zero padded
 * @side:	by enum srp_side
 * @on_down:	enum srproxy_on_down
 */
struct srp_vnf_params {
	char name[SRPROXY_NAME_SIZE];
	struct srp_side_params side[SRP_SIDES];
	u8 on_down;
};

/**
 * struct srp_vnf - a VNF; immutable but for lists and counts: a change puts
 *		    another in its place
 * @node:	in srp_net.vnfs, by @params.name
 * @params:	configuration
 * @port:	of each side, may be the same
 * @at:		in @port's out_vnfs and in_vnfs
 * @sids:	struct srp_sid.at_vnf, who uses it
 * @n_sids:	how many
 * @was_up:	state that was announced last
 * @rcu:	for its end
 */
struct srp_vnf {
	struct srp_node node;
	struct srp_vnf_params params;
	struct srp_port *port[SRP_SIDES];
	struct list_head at[SRP_SIDES];
	struct list_head sids;
	unsigned int n_sids;
	bool was_up;
	struct rcu_head rcu;
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

struct srp_vnf *srp_vnf_find(struct srp_net *sn, const char *name);
int srp_vnf_set(struct srp_net *sn, const struct srp_vnf_params *params,
		struct srp_vnf *old, struct nlattr **tb,
		struct netlink_ext_ack *extack);
int srp_vnf_del(struct srp_net *sn, struct srp_vnf *vnf, const struct nlattr *key,
		struct netlink_ext_ack *extack);
int srp_vnf_flush(struct srp_net *sn, struct netlink_ext_ack *extack);
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
