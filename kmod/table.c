// SPDX-License-Identifier: GPL-2.0
#include "table.h"

int srp_table_init(struct srp_table *table,
		   const struct rhashtable_params *params)
{
	table->params = params;
	table->next_id = 0;
	table->count = 0;
	xa_init_flags(&table->ids, XA_FLAGS_ALLOC);
	return rhashtable_init(&table->hash, params);
}

/**
 * srp_table_clean() - end of an empty table
 * @table: no object in it, no reader left
 */
void srp_table_clean(struct srp_table *table)
{
	WARN_ON_ONCE(table->count);
	xa_destroy(&table->ids);
	rhashtable_destroy(&table->hash);
}

/**
 * srp_table_add() - make an object visible to packets and dumps
 * @table:	where
 * @node:	the object's; its key is not in the table yet
 * @extack:	for the refusal, or NULL
 *
 * Return: 0, -ENOSPC when the table is full, -ENOMEM, or what the hash table
 * says
 */
int srp_table_add(struct srp_table *table, struct srp_node *node,
		  struct netlink_ext_ack *extack)
{
	int err;

	if (table->count >= SRP_TABLE_MAX) {
		NL_SET_ERR_MSG(extack, "there are 65536 of them already");
		return -ENOSPC;
	}

	err = xa_alloc_cyclic(&table->ids, &node->id, node, xa_limit_32b,
			      &table->next_id, GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;

	err = rhashtable_insert_fast(&table->hash, &node->hash,
				     *table->params);
	if (err) {
		xa_erase(&table->ids, node->id);
		return err;
	}
	WRITE_ONCE(table->count, table->count + 1);
	return 0;
}

/**
 * srp_table_replace() - put one object in another's place
 * @table:	where
 * @old:	in the table; the caller frees it after a grace period
 * @new:	same key
 *
 * Packets see the old or the new one. Needs no memory: the slots exist.
 */
void srp_table_replace(struct srp_table *table, struct srp_node *old,
		       struct srp_node *new)
{
	new->id = old->id;
	WARN_ON_ONCE(xa_is_err(xa_store(&table->ids, new->id, new, 0)));
	WARN_ON_ONCE(rhashtable_replace_fast(&table->hash, &old->hash,
					     &new->hash, *table->params));
}

/**
 * srp_table_del() - take an object out
 * @table:	where
 * @node:	in the table; the caller frees it after a grace period
 */
void srp_table_del(struct srp_table *table, struct srp_node *node)
{
	rhashtable_remove_fast(&table->hash, &node->hash, *table->params);
	xa_erase(&table->ids, node->id);
	WRITE_ONCE(table->count, table->count - 1);
}

/**
 * srp_table_next() - first object from a number on
 * @table:	where
 * @id:		number to begin with; the number found
 */
struct srp_node *srp_table_next(struct srp_table *table, unsigned long *id)
{
	return xa_find(&table->ids, id, ULONG_MAX, XA_PRESENT);
}
