// SPDX-License-Identifier: GPL-2.0
/*
 * End.AD, the dynamic proxy: draft-ietf-spring-sr-service-programming 6.2. The
 * encapsulation that comes in is kept, one segment on, and goes out again.
 */
#include "behavior.h"
#include "decap.h"
#include "learn.h"
#include "sid.h"

static enum srproxy_drop end_ad_in(struct srp_net *sn, struct srp_sid *sid,
				   struct sk_buff *skb, enum srp_inner *inner)
{
	bool last = srp_sid_is_last(sid);
	enum srproxy_drop reason;
	struct srp_outer outer;
	struct srp_step step;

	reason = srp_outer_parse(skb, &outer);
	if (!reason)
		reason = last ? srp_sid_last_check(sid, skb, &outer) :
				srp_sid_step(sid, skb, &outer, &step);
	if (!reason)
		reason = srp_sid_admit(sid, skb, &outer);
	if (!reason)
		reason = srp_inner_check(skb, &outer, sid->params.inner);
	if (reason)
		return reason;

	/* Nothing can be wrong with it any more: it may teach us. */
	*inner = srp_inner_index(outer.proto);
	if (!last)
		reason = srp_learn(sn, sid, skb, &outer, &step, *inner);
	if (reason)
		return reason;
	return srp_decap(skb, &outer, &sid->params.modes);
}

const struct srp_behavior srp_end_ad = {
	.name = "End.AD",
	.id = SRPROXY_BEHAVIOR_END_AD,
	.learns = true,
	.flavors = SRPROXY_FLAVOR_LAST | SRPROXY_FLAVOR_NEXT_CSID,
	.inner = SRPROXY_INNER_ALL,
	.in = end_ad_in,
	.encap = srp_learned,
};
