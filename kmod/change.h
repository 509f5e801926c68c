/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A change of one object, in two parts. First it is staged: all that can fail is
 * done to the configuration, of which packets see nothing, and what comes later
 * builds on that. Then all that was staged is published, which cannot fail, or
 * undone, which cannot either. Lists, counts, names and references are the
 * configuration; packets have the table of SIDs, a SID's VNF and chain, circuits,
 * and the ports of devices.
 */
#ifndef _SRPROXY_CHANGE_H
#define _SRPROXY_CHANGE_H

#include <linux/netlink.h>

#include "vnf.h"

struct srp_change;

/**
 * struct srp_change_steps - how a staged change of one kind of object goes on
 * @check:	can it be with all the others, in the end? 0, -EINVAL or -EEXIST
 * @refers:	to other objects, which are published before
 * @publish:	let packets see it
 * @close:	and no longer what was there instead
 * @finish:	give back what the old one had, and tell listeners
 * @undo:	as if it had never been; the last one that was staged
 *
 * All under the netns mutex and RTNL, each for all changes before the next.
 */
struct srp_change_steps {
	bool refers;
	int (*check)(struct srp_net *sn, const struct srp_change *change,
		     struct netlink_ext_ack *extack);
	void (*publish)(struct srp_net *sn, struct srp_change *change);
	void (*close)(struct srp_net *sn, struct srp_change *change);
	void (*finish)(struct srp_net *sn, struct srp_change *change);
	void (*undo)(struct srp_net *sn, struct srp_change *change);
};

/**
 * struct srp_change - a change of one object
 * @list:	of all that are made together
 * @steps:	how it goes on
 * @nest:	attribute of a transaction that it came from, or NULL
 * @attr:	attribute to point at if @steps->check refuses, or NULL
 * @head:	what stands in the object's place in the table
 * @was:	@head's successor before
 * @old:	the object as it was, NULL if it is added
 * @new:	as it will be, NULL if it is removed
 * @frames:	what a SID leaves
 * @vnf_frames:	what those of a VNF leave, by enum srp_side
 * @drained:	packets shall have left the hooks of @old before those go
 */
struct srp_change {
	struct list_head list;
	const struct srp_change_steps *steps;
	struct nlattr *nest;
	struct nlattr *attr;
	struct srp_node *head;
	struct srp_node *was;
	struct srp_node *old;
	struct srp_node *new;
	union {
		struct srp_frames frames;
		struct srp_frames vnf_frames[SRP_SIDES];
	};
	bool drained;
};

int srp_change_stage(struct srp_table *table, struct srp_change *change,
		     struct srp_node *new, struct netlink_ext_ack *extack);
void srp_change_unstage(struct srp_table *table, struct srp_change *change);

int srp_changes_check(struct srp_net *sn, struct list_head *changes,
		      const struct srp_change **refused,
		      struct netlink_ext_ack *extack);
void srp_changes_publish(struct srp_net *sn, struct list_head *changes);
void srp_changes_finish(struct srp_net *sn, struct list_head *changes);
void srp_changes_undo(struct srp_net *sn, struct list_head *changes);

/* Or will another one, or a removal, have taken its place? */
static inline bool srp_change_lasts(const struct srp_change *change)
{
	return srp_node_now(change->head) == change->new;
}

#endif /* _SRPROXY_CHANGE_H */
