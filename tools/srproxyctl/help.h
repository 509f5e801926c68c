// SPDX-License-Identifier: GPL-2.0
// Help, out of the command table.
#pragma once

#include "command.h"

#include <ostream>

namespace srproxy {

std::string usage();
std::string usage(const Object &object);

void help(Session &session, const Invocation &command);

} // namespace srproxy
