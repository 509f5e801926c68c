// SPDX-License-Identifier: GPL-2.0
// The VNFs, chains and SIDs that the module has at one time.
#pragma once

#include "command.h"

#include <map>

namespace srproxy {

class Session;

// Their attributes, as the module tells them, by their keys.
using Known = std::map<Bytes, Bytes>;

class Snapshot {
public:
	// Asks the module; throws Failure.
	explicit Snapshot(Session &session);

	const Known &of(const Object &object) const { return known.at(object.nest); }

private:
	std::map<std::uint16_t, Known> known;
};

// The attributes of an object that can be set: all that makes it what it is.
Bytes settable(const Object &object, View attributes);

} // namespace srproxy
