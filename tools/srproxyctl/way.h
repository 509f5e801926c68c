// SPDX-License-Identifier: GPL-2.0
// Where the kernel's routes lead an IPv6 address.
#pragma once

#include "rtnetlink.h"

#include <array>
#include <map>

namespace srproxy {

using Ip6 = std::array<std::uint8_t, 16>;

struct Way {
	std::uint8_t type = 0; // RTN_*
	unsigned int device = 0;
	Bytes gateway = {};
	std::uint32_t mtu = 0; // of the route; 0: its device's
	Ip6 prefix{};          // of the route
	std::uint8_t length = 0;
	std::uint32_t table = 0;
	std::uint32_t metric = 0;

	// False for those that only say that there is none.
	bool leads_somewhere() const;
};

Ip6 ip6_of(const std::string &address);
bool in_prefix(const Ip6 &address, const Ip6 &prefix, unsigned int length);

// What the node's own traffic to it would take, with what is known of the path; nothing if there is
// no route.
std::optional<Way> way_to(Socket &socket, const Ip6 &address);
// The route itself.
std::optional<Way> route_to(Socket &socket, const Ip6 &address);
// The route of one table. 0: the node's rules, as of the first one.
std::optional<Way> way_by_table(Socket &socket, const Ip6 &address, std::uint32_t table);

// An address of the node.
struct OwnAddress {
	unsigned int device;
	std::uint8_t length;
};

std::map<Ip6, OwnAddress> own_addresses(Socket &socket);

} // namespace srproxy
