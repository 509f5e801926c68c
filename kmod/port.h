/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port is a device by name, to which VNFs are attached: it is there whether
 * or not the device is. The circuits (return interface and inner type -> SID)
 * live in it.
 */
#ifndef _SRPROXY_PORT_H
#define _SRPROXY_PORT_H

#include <linux/list.h>
#include <linux/netdevice.h>

#include "netns.h"
#include "srh.h"

struct srp_sid;

/**
 * struct srp_port - a device that VNFs are attached to
 * @node:	in srp_net.ports, by @name
 * @name:	device name, zero padded
 * @dev:	the device, NULL while there is none
 * @tracker:	of the reference behind @dev
 * @circuit:	which SID takes what arrives here, by inner type
 * @out_vnfs:	struct srp_vnf.at_out, VNFs whose IFACE-OUT this is
 * @in_vnfs:	struct srp_vnf.at_in, VNFs whose IFACE-IN this is
 * @users:	members of both lists, and who is about to join
 * @rcu:	for its end
 */
struct srp_port {
	struct srp_node node;
	char name[IFNAMSIZ];
	struct net_device __rcu *dev;
	netdevice_tracker tracker;
	struct srp_sid __rcu *circuit[SRP_INNER_MAX];
	struct list_head out_vnfs;
	struct list_head in_vnfs;
	unsigned int users;
	struct rcu_head rcu;
};

extern const struct rhashtable_params srp_port_params;

struct srp_port *srp_port_get(struct srp_net *sn, const char *name);
void srp_port_put(struct srp_net *sn, struct srp_port *port);
unsigned int srp_port_ifindex(const struct srp_port *port);

int srp_port_setup(void);
void srp_port_teardown(void);

/* The port of an ingress device. Under RCU. */
static inline struct srp_port *srp_port_of(struct srp_net *sn,
					   unsigned int ifindex)
{
	return xa_load(&sn->port_of, ifindex);
}

/* Present, up and with carrier. Under RCU. */
static inline bool srp_port_ready(const struct srp_port *port)
{
	const struct net_device *dev = rcu_dereference(port->dev);

	return dev && (READ_ONCE(dev->flags) & IFF_UP) && netif_carrier_ok(dev);
}

#endif /* _SRPROXY_PORT_H */
