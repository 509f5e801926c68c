// SPDX-License-Identifier: GPL-2.0
#include "doctor/node.h"

#include "session.h"

#include <algorithm>

namespace srproxy {

namespace {

constexpr std::uint32_t ip6_header = 40;
constexpr std::uint32_t srh_header = 8;
constexpr std::uint32_t segment_size = 16;
constexpr std::uint32_t hmac_tlv = 40;
constexpr std::uint32_t hex_digits_per_byte = 2;

Hop hop_of_chain(const Json &sid, const Json &chain) {
	const auto &segments = chain.at("segs");
	auto count = static_cast<std::uint32_t>(segments.size());
	bool hmac = chain.value("hmac", 0U) != 0;
	bool srh = count > 1 || hmac || chain.value("tag", 0U) != 0;
	auto listed = count > 1 && chain.value("reduced", false) ? count - 1 : count;
	return {.sid = &sid,
		.segment = segments.at(0).get<std::string>(),
		.table = chain.value("table", 0U),
		.srh = srh,
		.encap = ip6_header + (srh ? srh_header + listed * segment_size : 0) +
			 (hmac ? hmac_tlv : 0)};
}

std::vector<Hop> hops_of(const Inventory &all) {
	std::vector<Hop> hops;
	for (const auto &sid : all.sids) {
		if (const auto &chain = chain_of(all, sid); !chain.empty())
			hops.push_back(hop_of_chain(sid, chain));
		for (const auto &header : learned_by(all, sid))
			if (!has_flavor(sid, "last"))
				hops.push_back({.sid = &sid,
						.segment = field(header, "dst"),
						.table = sid.value("table", 0U),
						.srh = header.contains("segments_left"),
						.encap = static_cast<std::uint32_t>(
							field(header, "header").size() /
							hex_digits_per_byte)});
	}
	return hops;
}

} // namespace

NodeState::NodeState(Session &of)
    : session(of), all(take_inventory(of)), at(Clock::now()), socket(Socket::rtnetlink()),
      links(all_links(socket)), hops(hops_of(all)) {
	for (const auto &sid : all.sids)
		prefixes.emplace_back(ip6_of(field(sid, "addr")), sid.value("prefix_len", 128U));
}

const Link *NodeState::device(const Json &vnf, const char *key) const {
	return find_link(links, field(vnf, key));
}

bool NodeState::is_sid(const Ip6 &address) const {
	return std::ranges::any_of(prefixes, [&](const auto &prefix) {
		return in_prefix(address, prefix.first, prefix.second);
	});
}

std::optional<FarEnd> far_end(NodeState &node, const Link &link) {
	if (link.peer == 0)
		return std::nullopt;
	if (!link.peer_nsid) {
		const auto *here = find_link(node.links, link.peer);
		return here ? std::optional(FarEnd{*here, "ip"}) : std::nullopt;
	}
	auto there = link_in(node.socket, *link.peer_nsid, link.peer);
	if (!there)
		return std::nullopt;
	auto name = netns_name(node.socket, *link.peer_nsid);
	return FarEnd{*there, "ip -n " + (name.empty() ? "NETNS" : shell_word(name))};
}

} // namespace srproxy
