/* SPDX-License-Identifier: GPL-2.0 */
/* Objects found by key by packets, and by number by dumps. */
#ifndef _SRPROXY_TABLE_H
#define _SRPROXY_TABLE_H

#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>

/* Objects of a kind in a namespace, which any user may have one of. */
#define SRP_TABLE_MAX	65536

/**
 * struct srp_node - membership in a table
 * @hash:	by key, for packets
 * @id:		by number, so that a dump goes on where it stopped
 * @next:	what a change will put in its place; itself if it will be gone,
 *		NULL if there is no such change under way
 */
struct srp_node {
	struct rhash_head hash;
	u32 id;
	struct srp_node *next;
};

/**
 * struct srp_table - a set of objects
 * @hash:	readers under RCU; head at struct srp_node.hash
 * @ids:	id -> struct srp_node, all access under the netns mutex
 * @next_id:	where the search for a free id begins
 * @count:	how many
 * @params:	key, offsets, hash function
 */
struct srp_table {
	struct rhashtable hash;
	struct xarray ids;
	u32 next_id;
	unsigned int count;
	const struct rhashtable_params *params;
};

int srp_table_init(struct srp_table *table,
		   const struct rhashtable_params *params);
void srp_table_clean(struct srp_table *table);
int srp_table_add(struct srp_table *table, struct srp_node *node,
		  struct netlink_ext_ack *extack);
void srp_table_replace(struct srp_table *table, struct srp_node *old,
		       struct srp_node *new);
void srp_table_del(struct srp_table *table, struct srp_node *node);
int srp_table_stage(struct srp_table *table, struct srp_node *head,
		    struct srp_node *new, struct netlink_ext_ack *extack);
void srp_table_unstage(struct srp_table *table, struct srp_node *head,
		       struct srp_node *new, struct srp_node *was);
void srp_table_publish(struct srp_table *table, struct srp_node *head,
		       struct srp_node *new);
struct srp_node *srp_table_next(struct srp_table *table, unsigned long *id);

/* What stands in a place, or will once all changes under way are made. */
static inline struct srp_node *srp_node_now(struct srp_node *head)
{
	if (!head || !head->next)
		return head;
	return head->next == head ? NULL : head->next;
}

/* Every object; removal of the current one is allowed. */
#define srp_table_for_each(table, id, pos)				\
	for ((id) = 0; ((pos) = srp_table_next((table), &(id))); (id)++)

#endif /* _SRPROXY_TABLE_H */
