// SPDX-License-Identifier: GPL-2.0
/*
 * End.AD, the dynamic proxy: draft-ietf-spring-sr-service-programming 6.2. The
 * encapsulation that comes in is kept, one segment on, and goes out again.
 */
#include "behavior.h"
#include "decap.h"
#include "learn.h"
#include "sid.h"

/* Is there a segment to go on to? */
static enum srproxy_drop segment_left(const struct sk_buff *skb,
				      const struct srp_outer *outer)
{
	const struct ipv6_sr_hdr *srh;

	if (!outer->srh_off)
		return SRPROXY_DROP_NO_SRH;
	srh = (const struct ipv6_sr_hdr *)(skb->data + outer->srh_off);
	if (!srh->segments_left)
		return SRPROXY_DROP_SL_ZERO;
	/* No multicast address (RFC 8754 2), nor one that means this node. */
	if (!srp_addr_routable(&srh->segments[srh->segments_left - 1]))
		return SRPROXY_DROP_SRH_INVALID;
	return 0;
}

static enum srproxy_drop end_ad_in(struct srp_net *sn, struct srp_sid *sid,
				   struct sk_buff *skb, enum srp_inner *inner)
{
	enum srproxy_drop reason;
	struct srp_outer outer;

	reason = srp_outer_parse(skb, &outer);
	if (!reason)
		reason = segment_left(skb, &outer);
	if (!reason)
		reason = srp_outer_admit(skb, &outer);
	if (!reason)
		reason = srp_inner_check(skb, &outer, sid->params.inner);
	if (reason)
		return reason;

	/* Nothing can be wrong with it any more: it may teach us. */
	*inner = srp_inner_index(outer.proto);
	reason = srp_learn(sn, sid, skb, &outer, *inner);
	if (reason)
		return reason;
	return srp_decap(skb, &outer);
}

const struct srp_behavior srp_end_ad = {
	.name = "End.AD",
	.id = SRPROXY_BEHAVIOR_END_AD,
	.learns = true,
	.in = end_ad_in,
	.encap = srp_learned,
};
