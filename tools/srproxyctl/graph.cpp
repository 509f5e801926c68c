// SPDX-License-Identifier: GPL-2.0
#include "graph.h"

#include "dot.h"
#include "inventory.h"
#include "links.h"
#include "session.h"

#include <set>
#include <utility>

namespace srproxy {

namespace {

std::string sid_id(const Json &sid) { return "sid:" + field(sid, "addr"); }
std::string vnf_id(const Json &vnf) { return "vnf:" + field(vnf, "name"); }
std::string device_id(const std::string &name) { return "dev:" + utf8(name); }
std::string chain_id(const std::string &name) { return "chain:" + name; }

class Picture {
public:
	Picture(const Inventory &found, const Links &devices) : all(found), links(devices) {
		for (const auto &sid : all.sids)
			own.insert(field(sid, "addr"));
	}

	std::string draw() {
		for (const auto &[name, vnf] : all.vnfs)
			add_vnf(vnf);
		for (const auto &[name, chain] : all.chains)
			add_chain(chain);
		for (const auto &sid : all.sids)
			add_sid(sid);
		return dot.text();
	}

private:
	void add_device(const std::string &name) {
		const auto *link = find_link(links, name);
		std::string state = !link	   ? "absent"
				    : !link->up	   ? "down"
				    : link->carrier ? ""
						    : "no carrier";
		dot.node(device_id(name), utf8(name) + (state.empty() ? "" : '\n' + state),
			 {"ellipse", !state.empty()});
	}

	void add_vnf(const Json &vnf) {
		bool down = field(vnf, "state") != "up";
		dot.node(vnf_id(vnf), field(vnf, "name") + (down ? "\ndown" : ""),
			 {"component", down});
		add_device(field(vnf, "dev"));
		add_device(field(vnf, "iif"));
	}

	// A SID of this node, or somebody else's.
	std::string add_segment(const std::string &address) {
		if (own.contains(address))
			return "sid:" + address;
		auto id = "segment:" + address;
		dot.node(id, address, {"plaintext"});
		return id;
	}

	void add_path(std::string from, const Json &segments) {
		for (const auto &segment : segments) {
			auto to = add_segment(segment.get<std::string>());
			dot.edge(from, to);
			from = to;
		}
	}

	void add_chain(const Json &chain) {
		auto id = chain_id(field(chain, "name"));
		dot.node(id, "chain " + field(chain, "name"), {"folder"});
		add_path(id, chain.at("segs"));
	}

	// Where what returns from a SID's VNF goes, as far as that is known.
	std::vector<std::string> add_ways_on(const Json &sid) {
		if (auto chain = field(sid, "chain"); !chain.empty())
			return {chain_id(chain)};
		if (has_flavor(sid, "last")) {
			auto id = "route:" + field(sid, "addr");
			dot.node(id, "by its destination", {"plaintext"});
			return {id};
		}
		std::vector<std::string> ways;
		for (const auto &header : learned_by(all, sid))
			ways.push_back(add_segment(field(header, "dst")));
		return ways;
	}

	void add_sid(const Json &sid) {
		const auto &vnf = vnf_of(all, sid);
		const auto &stats = sid.at("stats");
		std::string label = sid_text(sid) + '\n' + field(sid, "behavior");
		std::uint64_t drops = 0;
		for (const auto &[reason, count] : stats.at("drops").items())
			drops += count.get<std::uint64_t>();
		if (drops != 0)
			label += "\ndrops " + std::to_string(drops);
		bool lost = field(sid, "action") == "none";
		dot.node(sid_id(sid), label + (lost ? "\nno route" : ""), {"box", lost});
		if (vnf.empty())
			return;

		bool down = field(vnf, "state") != "up";
		auto out = field(vnf, "dev");
		auto back = field(vnf, "iif");
		if (sid.value("reverse", false))
			std::swap(out, back);
		dot.edge(sid_id(sid), device_id(out), counted(stats, "in_packets"), down);
		dot.edge(device_id(out), vnf_id(vnf), {}, down);
		dot.edge(vnf_id(vnf), device_id(back), {}, down);
		for (const auto &way : add_ways_on(sid))
			dot.edge(device_id(back), way,
				 sid_text(sid) + '\n' + counted(stats, "out_packets"), down);
	}

	static std::string counted(const Json &stats, const char *counter) {
		return stats.at(counter).dump() + " packets";
	}

	const Inventory &all;
	const Links &links;
	std::set<std::string> own; // the addresses of SIDs
	Dot dot;
};

} // namespace

void graph(Session &session, const Invocation &command) {
	if (session.options.json)
		refuse("a graph has a format of its own: leave out -j");
	auto all = take_inventory(session);
	auto socket = Socket::rtnetlink();
	auto links = all_links(socket);
	auto dot = Picture(all, links).draw();
	if (command.verb->word == "svg")
		draw_svg(dot);
	else
		session.output.text(dot);
}

} // namespace srproxy
