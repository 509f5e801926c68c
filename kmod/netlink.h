/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef _SRPROXY_NETLINK_H
#define _SRPROXY_NETLINK_H

#include <net/genetlink.h>

enum srp_mcgrp {
	SRP_MCGRP_CONFIG,
	SRP_MCGRP_LEARN,
};

extern struct genl_family srp_family;

bool srp_netlink_listened(struct net *net, enum srp_mcgrp group);

int srp_netlink_setup(void);
void srp_netlink_teardown(void);

#endif /* _SRPROXY_NETLINK_H */
