// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <linux/slab.h>

#include "change.h"

/**
 * srp_change_stage() - give a change its place in the table
 * @table:	where
 * @change:	its @head is what stands there, or NULL
 * @new:	what it will be, NULL for nothing
 * @extack:	for the refusal
 *
 * Return: as srp_table_add()
 */
int srp_change_stage(struct srp_table *table, struct srp_change *change,
		     struct srp_node *new, struct netlink_ext_ack *extack)
{
	int err = srp_table_stage(table, change->head, new, extack);

	if (err)
		return err;
	change->new = new;
	if (!change->head)
		change->head = new;
	return 0;
}

/**
 * srp_change_unstage() - take it away again
 * @table:	where
 * @change:	the last one that is still staged
 */
void srp_change_unstage(struct srp_table *table, struct srp_change *change)
{
	srp_table_unstage(table, change->head, change->new, change->was);
}

/**
 * srp_changes_check() - can all that is staged be at the same time?
 * @sn:		locked
 * @changes:	list of struct srp_change
 * @refused:	the last of them that can't, if any
 * @extack:	for the refusal
 *
 * Only now, so that objects may exchange what only one can have, and become
 * together what they could not be one after another.
 *
 * Return: 0; -EINVAL, -EEXIST (what another object has)
 */
int srp_changes_check(struct srp_net *sn, struct list_head *changes,
		      const struct srp_change **refused,
		      struct netlink_ext_ack *extack)
{
	const struct srp_change *change;
	int err;

	list_for_each_entry_reverse(change, changes, list) {
		cond_resched();
		if (!change->new || !change->steps->check ||
		    !srp_change_lasts(change))
			continue;
		err = change->steps->check(sn, change, extack);
		if (err) {
			*refused = change;
			return err;
		}
	}
	return 0;
}

static bool publish(struct srp_net *sn, struct list_head *changes, bool refers)
{
	struct srp_change *change;
	bool drained = false;

	list_for_each_entry(change, changes, list) {
		if (change->steps->refers != refers)
			continue;
		if (srp_change_lasts(change))
			change->steps->publish(sn, change);
		drained |= change->drained;
		cond_resched();
	}
	return drained;
}

/**
 * srp_changes_publish() - let packets see all that is staged
 * @sn:		locked, under RTNL
 * @changes:	list of struct srp_change, checked
 *
 * SIDs come last, with the VNFs and chains that they have in the end. Circuits
 * that move are opened before others are closed: none is without a SID between.
 */
void srp_changes_publish(struct srp_net *sn, struct list_head *changes)
{
	struct srp_change *change;
	bool drained;

	drained = publish(sn, changes, false);
	drained |= publish(sn, changes, true);
	if (drained)
		synchronize_net();
	list_for_each_entry(change, changes, list) {
		if (change->old && change->steps->close)
			change->steps->close(sn, change);
		cond_resched();
	}
}

/**
 * srp_changes_finish() - end of all changes that were published
 * @sn:		locked, under RTNL
 * @changes:	list of struct srp_change
 */
void srp_changes_finish(struct srp_net *sn, struct list_head *changes)
{
	struct srp_change *change;

	list_for_each_entry(change, changes, list) {
		change->steps->finish(sn, change);
		cond_resched();
	}
}

/**
 * srp_changes_undo() - end of all changes that were not
 * @sn:		locked, under RTNL
 * @changes:	list of struct srp_change
 */
void srp_changes_undo(struct srp_net *sn, struct list_head *changes)
{
	struct srp_change *change;

	list_for_each_entry_reverse(change, changes, list) {
		change->steps->undo(sn, change);
		cond_resched();
	}
}
