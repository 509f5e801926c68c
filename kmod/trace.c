// SPDX-License-Identifier: GPL-2.0
#define CREATE_TRACE_POINTS
#include "trace.h"
#include "tracing.h"

void srp_trace_decap(const struct srp_sid *sid, const struct srp_vnf *vnf,
		     const struct sk_buff *skb, enum srp_inner inner,
		     unsigned int len)
{
	trace_srproxy_decap(sid, vnf, skb, inner, len);
}

void srp_trace_encap(const struct srp_sid *sid, const struct sk_buff *skb,
		     const struct srp_encap *encap, unsigned int len)
{
	const struct in6_addr *next = &in6addr_any;

	if (encap)
		next = &srp_encap_ip6h(encap)->daddr;
	else if (!srp_sid_is_last(sid))
		next = &ipv6_hdr(skb)->daddr;
	trace_srproxy_encap(sid, skb, next, len);
}
