// SPDX-License-Identifier: GPL-2.0
#include <linux/percpu.h>

#include "sid.h"
#include "stats.h"

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

/* No packet uses them any more. */
void srp_stats_free(struct srp_stats __percpu *stats)
{
	unsigned int i;
	int cpu;

	if (!stats)
		return;
	for_each_possible_cpu(cpu)
		for (i = 0; i < SRP_INNER_MAX; i++)
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
		struct srp_stats_sum part;

		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			part.in_packets = u64_stats_read(&stats->in_packets);
			part.in_bytes = u64_stats_read(&stats->in_bytes);
			part.out_packets = u64_stats_read(&stats->out_packets);
			part.out_bytes = u64_stats_read(&stats->out_bytes);
			for (i = 0; i < __SRPROXY_DROP_MAX; i++)
				part.drops[i] = u64_stats_read(&stats->drops[i]);
		} while (u64_stats_fetch_retry(&stats->syncp, start));

		sum->in_packets += part.in_packets;
		sum->in_bytes += part.in_bytes;
		sum->out_packets += part.out_packets;
		sum->out_bytes += part.out_bytes;
		for (i = 0; i < __SRPROXY_DROP_MAX; i++)
			sum->drops[i] += part.drops[i];
	}
}

/**
 * srp_drop() - a packet ends here
 * @sid:	on whose behalf
 * @skb:	consumed
 * @reason:	why
 */
void srp_drop(const struct srp_sid *sid, struct sk_buff *skb,
	      enum srproxy_drop reason)
{
	srp_stats_drop(sid, reason);
	kfree_skb(skb);
}
