// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/in6.h>

#include "policy.h"

#define NAME_POLICY { .type = NLA_NUL_STRING, .len = SRPROXY_NAME_SIZE - 1 }
#define DEV_POLICY { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }
#define ADDR_POLICY NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr))

/* Not const: Linux 6.1 wants to be able to write it. */
static struct netlink_range_validation ageing_range = {
	.max = SRPROXY_AGEING_MAX,
};

const struct nla_policy srp_vnf_policy[] = {
	[SRPROXY_A_VNF_NAME] = NAME_POLICY,
	[SRPROXY_A_VNF_DEV] = DEV_POLICY,
	[SRPROXY_A_VNF_IIF] = DEV_POLICY,
	[SRPROXY_A_VNF_NH4] = NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[SRPROXY_A_VNF_NH6] = ADDR_POLICY,
	[SRPROXY_A_VNF_LLADDR] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[SRPROXY_A_VNF_ON_DOWN] = NLA_POLICY_MAX(NLA_U8, SRPROXY_ON_DOWN_MAX),
	[SRPROXY_A_VNF_MAX] = {},
};

const struct nla_policy srp_vnf_key_policy[] = {
	[SRPROXY_A_VNF_NAME] = NAME_POLICY,
};

const struct nla_policy srp_chain_policy[] = {
	[SRPROXY_A_CHAIN_NAME] = NAME_POLICY,
	[SRPROXY_A_CHAIN_SRC] = ADDR_POLICY,
	[SRPROXY_A_CHAIN_SEGS] =
		NLA_POLICY_RANGE(NLA_BINARY, SRP_SEG_SIZE,
				 SRPROXY_SEGS_MAX * SRP_SEG_SIZE),
	[SRPROXY_A_CHAIN_HOP_LIMIT] = NLA_POLICY_MIN(NLA_U8, 1),
	[SRPROXY_A_CHAIN_REDUCED] = NLA_POLICY_MAX(NLA_U8, 1),
	[SRPROXY_A_CHAIN_TABLE] = { .type = NLA_U32 },
	[SRPROXY_A_CHAIN_MAX] = {},
};

const struct nla_policy srp_chain_key_policy[] = {
	[SRPROXY_A_CHAIN_NAME] = NAME_POLICY,
};

const struct nla_policy srp_sid_policy[] = {
	[SRPROXY_A_SID_ADDR] = ADDR_POLICY,
	[SRPROXY_A_SID_BEHAVIOR] =
		NLA_POLICY_RANGE(NLA_U8, SRPROXY_BEHAVIOR_UNSPEC + 1,
				 SRPROXY_BEHAVIOR_MAX),
	[SRPROXY_A_SID_INNER] = NLA_POLICY_RANGE(NLA_U8, 1, SRPROXY_INNER_ALL),
	[SRPROXY_A_SID_VNF] = NAME_POLICY,
	[SRPROXY_A_SID_CHAIN] = NAME_POLICY,
	[SRPROXY_A_SID_AGEING] = NLA_POLICY_FULL_RANGE(NLA_U32, &ageing_range),
	[SRPROXY_A_SID_MARGIN] = { .type = NLA_U8 },
	[SRPROXY_A_SID_TABLE] = { .type = NLA_U32 },
	[SRPROXY_A_SID_MAX] = {},
};

const struct nla_policy srp_sid_key_policy[] = {
	[SRPROXY_A_SID_ADDR] = ADDR_POLICY,
};

const struct nla_policy srp_cache_key_policy[] = {
	[SRPROXY_A_CACHE_SID] = ADDR_POLICY,
};

/* Full size: a maxattr of 0 would make the core take the family's. */
const struct nla_policy srp_none_policy[SRPROXY_A_MAX + 1] = {};

const struct nla_policy srp_vnf_new_policy[] = {
	[SRPROXY_A_VNF] = NLA_POLICY_NESTED(srp_vnf_policy),
};

const struct nla_policy srp_vnf_ref_policy[] = {
	[SRPROXY_A_VNF] = NLA_POLICY_NESTED(srp_vnf_key_policy),
};

const struct nla_policy srp_chain_new_policy[] = {
	[SRPROXY_A_CHAIN] = NLA_POLICY_NESTED(srp_chain_policy),
};

const struct nla_policy srp_chain_ref_policy[] = {
	[SRPROXY_A_CHAIN] = NLA_POLICY_NESTED(srp_chain_key_policy),
};

const struct nla_policy srp_sid_new_policy[] = {
	[SRPROXY_A_SID] = NLA_POLICY_NESTED(srp_sid_policy),
};

const struct nla_policy srp_sid_ref_policy[] = {
	[SRPROXY_A_SID] = NLA_POLICY_NESTED(srp_sid_key_policy),
};

const struct nla_policy srp_sid_get_policy[] = {
	[SRPROXY_A_SID] = NLA_POLICY_NESTED(srp_sid_key_policy),
	[SRPROXY_A_STATS] = { .type = NLA_FLAG },
};

const struct nla_policy srp_cache_ref_policy[] = {
	[SRPROXY_A_CACHE] = NLA_POLICY_NESTED(srp_cache_key_policy),
};
