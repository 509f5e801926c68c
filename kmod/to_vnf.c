// SPDX-License-Identifier: GPL-2.0
#include <net/neighbour.h>

#include "fragment.h"
#include "icmp.h"
#include "sid.h"
#include "to_vnf.h"

/* A device may be another than when the VNF was configured. */
static bool has_next_hop(const struct srp_vnf *vnf,
			 const struct net_device *dev, enum srp_inner inner)
{
	const struct srp_vnf_params *params = &vnf->params;

	if (!dev_has_header(dev))
		return true;
	if (!is_zero_ether_addr(params->lladdr))
		return dev->addr_len == sizeof(params->lladdr);
	return !ipv6_addr_any(&params->nh6) ||
	       (inner == SRP_INNER_IP4 && params->nh4.s_addr);
}

/*
 * The next hop of an inner type. neigh_xmit() knows IPv4 and IPv6 next hops
 * for either kind of packet, and static addresses.
 */
static int xmit(const struct srp_vnf *vnf, struct net_device *dev,
		struct sk_buff *skb, enum srp_inner inner)
{
	const struct srp_vnf_params *params = &vnf->params;

	skb->dev = dev;
	if (!dev_has_header(dev))
		return dev_queue_xmit(skb);
	if (!is_zero_ether_addr(params->lladdr))
		return neigh_xmit(NEIGH_LINK_TABLE, dev, params->lladdr, skb);
	if (inner == SRP_INNER_IP4 && params->nh4.s_addr)
		return neigh_xmit(NEIGH_ARP_TABLE, dev, &params->nh4, skb);
	return neigh_xmit(NEIGH_ND_TABLE, dev, &params->nh6, skb);
}

static bool xmit_failed(int rc)
{
	return rc < 0 || rc == NET_XMIT_DROP;
}

struct vnf_fragmenter {
	struct srp_fragmenter base;
	const struct srp_vnf *vnf;
	struct net_device *dev;
	bool failed;
};

static void xmit_fragment(struct srp_fragmenter *base, struct sk_buff *skb)
{
	struct vnf_fragmenter *fragmenter =
		container_of(base, struct vnf_fragmenter, base);

	if (xmit_failed(xmit(fragmenter->vnf, fragmenter->dev, skb,
			     SRP_INNER_IP4)))
		fragmenter->failed = true;
}

static bool xmit_fragments(const struct srp_vnf *vnf, struct net_device *dev,
			   struct sk_buff *skb, unsigned int mtu)
{
	struct vnf_fragmenter fragmenter = {
		.base.output = xmit_fragment,
		.vnf = vnf,
		.dev = dev,
	};

	return srp_fragment(&fragmenter.base, dev, skb, mtu) &&
	       !fragmenter.failed;
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
	struct net_device *dev = rcu_dereference(vnf->out->dev);
	enum srproxy_drop reason;
	unsigned int mtu;
	bool sent;

	/* It has gone since the VNF was found ready. */
	reason = SRPROXY_DROP_VNF_DOWN;
	if (unlikely(!dev))
		goto drop;
	reason = SRPROXY_DROP_VNF_XMIT;
	if (unlikely(!has_next_hop(vnf, dev, inner)))
		goto drop;

	mtu = READ_ONCE(dev->mtu);
	if (likely(srp_fits(skb, mtu))) {
		/* The link-layer header is written in place. */
		reason = SRPROXY_DROP_NO_MEMORY;
		if (skb_cow_head(skb, LL_RESERVED_SPACE(dev)))
			goto drop;
		sent = !xmit_failed(xmit(vnf, dev, skb, inner));
	} else if (srp_fragmentable(skb, inner)) {
		sent = xmit_fragments(vnf, dev, skb, mtu);
	} else {
		reason = SRPROXY_DROP_VNF_TOO_BIG;
		srp_icmp_too_big(skb, inner, max(mtu, srp_mtu_min(inner)));
		goto drop;
	}

	if (likely(sent))
		srp_stats_in(sid, bytes);
	else
		srp_stats_drop(sid, SRPROXY_DROP_VNF_XMIT);
	return;

drop:
	srp_drop(sid, skb, reason);
}
