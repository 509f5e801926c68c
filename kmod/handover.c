// SPDX-License-Identifier: GPL-2.0
/*
 * What is sent through a veth device passes the device's way of sending and a
 * queue of the CPU before its other end receives it. Where nobody looks at it,
 * the other end receives it without that, many at a time. On that side
 * everything is as ever.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>

#include "compat/dev_filters.h"
#include "handover.h"
#include "stage.h"

/* What veth can do, so that its other end gets any packet as it is. */
#define EVERYTHING	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |	\
			 NETIF_F_SCTP_CRC | NETIF_F_GSO_SOFTWARE |		\
			 NETIF_F_GSO_ENCAP_ALL | NETIF_F_HW_VLAN_CTAG_TX |	\
			 NETIF_F_HW_VLAN_STAG_TX)

/**
 * srp_egress_unattended() - does nobody see, hold or work on what a device sends?
 * @dev: device
 *
 * But for netfilter's hooks. It is for all packets alike, so that those of a
 * flow stay in order. Under RCU.
 */
bool srp_egress_unattended(const struct net_device *dev)
{
	const struct netdev_queue *queue = netdev_get_tx_queue(dev, 0);

	return dev->real_num_tx_queues == 1 &&
	       !rcu_dereference_bh(queue->qdisc)->enqueue &&
	       (dev->features & EVERYTHING) == EVERYTHING &&
	       READ_ONCE(dev->gso_max_segs) >= GSO_MAX_SEGS &&
	       !srp_dev_has_tc_egress(dev) &&
	       !dev_nit_active((struct net_device *)dev);
}

/**
 * srp_ingress_unattended() - does nobody see or direct what a device receives?
 * @dev: device
 *
 * But for netfilter's hooks. Under RCU.
 */
bool srp_ingress_unattended(const struct net_device *dev)
{
	return !srp_dev_has_rps(dev) && !srp_dev_has_tc_ingress(dev) &&
	       !srp_dev_has_xdp(dev) && !(dev->features & NETIF_F_GRO) &&
	       !rcu_access_pointer(dev->rx_handler) &&
	       list_empty(&dev->ptype_specific) &&
	       !dev_nit_active((struct net_device *)dev);
}

/**
 * srp_handover_peer() - the other end of a device, if it can be reached at once
 * @dev: device that is up and has a carrier
 *
 * Under RCU, softirqs off.
 *
 * Return: the other end, or NULL
 */
struct net_device *srp_handover_peer(struct net_device *dev)
{
	struct net_device *peer;

	if (!srp_dev_is_veth(dev) || srp_dev_has_nf_egress(dev) ||
	    !srp_egress_unattended(dev) || !srp_stage_free(SRP_STAGE_TO_VNF))
		return NULL;
	peer = dev->netdev_ops->ndo_get_peer_dev(dev);
	/* With GRO or XDP there it has a queue of its own, which is for those. */
	if (!peer || peer->features & NETIF_F_GRO || srp_dev_has_xdp(peer))
		return NULL;
	return peer;
}

/**
 * srp_handover_fits() - can a packet go from one end of a device to the other?
 * @skb:	packet or frame
 * @len:	bytes of it and of its link-layer header
 * @peer:	end that receives it; @skb->dev sends it
 */
bool srp_handover_fits(const struct sk_buff *skb, unsigned int len,
		       const struct net_device *peer)
{
	unsigned int max = skb_is_gso(skb) ?
			   READ_ONCE(skb->dev->gso_max_size) :
			   READ_ONCE(peer->mtu) + ETH_HLEN + VLAN_HLEN;

	return READ_ONCE(peer->flags) & IFF_UP && len <= max;
}

/* Returns false when @skb is gone. */
static bool pass(struct net_device *dev, struct net_device *peer,
		 struct sk_buff *skb, unsigned int len)
{
	if (unlikely(skb_orphan_frags(skb, GFP_ATOMIC))) {
		kfree_skb(skb);
		return false;
	}
	dev_sw_netstats_tx_add(dev, 1, len);
	skb_set_queue_mapping(skb, 0);
	skb->priority = 0;
	skb->dev = peer;
	return true;
}

/**
 * srp_handover_packet() - let the other end of a device receive an IP packet
 * @dev:	device
 * @peer:	by srp_handover_peer()
 * @skb:	packet that srp_handover_fits(), nothing of its way here noted
 *		beside it, and with room in front for its link-layer header;
 *		consumed
 * @next_hop:	link-layer address
 */
void srp_handover_packet(struct net_device *dev, struct net_device *peer,
			 struct sk_buff *skb, const u8 *next_hop)
{
	struct ethhdr *eth = (struct ethhdr *)(skb->data - ETH_HLEN);

	ether_addr_copy(eth->h_dest, next_hop);
	ether_addr_copy(eth->h_source, dev->dev_addr);
	eth->h_proto = skb->protocol;
	if (!pass(dev, peer, skb, skb->len + ETH_HLEN))
		return;
	skb_set_mac_header(skb, -ETH_HLEN);
	skb->pkt_type = ether_addr_equal(next_hop, peer->dev_addr) ?
			PACKET_HOST : PACKET_OTHERHOST;
	srp_stage_add(SRP_STAGE_TO_VNF, skb);
}

/**
 * srp_handover_frame() - let the other end of a device receive a frame
 * @dev:	device
 * @peer:	by srp_handover_peer()
 * @skb:	whole frame that srp_handover_fits(); consumed
 */
void srp_handover_frame(struct net_device *dev, struct net_device *peer,
			struct sk_buff *skb)
{
	unsigned int len = skb->len;

	if (!pass(dev, peer, skb, len))
		return;
	skb->protocol = eth_type_trans(skb, peer);
	skb_postpull_rcsum(skb, eth_hdr(skb), ETH_HLEN);
	srp_stage_add(SRP_STAGE_TO_VNF, skb);
}

/**
 * srp_handover_back() - take over an IP packet that the other end sends
 * @far:	other end
 * @near:	end of this node
 * @skb:	whole frame that srp_handover_fits(), for @near; consumed
 */
void srp_handover_back(struct net_device *far, struct net_device *near,
		       struct sk_buff *skb)
{
	if (!pass(far, near, skb, skb->len))
		return;
	skb_scrub_packet(skb, !net_eq(dev_net(far), dev_net(near)));
	skb->skb_iif = near->ifindex;
	skb_reset_mac_header(skb);
	__skb_pull(skb, ETH_HLEN);
	skb_postpull_rcsum(skb, eth_hdr(skb), ETH_HLEN);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	srp_stage_add(SRP_STAGE_BACK, skb);
}
