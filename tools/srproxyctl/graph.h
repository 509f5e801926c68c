// SPDX-License-Identifier: GPL-2.0
// What is configured, as a picture: SIDs, VNFs, devices, chains and the next segments.
#pragma once

#include "command.h"

namespace srproxy {

void graph(Session &session, const Invocation &command);

} // namespace srproxy
