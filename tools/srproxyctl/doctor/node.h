// SPDX-License-Identifier: GPL-2.0
// What the checks look at: the namespace as it is.
#pragma once

#include "doctor/finding.h"
#include "inventory.h"
#include "links.h"
#include "terminal.h"
#include "way.h"

namespace srproxy {

// Where a SID sends on what returns from its VNF, as far as that is known.
struct Hop {
	const Json *sid;
	std::string segment;
	std::uint32_t table;  // as it is configured
	bool srh;             // packets bear one then
	std::uint32_t encap;  // bytes that go around the packet
};

struct NodeState {
	explicit NodeState(Session &of);

	Session &session;
	Inventory all;
	Clock::time_point at; // when that was read
	Socket socket;        // to links and routes
	Links links;
	std::vector<Hop> hops;
	std::vector<std::pair<Ip6, unsigned int>> prefixes; // of SIDs

	// The link of a VNF's device; null if there is none.
	const Link *device(const Json &vnf, const char *key) const;
	// Does a SID of this node have this address?
	bool is_sid(const Ip6 &address) const;
};

// The other end of a veth device, and "ip" as it works there: "ip -n fw".
struct FarEnd {
	Link link;
	std::string ip;
};

std::optional<FarEnd> far_end(NodeState &node, const Link &link);

// Each adds what it finds.
using Check = void (*)(NodeState &node, Findings &findings);

void check_version(NodeState &node, Findings &findings);
void check_forwarding(NodeState &node, Findings &findings);
void check_seg6_enabled(NodeState &node, Findings &findings);
void check_rp_filter(NodeState &node, Findings &findings);
void check_devices(NodeState &node, Findings &findings);
void check_neighbours(NodeState &node, Findings &findings);
void check_next_segments(NodeState &node, Findings &findings);
void check_mtu(NodeState &node, Findings &findings);
void check_sid_routes(NodeState &node, Findings &findings);
void check_sid_addresses(NodeState &node, Findings &findings);
void check_hmac_keys(NodeState &node, Findings &findings);
void check_unused(NodeState &node, Findings &findings);
void check_learned(NodeState &node, Findings &findings);
void check_drops(NodeState &node, Findings &findings);

} // namespace srproxy
