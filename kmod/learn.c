// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "event.h"
#include "learn.h"
#include "sid.h"

struct srp_memory *srp_memory_alloc(void)
{
	struct srp_memory *memory;

	memory = kzalloc(sizeof(*memory), GFP_KERNEL_ACCOUNT);
	if (memory)
		spin_lock_init(&memory->lock);
	return memory;
}

/* After a grace period: no packet learns any more. */
static void memory_free(struct rcu_head *rcu)
{
	struct srp_memory *memory = container_of(rcu, struct srp_memory, rcu);
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++)
		srp_encap_free(rcu_dereference_protected(memory->encap[i],
							 true));
	kfree(memory);
}

/**
 * srp_memory_free_rcu() - forget everything, once no packet learns any more
 * @memory: may be NULL
 */
void srp_memory_free_rcu(struct srp_memory *memory)
{
	if (memory)
		call_rcu(&memory->rcu, memory_free);
}

/*
 * A sixteenth of the SID's ageing is precise enough, and spares the packets a
 * write to memory that other CPUs read.
 */
static void refresh(const struct srp_sid *sid, struct srp_encap *encap)
{
	unsigned long ageing = sid->params.ageing * HZ;

	if (ageing && jiffies - READ_ONCE(encap->seen) > ageing / 16)
		WRITE_ONCE(encap->seen, jiffies);
}

/**
 * srp_learn() - keep a packet's encapsulation if it differs from what we have
 * @sn:		namespace
 * @sid:	that the packet came to
 * @skb:	packet that passed every check
 * @outer:	by srp_outer_parse()
 * @inner:	its inner type
 *
 * Return: 0, or SRPROXY_DROP_NO_MEMORY: going on with the old header would
 * send the packet down another path than the one it bears
 */
enum srproxy_drop srp_learn(struct srp_net *sn, struct srp_sid *sid,
			    struct sk_buff *skb, const struct srp_outer *outer,
			    enum srp_inner inner)
{
	struct srp_memory *memory = sid->memory;
	struct srp_encap *old, *new;

	old = rcu_dereference(memory->encap[inner]);
	if (likely(old && old->len == outer->len &&
		   old->srh_off == outer->srh_off &&
		   old->table == sid->params.table &&
		   srp_header_same(old->hdr, skb_network_header(skb), outer,
				   sid->params.margin))) {
		refresh(sid, old);
		return 0;
	}

	/* Another CPU is learning: whose header stays is a matter of chance. */
	if (!spin_trylock(&memory->lock))
		return 0;
	new = srp_encap_learn(skb, outer, sid->params.table);
	if (new)
		old = rcu_replace_pointer(memory->encap[inner], new,
					  lockdep_is_held(&memory->lock));
	spin_unlock(&memory->lock);
	if (!new)
		return SRPROXY_DROP_NO_MEMORY;

	srp_encap_free_rcu(old);
	srp_event_cache(sn, SRPROXY_CMD_CACHE_NEW, sid, inner, new);
	return 0;
}

/**
 * srp_learned_expired() - has no packet born this header for too long?
 * @sid:	with its ageing
 * @encap:	learned header
 */
bool srp_learned_expired(const struct srp_sid *sid,
			 const struct srp_encap *encap)
{
	unsigned long ageing = sid->params.ageing * HZ;

	return ageing && jiffies - READ_ONCE(encap->seen) > ageing;
}

/**
 * srp_learned() - the header that a returning packet gets
 * @sid:	End.AD
 * @inner:	the packet's type
 * @encap:	the result
 *
 * Return: 0 or why there is none
 */
enum srproxy_drop srp_learned(const struct srp_sid *sid, enum srp_inner inner,
			      const struct srp_encap **encap)
{
	*encap = rcu_dereference(sid->memory->encap[inner]);
	if (!*encap)
		return SRPROXY_DROP_NOT_LEARNED;
	if (srp_learned_expired(sid, *encap))
		return SRPROXY_DROP_AGED_OUT;
	return 0;
}

/**
 * srp_forget() - drop what a SID has learned
 * @sn:		locked
 * @sid:	whose
 * @inner:	mask of SRPROXY_INNER_*
 */
void srp_forget(struct srp_net *sn, struct srp_sid *sid, u8 inner)
{
	struct srp_memory *memory = sid->memory;
	unsigned int i;

	if (!memory)
		return;

	for (i = 0; i < SRP_INNER_MAX; i++) {
		struct srp_encap *old;

		if (!(inner & BIT(i)))
			continue;
		spin_lock_bh(&memory->lock);
		old = rcu_replace_pointer(memory->encap[i], NULL,
					  lockdep_is_held(&memory->lock));
		spin_unlock_bh(&memory->lock);
		if (!old)
			continue;
		srp_event_cache(sn, SRPROXY_CMD_CACHE_DEL, sid, i, old);
		srp_encap_free_rcu(old);
	}
}
