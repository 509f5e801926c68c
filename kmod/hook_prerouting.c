// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "arrival.h"
#include "hook_prerouting.h"
#include "hook_seg6local.h"
#include "local.h"
#include "plain.h"
#include "proxy.h"
#include "sid.h"

/*
 * Before defragmentation (-400), raw tables (-300) and conntrack (-200): the
 * VNF gets each packet as it is, and nothing on this node tracks it.
 */
#define PRIORITY	(-450)

/* Can this node be meant? Bridged frames pass here with br_netfilter, too. */
static bool meant_for_us(const struct sk_buff *skb)
{
	if (skb->pkt_type != PACKET_HOST)
		return false;
	return !nf_bridge_in_prerouting(skb) ||
	       ether_addr_equal(eth_hdr(skb)->h_dest, skb->dev->dev_addr);
}

/*
 * From behind the last segment a packet goes on through the stack, all of which
 * may see it. But SIDs of this node stay out of a VNF's reach.
 */
static unsigned int last_returned(struct srp_net *sn, struct srp_sid *sid,
				  struct sk_buff *skb, enum srp_inner inner)
{
	if (inner == SRP_INNER_IP6 &&
	    srp_sid_find(sn, &ipv6_hdr(skb)->daddr)) {
		srp_drop(sid, skb, SRPROXY_DROP_FROM_VNF);
		return NF_STOLEN;
	}
	/* A bridge would forget what it has entered. */
	if (sid->params.table && nf_bridge_in_prerouting(skb)) {
		srp_proxy_out(sn, sid, skb, inner);
		return NF_STOLEN;
	}
	if (!srp_plain_enter(sn, sid, skb, inner)) {
		srp_drop(sid, skb, SRPROXY_DROP_NO_ROUTE);
		return NF_STOLEN;
	}
	srp_stats_out(sid, skb, NULL, skb->len);
	return NF_ACCEPT;
}

static unsigned int returned(struct srp_net *sn, struct srp_sid *sid,
			     struct sk_buff *skb, enum srp_inner inner)
{
	if (srp_sid_is_last(sid))
		return last_returned(sn, sid, skb, inner);
	srp_proxy_out(sn, sid, skb, inner);
	return NF_STOLEN;
}

/* Or is it up to the FIB whether, and where, a packet meets its SID? */
static bool takes(struct srp_net *sn, const struct srp_sid *sid,
		  struct sk_buff *skb)
{
	switch (sid->params.hook) {
	case SRPROXY_HOOK_LOCAL:
		return false;
	case SRPROXY_HOOK_SEG6LOCAL:
		return srp_seg6local_takes(sn->net, sid, skb);
	default:
		return true;
	}
}

/*
 * What arrives on a return circuit belongs to that circuit. The SID table comes
 * second, and not for a VNF, whichever of its links it uses: else it could
 * teach another chain a header. That goes for what is the stack's, too, which
 * comes by here again, and not from the VNF's device, if that is in a VRF.
 */
static unsigned int take_ip6(struct srp_net *sn, struct srp_port *port,
			     struct srp_sid *sid, unsigned long sids_genid,
			     struct sk_buff *skb)
{
	struct srp_sid *owner = NULL;

	if (port)
		owner = rcu_dereference(port->circuit[SRP_INNER_IP6]);
	if (owner && meant_for_us(skb) && !srp_local_ip6(skb, owner))
		return returned(sn, owner, skb, SRP_INNER_IP6);

	if (!sid || !meant_for_us(skb))
		return NF_ACCEPT;
	if (port) {
		srp_drop(sid, skb, SRPROXY_DROP_FROM_VNF);
		return NF_STOLEN;
	}
	if (!takes(sn, sid, skb))
		return NF_ACCEPT;
	if (!srp_arrival_wait(sn, sid, sids_genid, skb))
		srp_proxy_in(sn, sid, skb);
	return NF_STOLEN;
}

static unsigned int take_ip4(struct srp_net *sn, struct srp_port *port,
			     struct sk_buff *skb)
{
	struct srp_sid *sid = rcu_dereference(port->circuit[SRP_INNER_IP4]);

	if (!sid || !meant_for_us(skb) || srp_local_ip4(skb, sid))
		return NF_ACCEPT;
	return returned(sn, sid, skb, SRP_INNER_IP4);
}

/* What another chain has queued to user space comes back in process context. */
static unsigned int hook_ip6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct srp_net *sn = srp_net(state->net);
	struct srp_port *port = srp_port_in(sn, state->in);
	/* Before the table is looked at: a later change must show. */
	unsigned long sids_genid = smp_load_acquire(&sn->sids_genid);
	struct srp_sid *sid = srp_sid_find(sn, &ipv6_hdr(skb)->daddr);
	unsigned int verdict;

	if (likely(!port && !sid))
		return NF_ACCEPT;
	local_bh_disable();
	verdict = take_ip6(sn, port, sid, sids_genid, skb);
	local_bh_enable();
	return verdict;
}

static unsigned int hook_ip4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct srp_net *sn = srp_net(state->net);
	struct srp_port *port = srp_port_in(sn, state->in);
	unsigned int verdict;

	if (likely(!port))
		return NF_ACCEPT;
	local_bh_disable();
	verdict = take_ip4(sn, port, skb);
	local_bh_enable();
	return verdict;
}

static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = hook_ip6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = PRIORITY,
	}, {
		.hook = hook_ip4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = PRIORITY,
	},
};

/**
 * srp_hook_prerouting_get() - one more SID that has a use for the hooks
 * @sn: locked
 *
 * The first one brings them: whoever has none pays nothing.
 *
 * Return: 0, or why they can't be had
 */
int srp_hook_prerouting_get(struct srp_net *sn)
{
	int err;

	lockdep_assert_held(&sn->lock);
	if (!sn->prerouting_sids) {
		err = nf_register_net_hooks(sn->net, hook_ops,
					    ARRAY_SIZE(hook_ops));
		if (err)
			return err;
	}
	sn->prerouting_sids++;
	return 0;
}

/**
 * srp_hook_prerouting_put() - one less
 * @sn: locked
 */
void srp_hook_prerouting_put(struct srp_net *sn)
{
	lockdep_assert_held(&sn->lock);
	if (!--sn->prerouting_sids)
		nf_unregister_net_hooks(sn->net, hook_ops,
					ARRAY_SIZE(hook_ops));
}
