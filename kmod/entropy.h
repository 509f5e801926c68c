/* SPDX-License-Identifier: GPL-2.0 */
/* What spreads the flows behind one encapsulation over several paths. */
#ifndef _SRPROXY_ENTROPY_H
#define _SRPROXY_ENTROPY_H

#include "srh.h"

void srp_entropy_setup(void);
u32 srp_entropy(struct sk_buff *skb, enum srp_inner inner);

#endif /* _SRPROXY_ENTROPY_H */
