// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/rtnetlink.h>

#include "event.h"
#include "port.h"
#include "vnf.h"

const struct rhashtable_params srp_port_params = {
	.head_offset = offsetof(struct srp_port, node.hash),
	.key_offset = offsetof(struct srp_port, name),
	.key_len = sizeof_field(struct srp_port, name),
	.automatic_shrinking = true,
};

static struct srp_port *port_find(struct srp_net *sn, const char *name)
{
	char key[IFNAMSIZ] = {};

	strscpy(key, name, sizeof(key));
	return rhashtable_lookup_fast(&sn->ports.hash, key, srp_port_params);
}

static void port_unbind(struct srp_net *sn, struct srp_port *port)
{
	struct net_device *dev;

	dev = rcu_dereference_protected(port->dev, lockdep_is_held(&sn->lock));
	if (!dev)
		return;

	xa_erase(&sn->port_of, dev->ifindex);
	RCU_INIT_POINTER(port->dev, NULL);
	netdev_put(dev, &port->tracker);
}

static void port_notify_vnfs(struct srp_net *sn, struct srp_port *port)
{
	struct srp_vnf *vnf;

	list_for_each_entry(vnf, &port->out_vnfs, at_out)
		srp_vnf_check_state(sn, vnf);
	list_for_each_entry(vnf, &port->in_vnfs, at_in)
		srp_vnf_check_state(sn, vnf);
}

/*
 * Without memory for the index the port stays unbound, as if the device were
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
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	rcu_assign_pointer(port->dev, dev);
}

/*
 * Outside RTNL this is safe because a device leaves the name list before its
 * NETDEV_UNREGISTER is sent, and that event waits for our lock: whatever is
 * found here is still going to be announced as gone.
 */
static void port_find_dev(struct srp_net *sn, struct srp_port *port)
{
	struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(sn->net, port->name);
	/* An alternative name finds a device, too, but does not follow it. */
	if (dev && strcmp(dev->name, port->name))
		dev = NULL;
	if (dev)
		dev_hold(dev);
	rcu_read_unlock();

	if (dev) {
		port_bind(sn, port, dev);
		dev_put(dev);
	}
}

/**
 * srp_port_get() - reference to the port of a device name
 * @sn:		locked
 * @name:	device name; the device need not exist
 *
 * Return: the port, made if need be, or an error pointer
 */
struct srp_port *srp_port_get(struct srp_net *sn, const char *name)
{
	struct srp_port *port = port_find(sn, name);
	int err;

	lockdep_assert_held(&sn->lock);
	if (port) {
		port->users++;
		return port;
	}

	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return ERR_PTR(-ENOMEM);
	strscpy(port->name, name, sizeof(port->name));
	INIT_LIST_HEAD(&port->out_vnfs);
	INIT_LIST_HEAD(&port->in_vnfs);
	port->users = 1;

	err = srp_table_add(&sn->ports, &port->node, NULL);
	if (err) {
		kfree(port);
		return ERR_PTR(err);
	}
	port_find_dev(sn, port);
	return port;
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

	port_unbind(sn, port);
	srp_table_del(&sn->ports, &port->node);
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
	dev = rcu_dereference(port->dev);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	return ifindex;
}

/* Bring the ports in line with what has become of a device. */
static void port_dev_changed(struct srp_net *sn, struct net_device *dev,
			     bool gone)
{
	struct srp_port *was = xa_load(&sn->port_of, dev->ifindex);
	struct srp_port *is = gone ? NULL : port_find(sn, dev->name);

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
		mutex_unlock(&sn->lock);
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
