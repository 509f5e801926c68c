// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/lwtunnel.h>
#include <net/ndisc.h>
#include <net/xfrm.h>

#include "compat/nf_queue.h"
#include "forward.h"
#include "untracked.h"

/**
 * srp_take_outer_hop() - count the hop that a proxy is
 * @skb: packet that stays on this node
 */
void srp_take_outer_hop(struct sk_buff *skb)
{
	ipv6_hdr(skb)->hop_limit--;
}

/*
 * Forwarding takes one from the outer hop limit. What stays on this node, a
 * SID of the kernel, is not forwarded: then it is up to us, so that each proxy
 * costs exactly one.
 */
static bool stays_here(const struct dst_entry *dst)
{
	return lwtunnel_input_redirect(dst->lwtstate) ||
	       dst->dev->flags & IFF_LOOPBACK;
}

static bool has_policies(const struct net *net)
{
#ifdef CONFIG_XFRM
	return net->xfrm.policy_count[XFRM_POLICY_FWD] ||
	       net->xfrm.policy_count[XFRM_POLICY_OUT] ||
	       net->xfrm.policy_default[XFRM_POLICY_FWD] !=
			XFRM_USERPOLICY_ACCEPT ||
	       net->xfrm.policy_default[XFRM_POLICY_OUT] !=
			XFRM_USERPOLICY_ACCEPT;
#else
	return false;
#endif
}

/* Does forwarding itself have a question about any packet of the namespace? */
static bool asks_nothing(const struct net *net)
{
	return READ_ONCE(net->ipv6.devconf_all->forwarding) &&
	       !READ_ONCE(net->ipv6.devconf_all->proxy_ndp) &&
	       !has_policies(net);
}

/* Is a route no more than a device and a neighbour? */
static bool plain_route(const struct rt6_info *rt)
{
	return rt->dst.output == ip6_output && !rt->dst.lwtstate &&
	       !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT)) &&
	       rt->rt6i_idev && !READ_ONCE(rt->rt6i_idev->cnf.disable_ipv6);
}

/* What forwarding would not let pass without a word. */
static bool plain_packet(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	return ip6h->hop_limit > 1 &&
	       !(skb_is_gso(skb) && !skb_shinfo(skb)->gso_type) &&
	       !(ipv6_addr_type(&ip6h->saddr) &
		 (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK |
		  IPV6_ADDR_LINKLOCAL)) &&
	       !ipv6_addr_any(&ip6h->saddr);
}

static int finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct rt6_info *rt = (const struct rt6_info *)skb_dst(skb);
	struct neighbour *neigh;

	neigh = __ipv6_neigh_lookup_noref(rt->dst.dev,
					  rt6_nexthop(rt, &ipv6_hdr(skb)->daddr));
	if (unlikely(!neigh)) {
		/* It has been to the hooks. */
		IP6CB(skb)->flags |= IP6SKB_REROUTED;
		return dst_output(net, sk, skb);
	}
	IP6_UPD_PO_STATS(net, rt->rt6i_idev, IPSTATS_MIB_OUT, skb->len);
	return neigh_output(neigh, skb, false);
}

static int output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct net_device *in = skb->dev, *out = skb_dst(skb)->dev;

	skb_clear_tstamp(skb);
	skb->dev = out;
	return NF_HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, net, sk, skb, in,
		       out, finish);
}

/* ip6_forward() and ip6_output() for what they have no question about. */
static void forward(struct net *net, struct sk_buff *skb,
		    const struct rt6_info *rt)
{
	skb_forward_csum(skb);
	ipv6_hdr(skb)->hop_limit--;
	__IP6_INC_STATS(net, rt->rt6i_idev, IPSTATS_MIB_OUTFORWDATAGRAMS);
	NF_HOOK(NFPROTO_IPV6, NF_INET_FORWARD, net, NULL, skb, skb->dev,
		rt->dst.dev, output);
}

/**
 * srp_forward() - send a packet on
 * @net:	namespace
 * @skb:	consumed; bears its route and an outer header that fits the path's
 *		MTU, and has room in front of it for the link layer's
 *
 * With the hooks, the counters and the hop that ip6_forward() and ip6_output()
 * know. Whatever they might have a question about goes through them.
 *
 * The hooks were too early for conntrack; firewalls are told so.
 */
void srp_forward(struct net *net, struct sk_buff *skb)
{
	const struct rt6_info *rt = (const struct rt6_info *)skb_dst(skb);

	srp_set_untracked(skb);
	if (likely(asks_nothing(net) && plain_route(rt) && plain_packet(skb))) {
		forward(net, skb, rt);
		return;
	}
	if (stays_here(&rt->dst))
		srp_take_outer_hop(skb);
	dst_input(skb);
}

/**
 * srp_forward_teardown() - forget packets that wait for a verdict of user space
 *
 * They would go on in output() or finish(). No packet is under way any more.
 */
void srp_forward_teardown(void)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		nf_queue_nf_hook_drop(net);
	up_read(&net_rwsem);
}
