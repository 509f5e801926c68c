/* SPDX-License-Identifier: GPL-2.0 */
/* One request for a change, by itself or in a transaction. */
#ifndef _SRPROXY_REQUEST_H
#define _SRPROXY_REQUEST_H

#include <linux/netlink.h>

#include "netns.h"

/**
 * struct srp_request - what is asked for
 * @cmd:	SRPROXY_CMD_*
 * @flags:	NLM_F_*
 * @attrs:	by SRPROXY_A_*; the first is the nest that they are in, or NULL
 * @extack:	for the refusal
 */
struct srp_request {
	u8 cmd;
	u16 flags;
	struct nlattr **attrs;
	struct netlink_ext_ack *extack;
};

bool srp_request_known(u8 cmd);
const struct nlattr *srp_request_device(const struct srp_request *req);
int srp_request_stage(struct srp_net *sn, const struct srp_request *req,
		      struct list_head *changes);

#endif /* _SRPROXY_REQUEST_H */
