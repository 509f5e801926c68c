// SPDX-License-Identifier: GPL-2.0
/*
 * The short ways back. A packet that IP would take in without a second thought is
 * taken here, before IP has had one: as the device receives it, or, where nobody
 * looks at either end of a veth device, as soon as the VNF sends it. What others
 * on the device or the node may have to do with it is left to the stack, and to
 * hook_prerouting after that; unless the SID has none, and this is not a short
 * way but the only one. What the stack itself drops it may drop, and count.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
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

/* Does what is not taken here go on past the chain? */
static bool only_way(const struct srp_sid *sid)
{
	return !srp_params_prerouting(&sid->params);
}

/* Has it a VLAN tag, and that says of no VLAN (a priority tag)? */
static bool prio_tagged(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) && !skb_vlan_tag_get_id(skb) &&
	       !__vlan_find_dev_deep_rcu(skb->dev, skb->vlan_proto, 0);
}

static rx_handler_result_t handle(struct sk_buff **pskb);

/* Is the device ours alone, by its rx handler? */
static bool is_ours(const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) == handle;
}

/* Would the packet go from the device to IP, nowhere else? */
static bool goes_up(const struct sk_buff *skb, const struct srp_sid *sid)
{
	if (skb->pkt_type != PACKET_HOST ||
	    (skb_vlan_tag_present(skb) && !prio_tagged(skb)))
		return false;
	return only_way(sid) ||
	       (list_empty(&skb->dev->ptype_specific) &&
		(is_ours(skb->dev) ||
		 !rcu_access_pointer(skb->dev->rx_handler)));
}

/* Addresses that no packet on a link may have. */
static bool forbidden(const struct ipv6hdr *ip6h)
{
	return ipv6_addr_loopback(&ip6h->saddr) ||
	       ipv6_addr_loopback(&ip6h->daddr) ||
	       ipv6_addr_is_multicast(&ip6h->saddr);
}

/* Its length, which one that is larger than 64 KiB does not tell. */
static unsigned int ip6_len(const struct sk_buff *skb,
			    const struct ipv6hdr *ip6h)
{
	if (!ip6h->payload_len &&
	    (skb_is_gso(skb) || ip6h->nexthdr == NEXTHDR_HOP))
		return skb->len;
	return sizeof(*ip6h) + ntohs(ip6h->payload_len);
}

/* Are there all of the options that every hop reads? */
static bool hop_options_whole(const struct sk_buff *skb, unsigned int len)
{
	const unsigned int off = sizeof(struct ipv6hdr);
	const struct ipv6_opt_hdr *hdr;
	struct ipv6_opt_hdr copy;

	hdr = skb_header_pointer(skb, off, sizeof(copy), &copy);
	return hdr && off + ipv6_optlen(hdr) <= len;
}

static unsigned int ours_ip6(struct sk_buff *skb, const struct srp_sid *sid)
{
	const struct inet6_dev *idev = __in6_dev_get(skb->dev);
	const struct ipv6hdr *ip6h;
	unsigned int len;

	if (!idev || READ_ONCE(idev->cnf.disable_ipv6) ||
	    !pskb_may_pull(skb, sizeof(*ip6h)))
		return 0;
	ip6h = ipv6_hdr(skb);
	len = ip6_len(skb, ip6h);
	if (ip6h->version != 6 || len > skb->len || forbidden(ip6h))
		return 0;
	if (unlikely(ip6h->nexthdr == NEXTHDR_HOP) &&
	    !(only_way(sid) && hop_options_whole(skb, len)))
		return 0;
	return srp_local_ip6(skb, sid) ? 0 : len;
}

static unsigned int ours_ip4(struct sk_buff *skb, const struct srp_sid *sid)
{
	unsigned int len = srp_ip_len(skb, 0, SRP_INNER_IP4);

	return len && len <= skb->len && !srp_local_ip4(skb, sid) ? len : 0;
}

/* Length of one that IP would take in, so that it can be the circuit's, or 0. */
static unsigned int ours(struct sk_buff *skb, const struct srp_sid *sid,
			 enum srp_inner inner)
{
	return inner == SRP_INNER_IP6 ? ours_ip6(skb, sid) :
					ours_ip4(skb, sid);
}

/* Headers that IP itself would have memory for a moment later. */
#define HEADERS	(sizeof(struct iphdr) + MAX_IPOPTLEN)

/* Consumes @skb, unless it is not the circuit's but the stack's: false. */
static bool take(struct srp_net *sn, struct srp_sid *sid, struct sk_buff *skb,
		 enum srp_inner inner)
{
	unsigned int len;

	if (unlikely(!pskb_may_pull(skb, min_t(unsigned int, skb->len,
					       HEADERS))))
		goto no_memory;
	len = ours(skb, sid, inner);
	if (unlikely(!len))
		return false;
	/* With nothing behind its end any more. */
	if (unlikely(pskb_trim_rcsum(skb, len)))
		goto no_memory;
	srp_packet_begin(skb, inner);
	srp_proxy_out(sn, sid, skb, inner);
	return true;

no_memory:
	srp_drop(sid, skb, SRPROXY_DROP_NO_MEMORY);
	return true;
}

/* The same of a packet that others hold, too: they must not see it change. */
static bool take_shared(struct srp_net *sn, struct srp_sid *sid,
			struct sk_buff *skb, enum srp_inner inner)
{
	struct sk_buff *own = skb_clone(skb, GFP_ATOMIC);

	if (!own) {
		srp_drop(sid, skb, SRPROXY_DROP_NO_MEMORY);
		return true;
	}
	if (!take(sn, sid, own, inner)) {
		consume_skb(own);
		return false;
	}
	consume_skb(skb);
	return true;
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

/* Does a port have a circuit for which this is the only way? */
static bool any_only_way(const struct srp_port *port)
{
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++) {
		const struct srp_sid *sid = rcu_dereference(port->circuit[i]);

		if (sid && only_way(sid))
			return true;
	}
	return false;
}

/*
 * One priority tag behind another: the stack takes them off later, out of our
 * sight. Here it gets the frame without them. Consumes @skb.
 */
static void untag_again(struct sk_buff *skb)
{
	skb = skb_share_check(skb, GFP_ATOMIC);
	while (skb && prio_tagged(skb)) {
		__vlan_hwaccel_clear_tag(skb);
		if (eth_type_vlan(skb->protocol))
			skb = skb_vlan_untag(skb);
	}
	if (skb)
		netif_receive_skb(skb);
}

/* Consumes @skb, unless it is the stack's: false. */
static bool receive(struct srp_net *sn, const struct srp_port *port,
		    struct sk_buff *skb)
{
	enum srp_inner inner;
	struct srp_sid *sid = circuit(port, skb, &inner);

	if (!sid) {
		if (!eth_type_vlan(skb->protocol) || !prio_tagged(skb) ||
		    skb->pkt_type != PACKET_HOST || !any_only_way(port))
			return false;
		untag_again(skb);
		return true;
	}
	if (!goes_up(skb, sid))
		return false;
	return unlikely(skb_shared(skb)) ? take_shared(sn, sid, skb, inner) :
					   take(sn, sid, skb, inner);
}

static unsigned int received(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return receive(srp_net(state->net), priv, skb) ? NF_STOLEN : NF_ACCEPT;
}

static rx_handler_result_t handle(struct sk_buff **pskb)
{
	struct net_device *dev = (*pskb)->dev;
	const struct srp_port *port = rcu_dereference(dev->rx_handler_data);

	return receive(srp_net(dev_net(dev)), port, *pskb) ?
		RX_HANDLER_CONSUMED : RX_HANDLER_PASS;
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
	if (unlikely(!sid || !take(sn, sid, skb, inner)))
		netif_receive_skb(skb);
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

/*
 * Both ends of a veth device leave together, whatever namespace the other one has
 * moved to; but the first one is there before it has a peer. Without it, packets
 * just take the longer way.
 */
static void extend(struct srp_trunk *trunk, struct net_device *dev)
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

static int hooks_register(struct net *net, struct srp_trunk *trunk,
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
		extend(trunk, dev);
	return err;
}

static void hooks_unregister(struct net *net, struct srp_trunk *trunk)
{
	/* While this one stands, it knows the other one to be alone. */
	if (trunk->far)
		nf_unregister_net_hook(dev_net(trunk->far), &trunk->hook_sent);
	trunk->far = NULL;
	nf_unregister_net_hook(net, &trunk->hook_return);
}

static bool make_ours(struct srp_trunk *trunk, struct net_device *dev)
{
	return !netdev_rx_handler_register(dev, handle, &trunk->port);
}

/**
 * srp_hook_return_register() - take what VNFs return
 * @net:	namespace
 * @trunk:	of @dev
 * @dev:	device
 *
 * Under RTNL, as all that follow. A device that is somebody else's already, a
 * bridge's or bond's, can't be ours alone: it has hooks then.
 *
 * Return: 0, or why not
 */
int srp_hook_return_register(struct net *net, struct srp_trunk *trunk,
			     struct net_device *dev)
{
	if (trunk->exclusive && make_ours(trunk, dev))
		return 0;
	return hooks_register(net, trunk, dev);
}

/**
 * srp_hook_return_settle() - the same, when something has changed
 * @net:	namespace
 * @trunk:	of @dev; is it to have that alone?
 * @dev:	device; has it another end by now?
 *
 * At any moment one of both ways stands; without memory, the old one.
 */
void srp_hook_return_settle(struct net *net, struct srp_trunk *trunk,
			    struct net_device *dev)
{
	bool ours = is_ours(dev);

	if (trunk->exclusive && !ours && make_ours(trunk, dev))
		hooks_unregister(net, trunk);
	else if (!trunk->exclusive && ours && !hooks_register(net, trunk, dev))
		netdev_rx_handler_unregister(dev);
	else if (!ours)
		extend(trunk, dev);
}

/**
 * srp_hook_return_unregister() - take it no longer
 * @net:	namespace
 * @trunk:	of @dev
 * @dev:	device
 */
void srp_hook_return_unregister(struct net *net, struct srp_trunk *trunk,
				struct net_device *dev)
{
	if (is_ours(dev))
		netdev_rx_handler_unregister(dev);
	else
		hooks_unregister(net, trunk);
}
