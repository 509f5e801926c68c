// SPDX-License-Identifier: GPL-2.0
// What the forms of the command table do.
#pragma once

#include "command.h"

#include <functional>

namespace srproxy {

// Is there what a command names?
void check_exists(Session &session, const Invocation &command);
void change(Session &session, const Invocation &command);
// The module's part of it.
void change_objects(Session &session, const Invocation &command);
// Is it one request for a change, and nothing else?
bool is_one_change(const Invocation &command);
// What the module tells of an object's records.
std::vector<Json> records_of(Session &session, const Invocation &command);
void show(Session &session, const Invocation &command);
// All objects of a kind, as the module has them.
std::vector<Json> list(Session &session, const Object &object);

void version(Session &session, const Invocation &command);

// All objects of a kind ("vnf", "sid"), as show lists them.
std::vector<Json> list_all(Session &session, std::string_view object, bool statistics = false);
// The same, but each is only visited, by its attributes; begin comes before each try.
using Reader = std::function<void(View attributes)>;
void visit_all(Session &session, std::string_view object, const std::function<void()> &begin,
	       const Reader &visit);
// What the module says of itself.
Json module_info(Session &session);

// Parses and runs one command; throws Failure.
void run(Session &session, Words words);

const char *tool_version();

} // namespace srproxy
