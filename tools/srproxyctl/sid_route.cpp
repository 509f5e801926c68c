// SPDX-License-Identifier: GPL-2.0
#include "sid_route.h"

#include "actions.h"
#include "bpf_program.h"
#include "fib.h"
#include "message.h"
#include "session.h"

#include <algorithm>
#include <array>
#include <iostream>

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

namespace srproxy {

namespace {

constexpr std::uint32_t default_metric = 1024;
constexpr std::uint8_t default_length = 128;

// Where a SID says 0, or nothing.
void set_defaults(Route &route) {
	if (route.table == 0)
		route.table = route.local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	if (route.metric == 0)
		route.metric = default_metric;
}

// A SID as the module tells it: its attributes.
using Sid = Bytes;

template <typename T>
T number(View sid, std::uint16_t type, T otherwise) {
	auto payload = find_attribute(sid, type);
	return payload ? read_integer<T>(*payload) : otherwise;
}

} // namespace

std::optional<Route> route_of(View sid) {
	auto hook = number<std::uint8_t>(sid, SRPROXY_A_SID_HOOK, SRPROXY_HOOK_PREROUTING);
	if (hook == SRPROXY_HOOK_PREROUTING)
		return std::nullopt;
	Route route{.local = hook == SRPROXY_HOOK_LOCAL};
	auto address = find_attribute(sid, SRPROXY_A_SID_ADDR).value_or(View());
	if (address.size() != route.prefix.size())
		throw Malformed("a SID without an address");
	std::ranges::copy(address, route.prefix.begin());
	route.length = number(sid, SRPROXY_A_SID_PREFIX_LEN, default_length);
	route.table = number<std::uint32_t>(sid, SRPROXY_A_SID_FIB, 0);
	route.metric = number<std::uint32_t>(sid, SRPROXY_A_SID_METRIC, 0);
	set_defaults(route);
	return route;
}

namespace {

// Asks the module for something about SIDs, of which nest says which or what; what it answers,
// and how it ends.
std::pair<std::vector<Sid>, Verdict> ask(Session &session, std::uint8_t command,
					 std::uint16_t flags, View nest) {
	auto &socket = session.socket();
	auto request = compose(command, flags, socket.family(), SRPROXY_A_SID, nest);
	std::vector<Sid> sids;
	auto reply = socket.ask(*request, [&](const nlmsghdr &message) {
		if (auto sid = find_attribute(content_of(message).attributes, SRPROXY_A_SID))
			sids.emplace_back(sid->begin(), sid->end());
	});
	return {std::move(sids), reply.verdict()};
}

// The attributes that say which SID a command is about; empty if it is about all.
Bytes key_of(const Invocation &command) {
	Bytes nest;
	for (const auto &[attribute, bytes] : command.values) {
		if (attribute->type != SRPROXY_A_SID_ADDR &&
		    attribute->type != SRPROXY_A_SID_PREFIX_LEN)
			continue;
		append_attribute(nest, attribute->type, bytes);
	}
	return nest;
}

// The SID that a command names, nothing if there is none; without a name all of them.
std::vector<Sid> sids_of(Session &session, const Invocation &command) {
	auto key = key_of(command);
	return ask(session, SRPROXY_CMD_SID_GET, key.empty() ? NLM_F_DUMP : 0, key).first;
}

bool asks_for_route(const Invocation &command) {
	return std::ranges::any_of(command.values, [](const Value &value) {
		return value.attribute->type == SRPROXY_A_SID_HOOK &&
		       value.bytes != Bytes{SRPROXY_HOOK_PREROUTING};
	});
}

// Of End.BPF, if the module, the kernel and the user's rights allow for it.
int program_for(Session &session) {
	const auto &version = *find_object("version");
	Invocation info{.object = &version, .form = &version.forms.front()};
	auto &socket = session.socket();
	auto request = encode(info, 0, false, socket.family());
	bool bpf = false;
	socket.ask(*request, [&](const nlmsghdr &message) {
		auto nest = find_attribute(content_of(message).attributes, SRPROXY_A_INFO);
		bpf = number<std::uint8_t>(nest.value_or(View()), SRPROXY_A_INFO_SEG6LOCAL,
					   SRPROXY_SEG6LOCAL_END_T) == SRPROXY_SEG6LOCAL_END_BPF;
	});
	return bpf ? seg6local_program() : -1;
}

void add_route(Session &session, Fib &fib, const Route &route) {
	if (route.local) {
		fib.add(route);
		return;
	}
	fib.add_end_t_table();
	fib.add(route, program_for(session));
}

std::vector<Route> list(const std::optional<Route> &route) {
	return route ? std::vector{*route} : std::vector<Route>();
}

void set(Session &session, const Invocation &command) {
	bool may_exist = !(command.verb->flags & NLM_F_EXCL);
	bool wanted = asks_for_route(command);
	std::optional<Sid> old;
	if (may_exist)
		if (auto sids = sids_of(session, command); !sids.empty())
			old = std::move(sids.front());
	auto was = old ? route_of(*old) : std::nullopt;

	change_objects(session, command);
	if (!wanted && !was)
		return;
	try {
		auto sids = sids_of(session, command);
		auto is = sids.empty() ? std::nullopt : route_of(sids.front());
		exchange_routes(session, list(is), was == is ? list({}) : list(was));
	} catch (const Failure &) {
		// What the module tells of a SID is what it takes.
		auto verdict =
			old ? ask(session, SRPROXY_CMD_SID_NEW, NLM_F_CREATE | NLM_F_REPLACE, *old)
					.second
			    : ask(session, SRPROXY_CMD_SID_DEL, 0, key_of(command)).second;
		if (verdict.error != 0)
			std::cerr << "srproxyctl: " << command.subject
				  << ": has no route now, and could not be set back\n";
		throw;
	}
}

void unset(Session &session, const Invocation &command) {
	std::vector<Route> routes;
	for (const auto &sid : sids_of(session, command))
		if (auto route = route_of(sid))
			routes.push_back(*route);
	if (!routes.empty()) {
		Fib fib;
		for (const auto &route : routes)
			fib.remove(route);
	}
	change_objects(session, command);
}

Route route_of(const Json &record) {
	Route route{.local = record.value("hook", std::string()) == "local"};
	auto text = record.value("addr", std::string());
	route.length = record.value("prefix_len", default_length);
	if (auto slash = text.find('/'); slash != text.npos) {
		route.length = static_cast<std::uint8_t>(std::stoi(text.substr(slash + 1)));
		text.resize(slash);
	}
	inet_pton(AF_INET6, text.c_str(), route.prefix.data());
	route.table = record.value("fib", std::uint32_t{0});
	route.metric = record.value("metric", std::uint32_t{0});
	set_defaults(route);
	return route;
}

std::string action_of(const Json &record, const std::vector<SidRoute> &routes) {
	auto own = route_of(record);
	auto found = std::ranges::find(routes, own, &SidRoute::route);
	// One that the user has added, in a VRF's table, say.
	if (found == routes.end())
		found = std::ranges::find_if(routes, [&](const SidRoute &other) {
			return other.route.prefix == own.prefix && other.route.length == own.length;
		});
	return found == routes.end() ? "none" : found->action;
}

} // namespace

void change_sids(Session &session, const Invocation &command) {
	if (command.form->command == SRPROXY_CMD_SID_NEW)
		set(session, command);
	else
		unset(session, command);
}

bool adds_without_route(const Invocation &command) {
	return command.form->command == SRPROXY_CMD_SID_NEW && command.verb->flags & NLM_F_EXCL &&
	       !asks_for_route(command);
}

void exchange_routes(Session &session, const std::vector<Route> &is,
		     const std::vector<Route> &gone) {
	if (is.empty() && gone.empty())
		return;
	Fib fib;
	std::array<std::optional<std::vector<SidRoute>>, 2> there;
	std::vector<Route> added;
	Route at;
	try {
		for (const auto &route : is) {
			auto &known = there[route.local];
			if (!known)
				known = fib.sid_routes(route.local);
			// It may be there already: as it was, or left by a module that has been
			// unloaded.
			if (std::ranges::find(*known, route, &SidRoute::route) != known->end())
				continue;
			at = route;
			add_route(session, fib, route);
			added.push_back(route);
		}
	} catch (const Failure &failure) {
		for (const auto &route : added)
			fib.remove(route);
		throw RouteFailure(failure, at);
	}
	for (const auto &route : gone)
		fib.remove(route);
}

void show_actions(std::vector<Json> &records) {
	std::array<std::optional<std::vector<SidRoute>>, 2> routes;
	for (auto &record : records) {
		auto hook = record.value("hook", std::string());
		if (hook != "seg6local" && hook != "local")
			continue;
		bool local = hook == "local";
		auto &known = routes[local];
		if (!known)
			known = Fib().sid_routes(local);
		// Counters come last.
		Json statistics;
		if (record.contains("stats")) {
			statistics = std::move(record["stats"]);
			record.erase("stats");
		}
		record["action"] = action_of(record, *known);
		if (!statistics.is_null())
			record["stats"] = std::move(statistics);
	}
}

} // namespace srproxy
