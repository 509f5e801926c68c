// SPDX-License-Identifier: GPL-2.0
// The whole configuration of a namespace at once: from files, and to them.
#pragma once

#include "command.h"

namespace srproxy {

void apply(Session &session, const Invocation &command);
// Leaves Status::found behind if there is a difference.
void diff(Session &session, const Invocation &command);
void export_all(Session &session, const Invocation &command);
void schema(Session &session, const Invocation &command);

} // namespace srproxy
