// SPDX-License-Identifier: GPL-2.0
// What may come next in a command line, out of the command table: for shells.
#pragma once

#include "command.h"

namespace srproxy {

// The keys of the objects there are of a kind: "vnf", "chain", "sid".
using KeysOf = std::function<std::vector<std::string>(std::string_view object)>;

// What may stand in the place of the last word, which has been typed as far as it is; options
// before the object are no part of the line. Empty if nobody can know.
std::vector<std::string> next_words(Words line, const KeysOf &keys_of);

// Prints them, of a whole command line and the objects there are in its network namespace.
void complete(Session &session, const Invocation &command);

} // namespace srproxy
