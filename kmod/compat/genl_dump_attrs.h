/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes of a dump request: moved into struct genl_info (Linux 6.6). */
#ifndef _SRPROXY_COMPAT_GENL_DUMP_ATTRS_H
#define _SRPROXY_COMPAT_GENL_DUMP_ATTRS_H

#include <net/genetlink.h>

static inline struct nlattr **srp_genl_dump_attrs(struct netlink_callback *cb)
{
#ifdef SRP_HAVE_GENL_INFO_DUMP
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _SRPROXY_COMPAT_GENL_DUMP_ATTRS_H */
