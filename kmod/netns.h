/* SPDX-License-Identifier: GPL-2.0 */
/* What srproxy keeps in a network namespace. */
#ifndef _SRPROXY_NETNS_H
#define _SRPROXY_NETNS_H

#include <linux/mutex.h>
#include <linux/ratelimit_types.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "table.h"

/**
 * struct srp_net - state of a network namespace
 * @net:	the namespace; no reference, it outlives this
 * @lock:	all configuration. Taken inside RTNL (device events); nothing
 *		that takes RTNL may be called with it held
 * @vnfs:	by name
 * @chains:	by name
 * @sids:	by address
 * @ports:	by device name
 * @port_of:	ifindex -> struct srp_port, readers under RCU
 * @objects:	VNFs, chains and SIDs; the hooks stand while it is not 0
 * @genid:	changes with every change, for dumps to notice
 * @learn_limit: rate of learn events
 */
struct srp_net {
	struct net *net;
	struct mutex lock; /* all configuration */
	struct srp_table vnfs;
	struct srp_table chains;
	struct srp_table sids;
	struct srp_table ports;
	struct xarray port_of;
	unsigned int objects;
	unsigned int genid;
	struct ratelimit_state learn_limit;
};

struct srp_net *srp_net(const struct net *net);
int srp_net_get(struct srp_net *sn);
void srp_net_put(struct srp_net *sn);

int srp_netns_setup(void);
void srp_netns_teardown(void);

#endif /* _SRPROXY_NETNS_H */
