/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * srproxy: SRv6 service proxy, generic netlink interface.
 *
 * Family "srproxy", version 1. Everything is per network namespace: the one of
 * the socket. Changes need CAP_NET_ADMIN in the user namespace that owns it;
 * so does reading. The same text, machine readable: docs/netlink/srproxy.yaml.
 *
 * Message tree (req = request, rep = reply and notification; one line per
 * attribute, nesting by indentation):
 *
 * SRPROXY_CMD_INFO_GET             do: what module is this
 *   rep SRPROXY_A_INFO
 *         SRPROXY_A_INFO_VERSION         string, the module's version
 *         SRPROXY_A_INFO_SEGS_MAX        u32, longest segment list of a chain
 *         SRPROXY_A_INFO_VNFS            u32, objects in this namespace
 *         SRPROXY_A_INFO_CHAINS          u32
 *         SRPROXY_A_INFO_SIDS            u32
 *         SRPROXY_A_INFO_SEG6LOCAL       u8, enum srproxy_seg6local: what
 *                                        SRPROXY_HOOK_SEG6LOCAL is made of here
 *
 * SRPROXY_CMD_VNF_NEW              do: flags as rtnetlink, see below
 * SRPROXY_CMD_VNF_DEL              do: by name; NLM_F_BULK and no nest: all
 * SRPROXY_CMD_VNF_GET              do: by name; dump: all
 *   req/rep SRPROXY_A_VNF
 *         SRPROXY_A_VNF_NAME             string, 1..31 of [A-Za-z0-9_.-]
 *         SRPROXY_A_VNF_DEV              string, IFACE-OUT, towards the VNF
 *         SRPROXY_A_VNF_IIF              string, IFACE-IN, default DEV
 *         SRPROXY_A_VNF_NH4              4 bytes, IPv4 next hop on DEV
 *         SRPROXY_A_VNF_NH6              16 bytes, IPv6 next hop on DEV; for
 *                                        IPv4 too when NH4 is absent
 *         SRPROXY_A_VNF_LLADDR           6 bytes, static link-layer next hop,
 *                                        instead of NH4/NH6
 *         SRPROXY_A_VNF_ON_DOWN          u8, enum srproxy_on_down
 *         SRPROXY_A_VNF_VLAN             n * struct srproxy_vlan, outermost
 *                                        first, 1 <= n <= SRPROXY_VLANS_MAX:
 *                                        tags towards the VNF on DEV
 *         SRPROXY_A_VNF_IIF_VLAN         the same: tags of what returns on IIF;
 *                                        default VLAN if IIF is DEV
 *         SRPROXY_A_VNF_IIF_NH4          as NH4, on IIF: for SIDs in reverse
 *         SRPROXY_A_VNF_IIF_NH6          as NH6, on IIF
 *         SRPROXY_A_VNF_IIF_LLADDR       as LLADDR, on IIF
 *         SRPROXY_A_VNF_HANDOVER         u8, enum srproxy_handover
 *         SRPROXY_A_VNF_EXCLUSIVE        u8, 0 or 1: the devices are the proxy's
 *                                        alone, by their rx handlers, default 0
 *     rep SRPROXY_A_VNF_STATE            u8, enum srproxy_vnf_state
 *     rep SRPROXY_A_VNF_DEV_IFINDEX      u32, 0 while no such device exists
 *     rep SRPROXY_A_VNF_IIF_IFINDEX      u32
 *     rep SRPROXY_A_VNF_SIDS             u32, SIDs that use this VNF
 *
 * SRPROXY_CMD_CHAIN_NEW            do
 * SRPROXY_CMD_CHAIN_DEL            do: by name; NLM_F_BULK and no nest: all
 * SRPROXY_CMD_CHAIN_GET            do: by name; dump: all
 *   req/rep SRPROXY_A_CHAIN
 *         SRPROXY_A_CHAIN_NAME           string, as SRPROXY_A_VNF_NAME
 *         SRPROXY_A_CHAIN_SRC            16 bytes, outer source, routable as SIDs
 *         SRPROXY_A_CHAIN_SEGS           n * 16 bytes, first segment first, each
 *                                        routable as SIDs,
 *                                        1 <= n <= SRPROXY_SEGS_MAX
 *         SRPROXY_A_CHAIN_HOP_LIMIT      u8, 1..255, default 64
 *         SRPROXY_A_CHAIN_REDUCED        u8, 0 or 1: first segment only in the
 *                                        destination address, default 0
 *         SRPROXY_A_CHAIN_TABLE          u32, routing table of the first
 *                                        segment, 0 (default): the node's rules
 *         SRPROXY_A_CHAIN_TAG            u16, tag of the SRH (RFC 8754 2),
 *                                        default 0: none
 *         SRPROXY_A_CHAIN_HMAC           u32, key id of the HMAC TLV that the SRH
 *                                        bears, 0 (default): none. The key is
 *                                        the kernel's: ip sr hmac set. At most 14
 *                                        listed segments, as all of Linux
 *         SRPROXY_A_CHAIN_DSCP           u8, 0..63, outer DSCP where it is not
 *                                        the inner packet's, default 0
 *     rep SRPROXY_A_CHAIN_SIDS           u32, SIDs that use this chain
 *
 * SRPROXY_CMD_SID_NEW              do
 * SRPROXY_CMD_SID_DEL              do: by address, and prefix length if it is
 *                                  said; NLM_F_BULK and no nest: all
 * SRPROXY_CMD_SID_GET              do: the same; dump: all
 *   req SRPROXY_A_STATS                  flag, reply with SRPROXY_A_SID_STATS
 *   req/rep SRPROXY_A_SID
 *         SRPROXY_A_SID_ADDR             16 bytes, routable unicast: not link-
 *                                        local, loopback or IPv4-mapped, nor an
 *                                        address of this node
 *         SRPROXY_A_SID_BEHAVIOR         u8, enum srproxy_behavior
 *         SRPROXY_A_SID_INNER            u8, SRPROXY_INNER_*, default IP4 | IP6;
 *                                        End.AM and End.AN: IP6 only
 *         SRPROXY_A_SID_VNF              string, an existing VNF
 *         SRPROXY_A_SID_CHAIN            string, an existing chain; End.AS
 *                                        without SRPROXY_FLAVOR_LAST only
 *         SRPROXY_A_SID_AGEING           u32, seconds a learned header lives
 *                                        without a packet that bears it;
 *                                        0 (default): for ever; at most
 *                                        SRPROXY_AGEING_MAX; End.AD only
 *         SRPROXY_A_SID_MARGIN           u8, hop-limit difference that is no
 *                                        change of the learned header,
 *                                        default 8; End.AD only
 *         SRPROXY_A_SID_TABLE            u32, as SRPROXY_A_CHAIN_TABLE, for what
 *                                        this SID sends on: End.AD, End.AM,
 *                                        End.AN, SRPROXY_FLAVOR_LAST. With the
 *                                        latter IPv4 needs a VRF's table
 *         SRPROXY_A_SID_PREFIX_LEN       u8, 1..128, default 128: the SID is all
 *                                        addresses of this prefix; the longest
 *                                        prefix has an address
 *         SRPROXY_A_SID_FLAVORS          u32, SRPROXY_FLAVOR_*, default none
 *         SRPROXY_A_SID_REVERSE          u8, 0 or 1: towards the VNF by its IIF,
 *                                        back by its DEV; default 0
 *         SRPROXY_A_SID_LBLEN            u8, 1..127, bits of the locator block;
 *                                        with SRPROXY_FLAVOR_NEXT_CSID, of whose
 *                                        SID the C-SID is the rest of the prefix
 *         SRPROXY_A_SID_HOOK             u8, enum srproxy_hook
 *         SRPROXY_A_SID_FIB              u32, table of the SID's own route, 0
 *                                        (default): main with HOOK_SEG6LOCAL,
 *                                        local with HOOK_LOCAL; those only
 *         SRPROXY_A_SID_METRIC           u32, its metric, 0 (default): 1024;
 *                                        the same
 *         SRPROXY_A_SID_TTL_MODE         u8, enum srproxy_ttl_mode; End.AS, End.AD
 *         SRPROXY_A_SID_DSCP_MODE        u8, enum srproxy_dscp_mode; same
 *         SRPROXY_A_SID_PERMIT           u8, enum srproxy_permit; End.AN only
 *         SRPROXY_A_SID_HMAC             u32, key id with which the HMAC TLV of
 *                                        what is sent on is made anew, if it has
 *                                        one; 0 (default): as it is; End.AD,
 *                                        End.AM, End.AN
 *         SRPROXY_A_SID_REQUIRE_HMAC     u8, 0 or 1: drop what bears no valid
 *                                        HMAC, whatever the interface's sysctl
 *                                        seg6_require_hmac; default 0
 *         SRPROXY_A_SID_FLOWS            u32, 1..SRPROXY_FLOWS_MAX, default
 *                                        SRPROXY_FLOWS_DEFAULT: flows whose SRH
 *                                        is kept, the oldest make room, rounded
 *                                        down to a multiple of 8 above 8; all
 *                                        of a namespace at most
 *                                        SRPROXY_FLOWS_NET_MAX; End.AN but for
 *                                        SRPROXY_PERMIT_FULL, and
 *                                        SRPROXY_FLAVOR_CACHE only
 *     rep SRPROXY_A_SID_STATS
 *           SRPROXY_A_STATS_IN_PACKETS   u64, taken from the network and handed
 *                                        to the VNF, or past it while bypassed
 *           SRPROXY_A_STATS_IN_BYTES     u64, with their outer headers
 *           SRPROXY_A_STATS_OUT_PACKETS  u64, encapsulated and sent on
 *           SRPROXY_A_STATS_OUT_BYTES    u64, with their outer headers
 *           SRPROXY_A_STATS_DROPS
 *             SRPROXY_DROP_*             u64 each, the enum is the attribute
 *
 * SRPROXY_CMD_CIRCUIT_GET          dump: (IFACE-IN, VLANs, inner type) -> SID
 *   rep SRPROXY_A_CIRCUIT
 *         SRPROXY_A_CIRCUIT_IIF          string
 *         SRPROXY_A_CIRCUIT_IFINDEX      u32, 0 while no such device exists
 *         SRPROXY_A_CIRCUIT_INNER        u8, one bit of SRPROXY_INNER_*
 *         SRPROXY_A_CIRCUIT_SID          16 bytes
 *         SRPROXY_A_CIRCUIT_VNF          string
 *         SRPROXY_A_CIRCUIT_VLAN         as SRPROXY_A_VNF_VLAN, if there are any
 *
 * SRPROXY_CMD_CACHE_GET            dump: learned headers; all or of one SID
 * SRPROXY_CMD_CACHE_DEL            do: forget them; all or of one SID
 *   req/rep SRPROXY_A_CACHE
 *         SRPROXY_A_CACHE_SID            16 bytes
 *     rep SRPROXY_A_CACHE_INNER          u8, one bit of SRPROXY_INNER_*
 *     rep SRPROXY_A_CACHE_HEADER         bytes, the encapsulation as it will be
 *                                        pushed: IPv6 header and extension
 *                                        headers, payload length zero
 *     rep SRPROXY_A_CACHE_AGE            u64, milliseconds since it was learned
 *     rep SRPROXY_A_CACHE_IDLE           u64, milliseconds since a packet bore
 *                                        it, to the SID's ageing / 16; only
 *                                        with ageing
 *     rep SRPROXY_A_CACHE_EXPIRED        flag, aged out: no longer pushed
 *     rep SRPROXY_A_CACHE_SRH            bytes, instead of HEADER: the SRH as it
 *                                        arrived, kept for a flow
 *     rep SRPROXY_A_CACHE_FLOW           the flow
 *           SRPROXY_A_FLOW_SRC           4 or 16 bytes
 *           SRPROXY_A_FLOW_DST           4 or 16 bytes
 *           SRPROXY_A_FLOW_PROTO         u8, IPPROTO_*
 *           SRPROXY_A_FLOW_SPORT         u16, 0 without ports
 *           SRPROXY_A_FLOW_DPORT         u16
 *
 * SRPROXY_CMD_CACHE_NEW            notification only: a header was learned. That
 *                                  one has aged out is not announced.
 *
 * SRPROXY_CMD_TRANSACTION          do: all of many changes, or none
 *   req SRPROXY_A_CHANGE               in their order, at least one
 *         SRPROXY_A_COMMAND              u8, SRPROXY_CMD_*_NEW or _DEL of a VNF,
 *                                        chain or SID
 *         SRPROXY_A_FLAGS                u16, NLM_F_* of that command, default 0
 *         SRPROXY_A_VNF                  as that command has it
 *         SRPROXY_A_CHAIN                the same
 *         SRPROXY_A_SID                  the same
 *
 * *_NEW flags: NLM_F_CREATE | NLM_F_EXCL adds, NLM_F_CREATE | NLM_F_REPLACE
 * creates or replaces the whole object, NLM_F_REPLACE alone changes the
 * attributes given and keeps the others. Any other combination is refused.
 *
 * With NLM_F_MULTI, a *_NEW or *_DEL of a VNF, chain or SID is done only if the
 * request before it in the same datagram, numbered one less, was done, and is
 * refused with ECANCELED otherwise: the first refusal ends a list of changes.
 *
 * Of a transaction each change is judged as if those before it had been made,
 * but for how SIDs and VNFs go together, which is judged at the end of all: next
 * hops, and that one SID has the packets that return from a VNF. So two may
 * exchange their VNFs.
 * Other requests find all changes made, or none; a packet finds each object as it
 * was or as it will be, and as it was if the transaction is refused. Events are
 * sent once all is done, one for each change, in their order. A refusal bears
 * the sentence and attribute of the change at fault, and its number, counted
 * from 0, as a cookie (NLMSGERR_ATTR_COOKIE, u32); the attribute's offset is
 * within the change's own. There is no limit to the number of changes but the
 * sender's buffer (SO_SNDBUF; SO_SNDBUFFORCE beyond net.core.wmem_max), which
 * has to hold the message; NETLINK_CAP_ACK keeps that out of the answer.
 *
 * Multicast groups: "config" carries *_NEW and *_DEL of every object that
 * changed, with its state after (NEW) or its key (DEL), and VNF_NEW when a
 * VNF's state changes; "learn" carries CACHE_NEW and CACHE_DEL, at most
 * SRPROXY_LEARN_EVENTS_PER_SEC a second and namespace.
 *
 * Errors: every refusal carries a sentence and, where an attribute is at
 * fault, its offset or the type that is missing. EEXIST, ENOENT, EBUSY (in use),
 * EINVAL, ERANGE, EADDRINUSE, ENOSPC (65536 of a kind in a namespace, flows),
 * EOPNOTSUPP (a kernel without seg6local), EPERM, ENOMEM, ECANCELED.
 */
#ifndef _UAPI_LINUX_SRPROXY_H
#define _UAPI_LINUX_SRPROXY_H

#include <linux/types.h>

#define SRPROXY_FAMILY_NAME		"srproxy"
#define SRPROXY_FAMILY_VERSION		1

#define SRPROXY_MCGRP_CONFIG		"config"
#define SRPROXY_MCGRP_LEARN		"learn"

/* Longest name of a VNF or chain, the closing NUL included. */
#define SRPROXY_NAME_SIZE		32
/* What the length byte of an SRH allows: 8 * 255 bytes of 16. */
#define SRPROXY_SEGS_MAX		127
#define SRPROXY_AGEING_MAX		86400
#define SRPROXY_MARGIN_DEFAULT		8
#define SRPROXY_HOP_LIMIT_DEFAULT	64
#define SRPROXY_LEARN_EVENTS_PER_SEC	100
#define SRPROXY_VLANS_MAX		2
#define SRPROXY_FLOWS_MAX		65536
#define SRPROXY_FLOWS_DEFAULT		1024
/* Of all SIDs of a namespace together. */
#define SRPROXY_FLOWS_NET_MAX		1048576
/* Table with the route to the module's device, for SRPROXY_SEG6LOCAL_END_T. */
#define SRPROXY_SEG6LOCAL_TABLE		0x53525036	/* "SRP6" */
/* The module's device that routes of SRPROXY_HOOK_SEG6LOCAL name. */
#define SRPROXY_SEG6LOCAL_DEV		"srproxy0"

enum srproxy_cmd {
	SRPROXY_CMD_UNSPEC,
	SRPROXY_CMD_INFO_GET,
	SRPROXY_CMD_VNF_NEW,
	SRPROXY_CMD_VNF_DEL,
	SRPROXY_CMD_VNF_GET,
	SRPROXY_CMD_CHAIN_NEW,
	SRPROXY_CMD_CHAIN_DEL,
	SRPROXY_CMD_CHAIN_GET,
	SRPROXY_CMD_SID_NEW,
	SRPROXY_CMD_SID_DEL,
	SRPROXY_CMD_SID_GET,
	SRPROXY_CMD_CIRCUIT_GET,
	SRPROXY_CMD_CACHE_NEW,
	SRPROXY_CMD_CACHE_DEL,
	SRPROXY_CMD_CACHE_GET,
	SRPROXY_CMD_TRANSACTION,

	/* private: */
	__SRPROXY_CMD_MAX,
	SRPROXY_CMD_MAX = __SRPROXY_CMD_MAX - 1,
};

enum srproxy_attr {
	SRPROXY_A_UNSPEC,
	SRPROXY_A_INFO,
	SRPROXY_A_VNF,
	SRPROXY_A_CHAIN,
	SRPROXY_A_SID,
	SRPROXY_A_CIRCUIT,
	SRPROXY_A_CACHE,
	SRPROXY_A_STATS,
	SRPROXY_A_CHANGE,
	SRPROXY_A_COMMAND,
	SRPROXY_A_FLAGS,

	/* private: */
	__SRPROXY_A_MAX,
	SRPROXY_A_MAX = __SRPROXY_A_MAX - 1,
};

enum srproxy_info_attr {
	SRPROXY_A_INFO_UNSPEC,
	SRPROXY_A_INFO_VERSION,
	SRPROXY_A_INFO_SEGS_MAX,
	SRPROXY_A_INFO_VNFS,
	SRPROXY_A_INFO_CHAINS,
	SRPROXY_A_INFO_SIDS,
	SRPROXY_A_INFO_SEG6LOCAL,

	/* private: */
	__SRPROXY_A_INFO_MAX,
	SRPROXY_A_INFO_MAX = __SRPROXY_A_INFO_MAX - 1,
};

enum srproxy_vnf_attr {
	SRPROXY_A_VNF_UNSPEC,
	SRPROXY_A_VNF_NAME,
	SRPROXY_A_VNF_DEV,
	SRPROXY_A_VNF_IIF,
	SRPROXY_A_VNF_NH4,
	SRPROXY_A_VNF_NH6,
	SRPROXY_A_VNF_LLADDR,
	SRPROXY_A_VNF_ON_DOWN,
	SRPROXY_A_VNF_STATE,
	SRPROXY_A_VNF_DEV_IFINDEX,
	SRPROXY_A_VNF_IIF_IFINDEX,
	SRPROXY_A_VNF_SIDS,
	SRPROXY_A_VNF_VLAN,
	SRPROXY_A_VNF_IIF_VLAN,
	SRPROXY_A_VNF_IIF_NH4,
	SRPROXY_A_VNF_IIF_NH6,
	SRPROXY_A_VNF_IIF_LLADDR,
	SRPROXY_A_VNF_HANDOVER,
	SRPROXY_A_VNF_EXCLUSIVE,

	/* private: */
	__SRPROXY_A_VNF_MAX,
	SRPROXY_A_VNF_MAX = __SRPROXY_A_VNF_MAX - 1,
};

enum srproxy_chain_attr {
	SRPROXY_A_CHAIN_UNSPEC,
	SRPROXY_A_CHAIN_NAME,
	SRPROXY_A_CHAIN_SRC,
	SRPROXY_A_CHAIN_SEGS,
	SRPROXY_A_CHAIN_HOP_LIMIT,
	SRPROXY_A_CHAIN_REDUCED,
	SRPROXY_A_CHAIN_TABLE,
	SRPROXY_A_CHAIN_SIDS,
	SRPROXY_A_CHAIN_TAG,
	SRPROXY_A_CHAIN_HMAC,
	SRPROXY_A_CHAIN_DSCP,

	/* private: */
	__SRPROXY_A_CHAIN_MAX,
	SRPROXY_A_CHAIN_MAX = __SRPROXY_A_CHAIN_MAX - 1,
};

enum srproxy_sid_attr {
	SRPROXY_A_SID_UNSPEC,
	SRPROXY_A_SID_ADDR,
	SRPROXY_A_SID_BEHAVIOR,
	SRPROXY_A_SID_INNER,
	SRPROXY_A_SID_VNF,
	SRPROXY_A_SID_CHAIN,
	SRPROXY_A_SID_AGEING,
	SRPROXY_A_SID_MARGIN,
	SRPROXY_A_SID_TABLE,
	SRPROXY_A_SID_STATS,
	SRPROXY_A_SID_PREFIX_LEN,
	SRPROXY_A_SID_FLAVORS,
	SRPROXY_A_SID_REVERSE,
	SRPROXY_A_SID_LBLEN,
	SRPROXY_A_SID_HOOK,
	SRPROXY_A_SID_FIB,
	SRPROXY_A_SID_METRIC,
	SRPROXY_A_SID_TTL_MODE,
	SRPROXY_A_SID_DSCP_MODE,
	SRPROXY_A_SID_PERMIT,
	SRPROXY_A_SID_HMAC,
	SRPROXY_A_SID_REQUIRE_HMAC,
	SRPROXY_A_SID_FLOWS,

	/* private: */
	__SRPROXY_A_SID_MAX,
	SRPROXY_A_SID_MAX = __SRPROXY_A_SID_MAX - 1,
};

enum srproxy_stats_attr {
	SRPROXY_A_STATS_UNSPEC,
	SRPROXY_A_STATS_PAD,
	SRPROXY_A_STATS_IN_PACKETS,
	SRPROXY_A_STATS_IN_BYTES,
	SRPROXY_A_STATS_OUT_PACKETS,
	SRPROXY_A_STATS_OUT_BYTES,
	SRPROXY_A_STATS_DROPS,

	/* private: */
	__SRPROXY_A_STATS_MAX,
	SRPROXY_A_STATS_MAX = __SRPROXY_A_STATS_MAX - 1,
};

enum srproxy_circuit_attr {
	SRPROXY_A_CIRCUIT_UNSPEC,
	SRPROXY_A_CIRCUIT_IIF,
	SRPROXY_A_CIRCUIT_IFINDEX,
	SRPROXY_A_CIRCUIT_INNER,
	SRPROXY_A_CIRCUIT_SID,
	SRPROXY_A_CIRCUIT_VNF,
	SRPROXY_A_CIRCUIT_VLAN,

	/* private: */
	__SRPROXY_A_CIRCUIT_MAX,
	SRPROXY_A_CIRCUIT_MAX = __SRPROXY_A_CIRCUIT_MAX - 1,
};

enum srproxy_cache_attr {
	SRPROXY_A_CACHE_UNSPEC,
	SRPROXY_A_CACHE_PAD,
	SRPROXY_A_CACHE_SID,
	SRPROXY_A_CACHE_INNER,
	SRPROXY_A_CACHE_HEADER,
	SRPROXY_A_CACHE_AGE,
	SRPROXY_A_CACHE_IDLE,
	SRPROXY_A_CACHE_EXPIRED,
	SRPROXY_A_CACHE_SRH,
	SRPROXY_A_CACHE_FLOW,

	/* private: */
	__SRPROXY_A_CACHE_MAX,
	SRPROXY_A_CACHE_MAX = __SRPROXY_A_CACHE_MAX - 1,
};

enum srproxy_flow_attr {
	SRPROXY_A_FLOW_UNSPEC,
	SRPROXY_A_FLOW_SRC,
	SRPROXY_A_FLOW_DST,
	SRPROXY_A_FLOW_PROTO,
	SRPROXY_A_FLOW_SPORT,
	SRPROXY_A_FLOW_DPORT,

	/* private: */
	__SRPROXY_A_FLOW_MAX,
	SRPROXY_A_FLOW_MAX = __SRPROXY_A_FLOW_MAX - 1,
};

/* SRPROXY_A_VNF_VLAN, both in network byte order */
struct srproxy_vlan {
	__be16 proto;		/* 0x8100 (802.1Q) or 0x88a8 (802.1ad) */
	__be16 vid;		/* 1..4094 */
};

/* SRPROXY_A_SID_BEHAVIOR: draft-ietf-spring-sr-service-programming, section 6 */
enum srproxy_behavior {
	SRPROXY_BEHAVIOR_UNSPEC,
	SRPROXY_BEHAVIOR_END_AS,	/* static proxy */
	SRPROXY_BEHAVIOR_END_AD,	/* dynamic proxy */
	SRPROXY_BEHAVIOR_END_AM,	/* masquerading proxy */
	SRPROXY_BEHAVIOR_END_AN,	/* SR-aware function */

	/* private: */
	__SRPROXY_BEHAVIOR_MAX,
	SRPROXY_BEHAVIOR_MAX = __SRPROXY_BEHAVIOR_MAX - 1,
};

/* SRPROXY_A_SID_INNER: the plain packets a SID deals with, a bit mask */
#define SRPROXY_INNER_IP4	(1 << 0)	/* next header 4 */
#define SRPROXY_INNER_IP6	(1 << 1)	/* next header 41 */
#define SRPROXY_INNER_ETH	(1 << 2)	/* next header 143 */
#define SRPROXY_INNER_IP	(SRPROXY_INNER_IP4 | SRPROXY_INNER_IP6)
#define SRPROXY_INNER_ALL	(SRPROXY_INNER_IP | SRPROXY_INNER_ETH)

/* SRPROXY_A_SID_FLAVORS, a bit mask */
/* End.AS, End.AD: the last segment; what returns is routed by its own address */
#define SRPROXY_FLAVOR_LAST		(1 << 0)
/* End.AM: the VNF may change the destination, which becomes the last segment */
#define SRPROXY_FLAVOR_NAT		(1 << 1)
/* End.AM: remove the SRH once no segment is left */
#define SRPROXY_FLAVOR_PSP		(1 << 2)
/* End.AM: keep the SRH from the VNF, which sees plain IPv6; not with NAT */
#define SRPROXY_FLAVOR_CACHE		(1 << 3)
/* End.AD: compressed, RFC 9800 4.1 */
#define SRPROXY_FLAVOR_NEXT_CSID	(1 << 4)
#define SRPROXY_FLAVOR_ALL		((1 << 5) - 1)

/* SRPROXY_A_SID_HOOK: where packets to the SID are met */
enum srproxy_hook {
	SRPROXY_HOOK_PREROUTING,	/* default; needs no route */
	SRPROXY_HOOK_SEG6LOCAL,		/* where the FIB leads to a seg6local route,
					 * which is up to user space
					 */
	SRPROXY_HOOK_LOCAL,		/* where the FIB leads to a local route, which
					 * is up to user space
					 */

	/* private: */
	__SRPROXY_HOOK_MAX,
	SRPROXY_HOOK_MAX = __SRPROXY_HOOK_MAX - 1,
};

/* SRPROXY_A_INFO_SEG6LOCAL: the action of those routes */
enum srproxy_seg6local {
	SRPROXY_SEG6LOCAL_END_T,	/* End.T to the module's device */
	SRPROXY_SEG6LOCAL_END_BPF,	/* End.BPF and srproxy_seg6local(), or that */
};

/* SRPROXY_A_SID_TTL_MODE: inner and outer hop limit (RFC 3443) */
enum srproxy_ttl_mode {
	SRPROXY_TTL_MODE_PIPE,		/* default: nothing to do with each other */
	SRPROXY_TTL_MODE_UNIFORM,	/* copied inwards and outwards */

	/* private: */
	__SRPROXY_TTL_MODE_MAX,
	SRPROXY_TTL_MODE_MAX = __SRPROXY_TTL_MODE_MAX - 1,
};

/* SRPROXY_A_SID_DSCP_MODE (RFC 2983); ECN is always RFC 6040's */
enum srproxy_dscp_mode {
	SRPROXY_DSCP_MODE_INNER,	/* default: outer from inner, never back */
	SRPROXY_DSCP_MODE_PIPE,		/* outer from chain or learned header */
	SRPROXY_DSCP_MODE_UNIFORM,	/* copied inwards and outwards */

	/* private: */
	__SRPROXY_DSCP_MODE_MAX,
	SRPROXY_DSCP_MODE_MAX = __SRPROXY_DSCP_MODE_MAX - 1,
};

/* SRPROXY_A_SID_PERMIT: what the VNF may do to the segments still to visit */
enum srproxy_permit {
	SRPROXY_PERMIT_NONE,		/* default: nothing */
	SRPROXY_PERMIT_INSERT_NEXT,	/* insert before the first of them */
	SRPROXY_PERMIT_INSERT_ANY,	/* insert anywhere */
	SRPROXY_PERMIT_FULL,		/* anything */

	/* private: */
	__SRPROXY_PERMIT_MAX,
	SRPROXY_PERMIT_MAX = __SRPROXY_PERMIT_MAX - 1,
};

/* SRPROXY_A_VNF_ON_DOWN: what a SID does while its VNF is down */
enum srproxy_on_down {
	SRPROXY_ON_DOWN_DROP,		/* default; counted as vnf_down */
	SRPROXY_ON_DOWN_BYPASS,		/* on to the next segment without it */

	/* private: */
	__SRPROXY_ON_DOWN_MAX,
	SRPROXY_ON_DOWN_MAX = __SRPROXY_ON_DOWN_MAX - 1,
};

/* SRPROXY_A_VNF_HANDOVER: from one end of a veth device to the other */
enum srproxy_handover {
	SRPROXY_HANDOVER_AUTO,		/* default; directly while nobody looks */
	SRPROXY_HANDOVER_NEVER,		/* always through the device's queues */

	/* private: */
	__SRPROXY_HANDOVER_MAX,
	SRPROXY_HANDOVER_MAX = __SRPROXY_HANDOVER_MAX - 1,
};

/* SRPROXY_A_VNF_STATE: up needs both devices present, up and with carrier */
enum srproxy_vnf_state {
	SRPROXY_VNF_STATE_DOWN,
	SRPROXY_VNF_STATE_UP,
};

/*
 * Why a packet was dropped: attribute types inside SRPROXY_A_STATS_DROPS. Each
 * dropped packet counts under exactly one.
 */
enum srproxy_drop {
	SRPROXY_DROP_UNSPEC,
	SRPROXY_DROP_PAD,
	/* on the way in */
	SRPROXY_DROP_FROM_VNF,		/* SRv6 to this SID out of a VNF */
	SRPROXY_DROP_OUTER_FRAGMENT,	/* the outer packet is a fragment */
	SRPROXY_DROP_EXT_HEADER,	/* outer extension header chain broken */
	SRPROXY_DROP_SRH_INVALID,	/* SRH lies, or its next segment can't be */
	SRPROXY_DROP_HMAC,		/* HMAC required or present, not right */
	SRPROXY_DROP_NO_SRH,		/* the behavior needs an SRH */
	SRPROXY_DROP_SL_ZERO,		/* Segments Left is 0 */
	SRPROXY_DROP_HOP_LIMIT,		/* outer hop limit <= 1 (ICMPv6 sent) */
	SRPROXY_DROP_INNER_TYPE,	/* not an inner type of this SID */
	SRPROXY_DROP_INNER_INVALID,	/* inner header malformed */
	SRPROXY_DROP_ECN,		/* CE outside, not ECN-capable inside */
	SRPROXY_DROP_VNF_DOWN,		/* VNF down and no bypass */
	SRPROXY_DROP_VNF_TOO_BIG,	/* larger than IFACE-OUT's MTU (ICMP for IP) */
	SRPROXY_DROP_VNF_XMIT,		/* no next hop for this device, refused */
	/* on the way back */
	SRPROXY_DROP_NOT_LEARNED,	/* End.AD: nothing learned yet */
	SRPROXY_DROP_AGED_OUT,		/* End.AD: learned header too old */
	SRPROXY_DROP_INNER_HOP_LIMIT,	/* inner hop limit or TTL <= 1 (ICMP sent) */
	SRPROXY_DROP_TOO_BIG,		/* too big once encapsulated (ICMP for IP) */
	SRPROXY_DROP_NO_ROUTE,		/* to the next segment (ICMP for IP) */
	SRPROXY_DROP_LOOP,		/* too many SIDs of this node in a row */
	SRPROXY_DROP_NO_MEMORY,		/* for headroom, a copy, a learned header */
	/* on the way in */
	SRPROXY_DROP_NOT_LAST,		/* flavor last: segments are left */
	/* on the way back */
	SRPROXY_DROP_VNF_SRH,		/* SRH absent, wrong, at 0; unwanted (cache) */
	SRPROXY_DROP_NO_FLOW,		/* no SRH is kept for this flow */
	SRPROXY_DROP_NOT_PERMITTED,	/* End.AN: segments changed beyond permit */
	SRPROXY_DROP_HMAC_KEY,		/* no HMAC key, or too long a list for it */

	/* private: */
	__SRPROXY_DROP_MAX,
	SRPROXY_DROP_MAX = __SRPROXY_DROP_MAX - 1,
};

#endif /* _UAPI_LINUX_SRPROXY_H */
