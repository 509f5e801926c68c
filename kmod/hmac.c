// SPDX-License-Identifier: GPL-2.0
#include <crypto/algapi.h>
#include <net/ipv6.h>
#include <net/seg6_hmac.h>

#include "hmac.h"

#if IS_ENABLED(CONFIG_IPV6_SEG6_HMAC)

/* Where the kernel looks for it: at the end. NULL if it is not there. */
static struct sr6_tlv_hmac *hmac_tlv(struct ipv6_sr_hdr *srh)
{
	unsigned int list = (srh->first_segment + 1) * sizeof(srh->segments[0]);
	struct sr6_tlv_hmac *tlv;

	if (!(srh->flags & SR6_FLAG1_HMAC) ||
	    ipv6_optlen(srh) < sizeof(*srh) + list + sizeof(*tlv))
		return NULL;

	tlv = (void *)srh + ipv6_optlen(srh) - sizeof(*tlv);
	if (tlv->tlvhdr.type != SR6_TLV_HMAC ||
	    tlv->tlvhdr.len != sizeof(*tlv) - sizeof(tlv->tlvhdr))
		return NULL;
	return tlv;
}

/*
 * RFC 8754 2.1.2.1: the digest says nothing of the destination. It must be the
 * current segment, or what a reduced list leaves out. The D bit should admit to
 * that, but Linux does not set it, and no digest protects it.
 */
static bool in_list(u8 *hdr, const struct srp_outer *outer, unsigned int block)
{
	const struct ipv6_sr_hdr *srh = srp_srh(hdr, outer);

	if (srh->segments_left > srh->first_segment)
		return true;
	return ipv6_prefix_equal(&((const struct ipv6hdr *)hdr)->daddr,
				 &srh->segments[srh->segments_left], block);
}

static bool hmac_right(struct net *net, u8 *hdr, const struct srp_outer *outer,
		       unsigned int block)
{
	struct ipv6_sr_hdr *srh = srp_srh(hdr, outer);
	const struct sr6_tlv_hmac *tlv = hmac_tlv(srh);
	struct seg6_hmac_info *key;
	u8 digest[SEG6_HMAC_FIELD_LEN];

	if (!tlv || !in_list(hdr, outer, block))
		return false;
	key = seg6_hmac_info_lookup(net, ntohl(tlv->hmackeyid));
	if (!key ||
	    seg6_hmac_compute(key, srh, &((struct ipv6hdr *)hdr)->saddr,
			      digest))
		return false;
	return !crypto_memneq(digest, tlv->hmac, sizeof(digest));
}

/**
 * srp_hmac_valid() - is the HMAC of a packet as it has to be?
 * @skb:	packet, parsed, with an SRH; under RCU
 * @outer:	by srp_outer_parse()
 * @demand:	of the SID
 */
bool srp_hmac_valid(struct sk_buff *skb, const struct srp_outer *outer,
		    const struct srp_hmac_demand *demand)
{
	if (demand->required)
		return hmac_right(dev_net(skb->dev), skb_network_header(skb),
				  outer, demand->block);
	/* The kernel looks for the SRH at the transport header. */
	skb_set_transport_header(skb, outer->srh_off);
	return seg6_hmac_validate_skb(skb);
}

/**
 * srp_hmac_sign() - make the HMAC of an SRH anew, if it has one
 * @net:	namespace that has the key
 * @hdr:	IPv6 header, in writable memory up to the end of the SRH
 * @srh_off:	where the SRH is
 * @key:	id of the key
 *
 * Return: whether there is such a key
 */
bool srp_hmac_sign(struct net *net, u8 *hdr, unsigned int srh_off, u32 key)
{
	struct ipv6_sr_hdr *srh = (struct ipv6_sr_hdr *)(hdr + srh_off);
	struct sr6_tlv_hmac *tlv = hmac_tlv(srh);

	if (!tlv)
		return true;
	tlv->hmackeyid = htonl(key);
	return !seg6_push_hmac(net, &((struct ipv6hdr *)hdr)->saddr, srh);
}

#else

bool srp_hmac_valid(struct sk_buff *skb, const struct srp_outer *outer,
		    const struct srp_hmac_demand *demand)
{
	return !demand->required;
}

bool srp_hmac_sign(struct net *net, u8 *hdr, unsigned int srh_off, u32 key)
{
	return false;
}

#endif
