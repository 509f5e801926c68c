// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>

#include "port.h"
#include "promisc.h"

/**
 * srp_promisc_changed() - a trunk wants frames, or no longer, or has another
 *			   device
 * @sn:		locked
 * @trunk:	the trunk; kept until that is settled
 */
void srp_promisc_changed(struct srp_net *sn, struct srp_trunk *trunk)
{
	if (!list_empty(&trunk->unsettled))
		return;
	trunk->port.users++;
	list_add_tail(&trunk->unsettled, &sn->unsettled);
}

static void settle(struct srp_trunk *trunk)
{
	struct net_device *want = NULL;

	if (trunk->frames)
		want = rtnl_dereference(trunk->dev);
	if (trunk->promisc == want)
		return;
	if (trunk->promisc) {
		dev_set_promiscuity(trunk->promisc, -1);
		netdev_put(trunk->promisc, &trunk->promisc_tracker);
	}
	trunk->promisc = want;
	if (want) {
		netdev_hold(want, &trunk->promisc_tracker, GFP_KERNEL);
		/* Frames that were merged could not be told apart again. */
		dev_disable_lro(want);
		/* It fails when there are four billion others. */
		dev_set_promiscuity(want, 1);
	}
}

/**
 * srp_promisc_settle() - make devices what ports want them to be
 * @sn: under RTNL, not locked
 */
void srp_promisc_settle(struct srp_net *sn)
{
	struct srp_trunk *trunk;

	ASSERT_RTNL();
	while (!list_empty(&sn->unsettled)) {
		trunk = list_first_entry(&sn->unsettled, struct srp_trunk,
					 unsettled);
		list_del_init(&trunk->unsettled);
		settle(trunk);
		mutex_lock(&sn->lock);
		srp_port_put(sn, &trunk->port);
		mutex_unlock(&sn->lock);
	}
}

static void settle_work(struct work_struct *work)
{
	rtnl_lock();
	srp_promisc_settle(container_of(work, struct srp_net, settle));
	rtnl_unlock();
}

/**
 * srp_promisc_settle_later() - the same, where it can't be done
 * @sn: namespace
 */
void srp_promisc_settle_later(struct srp_net *sn)
{
	if (!list_empty(&sn->unsettled))
		schedule_work(&sn->settle);
}

void srp_promisc_setup(struct srp_net *sn)
{
	INIT_LIST_HEAD(&sn->unsettled);
	INIT_WORK(&sn->settle, settle_work);
}

/**
 * srp_promisc_teardown() - nothing is left to be done
 * @sn: settled, without ports
 */
void srp_promisc_teardown(struct srp_net *sn)
{
	cancel_work_sync(&sn->settle);
}
