// SPDX-License-Identifier: GPL-2.0
// Routes: to next segments, and to the SIDs themselves.
#include "doctor/node.h"
#include "session.h"

#include <algorithm>
#include <set>

namespace srproxy {

namespace {

constexpr std::uint32_t ip6_least_mtu = 1280; // RFC 8200, section 5
constexpr std::uint32_t ethernet_mtu = 1500;
constexpr std::uint32_t ethernet_header = 14;
constexpr std::uint32_t vlan_tag = 4;

std::string by_table(std::uint32_t table) {
	return table == 0 ? "" : " table " + std::to_string(table);
}

std::string prefix_text(const Way &way) {
	return ip6_text(way.prefix) + '/' + std::to_string(way.length);
}

std::string device_name(const NodeState &node, unsigned int index) {
	const auto *link = find_link(node.links, index);
	return link ? link->name : std::string();
}

// The route of a hop, with a larger MTU.
std::string with_mtu(const NodeState &node, const Hop &hop, const Way &way, std::uint32_t mtu) {
	auto via = way.gateway.empty() ? "" : " via " + ip6_text(way.gateway);
	return "ip -6 route replace " + hop.segment + via + " dev " +
	       shell_word(device_name(node, way.device)) + by_table(hop.table) + " mtu " +
	       std::to_string(mtu);
}

bool takes(const Json &sid, const char *inner) {
	auto types = inner_types(sid);
	return std::ranges::find(types, inner) != types.end();
}

std::uint32_t tags_of(const Json &vnf, const char *key) {
	auto tags = vnf.find(key);
	return tags == vnf.end() ? 0 : static_cast<std::uint32_t>(tags->size()) * vlan_tag;
}

// A device of a VNF's link, at either end, that is too small for what the path carries.
void check_end(const std::string &vnf, const std::string &ip, const Link &link, std::uint32_t mtu,
	       Findings &findings) {
	if (link.mtu < mtu)
		findings.push_back({Severity::warning,
				    "vnf " + vnf,
				    "the path carries packets of " + std::to_string(mtu) +
					    " bytes inside, and device " + utf8(link.name) +
					    " only " + std::to_string(link.mtu),
				    {ip + " link set " + shell_word(link.name) + " mtu " +
				     std::to_string(mtu)}});
}

void check_room(NodeState &node, const Hop &hop, const Way &way, Findings &findings) {
	const auto *out = find_link(node.links, way.device);
	auto path = way.mtu != 0 ? way.mtu : out ? out->mtu : 0;
	bool frames = takes(*hop.sid, "eth");
	const auto &vnf = vnf_of(node.all, *hop.sid);
	auto around = hop.encap +
		      (frames ? ethernet_header + tags_of(vnf, "vlan") : 0);
	if (path == 0)
		return;
	if (path < around + ip6_least_mtu && takes(*hop.sid, "ip6")) {
		auto least = around + ip6_least_mtu;
		auto link = "ip link set " + shell_word(device_name(node, way.device)) + " mtu " +
			    std::to_string(least);
		std::vector<std::string> commands;
		if (out && out->mtu < least)
			commands.push_back(link);
		if (way.mtu != 0 && way.mtu < least)
			commands.push_back(with_mtu(node, hop, way, least));
		findings.push_back({Severity::error,
				    "sid " + sid_text(*hop.sid),
				    "the path to " + hop.segment + " has an MTU of " +
					    std::to_string(path) + ", and IPv6 inside needs " +
					    std::to_string(least),
				    commands});
		return;
	}
	// What hosts send over Ethernet; larger packets may not be meant to pass.
	auto mtu = std::min(path - std::min(path, around), ethernet_mtu);
	for (const char *key : {"dev", "iif"}) {
		const auto *link = node.device(vnf, key);
		if (!link || (std::string_view(key) == "iif" && field(vnf, "iif") == field(vnf, "dev")))
			continue;
		check_end(field(vnf, "name"), "ip", *link, mtu, findings);
		if (auto far = far_end(node, *link))
			check_end(field(vnf, "name"), far->ip, far->link, mtu, findings);
	}
}

// The name of a route's device that SIDs of this hook have.
const char *device_of_hook(const std::string &hook) {
	return hook == "local" ? "lo" : SRPROXY_SEG6LOCAL_DEV;
}

void check_presence(NodeState &node, const Json &sid, Findings &findings) {
	auto hook = field(sid, "hook");
	std::vector<std::string> commands;
	const auto *device = find_link(node.links, device_of_hook(hook));
	if (device && !device->up)
		commands.push_back("ip link set " + device->name + " up");
	commands.push_back("srproxyctl sid change " + sid_text(sid) + " hook " + hook);
	findings.push_back({Severity::error,
			    "sid " + sid_text(sid),
			    "its route is missing, so that no packet reaches it",
			    commands});
}

void check_shadow(NodeState &node, const Json &sid, Findings &findings) {
	auto hook = field(sid, "hook");
	auto way = route_to(node.socket, ip6_of(field(sid, "addr")));
	if (way && device_name(node, way->device) == device_of_hook(hook))
		return;
	if (!way || !way->leads_somewhere()) {
		findings.push_back({Severity::error,
				    "sid " + sid_text(sid),
				    "a rule or route that leads nowhere comes before its route",
				    {"ip -6 route get fibmatch " + field(sid, "addr")},
				    false});
		return;
	}
	auto device = device_name(node, way->device);
	std::string type = way->type == RTN_LOCAL     ? "local "
			   : way->type == RTN_ANYCAST ? "anycast "
						      : "";
	findings.push_back({Severity::error,
			    "sid " + sid_text(sid),
			    "packets to it are routed to " + utf8(device) + " by " + type +
				    prefix_text(*way) + " and do not reach it",
			    {"ip -6 route del " + type + prefix_text(*way) + " dev " +
			     shell_word(device) + by_table(way->table) + " metric " +
			     std::to_string(way->metric)}});
}

} // namespace

void check_next_segments(NodeState &node, Findings &findings) {
	for (const auto &hop : node.hops) {
		auto address = ip6_of(hop.segment);
		if (node.is_sid(address))
			continue;
		auto way = way_by_table(node.socket, address, hop.table);
		if (!way || !way->leads_somewhere())
			findings.push_back({Severity::error,
					    "sid " + sid_text(*hop.sid),
					    "there is no route to its next segment " + hop.segment,
					    {"ip -6 route replace " + hop.segment + " via GATEWAY" +
					     by_table(hop.table)}});
	}
}

void check_mtu(NodeState &node, Findings &findings) {
	std::set<std::string> told;
	for (const auto &hop : node.hops) {
		auto address = ip6_of(hop.segment);
		if (node.is_sid(address))
			continue;
		auto way = way_by_table(node.socket, address, hop.table);
		if (!way || way->type != RTN_UNICAST)
			continue;
		Findings some;
		check_room(node, hop, *way, some);
		// Several ways may have one cause.
		for (auto &finding : some)
			if (told.insert(finding.commands.back()).second)
				findings.push_back(std::move(finding));
	}
}

void check_sid_routes(NodeState &node, Findings &findings) {
	for (const auto &sid : node.all.sids) {
		if (!sid.contains("action"))
			continue;
		auto fib = sid.value("fib", 0U);
		if (field(sid, "action") == "none")
			check_presence(node, sid, findings);
		else if (fib == 0 || fib == RT_TABLE_MAIN || fib == RT_TABLE_LOCAL)
			check_shadow(node, sid, findings);
	}
}

// The module refuses a SID that is an address of the node, but not an address that comes later.
void check_sid_addresses(NodeState &node, Findings &findings) {
	auto addresses = own_addresses(node.socket);
	for (const auto &sid : node.all.sids) {
		auto own = addresses.find(ip6_of(field(sid, "addr")));
		if (own == addresses.end())
			continue;
		auto device = device_name(node, own->second.device);
		findings.push_back({Severity::warning,
				    "sid " + sid_text(sid),
				    "it is an address of device " + utf8(device) +
					    " as well, and cannot be both",
				    {"ip -6 addr del " + field(sid, "addr") + '/' +
				     std::to_string(own->second.length) + " dev " + shell_word(device)}});
	}
}

} // namespace srproxy
