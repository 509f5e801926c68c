/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NL_SET_ERR_MSG_FMT: an extended ack with values in its sentence (Linux 6.2).
 *
 * Before, the ack only points at a string that must live until the ack is
 * written, after the operation has returned. A ring of buffers does that: one
 * is written again after as many refusals more. Whatever a race makes of a
 * sentence, it ends, since the last byte of a buffer is never written.
 */
#ifndef _SRPROXY_COMPAT_EXTACK_FMT_H
#define _SRPROXY_COMPAT_EXTACK_FMT_H

#include <linux/netlink.h>

#ifndef NL_SET_ERR_MSG_FMT

/* As many as from 6.2 on, and the byte that is never written. */
#define SRP_EXTACK_LEN	81

char *srp_compat_extack_buffer(void);

#define NL_SET_ERR_MSG_FMT(extack, fmt, ...) do {			\
	struct netlink_ext_ack *__extack = (extack);			\
									\
	if (__extack) {							\
		char *__buf = srp_compat_extack_buffer();		\
									\
		scnprintf(__buf, SRP_EXTACK_LEN - 1, fmt, ##__VA_ARGS__); \
		__extack->_msg = __buf;					\
	}								\
} while (0)

#endif

#endif /* _SRPROXY_COMPAT_EXTACK_FMT_H */
