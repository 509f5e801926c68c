/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests for changes, one by itself or many together: all of it is done, or
 * nothing has changed.
 */
#ifndef _SRPROXY_TRANSACTION_H
#define _SRPROXY_TRANSACTION_H

#include <net/genetlink.h>

struct srp_net;

int srp_transaction_one(struct genl_info *info);
int srp_transaction_many(struct genl_info *info);
void srp_transaction_clear(struct srp_net *sn);

#endif /* _SRPROXY_TRANSACTION_H */
