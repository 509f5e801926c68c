// SPDX-License-Identifier: GPL-2.0
// A SID with hook seg6local or local has a route: both come, change and go together.
#pragma once

#include "command.h"

namespace srproxy {

// Runs a command that adds, changes or deletes SIDs. Throws Failure.
void change_sids(Session &session, const Invocation &command);

// Does a command add a SID, and no route?
bool adds_without_route(const Invocation &command);

// Tells each of those SIDs what its route does: "action".
void show_actions(std::vector<Json> &records);

} // namespace srproxy
