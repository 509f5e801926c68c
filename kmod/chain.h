/* SPDX-License-Identifier: GPL-2.0 */
/* A chain: a configured encapsulation. */
#ifndef _SRPROXY_CHAIN_H
#define _SRPROXY_CHAIN_H

#include <linux/list.h>
#include <linux/netlink.h>

#include "encap.h"
#include "netns.h"

struct srp_change;

/**
 * struct srp_chain_params - what a user says of a chain
 * @name:	its name, zero padded
 * @path:	the encapsulation
 * @table:	routing table of the first segment, 0 for the node's rules
 */
struct srp_chain_params {
	char name[SRPROXY_NAME_SIZE];
	struct srp_path path;
	u32 table;
};

/**
 * struct srp_chain - a chain; immutable but for list and count: a change puts
 *		      another in its place
 * @node:	in srp_net.chains, by @params.name
 * @params:	configuration; its segments are @segs
 * @encap:	the same as a header
 * @sids:	struct srp_sid.at_chain, who uses it
 * @n_sids:	how many
 * @rcu:	for its end
 * @segs:	segments
 */
struct srp_chain {
	struct srp_node node;
	struct srp_chain_params params;
	struct srp_encap *encap;
	struct list_head sids;
	unsigned int n_sids;
	struct rcu_head rcu;
	struct in6_addr segs[];
};

extern const struct rhashtable_params srp_chain_params;

struct srp_node *srp_chain_place(struct srp_net *sn, const char *name);
struct srp_chain *srp_chain_find(struct srp_net *sn, const char *name);
int srp_chain_stage(struct srp_net *sn, const struct srp_chain_params *params,
		    struct srp_change *change, struct nlattr **tb,
		    struct netlink_ext_ack *extack);
int srp_chain_stage_del(struct srp_net *sn, struct srp_change *change,
			const struct nlattr *key,
			struct netlink_ext_ack *extack);

#endif /* _SRPROXY_CHAIN_H */
