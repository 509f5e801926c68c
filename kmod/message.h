/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects as netlink attributes. fill: into a nest of the message, 0 or
 * -EMSGSIZE. parse: out of attributes that passed their policy, over what
 * @params holds before. All under the netns mutex.
 */
#ifndef _SRPROXY_MESSAGE_H
#define _SRPROXY_MESSAGE_H

#include <net/netlink.h>

#include "chain.h"
#include "sid.h"
#include "vnf.h"

typedef int srp_fill_fn(struct sk_buff *msg, struct srp_net *sn,
			const struct srp_node *node);

int srp_vnf_fill(struct sk_buff *msg, struct srp_net *sn,
		 const struct srp_node *node);
int srp_vnf_fill_key(struct sk_buff *msg, struct srp_net *sn,
		     const struct srp_node *node);
int srp_vnf_parse(struct srp_vnf_spec *spec, struct nlattr **tb,
		  struct netlink_ext_ack *extack);

int srp_chain_fill(struct sk_buff *msg, struct srp_net *sn,
		   const struct srp_node *node);
int srp_chain_fill_key(struct sk_buff *msg, struct srp_net *sn,
		       const struct srp_node *node);
int srp_chain_parse(struct srp_chain_params *params, struct nlattr **tb,
		    struct netlink_ext_ack *extack);

int srp_sid_fill(struct sk_buff *msg, struct srp_net *sn,
		 const struct srp_node *node);
int srp_sid_fill_stats(struct sk_buff *msg, struct srp_net *sn,
		       const struct srp_node *node);
int srp_sid_fill_key(struct sk_buff *msg, struct srp_net *sn,
		     const struct srp_node *node);
void srp_sid_parse(struct srp_sid_spec *spec, struct nlattr **tb);

int srp_circuit_fill(struct sk_buff *msg, struct srp_net *sn,
		     const struct srp_port *port, enum srp_inner inner);
int srp_cache_fill(struct sk_buff *msg, const struct srp_sid *sid,
		   enum srp_inner inner, const struct srp_encap *encap);
int srp_flow_fill(struct sk_buff *msg, const struct srp_sid *sid,
		  const struct srp_flow *flow);
int srp_cache_fill_key(struct sk_buff *msg, const struct srp_sid *sid,
		       enum srp_inner inner);

#endif /* _SRPROXY_MESSAGE_H */
