// SPDX-License-Identifier: GPL-2.0
/*
 * End.AS, the static proxy: draft-ietf-spring-sr-service-programming 6.1. The
 * encapsulation that comes in is forgotten, the one that goes out is
 * configured.
 */
#include "behavior.h"
#include "decap.h"
#include "sid.h"

static enum srproxy_drop end_as_in(struct srp_net *sn, struct srp_sid *sid,
				   struct sk_buff *skb, enum srp_inner *inner)
{
	enum srproxy_drop reason;
	struct srp_outer outer;

	reason = srp_outer_parse(skb, &outer);
	if (!reason && srp_sid_is_last(sid))
		reason = srp_sid_last_check(sid, skb, &outer);
	if (!reason)
		reason = srp_sid_admit(sid, skb, &outer);
	if (!reason)
		reason = srp_inner_check(skb, &outer, sid->params.inner);
	if (reason)
		return reason;

	*inner = srp_inner_index(outer.proto);
	return srp_decap(skb, &outer, &sid->params.modes);
}

static enum srproxy_drop end_as_encap(const struct srp_sid *sid,
				      enum srp_inner inner,
				      const struct srp_encap **encap)
{
	*encap = rcu_dereference(sid->chain)->encap;
	return 0;
}

const struct srp_behavior srp_end_as = {
	.name = "End.AS",
	.id = SRPROXY_BEHAVIOR_END_AS,
	.chained = true,
	.flavors = SRPROXY_FLAVOR_LAST,
	.inner = SRPROXY_INNER_ALL,
	.in = end_as_in,
	.encap = end_as_encap,
};
