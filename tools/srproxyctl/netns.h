// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <string>

namespace srproxy {

// Moves this process into a network namespace, a name in /run/netns or a path.
void enter_netns(const std::string &name);

} // namespace srproxy
