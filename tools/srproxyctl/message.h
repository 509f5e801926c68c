// SPDX-License-Identifier: GPL-2.0
// Netlink messages: out of a command, into a record.
#pragma once

#include "command.h"
#include "handle.h"

#include <linux/netlink.h>

namespace srproxy {

// flags: NLM_F_*. statistics: ask for them.
MessageHandle encode(const Invocation &command, std::uint16_t flags, bool statistics, int family);

// The command of a generic netlink message and its attributes; throws Malformed.
struct Content {
	std::uint8_t command;
	View attributes;
};

Content content_of(const nlmsghdr &message);

// What the attributes of a message say of an object: in the order of its table, empty
// if nothing.
Json decode(const Object &object, View attributes);

} // namespace srproxy
