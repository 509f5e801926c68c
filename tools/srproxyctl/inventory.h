// SPDX-License-Identifier: GPL-2.0
// All that a namespace has: what is configured, how it is, what it has learned and counted.
#pragma once

#include "kind.h"

#include <map>
#include <string>
#include <vector>

namespace srproxy {

class Session;

struct Inventory {
	Json module; // what it says of itself
	// By name
	std::map<std::string, Json> vnfs;
	std::map<std::string, Json> chains;
	std::vector<Json> sids; // with counters, and the action of their routes
	// By the SID's address: headers, and how many flows are kept
	std::map<std::string, std::vector<Json>> learned;
	std::map<std::string, std::uint64_t> flows;
};

// Throws Failure.
Inventory take_inventory(Session &session);

// The VNF or chain of a SID; an empty object if there is none, or no longer.
const Json &vnf_of(const Inventory &all, const Json &sid);
const Json &chain_of(const Inventory &all, const Json &sid);
// What a SID has learned.
const std::vector<Json> &learned_by(const Inventory &all, const Json &sid);
// The same for a type of packets; null if nothing.
const Json *learned_by(const Inventory &all, const Json &sid, const std::string &inner);
// "ip4", "ip6", "eth": the types of packets that a SID deals with.
std::vector<std::string> inner_types(const Json &sid);

// A text of a record; empty if it has none.
std::string field(const Json &record, const char *key);
bool has_flavor(const Json &sid, std::string_view flavor);

// As the tool takes it: ADDR or ADDR/PLEN.
std::string sid_text(const Json &sid);
// A name with what is no UTF-8 replaced: those of devices need not be.
std::string utf8(const std::string &name);

} // namespace srproxy
