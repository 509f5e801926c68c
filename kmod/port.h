/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port is what VNFs are attached to: a device by name, or a VLAN on it. It is
 * there whether or not the device is. The circuits (return port and inner type
 * -> SID) live in it. A device has as many ports as VLANs, so they are small: all
 * that it needs once is its trunk's.
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
struct srp_trunk;

/**
 * struct srp_port - what VNFs are attached to; there may be many on a device
 * @trunk:	the device's; this port is in it, if it has no tags, or else
 *		one of its @tagged
 * @circuit:	which SID takes what arrives here, by inner type
 * @vlans:	tags
 * @users:	members of both lists, who is about to join, and ports with tags
 *		on this one
 * @published:	packets may meet it, by its tags
 * @out_vnfs:	struct srp_vnf.at[], VNFs whose IFACE-OUT this is
 * @in_vnfs:	the same, VNFs whose IFACE-IN this is
 * @rcu:	for its end, when nobody does
 *
 * One cache line.
 */
struct srp_port {
	struct srp_trunk *trunk;
	struct srp_sid __rcu *circuit[SRP_INNER_MAX];
	struct srp_vlans vlans;
	unsigned int users;
	bool published;
	union {
		struct {
			struct hlist_head out_vnfs;
			struct hlist_head in_vnfs;
		};
		struct rcu_head rcu;
	};
};

/**
 * struct srp_trunk - a device by name, there or not
 * @port:	the one without tags, freed as if it were alone
 * @dev:	the device, NULL while there is none
 * @tagged:	srp_vlans_index() -> port, readers under RCU
 * @node:	in srp_net.trunks, by @name
 * @name:	of the device, zero padded
 * @tracker:	of the reference behind @dev
 * @frames:	SIDs that want whole or tagged frames; with one, and a device,
 *		the hook stands
 * @exclusive:	sides of VNFs that want the device alone
 * @hook:	that takes them
 * @hook_return: that takes IP packets; stands while there is a device that is
 *		not ours alone
 * @hook_sent:	the same at the other end, @far
 * @far:	other end of a veth device, NULL without; goes when that goes
 * @promisc:	device that is promiscuous for them; under RTNL
 * @promisc_tracker: of the reference behind @promisc
 * @unsettled:	in srp_net.unsettled while @promisc may not be @dev
 */
struct srp_trunk {
	struct srp_port port;
	struct net_device __rcu *dev;
	struct xarray tagged;
	struct srp_node node;
	char name[IFNAMSIZ];
	netdevice_tracker tracker;
	unsigned int frames;
	unsigned int exclusive;
	struct nf_hook_ops hook;
	struct nf_hook_ops hook_return;
	struct nf_hook_ops hook_sent;
	struct net_device *far;
	struct net_device *promisc;
	netdevice_tracker promisc_tracker;
	struct list_head unsettled;
};

static_assert(offsetof(struct srp_trunk, port) == 0);

/**
 * struct srp_frames - who wants whole or tagged frames of a port
 * @port:	the port
 * @n:		how many SIDs
 */
struct srp_frames {
	struct srp_port *port;
	unsigned int n;
};

extern const struct rhashtable_params srp_trunk_params;

struct srp_port *srp_port_get(struct srp_net *sn, const char *name,
			      const struct srp_vlans *vlans);
void srp_port_put(struct srp_net *sn, struct srp_port *port);
void srp_port_publish(struct srp_net *sn, struct srp_port *port);
int srp_frames_get(struct srp_net *sn, const struct srp_frames *frames);
void srp_frames_put(struct srp_net *sn, const struct srp_frames *frames);
void srp_port_exclusive_get(struct srp_net *sn, struct srp_port *port);
void srp_port_exclusive_put(struct srp_net *sn, struct srp_port *port);
struct srp_port *srp_trunk_next(struct srp_trunk *trunk, unsigned long *index);
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

/*
 * The same, for every packet of the namespace: most devices have neither hook
 * nor handler, and a port's device has one of them. Under RCU.
 */
static inline struct srp_port *srp_port_in(struct srp_net *sn,
					   const struct net_device *dev)
{
	if (likely(!rcu_access_pointer(dev->nf_hooks_ingress) &&
		   !rcu_access_pointer(dev->rx_handler)))
		return NULL;
	return srp_port_of(sn, dev->ifindex);
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
