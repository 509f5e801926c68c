/* SPDX-License-Identifier: GPL-2.0 */
/* What srproxy keeps in a network namespace. */
#ifndef _SRPROXY_NETNS_H
#define _SRPROXY_NETNS_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit_types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "table.h"

/**
 * struct srp_net - state of a network namespace
 * @net:	the namespace; no reference, it outlives this
 * @lock:	all configuration. Taken inside RTNL, by requests and by device
 *		events alike
 * @vnfs:	by name
 * @chains:	by name
 * @sids:	by address
 * @trunks:	by device name
 * @port_of:	ifindex -> struct srp_port without VLANs, readers under RCU
 * @prefix_lens: lengths of the prefixes that are SIDs, but for 128
 * @prefix_sids: how many SIDs of each length
 * @sids_genid:	changes whenever an address may have become another SID's
 * @unsettled:	trunks whose devices have to be made promiscuous, or no longer;
 *		under RTNL
 * @settle:	does that after device events
 * @prerouting_sids: SIDs that hook_prerouting.c stands for
 * @local_sids: SIDs with SRPROXY_HOOK_LOCAL, that hook_local.c stands for
 * @seg6local_sids: SIDs with SRPROXY_HOOK_SEG6LOCAL
 * @seg6local_dev: what their routes lead to, or NULL; under RTNL
 * @flows:	that SIDs may keep, all together
 * @new_flows:	of them, for which a transaction has asked so far
 * @genid:	changes with every change, for dumps to notice
 * @learn_limit: rate of learn events
 */
struct srp_net {
	struct net *net;
	struct mutex lock; /* all configuration */
	struct srp_table vnfs;
	struct srp_table chains;
	struct srp_table sids;
	struct srp_table trunks;
	struct xarray port_of;
	DECLARE_BITMAP(prefix_lens, 128);
	unsigned int prefix_sids[128];
	unsigned long sids_genid;
	struct list_head unsettled;
	struct work_struct settle;
	unsigned int prerouting_sids;
	unsigned int local_sids;
	unsigned int seg6local_sids;
	struct net_device *seg6local_dev;
	u32 flows;
	u32 new_flows;
	unsigned int genid;
	struct ratelimit_state learn_limit;
};

extern unsigned int srp_net_id;

static inline struct srp_net *srp_net(const struct net *net)
{
	return net_generic(net, srp_net_id);
}

int srp_netns_setup(void);
void srp_netns_teardown(void);

#endif /* _SRPROXY_NETNS_H */
