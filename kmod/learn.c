// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "decap.h"
#include "event.h"
#include "learn.h"
#include "sid.h"
#include "trace.h"

struct srp_memory *srp_memory_alloc(void)
{
	return kzalloc(sizeof(struct srp_memory), GFP_KERNEL_ACCOUNT);
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

/**
 * srp_memory_refresh() - count the age of what was learned from now on
 * @memory: of a SID whose ageing begins or changes
 */
void srp_memory_refresh(struct srp_memory *memory)
{
	struct srp_encap *encap;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < SRP_INNER_MAX; i++) {
		encap = rcu_dereference(memory->encap[i]);
		if (encap)
			WRITE_ONCE(encap->seen, jiffies);
	}
	rcu_read_unlock();
}

/*
 * The old header, for the caller to free. Packets of several CPUs and a flush
 * may meet here: each gets another one.
 */
static struct srp_encap *exchange(struct srp_memory *memory,
				  enum srp_inner inner, struct srp_encap *new)
{
	return unrcu_pointer(xchg(&memory->encap[inner], RCU_INITIALIZER(new)));
}

/**
 * srp_learned_idle() - ticks since a packet bore a header
 * @encap: learned header
 */
unsigned long srp_learned_idle(const struct srp_encap *encap)
{
	unsigned long seen = READ_ONCE(encap->seen);
	unsigned long now = jiffies;

	/* Another CPU may be a tick ahead. */
	return time_after(now, seen) ? now - seen : 0;
}

/*
 * A sixteenth of the SID's ageing is precise enough, and spares the packets a
 * write to memory that other CPUs read.
 */
static void refresh(const struct srp_sid *sid, struct srp_encap *encap)
{
	unsigned long ageing = sid->params.ageing * HZ;

	if (ageing && srp_learned_idle(encap) > ageing / 16)
		WRITE_ONCE(encap->seen, jiffies);
}

/* By one step, which is the only byte of a header that changes with it. */
static bool one_step_before(const u8 *srh, const u8 *advanced)
{
	return srp_word(srh) == srp_word(advanced) + SRP_SEGLEFT_ONE;
}

static bool bears(const struct srp_encap *encap, const struct sk_buff *skb,
		  u8 margin)
{
	const struct ipv6hdr *was = srp_encap_ip6h(encap), *is = ipv6_hdr(skb);
	unsigned int off = sizeof(*is);

	if (!encap->plain || skb_headlen(skb) < encap->len ||
	    abs(was->hop_limit - is->hop_limit) > margin ||
	    !ipv6_addr_equal(&was->saddr, &is->saddr) ||
	    !one_step_before(skb->data + off, encap->hdr + off))
		return false;
	for (off += sizeof(u64); off < encap->len; off += sizeof(u64))
		if (srp_word(skb->data + off) != srp_word(encap->hdr + off))
			return false;
	return true;
}

/* What a SID has learned, if a packet bears it already; else NULL. */
static struct srp_encap *borne(const struct srp_sid *sid,
			       const struct sk_buff *skb)
{
	const struct ipv6_sr_hdr *srh = (const void *)(ipv6_hdr(skb) + 1);
	struct srp_encap *encap;
	int inner;

	/* What was learned outlives a change of what is asked. */
	if (!sid->memory || sid->params.prefix_len != 128 ||
	    sid->params.require_hmac || sid->params.hmac ||
	    !srp_outer_unquestioned(skb) ||
	    ipv6_hdr(skb)->nexthdr != NEXTHDR_ROUTING ||
	    skb_headlen(skb) < sizeof(struct ipv6hdr) + sizeof(*srh))
		return NULL;
	inner = srp_inner_index(srh->nexthdr);
	if (inner < 0)
		return NULL;
	encap = rcu_dereference(sid->memory->encap[inner]);
	if (!encap || encap->table != sid->params.table || encap->hmac ||
	    !bears(encap, skb, sid->params.margin))
		return NULL;
	return encap;
}

/**
 * srp_learned_again() - does a packet bear what its SID has learned already?
 * @sid:	that it came to
 * @skb:	packet
 * @outer:	its description, if so
 *
 * Byte for byte, but for what is the packet's own: then all that was asked when
 * it was learned has the same answers.
 */
bool srp_learned_again(const struct srp_sid *sid, const struct sk_buff *skb,
		       struct srp_outer *outer)
{
	struct srp_encap *encap = borne(sid, skb);

	if (!encap)
		return false;
	refresh(sid, encap);
	outer->len = encap->len;
	outer->srh_off = encap->srh_off;
	outer->srh_len = encap->len - encap->srh_off;
	outer->proto = ((struct ipv6_sr_hdr *)(ipv6_hdr(skb) + 1))->nexthdr;
	return true;
}

/**
 * srp_learned_id() - what a packet bears and its SID has learned
 * @sid:	that it goes to
 * @skb:	packet
 *
 * Return: the lower half of srp_encap.id, 0 if that is not the same
 */
u32 srp_learned_id(const struct srp_sid *sid, const struct sk_buff *skb)
{
	const struct srp_encap *encap = borne(sid, skb);

	return encap ? lower_32_bits(encap->id) : 0;
}

/**
 * srp_learned_still() - is that still what the SID has learned?
 * @sid:	the same
 * @inner:	type of a packet that bears it, or would
 * @id:		by srp_learned_id()
 */
bool srp_learned_still(const struct srp_sid *sid, enum srp_inner inner, u32 id)
{
	struct srp_encap *encap = rcu_dereference(sid->memory->encap[inner]);

	if (!encap || lower_32_bits(encap->id) != id)
		return false;
	refresh(sid, encap);
	return true;
}

/* May what bears the same header pass without all of the questions? */
static bool plain(u8 *hdr, const struct srp_outer *outer)
{
	return outer->srh_off == sizeof(struct ipv6hdr) &&
	       outer->len == outer->srh_off + outer->srh_len &&
	       !(srp_srh(hdr, outer)->flags & SR6_FLAG1_HMAC);
}

/**
 * srp_learn() - keep a packet's encapsulation if it differs from what we have
 * @sn:		namespace
 * @sid:	that the packet came to
 * @skb:	packet that passed every check
 * @outer:	by srp_outer_parse()
 * @step:	to its next segment
 * @inner:	its inner type
 *
 * Return: 0, or SRPROXY_DROP_NO_MEMORY: going on with the old header would
 * send the packet down another path than the one it bears
 */
enum srproxy_drop srp_learn(struct srp_net *sn, struct srp_sid *sid,
			    struct sk_buff *skb, const struct srp_outer *outer,
			    const struct srp_step *step, enum srp_inner inner)
{
	struct srp_memory *memory = sid->memory;
	struct srp_encap *old, *new;

	old = rcu_dereference(memory->encap[inner]);
	if (likely(old && old->len == outer->len &&
		   old->srh_off == outer->srh_off &&
		   old->table == sid->params.table &&
		   (!old->srh_off || old->hmac == sid->params.hmac) &&
		   srp_header_same(old->hdr, skb_network_header(skb), outer,
				   step, sid->params.margin))) {
		refresh(sid, old);
		return 0;
	}

	new = srp_encap_learn(skb, outer, step, sid->params.table,
			      sid->params.hmac);
	if (!new)
		return SRPROXY_DROP_NO_MEMORY;
	new->plain = plain(skb->data, outer);

	/* Before anybody can take it away again. */
	trace_srproxy_learn(sid, skb, inner, new);
	srp_event_cache(sn, SRPROXY_CMD_CACHE_NEW, sid, inner, new);
	srp_encap_free_rcu(exchange(memory, inner, new));
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

	return ageing && srp_learned_idle(encap) > ageing;
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
		old = exchange(memory, i, NULL);
		if (!old)
			continue;
		srp_event_cache(sn, SRPROXY_CMD_CACHE_DEL, sid, i, old);
		srp_encap_free_rcu(old);
	}
}
