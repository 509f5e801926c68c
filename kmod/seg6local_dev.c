// SPDX-License-Identifier: GPL-2.0
/*
 * The device that seg6local routes of SIDs lead to. With End.T packets arrive by
 * it; with End.BPF it is there because a route needs one.
 */
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/lwtunnel.h>

#include "compat/netdev_flags.h"
#include "hook_seg6local.h"
#include "netns.h"
#include "refuse.h"
#include "seg6local_dev.h"

/*
 * End.T has left the route in the table that is for nothing else. All other
 * packets have been told to go by this device, from nowhere to nowhere.
 */
static bool from_end_t(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct fib6_info *from;

	if (skb->protocol != htons(ETH_P_IPV6) || !dst ||
	    dst->ops->family != AF_INET6 || dst->flags & DST_METADATA)
		return false;
	from = rcu_dereference(container_of(dst, struct rt6_info, dst)->from);
	return from && from->fib6_table &&
	       from->fib6_table->tb6_id == SRPROXY_SEG6LOCAL_TABLE;
}

static netdev_tx_t dev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	bool taken = false;

	rcu_read_lock();
	if (from_end_t(skb)) {
		/* Forwarding has taken one off. */
		ipv6_hdr(skb)->hop_limit++;
		taken = srp_seg6local_arrive(dev_net(dev), skb, skb->skb_iif);
	} else {
		kfree_skb(skb);
	}
	rcu_read_unlock();
	if (!taken)
		DEV_STATS_INC(dev, tx_dropped);
	return NETDEV_TX_OK;
}

static const struct net_device_ops dev_ops = {
	.ndo_start_xmit = dev_xmit,
};

/* Super-packets, fragments and unfinished checksums pass as they are. */
#define DEV_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_HW_CSUM | NETIF_F_SCTP_CRC | \
			 NETIF_F_GSO_MASK)

static void dev_setup(struct net_device *dev)
{
	dev->netdev_ops = &dev_ops;
	dev->needs_free_netdev = true;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->mtu = IP6_MAX_MTU;
	dev->min_mtu = IP6_MAX_MTU;
	dev->max_mtu = IP6_MAX_MTU;
	dev->features = DEV_FEATURES;
	dev->hw_enc_features = DEV_FEATURES;
	srp_netdev_set_lltx(dev);
	srp_netdev_set_netns_immutable(dev);
	netif_keep_dst(dev);
	netif_set_tso_max_size(dev, GSO_MAX_SIZE);
	WRITE_ONCE(dev->gso_max_size, GSO_MAX_SIZE);
}

/* Whatever sysctls say of new devices: this one has IPv6, and no addresses. */
static int dev_up(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	if (!idev)
		return -ENOMEM;
	WRITE_ONCE(idev->cnf.disable_ipv6, 0);
	WRITE_ONCE(idev->cnf.accept_ra, 0);
	WRITE_ONCE(idev->cnf.rtr_solicits, 0);
	WRITE_ONCE(idev->cnf.addr_gen_mode, IN6_ADDR_GEN_MODE_NONE);
	return dev_open(dev, NULL);
}

/**
 * srp_seg6local_get() - have the device to which routes of SIDs lead
 * @net:	namespace
 * @attr:	attribute that asks for it
 * @extack:	for the refusal
 *
 * Under RTNL, without the namespace's lock: there are notifiers of ours.
 *
 * Return: 0; -EOPNOTSUPP, -EEXIST (another device of that name), -ENOMEM
 */
int srp_seg6local_get(struct net *net, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	struct srp_net *sn = srp_net(net);
	struct net_device *dev;
	int err;

	ASSERT_RTNL();
	if (!IS_ENABLED(CONFIG_IPV6_SEG6_LWTUNNEL)) {
		srp_refuse(extack, attr,
			   "this kernel has no seg6local (IPV6_SEG6_LWTUNNEL)");
		return -EOPNOTSUPP;
	}
	if (sn->seg6local_dev)
		return 0;

	dev = alloc_netdev(0, SRPROXY_SEG6LOCAL_DEV, NET_NAME_PREDICTABLE,
			   dev_setup);
	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, net);
	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
		srp_refuse(extack, attr, "no device %s can be made: error %d",
			   SRPROXY_SEG6LOCAL_DEV, err);
		return err;
	}
	err = dev_up(dev);
	if (err) {
		srp_refuse(extack, attr, "%s cannot be set up: error %d",
			   SRPROXY_SEG6LOCAL_DEV, err);
		unregister_netdevice(dev);
		return err;
	}
	sn->seg6local_dev = dev;
	return 0;
}

/**
 * srp_seg6local_put() - let go of that device, once no SID has a use for it
 * @net: namespace
 *
 * Under RTNL, without the namespace's lock.
 */
void srp_seg6local_put(struct net *net)
{
	struct srp_net *sn = srp_net(net);
	struct net_device *dev = sn->seg6local_dev;

	ASSERT_RTNL();
	if (!dev || sn->seg6local_sids)
		return;
	sn->seg6local_dev = NULL;
	unregister_netdevice(dev);
}

/**
 * srp_seg6local_route() - is this the route of a SID?
 * @dst: a route or NULL
 */
bool srp_seg6local_route(const struct dst_entry *dst)
{
	return dst && dst->lwtstate &&
	       dst->lwtstate->type == LWTUNNEL_ENCAP_SEG6_LOCAL &&
	       dst->dev->netdev_ops == &dev_ops;
}
