/* SPDX-License-Identifier: GPL-2.0 */
/* What requests about VNFs, chains and SIDs have in common. */
#ifndef _SRPROXY_NOUN_H
#define _SRPROXY_NOUN_H

#include <net/netlink.h>

#include "netns.h"

struct srp_change;

/**
 * struct srp_noun - one kind of object
 * @nest:	SRPROXY_A_* of the object
 * @key_policy:	its key alone
 * @key_max:	last attribute of that
 * @get:	SRPROXY_CMD_*_GET
 * @table:	offset of its table in struct srp_net
 * @place:	what stands in the table under the key's attributes, or NULL
 * @is:		is that object meant by all of the key, or NULL if it always is
 * @stage_del:	begins to remove one, 0 or why not
 */
struct srp_noun {
	int nest;
	const struct nla_policy *key_policy;
	int key_max;
	u8 get;
	size_t table;
	struct srp_node *(*place)(struct srp_net *sn, struct nlattr **key);
	bool (*is)(const struct srp_node *node, struct nlattr **key);
	int (*stage_del)(struct srp_net *sn, struct srp_change *change,
			 const struct nlattr *key,
			 struct netlink_ext_ack *extack);
};

extern const struct srp_noun srp_vnf_noun;
extern const struct srp_noun srp_chain_noun;
extern const struct srp_noun srp_sid_noun;

int srp_nest_parse(struct nlattr **attrs, int type, struct nlattr **tb, int max,
		   const struct nla_policy *policy, int key,
		   struct netlink_ext_ack *extack);
int srp_not_found(struct netlink_ext_ack *extack, const struct nlattr *attr);
struct srp_node *srp_noun_place(const struct srp_noun *noun, struct srp_net *sn,
				struct nlattr **attrs, struct nlattr **key,
				struct netlink_ext_ack *extack);

static inline struct srp_table *srp_noun_table(const struct srp_noun *noun,
					       struct srp_net *sn)
{
	return (void *)sn + noun->table;
}

#endif /* _SRPROXY_NOUN_H */
