/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets on the short ways gather, to go on many at a time. */
#ifndef _SRPROXY_STAGE_H
#define _SRPROXY_STAGE_H

#include <linux/skbuff.h>

enum srp_stage {
	SRP_STAGE_IN,		/* received, for a SID */
	SRP_STAGE_TO_VNF,	/* to be received by the VNF's end */
	SRP_STAGE_BACK,		/* sent by it, to be received by ours */

	SRP_STAGES,
};

/**
 * struct srp_stage_steps - what comes next for packets that have gathered
 * @in:		takes a list of SRP_STAGE_IN; consumes all of it
 * @back:	takes a packet of SRP_STAGE_BACK; consumes it
 *
 * Under RCU, softirqs off.
 */
struct srp_stage_steps {
	void (*in)(struct list_head *packets);
	void (*back)(struct sk_buff *skb);
};

bool srp_stage_empty(enum srp_stage stage);
bool srp_stage_free(enum srp_stage stage);
void srp_stage_add(enum srp_stage stage, struct sk_buff *skb);
void srp_stage_in(void);
void srp_stage_drain(void);

int srp_stage_setup(const struct srp_stage_steps *steps);
void srp_stage_teardown(void);

#endif /* _SRPROXY_STAGE_H */
