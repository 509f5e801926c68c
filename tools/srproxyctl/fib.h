// SPDX-License-Identifier: GPL-2.0
// The kernel's IPv6 routes that lead to SIDs, over rtnetlink.
#pragma once

#include "attribute.h"
#include "socket.h"

#include <array>
#include <optional>

namespace srproxy {

// What tells one route from another.
struct Route {
	// To the node itself, by lo; or a seg6local one, by the module's device.
	bool local = false;
	std::array<std::uint8_t, 16> prefix{};
	std::uint8_t length = 0;
	std::uint32_t table = 0;
	std::uint32_t metric = 0;

	bool operator==(const Route &) const = default;
};

// A route of a SID and the seg6local action that it has: "End.T"; or "local".
struct SidRoute {
	Route route;
	std::string action;
};

class Fib {
public:
	Fib();

	// All that lead to the module's device, or all local ones by lo.
	std::vector<SidRoute> sid_routes(bool local);

	// A seg6local one is of action End.BPF with this program, or of End.T (-1). Throws Failure.
	void add(const Route &route, int program = -1);
	// Of which the default leads to the module's device; for End.T.
	void add_end_t_table();
	// Nothing to do if it has gone already.
	void remove(const Route &route);

	// The table of a VRF; nothing if there is no such VRF.
	std::optional<std::uint32_t> vrf_table(const std::string &name);

private:
	// True unless the kernel answers with this error; throws Failure for any other.
	bool change(nl_msg &request, int tolerated, const std::string &what);

	Socket socket;
};

// The same, for who has no Fib.
std::optional<std::uint32_t> vrf_table(const std::string &name);

} // namespace srproxy
