/* SPDX-License-Identifier: GPL-2.0 */
/* A VNF: where a network function is attached. */
#ifndef _SRPROXY_VNF_H
#define _SRPROXY_VNF_H

#include <linux/etherdevice.h>

#include "port.h"

/**
 * struct srp_vnf_params - what a user says of a VNF
 * @name:	its name, zero padded
 * @dev:	IFACE-OUT
 * @iif:	IFACE-IN
 * @nh4:	IPv4 next hop, 0.0.0.0 without
 * @nh6:	IPv6 next hop, :: without
 * @lladdr:	static link-layer next hop, all zero without
 * @on_down:	enum srproxy_on_down
 */
struct srp_vnf_params {
	char name[SRPROXY_NAME_SIZE];
	char dev[IFNAMSIZ];
	char iif[IFNAMSIZ];
	struct in_addr nh4;
	struct in6_addr nh6;
	u8 lladdr[ETH_ALEN];
	u8 on_down;
};

/**
 * struct srp_vnf - a VNF; immutable but for lists and counts: a change puts
 *		    another in its place
 * @node:	in srp_net.vnfs, by @params.name
 * @params:	configuration
 * @out:	port of IFACE-OUT
 * @in:		port of IFACE-IN
 * @at_out:	in @out->out_vnfs
 * @at_in:	in @in->in_vnfs
 * @sids:	struct srp_sid.at_vnf, who uses it
 * @n_sids:	how many
 * @was_up:	state that was announced last
 * @rcu:	for its end
 */
struct srp_vnf {
	struct srp_node node;
	struct srp_vnf_params params;
	struct srp_port *out;
	struct srp_port *in;
	struct list_head at_out;
	struct list_head at_in;
	struct list_head sids;
	unsigned int n_sids;
	bool was_up;
	struct rcu_head rcu;
};

extern const struct rhashtable_params srp_vnf_params;

struct srp_vnf *srp_vnf_find(struct srp_net *sn, const char *name);
int srp_vnf_set(struct srp_net *sn, const struct srp_vnf_params *params,
		struct srp_vnf *old, struct nlattr **tb,
		struct netlink_ext_ack *extack);
int srp_vnf_del(struct srp_net *sn, struct srp_vnf *vnf, const struct nlattr *key,
		struct netlink_ext_ack *extack);
int srp_vnf_flush(struct srp_net *sn, struct netlink_ext_ack *extack);
void srp_vnf_check_state(struct srp_net *sn, struct srp_vnf *vnf);
bool srp_vnf_has_next_hop(const struct srp_vnf *vnf, enum srp_inner inner);

/* Under RCU. */
static inline bool srp_vnf_ready(const struct srp_vnf *vnf)
{
	return srp_port_ready(vnf->out) &&
	       (vnf->in == vnf->out || srp_port_ready(vnf->in));
}

#endif /* _SRPROXY_VNF_H */
