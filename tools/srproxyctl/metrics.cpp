// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include "exposition.h"
#include "inventory.h"
#include "replacement.h"
#include "session.h"

#include <optional>

namespace srproxy {

namespace {

// Nothing while the module is not loaded.
using Found = std::optional<Inventory>;

struct Metric {
	std::string_view name;
	std::string_view type;
	std::string_view help;
	void (*collect)(const Inventory &all, Exposition &to);
};

std::string seconds(const Json &milliseconds) {
	constexpr std::uint64_t per_second = 1000;
	auto value = milliseconds.get<std::uint64_t>();
	// The digits after the 1 keep their zeros.
	return std::to_string(value / per_second) + '.' +
	       std::to_string(per_second + value % per_second).substr(1);
}

std::string truth(bool value) { return value ? "1" : "0"; }

// How many the kernel has room for: sets of eight.
std::uint64_t room_for(std::uint64_t flows) {
	constexpr std::uint64_t ways = 8;
	return flows > ways ? flows - flows % ways : flows;
}

template <const char *key>
void count_objects(const Inventory &all, Exposition &to) {
	to.sample({}, std::to_string(all.module.value(key, std::uint64_t{0})));
}

template <const char *key>
void count_traffic(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids)
		to.sample({{"sid", sid_text(sid)}}, sid.at("stats").at(key).dump());
}

void count_drops(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids)
		for (const auto &[reason, count] : sid.at("stats").at("drops").items())
			to.sample({{"sid", sid_text(sid)}, {"reason", reason}}, count.dump());
}

void tell_module(const Inventory &all, Exposition &to) {
	to.sample({{"version", field(all.module, "version")},
		   {"seg6local", field(all.module, "seg6local")}},
		  "1");
}

void tell_sids(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids)
		to.sample({{"sid", sid_text(sid)},
			   {"behavior", field(sid, "behavior")},
			   {"inner", field(sid, "inner")},
			   {"vnf", field(sid, "vnf")},
			   {"chain", field(sid, "chain")},
			   {"hook", field(sid, "hook")}},
			  "1");
}

void tell_vnfs(const Inventory &all, Exposition &to) {
	for (const auto &[name, vnf] : all.vnfs)
		to.sample({{"vnf", name},
			   {"dev", utf8(field(vnf, "dev"))},
			   {"iif", utf8(field(vnf, "iif"))},
			   {"on_down", field(vnf, "on_down")}},
			  "1");
}

void tell_vnf_state(const Inventory &all, Exposition &to) {
	for (const auto &[name, vnf] : all.vnfs)
		to.sample({{"vnf", name}}, truth(field(vnf, "state") == "up"));
}

void tell_routes(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids)
		if (sid.contains("action"))
			to.sample({{"sid", sid_text(sid)}}, truth(field(sid, "action") != "none"));
}

bool is_there(const Json *header) { return header && !header->value("expired", false); }

void tell_learned(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids)
		if (field(sid, "behavior") == "End.AD" && !has_flavor(sid, "last"))
			for (const auto &inner : inner_types(sid))
				to.sample({{"sid", sid_text(sid)}, {"inner", inner}},
					  truth(is_there(learned_by(all, sid, inner))));
}

template <const char *key>
void tell_age(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids)
		for (const auto &inner : inner_types(sid)) {
			const auto *header = learned_by(all, sid, inner);
			if (header && header->contains(key))
				to.sample({{"sid", sid_text(sid)}, {"inner", inner}},
					  seconds((*header)[key]));
		}
}

void count_flows(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids) {
		auto kept = all.flows.find(field(sid, "addr"));
		if (sid.contains("flows"))
			to.sample({{"sid", sid_text(sid)}},
				  std::to_string(kept == all.flows.end() ? 0 : kept->second));
	}
}

void tell_room_for_flows(const Inventory &all, Exposition &to) {
	for (const auto &sid : all.sids)
		if (sid.contains("flows"))
			to.sample({{"sid", sid_text(sid)}},
				  std::to_string(room_for(sid["flows"].get<std::uint64_t>())));
}

constexpr char vnfs[] = "vnfs";
constexpr char chains[] = "chains";
constexpr char sids[] = "sids";
constexpr char in_packets[] = "in_packets";
constexpr char in_bytes[] = "in_bytes";
constexpr char out_packets[] = "out_packets";
constexpr char out_bytes[] = "out_bytes";
constexpr char age_ms[] = "age_ms";
constexpr char idle_ms[] = "idle_ms";

constexpr std::string_view counter = "counter";
constexpr std::string_view gauge = "gauge";

constexpr std::string_view loaded_name = "srproxy_module_loaded";
constexpr std::string_view loaded_help = "Whether the module is loaded; if not, this is all.";

// docs/metrics.md has the same list.
constexpr std::array table{
	Metric{"srproxy_module_info", gauge, "The module: its version, and what hook seg6local is.",
	       tell_module},
	Metric{"srproxy_vnfs", gauge, "VNFs in this namespace.", count_objects<vnfs>},
	Metric{"srproxy_chains", gauge, "Chains in this namespace.", count_objects<chains>},
	Metric{"srproxy_sids", gauge, "SIDs in this namespace.", count_objects<sids>},
	Metric{"srproxy_vnf_info", gauge, "A VNF: where it is attached.", tell_vnfs},
	Metric{"srproxy_vnf_up", gauge, "Whether both devices are there, up and with carrier.",
	       tell_vnf_state},
	Metric{"srproxy_sid_info", gauge, "A SID: what it does, and with which VNF.", tell_sids},
	Metric{"srproxy_sid_in_packets_total", counter,
	       "Packets taken from the network and handed to the VNF, or past it.",
	       count_traffic<in_packets>},
	Metric{"srproxy_sid_in_bytes_total", counter, "Their bytes, with outer headers.",
	       count_traffic<in_bytes>},
	Metric{"srproxy_sid_out_packets_total", counter, "Packets encapsulated and sent on.",
	       count_traffic<out_packets>},
	Metric{"srproxy_sid_out_bytes_total", counter, "Their bytes, with outer headers.",
	       count_traffic<out_bytes>},
	Metric{"srproxy_sid_dropped_packets_total", counter, "Packets dropped, by reason.",
	       count_drops},
	Metric{"srproxy_sid_route_present", gauge,
	       "Hook seg6local and local: whether the SID has its route.", tell_routes},
	Metric{"srproxy_sid_learned", gauge,
	       "End.AD: whether a header is learned for this type of packets, and not expired.",
	       tell_learned},
	Metric{"srproxy_sid_learned_age_seconds", gauge, "Time since the header was learned.",
	       tell_age<age_ms>},
	Metric{"srproxy_sid_learned_idle_seconds", gauge,
	       "With ageing: time since a packet bore the header.", tell_age<idle_ms>},
	Metric{"srproxy_sid_flows", gauge, "Flows whose SRH is kept.", count_flows},
	Metric{"srproxy_sid_flows_max", gauge, "Flows that there is room for.",
	       tell_room_for_flows},
};

Found find(Session &session) try {
	return take_inventory(session);
} catch (const Failure &failure) {
	if (failure.status != Status::absent)
		throw;
	return std::nullopt;
}

} // namespace

void metrics(Session &session, const Invocation &command) {
	if (session.options.json)
		refuse("metrics have a format of their own: leave out -j");
	Labels common;
	if (!session.options.netns.empty())
		common.emplace_back("netns", utf8(session.options.netns));

	auto found = find(session);
	Exposition exposition(common);
	exposition.begin(loaded_name, gauge, loaded_help);
	exposition.sample({}, truth(found.has_value()));
	if (found)
		for (const auto &metric : table) {
			exposition.begin(metric.name, metric.type, metric.help);
			metric.collect(*found, exposition);
		}

	if (command.values.empty()) {
		session.output.text(exposition.text());
		return;
	}
	const auto &[attribute, bytes] = command.values.front();
	replace_file(attribute->kind.read(bytes).get<std::string>(), exposition.text());
}

} // namespace srproxy
