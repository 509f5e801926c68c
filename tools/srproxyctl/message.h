// SPDX-License-Identifier: GPL-2.0
// Netlink messages: out of a command, into a record.
#pragma once

#include "command.h"
#include "handle.h"

#include <linux/netlink.h>

namespace srproxy {

// flags: NLM_F_*. statistics: ask for them.
MessageHandle encode(const Invocation &command, std::uint16_t flags, bool statistics, int family);

// A message of attributes in a nest, of which there is none if there are no attributes.
MessageHandle compose(std::uint8_t command, std::uint16_t flags, int family, std::uint16_t nest,
		      View attributes);

// Adds an attribute to attributes.
void append_attribute(Bytes &attributes, std::uint16_t type, View payload);

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
