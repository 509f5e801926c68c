/* SPDX-License-Identifier: GPL-2.0 */
/* A device that is none, for NAPI instances: allocated by the core since 6.10. */
#ifndef _SRPROXY_COMPAT_DUMMY_NETDEV_H
#define _SRPROXY_COMPAT_DUMMY_NETDEV_H

#include <linux/netdevice.h>
#include <linux/slab.h>

static inline struct net_device *srp_dummy_netdev_alloc(void)
{
#ifdef SRP_HAVE_ALLOC_NETDEV_DUMMY
	return alloc_netdev_dummy(0);
#else
	struct net_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		init_dummy_netdev(dev);
	return dev;
#endif
}

static inline void srp_dummy_netdev_free(struct net_device *dev)
{
#ifdef SRP_HAVE_ALLOC_NETDEV_DUMMY
	free_netdev(dev);
#else
	kfree(dev);
#endif
}

#endif /* _SRPROXY_COMPAT_DUMMY_NETDEV_H */
