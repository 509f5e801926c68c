// SPDX-License-Identifier: GPL-2.0
// The devices of a namespace.
#pragma once

#include "rtnetlink.h"

#include <map>

namespace srproxy {

struct Link {
	unsigned int index = 0;
	std::string name = {};
	std::string kind = {}; // "veth"; empty for what no driver of links has made
	bool up = false;
	bool carrier = false;
	bool ethernet = false; // has a link layer with addresses
	std::uint32_t mtu = 0;
	Bytes mac = {};
	unsigned int peer = 0;                      // of a veth device: the other end
	std::optional<std::uint32_t> peer_nsid = {}; // where that is; nothing: here
};

using Links = std::map<std::string, Link>; // by name

// Throws Failure.
Links all_links(Socket &socket);
// One of another namespace; nothing if it can't be told.
std::optional<Link> link_in(Socket &socket, std::uint32_t nsid, unsigned int index);

// Null if there is none.
const Link *find_link(const Links &links, const std::string &name);
const Link *find_link(const Links &links, unsigned int index);

// The name in /run/netns of a namespace; empty if none is known.
std::string netns_name(Socket &socket, std::uint32_t nsid);

} // namespace srproxy
