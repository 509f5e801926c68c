// SPDX-License-Identifier: GPL-2.0
/*
 * A packet that went all of its way at once, to the VNF, through that and back
 * into the network, would drive each step's code out of the processor's cache
 * for the next packet; and in a chain of VNFs it would go deeper into the stack
 * with each of them. So packets gather between the steps, on the CPU that they
 * are on, and take each step together: all that a device's NAPI poll brings for
 * SIDs, then all that goes to their VNFs, then all that those send back. And
 * what they need of SIDs and VNFs can be fetched while others are at it.
 */
#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "compat/dummy_netdev.h"
#include "stage.h"

/*
 * As many as NAPI polls of all devices in one go may bring. What is beyond goes
 * through the devices' own queue; or those that wait for their SIDs go on.
 */
#define STAGE_MAX	512

/*
 * Packets go all of their way, through so many VNFs of a chain, before others
 * come: or those would catch up with them, until there is no more room. But not
 * for longer than to the next tick but one.
 */
#define POLL_ROUNDS	32

/**
 * struct srp_gathered - packets that take the same step next
 * @packets:	of these, in order
 * @n:		how many
 */
struct srp_gathered {
	struct list_head packets;
	unsigned int n;
};

/**
 * struct srp_stages - one CPU's packets
 * @napi:	drains them, once what brings them has had its turn
 * @at:		by enum srp_stage
 * @waiting:	how many in all
 * @rounds:	how often they have been drained
 * @noted:	the same, when who waits for that began
 *
 * Only this CPU's softirqs use it; when it goes, the core gives @napi to another
 * one.
 */
struct srp_stages {
	struct napi_struct napi;
	struct srp_gathered at[SRP_STAGES];
	unsigned int waiting;
	unsigned int rounds;
	unsigned int noted;
};

static DEFINE_PER_CPU(struct srp_stages, all_stages);
static struct net_device *napi_dev;
static const struct srp_stage_steps *next_steps;

/**
 * srp_stage_empty() - does no packet wait?
 * @stage:	which step comes next
 *
 * Softirqs off.
 */
bool srp_stage_empty(enum srp_stage stage)
{
	return !__this_cpu_read(all_stages.at[stage].n);
}

/**
 * srp_stage_free() - is there room for one more packet?
 * @stage:	which step comes next
 *
 * Softirqs off.
 */
bool srp_stage_free(enum srp_stage stage)
{
	return __this_cpu_read(all_stages.at[stage].n) < STAGE_MAX;
}

/**
 * srp_stage_add() - let a packet go on with others
 * @stage:	which step comes next
 * @skb:	packet as its device received it; srp_stage_free()
 *
 * Softirqs off. The device must not go before srp_stage_drain().
 */
void srp_stage_add(enum srp_stage stage, struct sk_buff *skb)
{
	struct srp_stages *stages = this_cpu_ptr(&all_stages);

	list_add_tail(&skb->list, &stages->at[stage].packets);
	stages->at[stage].n++;
	if (!stages->waiting++)
		napi_schedule(&stages->napi);
}

static unsigned int take(struct srp_stages *stages, enum srp_stage stage,
			 struct list_head *packets)
{
	unsigned int n = stages->at[stage].n;

	list_splice_init(&stages->at[stage].packets, packets);
	stages->at[stage].n = 0;
	return n;
}

/* Returns how many. */
static unsigned int come_in(struct srp_stages *stages)
{
	LIST_HEAD(in);
	unsigned int n = take(stages, SRP_STAGE_IN, &in);

	if (n)
		next_steps->in(&in);
	return n;
}

/**
 * srp_stage_in() - have those that wait for their SIDs meet them now
 *
 * Softirqs off.
 */
void srp_stage_in(void)
{
	struct srp_stages *stages = this_cpu_ptr(&all_stages);

	stages->waiting -= come_in(stages);
}

static unsigned int drain(struct srp_stages *stages)
{
	struct sk_buff *skb, *next;
	LIST_HEAD(to_vnf);
	LIST_HEAD(back);
	unsigned int n;

	n = come_in(stages);
	n += take(stages, SRP_STAGE_TO_VNF, &to_vnf);
	if (!list_empty(&to_vnf))
		netif_receive_skb_list(&to_vnf);

	n += take(stages, SRP_STAGE_BACK, &back);
	list_for_each_entry_safe(skb, next, &back, list) {
		skb_list_del_init(skb);
		next_steps->back(skb);
	}
	/* Not before: the first one that waits schedules us. */
	stages->waiting -= n;
	WRITE_ONCE(stages->rounds, stages->rounds + 1);
	return n;
}

static int poll(struct napi_struct *napi, int budget)
{
	struct srp_stages *stages = container_of(napi, struct srp_stages, napi);
	unsigned long end = jiffies + 1;
	unsigned int done = 0, rounds;

	rcu_read_lock();
	for (rounds = 0; stages->waiting && rounds < POLL_ROUNDS &&
	     !time_after(jiffies, end); rounds++)
		done += drain(stages);
	rcu_read_unlock();

	if (stages->waiting || done >= budget)
		return budget;
	napi_complete_done(napi, done);
	return done;
}

/* What is added in one round is drained in it or in the next. */
static bool passed(const struct srp_stages *stages)
{
	return !READ_ONCE(stages->waiting) ||
	       READ_ONCE(stages->rounds) - stages->noted >= 3;
}

/**
 * srp_stage_drain() - wait until no packet waits that waits now
 *
 * For who takes a device away; new packets for it don't come any more. May
 * sleep.
 */
void srp_stage_drain(void)
{
	static DEFINE_MUTEX(one_at_a_time);
	struct srp_stages *stages;
	int cpu;

	mutex_lock(&one_at_a_time);
	for_each_possible_cpu(cpu) {
		stages = per_cpu_ptr(&all_stages, cpu);
		stages->noted = READ_ONCE(stages->rounds);
	}
	for_each_possible_cpu(cpu) {
		stages = per_cpu_ptr(&all_stages, cpu);
		while (!passed(stages))
			usleep_range(10, 100);
	}
	mutex_unlock(&one_at_a_time);
}

/**
 * srp_stage_setup() - before the first packet
 * @steps: where they go on
 *
 * Return: 0 or -ENOMEM
 */
int srp_stage_setup(const struct srp_stage_steps *steps)
{
	enum srp_stage stage;
	int cpu;

	napi_dev = srp_dummy_netdev_alloc();
	if (!napi_dev)
		return -ENOMEM;
	next_steps = steps;

	for_each_possible_cpu(cpu) {
		struct srp_stages *stages = per_cpu_ptr(&all_stages, cpu);

		for (stage = 0; stage < SRP_STAGES; stage++)
			INIT_LIST_HEAD(&stages->at[stage].packets);
		/* Nobody waits for it in a loop. */
		set_bit(NAPI_STATE_NO_BUSY_POLL, &stages->napi.state);
		netif_napi_add(napi_dev, &stages->napi, poll);
		napi_enable(&stages->napi);
	}
	return 0;
}

/* No packet comes any more. */
void srp_stage_teardown(void)
{
	int cpu;

	/* Hooks may still be at it. */
	synchronize_net();
	srp_stage_drain();
	for_each_possible_cpu(cpu) {
		struct srp_stages *stages = per_cpu_ptr(&all_stages, cpu);

		napi_disable(&stages->napi);
		netif_napi_del(&stages->napi);
	}
	srp_dummy_netdev_free(napi_dev);
}
