// SPDX-License-Identifier: GPL-2.0
// The JSON Schema of configuration files, out of the command table.
#pragma once

#include "config.h"

namespace srproxy {

Json config_schema();

} // namespace srproxy
