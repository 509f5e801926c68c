/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a device is by nature moved from features to flags of struct net_device
 * (Linux 6.12), one of which got another name (6.15).
 */
#ifndef _SRPROXY_COMPAT_NETDEV_FLAGS_H
#define _SRPROXY_COMPAT_NETDEV_FLAGS_H

#include <linux/netdevice.h>

static inline void srp_netdev_set_lltx(struct net_device *dev)
{
#ifdef SRP_HAVE_NETDEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

static inline void srp_netdev_set_netns_immutable(struct net_device *dev)
{
#if defined(SRP_HAVE_NETDEV_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#elif defined(SRP_HAVE_NETDEV_NETNS_LOCAL)
	dev->netns_local = true;
#else
	dev->features |= NETIF_F_NETNS_LOCAL;
#endif
}

#endif /* _SRPROXY_COMPAT_NETDEV_FLAGS_H */
