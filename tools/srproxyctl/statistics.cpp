// SPDX-License-Identifier: GPL-2.0
#include "statistics.h"

#include "attribute.h"
#include "drops.h"

#include <algorithm>

namespace srproxy {

namespace {

struct Counter {
	std::uint16_t type;
	const char *name;
};

constexpr std::array counters{
	Counter{SRPROXY_A_STATS_IN_PACKETS, "in_packets"},
	Counter{SRPROXY_A_STATS_IN_BYTES, "in_bytes"},
	Counter{SRPROXY_A_STATS_OUT_PACKETS, "out_packets"},
	Counter{SRPROXY_A_STATS_OUT_BYTES, "out_bytes"},
};

Json read_drops(View nest) {
	Json record = Json::object();
	for (const auto &drop : drops)
		record[std::string(drop.name)] = 0;
	each_attribute(nest, [&](std::uint16_t type, View payload) {
		if (type <= SRPROXY_DROP_PAD)
			return;
		auto known = std::ranges::find(drops, type, &Drop::type);
		// A newer module may know more reasons; their packets are dropped all the same.
		auto name = known == drops.end() ? "reason_" + std::to_string(type)
						 : std::string(known->name);
		record[name] = read_integer<std::uint64_t>(payload);
	});
	return record;
}

} // namespace

Json Statistics::read(View payload) const {
	Json record = Json::object();
	for (const auto &counter : counters) {
		auto value = find_attribute(payload, counter.type);
		record[counter.name] = value ? read_integer<std::uint64_t>(*value) : 0;
	}
	record["drops"] =
		read_drops(find_attribute(payload, SRPROXY_A_STATS_DROPS).value_or(View()));
	return record;
}

std::string Statistics::text(const Json &value, bool all) const {
	std::string line = "\n   ";
	for (const auto &counter : counters)
		line += ' ' + std::string(counter.name) + ' ' + value.at(counter.name).dump();

	std::uint64_t sum = 0;
	std::string reasons;
	for (const auto &[name, count] : value.at("drops").items()) {
		sum += count.get<std::uint64_t>();
		if (all || count != 0)
			reasons += ' ' + name + ' ' + count.dump();
	}
	return line + "\n    drops " + std::to_string(sum) + reasons;
}

} // namespace srproxy
