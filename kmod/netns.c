// SPDX-License-Identifier: GPL-2.0
#include <linux/ratelimit.h>
#include <linux/rtnetlink.h>

#include "chain.h"
#include "seg6local_dev.h"
#include "netns.h"
#include "port.h"
#include "promisc.h"
#include "sid.h"
#include "stage.h"
#include "transaction.h"
#include "vnf.h"

unsigned int srp_net_id __read_mostly;

static int __net_init srp_net_init(struct net *net)
{
	struct srp_net *sn = srp_net(net);
	int err;

	sn->net = net;
	mutex_init(&sn->lock);
	xa_init(&sn->port_of);
	srp_promisc_setup(sn);
	ratelimit_state_init(&sn->learn_limit, HZ,
			     SRPROXY_LEARN_EVENTS_PER_SEC);
	ratelimit_set_flags(&sn->learn_limit, RATELIMIT_MSG_ON_RELEASE);

	err = srp_table_init(&sn->trunks, &srp_trunk_params);
	if (err)
		return err;
	err = srp_table_init(&sn->vnfs, &srp_vnf_params);
	if (err)
		goto err_trunks;
	err = srp_table_init(&sn->chains, &srp_chain_params);
	if (err)
		goto err_vnfs;
	err = srp_table_init(&sn->sids, &srp_sid_params);
	if (err)
		goto err_chains;
	return 0;

err_chains:
	srp_table_clean(&sn->chains);
err_vnfs:
	srp_table_clean(&sn->vnfs);
err_trunks:
	srp_table_clean(&sn->trunks);
	return err;
}

/*
 * In this order every reference has its put, and the last SID takes the hooks
 * along. What is left between this and exit is one grace period, after
 * which no packet reads the tables.
 */
static void __net_exit srp_net_pre_exit(struct net *net)
{
	struct srp_net *sn = srp_net(net);

	rtnl_lock();
	mutex_lock(&sn->lock);
	srp_transaction_clear(sn);
	mutex_unlock(&sn->lock);
	srp_promisc_settle(sn);
	srp_seg6local_put(net);
	rtnl_unlock();
	srp_promisc_teardown(sn);
}

static void __net_exit srp_net_exit(struct net *net)
{
	struct srp_net *sn = srp_net(net);

	/* Nobody adds any more, and those that wait look here for their SIDs. */
	srp_stage_drain();
	srp_table_clean(&sn->sids);
	srp_table_clean(&sn->chains);
	srp_table_clean(&sn->vnfs);
	srp_table_clean(&sn->trunks);
	xa_destroy(&sn->port_of);
}

static struct pernet_operations srp_net_ops = {
	.init = srp_net_init,
	.pre_exit = srp_net_pre_exit,
	.exit = srp_net_exit,
	.id = &srp_net_id,
	.size = sizeof(struct srp_net),
};

int __init srp_netns_setup(void)
{
	return register_pernet_subsys(&srp_net_ops);
}

void srp_netns_teardown(void)
{
	unregister_pernet_subsys(&srp_net_ops);
}
