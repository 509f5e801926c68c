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
 * @chained:	its SIDs have a chain
 * @learns:	its SIDs learn headers
 * @in:		makes an encapsulated packet the plain one for the VNF and says
 *		what is inside; on a drop the packet is still the caller's
 * @encap:	encapsulation for a packet that returns
 *
 * Operations run under RCU, in softirq. They return 0 or why to drop.
 */
struct srp_behavior {
	const char *name;
	u8 id;
	bool chained;
	bool learns;
	enum srproxy_drop (*in)(struct srp_net *sn, struct srp_sid *sid,
				struct sk_buff *skb, enum srp_inner *inner);
	enum srproxy_drop (*encap)(const struct srp_sid *sid,
				   enum srp_inner inner,
				   const struct srp_encap **encap);
};

extern const struct srp_behavior srp_end_as;
extern const struct srp_behavior srp_end_ad;

const struct srp_behavior *srp_behavior_find(u8 id);

#endif /* _SRPROXY_BEHAVIOR_H */
