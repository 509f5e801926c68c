// SPDX-License-Identifier: GPL-2.0
/*
 * The short ways back. A packet that IP would take in without a second thought is
 * taken here, before IP has had one: as the device receives it, or, where nobody
 * looks at either end of a veth device, as soon as the VNF sends it. Whatever is
 * special about it leaves it to the stack, and to hook_prerouting after that.
 */
#include <linux/etherdevice.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "compat/dev_filters.h"
#include "decap.h"
#include "handover.h"
#include "hook_return.h"
#include "local.h"
#include "port.h"
#include "proxy.h"
#include "sid.h"
#include "stage.h"

/* After what users attach there, just before the packet would go up. */
#define PRIORITY	INT_MAX

/* Would the packet go from the device to IP, nowhere else? */
static bool goes_up(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb_vlan_tag_present(skb) &&
	       !skb_shared(skb) && list_empty(&skb->dev->ptype_specific) &&
	       !rcu_access_pointer(skb->dev->rx_handler);
}

/* An address that only says where to go: its scope is the world. */
static bool ordinary(const struct in6_addr *addr)
{
	return (ipv6_addr_type(addr) & (IPV6_ADDR_UNICAST | IPV6_ADDR_LOOPBACK |
					IPV6_ADDR_LINKLOCAL |
					IPV6_ADDR_MAPPED)) == IPV6_ADDR_UNICAST;
}

/* With nothing behind its end any more. */
static bool ip6_ready(struct sk_buff *skb, const struct srp_sid *sid)
{
	const struct inet6_dev *idev = __in6_dev_get(skb->dev);
	const struct ipv6hdr *ip6h;
	unsigned int len;

	if (!idev || READ_ONCE(idev->cnf.disable_ipv6) ||
	    !pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = ipv6_hdr(skb);
	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (ip6h->version != 6 || ip6h->nexthdr == NEXTHDR_HOP ||
	    !ip6h->payload_len || len > skb->len ||
	    !ordinary(&ip6h->saddr) || !ordinary(&ip6h->daddr) ||
	    srp_local_ip6(skb, sid))
		return false;
	return !pskb_trim_rcsum(skb, len);
}

static bool ip4_ready(struct sk_buff *skb, const struct srp_sid *sid)
{
	unsigned int len = srp_ip_len(skb, 0, SRP_INNER_IP4);

	if (!len || !ip_hdr(skb)->tot_len || len > skb->len ||
	    ipv4_is_loopback(ip_hdr(skb)->saddr) ||
	    ipv4_is_loopback(ip_hdr(skb)->daddr) || srp_local_ip4(skb, sid))
		return false;
	return !pskb_trim_rcsum(skb, len);
}

/* Is it one that IP would take in, so that it can be the circuit's? */
static bool ready(struct sk_buff *skb, const struct srp_sid *sid,
		  enum srp_inner inner)
{
	return inner == SRP_INNER_IP6 ? ip6_ready(skb, sid) :
					ip4_ready(skb, sid);
}

/* The circuit of a packet, NULL if its packets are routed or not ours. */
static struct srp_sid *circuit(const struct srp_port *port,
			       const struct sk_buff *skb, enum srp_inner *inner)
{
	struct srp_sid *sid;

	if (skb->protocol == htons(ETH_P_IPV6))
		*inner = SRP_INNER_IP6;
	else if (skb->protocol == htons(ETH_P_IP))
		*inner = SRP_INNER_IP4;
	else
		return NULL;
	sid = rcu_dereference(port->circuit[*inner]);
	return sid && !srp_sid_is_last(sid) ? sid : NULL;
}

static unsigned int received(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	enum srp_inner inner;
	struct srp_sid *sid = circuit(priv, skb, &inner);

	if (!sid || !goes_up(skb) || !ready(skb, sid, inner))
		return NF_ACCEPT;

	srp_packet_begin(skb, inner);
	srp_proxy_out(srp_net(state->net), sid, skb, inner);
	return NF_STOLEN;
}

/* Nobody but us at the near end's ingress, which the packet would pass. */
static bool near_end_free(const struct net_device *dev)
{
	const struct nf_hook_entries *hooks =
		rcu_dereference(dev->nf_hooks_ingress);

	return hooks && hooks->num_hook_entries == 1 &&
	       srp_ingress_unattended(dev);
}

/* Does the far end have no more to do with it than to let it through? */
static bool far_end_free(struct sk_buff *skb, const struct net_device *dev)
{
	return !skb_shared(skb) && !skb_zcopy(skb) &&
	       !(skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP) &&
	       srp_egress_unattended(dev);
}

/**
 * srp_hook_return_arrive() - take what the other end of a VNF's device has sent
 * @skb: packet, as if its device had received it; consumed
 *
 * Under RCU, softirqs off.
 */
void srp_hook_return_arrive(struct sk_buff *skb)
{
	struct srp_net *sn = srp_net(dev_net(skb->dev));
	const struct srp_port *port = srp_port_of(sn, skb->dev->ifindex);
	struct srp_sid *sid = NULL;
	enum srp_inner inner;

	if (likely(port))
		sid = circuit(port, skb, &inner);
	if (unlikely(!sid || !ready(skb, sid, inner))) {
		netif_receive_skb(skb);
		return;
	}
	srp_packet_begin(skb, inner);
	srp_proxy_out(sn, sid, skb, inner);
}

static bool may_hand_over(const struct srp_sid *sid)
{
	const struct srp_vnf *vnf = rcu_dereference(sid->vnf);

	return vnf->params.handover != SRPROXY_HANDOVER_NEVER;
}

/*
 * What a VNF sends into its end of a veth device, the near end would receive.
 * The packet is a whole frame.
 */
static unsigned int sent(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const struct srp_trunk *trunk = priv;
	struct net_device *far = skb->dev, *near = rcu_dereference(trunk->dev);
	const struct srp_sid *sid;
	enum srp_inner inner;

	sid = circuit(&trunk->port, skb, &inner);
	if (!near || !sid || !may_hand_over(sid) || skb_vlan_tag_present(skb) ||
	    !srp_stage_free(SRP_STAGE_BACK) || !near_end_free(near) ||
	    !far_end_free(skb, far) || !pskb_may_pull(skb, ETH_HLEN) ||
	    !ether_addr_equal(((struct ethhdr *)skb->data)->h_dest,
			      near->dev_addr) ||
	    ((struct ethhdr *)skb->data)->h_proto != skb->protocol ||
	    !srp_handover_fits(skb, skb->len, near))
		return NF_ACCEPT;

	srp_handover_back(far, near, skb);
	return NF_STOLEN;
}

/**
 * srp_hook_return_extend() - take what VNFs return where they send it
 * @trunk:	of @dev
 * @dev:	device
 *
 * Under RTNL. Both ends of a veth device leave together, whatever namespace the
 * other one has moved to; but the first one is there before it has a peer.
 * Without it, packets just take the longer way.
 */
void srp_hook_return_extend(struct srp_trunk *trunk, struct net_device *dev)
{
	struct net_device *far;

	if (trunk->far || !srp_dev_is_veth(dev))
		return;
	rcu_read_lock();
	far = dev->netdev_ops->ndo_get_peer_dev(dev);
	rcu_read_unlock();
	if (!far)
		return;

	trunk->hook_sent = (struct nf_hook_ops) {
		.hook = sent,
		.dev = far,
		.priv = trunk,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = PRIORITY,
	};
	if (!nf_register_net_hook(dev_net(far), &trunk->hook_sent))
		trunk->far = far;
}

/**
 * srp_hook_return_register() - take what VNFs return
 * @net:	namespace
 * @trunk:	of @dev
 * @dev:	device
 *
 * Under RTNL.
 *
 * Return: 0, or why not
 */
int srp_hook_return_register(struct net *net, struct srp_trunk *trunk,
			     struct net_device *dev)
{
	int err;

	trunk->hook_return = (struct nf_hook_ops) {
		.hook = received,
		.dev = dev,
		.priv = &trunk->port,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = PRIORITY,
	};
	err = nf_register_net_hook(net, &trunk->hook_return);
	if (!err)
		srp_hook_return_extend(trunk, dev);
	return err;
}

/**
 * srp_hook_return_unregister() - take it no longer
 * @net:	namespace
 * @trunk:	of that device
 */
void srp_hook_return_unregister(struct net *net, struct srp_trunk *trunk)
{
	/* While this one stands, it knows the other one to be alone. */
	if (trunk->far)
		nf_unregister_net_hook(dev_net(trunk->far), &trunk->hook_sent);
	trunk->far = NULL;
	nf_unregister_net_hook(net, &trunk->hook_return);
}
