/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hooks are too early for conntrack, whose word for a packet that it has not
 * seen is "invalid": firewalls drop those. Untracked is what it is.
 */
#ifndef _SRPROXY_UNTRACKED_H
#define _SRPROXY_UNTRACKED_H

#include <linux/skbuff.h>
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#endif

static inline void srp_set_untracked(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
#endif
}

#endif /* _SRPROXY_UNTRACKED_H */
