/* SPDX-License-Identifier: GPL-2.0 */
/* dst_init() lost its initial reference count (Linux 6.4: always 1). */
#ifndef _SRPROXY_COMPAT_DST_INIT_H
#define _SRPROXY_COMPAT_DST_INIT_H

#include <net/dst.h>

static inline void srp_dst_init(struct dst_entry *dst, struct dst_ops *ops,
				int initial_obsolete, unsigned short flags)
{
#ifdef SRP_HAVE_DST_INITIAL_REF
	dst_init(dst, ops, NULL, 1, initial_obsolete, flags);
#else
	dst_init(dst, ops, NULL, initial_obsolete, flags);
#endif
}

#endif /* _SRPROXY_COMPAT_DST_INIT_H */
