/* SPDX-License-Identifier: GPL-2.0 */
/* Where an encapsulation leads, as one CPU remembers it. */
#ifndef _SRPROXY_NEXT_HOP_H
#define _SRPROXY_NEXT_HOP_H

#include <net/dst.h>

struct srp_encap;
struct srp_net;
struct srp_sid;

/**
 * struct srp_next_hop - where an encapsulation leads
 * @encap_id:	srp_encap.id, 0 while nothing is known
 * @sid:	SID of this node that is the next segment, NULL if none is
 * @dst:	route, with a reference; NULL where @sid alone decides
 * @cookie:	tells whether @dst still holds
 * @sids_genid:	srp_net.sids_genid when @sid was looked up
 * @learned_id:	of srp_encap.id of what @sid has learned, the lower half, if that is
 *		the very header that it would get here; else 0. Whoever teaches
 *		that SID 2^32 others meanwhile only keeps it from the next one
 *
 * One CPU's own: packets use it with softirqs off. A route is one path, also
 * where there are several of equal cost.
 */
struct srp_next_hop {
	u64 encap_id;
	struct srp_sid *sid;
	struct dst_entry *dst;
	u32 cookie;
	u32 learned_id;
	unsigned long sids_genid;
};

bool srp_next_hop_lookup(struct srp_net *sn, struct net_device *dev,
			 const struct ipv6hdr *ip6h, u32 table,
			 struct srp_next_hop *hop);
bool srp_next_hop_find(struct srp_net *sn, struct net_device *dev,
		       const struct srp_encap *encap, struct srp_next_hop *hop);
void srp_next_hop_forget(struct srp_next_hop *hop);

#endif /* _SRPROXY_NEXT_HOP_H */
