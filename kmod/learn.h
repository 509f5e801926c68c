/* SPDX-License-Identifier: GPL-2.0 */
/* Headers that End.AD learned: one of each inner type for a SID. */
#ifndef _SRPROXY_LEARN_H
#define _SRPROXY_LEARN_H

#include "encap.h"

struct srp_net;
struct srp_sid;

/**
 * struct srp_memory - what a SID has learned; handed on when it is replaced
 * @encap:	by inner type, NULL while nothing was learned; whoever exchanges
 *		a header frees the one it got
 * @rcu:	for its end
 */
struct srp_memory {
	struct srp_encap __rcu *encap[SRP_INNER_MAX];
	struct rcu_head rcu;
};

struct srp_memory *srp_memory_alloc(void);
void srp_memory_free_rcu(struct srp_memory *memory);
void srp_memory_refresh(struct srp_memory *memory);

bool srp_learned_again(const struct srp_sid *sid, const struct sk_buff *skb,
		       struct srp_outer *outer);
u32 srp_learned_id(const struct srp_sid *sid, const struct sk_buff *skb);
bool srp_learned_still(const struct srp_sid *sid, enum srp_inner inner, u32 id);
enum srproxy_drop srp_learn(struct srp_net *sn, struct srp_sid *sid,
			    struct sk_buff *skb, const struct srp_outer *outer,
			    const struct srp_step *step, enum srp_inner inner);
enum srproxy_drop srp_learned(const struct srp_sid *sid, enum srp_inner inner,
			      const struct srp_encap **encap);
unsigned long srp_learned_idle(const struct srp_encap *encap);
bool srp_learned_expired(const struct srp_sid *sid,
			 const struct srp_encap *encap);
void srp_forget(struct srp_net *sn, struct srp_sid *sid, u8 inner);

#endif /* _SRPROXY_LEARN_H */
