// SPDX-License-Identifier: GPL-2.0
#include "inventory.h"

#include "actions.h"
#include "message.h"
#include "session.h"
#include "sid_route.h"

#include <algorithm>

namespace srproxy {

namespace {

constexpr int whole_length = 128;

std::map<std::string, Json> by_name(std::vector<Json> records) {
	std::map<std::string, Json> named;
	for (auto &record : records) {
		auto name = field(record, "name");
		named[name] = std::move(record);
	}
	return named;
}

const Json &find_or_none(const std::map<std::string, Json> &records, const std::string &name) {
	static const Json none = Json::object();
	auto found = records.find(name);
	return found == records.end() ? none : found->second;
}

// There may be a million flows: they are counted where they are.
void take_kept(Session &session, Inventory &all) {
	const auto &cache = *find_object("cache");
	auto begin = [&] {
		all.learned.clear();
		all.flows.clear();
	};
	visit_all(session, "cache", begin, [&](View attributes) {
		auto nest = find_attribute(attributes, SRPROXY_A_CACHE).value_or(View());
		auto sid = find_attribute(nest, SRPROXY_A_CACHE_SID);
		if (!sid)
			throw Malformed("a header of no SID");
		if (!find_attribute(nest, SRPROXY_A_CACHE_FLOW))
			all.learned[ip6_text(*sid)].push_back(decode(cache, attributes));
		else
			all.flows[ip6_text(*sid)]++;
	});
}

} // namespace

Inventory take_inventory(Session &session) {
	Inventory all;
	all.module = module_info(session);
	all.vnfs = by_name(list_all(session, "vnf"));
	all.chains = by_name(list_all(session, "chain"));
	all.sids = list_all(session, "sid", true);
	show_actions(all.sids);
	take_kept(session, all);
	return all;
}

const Json &vnf_of(const Inventory &all, const Json &sid) {
	return find_or_none(all.vnfs, field(sid, "vnf"));
}

const Json &chain_of(const Inventory &all, const Json &sid) {
	return find_or_none(all.chains, field(sid, "chain"));
}

const std::vector<Json> &learned_by(const Inventory &all, const Json &sid) {
	static const std::vector<Json> none;
	auto found = all.learned.find(field(sid, "addr"));
	return found == all.learned.end() ? none : found->second;
}

const Json *learned_by(const Inventory &all, const Json &sid, const std::string &inner) {
	const auto &headers = learned_by(all, sid);
	auto found = std::ranges::find_if(
		headers, [&](const Json &header) { return field(header, "inner") == inner; });
	return found == headers.end() ? nullptr : &*found;
}

std::vector<std::string> inner_types(const Json &sid) {
	std::vector<std::string> types;
	for (auto word : elements(field(sid, "inner"), "type")) {
		if (word == "ip")
			types.insert(types.end(), {"ip4", "ip6"});
		else
			types.emplace_back(word);
	}
	return types;
}

std::string field(const Json &record, const char *key) {
	auto found = record.find(key);
	return found == record.end() || !found->is_string() ? std::string()
							     : found->get<std::string>();
}

bool has_flavor(const Json &sid, std::string_view flavor) {
	auto flavors = sid.find("flavors");
	return flavors != sid.end() &&
	       std::ranges::find(*flavors, Json(flavor)) != flavors->end();
}

std::string sid_text(const Json &sid) {
	auto text = field(sid, sid.contains("addr") ? "addr" : "sid");
	auto length = sid.value("prefix_len", whole_length);
	return length == whole_length ? text : text + '/' + std::to_string(length);
}

std::string utf8(const std::string &name) {
	return Json::parse(Json(name).dump(-1, ' ', false, Json::error_handler_t::replace))
		.get<std::string>();
}

} // namespace srproxy
