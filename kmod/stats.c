// SPDX-License-Identifier: GPL-2.0
#include <linux/percpu.h>

#include "compat/drop_reason.h"
#include "sid.h"
#include "stats.h"
#include "trace.h"

struct srp_stats __percpu *srp_stats_alloc(void)
{
	struct srp_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu_gfp(struct srp_stats,
				 GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->syncp);
	return stats;
}

struct srp_drops __percpu *srp_drops_alloc(void)
{
	struct srp_drops __percpu *drops;
	int cpu;

	drops = alloc_percpu_gfp(struct srp_drops,
				 GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!drops)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(drops, cpu)->syncp);
	return drops;
}

/* No packet uses them any more. */
void srp_stats_free(struct srp_stats __percpu *stats)
{
	unsigned int i;
	int cpu;

	if (!stats)
		return;
	for_each_possible_cpu(cpu)
		for (i = 0; i < ARRAY_SIZE(stats->next_hop); i++)
			srp_next_hop_forget(&per_cpu_ptr(stats, cpu)->next_hop[i]);
	free_percpu(stats);
}

/**
 * srp_stats_read() - sum of a SID's counters over all CPUs
 * @sid:	whose
 * @sum:	the result
 */
void srp_stats_read(const struct srp_sid *sid, struct srp_stats_sum *sum)
{
	unsigned int start, i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct srp_stats *stats = per_cpu_ptr(sid->stats, cpu);
		const struct srp_drops *drops = per_cpu_ptr(sid->drops, cpu);
		struct srp_stats_sum part;

		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			part.in_packets = u64_stats_read(&stats->in_packets);
			part.in_bytes = u64_stats_read(&stats->in_bytes);
			part.out_packets = u64_stats_read(&stats->out_packets);
			part.out_bytes = u64_stats_read(&stats->out_bytes);
		} while (u64_stats_fetch_retry(&stats->syncp, start));
		do {
			start = u64_stats_fetch_begin(&drops->syncp);
			for (i = 0; i < __SRPROXY_DROP_MAX; i++)
				part.drops[i] =
					u64_stats_read(&drops->packets[i]);
		} while (u64_stats_fetch_retry(&drops->syncp, start));

		sum->in_packets += part.in_packets;
		sum->in_bytes += part.in_bytes;
		sum->out_packets += part.out_packets;
		sum->out_bytes += part.out_bytes;
		for (i = 0; i < __SRPROXY_DROP_MAX; i++)
			sum->drops[i] += part.drops[i];
	}
}

/*
 * The best that the kernel has a name for: modules have no number for names of
 * their own.
 */
static enum skb_drop_reason kernel_reason(enum srproxy_drop reason)
{
	switch (reason) {
	case SRPROXY_DROP_EXT_HEADER:
		return SKB_DROP_REASON_IPV6_BAD_EXTHDR;
	case SRPROXY_DROP_SRH_INVALID:
	case SRPROXY_DROP_HMAC:
	case SRPROXY_DROP_SL_ZERO:
	case SRPROXY_DROP_NOT_LAST:
	case SRPROXY_DROP_HOP_LIMIT:
	case SRPROXY_DROP_INNER_INVALID:
	case SRPROXY_DROP_INNER_HOP_LIMIT:
	case SRPROXY_DROP_VNF_SRH:
		return SKB_DROP_REASON_IP_INHDR;
	case SRPROXY_DROP_OUTER_FRAGMENT:
	case SRPROXY_DROP_NO_SRH:
	case SRPROXY_DROP_INNER_TYPE:
		return SKB_DROP_REASON_UNHANDLED_PROTO;
	case SRPROXY_DROP_ECN:
		return SKB_DROP_REASON_IP_TUNNEL_ECN;
	case SRPROXY_DROP_FROM_VNF:
	case SRPROXY_DROP_NOT_PERMITTED:
		return SKB_DROP_REASON_NETFILTER_DROP;
	case SRPROXY_DROP_VNF_DOWN:
		return SKB_DROP_REASON_DEV_READY;
	case SRPROXY_DROP_VNF_XMIT:
		return SKB_DROP_REASON_NEIGH_CREATEFAIL;
	case SRPROXY_DROP_VNF_TOO_BIG:
	case SRPROXY_DROP_TOO_BIG:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case SRPROXY_DROP_NOT_LEARNED:
	case SRPROXY_DROP_AGED_OUT:
	case SRPROXY_DROP_NO_FLOW:
	case SRPROXY_DROP_NO_ROUTE:
	case SRPROXY_DROP_HMAC_KEY:
		return SKB_DROP_REASON_IP_OUTNOROUTES;
	case SRPROXY_DROP_LOOP:
		return SKB_DROP_REASON_RECURSION_LIMIT;
	case SRPROXY_DROP_NO_MEMORY:
		return SKB_DROP_REASON_NOMEM;
	case SRPROXY_DROP_UNSPEC:
	case SRPROXY_DROP_PAD:
	case __SRPROXY_DROP_MAX:
		break;
	}
	return SKB_DROP_REASON_NOT_SPECIFIED;
}

/**
 * srp_drop() - a packet ends here
 * @sid:	on whose behalf
 * @skb:	consumed; NULL if it has been already
 * @reason:	why
 */
void srp_drop(const struct srp_sid *sid, struct sk_buff *skb,
	      enum srproxy_drop reason)
{
	struct srp_drops *drops = this_cpu_ptr(sid->drops);

	u64_stats_update_begin(&drops->syncp);
	u64_stats_inc(&drops->packets[reason]);
	u64_stats_update_end(&drops->syncp);
	trace_srproxy_drop(sid, skb, reason);
	kfree_skb_reason(skb, kernel_reason(reason));
}
