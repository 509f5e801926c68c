// SPDX-License-Identifier: GPL-2.0
// The SIDs that have most to do, as they do it.
#pragma once

#include "command.h"

namespace srproxy {

void top(Session &session, const Invocation &command);

} // namespace srproxy
