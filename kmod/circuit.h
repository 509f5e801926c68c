/* SPDX-License-Identifier: GPL-2.0 */
/* Circuits: (return interface, inner type) -> SID. */
#ifndef _SRPROXY_CIRCUIT_H
#define _SRPROXY_CIRCUIT_H

#include <linux/netlink.h>

#include "port.h"

struct srp_sid;
struct srp_vnf;

int srp_circuit_check(const struct srp_sid *sid, const struct srp_vnf *vnf,
		      const struct nlattr *attr,
		      struct netlink_ext_ack *extack);
void srp_circuit_open(struct srp_port *port, struct srp_sid *sid);
void srp_circuit_close(struct srp_port *port, const struct srp_sid *sid);

#endif /* _SRPROXY_CIRCUIT_H */
