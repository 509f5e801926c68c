// SPDX-License-Identifier: GPL-2.0
/*
 * A SID that is a local route needs no hook that forwarded packets pass: the FIB
 * tells its packets from theirs, as it has to in any case.
 */
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>

#include "hook_local.h"
#include "proxy.h"
#include "sid.h"

/* Before what filters for the node's own sockets. */
#define PRIORITY	(-450)

/* An address of the node has a longer route of its own. */
static bool is_nodes(const struct srp_sid *sid, struct net *net,
		     const struct in6_addr *addr)
{
	return sid->params.prefix_len < 128 &&
	       ipv6_chk_addr(net, addr, NULL, 0);
}

/*
 * No VNF teaches another chain a header, whichever of its links it uses. In a
 * VRF the packet comes from the VRF's device; where it came in is still noted.
 */
static void take(struct srp_net *sn, struct srp_sid *sid, struct sk_buff *skb)
{
	int iif = IP6CB(skb)->iif;

	if (srp_port_of(sn, iif))
		srp_drop(sid, skb, SRPROXY_DROP_FROM_VNF);
	else
		srp_proxy_routed(sn, sid, skb, iif);
}

static unsigned int local_in(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	const struct in6_addr *addr = &ipv6_hdr(skb)->daddr;
	struct srp_net *sn = srp_net(state->net);
	struct srp_sid *sid = srp_sid_find(sn, addr);

	if (!sid || sid->params.hook != SRPROXY_HOOK_LOCAL ||
	    is_nodes(sid, state->net, addr))
		return NF_ACCEPT;
	/* To one address by broadcast: nobody's, least of all a socket's. */
	if (skb->pkt_type != PACKET_HOST)
		return NF_DROP;

	/* From user space, where another chain has queued it. */
	local_bh_disable();
	take(sn, sid, skb);
	local_bh_enable();
	return NF_STOLEN;
}

static const struct nf_hook_ops hook_ops = {
	.hook = local_in,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = PRIORITY,
};

/**
 * srp_hook_local_get() - one more SID whose packets come by a local route
 * @sn: locked
 *
 * Return: 0, or why the hook can't be had
 */
int srp_hook_local_get(struct srp_net *sn)
{
	int err;

	lockdep_assert_held(&sn->lock);
	if (!sn->local_sids) {
		err = nf_register_net_hook(sn->net, &hook_ops);
		if (err)
			return err;
	}
	sn->local_sids++;
	return 0;
}

/**
 * srp_hook_local_put() - one less
 * @sn: locked
 */
void srp_hook_local_put(struct srp_net *sn)
{
	lockdep_assert_held(&sn->lock);
	if (!--sn->local_sids)
		nf_unregister_net_hook(sn->net, &hook_ops);
}

/**
 * srp_local_route() - does a route lead to a SID with SRPROXY_HOOK_LOCAL?
 * @sid:	the SID
 * @addr:	one of its addresses
 * @dst:	route of that
 */
bool srp_local_route(const struct srp_sid *sid, const struct in6_addr *addr,
		     const struct dst_entry *dst)
{
	/* By an anycast route, too: that of a subnet's router, P::/128. */
	return dst->input == ip6_input &&
	       !is_nodes(sid, dev_net(dst->dev), addr);
}
