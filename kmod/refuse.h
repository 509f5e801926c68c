/* SPDX-License-Identifier: GPL-2.0 */
/* How a request is refused: a sentence and the attribute at fault. */
#ifndef _SRPROXY_REFUSE_H
#define _SRPROXY_REFUSE_H

#include "compat/extack_fmt.h"

/*
 * The sentence fits the 80 bytes that the kernel keeps for it. @attr may be
 * NULL: an attribute that was not in the request.
 */
#define srp_refuse(extack, attr, fmt, ...) do {				\
	struct netlink_ext_ack *__e = (extack);				\
									\
	NL_SET_ERR_MSG_FMT(__e, fmt, ##__VA_ARGS__);			\
	NL_SET_BAD_ATTR(__e, attr);					\
} while (0)

/* An attribute that is missing; @tb[0] is the nest that should have it. */
#define srp_missing(extack, tb, type, fmt, ...) do {			\
	struct netlink_ext_ack *__e = (extack);				\
									\
	NL_SET_ERR_MSG_FMT(__e, fmt, ##__VA_ARGS__);			\
	NL_SET_ERR_ATTR_MISS(__e, (tb)[0], type);			\
} while (0)

#endif /* _SRPROXY_REFUSE_H */
