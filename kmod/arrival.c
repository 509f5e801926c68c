// SPDX-License-Identifier: GPL-2.0
/*
 * Where there are many SIDs, what a packet needs of its own has to be fetched
 * from far away. So packets wait for each other, and meanwhile that is on its
 * way for all of them.
 */
#include <linux/ipv6.h>
#include <linux/prefetch.h>

#include "arrival.h"
#include "proxy.h"
#include "sid.h"
#include "stage.h"

/*
 * What a packet needs of its SID and VNF is about a KiB: so many are more than a
 * processor's own cache holds beside everything else.
 */
#define GATHER_MIN	512

/* Bytes of an encapsulation with three segments. */
#define ENCAP_SIZE	(sizeof(struct srp_encap) + sizeof(struct ipv6hdr) + \
			 sizeof(struct ipv6_sr_hdr) + \
			 3 * sizeof(struct in6_addr))

/**
 * struct arrival - what is noted beside a packet of a SID that waits for others
 * @ip6:	the stack's
 * @sn:		its namespace
 * @sids_genid:	srp_net.sids_genid when @sid was looked up
 * @sid:	its SID
 */
struct arrival {
	struct inet6_skb_parm ip6;
	struct srp_net *sn;
	unsigned long sids_genid;
	struct srp_sid *sid;
};

/* The SID of the packet before; never looked into. */
static DEFINE_PER_CPU(const struct srp_sid *, last);

static struct arrival *arrival(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct arrival) > sizeof(skb->cb));
	return (struct arrival *)skb->cb;
}

/* First what the SID itself points to. */
static void fetch(const struct srp_sid *sid)
{
	const struct srp_stats *stats = raw_cpu_ptr(sid->stats);

	prefetch(rcu_access_pointer(sid->vnf));
	prefetch(&sid->chain);
	prefetchw(stats);
	prefetchw(stats->next_hop + 1);
	if (sid->memory)
		prefetch(sid->memory);
}

/* Then what that points to. Address 0 would be fetched, too, at a price. */
static void fetch_more(const struct srp_sid *sid)
{
	const struct srp_vnf *vnf = rcu_dereference(sid->vnf);
	const void *encap;
	unsigned int i, at;

	prefetch(vnf->port[SRP_DEV]);
	prefetch(vnf->port[SRP_IIF]);
	for (i = 0; sid->memory && i < SRP_INNER_MAX; i++) {
		encap = rcu_access_pointer(sid->memory->encap[i]);
		for (at = 0; encap && at < ENCAP_SIZE; at += SMP_CACHE_BYTES)
			prefetch(encap + at);
	}
}

/*
 * The SID that a packet came for, in another RCU section than that: it is still
 * there if there has been no change. NULL if it has gone.
 */
static struct srp_sid *sid_of(struct sk_buff *skb)
{
	const struct arrival *wait = arrival(skb);

	if (likely(wait->sids_genid == READ_ONCE(wait->sn->sids_genid)))
		return wait->sid;
	return srp_sid_find(wait->sn, &ipv6_hdr(skb)->daddr);
}

/**
 * srp_arrival_go_on() - packets for SIDs that have gathered
 * @packets: consumed
 *
 * Under RCU, softirqs off.
 */
void srp_arrival_go_on(struct list_head *packets)
{
	struct sk_buff *skb, *next;
	struct srp_sid *sid;

	list_for_each_entry(skb, packets, list) {
		sid = sid_of(skb);
		if (likely(sid))
			fetch_more(sid);
		arrival(skb)->sid = sid;
	}
	list_for_each_entry_safe(skb, next, packets, list) {
		skb_list_del_init(skb);
		sid = arrival(skb)->sid;
		if (likely(sid))
			srp_proxy_in(arrival(skb)->sn, sid, skb);
		else
			kfree_skb(skb);
	}
}

/*
 * With few SIDs all that there is to fetch is at hand, as it is for the SID of
 * the packet before: then waiting has no use, but that no packet is to overtake
 * those that wait.
 */
static bool at_hand(const struct srp_net *sn, const struct srp_sid *sid)
{
	bool same = __this_cpu_read(last) == sid;

	if (!same)
		__this_cpu_write(last, sid);
	return (same || READ_ONCE(sn->sids.count) < GATHER_MIN) &&
	       srp_stage_empty(SRP_STAGE_IN);
}

/**
 * srp_arrival_wait() - let a packet for a SID wait for others, if that is of use
 * @sn:		namespace
 * @sid:	its destination
 * @sids_genid:	srp_net.sids_genid, from before @sid was looked up
 * @skb:	packet
 *
 * Under RCU, softirqs off.
 *
 * Return: true when @skb is consumed
 */
bool srp_arrival_wait(struct srp_net *sn, struct srp_sid *sid,
		      unsigned long sids_genid, struct sk_buff *skb)
{
	if (at_hand(sn, sid))
		return false;
	if (unlikely(!srp_stage_free(SRP_STAGE_IN)))
		srp_stage_in();
	arrival(skb)->sn = sn;
	arrival(skb)->sids_genid = sids_genid;
	arrival(skb)->sid = sid;
	/* A tunnel's route, or a socket that somebody has found for it. */
	skb_dst_force(skb);
	skb_orphan(skb);
	fetch(sid);
	srp_stage_add(SRP_STAGE_IN, skb);
	return true;
}
