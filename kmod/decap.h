/* SPDX-License-Identifier: GPL-2.0 */
/* Taking the encapsulation off a packet, and what must hold before. */
#ifndef _SRPROXY_DECAP_H
#define _SRPROXY_DECAP_H

#include "hmac.h"
#include "modes.h"

enum srproxy_drop srp_outer_admit(struct sk_buff *skb,
				  const struct srp_outer *outer,
				  const struct srp_hmac_demand *demand);
bool srp_outer_unquestioned(const struct sk_buff *skb);
enum srproxy_drop srp_inner_check(struct sk_buff *skb,
				  const struct srp_outer *outer, u8 accepted);
enum srproxy_drop srp_decap(struct sk_buff *skb, const struct srp_outer *outer,
			    const struct srp_modes *modes);
void srp_decap_saved(struct sk_buff *skb, enum srp_inner inner);
void srp_packet_begin(struct sk_buff *skb, enum srp_inner inner);
unsigned int srp_ip_len(struct sk_buff *skb, unsigned int off,
			enum srp_inner inner);

#endif /* _SRPROXY_DECAP_H */
