// SPDX-License-Identifier: GPL-2.0
// A SID with hook seg6local or local has a route: both come, change and go together.
#pragma once

#include "command.h"
#include "fib.h"

namespace srproxy {

// Runs a command that adds, changes or deletes SIDs. Throws Failure.
void change_sids(Session &session, const Invocation &command);

// Does a command add a SID, and no route?
bool adds_without_route(const Invocation &command);

// Of a SID as the module tells it: the route that it has, if it has one.
std::optional<Route> route_of(View sid);

// Why a route could not be added, and which.
class RouteFailure : public Failure {
public:
	RouteFailure(const Failure &why, const Route &at) : Failure(why), route(at) {}

	Route route;
};

// Adds those of is that are not there, and then removes what is gone. Throws RouteFailure:
// none of them has been added, and nothing removed.
void exchange_routes(Session &session, const std::vector<Route> &is,
		     const std::vector<Route> &gone);

// Tells each of those SIDs what its route does: "action".
void show_actions(std::vector<Json> &records);

} // namespace srproxy
