// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/in6.h>

#include "policy.h"

#define NAME_POLICY { .type = NLA_NUL_STRING, .len = SRPROXY_NAME_SIZE - 1 }
#define DEV_POLICY { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }
#define VLAN_POLICY							\
	NLA_POLICY_RANGE(NLA_BINARY, sizeof(struct srproxy_vlan),	\
			 SRPROXY_VLANS_MAX * sizeof(struct srproxy_vlan))
#define ADDR_POLICY NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr))

/* Not const: Linux 6.1 wants to be able to write it. */
static struct netlink_range_validation ageing_range = {
	.max = SRPROXY_AGEING_MAX,
};

static struct netlink_range_validation flows_range = {
	.min = 1,
	.max = SRPROXY_FLOWS_MAX,
};

const struct nla_policy srp_vnf_policy[SRPROXY_A_VNF_MAX + 1] = {
	[SRPROXY_A_VNF_NAME] = NAME_POLICY,
	[SRPROXY_A_VNF_DEV] = DEV_POLICY,
	[SRPROXY_A_VNF_IIF] = DEV_POLICY,
	[SRPROXY_A_VNF_NH4] = NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[SRPROXY_A_VNF_NH6] = ADDR_POLICY,
	[SRPROXY_A_VNF_LLADDR] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[SRPROXY_A_VNF_ON_DOWN] = NLA_POLICY_MAX(NLA_U8, SRPROXY_ON_DOWN_MAX),
	[SRPROXY_A_VNF_VLAN] = VLAN_POLICY,
	[SRPROXY_A_VNF_IIF_VLAN] = VLAN_POLICY,
	[SRPROXY_A_VNF_IIF_NH4] = NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[SRPROXY_A_VNF_IIF_NH6] = ADDR_POLICY,
	[SRPROXY_A_VNF_IIF_LLADDR] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[SRPROXY_A_VNF_HANDOVER] = NLA_POLICY_MAX(NLA_U8, SRPROXY_HANDOVER_MAX),
	[SRPROXY_A_VNF_EXCLUSIVE] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy srp_vnf_key_policy[] = {
	[SRPROXY_A_VNF_NAME] = NAME_POLICY,
};

const struct nla_policy srp_chain_policy[SRPROXY_A_CHAIN_MAX + 1] = {
	[SRPROXY_A_CHAIN_NAME] = NAME_POLICY,
	[SRPROXY_A_CHAIN_SRC] = ADDR_POLICY,
	[SRPROXY_A_CHAIN_SEGS] =
		NLA_POLICY_RANGE(NLA_BINARY, SRP_SEG_SIZE,
				 SRPROXY_SEGS_MAX * SRP_SEG_SIZE),
	[SRPROXY_A_CHAIN_HOP_LIMIT] = NLA_POLICY_MIN(NLA_U8, 1),
	[SRPROXY_A_CHAIN_REDUCED] = NLA_POLICY_MAX(NLA_U8, 1),
	[SRPROXY_A_CHAIN_TABLE] = { .type = NLA_U32 },
	[SRPROXY_A_CHAIN_TAG] = { .type = NLA_U16 },
	[SRPROXY_A_CHAIN_HMAC] = { .type = NLA_U32 },
	[SRPROXY_A_CHAIN_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
};

const struct nla_policy srp_chain_key_policy[] = {
	[SRPROXY_A_CHAIN_NAME] = NAME_POLICY,
};

const struct nla_policy srp_sid_policy[SRPROXY_A_SID_MAX + 1] = {
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
	[SRPROXY_A_SID_PREFIX_LEN] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
	[SRPROXY_A_SID_FLAVORS] = NLA_POLICY_MASK(NLA_U32, SRPROXY_FLAVOR_ALL),
	[SRPROXY_A_SID_REVERSE] = NLA_POLICY_MAX(NLA_U8, 1),
	[SRPROXY_A_SID_LBLEN] = NLA_POLICY_RANGE(NLA_U8, 1, 127),
	[SRPROXY_A_SID_HOOK] = NLA_POLICY_MAX(NLA_U8, SRPROXY_HOOK_MAX),
	[SRPROXY_A_SID_FIB] = { .type = NLA_U32 },
	[SRPROXY_A_SID_METRIC] = { .type = NLA_U32 },
	[SRPROXY_A_SID_TTL_MODE] = NLA_POLICY_MAX(NLA_U8, SRPROXY_TTL_MODE_MAX),
	[SRPROXY_A_SID_DSCP_MODE] =
		NLA_POLICY_MAX(NLA_U8, SRPROXY_DSCP_MODE_MAX),
	[SRPROXY_A_SID_PERMIT] = NLA_POLICY_MAX(NLA_U8, SRPROXY_PERMIT_MAX),
	[SRPROXY_A_SID_HMAC] = { .type = NLA_U32 },
	[SRPROXY_A_SID_REQUIRE_HMAC] = NLA_POLICY_MAX(NLA_U8, 1),
	[SRPROXY_A_SID_FLOWS] = NLA_POLICY_FULL_RANGE(NLA_U32, &flows_range),
};

const struct nla_policy srp_sid_key_policy[] = {
	[SRPROXY_A_SID_ADDR] = ADDR_POLICY,
	[SRPROXY_A_SID_PREFIX_LEN] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
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

/* What the nests may hold is up to the command. */
const struct nla_policy srp_change_policy[] = {
	[SRPROXY_A_VNF] = { .type = NLA_NESTED },
	[SRPROXY_A_CHAIN] = { .type = NLA_NESTED },
	[SRPROXY_A_SID] = { .type = NLA_NESTED },
	[SRPROXY_A_COMMAND] = { .type = NLA_U8 },
	[SRPROXY_A_FLAGS] =
		NLA_POLICY_MASK(NLA_U16, NLM_F_CREATE | NLM_F_EXCL |
					 NLM_F_REPLACE | NLM_F_BULK),
};

/* Nor are they looked into before: each refusal tells which change it is. */
const struct nla_policy srp_transaction_policy[] = {
	[SRPROXY_A_CHANGE] = { .type = NLA_NESTED },
};
