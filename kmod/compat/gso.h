/* SPDX-License-Identifier: GPL-2.0 */
/* Segmentation helpers have a header of their own (Linux 6.5). */
#ifndef _SRPROXY_COMPAT_GSO_H
#define _SRPROXY_COMPAT_GSO_H

#include <linux/skbuff.h>

#ifdef SRP_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

#endif /* _SRPROXY_COMPAT_GSO_H */
