// SPDX-License-Identifier: GPL-2.0
#include "fib.h"

#include "kind.h"
#include "rtnetlink.h"

#include <algorithm>
#include <cerrno>

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/lwtunnel.h>
#include <linux/seg6_local.h>
#include <linux/srproxy.h>
#include <net/if.h>

namespace srproxy {

namespace {

constexpr const char *program_name = "srproxy_seg6local";

// Any next hop will do on a device that has no link layer; one for all segments
// keeps the neighbour table small.
constexpr std::array<std::uint8_t, 16> anywhere{0xfe, 0x80, 0, 0, 0, 0, 0, 0,
						0,    0,    0, 0, 0, 0, 0, 1};

constexpr std::array<std::pair<std::uint32_t, std::string_view>, 4> action_names{{
	{SEG6_LOCAL_ACTION_END, "End"},
	{SEG6_LOCAL_ACTION_END_X, "End.X"},
	{SEG6_LOCAL_ACTION_END_T, "End.T"},
	{SEG6_LOCAL_ACTION_END_BPF, "End.BPF"},
}};

// 0 if there is none.
unsigned int device_of(bool local) { return if_nametoindex(local ? "lo" : SRPROXY_SEG6LOCAL_DEV); }

MessageHandle route_message(int type, int flags, const Route &route, unsigned int device) {
	rtmsg header{};
	header.rtm_family = AF_INET6;
	header.rtm_dst_len = route.length;
	header.rtm_protocol = RTPROT_STATIC;
	header.rtm_scope = RT_SCOPE_UNIVERSE;
	header.rtm_type = route.local ? RTN_LOCAL : RTN_UNICAST;
	auto message = make(type, flags, header);
	put(*message, RTA_DST, route.prefix);
	put(*message, RTA_TABLE, route.table);
	put(*message, RTA_PRIORITY, route.metric);
	put(*message, RTA_OIF, device);
	return message;
}

void put_action(nl_msg &message, int program) {
	Nest encap(message, RTA_ENCAP);
	bool bpf = program >= 0;
	put(message, SEG6_LOCAL_ACTION,
	    std::uint32_t{bpf ? SEG6_LOCAL_ACTION_END_BPF : SEG6_LOCAL_ACTION_END_T});
	if (bpf) {
		Nest nest(message, SEG6_LOCAL_BPF);
		put(message, SEG6_LOCAL_BPF_PROG, static_cast<std::uint32_t>(program));
		put_text(message, SEG6_LOCAL_BPF_PROG_NAME, program_name);
	} else {
		put(message, SEG6_LOCAL_TABLE, std::uint32_t{SRPROXY_SEG6LOCAL_TABLE});
	}
	// The kernel counts if it is given what to count.
	Nest counters(message, SEG6_LOCAL_COUNTERS);
	for (int counter : {SEG6_LOCAL_CNT_PACKETS, SEG6_LOCAL_CNT_BYTES, SEG6_LOCAL_CNT_ERRORS})
		put(message, counter, std::uint64_t{0});
}

// The seg6local action of a route; nothing if it has none.
std::optional<std::string> read_action(View attributes) {
	auto type = find_attribute(attributes, RTA_ENCAP_TYPE);
	auto encap = find_attribute(attributes, RTA_ENCAP);
	if (!encap || !type || read_integer<std::uint16_t>(*type) != LWTUNNEL_ENCAP_SEG6_LOCAL)
		return std::nullopt;
	auto action = number(*encap, SEG6_LOCAL_ACTION);
	auto name = std::ranges::find(action_names, action.value_or(0),
				      &decltype(action_names)::value_type::first);
	return std::string(name == action_names.end() ? "other" : name->second);
}

std::optional<SidRoute> read_route(const nlmsghdr &message, bool local, unsigned int device) {
	auto attributes = attributes_after<rtmsg>(message);
	if (message.nlmsg_type != RTM_NEWROUTE || attributes.empty())
		return std::nullopt;
	const auto &header = *static_cast<const rtmsg *>(nlmsg_data(&message));
	if (number(attributes, RTA_OIF) != device || (header.rtm_type == RTN_LOCAL) != local)
		return std::nullopt;
	auto action = local ? "local" : read_action(attributes);
	if (!action)
		return std::nullopt;

	SidRoute found;
	found.action = *action;
	found.route.local = local;
	found.route.length = header.rtm_dst_len;
	found.route.table = number(attributes, RTA_TABLE).value_or(header.rtm_table);
	found.route.metric = number(attributes, RTA_PRIORITY).value_or(0);
	if (auto prefix = find_attribute(attributes, RTA_DST);
	    prefix && prefix->size() == found.route.prefix.size())
		std::ranges::copy(*prefix, found.route.prefix.begin());
	return found;
}

} // namespace

Fib::Fib() : socket(Socket::rtnetlink()) {}

bool Fib::change(nl_msg &request, int tolerated, const std::string &what) {
	auto reply = socket.ask(request, [](const nlmsghdr &) {});
	const auto &verdict = reply.verdict();
	if (verdict.error != 0 && verdict.error != tolerated)
		throw Failure(Status::kernel, "cannot " + what + ": " + sentence(verdict));
	return verdict.error == 0;
}

std::vector<SidRoute> Fib::sid_routes(bool local) {
	auto index = device_of(local);
	if (index == 0)
		return {};
	rtmsg header{};
	header.rtm_family = AF_INET6;
	auto request = make(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, header);
	put(*request, RTA_OIF, index);
	std::vector<SidRoute> routes;
	list(
		socket, *request, "routes", [&] { routes.clear(); },
		[&](const nlmsghdr &message) {
			if (auto route = read_route(message, local, index))
				routes.push_back(std::move(*route));
		});
	return routes;
}

void Fib::add(const Route &route, int program) {
	auto request = route_message(RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, route,
				     device_of(route.local));
	if (!route.local) {
		put(*request, RTA_ENCAP_TYPE, std::uint16_t{LWTUNNEL_ENCAP_SEG6_LOCAL});
		put_action(*request, program);
	}
	change(*request, 0, "add the route");
}

void Fib::add_end_t_table() {
	Route everything{.table = SRPROXY_SEG6LOCAL_TABLE, .metric = 0};
	auto request = route_message(RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL,
				     everything, device_of(false));
	put(*request, RTA_GATEWAY, anywhere);
	change(*request, EEXIST, "add the route from End.T");
}

void Fib::remove(const Route &route) {
	auto index = device_of(route.local);
	if (index == 0)
		return;
	auto request = route_message(RTM_DELROUTE, NLM_F_REQUEST, route, index);
	change(*request, ESRCH, "remove the route");
}

std::optional<std::uint32_t> Fib::vrf_table(const std::string &name) {
	if (name.empty() || name.size() >= IFNAMSIZ)
		return std::nullopt;
	auto request = make(RTM_GETLINK, NLM_F_REQUEST, ifinfomsg{});
	put_text(*request, IFLA_IFNAME, name);
	std::optional<std::uint32_t> table;
	auto reply = socket.ask(*request, [&](const nlmsghdr &message) {
		auto info = find_attribute(attributes_after<ifinfomsg>(message), IFLA_LINKINFO);
		auto data = find_attribute(info.value_or(View()), IFLA_INFO_DATA);
		auto kind = find_attribute(info.value_or(View()), IFLA_INFO_KIND);
		if (data && kind && !kind->empty() &&
		    std::string_view(reinterpret_cast<const char *>(kind->data())) == "vrf")
			table = number(*data, IFLA_VRF_TABLE);
	});
	if (reply.verdict().error != 0 && reply.verdict().error != ENODEV)
		throw Failure(Status::kernel, "cannot look up " + in_quotes(name) + ": " +
						      sentence(reply.verdict()));
	return table;
}

std::optional<std::uint32_t> vrf_table(const std::string &name) { return Fib().vrf_table(name); }

} // namespace srproxy
