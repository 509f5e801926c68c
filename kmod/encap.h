/* SPDX-License-Identifier: GPL-2.0 */
/* An outer header ready to be pushed, and where it leads. */
#ifndef _SRPROXY_ENCAP_H
#define _SRPROXY_ENCAP_H

#include <linux/rcupdate.h>

#include "modes.h"

/**
 * struct srp_encap - an encapsulation, configured or learned
 * @id:		tells it from every other one that there is or was
 * @seen:	when a packet bore it last, coarse; only with ageing
 * @table:	routing table of the next segment, 0 for the node's rules
 * @hmac:	id of the key that its HMAC is made with for each packet, 0 to
 *		leave it as it is in @hdr
 * @len:	bytes of @hdr
 * @proto_off:	offset in @hdr of the next header byte before the inner packet
 * @srh_off:	offset of the SRH in @hdr, 0 without
 * @dsfield:	its DSCP, where it is not the inner packet's
 * @plain:	learned, and no more than an IPv6 header and an SRH without HMAC
 * @learned:	when it was learned, get_jiffies_64()
 * @rcu:	for its end
 * @hdr:	IPv6 header and extension headers. The destination is the next
 *		segment; payload length, traffic class, flow label and the last
 *		next header are each packet's own. Immutable.
 */
struct srp_encap {
	u64 id;
	unsigned long seen;
	u32 table;
	u32 hmac;
	u16 len;
	u16 proto_off;
	u16 srh_off;
	u8 dsfield;
	bool plain;
	u64 learned;
	struct rcu_head rcu;
	u8 hdr[] __aligned(8);
};

static inline const struct ipv6hdr *srp_encap_ip6h(const struct srp_encap *encap)
{
	return (const struct ipv6hdr *)encap->hdr;
}

struct srp_encap *srp_encap_build(const struct srp_path *path, u32 table);
struct srp_encap *srp_encap_learn(const struct sk_buff *skb,
				  const struct srp_outer *outer,
				  const struct srp_step *step, u32 table,
				  u32 hmac);
void srp_encap_free(struct srp_encap *encap);
void srp_encap_free_rcu(struct srp_encap *encap);

enum srproxy_drop srp_encap_push(struct sk_buff *skb,
				 const struct srp_encap *encap,
				 enum srp_inner inner,
				 const struct srp_modes *modes,
				 unsigned int headroom);

#endif /* _SRPROXY_ENCAP_H */
