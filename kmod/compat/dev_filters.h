/* SPDX-License-Identifier: GPL-2.0 */
/* What a device is, and what is attached to it: tc's, netfilter's, XDP's programs. */
#ifndef _SRPROXY_COMPAT_DEV_FILTERS_H
#define _SRPROXY_COMPAT_DEV_FILTERS_H

#include <linux/netdevice.h>
#ifdef SRP_HAVE_NETDEV_RX_QUEUE_H
#include <net/netdev_rx_queue.h>
#endif
#include <net/rtnetlink.h>

/*
 * The other kind of device with a peer, netkit, runs programs in its own way of
 * sending. Counters are those that dev_sw_netstats_tx_add() writes.
 */
static inline bool srp_dev_is_veth(const struct net_device *dev)
{
#ifdef SRP_HAVE_PCPU_STAT_TYPE
	return dev->netdev_ops->ndo_get_peer_dev && dev->rtnl_link_ops &&
	       dev->pcpu_stat_type == NETDEV_PCPU_STAT_TSTATS &&
	       !strcmp(dev->rtnl_link_ops->kind, "veth");
#else
	return false;
#endif
}

#ifdef SRP_HAVE_TCX
#define SRP_TC_INGRESS	tcx_ingress
#define SRP_TC_EGRESS	tcx_egress
#else
#define SRP_TC_INGRESS	miniq_ingress
#define SRP_TC_EGRESS	miniq_egress
#endif

static inline bool srp_dev_has_tc_ingress(const struct net_device *dev)
{
#if defined(CONFIG_NET_XGRESS) || (!defined(SRP_HAVE_TCX) && defined(CONFIG_NET_CLS_ACT))
	return rcu_access_pointer(dev->SRP_TC_INGRESS);
#else
	return false;
#endif
}

static inline bool srp_dev_has_tc_egress(const struct net_device *dev)
{
#if defined(CONFIG_NET_XGRESS) || (!defined(SRP_HAVE_TCX) && defined(CONFIG_NET_CLS_ACT))
	return rcu_access_pointer(dev->SRP_TC_EGRESS);
#else
	return false;
#endif
}

static inline bool srp_dev_has_nf_egress(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_EGRESS
	return rcu_access_pointer(dev->nf_hooks_egress);
#else
	return false;
#endif
}

static inline bool srp_dev_has_rps(const struct net_device *dev)
{
#ifdef CONFIG_RPS
	return rcu_access_pointer(dev->_rx->rps_map);
#else
	return false;
#endif
}

/* Generic or the driver's; veth has none in hardware. */
static inline bool srp_dev_has_xdp(const struct net_device *dev)
{
	return rcu_access_pointer(dev->xdp_prog) ||
	       dev->xdp_state[XDP_MODE_DRV].prog ||
	       dev->xdp_state[XDP_MODE_DRV].link;
}

#endif /* _SRPROXY_COMPAT_DEV_FILTERS_H */
