/* SPDX-License-Identifier: GPL-2.0 */
/* What a kind of SID does, behind one small table of operations. */
#ifndef _SRPROXY_BEHAVIOR_H
#define _SRPROXY_BEHAVIOR_H

#include "encap.h"

struct srp_net;
struct srp_sid;

/**
 * struct srp_behavior - a proxy behavior
 * @name:	as the draft writes it
 * @id:		enum srproxy_behavior
 * @chained:	its SIDs have a chain, unless they are the last
 * @learns:	its SIDs learn headers, unless they are the last
 * @flavors:	mask of SRPROXY_FLAVOR_*, those that it knows
 * @inner:	mask of SRPROXY_INNER_*, those that it can deal with
 * @in:		makes a packet from the network the one for the VNF and says
 *		what that is; on a drop the packet is still the caller's
 * @encap:	encapsulation for a packet that returns, if it gets one
 * @edit:	makes a packet that returns the one for the network, without
 *		an encapsulation; instead of @encap
 *
 * Operations run under RCU, in softirq. They return 0 or why to drop.
 */
struct srp_behavior {
	const char *name;
	u8 id;
	bool chained;
	bool learns;
	u32 flavors;
	u8 inner;
	enum srproxy_drop (*in)(struct srp_net *sn, struct srp_sid *sid,
				struct sk_buff *skb, enum srp_inner *inner);
	enum srproxy_drop (*encap)(const struct srp_sid *sid,
				   enum srp_inner inner,
				   const struct srp_encap **encap);
	enum srproxy_drop (*edit)(struct srp_net *sn, const struct srp_sid *sid,
				  struct sk_buff *skb);
};

extern const struct srp_behavior srp_end_as;
extern const struct srp_behavior srp_end_ad;
extern const struct srp_behavior srp_end_am;
extern const struct srp_behavior srp_end_an;

const struct srp_behavior *srp_behavior_find(u8 id);

#endif /* _SRPROXY_BEHAVIOR_H */
