/* SPDX-License-Identifier: GPL-2.0 */
/* The HMAC TLV (RFC 8754 2.1.2), with the keys of the kernel: ip sr hmac. */
#ifndef _SRPROXY_HMAC_H
#define _SRPROXY_HMAC_H

#include <net/if_inet6.h>

#include "srh.h"

/* Do all SRHs that come to a device need one? */
static inline bool srp_dev_requires_hmac(const struct inet6_dev *idev)
{
#if IS_ENABLED(CONFIG_IPV6_SEG6_HMAC)
	return READ_ONCE(idev->cnf.seg6_require_hmac) > 0;
#else
	return false;
#endif
}

/**
 * struct srp_hmac_demand - what a SID asks of the HMAC of its packets
 * @required:	there must be one; otherwise the interface's sysctl
 *		seg6_require_hmac says what must be
 * @block:	bits of the destination that stay as they are in the list, for
 *		compressed SIDs; 128 for others
 */
struct srp_hmac_demand {
	bool required;
	u8 block;
};

bool srp_hmac_valid(struct sk_buff *skb, const struct srp_outer *outer,
		    const struct srp_hmac_demand *demand);
bool srp_hmac_sign(struct net *net, u8 *hdr, unsigned int srh_off, u32 key);

#endif /* _SRPROXY_HMAC_H */
