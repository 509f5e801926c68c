// SPDX-License-Identifier: GPL-2.0
// What is wrong in a namespace, and the command that mends it.
#pragma once

#include "command.h"

namespace srproxy {

void doctor(Session &session, const Invocation &command);

} // namespace srproxy
