// SPDX-License-Identifier: GPL-2.0
/*
 * End.AD, the dynamic proxy: draft-ietf-spring-sr-service-programming 6.2. The
 * encapsulation that comes in is kept, one segment on, and goes out again.
 */
#include "behavior.h"
#include "decap.h"
#include "learn.h"
#include "sid.h"

/* Ask a header all that there is to be asked, and keep it. */
static enum srproxy_drop meet(struct srp_net *sn, struct srp_sid *sid,
			      struct sk_buff *skb, struct srp_outer *outer)
{
	bool last = srp_sid_is_last(sid);
	enum srproxy_drop reason;
	struct srp_step step;

	reason = srp_outer_parse(skb, outer);
	if (!reason)
		reason = last ? srp_sid_last_check(sid, skb, outer) :
				srp_sid_step(sid, skb, outer, &step);
	if (!reason)
		reason = srp_sid_admit(sid, skb, outer);
	if (!reason)
		reason = srp_inner_check(skb, outer, sid->params.inner);
	/* Nothing can be wrong with it any more: it may teach us. */
	if (!reason && !last)
		reason = srp_learn(sn, sid, skb, outer, &step,
				   srp_inner_index(outer->proto));
	return reason;
}

static enum srproxy_drop end_ad_in(struct srp_net *sn, struct srp_sid *sid,
				   struct sk_buff *skb, enum srp_inner *inner)
{
	enum srproxy_drop reason;
	struct srp_outer outer;

	if (likely(srp_learned_again(sid, skb, &outer)))
		reason = srp_inner_check(skb, &outer, sid->params.inner);
	else
		reason = meet(sn, sid, skb, &outer);
	if (reason)
		return reason;

	*inner = srp_inner_index(outer.proto);
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
