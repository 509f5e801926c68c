// SPDX-License-Identifier: GPL-2.0
#include <linux/ratelimit.h>
#include <net/genetlink.h>

#include "event.h"
#include "message.h"
#include "netlink.h"

static struct sk_buff *event_new(size_t payload, u8 cmd, void **hdr, gfp_t gfp)
{
	struct sk_buff *msg = genlmsg_new(payload, gfp);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, 0, 0, &srp_family, 0, cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* A listener that can't be told is no reason to fail what has happened. */
static void event_send(struct srp_net *sn, struct sk_buff *msg, void *hdr,
		       int err, unsigned int group, gfp_t gfp)
{
	if (err) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&srp_family, sn->net, msg, 0, group, gfp);
}

/* Every change of configuration passes here. */
static void config_event(struct srp_net *sn, u8 cmd, srp_fill_fn *fill,
			 const struct srp_node *node)
{
	struct sk_buff *msg;
	void *hdr;

	sn->genid++;
	if (!srp_netlink_listened(sn->net, SRP_MCGRP_CONFIG))
		return;
	msg = event_new(NLMSG_DEFAULT_SIZE, cmd, &hdr, GFP_KERNEL);
	if (msg)
		event_send(sn, msg, hdr, fill(msg, sn, node), SRP_MCGRP_CONFIG,
			   GFP_KERNEL);
}

void srp_event_vnf(struct srp_net *sn, u8 cmd, const struct srp_vnf *vnf)
{
	config_event(sn, cmd, cmd == SRPROXY_CMD_VNF_NEW ? srp_vnf_fill :
							   srp_vnf_fill_key,
		     &vnf->node);
}

void srp_event_chain(struct srp_net *sn, u8 cmd, const struct srp_chain *chain)
{
	config_event(sn, cmd, cmd == SRPROXY_CMD_CHAIN_NEW ? srp_chain_fill :
							     srp_chain_fill_key,
		     &chain->node);
}

void srp_event_sid(struct srp_net *sn, u8 cmd, const struct srp_sid *sid)
{
	config_event(sn, cmd, cmd == SRPROXY_CMD_SID_NEW ? srp_sid_fill :
							   srp_sid_fill_key,
		     &sid->node);
}

/*
 * From the packet path: a network that keeps changing its mind must not cost
 * more than its packets do.
 */
void srp_event_cache(struct srp_net *sn, u8 cmd, const struct srp_sid *sid,
		     enum srp_inner inner, const struct srp_encap *encap)
{
	struct sk_buff *msg;
	void *hdr;

	if (!srp_netlink_listened(sn->net, SRP_MCGRP_LEARN) ||
	    !__ratelimit(&sn->learn_limit))
		return;
	msg = event_new(SRP_OUTER_MAX + 256, cmd, &hdr, GFP_ATOMIC);
	if (msg)
		event_send(sn, msg, hdr, cmd == SRPROXY_CMD_CACHE_NEW ?
				srp_cache_fill(msg, sid, inner, encap) :
				srp_cache_fill_key(msg, sid, inner),
			   SRP_MCGRP_LEARN, GFP_ATOMIC);
}
