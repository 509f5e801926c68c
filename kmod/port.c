// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/rtnetlink.h>

#include "event.h"
#include "hook_ingress.h"
#include "plain.h"
#include "port.h"
#include "promisc.h"
#include "vnf.h"

const struct rhashtable_params srp_port_params = {
	.head_offset = offsetof(struct srp_port, node.hash),
	.key_offset = offsetof(struct srp_port, key),
	.key_len = sizeof_field(struct srp_port, key),
	.automatic_shrinking = true,
};

static struct srp_port *port_find(struct srp_net *sn, const char *name,
				  const struct srp_vlans *vlans)
{
	struct srp_port_key key = {};

	strscpy(key.name, name, sizeof(key.name));
	if (vlans)
		key.vlans = *vlans;
	return rhashtable_lookup_fast(&sn->ports.hash, &key, srp_port_params);
}

static struct net_device *port_dev(struct srp_net *sn,
				   const struct srp_port *trunk)
{
	return rcu_dereference_protected(trunk->dev, lockdep_is_held(&sn->lock));
}

/**
 * srp_port_frames_get() - one more who wants whole or tagged frames of a port
 * @sn:		locked
 * @port:	the port
 *
 * Return: 0, or why they can't be had
 */
int srp_port_frames_get(struct srp_net *sn, struct srp_port *port)
{
	struct srp_port *trunk = port->trunk;
	struct net_device *dev = port_dev(sn, trunk);
	int err;

	if (!trunk->frames && dev) {
		err = srp_hook_ingress_register(sn->net, trunk, dev);
		if (err)
			return err;
		srp_promisc_changed(sn, trunk);
	}
	trunk->frames++;
	return 0;
}

/**
 * srp_port_frames_put() - one less
 * @sn:		locked
 * @port:	the port
 */
void srp_port_frames_put(struct srp_net *sn, struct srp_port *port)
{
	struct srp_port *trunk = port->trunk;
	struct net_device *dev = port_dev(sn, trunk);

	if (--trunk->frames || !dev)
		return;
	srp_hook_ingress_unregister(sn->net, trunk);
	srp_promisc_changed(sn, trunk);
}

static void port_unbind(struct srp_net *sn, struct srp_port *port)
{
	struct net_device *dev = port_dev(sn, port);

	if (!dev)
		return;

	if (port->frames) {
		srp_hook_ingress_unregister(sn->net, port);
		srp_promisc_changed(sn, port);
	}
	xa_erase(&sn->port_of, dev->ifindex);
	RCU_INIT_POINTER(port->dev, NULL);
	netdev_put(dev, &port->tracker);
}

static void notify_vnfs(struct srp_net *sn, struct srp_port *port)
{
	struct srp_vnf *vnf;

	list_for_each_entry(vnf, &port->out_vnfs, at[SRP_DEV])
		srp_vnf_check_state(sn, vnf);
	list_for_each_entry(vnf, &port->in_vnfs, at[SRP_IIF])
		srp_vnf_check_state(sn, vnf);
}

/* All that are attached to a device. */
static void port_notify_vnfs(struct srp_net *sn, struct srp_port *trunk)
{
	struct srp_port *tagged;
	unsigned long index;

	notify_vnfs(sn, trunk);
	xa_for_each(&trunk->tagged, index, tagged)
		notify_vnfs(sn, tagged);
}

/*
 * Without memory for the index or the hook the port stays unbound, as if the device were
 * missing: seen as down, and tried again at the device's next event.
 */
static void port_bind(struct srp_net *sn, struct srp_port *port,
		      struct net_device *dev)
{
	struct srp_port *other = xa_load(&sn->port_of, dev->ifindex);

	/* A device renamed a moment ago, whose event has not arrived yet. */
	if (other) {
		port_unbind(sn, other);
		port_notify_vnfs(sn, other);
	}

	if (xa_is_err(xa_store(&sn->port_of, dev->ifindex, port,
			       GFP_KERNEL_ACCOUNT)))
		return;
	if (port->frames) {
		if (srp_hook_ingress_register(sn->net, port, dev)) {
			xa_erase(&sn->port_of, dev->ifindex);
			return;
		}
		srp_promisc_changed(sn, port);
	}
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	rcu_assign_pointer(port->dev, dev);
}

static void port_find_dev(struct srp_net *sn, struct srp_port *port)
{
	struct net_device *dev = __dev_get_by_name(sn->net, port->key.name);

	/* An alternative name finds a device, too, but does not follow it. */
	if (dev && !strcmp(dev->name, port->key.name))
		port_bind(sn, port, dev);
}

static struct srp_port *port_alloc(const char *name,
				   const struct srp_vlans *vlans)
{
	struct srp_port *port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);

	if (!port)
		return NULL;
	strscpy(port->key.name, name, sizeof(port->key.name));
	port->key.vlans = *vlans;
	port->trunk = port;
	INIT_LIST_HEAD(&port->out_vnfs);
	INIT_LIST_HEAD(&port->in_vnfs);
	INIT_LIST_HEAD(&port->unsettled);
	xa_init(&port->tagged);
	port->users = 1;
	return port;
}

/* Attach a new port to its device, or to the one without tags. */
static int port_join(struct srp_net *sn, struct srp_port *port)
{
	static const struct srp_vlans none;
	struct srp_port *trunk;
	int err;

	if (!srp_tagged(&port->key.vlans)) {
		port_find_dev(sn, port);
		return 0;
	}

	trunk = srp_port_get(sn, port->key.name, &none);
	if (IS_ERR(trunk))
		return PTR_ERR(trunk);
	err = xa_err(xa_store(&trunk->tagged, srp_vlans_index(&port->key.vlans),
			      port, GFP_KERNEL_ACCOUNT));
	if (err) {
		srp_port_put(sn, trunk);
		return err;
	}
	port->trunk = trunk;
	return 0;
}

static void port_leave(struct srp_net *sn, struct srp_port *port)
{
	if (!srp_tagged(&port->key.vlans)) {
		port_unbind(sn, port);
		return;
	}
	xa_erase(&port->trunk->tagged, srp_vlans_index(&port->key.vlans));
	srp_port_put(sn, port->trunk);
}

/**
 * srp_port_get() - reference to a port
 * @sn:		locked
 * @name:	device name; the device need not exist
 * @vlans:	tags on it
 *
 * Return: the port, made if need be, or an error pointer
 */
struct srp_port *srp_port_get(struct srp_net *sn, const char *name,
			      const struct srp_vlans *vlans)
{
	struct srp_port *port = port_find(sn, name, vlans);
	int err;

	lockdep_assert_held(&sn->lock);
	if (port) {
		port->users++;
		return port;
	}

	port = port_alloc(name, vlans);
	if (!port)
		return ERR_PTR(-ENOMEM);
	err = srp_table_add(&sn->ports, &port->node, NULL);
	if (err)
		goto err_free;
	err = port_join(sn, port);
	if (err)
		goto err_del;
	return port;

err_del:
	srp_table_del(&sn->ports, &port->node);
err_free:
	/* Packets may have come by it: not without a grace period. */
	kfree_rcu(port, rcu);
	return ERR_PTR(err);
}

/**
 * srp_port_put() - give a reference back; the last one takes the port along
 * @sn:		locked
 * @port:	of srp_port_get()
 */
void srp_port_put(struct srp_net *sn, struct srp_port *port)
{
	lockdep_assert_held(&sn->lock);
	if (--port->users)
		return;

	port_leave(sn, port);
	srp_table_del(&sn->ports, &port->node);
	xa_destroy(&port->tagged);
	kfree_rcu(port, rcu);
}

/**
 * srp_port_ifindex() - index of the device, 0 while there is none
 * @port: the port
 */
unsigned int srp_port_ifindex(const struct srp_port *port)
{
	const struct net_device *dev;
	unsigned int ifindex;

	rcu_read_lock();
	dev = srp_port_dev(port);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	return ifindex;
}

/* Bring the ports in line with what has become of a device. */
static void port_dev_changed(struct srp_net *sn, struct net_device *dev,
			     bool gone)
{
	struct srp_port *was = xa_load(&sn->port_of, dev->ifindex);
	struct srp_port *is = gone ? NULL : port_find(sn, dev->name, NULL);

	if (was && was != is)
		port_unbind(sn, was);
	if (is && was != is) {
		port_unbind(sn, is);
		port_bind(sn, is, dev);
	}
	if (was && was != is)
		port_notify_vnfs(sn, was);
	if (is)
		port_notify_vnfs(sn, is);
}

static int port_netdev_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct srp_net *sn = srp_net(dev_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_UNREGISTER:
		mutex_lock(&sn->lock);
		port_dev_changed(sn, dev, event == NETDEV_UNREGISTER);
		if (netif_is_l3_master(dev))
			srp_plain_vrf_changed(sn);
		mutex_unlock(&sn->lock);
		/* The one event that no lock comes with. */
		if (event == NETDEV_UNREGISTER)
			srp_promisc_settle(sn);
		else
			srp_promisc_settle_later(sn);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block port_notifier = {
	.notifier_call = port_netdev_event,
};

int __init srp_port_setup(void)
{
	return register_netdevice_notifier(&port_notifier);
}

void srp_port_teardown(void)
{
	unregister_netdevice_notifier(&port_notifier);
}
