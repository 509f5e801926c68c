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
 *     rep SRPROXY_A_CHAIN_SIDS           u32, SIDs that use this chain
 *
 * SRPROXY_CMD_SID_NEW              do
 * SRPROXY_CMD_SID_DEL              do: by address; NLM_F_BULK and no nest: all
 * SRPROXY_CMD_SID_GET              do: by address; dump: all
 *   req SRPROXY_A_STATS                  flag, reply with SRPROXY_A_SID_STATS
 *   req/rep SRPROXY_A_SID
 *         SRPROXY_A_SID_ADDR             16 bytes, routable unicast: not link-
 *                                        local, loopback or IPv4-mapped, nor an
 *                                        address of this node
 *         SRPROXY_A_SID_BEHAVIOR         u8, enum srproxy_behavior
 *         SRPROXY_A_SID_INNER            u8, SRPROXY_INNER_*, default IP4 | IP6
 *         SRPROXY_A_SID_VNF              string, an existing VNF
 *         SRPROXY_A_SID_CHAIN            string, an existing chain; End.AS only
 *         SRPROXY_A_SID_AGEING           u32, seconds a learned header lives
 *                                        without a packet that bears it;
 *                                        0 (default): for ever; at most
 *                                        SRPROXY_AGEING_MAX; End.AD only
 *         SRPROXY_A_SID_MARGIN           u8, hop-limit difference that is no
 *                                        change of the learned header,
 *                                        default 8; End.AD only
 *         SRPROXY_A_SID_TABLE            u32, as SRPROXY_A_CHAIN_TABLE, for
 *                                        learned headers; End.AD only
 *     rep SRPROXY_A_SID_STATS
 *           SRPROXY_A_STATS_IN_PACKETS   u64, taken from the network and handed
 *                                        to the VNF, or past it while bypassed
 *           SRPROXY_A_STATS_IN_BYTES     u64, with their outer headers
 *           SRPROXY_A_STATS_OUT_PACKETS  u64, encapsulated and sent on
 *           SRPROXY_A_STATS_OUT_BYTES    u64, with their outer headers
 *           SRPROXY_A_STATS_DROPS
 *             SRPROXY_DROP_*             u64 each, the enum is the attribute
 *
 * SRPROXY_CMD_CIRCUIT_GET          dump: (IFACE-IN, inner type) -> SID
 *   rep SRPROXY_A_CIRCUIT
 *         SRPROXY_A_CIRCUIT_IIF          string
 *         SRPROXY_A_CIRCUIT_IFINDEX      u32, 0 while no such device exists
 *         SRPROXY_A_CIRCUIT_INNER        u8, one bit of SRPROXY_INNER_*
 *         SRPROXY_A_CIRCUIT_SID          16 bytes
 *         SRPROXY_A_CIRCUIT_VNF          string
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
 *
 * SRPROXY_CMD_CACHE_NEW            notification only: a header was learned. That
 *                                  one has aged out is not announced.
 *
 * *_NEW flags: NLM_F_CREATE | NLM_F_EXCL adds, NLM_F_CREATE | NLM_F_REPLACE
 * creates or replaces the whole object, NLM_F_REPLACE alone changes the
 * attributes given and keeps the others. Any other combination is refused.
 *
 * Multicast groups: "config" carries *_NEW and *_DEL of every object that
 * changed, with its state after (NEW) or its key (DEL), and VNF_NEW when a
 * VNF's state changes; "learn" carries CACHE_NEW and CACHE_DEL, at most
 * SRPROXY_LEARN_EVENTS_PER_SEC a second and namespace.
 *
 * Errors: every refusal carries a sentence and, where an attribute is at
 * fault, its offset or the type that is missing. EEXIST, ENOENT, EBUSY (in use),
 * EINVAL, ERANGE, EADDRINUSE, ENOSPC (65536 of a kind in a namespace), EPERM, ENOMEM.
 */
#ifndef _UAPI_LINUX_SRPROXY_H
#define _UAPI_LINUX_SRPROXY_H

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

	/* private: */
	__SRPROXY_A_CACHE_MAX,
	SRPROXY_A_CACHE_MAX = __SRPROXY_A_CACHE_MAX - 1,
};

/* SRPROXY_A_SID_BEHAVIOR: draft-ietf-spring-sr-service-programming, section 6 */
enum srproxy_behavior {
	SRPROXY_BEHAVIOR_UNSPEC,
	SRPROXY_BEHAVIOR_END_AS,	/* static proxy */
	SRPROXY_BEHAVIOR_END_AD,	/* dynamic proxy */

	/* private: */
	__SRPROXY_BEHAVIOR_MAX,
	SRPROXY_BEHAVIOR_MAX = __SRPROXY_BEHAVIOR_MAX - 1,
};

/* SRPROXY_A_SID_INNER: the plain packets a SID deals with, a bit mask */
#define SRPROXY_INNER_IP4	(1 << 0)	/* next header 4 */
#define SRPROXY_INNER_IP6	(1 << 1)	/* next header 41 */
#define SRPROXY_INNER_ALL	(SRPROXY_INNER_IP4 | SRPROXY_INNER_IP6)

/* SRPROXY_A_VNF_ON_DOWN: what a SID does while its VNF is down */
enum srproxy_on_down {
	SRPROXY_ON_DOWN_DROP,		/* default; counted as vnf_down */
	SRPROXY_ON_DOWN_BYPASS,		/* on to the next segment without it */

	/* private: */
	__SRPROXY_ON_DOWN_MAX,
	SRPROXY_ON_DOWN_MAX = __SRPROXY_ON_DOWN_MAX - 1,
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
	SRPROXY_DROP_VNF_TOO_BIG,	/* larger than IFACE-OUT's MTU (ICMP sent) */
	SRPROXY_DROP_VNF_XMIT,		/* no next hop for this device, refused */
	/* on the way back */
	SRPROXY_DROP_NOT_LEARNED,	/* End.AD: nothing learned yet */
	SRPROXY_DROP_AGED_OUT,		/* End.AD: learned header too old */
	SRPROXY_DROP_INNER_HOP_LIMIT,	/* inner hop limit or TTL <= 1 (ICMP sent) */
	SRPROXY_DROP_TOO_BIG,		/* too big once encapsulated (ICMP sent) */
	SRPROXY_DROP_NO_ROUTE,		/* to the next segment (ICMP sent) */
	SRPROXY_DROP_LOOP,		/* too many SIDs of this node in a row */
	SRPROXY_DROP_NO_MEMORY,		/* for headroom, a copy, a learned header */

	/* private: */
	__SRPROXY_DROP_MAX,
	SRPROXY_DROP_MAX = __SRPROXY_DROP_MAX - 1,
};

#endif /* _UAPI_LINUX_SRPROXY_H */
