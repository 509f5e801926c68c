// SPDX-License-Identifier: GPL-2.0
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>

#include "fragment.h"
#include "frame.h"
#include "handover.h"
#include "icmp.h"
#include "sid.h"
#include "to_vnf.h"

/* A device may be another than when the VNF was configured. */
static bool has_next_hop(const struct srp_vnf *vnf, enum srp_side out,
			 const struct net_device *dev, enum srp_inner inner)
{
	const struct srp_side_params *side = &vnf->params.side[out];

	if (srp_tagged(&vnf->port[out]->vlans) && dev->type != ARPHRD_ETHER)
		return false;
	if (!dev_has_header(dev))
		return true;
	if (!is_zero_ether_addr(side->lladdr))
		return dev->addr_len == sizeof(side->lladdr);
	return !ipv6_addr_any(&side->nh6) ||
	       (inner == SRP_INNER_IP4 && side->nh4.s_addr);
}

/*
 * The tags of a port. The outermost goes beside the packet, for the device or
 * the core to put in its place; a second one in front of it.
 */
static void tag(struct sk_buff *skb, const struct srp_vlans *vlans)
{
	const struct srproxy_vlan *outer = &vlans->tag[0];
	const struct srproxy_vlan *inner = &vlans->tag[1];

	if (likely(!srp_tagged(vlans)))
		return;
	if (inner->proto) {
		struct vlan_hdr *hdr = __skb_push(skb, sizeof(*hdr));

		hdr->h_vlan_TCI = inner->vid;
		hdr->h_vlan_encapsulated_proto = skb->protocol;
		skb->protocol = inner->proto;
	}
	__vlan_hwaccel_put_tag(skb, outer->proto, ntohs(outer->vid));
}

static struct neighbour *neighbour(const struct srp_side_params *side,
				   struct net_device *dev, enum srp_inner inner)
{
	if (inner == SRP_INNER_IP4 && side->nh4.s_addr)
		return __ipv4_neigh_lookup_noref(dev,
						 (__force u32)side->nh4.s_addr);
	return __ipv6_neigh_lookup_noref(dev, &side->nh6);
}

/*
 * The link-layer address of the next hop, as far as it is known for certain;
 * else the neighbour's own machinery has to see the packet.
 */
static bool next_hop_address(const struct srp_side_params *side,
			     struct net_device *dev, enum srp_inner inner,
			     u8 *address)
{
	struct neighbour *neigh;

	if (!is_zero_ether_addr(side->lladdr)) {
		ether_addr_copy(address, side->lladdr);
		return true;
	}
	neigh = neighbour(side, dev, inner);
	if (!neigh || !(READ_ONCE(neigh->nud_state) & NUD_VALID))
		return false;
	/* Used without having been confirmed: then it has to be asked for. */
	if (unlikely(!(READ_ONCE(neigh->nud_state) & NUD_CONNECTED)) &&
	    neigh_event_send(neigh, NULL))
		return false;
	neigh_ha_snapshot(address, neigh, dev);
	return true;
}

/* Returns false if the packet has to go by the device itself. */
static bool handover(const struct srp_vnf *vnf,
		     const struct srp_side_params *side, struct net_device *dev,
		     struct sk_buff *skb, enum srp_inner inner)
{
	struct net_device *peer;
	u8 address[MAX_ADDR_LEN];

	if (vnf->params.handover == SRPROXY_HANDOVER_NEVER)
		return false;
	peer = srp_handover_peer(dev);
	if (!peer || !srp_handover_fits(skb, skb->len + ETH_HLEN, peer) ||
	    !next_hop_address(side, dev, inner, address))
		return false;
	srp_handover_packet(dev, peer, skb, address);
	return true;
}

/*
 * The next hop of an inner type. neigh_xmit() knows IPv4 and IPv6 next hops
 * for either kind of packet, and static addresses.
 */
static int xmit(const struct srp_vnf *vnf, enum srp_side out,
		struct net_device *dev, struct sk_buff *skb,
		enum srp_inner inner)
{
	const struct srp_side_params *side = &vnf->params.side[out];

	skb->dev = dev;
	tag(skb, &vnf->port[out]->vlans);
	if (!dev_has_header(dev))
		return dev_queue_xmit(skb);
	if (handover(vnf, side, dev, skb, inner))
		return 0;
	if (!is_zero_ether_addr(side->lladdr))
		return neigh_xmit(NEIGH_LINK_TABLE, dev, side->lladdr, skb);
	if (inner == SRP_INNER_IP4 && side->nh4.s_addr)
		return neigh_xmit(NEIGH_ARP_TABLE, dev, &side->nh4, skb);
	return neigh_xmit(NEIGH_ND_TABLE, dev, &side->nh6, skb);
}

static bool xmit_failed(int rc)
{
	return rc < 0 || rc == NET_XMIT_DROP;
}

struct vnf_fragmenter {
	struct srp_fragmenter base;
	const struct srp_vnf *vnf;
	enum srp_side out;
	struct net_device *dev;
	bool failed;
};

static void xmit_fragment(struct srp_fragmenter *base, struct sk_buff *skb)
{
	struct vnf_fragmenter *fragmenter =
		container_of(base, struct vnf_fragmenter, base);

	if (skb_cow_head(skb, LL_RESERVED_SPACE(fragmenter->dev) + VLAN_HLEN)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		fragmenter->failed = true;
		return;
	}
	if (xmit_failed(xmit(fragmenter->vnf, fragmenter->out, fragmenter->dev,
			     skb, SRP_INNER_IP4)))
		fragmenter->failed = true;
}

static bool xmit_fragments(const struct srp_vnf *vnf, enum srp_side out,
			   struct net_device *dev, struct sk_buff *skb,
			   unsigned int mtu)
{
	struct vnf_fragmenter fragmenter = {
		.base.output = xmit_fragment,
		.vnf = vnf,
		.out = out,
		.dev = dev,
	};

	return srp_fragment(&fragmenter.base, dev, skb, mtu) &&
	       !fragmenter.failed;
}

/* @skb is the caller's on a drop. */
static enum srproxy_drop packet_to_vnf(const struct srp_vnf *vnf,
				       enum srp_side out,
				       struct net_device *dev,
				       struct sk_buff *skb,
				       enum srp_inner inner, bool *sent)
{
	unsigned int mtu = READ_ONCE(dev->mtu);

	if (unlikely(!has_next_hop(vnf, out, dev, inner)))
		return SRPROXY_DROP_VNF_XMIT;
	if (likely(srp_fits(skb, mtu))) {
		/* The link-layer header is written in place. */
		if (skb_cow_head(skb, LL_RESERVED_SPACE(dev) + VLAN_HLEN))
			return SRPROXY_DROP_NO_MEMORY;
		*sent = !xmit_failed(xmit(vnf, out, dev, skb, inner));
		return 0;
	}
	if (srp_fragmentable(skb, inner)) {
		*sent = xmit_fragments(vnf, out, dev, skb, mtu);
		return 0;
	}
	srp_icmp_too_big(skb, inner, max(mtu, srp_mtu_min(inner)));
	return SRPROXY_DROP_VNF_TOO_BIG;
}

/* @skb is the caller's on a drop. */
static enum srproxy_drop frame_to_vnf(const struct srp_vnf *vnf,
				      enum srp_side out,
				      struct net_device *dev,
				      struct sk_buff *skb, bool *sent)
{
	struct net_device *peer = NULL;

	if (unlikely(dev->type != ARPHRD_ETHER))
		return SRPROXY_DROP_VNF_XMIT;
	/* A tag more than the MTU counts, as bridges forward it. */
	if (skb->len > READ_ONCE(dev->mtu) + ETH_HLEN + VLAN_HLEN)
		return SRPROXY_DROP_VNF_TOO_BIG;
	if (!srp_frame_tag(skb, &vnf->port[out]->vlans))
		return SRPROXY_DROP_NO_MEMORY;
	skb->dev = dev;
	if (vnf->params.handover != SRPROXY_HANDOVER_NEVER)
		peer = srp_handover_peer(dev);
	*sent = true;
	if (peer && srp_handover_fits(skb, skb->len, peer))
		srp_handover_frame(dev, peer, skb);
	else
		*sent = !xmit_failed(dev_queue_xmit(skb));
	return 0;
}

/**
 * srp_to_vnf() - hand a plain packet to the VNF
 * @sid:	on whose behalf
 * @vnf:	its VNF, ready
 * @skb:	consumed
 * @inner:	what it is
 * @bytes:	its length when it arrived, for the counters
 */
void srp_to_vnf(const struct srp_sid *sid, const struct srp_vnf *vnf,
		struct sk_buff *skb, enum srp_inner inner, unsigned int bytes)
{
	enum srp_side out = srp_sid_side(&sid->params);
	struct net_device *dev = srp_port_dev(vnf->port[out]);
	enum srproxy_drop reason;
	bool sent;

	if (tracepoint_enabled(srproxy_decap))
		srp_trace_decap(sid, vnf, skb, inner, bytes);
	/* It may have gone since the VNF was found ready. */
	if (unlikely(!dev))
		reason = SRPROXY_DROP_VNF_DOWN;
	else if (inner == SRP_INNER_ETH)
		reason = frame_to_vnf(vnf, out, dev, skb, &sent);
	else
		reason = packet_to_vnf(vnf, out, dev, skb, inner, &sent);

	if (unlikely(reason))
		srp_drop(sid, skb, reason);
	else if (likely(sent))
		srp_stats_in(sid, bytes);
	else
		srp_drop(sid, NULL, SRPROXY_DROP_VNF_XMIT);
}
