/* SPDX-License-Identifier: GPL-2.0 */
/* The device that seg6local routes of SIDs lead to. */
#ifndef _SRPROXY_SEG6LOCAL_DEV_H
#define _SRPROXY_SEG6LOCAL_DEV_H

#include <net/dst.h>

struct net;
struct nlattr;
struct netlink_ext_ack;

int srp_seg6local_get(struct net *net, const struct nlattr *attr,
		      struct netlink_ext_ack *extack);
void srp_seg6local_put(struct net *net);
bool srp_seg6local_route(const struct dst_entry *dst);

#endif /* _SRPROXY_SEG6LOCAL_DEV_H */
