/* SPDX-License-Identifier: GPL-2.0 */
/* Exported by netfilter, but declared in a header of its own only. */
#ifndef _SRPROXY_COMPAT_NF_QUEUE_H
#define _SRPROXY_COMPAT_NF_QUEUE_H

#include <net/net_namespace.h>

/* Drops what waits for a verdict of user space in a namespace. */
void nf_queue_nf_hook_drop(struct net *net);

#endif /* _SRPROXY_COMPAT_NF_QUEUE_H */
