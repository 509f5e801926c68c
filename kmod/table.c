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

static int count_check(const struct srp_table *table,
		       struct netlink_ext_ack *extack)
{
	if (table->count < SRP_TABLE_MAX)
		return 0;
	NL_SET_ERR_MSG(extack, "there are 65536 of them already");
	return -ENOSPC;
}

static void count(struct srp_table *table, int n)
{
	WRITE_ONCE(table->count, table->count + n);
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
	int err = count_check(table, extack);

	if (err)
		return err;
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
	count(table, 1);
	return 0;
}

/* Packets see the old or the new one. Needs no memory: the slots exist. */
static void replace(struct srp_table *table, struct srp_node *old,
		    struct srp_node *new)
{
	new->id = old->id;
	WARN_ON_ONCE(xa_is_err(xa_store(&table->ids, new->id, new, 0)));
	WARN_ON_ONCE(rhashtable_replace_fast(&table->hash, &old->hash,
					     &new->hash, *table->params));
}

static void erase(struct srp_table *table, struct srp_node *node)
{
	rhashtable_remove_fast(&table->hash, &node->hash, *table->params);
	xa_erase(&table->ids, node->id);
}

/**
 * srp_table_del() - take an object out
 * @table:	where
 * @node:	in the table; the caller frees it after a grace period
 */
void srp_table_del(struct srp_table *table, struct srp_node *node)
{
	erase(table, node);
	count(table, -1);
}

/**
 * srp_table_stage() - put an object in another's place, or in a new one, or
 *		       none in its place
 * @table:	where
 * @head:	what stands there; NULL for a new place, which @new is put in
 * @new:	same key, what will be found there from now on, but by packets;
 *		NULL for nothing
 * @extack:	for the refusal
 *
 * Return: as srp_table_add()
 */
int srp_table_stage(struct srp_table *table, struct srp_node *head,
		    struct srp_node *new, struct netlink_ext_ack *extack)
{
	int err;

	if (!head)
		return srp_table_add(table, new, extack);
	if (!new) {
		count(table, -1);
	} else if (!srp_node_now(head)) {
		err = count_check(table, extack);
		if (err)
			return err;
		count(table, 1);
	}
	head->next = new ?: head;
	return 0;
}

/**
 * srp_table_unstage() - undo that
 * @table:	where
 * @head:	what stands there, @new if that was put in a new place
 * @new:	as it was staged, after all others that are still staged
 * @was:	@head's successor before
 */
void srp_table_unstage(struct srp_table *table, struct srp_node *head,
		       struct srp_node *new, struct srp_node *was)
{
	if (head == new) {
		srp_table_del(table, new);
		return;
	}
	head->next = was;
	count(table, !!srp_node_now(head) - !!new);
}

/**
 * srp_table_publish() - let packets see what was staged last
 * @table:	where
 * @head:	what stands there
 * @new:	takes its place, if it is not that already; NULL to leave none
 */
void srp_table_publish(struct srp_table *table, struct srp_node *head,
		       struct srp_node *new)
{
	if (!new) {
		erase(table, head);
		/* Once: an object may have gone more than once. */
		head->next = NULL;
	} else if (new != head) {
		replace(table, head, new);
	}
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
