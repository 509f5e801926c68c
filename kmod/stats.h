/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a SID, and the end of the packets it drops. */
#ifndef _SRPROXY_STATS_H
#define _SRPROXY_STATS_H

#include <linux/skbuff.h>
#include <linux/srproxy.h>
#include <linux/u64_stats_sync.h>

#include "next_hop.h"

struct srp_sid;

/**
 * struct srp_stats - what one CPU keeps for a SID and its packets: counters, in
 *		      which a super-packet is one packet, and next hops
 * @in_packets:		taken from the network
 * @in_bytes:		of them, outer headers included
 * @out_packets:	sent on into the network
 * @out_bytes:		of them, outer headers included
 * @next_hop:		of IPv6, and of all else
 * @syncp:		for readers on 32 bit
 *
 * Two cache lines.
 */
struct srp_stats {
	u64_stats_t in_packets;
	u64_stats_t in_bytes;
	u64_stats_t out_packets;
	u64_stats_t out_bytes;
	struct srp_next_hop next_hop[2];
	struct u64_stats_sync syncp;
} ____cacheline_aligned;

/**
 * struct srp_drops - the same for those that are dropped
 * @packets:	by enum srproxy_drop
 * @syncp:	for readers on 32 bit
 *
 * Apart: what packets use of many SIDs shall be on few pages.
 */
struct srp_drops {
	u64_stats_t packets[__SRPROXY_DROP_MAX];
	struct u64_stats_sync syncp;
};

/**
 * struct srp_stats_sum - the same, summed over all CPUs
 */
struct srp_stats_sum {
	u64 in_packets;
	u64 in_bytes;
	u64 out_packets;
	u64 out_bytes;
	u64 drops[__SRPROXY_DROP_MAX];
};

struct srp_stats __percpu *srp_stats_alloc(void);
struct srp_drops __percpu *srp_drops_alloc(void);
void srp_stats_free(struct srp_stats __percpu *stats);
void srp_stats_read(const struct srp_sid *sid, struct srp_stats_sum *sum);

void srp_drop(const struct srp_sid *sid, struct sk_buff *skb,
	      enum srproxy_drop reason);

#endif /* _SRPROXY_STATS_H */
