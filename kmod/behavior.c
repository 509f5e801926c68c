// SPDX-License-Identifier: GPL-2.0
#include "behavior.h"
#include "decap.h"
#include "flow.h"
#include "hmac.h"
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

/* By the argument, if there is one, or by the SRH. */
static enum srproxy_drop next_step(const struct srp_sid *sid,
				   const struct sk_buff *skb,
				   const struct srp_outer *outer,
				   struct srp_step *step)
{
	if (sid->params.lblen &&
	    srp_step_csid(skb->data, outer, sid->params.lblen,
			  sid->params.prefix_len, step))
		return 0;
	return srp_step_srh(skb->data, outer, step);
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

	reason = next_step(sid, skb, outer, step);
	if (reason)
		return reason;
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

	return next_step(sid, skb, outer, &step) ? 0 : SRPROXY_DROP_NOT_LAST;
}

/**
 * srp_sid_keep_srh() - keep the SRH of a packet for its flow, if the SID does so
 * @sid:	that it came to
 * @skb:	packet, parsed, with an SRH
 * @outer:	by srp_outer_parse()
 *
 * Return: false without memory
 */
bool srp_sid_keep_srh(const struct srp_sid *sid, struct sk_buff *skb,
		      const struct srp_outer *outer)
{
	struct srp_flow_key key;

	if (!sid->flows)
		return true;
	srp_flow_key(skb, outer, &key);
	return srp_flow_keep(sid->flows, &key, srp_srh(skb->data, outer));
}

/**
 * srp_sid_sign() - make the HMAC of a packet anew, if the SID does so
 * @sn:		namespace
 * @sid:	that sends it on
 * @skb:	packet, its outer headers writable
 * @outer:	its description; there is an SRH
 *
 * Return: false without the key
 */
bool srp_sid_sign(struct srp_net *sn, const struct srp_sid *sid,
		  struct sk_buff *skb, const struct srp_outer *outer)
{
	return !sid->params.hmac ||
	       srp_hmac_sign(sn->net, skb->data, outer->srh_off,
			     sid->params.hmac);
}
