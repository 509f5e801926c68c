/* SPDX-License-Identifier: GPL-2.0 */
/* Does what a user says of a SID make sense? */
#ifndef _SRPROXY_SID_PARAMS_H
#define _SRPROXY_SID_PARAMS_H

#include "sid.h"

int srp_sid_spec_check(struct srp_net *sn, const struct srp_sid_spec *spec,
		       struct nlattr **tb, struct netlink_ext_ack *extack);

#endif /* _SRPROXY_SID_PARAMS_H */
