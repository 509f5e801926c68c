// SPDX-License-Identifier: GPL-2.0
// What a namespace counts and how it is, for Prometheus.
#pragma once

#include "command.h"

namespace srproxy {

void metrics(Session &session, const Invocation &command);

} // namespace srproxy
