// SPDX-License-Identifier: GPL-2.0
// What the kernel says of a request: the extended ack.
#pragma once

#include "objects.h"

#include <linux/netlink.h>

namespace srproxy {

struct Verdict {
	int error = 0;                            // errno; 0: done
	std::string message = {};                 // the kernel's own sentence
	std::optional<std::uint32_t> offset = {}; // of the attribute at fault, in the request
	std::optional<std::uint32_t> missing_type = {};
	std::optional<std::uint32_t> missing_nest = {}; // offset of the nest that lacks it
	std::optional<std::uint32_t> cookie = {};       // the number of a transaction's change
};

// Of an NLMSG_ERROR or NLMSG_DONE message.
Verdict read_verdict(const nlmsghdr &message);

// The sentence for the user; request is what was asked, about an object.
std::string explain(const Verdict &verdict, const Object &object, const nlmsghdr &request);

} // namespace srproxy
