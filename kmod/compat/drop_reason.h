/* SPDX-License-Identifier: GPL-2.0 */
/* Why the kernel thinks that a packet is dropped: newer kernels know more. */
#ifndef _SRPROXY_COMPAT_DROP_REASON_H
#define _SRPROXY_COMPAT_DROP_REASON_H

#include <linux/skbuff.h>

#ifndef SRP_HAVE_DROP_IPV6_BAD_EXTHDR
#define SKB_DROP_REASON_IPV6_BAD_EXTHDR	SKB_DROP_REASON_IP_INHDR
#endif
#ifndef SRP_HAVE_DROP_IP_TUNNEL_ECN
#define SKB_DROP_REASON_IP_TUNNEL_ECN	SKB_DROP_REASON_IP_INHDR
#endif
#ifndef SRP_HAVE_DROP_RECURSION_LIMIT
#define SKB_DROP_REASON_RECURSION_LIMIT	SKB_DROP_REASON_IP_INHDR
#endif

#endif /* _SRPROXY_COMPAT_DROP_REASON_H */
