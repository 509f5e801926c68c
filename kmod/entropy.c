// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/in.h>
#include <linux/random.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "entropy.h"

static u64 seed __read_mostly;

/* Before the first packet. */
void srp_entropy_setup(void)
{
	get_random_bytes(&seed, sizeof(seed));
}

/* Fragments have no ports, but for the first: none of them counts any. */
static u32 ports(const struct sk_buff *skb, unsigned int off, u8 proto)
{
	int at = proto_ports_offset(proto);
	u32 both;

	if (at < 0)
		return 0;
	off += at;
	if (likely(skb_headlen(skb) >= off + sizeof(both)))
		memcpy(&both, skb->data + off, sizeof(both));
	else if (skb_copy_bits(skb, off, &both, sizeof(both)))
		return 0;
	return both;
}

/* Cheap, and nobody outside can tell where it leads. */
static u64 mix(u64 hash, u64 word)
{
	hash = (hash ^ word) * GOLDEN_RATIO_64;
	return hash ^ hash >> 32;
}

static u64 hash4(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	u32 both = 0;

	if (!ip_is_fragment(iph))
		both = ports(skb, ip_hdrlen(skb), iph->protocol);
	return mix(mix(seed, (u64)(__force u32)iph->saddr << 32 |
			     (__force u32)iph->daddr),
		   (u64)iph->protocol << 32 | both);
}

static u64 hash6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	u64 hash = seed, words[4];
	unsigned int i;

	memcpy(words, &ip6h->addrs, sizeof(words));
	for (i = 0; i < ARRAY_SIZE(words); i++)
		hash = mix(hash, words[i]);
	return mix(hash, (u64)ip6h->nexthdr << 32 |
			 ports(skb, sizeof(*ip6h), ip6h->nexthdr));
}

/**
 * srp_entropy() - hash of the flow that a plain packet belongs to
 * @skb:	packet, network header at skb->data
 * @inner:	what it is
 *
 * Addresses, protocol and ports, as far as they stand at once behind the IP
 * header: all that the flow dissector would find in most packets. A hash that
 * the packet has already is as good.
 */
u32 srp_entropy(struct sk_buff *skb, enum srp_inner inner)
{
	if (skb->l4_hash || skb->sw_hash || inner == SRP_INNER_ETH)
		return skb_get_hash(skb);
	return inner == SRP_INNER_IP4 ? hash4(skb) : hash6(skb);
}
