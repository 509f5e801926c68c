// SPDX-License-Identifier: GPL-2.0
#include <net/addrconf.h>

#include "refuse.h"
#include "sid_params.h"

static int addr_check(struct srp_net *sn, const struct srp_sid_params *params,
		      struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct in6_addr prefix;

	if (!srp_addr_routable(&params->addr)) {
		srp_refuse(extack, tb[SRPROXY_A_SID_ADDR],
			   "%pI6c is not a routable unicast address",
			   &params->addr);
		return -EINVAL;
	}
	ipv6_addr_prefix(&prefix, &params->addr, params->prefix_len);
	if (!ipv6_addr_equal(&prefix, &params->addr)) {
		srp_refuse(extack, tb[SRPROXY_A_SID_ADDR],
			   "%pI6c has bits set beyond the prefix of %u",
			   &params->addr, params->prefix_len);
		return -EINVAL;
	}
	/* All that is sent to a SID is taken: the node could not be reached. */
	if (ipv6_chk_addr(sn->net, &params->addr, NULL, 0)) {
		srp_refuse(extack, tb[SRPROXY_A_SID_ADDR],
			   "%pI6c is an address of this node", &params->addr);
		return -EADDRINUSE;
	}
	return 0;
}

static int flavors_check(const struct srp_sid_params *params,
			 struct nlattr **tb, struct netlink_ext_ack *extack)
{
	static const char * const names[] = {
		"last", "nat", "psp", "cache", "next-csid",
	};
	u32 unknown = params->flavors & ~params->behavior->flavors;

	BUILD_BUG_ON(BIT(ARRAY_SIZE(names)) - 1 != SRPROXY_FLAVOR_ALL);
	if (unknown) {
		srp_refuse(extack, tb[SRPROXY_A_SID_FLAVORS],
			   "%s has no flavor %s", params->behavior->name,
			   names[__ffs(unknown)]);
		return -EINVAL;
	}
	if (params->flavors & SRPROXY_FLAVOR_NAT &&
	    params->flavors & SRPROXY_FLAVOR_CACHE) {
		srp_refuse(extack, tb[SRPROXY_A_SID_FLAVORS],
			   "nat excludes cache: the flow would not be recognized");
		return -EINVAL;
	}
	return 0;
}

static int csid_check(const struct srp_sid_params *params, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	if (!(params->flavors & SRPROXY_FLAVOR_NEXT_CSID)) {
		if (!params->lblen)
			return 0;
		srp_refuse(extack, tb[SRPROXY_A_SID_LBLEN],
			   "lblen %u has no use without flavor next-csid",
			   params->lblen);
		return -EINVAL;
	}
	if (!params->lblen) {
		srp_missing(extack, tb, SRPROXY_A_SID_LBLEN,
			    "next-csid needs the locator block's bits (lblen)");
		return -EINVAL;
	}
	if (params->prefix_len == 128) {
		srp_refuse(extack, tb[SRPROXY_A_SID_PREFIX_LEN] ?:
				   tb[SRPROXY_A_SID_ADDR],
			   "next-csid needs a SID with a prefix shorter than 128");
		return -EINVAL;
	}
	if (params->lblen >= params->prefix_len) {
		srp_refuse(extack, tb[SRPROXY_A_SID_LBLEN],
			   "lblen %u leaves no C-SID in a prefix of %u",
			   params->lblen, params->prefix_len);
		return -EINVAL;
	}
	return 0;
}

static int chain_check(const struct srp_sid_spec *spec, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	const struct srp_sid_params *params = &spec->params;

	if (srp_params_chained(params)) {
		if (spec->chain[0])
			return 0;
		srp_missing(extack, tb, SRPROXY_A_SID_CHAIN,
			    "%s needs a chain", params->behavior->name);
		return -EINVAL;
	}
	if (!spec->chain[0])
		return 0;
	srp_refuse(extack, tb[SRPROXY_A_SID_CHAIN], "%s has no chain: %s",
		   params->behavior->name,
		   srp_params_last(params) ? "flavor last sends nothing on" :
		   params->behavior->learns ? "it learns its header" :
					      "the packet keeps its header");
	return -EINVAL;
}

/* Attributes that only some SIDs have a use for. */
static int use_check(const struct srp_sid_params *params, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	bool proxy = params->behavior->encap;
	const struct {
		u8 attr;
		bool used;
		const char *text;
	} uses[] = {
		{ SRPROXY_A_SID_AGEING, srp_params_learn(params),
		  "learns nothing: no ageing" },
		{ SRPROXY_A_SID_MARGIN, srp_params_learn(params),
		  "learns nothing: no margin" },
		{ SRPROXY_A_SID_TABLE, !srp_params_chained(params),
		  "has the table of its chain" },
		{ SRPROXY_A_SID_HMAC, !params->behavior->chained &&
				      !srp_params_last(params),
		  srp_params_last(params) ? "sends no header on: no hmac" :
					    "has the hmac of its chain" },
		{ SRPROXY_A_SID_TTL_MODE, proxy,
		  "has one hop limit: no ttl-mode" },
		{ SRPROXY_A_SID_DSCP_MODE, proxy,
		  "has one DSCP: no dscp-mode" },
		{ SRPROXY_A_SID_PERMIT, params->behavior == &srp_end_an,
		  "has no permit: its VNF changes no segments" },
		{ SRPROXY_A_SID_FLOWS, srp_params_keep_flows(params),
		  params->behavior == &srp_end_an ?
			"keeps no flows with permit full" :
			"keeps no flows without flavor cache" },
		{ SRPROXY_A_SID_FIB, srp_params_routed(params),
		  "needs hook seg6local or local for a fib table" },
		{ SRPROXY_A_SID_METRIC, srp_params_routed(params),
		  "needs hook seg6local or local for a metric" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(uses); i++) {
		if (uses[i].used || !tb[uses[i].attr])
			continue;
		srp_refuse(extack, tb[uses[i].attr], "%s %s",
			   params->behavior->name, uses[i].text);
		return -EINVAL;
	}
	return 0;
}

static int inner_check(const struct srp_sid_params *params, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	if (!(params->inner & ~params->behavior->inner))
		return 0;
	srp_refuse(extack, tb[SRPROXY_A_SID_INNER],
		   "%s encapsulates nothing: inner is ip6",
		   params->behavior->name);
	return -EINVAL;
}

/**
 * srp_sid_spec_check() - what can be said of a SID by itself
 * @sn:		locked
 * @spec:	all of its configuration
 * @tb:		attributes that @spec came from, for the refusal to point at
 * @extack:	for the refusal
 *
 * Return: 0; -EINVAL, -EADDRINUSE (address of this node)
 */
int srp_sid_spec_check(struct srp_net *sn, const struct srp_sid_spec *spec,
		       struct nlattr **tb, struct netlink_ext_ack *extack)
{
	const struct srp_sid_params *params = &spec->params;
	int err = addr_check(sn, params, tb, extack);

	if (err)
		return err;
	if (!params->behavior) {
		srp_missing(extack, tb, SRPROXY_A_SID_BEHAVIOR,
			    "a SID needs a behavior");
		return -EINVAL;
	}
	if (!spec->vnf[0]) {
		srp_missing(extack, tb, SRPROXY_A_SID_VNF, "a SID needs a VNF");
		return -EINVAL;
	}

	err = flavors_check(params, tb, extack);
	if (!err)
		err = inner_check(params, tb, extack);
	if (!err)
		err = csid_check(params, tb, extack);
	if (!err)
		err = chain_check(spec, tb, extack);
	if (!err)
		err = use_check(params, tb, extack);
	return err;
}
