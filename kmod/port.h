/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port is what VNFs are attached to: a device by name, or a VLAN on it. It is
 * there whether or not the device is. The circuits (return port and inner type
 * -> SID) live in it.
 */
#ifndef _SRPROXY_PORT_H
#define _SRPROXY_PORT_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>

#include "netns.h"
#include "srh.h"
#include "vlan.h"

struct srp_sid;

/**
 * struct srp_port_key - what tells ports apart
 * @name:	device name, zero padded
 * @vlans:	tags
 */
struct srp_port_key {
	char name[IFNAMSIZ];
	struct srp_vlans vlans;
};

/**
 * struct srp_port - what VNFs are attached to
 * @node:	in srp_net.ports, by @key
 * @key:	which
 * @trunk:	the port of the same device without tags; may be this one
 * @circuit:	which SID takes what arrives here, by inner type
 * @out_vnfs:	struct srp_vnf.at[], VNFs whose IFACE-OUT this is
 * @in_vnfs:	the same, VNFs whose IFACE-IN this is
 * @users:	members of both lists, who is about to join, and ports of which
 *		this is the trunk
 * @dev:	the device, NULL while there is none; in a trunk only, as what
 *		follows
 * @tracker:	of the reference behind @dev
 * @tagged:	srp_vlans_index() -> port, readers under RCU
 * @frames:	SIDs that want whole or tagged frames; with one, and a device,
 *		the hook stands
 * @hook:	that takes them
 * @promisc:	device that is promiscuous for them; under RTNL
 * @promisc_tracker: of the reference behind @promisc
 * @unsettled:	in srp_net.unsettled while @promisc may not be @dev
 * @rcu:	for its end
 */
struct srp_port {
	struct srp_node node;
	struct srp_port_key key;
	struct srp_port *trunk;
	struct srp_sid __rcu *circuit[SRP_INNER_MAX];
	struct list_head out_vnfs;
	struct list_head in_vnfs;
	unsigned int users;

	struct net_device __rcu *dev;
	netdevice_tracker tracker;
	struct xarray tagged;
	unsigned int frames;
	struct nf_hook_ops hook;
	struct net_device *promisc;
	netdevice_tracker promisc_tracker;
	struct list_head unsettled;

	struct rcu_head rcu;
};

extern const struct rhashtable_params srp_port_params;

struct srp_port *srp_port_get(struct srp_net *sn, const char *name,
			      const struct srp_vlans *vlans);
void srp_port_put(struct srp_net *sn, struct srp_port *port);
int srp_port_frames_get(struct srp_net *sn, struct srp_port *port);
void srp_port_frames_put(struct srp_net *sn, struct srp_port *port);
unsigned int srp_port_ifindex(const struct srp_port *port);

int srp_port_setup(void);
void srp_port_teardown(void);

/*
 * The port of an ingress device without tags, or NULL. It may be there for its
 * VLANs only: all that comes from the device is a VNF's, still. Under RCU.
 */
static inline struct srp_port *srp_port_of(struct srp_net *sn,
					   unsigned int ifindex)
{
	return xa_load(&sn->port_of, ifindex);
}

/* The device, NULL while there is none. Under RCU. */
static inline struct net_device *srp_port_dev(const struct srp_port *port)
{
	return rcu_dereference(port->trunk->dev);
}

/* Present, up and with carrier. Under RCU. */
static inline bool srp_port_ready(const struct srp_port *port)
{
	const struct net_device *dev = srp_port_dev(port);

	return dev && (READ_ONCE(dev->flags) & IFF_UP) && netif_carrier_ok(dev);
}

#endif /* _SRPROXY_PORT_H */
