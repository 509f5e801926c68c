// SPDX-License-Identifier: GPL-2.0
// Settings of the namespace that stand in the way.
#include "doctor/node.h"
#include "session.h"
#include "sysctl.h"

#include <algorithm>

namespace srproxy {

namespace {

constexpr const char *forwarding6 = "net/ipv6/conf/all/forwarding";
constexpr const char *forwarding4 = "net/ipv4/ip_forward";

std::string setting_to(const std::string &setting, int value) {
	return "sysctl -w " + shell_word(setting + '=' + std::to_string(value));
}

// The interface that packets return on.
std::string return_device(const NodeState &node, const Json &sid) {
	return field(vnf_of(node.all, sid), sid.value("reverse", false) ? "dev" : "iif");
}

bool deals_with(const Json &sid, const char *inner) {
	auto types = inner_types(sid);
	return std::ranges::find(types, inner) != types.end();
}

// Routed by the node's stack like any packet that it receives.
bool returns_plain_ip4(const Json &sid) {
	return has_flavor(sid, "last") && deals_with(sid, "ip4");
}

} // namespace

void check_forwarding(NodeState &node, Findings &findings) {
	if (!node.all.sids.empty() && read_sysctl(forwarding6) == 0)
		findings.push_back({Severity::error,
				    "sysctl",
				    "the node does not forward IPv6: what is for another node's segment "
				    "is dropped",
				    {setting_to(forwarding6, 1)}});
	if (std::ranges::any_of(node.all.sids, returns_plain_ip4) && read_sysctl(forwarding4) == 0)
		findings.push_back({Severity::error,
				    "sysctl",
				    "the node does not forward IPv4, to which SIDs with flavor last "
				    "leave their packets",
				    {setting_to(forwarding4, 1)}});
}

// The strict kind takes what comes from a VNF for forged: the way to its source is elsewhere.
void check_rp_filter(NodeState &node, Findings &findings) {
	constexpr int strict = 1;
	constexpr int loose = 2;
	for (const auto &sid : node.all.sids) {
		auto device = return_device(node, sid);
		auto setting = "net/ipv4/conf/" + device + "/rp_filter";
		auto own = read_sysctl(setting);
		auto all = read_sysctl("net/ipv4/conf/all/rp_filter");
		if (returns_plain_ip4(sid) && own && std::max(*own, all.value_or(0)) == strict)
			findings.push_back({Severity::error,
					    "device " + utf8(device),
					    "rp_filter drops the IPv4 packets that return from the VNF "
					    "of SID " + sid_text(sid),
					    {setting_to(setting, loose)}});
	}
}

void check_seg6_enabled(NodeState &node, Findings &findings) {
	for (const auto &hop : node.hops) {
		auto address = ip6_of(hop.segment);
		if (!hop.srh || node.is_sid(address))
			continue;
		auto way = way_by_table(node.socket, address, hop.table);
		if (!way || way->type != RTN_LOCAL)
			continue;
		std::vector<std::string> commands;
		for (const auto &device : {std::string("all"), return_device(node, *hop.sid)}) {
			auto setting = "net/ipv6/conf/" + device + "/seg6_enabled";
			if (read_sysctl(setting) == 0)
				commands.push_back(setting_to(setting, 1));
		}
		if (!commands.empty())
			findings.push_back({Severity::error,
					    "sid " + sid_text(*hop.sid),
					    "its next segment " + hop.segment +
						    " is an address of this node, which drops SRv6",
					    commands});
	}
}

} // namespace srproxy
