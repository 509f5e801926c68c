// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>

#include "event.h"
#include "hook_ingress.h"
#include "hook_return.h"
#include "plain.h"
#include "port.h"
#include "promisc.h"
#include "stage.h"
#include "vnf.h"

const struct rhashtable_params srp_trunk_params = {
	.head_offset = offsetof(struct srp_trunk, node.hash),
	.key_offset = offsetof(struct srp_trunk, name),
	.key_len = sizeof_field(struct srp_trunk, name),
	.automatic_shrinking = true,
};

static struct srp_trunk *trunk_find(struct srp_net *sn, const char *name)
{
	char key[IFNAMSIZ];

	strscpy_pad(key, name, sizeof(key));
	return rhashtable_lookup_fast(&sn->trunks.hash, key, srp_trunk_params);
}

static struct srp_trunk *trunk_of(struct srp_port *port)
{
	return container_of(port, struct srp_trunk, port);
}

static struct net_device *trunk_dev(struct srp_net *sn,
				    const struct srp_trunk *trunk)
{
	return rcu_dereference_protected(trunk->dev, lockdep_is_held(&sn->lock));
}

/**
 * srp_frames_get() - more who want whole or tagged frames of a port
 * @sn:		locked
 * @frames:	how many, of which port
 *
 * Return: 0, or why they can't be had
 */
int srp_frames_get(struct srp_net *sn, const struct srp_frames *frames)
{
	struct srp_trunk *trunk = frames->port->trunk;
	struct net_device *dev = trunk_dev(sn, trunk);
	int err;

	if (!trunk->frames && frames->n && dev) {
		err = srp_hook_ingress_register(sn->net, trunk, dev);
		if (err)
			return err;
		srp_promisc_changed(sn, trunk);
	}
	trunk->frames += frames->n;
	return 0;
}

/**
 * srp_frames_put() - so many less
 * @sn:		locked
 * @frames:	how many, of which port
 */
void srp_frames_put(struct srp_net *sn, const struct srp_frames *frames)
{
	struct srp_trunk *trunk;
	struct net_device *dev;

	if (!frames->n)
		return;
	trunk = frames->port->trunk;
	dev = trunk_dev(sn, trunk);
	trunk->frames -= frames->n;
	if (trunk->frames || !dev)
		return;
	srp_hook_ingress_unregister(sn->net, trunk);
	srp_promisc_changed(sn, trunk);
}

/**
 * srp_port_exclusive_get() - one more who wants the device of a port alone
 * @sn:		locked, under RTNL
 * @port:	the port
 */
void srp_port_exclusive_get(struct srp_net *sn, struct srp_port *port)
{
	struct srp_trunk *trunk = port->trunk;
	struct net_device *dev = trunk_dev(sn, trunk);

	if (!trunk->exclusive++ && dev)
		srp_hook_return_settle(sn->net, trunk, dev);
}

/**
 * srp_port_exclusive_put() - one less
 * @sn:		locked, under RTNL
 * @port:	the port
 */
void srp_port_exclusive_put(struct srp_net *sn, struct srp_port *port)
{
	struct srp_trunk *trunk = port->trunk;
	struct net_device *dev = trunk_dev(sn, trunk);

	if (!--trunk->exclusive && dev)
		srp_hook_return_settle(sn->net, trunk, dev);
}

static void trunk_unbind(struct srp_net *sn, struct srp_trunk *trunk)
{
	struct net_device *dev = trunk_dev(sn, trunk);

	if (!dev)
		return;

	if (trunk->frames) {
		srp_hook_ingress_unregister(sn->net, trunk);
		srp_promisc_changed(sn, trunk);
	}
	srp_hook_return_unregister(sn->net, trunk, dev);
	xa_erase(&sn->port_of, dev->ifindex);
	RCU_INIT_POINTER(trunk->dev, NULL);
	netdev_put(dev, &trunk->tracker);
}

static void notify_vnfs(struct srp_net *sn, struct srp_port *port)
{
	struct srp_vnf *vnf;

	hlist_for_each_entry(vnf, &port->out_vnfs, at[SRP_DEV])
		srp_vnf_check_state(sn, vnf);
	hlist_for_each_entry(vnf, &port->in_vnfs, at[SRP_IIF])
		srp_vnf_check_state(sn, vnf);
}

/**
 * srp_trunk_next() - first port of a trunk from an index on
 * @trunk:	the trunk; locked
 * @index:	srp_vlans_index() to begin with; that found
 */
struct srp_port *srp_trunk_next(struct srp_trunk *trunk, unsigned long *index)
{
	return *index ? xa_find(&trunk->tagged, index, ULONG_MAX, XA_PRESENT) :
			&trunk->port;
}

/* All that are attached to a device. */
static void trunk_notify_vnfs(struct srp_net *sn, struct srp_trunk *trunk)
{
	struct srp_port *port;
	unsigned long index;

	for (index = 0; (port = srp_trunk_next(trunk, &index)); index++)
		notify_vnfs(sn, port);
}

/* From here on packets that come by the device come by the trunk's port. */
static void trunk_publish(struct srp_net *sn, struct srp_trunk *trunk)
{
	const struct net_device *dev = trunk_dev(sn, trunk);

	if (dev && xa_load(&sn->port_of, dev->ifindex) != &trunk->port)
		WARN_ON_ONCE(xa_err(xa_store(&sn->port_of, dev->ifindex,
					     &trunk->port, 0)));
}

/**
 * srp_port_publish() - let packets know that VNFs are attached to a port
 * @sn:		locked
 * @port:	of srp_port_get()
 */
void srp_port_publish(struct srp_net *sn, struct srp_port *port)
{
	WRITE_ONCE(port->published, true);
	trunk_publish(sn, port->trunk);
}

/*
 * Without memory for the index or the hooks it stays unbound. After a device's
 * event that is as if the device were missing: seen as down, and tried again at
 * the next one.
 */
static int trunk_bind(struct srp_net *sn, struct srp_trunk *trunk,
		      struct net_device *dev)
{
	struct srp_port *other = xa_load(&sn->port_of, dev->ifindex);
	int err;

	/* A device renamed a moment ago, whose event has not arrived yet. */
	if (other) {
		trunk_unbind(sn, other->trunk);
		trunk_notify_vnfs(sn, other->trunk);
	}

	err = xa_reserve(&sn->port_of, dev->ifindex, GFP_KERNEL_ACCOUNT);
	if (err)
		return err;
	err = srp_hook_return_register(sn->net, trunk, dev);
	if (err)
		goto err_erase;
	if (trunk->frames) {
		err = srp_hook_ingress_register(sn->net, trunk, dev);
		if (err)
			goto err_hook;
		srp_promisc_changed(sn, trunk);
	}
	netdev_hold(dev, &trunk->tracker, GFP_KERNEL);
	rcu_assign_pointer(trunk->dev, dev);
	return 0;

err_hook:
	srp_hook_return_unregister(sn->net, trunk, dev);
err_erase:
	xa_erase(&sn->port_of, dev->ifindex);
	return err;
}

static int trunk_find_dev(struct srp_net *sn, struct srp_trunk *trunk)
{
	struct net_device *dev = __dev_get_by_name(sn->net, trunk->name);

	/* An alternative name finds a device, too, but does not follow it. */
	if (!dev || strcmp(dev->name, trunk->name))
		return 0;
	return trunk_bind(sn, trunk, dev);
}

static struct srp_port *port_alloc(const struct srp_vlans *vlans)
{
	size_t size = srp_tagged(vlans) ? sizeof(struct srp_port) :
					  sizeof(struct srp_trunk);
	struct srp_port *port = kzalloc(size, GFP_KERNEL_ACCOUNT);

	if (!port)
		return NULL;
	port->vlans = *vlans;
	port->users = 1;
	return port;
}

/* Attach a new port without tags to its device. */
static int trunk_join(struct srp_net *sn, struct srp_trunk *trunk,
		      const char *name)
{
	int err;

	trunk->port.trunk = trunk;
	strscpy(trunk->name, name, sizeof(trunk->name));
	INIT_LIST_HEAD(&trunk->unsettled);
	xa_init(&trunk->tagged);
	err = srp_table_add(&sn->trunks, &trunk->node, NULL);
	if (err)
		return err;
	err = trunk_find_dev(sn, trunk);
	if (err)
		srp_table_del(&sn->trunks, &trunk->node);
	return err;
}

/* Attach a new port with tags to the one without. */
static int tagged_join(struct srp_net *sn, struct srp_port *port,
		       const char *name)
{
	static const struct srp_vlans none;
	struct srp_port *plain = srp_port_get(sn, name, &none);
	int err;

	if (IS_ERR(plain))
		return PTR_ERR(plain);
	port->trunk = plain->trunk;
	err = xa_err(xa_store(&port->trunk->tagged,
			      srp_vlans_index(&port->vlans), port,
			      GFP_KERNEL_ACCOUNT));
	if (err)
		srp_port_put(sn, plain);
	return err;
}

/**
 * srp_port_get() - reference to a port
 * @sn:		locked
 * @name:	device name; the device need not exist
 * @vlans:	tags on it
 *
 * Packets do not know of a new one before srp_port_publish().
 *
 * Return: the port, made if need be, or an error pointer
 */
struct srp_port *srp_port_get(struct srp_net *sn, const char *name,
			      const struct srp_vlans *vlans)
{
	struct srp_trunk *trunk = trunk_find(sn, name);
	unsigned long index = srp_vlans_index(vlans);
	struct srp_port *port = NULL;
	int err;

	lockdep_assert_held(&sn->lock);
	if (trunk)
		port = index ? xa_load(&trunk->tagged, index) : &trunk->port;
	if (port) {
		port->users++;
		return port;
	}

	port = port_alloc(vlans);
	if (!port)
		return ERR_PTR(-ENOMEM);
	err = index ? tagged_join(sn, port, name) :
		      trunk_join(sn, trunk_of(port), name);
	if (!err)
		return port;
	/* Packets may have come by it. */
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
	struct srp_trunk *trunk = port->trunk;

	lockdep_assert_held(&sn->lock);
	if (--port->users)
		return;

	if (srp_tagged(&port->vlans)) {
		xa_erase(&trunk->tagged, srp_vlans_index(&port->vlans));
		srp_port_put(sn, &trunk->port);
	} else {
		trunk_unbind(sn, trunk);
		xa_destroy(&trunk->tagged);
		srp_table_del(&sn->trunks, &trunk->node);
	}
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

/* Bring the trunks in line with what has become of a device. */
static void port_dev_changed(struct srp_net *sn, struct net_device *dev,
			     bool gone)
{
	struct srp_port *port = xa_load(&sn->port_of, dev->ifindex);
	struct srp_trunk *is = gone ? NULL : trunk_find(sn, dev->name);
	struct srp_trunk *was = port ? port->trunk : NULL;

	if (was && was != is)
		trunk_unbind(sn, was);
	if (is && was != is) {
		trunk_unbind(sn, is);
		trunk_bind(sn, is, dev);
		trunk_publish(sn, is);
	}
	if (is && was == is)
		srp_hook_return_settle(sn->net, is, dev);
	if (was && was != is)
		trunk_notify_vnfs(sn, was);
	if (is)
		trunk_notify_vnfs(sn, is);
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
		if (event == NETDEV_UNREGISTER)
			srp_stage_drain();
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
