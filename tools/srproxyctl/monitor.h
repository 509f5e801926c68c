// SPDX-License-Identifier: GPL-2.0
// Events, as they happen.
#pragma once

#include "command.h"

#include <linux/netlink.h>

namespace srproxy {

// When: UTC, to the microsecond, as ISO 8601 has it.
std::string timestamp(std::int64_t microseconds);

// An event as a JSON object: timestamp (unless empty), event, object, then the record.
Json event_json(const Event &event, const Json &record, const std::string &when);
std::string event_text(const Event &event, const Json &record, const std::string &when);

// Tells the message of the kernel that the module's family is gone.
bool tells_removal(const nlmsghdr &message);

void monitor(Session &session, const Invocation &command);

} // namespace srproxy
