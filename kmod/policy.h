/* SPDX-License-Identifier: GPL-2.0 */
/* Attribute policies, one for each operation; as docs/netlink/srproxy.yaml. */
#ifndef _SRPROXY_POLICY_H
#define _SRPROXY_POLICY_H

#include <net/netlink.h>
#include <linux/srproxy.h>

/* The last attribute that is part of any object's key. */
#define SRP_KEY_MAX	SRPROXY_A_SID_PREFIX_LEN
/* The last one of a change in a transaction. */
#define SRP_CHANGE_MAX	SRPROXY_A_FLAGS
#define SRP_SEG_SIZE	sizeof(struct in6_addr)

/* Inside the nests: all that a user may say of an object, or its key alone. */
extern const struct nla_policy srp_vnf_policy[SRPROXY_A_VNF_MAX + 1];
extern const struct nla_policy srp_vnf_key_policy[SRPROXY_A_VNF_NAME + 1];
extern const struct nla_policy srp_chain_policy[SRPROXY_A_CHAIN_MAX + 1];
extern const struct nla_policy srp_chain_key_policy[SRPROXY_A_CHAIN_NAME + 1];
extern const struct nla_policy srp_sid_policy[SRPROXY_A_SID_MAX + 1];
extern const struct nla_policy srp_sid_key_policy[SRP_KEY_MAX + 1];
extern const struct nla_policy srp_cache_key_policy[SRPROXY_A_CACHE_SID + 1];
extern const struct nla_policy srp_change_policy[SRP_CHANGE_MAX + 1];

/* Top level. */
extern const struct nla_policy srp_none_policy[SRPROXY_A_MAX + 1];
extern const struct nla_policy srp_vnf_new_policy[SRPROXY_A_VNF + 1];
extern const struct nla_policy srp_vnf_ref_policy[SRPROXY_A_VNF + 1];
extern const struct nla_policy srp_chain_new_policy[SRPROXY_A_CHAIN + 1];
extern const struct nla_policy srp_chain_ref_policy[SRPROXY_A_CHAIN + 1];
extern const struct nla_policy srp_sid_new_policy[SRPROXY_A_SID + 1];
extern const struct nla_policy srp_sid_ref_policy[SRPROXY_A_SID + 1];
extern const struct nla_policy srp_sid_get_policy[SRPROXY_A_STATS + 1];
extern const struct nla_policy srp_cache_ref_policy[SRPROXY_A_CACHE + 1];
extern const struct nla_policy srp_transaction_policy[SRPROXY_A_CHANGE + 1];

#endif /* _SRPROXY_POLICY_H */
