// SPDX-License-Identifier: GPL-2.0
#include "flow.h"

#include "attribute.h"

#include <linux/srproxy.h>
#include <netinet/in.h>

namespace srproxy {

namespace {

Json read_address(View payload) {
	return Address(payload.size() == sizeof(in_addr) ? AF_INET : AF_INET6).read(payload);
}

std::string protocol_text(const Json &value) {
	constexpr std::pair<int, const char *> names[] = {
		{IPPROTO_TCP, "tcp"},   {IPPROTO_UDP, "udp"},      {IPPROTO_SCTP, "sctp"},
		{IPPROTO_ICMP, "icmp"}, {IPPROTO_ICMPV6, "icmp6"},
	};
	for (const auto &[number, name] : names)
		if (value == number)
			return name;
	return plain_text(value);
}

} // namespace

Json Flow::read(View payload) const {
	Json flow = Json::object();
	each_attribute(payload, [&flow](std::uint16_t type, View value) {
		switch (type) {
		case SRPROXY_A_FLOW_SRC:
			flow["src"] = read_address(value);
			break;
		case SRPROXY_A_FLOW_DST:
			flow["dst"] = read_address(value);
			break;
		case SRPROXY_A_FLOW_PROTO:
			flow["proto"] = read_integer<std::uint8_t>(value);
			break;
		case SRPROXY_A_FLOW_SPORT:
			flow["sport"] = read_integer<std::uint16_t>(value);
			break;
		case SRPROXY_A_FLOW_DPORT:
			flow["dport"] = read_integer<std::uint16_t>(value);
			break;
		default: // of a newer module
			break;
		}
	});
	return flow;
}

std::string Flow::text(const Json &value, bool) const {
	std::string line = " flow";
	for (const auto &[key, part] : value.items())
		line += ' ' + key + ' ' + (key == "proto" ? protocol_text(part) : plain_text(part));
	return line;
}

} // namespace srproxy
