// SPDX-License-Identifier: GPL-2.0
/*
 * End.AN, the SR-aware function: draft-ietf-spring-sr-service-programming 5.
 * The VNF sees the packet as it is. What it makes of the segments that are to be
 * visited is checked against what it may.
 */
#include "behavior.h"
#include "decap.h"
#include "flow.h"
#include "inplace.h"
#include "sid.h"

static enum srproxy_drop end_an_in(struct srp_net *sn, struct srp_sid *sid,
				   struct sk_buff *skb, enum srp_inner *inner)
{
	enum srproxy_drop reason;
	struct srp_outer outer;
	struct srp_step step;

	reason = srp_outer_parse(skb, &outer);
	if (!reason)
		reason = srp_sid_step(sid, skb, &outer, &step);
	if (!reason)
		reason = srp_sid_admit(sid, skb, &outer);
	if (reason)
		return reason;

	if (!srp_sid_keep_srh(sid, skb, &outer))
		return SRPROXY_DROP_NO_MEMORY;
	srp_packet_renew(skb, &outer);
	*inner = SRP_INNER_IP6;
	return 0;
}

/* Where the VNF has left the packet; false if that is nowhere in its list. */
static bool position(struct sk_buff *skb, const struct srp_outer *outer,
		     struct srp_step *step)
{
	const struct ipv6_sr_hdr *srh = srp_srh(skb->data, outer);

	step->daddr = ipv6_hdr(skb)->daddr;
	step->segments_left = srh->segments_left;
	/* With a reduced list the first segment is in the destination only. */
	return step->segments_left > srh->first_segment ||
	       ipv6_addr_equal(&step->daddr,
			       &srh->segments[step->segments_left]);
}

/* Has the VNF only looked? Then the segment's work is left to do. */
static bool untouched(const struct srp_sid *sid, const struct srp_step *step,
		      const struct ipv6_sr_hdr *was)
{
	return srp_sid_has(sid, &step->daddr) &&
	       (!was || step->segments_left >= was->segments_left);
}

/* The segments that are to be visited, the last one as 0. */
static const struct in6_addr *to_visit(const struct ipv6_sr_hdr *srh,
				       const struct srp_step *step,
				       unsigned int i)
{
	return i == step->segments_left ? &step->daddr : &srh->segments[i];
}

/*
 * From the last segment back to the next: those that were to be visited (@was,
 * @n_was of them), and the others that the VNF inserted.
 */
static bool permitted(u8 permit, const struct ipv6_sr_hdr *was,
		      const struct ipv6_sr_hdr *is, const struct srp_step *step)
{
	unsigned int n_is = step->segments_left + 1;
	unsigned int n_was = was->segments_left;
	unsigned int i, found = 0;

	if (permit == SRPROXY_PERMIT_NONE && n_is != n_was)
		return false;
	for (i = 0; i < n_is && found < n_was; i++) {
		if (ipv6_addr_equal(to_visit(is, step, i),
				    &was->segments[found]))
			found++;
		else if (permit != SRPROXY_PERMIT_INSERT_ANY)
			return false;
	}
	return found == n_was;
}

static enum srproxy_drop end_an_edit(struct srp_net *sn,
				     const struct srp_sid *sid,
				     struct sk_buff *skb)
{
	const struct ipv6_sr_hdr *was = NULL;
	struct srp_flow_key key;
	struct srp_outer outer;
	struct srp_step step;

	if (srp_outer_parse(skb, &outer) || !outer.srh_off ||
	    !position(skb, &outer, &step))
		return SRPROXY_DROP_VNF_SRH;

	if (sid->flows) {
		srp_flow_key(skb, &outer, &key);
		was = srp_flow_srh(sid->flows, &key);
		if (!was)
			return SRPROXY_DROP_NO_FLOW;
	}
	if (untouched(sid, &step, was) &&
	    srp_step_srh(skb->data, &outer, &step))
		return SRPROXY_DROP_VNF_SRH;
	if (!srp_addr_routable(&step.daddr))
		return SRPROXY_DROP_VNF_SRH;
	if (was && !permitted(sid->params.permit, was,
			      srp_srh(skb->data, &outer), &step))
		return SRPROXY_DROP_NOT_PERMITTED;

	if (!srp_edit_begin(skb, &outer))
		return SRPROXY_DROP_NO_MEMORY;
	srp_step_apply(skb->data, &outer, &step);
	if (!srp_sid_sign(sn, sid, skb, &outer))
		return SRPROXY_DROP_HMAC_KEY;
	srp_edit_end(skb, &outer);
	srp_packet_renew(skb, &outer);
	return 0;
}

const struct srp_behavior srp_end_an = {
	.name = "End.AN",
	.id = SRPROXY_BEHAVIOR_END_AN,
	.inner = SRPROXY_INNER_IP6,
	.in = end_an_in,
	.edit = end_an_edit,
};
