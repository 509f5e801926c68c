/* SPDX-License-Identifier: GPL-2.0 */
/* Names of VNFs and chains. */
#ifndef _SRPROXY_NAME_H
#define _SRPROXY_NAME_H

#include <linux/ctype.h>
#include <linux/string.h>

/* Safe in a shell, a file name, JSON and a log line: no quoting anywhere. */
static inline bool srp_name_valid(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("_.-", *c)))
			return false;
	return c != name;
}

#endif /* _SRPROXY_NAME_H */
