/* SPDX-License-Identifier: GPL-2.0 */
/* Plain packets to the VNF. */
#ifndef _SRPROXY_TO_VNF_H
#define _SRPROXY_TO_VNF_H

#include "srh.h"

struct srp_sid;
struct srp_vnf;

void srp_to_vnf(const struct srp_sid *sid, const struct srp_vnf *vnf,
		struct sk_buff *skb, enum srp_inner inner, unsigned int bytes);

#endif /* _SRPROXY_TO_VNF_H */
