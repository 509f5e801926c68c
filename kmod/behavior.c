// SPDX-License-Identifier: GPL-2.0
#include "behavior.h"
#include "decap.h"
#include "sid.h"

static const struct srp_behavior *const behaviors[] = {
	[SRPROXY_BEHAVIOR_END_AS] = &srp_end_as,
	[SRPROXY_BEHAVIOR_END_AD] = &srp_end_ad,
	[SRPROXY_BEHAVIOR_END_AM] = &srp_end_am,
	[SRPROXY_BEHAVIOR_END_AN] = &srp_end_an,
};

/**
 * srp_behavior_find() - behavior of a number
 * @id: enum srproxy_behavior
 *
 * Return: the behavior, NULL if there is none
 */
const struct srp_behavior *srp_behavior_find(u8 id)
{
	return id < ARRAY_SIZE(behaviors) ? behaviors[id] : NULL;
}

/**
 * srp_sid_step() - where a packet goes from a SID that keeps its segments
 * @sid:	that it came to
 * @skb:	packet, parsed
 * @outer:	by srp_outer_parse()
 * @step:	the result
 *
 * Return: 0, or why it can't go on
 */
enum srproxy_drop srp_sid_step(const struct srp_sid *sid, struct sk_buff *skb,
			       const struct srp_outer *outer,
			       struct srp_step *step)
{
	enum srproxy_drop reason;

	/* Its SRH, if any, is somewhere else. */
	if (!outer->srh_off && outer->proto == NEXTHDR_FRAGMENT)
		return SRPROXY_DROP_OUTER_FRAGMENT;

	if (!sid->params.lblen ||
	    !srp_step_csid(skb->data, outer, sid->params.lblen,
			   sid->params.prefix_len, step)) {
		reason = srp_step_srh(skb->data, outer, step);
		if (reason)
			return reason;
	}
	/* No multicast address (RFC 8754 2), nor one that means this node. */
	return srp_addr_routable(&step->daddr) ? 0 : SRPROXY_DROP_SRH_INVALID;
}

/**
 * srp_sid_admit() - may this packet be processed by a SID?
 * @sid:	that it came to
 * @skb:	packet, parsed
 * @outer:	by srp_outer_parse()
 *
 * Return: 0, or why not
 */
enum srproxy_drop srp_sid_admit(const struct srp_sid *sid, struct sk_buff *skb,
				const struct srp_outer *outer)
{
	const struct srp_sid_params *params = &sid->params;
	const struct srp_hmac_demand demand = {
		.required = params->require_hmac,
		.block = params->lblen ?: 128,
	};

	return srp_outer_admit(skb, outer, &demand);
}

/**
 * srp_sid_last_check() - is this a packet's last segment?
 * @sid:	that it came to
 * @skb:	packet, parsed
 * @outer:	by srp_outer_parse()
 *
 * Return: 0, or SRPROXY_DROP_NOT_LAST
 */
enum srproxy_drop srp_sid_last_check(const struct srp_sid *sid,
				     struct sk_buff *skb,
				     const struct srp_outer *outer)
{
	struct srp_step step;

	if (sid->params.lblen &&
	    srp_step_csid(skb->data, outer, sid->params.lblen,
			  sid->params.prefix_len, &step))
		return SRPROXY_DROP_NOT_LAST;
	return srp_step_srh(skb->data, outer, &step) ? 0 :
						       SRPROXY_DROP_NOT_LAST;
}
