// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/srproxy.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "arrival.h"
#include "entropy.h"
#include "forward.h"
#include "hook_return.h"
#include "hook_seg6local.h"
#include "netlink.h"
#include "netns.h"
#include "port.h"
#include "stage.h"

static const struct srp_stage_steps next_steps = {
	.in = srp_arrival_go_on,
	.back = srp_hook_return_arrive,
};

static int __init srp_init(void)
{
	int err;

	/* Without it there are no routing tables to ask, and nothing to proxy. */
	if (!ipv6_mod_enabled()) {
		pr_err("srproxy: IPv6 is disabled\n");
		return -EAFNOSUPPORT;
	}

	srp_entropy_setup();
	srp_kfunc_setup();
	err = srp_stage_setup(&next_steps);
	if (err)
		return err;
	err = srp_netns_setup();
	if (err)
		goto err_netns;
	err = srp_port_setup();
	if (err)
		goto err_port;
	err = srp_netlink_setup();
	if (err)
		goto err_netlink;
	return 0;

err_netlink:
	srp_port_teardown();
err_port:
	srp_netns_teardown();
err_netns:
	srp_stage_teardown();
	return err;
}

static void __exit srp_exit(void)
{
	srp_netlink_teardown();
	srp_port_teardown();
	srp_netns_teardown();
	srp_stage_teardown();
	srp_forward_teardown();
	/* The callbacks that free objects are ours. */
	rcu_barrier();
}

module_init(srp_init);
module_exit(srp_exit);

MODULE_DESCRIPTION("SRv6 service proxy");
MODULE_LICENSE("GPL");
MODULE_VERSION(SRPROXY_VERSION);
MODULE_ALIAS_GENL_FAMILY(SRPROXY_FAMILY_NAME);
