// SPDX-License-Identifier: GPL-2.0
// What happens to packets, step by step: the module's trace events.
#pragma once

#include "command.h"

#include <map>
#include <optional>

namespace srproxy {

// An event as a line of the kernel's text tells it.
struct TraceEvent {
	std::string name; // "decap"
	std::int64_t microseconds = 0;
	std::map<std::string, std::string, std::less<>> fields;
};

// Nothing if the line is none of ours.
std::optional<TraceEvent> trace_event(std::string_view line);

// Numbers packets. What belongs to one is told by the address that the kernel has it
// at, which another one may have afterwards.
class Follower {
public:
	// Of an event; nothing if the packet had gone before.
	std::optional<unsigned> packet(const TraceEvent &event);

private:
	struct Step {
		std::string name;
		std::string sid;
		std::string next;
		unsigned packet;
	};

	static bool continues(const Step &last, const TraceEvent &event);

	std::map<std::string, Step, std::less<>> last_steps; // by address
	unsigned packets = 0;
};

Json trace_json(const TraceEvent &event, std::optional<unsigned> packet, const std::string &when);
std::string trace_text(const Json &json);

// What the kernel is to tell: of a namespace, and of one SID unless that is empty.
std::string trace_filter(std::uint64_t netns, View sid);

void trace(Session &session, const Invocation &command);

} // namespace srproxy
