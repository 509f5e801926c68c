// SPDX-License-Identifier: GPL-2.0
// Why a packet was dropped: the names and what they mean.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <linux/srproxy.h>

namespace srproxy {

// Where it may be said of a packet: before that is plain, after it was at the VNF, or both.
enum class Way { in, back, any };

struct Drop {
	std::uint16_t type; // SRPROXY_DROP_*
	Way way;
	std::string_view name;
	std::string_view meaning;
};

inline constexpr std::array drops{
	Drop{SRPROXY_DROP_FROM_VNF, Way::any, "from_vnf", "SRv6 to this SID came out of a VNF"},
	Drop{SRPROXY_DROP_OUTER_FRAGMENT, Way::in, "outer_fragment", "the outer packet is a fragment"},
	Drop{SRPROXY_DROP_EXT_HEADER, Way::in, "ext_header", "the outer extension header chain is broken"},
	Drop{SRPROXY_DROP_SRH_INVALID, Way::in, "srh_invalid",
	     "the SRH lies about its length, segments or TLVs, or its next segment is not routable"},
	Drop{SRPROXY_DROP_HMAC, Way::in, "hmac", "an HMAC is required or present and is not right"},
	Drop{SRPROXY_DROP_NO_SRH, Way::in, "no_srh", "the behavior needs an SRH and there is none"},
	Drop{SRPROXY_DROP_SL_ZERO, Way::in, "sl_zero", "Segments Left is 0: no segment follows the VNF"},
	Drop{SRPROXY_DROP_HOP_LIMIT, Way::in, "hop_limit",
	     "the outer hop limit is 1 or less (ICMPv6 Time Exceeded sent)"},
	Drop{SRPROXY_DROP_INNER_TYPE, Way::in, "inner_type",
	     "the inner packet is of no type this SID takes"},
	Drop{SRPROXY_DROP_INNER_INVALID, Way::in, "inner_invalid", "the inner header is malformed"},
	Drop{SRPROXY_DROP_ECN, Way::in, "ecn",
	     "congestion was marked outside and the inner packet cannot say so"},
	Drop{SRPROXY_DROP_VNF_DOWN, Way::any, "vnf_down", "the VNF is down and has on-down drop"},
	Drop{SRPROXY_DROP_VNF_TOO_BIG, Way::any, "vnf_too_big",
	     "larger than the MTU towards the VNF (ICMP sent)"},
	Drop{SRPROXY_DROP_VNF_XMIT, Way::any, "vnf_xmit",
	     "the VNF's device has no use for its next hop, or refused the packet"},
	Drop{SRPROXY_DROP_NOT_LEARNED, Way::back, "not_learned", "End.AD has learned no header yet"},
	Drop{SRPROXY_DROP_AGED_OUT, Way::back, "aged_out", "the header that End.AD learned is too old"},
	Drop{SRPROXY_DROP_INNER_HOP_LIMIT, Way::back, "inner_hop_limit",
	     "the inner hop limit or TTL is 1 or less (ICMP Time Exceeded sent)"},
	Drop{SRPROXY_DROP_TOO_BIG, Way::any, "too_big", "too big for the path once encapsulated (ICMP sent)"},
	Drop{SRPROXY_DROP_NO_ROUTE, Way::any, "no_route", "there is no route to the next segment (ICMP sent)"},
	Drop{SRPROXY_DROP_LOOP, Way::any, "loop", "too many SIDs of this node in a row"},
	Drop{SRPROXY_DROP_NO_MEMORY, Way::any, "no_memory", "no memory for headroom, a copy or a learned header"},
	Drop{SRPROXY_DROP_NOT_LAST, Way::in, "not_last", "flavor last: segments are left"},
	Drop{SRPROXY_DROP_VNF_SRH, Way::back, "vnf_srh",
	     "the VNF returned no SRH, a wrong one or one at its end; with flavor cache: any"},
	Drop{SRPROXY_DROP_NO_FLOW, Way::back, "no_flow", "no SRH is kept for this flow"},
	Drop{SRPROXY_DROP_NOT_PERMITTED, Way::back, "not_permitted",
	     "End.AN: the VNF changed the segments to visit beyond what permit says"},
	Drop{SRPROXY_DROP_HMAC_KEY, Way::back, "hmac_key", "no such HMAC key in this namespace, or too long a list for it"},
};

// One line per reason, in the order of the header.
static_assert(drops.size() == SRPROXY_DROP_MAX - SRPROXY_DROP_PAD);
static_assert([] {
	for (std::size_t i = 0; i < drops.size(); i++)
		if (drops[i].type != SRPROXY_DROP_PAD + 1 + i)
			return false;
	return true;
}());

} // namespace srproxy
