// SPDX-License-Identifier: GPL-2.0
// The kernel's trace events: a buffer of our own in tracefs, which goes when we go.
#pragma once

#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srproxy {

// Ends what waits for something when the user wants it: meanwhile SIGINT, SIGTERM and their
// like are not delivered, but told of here, and a reader that has left is an error.
class Interruption {
public:
	Interruption();
	~Interruption();
	Interruption(const Interruption &) = delete;
	Interruption &operator=(const Interruption &) = delete;

	int descriptor() const { return fd; }

private:
	sigset_t mask_before;
	sighandler_t pipe_before;
	int fd;
};

class TraceBuffer {
public:
	// The events of one system for which a filter says yes; throws Failure.
	TraceBuffer(std::string_view system, const std::string &filter);
	~TraceBuffer();
	TraceBuffer(const TraceBuffer &) = delete;
	TraceBuffer &operator=(const TraceBuffer &) = delete;

	// Waits a moment for lines of text, one an event; nothing when interrupted.
	std::optional<std::vector<std::string>> read(const Interruption &interruption);
	// Is there still such a system of events?
	bool alive() const;

private:
	void remove();

	std::string directory;
	std::string events; // in it
	int pipe = -1;
	std::string rest; // of a line
};

} // namespace srproxy
