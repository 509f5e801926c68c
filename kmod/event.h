/* SPDX-License-Identifier: GPL-2.0 */
/* What listeners are told. */
#ifndef _SRPROXY_EVENT_H
#define _SRPROXY_EVENT_H

#include "srh.h"

struct srp_chain;
struct srp_encap;
struct srp_net;
struct srp_sid;
struct srp_vnf;

/* @cmd is SRPROXY_CMD_*_NEW or _DEL; all but the last under the mutex. */
void srp_event_vnf(struct srp_net *sn, u8 cmd, const struct srp_vnf *vnf);
void srp_event_chain(struct srp_net *sn, u8 cmd,
		     const struct srp_chain *chain);
void srp_event_sid(struct srp_net *sn, u8 cmd, const struct srp_sid *sid);
void srp_event_cache(struct srp_net *sn, u8 cmd, const struct srp_sid *sid,
		     enum srp_inner inner, const struct srp_encap *encap);

#endif /* _SRPROXY_EVENT_H */
