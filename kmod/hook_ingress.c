// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/if_arp.h>

#include "decap.h"
#include "frame.h"
#include "hook_ingress.h"
#include "local.h"
#include "port.h"
#include "proxy.h"
#include "sid.h"

/* Before what users attach there: they see what is the node's. */
#define PRIORITY	(-450)

/* The tags of a frame, as far as a port can have any. */
static unsigned int frame_tags(const struct sk_buff *skb,
			       struct srp_vlans *vlans)
{
	const struct vlan_hdr *inner;
	struct vlan_hdr copy;
	unsigned int n = 0;

	memset(vlans, 0, sizeof(*vlans));
	if (!skb_vlan_tag_present(skb))
		return 0;
	vlans->tag[n].proto = skb->vlan_proto;
	vlans->tag[n++].vid = htons(skb_vlan_tag_get_id(skb));

	if (!eth_type_vlan(skb->protocol))
		return n;
	inner = skb_header_pointer(skb, 0, sizeof(copy), &copy);
	if (!inner)
		return n;
	vlans->tag[n].proto = skb->protocol;
	vlans->tag[n++].vid = inner->h_vlan_TCI & htons(VLAN_VID_MASK);
	return n;
}

/* The port with the most of a frame's tags, and how many those are. */
static struct srp_port *port_of_frame(struct srp_trunk *trunk,
				      const struct sk_buff *skb,
				      unsigned int *n)
{
	struct srp_vlans vlans;
	struct srp_port *port;

	*n = frame_tags(skb, &vlans);
	while (*n) {
		port = xa_load(&trunk->tagged, srp_vlans_index(&vlans));
		if (port && READ_ONCE(port->published))
			return port;
		--*n;
		memset(&vlans.tag[*n], 0, sizeof(vlans.tag[*n]));
	}
	return &trunk->port;
}

/* The type of what is behind all tags that a frame can have here. */
static __be16 inmost_protocol(const struct sk_buff *skb, unsigned int tags)
{
	const struct vlan_hdr *inner;
	struct vlan_hdr copy;

	if (tags < 2)
		return skb->protocol;
	inner = skb_header_pointer(skb, 0, sizeof(copy), &copy);
	return inner ? inner->h_vlan_encapsulated_proto : 0;
}

/* The stack, which would judge it, does not see it. Consumes @skb on failure. */
static struct sk_buff *frame_to_packet(struct srp_sid *sid, struct sk_buff *skb,
				       unsigned int tags, enum srp_inner inner)
{
	unsigned int len;

	skb = srp_frame_untag(skb, tags);
	if (!skb) {
		srp_drop(sid, NULL, SRPROXY_DROP_NO_MEMORY);
		return NULL;
	}

	len = srp_ip_len(skb, ETH_HLEN, inner);
	if (!len || ETH_HLEN + len > skb->len) {
		srp_drop(sid, skb, SRPROXY_DROP_INNER_INVALID);
		return NULL;
	}
	srp_frame_to_packet(skb, inner);
	if (!skb_is_gso(skb) && pskb_trim_rcsum(skb, len)) {
		srp_drop(sid, skb, SRPROXY_DROP_NO_MEMORY);
		return NULL;
	}
	return skb;
}

/*
 * Does a packet stay on its link? The VLAN may be a device of the node, too. But
 * the stack's other questions about a VNF have no answer on a port with tags.
 */
static bool stays_on_link(const struct sk_buff *skb, unsigned int tags,
			  enum srp_inner inner)
{
	unsigned int off = tags > 1 ? VLAN_HLEN : 0;
	union {
		struct iphdr ip4;
		struct ipv6hdr ip6;
	} copy;
	const void *hdr;

	hdr = skb_header_pointer(skb, off, inner == SRP_INNER_IP4 ?
				 sizeof(copy.ip4) : sizeof(copy.ip6), &copy);
	if (!hdr)
		return false;
	return inner == SRP_INNER_IP4 ? srp_local_addrs4(hdr) :
					srp_local_addrs6(hdr);
}

/* An IP packet on a port with tags. */
static unsigned int ip_frame(struct srp_net *sn, struct srp_port *port,
			     struct sk_buff *skb, unsigned int tags)
{
	__be16 protocol = inmost_protocol(skb, tags);
	enum srp_inner inner;
	struct srp_sid *sid;

	if (protocol != htons(ETH_P_IP) && protocol != htons(ETH_P_IPV6))
		return NF_ACCEPT;
	inner = protocol == htons(ETH_P_IP) ? SRP_INNER_IP4 : SRP_INNER_IP6;
	sid = rcu_dereference(port->circuit[inner]);
	if (!sid || stays_on_link(skb, tags, inner))
		return NF_ACCEPT;

	skb = frame_to_packet(sid, skb, tags, inner);
	if (skb)
		srp_proxy_out(sn, sid, skb, inner);
	return NF_STOLEN;
}

/*
 * The node's own traffic has its address, or is of the link itself: spanning
 * tree, LLDP, LACP (IEEE 802.1D 7.12.6).
 */
static bool frame_is_ours(const struct sk_buff *skb)
{
	const struct ethhdr *eth = eth_hdr(skb);

	return ether_addr_equal(eth->h_dest, skb->dev->dev_addr) ||
	       is_link_local_ether_addr(eth->h_dest);
}

static unsigned int hook(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct srp_net *sn = srp_net(state->net);
	struct srp_port *port;
	unsigned int tags;
	struct srp_sid *sid;

	/* A device that has a link layer all the same may lack Ethernet's. */
	if (skb->dev->type != ARPHRD_ETHER || skb_mac_header_len(skb) < ETH_HLEN)
		return NF_ACCEPT;
	port = port_of_frame(priv, skb, &tags);

	if (frame_is_ours(skb))
		return tags ? ip_frame(sn, port, skb, tags) : NF_ACCEPT;

	sid = rcu_dereference(port->circuit[SRP_INNER_ETH]);
	if (!sid)
		return NF_ACCEPT;
	skb = srp_frame_untag(skb, tags);
	if (skb)
		srp_proxy_out(sn, sid, skb, SRP_INNER_ETH);
	else
		srp_drop(sid, NULL, SRPROXY_DROP_NO_MEMORY);
	return NF_STOLEN;
}

int srp_hook_ingress_register(struct net *net, struct srp_trunk *trunk,
			      struct net_device *dev)
{
	trunk->hook = (struct nf_hook_ops) {
		.hook = hook,
		.dev = dev,
		.priv = trunk,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = PRIORITY,
	};
	return nf_register_net_hook(net, &trunk->hook);
}

void srp_hook_ingress_unregister(struct net *net, struct srp_trunk *trunk)
{
	nf_unregister_net_hook(net, &trunk->hook);
}
