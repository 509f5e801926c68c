// SPDX-License-Identifier: GPL-2.0
/*
 * End.AM, the masquerading proxy: draft-ietf-spring-sr-service-programming
 * 6.3. The VNF sees the packet with its SRH, as if it were at its last segment.
 * With flavor CACHE it does not see the SRH, which is put back afterwards.
 */
#include "behavior.h"
#include "decap.h"
#include "flow.h"
#include "inplace.h"
#include "sid.h"

static enum srproxy_drop end_am_in(struct srp_net *sn, struct srp_sid *sid,
				   struct sk_buff *skb, enum srp_inner *inner)
{
	enum srproxy_drop reason;
	struct srp_outer outer;
	struct srp_step step;
	struct in6_addr last;

	reason = srp_outer_parse(skb, &outer);
	if (!reason)
		reason = srp_sid_step(sid, skb, &outer, &step);
	if (reason)
		return reason;
	last = srp_srh(skb->data, &outer)->segments[0];
	if (!srp_addr_routable(&last))
		return SRPROXY_DROP_SRH_INVALID;
	reason = srp_sid_admit(sid, skb, &outer);
	if (reason)
		return reason;

	if (!srp_sid_keep_srh(sid, skb, &outer) ||
	    !srp_edit_begin(skb, &outer))
		return SRPROXY_DROP_NO_MEMORY;
	ipv6_hdr(skb)->daddr = last;
	if (sid->params.flavors & SRPROXY_FLAVOR_CACHE)
		srp_srh_remove(skb, &outer);
	srp_edit_end(skb, &outer);
	srp_packet_renew(skb, &outer);
	*inner = SRP_INNER_IP6;
	return 0;
}

/* What the VNF returns has the SRH that it needs, with a segment left. */
static enum srproxy_drop srh_back(const struct srp_sid *sid,
				  struct sk_buff *skb, struct srp_outer *outer)
{
	const struct ipv6_sr_hdr *srh;
	struct srp_flow_key key;

	if (srp_outer_parse(skb, outer))
		return SRPROXY_DROP_VNF_SRH;
	if (!(sid->params.flavors & SRPROXY_FLAVOR_CACHE)) {
		if (!outer->srh_off || !srp_srh(skb->data, outer)->segments_left)
			return SRPROXY_DROP_VNF_SRH;
		return srp_edit_begin(skb, outer) ? 0 : SRPROXY_DROP_NO_MEMORY;
	}

	if (outer->srh_off)
		return SRPROXY_DROP_VNF_SRH;
	srp_flow_key(skb, outer, &key);
	srh = srp_flow_srh(sid->flows, &key);
	if (!srh)
		return SRPROXY_DROP_NO_FLOW;
	if (!srp_edit_begin(skb, outer))
		return SRPROXY_DROP_NO_MEMORY;
	return srp_srh_insert(skb, outer, srh);
}

static enum srproxy_drop end_am_edit(struct srp_net *sn,
				     const struct srp_sid *sid,
				     struct sk_buff *skb)
{
	enum srproxy_drop reason;
	struct ipv6_sr_hdr *srh;
	struct srp_outer outer;
	struct srp_step step;

	reason = srh_back(sid, skb, &outer);
	if (reason)
		return reason;

	srh = srp_srh(skb->data, &outer);
	if (sid->params.flavors & SRPROXY_FLAVOR_NAT)
		srh->segments[0] = ipv6_hdr(skb)->daddr;
	reason = srp_step_srh(skb->data, &outer, &step);
	if (reason || !srp_addr_routable(&step.daddr))
		return SRPROXY_DROP_VNF_SRH;
	srp_step_apply(skb->data, &outer, &step);
	if (!srp_sid_sign(sn, sid, skb, &outer))
		return SRPROXY_DROP_HMAC_KEY;
	if (sid->params.flavors & SRPROXY_FLAVOR_PSP && !step.segments_left)
		srp_srh_remove(skb, &outer);

	srp_edit_end(skb, &outer);
	srp_packet_renew(skb, &outer);
	return 0;
}

const struct srp_behavior srp_end_am = {
	.name = "End.AM",
	.id = SRPROXY_BEHAVIOR_END_AM,
	.flavors = SRPROXY_FLAVOR_NAT | SRPROXY_FLAVOR_PSP |
		   SRPROXY_FLAVOR_CACHE,
	.inner = SRPROXY_INNER_IP6,
	.in = end_am_in,
	.edit = end_am_edit,
};
