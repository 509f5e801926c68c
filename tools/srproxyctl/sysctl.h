// SPDX-License-Identifier: GPL-2.0
// Settings of the present network namespace.
#pragma once

#include <optional>
#include <string>

namespace srproxy {

// "net/ipv6/conf/all/forwarding"; nothing if there is no such setting.
std::optional<int> read_sysctl(const std::string &name);

} // namespace srproxy
