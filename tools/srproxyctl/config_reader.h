// SPDX-License-Identifier: GPL-2.0
// What configuration files say.
#pragma once

#include "config.h"
#include "config_file.h"

namespace srproxy {

// All of them together; throws Failure with the place and path of what is wrong.
Config config_in(const std::vector<Node> &files);

} // namespace srproxy
