// SPDX-License-Identifier: GPL-2.0
#include <net/ip6_fib.h>

#include "encap.h"
#include "hook_local.h"
#include "next_hop.h"
#include "route.h"
#include "seg6local_dev.h"
#include "sid.h"

/*
 * The next segment is routed as the node's own traffic, or in the table that
 * the user named: the VNF's interface, its VRF and its rules are none of the
 * network's business. No packet is shown: it may be IPv4, and the result may be
 * for many.
 */
static struct dst_entry *lookup(struct net *net, struct net_device *dev,
				const struct ipv6hdr *ip6h, u32 table)
{
	struct flowi6 fl6 = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.daddr = ip6h->daddr,
		.saddr = ip6h->saddr,
	};
	struct dst_entry *dst = srp_route(net, dev, &fl6, NULL, table);

	return dst && !dst->error ? dst : NULL;
}

/* Is this the route of a SID that is in the FIB? */
static bool leads_to(const struct srp_sid *sid, const struct dst_entry *dst,
		     const struct in6_addr *addr)
{
	return sid->params.hook == SRPROXY_HOOK_LOCAL ?
	       srp_local_route(sid, addr, dst) : srp_seg6local_route(dst);
}

/**
 * srp_next_hop_lookup() - where does a header lead?
 * @sn:		namespace
 * @dev:	where the packet came in
 * @ip6h:	outer header
 * @table:	routing table, 0 for the node's rules
 * @hop:	the result: @sid, @dst without a reference, and @sids_genid
 *
 * A SID that is not in the FIB is the next segment whatever the FIB says; one
 * that is there, if its route is, and then there is no need for the way by that.
 *
 * Return: false without a route
 */
bool srp_next_hop_lookup(struct srp_net *sn, struct net_device *dev,
			 const struct ipv6hdr *ip6h, u32 table,
			 struct srp_next_hop *hop)
{
	/* Before the table is looked at: a later change must show. */
	hop->sids_genid = smp_load_acquire(&sn->sids_genid);
	hop->sid = srp_sid_find(sn, &ip6h->daddr);
	hop->dst = NULL;
	if (hop->sid && !srp_params_routed(&hop->sid->params))
		return true;

	hop->dst = lookup(sn->net, dev, ip6h, table);
	if (!hop->dst)
		return false;
	if (hop->sid && !leads_to(hop->sid, hop->dst, &ip6h->daddr))
		hop->sid = NULL;
	return true;
}

/**
 * srp_next_hop_forget() - let go of what is remembered
 * @hop: nobody else uses it
 */
void srp_next_hop_forget(struct srp_next_hop *hop)
{
	hop->encap_id = 0;
	hop->learned_id = 0;
	dst_release(hop->dst);
	hop->dst = NULL;
}

/**
 * srp_next_hop_find() - where does an encapsulation lead?
 * @sn:		namespace
 * @dev:	where the packet came in
 * @encap:	encapsulation
 * @hop:	of this CPU, brought up to date
 *
 * Under RCU, which what @hop points to is good for.
 *
 * Return: false without a route
 */
bool srp_next_hop_find(struct srp_net *sn, struct net_device *dev,
		       const struct srp_encap *encap, struct srp_next_hop *hop)
{
	if (likely(hop->encap_id == encap->id &&
		   hop->sids_genid == READ_ONCE(sn->sids_genid) &&
		   (!hop->dst || dst_check(hop->dst, hop->cookie))))
		return true;

	srp_next_hop_forget(hop);
	if (!srp_next_hop_lookup(sn, dev, srp_encap_ip6h(encap), encap->table,
				 hop))
		return false;
	/* From here on it is remembered. */
	if (hop->dst) {
		if (!dst_hold_safe(hop->dst)) {
			hop->dst = NULL;
			return false;
		}
		hop->cookie = rt6_get_cookie((struct rt6_info *)hop->dst);
	}
	hop->encap_id = encap->id;
	return true;
}
