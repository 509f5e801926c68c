/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints, for ftrace, perf and BPF. docs/tracing.md says what they tell. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM srproxy

#if !defined(_SRPROXY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SRPROXY_TRACE_H

#include <linux/tracepoint.h>
#include <net/dst_metadata.h>

#include "sid.h"

/* As the tool names them. */
#define SRP_DROP_NAMES(EACH, LAST)			\
	EACH(FROM_VNF, "from_vnf")			\
	EACH(OUTER_FRAGMENT, "outer_fragment")		\
	EACH(EXT_HEADER, "ext_header")			\
	EACH(SRH_INVALID, "srh_invalid")		\
	EACH(HMAC, "hmac")				\
	EACH(NO_SRH, "no_srh")				\
	EACH(SL_ZERO, "sl_zero")			\
	EACH(HOP_LIMIT, "hop_limit")			\
	EACH(INNER_TYPE, "inner_type")			\
	EACH(INNER_INVALID, "inner_invalid")		\
	EACH(ECN, "ecn")				\
	EACH(VNF_DOWN, "vnf_down")			\
	EACH(VNF_TOO_BIG, "vnf_too_big")		\
	EACH(VNF_XMIT, "vnf_xmit")			\
	EACH(NOT_LEARNED, "not_learned")		\
	EACH(AGED_OUT, "aged_out")			\
	EACH(INNER_HOP_LIMIT, "inner_hop_limit")	\
	EACH(TOO_BIG, "too_big")			\
	EACH(NO_ROUTE, "no_route")			\
	EACH(LOOP, "loop")				\
	EACH(NO_MEMORY, "no_memory")			\
	EACH(NOT_LAST, "not_last")			\
	EACH(VNF_SRH, "vnf_srh")			\
	EACH(NO_FLOW, "no_flow")			\
	EACH(NOT_PERMITTED, "not_permitted")		\
	LAST(HMAC_KEY, "hmac_key")

/* Numbers for those who read the format of the events outside of the kernel. */
#define SRP_DROP_NUMBER(reason, name)	\
	TRACE_DEFINE_ENUM(SRPROXY_DROP_##reason);
SRP_DROP_NAMES(SRP_DROP_NUMBER, SRP_DROP_NUMBER)

#define SRP_DROP_NAME(reason, name)	{ SRPROXY_DROP_##reason, name }
#define SRP_DROP_NAME_AND(reason, name)	SRP_DROP_NAME(reason, name),
#define srp_show_drop(reason)	__print_symbolic(reason,		\
	SRP_DROP_NAMES(SRP_DROP_NAME_AND, SRP_DROP_NAME))
#define srp_show_inner(inner)	__print_symbolic(inner,		\
	{ SRPROXY_INNER_IP4, "ip4" },				\
	{ SRPROXY_INNER_IP6, "ip6" },				\
	{ SRPROXY_INNER_ETH, "eth" })

/* What all tell. Filters know numbers, but not addresses: so there are both. */
#define SRP_TRACE_FIELDS				\
	__field(const void *, skbaddr)			\
	__field(u64, sid_high)				\
	__field(u64, sid_low)				\
	__field(u32, netns)				\
	__array(u8, sid, 16)

#define SRP_TRACE_ASSIGN do {						\
	const struct in6_addr *addr = &sid->params.addr;		\
	const __be32 *words = addr->s6_addr32;				\
									\
	__entry->skbaddr = skb;						\
	__entry->sid_high = (u64)ntohl(words[0]) << 32 | ntohl(words[1]); \
	__entry->sid_low = (u64)ntohl(words[2]) << 32 | ntohl(words[3]); \
	__entry->netns = sid->net->ns.inum;				\
	memcpy(__entry->sid, addr, sizeof(*addr));			\
} while (0)

#define SRP_TRACE_FORMAT	"netns=%u sid=%pI6c skbaddr=%p "
#define SRP_TRACE_VALUES	__entry->netns, __entry->sid, __entry->skbaddr

/* A packet is plain now, and about to go to its VNF, or past it (NULL). */
TRACE_EVENT(srproxy_decap,
	TP_PROTO(const struct srp_sid *sid, const struct srp_vnf *vnf,
		 const struct sk_buff *skb, enum srp_inner inner,
		 unsigned int len),
	TP_ARGS(sid, vnf, skb, inner, len),
	TP_STRUCT__entry(
		SRP_TRACE_FIELDS
		__field(u8, inner)
		__field(u32, len)
		__field(int, iif)
		__array(char, vnf, SRPROXY_NAME_SIZE)
	),
	TP_fast_assign(
		SRP_TRACE_ASSIGN;
		__entry->inner = BIT(inner);
		__entry->len = len;
		__entry->iif = skb->dev->ifindex;
		strscpy_pad(__entry->vnf, vnf ? vnf->params.name : "",
			    SRPROXY_NAME_SIZE);
	),
	TP_printk(SRP_TRACE_FORMAT "inner=%s len=%u iif=%d vnf=%s",
		  SRP_TRACE_VALUES, srp_show_inner(__entry->inner),
		  __entry->len, __entry->iif, __entry->vnf)
);

/* A packet is as it leaves; without next segment (::) behind the last one. */
TRACE_EVENT(srproxy_encap,
	TP_PROTO(const struct srp_sid *sid, const struct sk_buff *skb,
		 const struct in6_addr *next, unsigned int len),
	TP_ARGS(sid, skb, next, len),
	TP_STRUCT__entry(
		SRP_TRACE_FIELDS
		__field(u32, len)
		__field(int, oif)
		__array(u8, next, 16)
	),
	TP_fast_assign(
		SRP_TRACE_ASSIGN;
		__entry->len = len;
		__entry->oif = skb_valid_dst(skb) ?
			       skb_dst(skb)->dev->ifindex : 0;
		memcpy(__entry->next, next, sizeof(*next));
	),
	TP_printk(SRP_TRACE_FORMAT "len=%u oif=%d next=%pI6c",
		  SRP_TRACE_VALUES, __entry->len, __entry->oif, __entry->next)
);

/* A packet has taught its SID another header than it had. */
TRACE_EVENT(srproxy_learn,
	TP_PROTO(const struct srp_sid *sid, const struct sk_buff *skb,
		 enum srp_inner inner, const struct srp_encap *encap),
	TP_ARGS(sid, skb, inner, encap),
	TP_STRUCT__entry(
		SRP_TRACE_FIELDS
		__field(u8, inner)
		__field(u8, segs)
		__field(u8, segments_left)
		__array(u8, src, 16)
		__array(u8, next, 16)
	),
	TP_fast_assign(
		const struct ipv6hdr *ip6h = srp_encap_ip6h(encap);
		const struct ipv6_sr_hdr *srh =
			(const void *)(encap->hdr + encap->srh_off);

		SRP_TRACE_ASSIGN;
		__entry->inner = BIT(inner);
		__entry->segs = encap->srh_off ? srh->first_segment + 1 : 0;
		__entry->segments_left = encap->srh_off ? srh->segments_left : 0;
		memcpy(__entry->src, &ip6h->saddr, sizeof(ip6h->saddr));
		memcpy(__entry->next, &ip6h->daddr, sizeof(ip6h->daddr));
	),
	TP_printk(SRP_TRACE_FORMAT
		  "inner=%s src=%pI6c segs=%u segments_left=%u next=%pI6c",
		  SRP_TRACE_VALUES, srp_show_inner(__entry->inner),
		  __entry->src, __entry->segs, __entry->segments_left,
		  __entry->next)
);

/* A packet ends here; it may have ended already (no address, no length). */
TRACE_EVENT(srproxy_drop,
	TP_PROTO(const struct srp_sid *sid, const struct sk_buff *skb,
		 enum srproxy_drop reason),
	TP_ARGS(sid, skb, reason),
	TP_STRUCT__entry(
		SRP_TRACE_FIELDS
		__field(u32, len)
		__field(int, reason)
	),
	TP_fast_assign(
		SRP_TRACE_ASSIGN;
		__entry->len = skb ? skb->len : 0;
		__entry->reason = reason;
	),
	TP_printk(SRP_TRACE_FORMAT "len=%u reason=%s", SRP_TRACE_VALUES,
		  __entry->len, srp_show_drop(__entry->reason))
);

#endif /* _SRPROXY_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
