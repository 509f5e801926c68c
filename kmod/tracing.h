/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints that all packets pass: a no-op while nobody looks, and all else
 * out of their way. To be called if tracepoint_enabled().
 */
#ifndef _SRPROXY_TRACING_H
#define _SRPROXY_TRACING_H

#include <linux/tracepoint-defs.h>

#include "srh.h"

struct srp_encap;
struct srp_sid;
struct srp_vnf;

DECLARE_TRACEPOINT(srproxy_decap);
DECLARE_TRACEPOINT(srproxy_encap);

void __cold srp_trace_decap(const struct srp_sid *sid,
			    const struct srp_vnf *vnf,
			    const struct sk_buff *skb, enum srp_inner inner,
			    unsigned int len);
void __cold srp_trace_encap(const struct srp_sid *sid,
			    const struct sk_buff *skb,
			    const struct srp_encap *encap, unsigned int len);

#endif /* _SRPROXY_TRACING_H */
