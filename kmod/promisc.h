/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices of ports that want frames for other stations are promiscuous. To tell
 * them so may take a lock that device events come with (Linux 6.15): it is done
 * when all others are given back, at once after a change of configuration, a
 * little later after an event.
 */
#ifndef _SRPROXY_PROMISC_H
#define _SRPROXY_PROMISC_H

struct srp_net;
struct srp_trunk;

void srp_promisc_setup(struct srp_net *sn);
void srp_promisc_changed(struct srp_net *sn, struct srp_trunk *trunk);
void srp_promisc_settle(struct srp_net *sn);
void srp_promisc_settle_later(struct srp_net *sn);
void srp_promisc_teardown(struct srp_net *sn);

#endif /* _SRPROXY_PROMISC_H */
