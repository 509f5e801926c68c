// SPDX-License-Identifier: GPL-2.0
#include "compat/dst_init.h"
#include "compat/gso.h"
#include "fragment.h"

/**
 * srp_fragmentable() - may a router cut this packet up?
 * @skb:	plain packet
 * @inner:	its type
 */
bool srp_fragmentable(const struct sk_buff *skb, enum srp_inner inner)
{
	return inner == SRP_INNER_IP4 && !skb_is_gso(skb) &&
	       !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

static int fragment_output(struct net *net, struct sock *sk,
			   struct sk_buff *skb)
{
	struct srp_fragmenter *fragmenter =
		container_of(skb_rtable(skb), struct srp_fragmenter, rt);

	skb_dst_drop(skb);
	fragmenter->output(fragmenter, skb);
	return 0;
}

static unsigned int fragment_mtu(const struct dst_entry *dst)
{
	return dst->dev->mtu;
}

static struct dst_ops fragment_dst_ops = {
	.family = AF_INET,
	.mtu = fragment_mtu,
};

/**
 * srp_fragment() - cut an IPv4 packet up
 * @fragmenter:	gets the fragments, before this returns
 * @dev:	where they will go, as far as their headroom is concerned
 * @skb:	consumed
 * @mtu:	longest fragment, at most the MTU of @dev
 *
 * The stack's own code does it, which takes its measures from a route: it is
 * given one that exists for the time of the call only, holds no reference and
 * is gone from each fragment before anything could queue it.
 *
 * Return: whether all of it went out
 */
bool srp_fragment(struct srp_fragmenter *fragmenter, struct net_device *dev,
		  struct sk_buff *skb, unsigned int mtu)
{
	struct dst_entry *dst = &fragmenter->rt.dst;

	skb_dst_drop(skb);
	if (mtu < IPV4_MIN_MTU) {
		kfree_skb_reason(skb, SKB_DROP_REASON_PKT_TOO_BIG);
		return false;
	}

	memset(&fragmenter->rt, 0, sizeof(fragmenter->rt));
	srp_dst_init(dst, &fragment_dst_ops, DST_OBSOLETE_NONE, DST_NOCOUNT);
	dst->dev = dev;

	skb_dst_set_noref(skb, dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->frag_max_size = mtu;
	/* So that each fragment gets the options that RFC 791 wants in it. */
	IPCB(skb)->opt.optlen = ip_hdrlen(skb) - sizeof(struct iphdr);
	return !ip_do_fragment(dev_net(dev), NULL, skb, fragment_output);
}
