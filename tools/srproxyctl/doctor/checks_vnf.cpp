// SPDX-License-Identifier: GPL-2.0
// A VNF's devices and next hops.
#include "doctor/node.h"
#include "neighbours.h"
#include "session.h"

#include <algorithm>
#include <thread>

#include <arpa/inet.h>
#include <linux/neighbour.h>

namespace srproxy {

namespace {

// The kernel asks three times, a second apart, unless it is told otherwise.
constexpr std::chrono::seconds patience(5);
constexpr std::chrono::milliseconds pause(20);

void check_device(NodeState &node, const Json &vnf, const char *key, Findings &findings) {
	auto about = "vnf " + field(vnf, "name");
	auto name = field(vnf, key);
	const auto *link = node.device(vnf, key);
	auto up = [](const std::string &ip, const std::string &device) {
		return ip + " link set " + shell_word(device) + " up";
	};
	if (!link) {
		bool both = field(vnf, "iif") == field(vnf, "dev");
		findings.push_back({Severity::error,
				    about,
				    "there is no device " + in_quotes(utf8(name)) +
					    " here: make it, or name another one",
				    {"srproxyctl vnf change " + shell_word(field(vnf, "name")) +
				     (both ? " dev DEV iif DEV" : ' ' + std::string(key) + " DEV")}});
	} else if (!link->up) {
		findings.push_back({Severity::error,
				    about,
				    "its device " + utf8(name) + " is not up",
				    {up("ip", name)}});
	} else if (!link->carrier) {
		auto far = far_end(node, *link);
		findings.push_back({Severity::error,
				    about,
				    "its device " + utf8(name) +
					    " has no carrier: the other end is not up",
				    {up(far ? far->ip : "ip -n NETNS", far ? far->link.name : "DEV")}});
	}
}

struct NextHop {
	std::string vnf;
	const Link *link;
	std::string address;
	Bytes bytes;
	std::uint16_t state = NUD_NONE;
};

bool is_known(const NextHop &hop) {
	constexpr unsigned int known = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE |
				       NUD_PERMANENT | NUD_NOARP;
	return hop.state & known;
}

std::vector<NextHop> next_hops(const NodeState &node) {
	struct Place {
		const char *device;
		const char *hop;
		int family;
	};
	std::vector<NextHop> hops;
	for (const auto &[name, vnf] : node.all.vnfs)
		for (const auto &[device, key, family] : {Place{"dev", "nh4", AF_INET},
							  {"dev", "nh6", AF_INET6},
							  {"iif", "iif_nh4", AF_INET},
							  {"iif", "iif_nh6", AF_INET6}}) {
			const auto *link = node.device(vnf, device);
			auto address = field(vnf, key);
			if (link && link->up && link->carrier && link->ethernet && !address.empty())
				hops.push_back({name, link, address,
						Address(family).parse(address)});
		}
	return hops;
}

} // namespace

void check_devices(NodeState &node, Findings &findings) {
	for (const auto &[name, vnf] : node.all.vnfs) {
		check_device(node, vnf, "dev", findings);
		if (field(vnf, "iif") != field(vnf, "dev"))
			check_device(node, vnf, "iif", findings);
	}
}

void check_neighbours(NodeState &node, Findings &findings) {
	auto hops = next_hops(node);
	auto look = [&](NextHop &hop) {
		hop.state = neighbour_state(node.socket, hop.link->index, hop.bytes);
	};
	// All are asked at once, and waited for together.
	for (auto &hop : hops) {
		look(hop);
		if (!is_known(hop))
			ask_for_neighbour(node.socket, hop.link->index, hop.bytes);
	}
	auto end = Clock::now() + patience;
	for (auto &hop : hops) {
		if (is_known(hop))
			continue;
		for (look(hop); !is_known(hop) && hop.state != NUD_FAILED && Clock::now() < end;
		     look(hop))
			std::this_thread::sleep_for(pause);
	}

	for (const auto &hop : hops) {
		if (is_known(hop))
			continue;
		auto far = far_end(node, *hop.link);
		auto mac = far ? LinkAddress().read(far->link.mac).get<std::string>() : "MAC";
		findings.push_back({Severity::error,
				    "vnf " + hop.vnf,
				    "its next hop " + hop.address + " does not answer on " +
					    utf8(hop.link->name),
				    {"ip neigh replace " + hop.address + " lladdr " + mac +
				     " nud permanent dev " + shell_word(hop.link->name)}});
	}
}

} // namespace srproxy
