// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <net/dsfield.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>

#include "encap.h"
#include "entropy.h"

static struct srp_encap *encap_alloc(unsigned int len, u32 table, gfp_t gfp)
{
	static atomic64_t last_id = ATOMIC64_INIT(0);
	struct srp_encap *encap;

	encap = kzalloc(struct_size(encap, hdr, len), gfp);
	if (!encap)
		return NULL;

	encap->id = atomic64_inc_return(&last_id);
	encap->len = len;
	encap->table = table;
	return encap;
}

/**
 * srp_encap_build() - encapsulation of a configured path
 * @path:	what it says
 * @table:	routing table of the first segment, 0 for the node's rules
 *
 * Return: the encapsulation, or NULL without memory
 */
struct srp_encap *srp_encap_build(const struct srp_path *path, u32 table)
{
	struct srp_encap *encap;
	unsigned int len = srp_path_size(path);

	encap = encap_alloc(len, table, GFP_KERNEL_ACCOUNT);
	if (!encap)
		return NULL;

	encap->proto_off = srp_path_build(encap->hdr, path);
	encap->srh_off = len > sizeof(struct ipv6hdr) ? sizeof(struct ipv6hdr) :
							0;
	encap->dsfield = path->dscp << 2;
	encap->hmac = path->hmac;
	return encap;
}

/**
 * srp_encap_learn() - encapsulation that a packet bears, one segment on
 * @skb:	packet, its outer headers linear
 * @outer:	what srp_outer_parse() found there
 * @step:	to the next segment
 * @table:	routing table of the next segment
 * @hmac:	id of the key for its HMAC, 0 to leave that as it is
 *
 * Return: the encapsulation, or NULL without memory
 */
struct srp_encap *srp_encap_learn(const struct sk_buff *skb,
				  const struct srp_outer *outer,
				  const struct srp_step *step, u32 table,
				  u32 hmac)
{
	struct srp_encap *encap;
	struct ipv6hdr *ip6h;

	encap = encap_alloc(outer->len, table, GFP_ATOMIC);
	if (!encap)
		return NULL;

	memcpy(encap->hdr, skb_network_header(skb), outer->len);
	srp_step_apply(encap->hdr, outer, step);
	ip6h = (struct ipv6hdr *)encap->hdr;
	encap->dsfield = ipv6_get_dsfield(ip6h);
	encap->hmac = outer->srh_off ? hmac : 0;
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->payload_len = 0;

	encap->proto_off = srp_nexthdr_off(encap->hdr, encap->len);
	encap->srh_off = outer->srh_off;
	encap->learned = get_jiffies_64();
	encap->seen = jiffies;
	return encap;
}

/**
 * srp_encap_free() - free it at once
 * @encap: may be NULL; no packet uses it
 */
void srp_encap_free(struct srp_encap *encap)
{
	kfree(encap);
}

/**
 * srp_encap_free_rcu() - free it once no packet uses it
 * @encap: may be NULL
 */
void srp_encap_free_rcu(struct srp_encap *encap)
{
	if (encap)
		kfree_rcu(encap, rcu);
}

/*
 * An inner IPv6 flow label already tells flows apart (RFC 6438); otherwise the
 * flow's hash does.
 */
static __be32 flow_label(struct sk_buff *skb, enum srp_inner inner)
{
	__be32 label = 0;

	if (inner == SRP_INNER_IP6)
		label = ip6_flowlabel(ipv6_hdr(skb));
	if (!label)
		label = (__force __be32)rol32(srp_entropy(skb, inner), 16) &
			IPV6_FLOWLABEL_MASK;
	return label;
}

/* Most packets leave nothing to be done later inside a tunnel. */
static bool prepare_offloads(struct sk_buff *skb)
{
	if (likely(!skb_is_gso(skb) && skb->ip_summed != CHECKSUM_PARTIAL)) {
		skb->ip_summed = CHECKSUM_NONE;
		skb->encapsulation = 0;
		return true;
	}
	if (iptunnel_handle_offloads(skb, SKB_GSO_IPXIP6))
		return false;
	skb_set_inner_protocol(skb, skb->protocol);
	skb_set_inner_transport_header(skb, skb_transport_offset(skb));
	return true;
}

/**
 * srp_encap_push() - put an encapsulation around a plain packet
 * @skb:	network header at the inner packet
 * @encap:	what to push
 * @inner:	what @skb is; a frame begins at skb->data
 * @modes:	of the SID
 * @headroom:	room wanted in front of it for what comes after
 *
 * ECN comes from the inner packet (RFC 6040 4.1). Super-packets and unfinished
 * checksums stay as they are, the outer header around them.
 *
 * Return: 0, or why it failed; @skb is the caller's either way
 */
enum srproxy_drop srp_encap_push(struct sk_buff *skb,
				 const struct srp_encap *encap,
				 enum srp_inner inner,
				 const struct srp_modes *modes,
				 unsigned int headroom)
{
	u8 dsfield = srp_modes_dsfield(skb, inner, modes, encap->dsfield);
	struct ipv6hdr *ip6h;
	__be32 label;

	label = flow_label(skb, inner);

	if (!prepare_offloads(skb) ||
	    skb_cow_head(skb, encap->len + headroom))
		return SRPROXY_DROP_NO_MEMORY;

	memcpy(skb_push(skb, encap->len), encap->hdr, encap->len);
	/* The link-layer header of the way here is not this packet's. */
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	skb_set_transport_header(skb, sizeof(*ip6h));
	skb->protocol = htons(ETH_P_IPV6);
	/* Whoever a frame in it is for. */
	skb->pkt_type = PACKET_HOST;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	/* The node's own: no redirect for whoever sent the plain packet. */
	IP6CB(skb)->iif = LOOPBACK_IFINDEX;
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);

	skb->data[encap->proto_off] = srp_inner_proto(inner);
	ip6h = ipv6_hdr(skb);
	ip6_flow_hdr(ip6h, dsfield, label);
	/* A super-packet may exceed what 16 bits say; its segments do not. */
	if (skb->len - sizeof(*ip6h) <= IPV6_MAXPLEN)
		ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	return 0;
}
