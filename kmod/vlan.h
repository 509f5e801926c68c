/* SPDX-License-Identifier: GPL-2.0 */
/* VLAN tags of a port: none, one, or two, outermost first, zero padded. */
#ifndef _SRPROXY_VLAN_H
#define _SRPROXY_VLAN_H

#include <linux/if_vlan.h>
#include <linux/srproxy.h>

/**
 * struct srp_vlans - the tags of a port
 * @tag: those that there are, then zeros
 */
struct srp_vlans {
	struct srproxy_vlan tag[SRPROXY_VLANS_MAX];
};

static inline bool srp_tagged(const struct srp_vlans *vlans)
{
	return vlans->tag[0].proto;
}

static inline unsigned int srp_vlans_count(const struct srp_vlans *vlans)
{
	return !!vlans->tag[0].proto + !!vlans->tag[1].proto;
}

/* One number for both tags: 13 bits each. */
static inline unsigned long srp_vlans_index(const struct srp_vlans *vlans)
{
	unsigned long index = 0;
	unsigned int i;

	for (i = 0; i < SRPROXY_VLANS_MAX; i++) {
		index <<= 13;
		index |= ntohs(vlans->tag[i].vid);
		if (vlans->tag[i].proto == htons(ETH_P_8021AD))
			index |= VLAN_N_VID;
	}
	return index;
}

#endif /* _SRPROXY_VLAN_H */
