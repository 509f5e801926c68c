/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets on the short ways gather, to go on many at a time. */
#ifndef _SRPROXY_STAGE_H
#define _SRPROXY_STAGE_H

#include <linux/skbuff.h>

enum srp_stage {
	SRP_STAGE_TO_VNF,	/* to be received by the VNF's end */
	SRP_STAGE_BACK,		/* sent by it, to be received by ours */

	SRP_STAGES,
};

bool srp_stage_free(void);
void srp_stage_add(enum srp_stage stage, struct sk_buff *skb);
void srp_stage_drain(void);

int srp_stage_setup(void (*back)(struct sk_buff *skb));
void srp_stage_teardown(void);

#endif /* _SRPROXY_STAGE_H */
