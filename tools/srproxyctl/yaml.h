// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "kind.h"

namespace srproxy {

// JSON's objects, lists and values as YAML, for people. With a newline.
std::string yaml_text(const Json &value);

} // namespace srproxy
