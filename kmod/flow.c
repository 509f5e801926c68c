// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/flow_dissector.h>
#include <net/ipv6.h>

#include "flow.h"

/* Where the oldest is looked for: a cache line of pointers. */
#define WAYS	8

/**
 * srp_flows_alloc() - room for flows
 * @max: how many at most, 1..SRPROXY_FLOWS_MAX
 *
 * Return: the room, or NULL without memory
 */
struct srp_flows *srp_flows_alloc(u32 max)
{
	unsigned int ways = min_t(u32, max, WAYS);
	unsigned int sets = max / ways;
	struct srp_flows *flows;

	flows = kvzalloc(struct_size(flows, flow, sets * ways),
			 GFP_KERNEL_ACCOUNT);
	if (!flows)
		return NULL;
	flows->max = max;
	flows->sets = sets;
	flows->ways = ways;
	flows->seed = get_random_u32();
	return flows;
}

static struct srp_flow *exchange(struct srp_flow __rcu **place,
				 struct srp_flow *new)
{
	return unrcu_pointer(xchg(place, RCU_INITIALIZER(new)));
}

/**
 * srp_flows_forget() - forget all flows
 * @flows: may be in use by packets
 */
void srp_flows_forget(struct srp_flows *flows)
{
	unsigned int i;

	for (i = 0; i < srp_flows_size(flows); i++) {
		struct srp_flow *flow = exchange(&flows->flow[i], NULL);

		if (flow)
			kfree_rcu(flow, rcu);
	}
}

/* After a grace period: nobody adds one any more. */
static void flows_free(struct rcu_head *rcu)
{
	struct srp_flows *flows = container_of(rcu, struct srp_flows, rcu);
	unsigned int i;

	for (i = 0; i < srp_flows_size(flows); i++)
		kfree(rcu_dereference_protected(flows->flow[i], true));
	kvfree(flows);
}

/**
 * srp_flows_free_rcu() - forget all flows once no packet asks for them
 * @flows: may be NULL
 */
void srp_flows_free_rcu(struct srp_flows *flows)
{
	if (flows)
		call_rcu(&flows->rcu, flows_free);
}

/* The inner packet's flow, or that of the upper layer. */
static bool dissect(struct sk_buff *skb, const struct srp_outer *outer,
		    struct flow_keys *keys)
{
	int inner = srp_inner_index(outer->proto);
	bool tunnel = inner == SRP_INNER_IP4 || inner == SRP_INNER_IP6;

	memset(keys, 0, sizeof(*keys));
	__skb_flow_dissect(dev_net(skb->dev), skb, &flow_keys_dissector, keys,
			   skb->data,
			   tunnel ? srp_ethertype(inner) : htons(ETH_P_IPV6),
			   tunnel ? outer->len : 0, skb_headlen(skb),
			   FLOW_DISSECTOR_F_STOP_AT_ENCAP);
	return tunnel;
}

/**
 * srp_flow_key() - the flow of a packet, the same before and after the VNF
 * @skb:	packet, skb->data at its IPv6 header
 * @outer:	by srp_outer_parse()
 * @key:	the result
 *
 * The destination of a packet that bears its SRH is the last segment, wherever
 * it is on the way there.
 */
void srp_flow_key(struct sk_buff *skb, const struct srp_outer *outer,
		  struct srp_flow_key *key)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct flow_keys keys;
	bool tunnel = dissect(skb, outer, &keys);

	memset(key, 0, sizeof(*key));
	key->proto = keys.basic.ip_proto;
	key->sport = keys.ports.src;
	key->dport = keys.ports.dst;

	if (!tunnel) {
		key->src = ip6h->saddr;
		key->dst = outer->srh_off ?
			   srp_srh(skb->data, outer)->segments[0] :
			   ip6h->daddr;
	} else if (keys.control.addr_type == FLOW_DISSECTOR_KEY_IPV4_ADDRS) {
		ipv6_addr_set_v4mapped(keys.addrs.v4addrs.src, &key->src);
		ipv6_addr_set_v4mapped(keys.addrs.v4addrs.dst, &key->dst);
	} else {
		key->src = keys.addrs.v6addrs.src;
		key->dst = keys.addrs.v6addrs.dst;
	}
}

static struct srp_flow __rcu **set_of(struct srp_flows *flows,
				      const struct srp_flow_key *key)
{
	u32 hash = jhash(key, sizeof(*key), flows->seed);

	return &flows->flow[reciprocal_scale(hash, flows->sets) * flows->ways];
}

/* Its place in a set, or that of whom it may drive out. */
static struct srp_flow __rcu **place_of(struct srp_flows *flows,
					const struct srp_flow_key *key,
					struct srp_flow **found)
{
	struct srp_flow __rcu **set = set_of(flows, key);
	struct srp_flow __rcu **place = NULL;
	u32 now = atomic_read(&flows->turn);
	u32 oldest = 0;
	unsigned int i;

	*found = NULL;
	for (i = 0; i < flows->ways; i++) {
		struct srp_flow *flow = rcu_dereference(set[i]);
		u32 age = U32_MAX;

		if (flow) {
			if (!memcmp(&flow->key, key, sizeof(*key))) {
				*found = flow;
				return &set[i];
			}
			/* Another CPU may be a turn ahead. */
			age = max_t(s32, now - READ_ONCE(flow->turn), 0);
		}
		if (!place || age > oldest) {
			place = &set[i];
			oldest = age;
		}
	}
	return place;
}

/**
 * srp_flow_keep() - keep the SRH of a flow
 * @flows:	of the SID
 * @key:	which flow
 * @srh:	valid SRH
 *
 * Return: false without memory
 */
bool srp_flow_keep(struct srp_flows *flows, const struct srp_flow_key *key,
		   const struct ipv6_sr_hdr *srh)
{
	unsigned int len = ipv6_optlen(srh);
	struct srp_flow *flow, *old;
	struct srp_flow __rcu **place;

	place = place_of(flows, key, &flow);
	if (likely(flow && flow->len == len && !memcmp(flow->srh, srh, len))) {
		/* Now and then is enough, and spares a write per packet. */
		if (jiffies - READ_ONCE(flow->seen) > HZ / 8) {
			WRITE_ONCE(flow->seen, jiffies);
			WRITE_ONCE(flow->turn,
				   atomic_inc_return(&flows->turn));
		}
		return true;
	}

	flow = kmalloc(struct_size(flow, srh, len), GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return false;
	flow->key = *key;
	flow->kept = get_jiffies_64();
	flow->seen = jiffies;
	flow->turn = atomic_inc_return(&flows->turn);
	flow->len = len;
	memcpy(flow->srh, srh, len);
	old = exchange(place, flow);
	if (old)
		kfree_rcu(old, rcu);
	return true;
}

/**
 * srp_flow_srh() - the SRH that is kept for a flow
 * @flows:	of the SID
 * @key:	which flow
 *
 * Return: the SRH as it arrived, or NULL; under RCU
 */
const struct ipv6_sr_hdr *srp_flow_srh(struct srp_flows *flows,
				       const struct srp_flow_key *key)
{
	struct srp_flow *flow;

	place_of(flows, key, &flow);
	return flow ? (const struct ipv6_sr_hdr *)flow->srh : NULL;
}
