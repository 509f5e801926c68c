// SPDX-License-Identifier: GPL-2.0
// The terminal on the standard output, as a page that is drawn again and again.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <termios.h>

namespace srproxy {

using Clock = std::chrono::steady_clock;

class Terminal {
public:
	enum class Event { time, resized, quit };

	// Is there one?
	static bool at_hand();

	// Takes the terminal, and gives it back as it was.
	Terminal();
	Terminal(const Terminal &) = delete;
	Terminal &operator=(const Terminal &) = delete;
	~Terminal();

	// Lines, of which as much is shown as there is room for.
	void draw(const std::vector<std::string> &lines);
	std::size_t rows() const;

	// The first of: the time, the window's new size, q or a signal that ends the program.
	Event wait(Clock::time_point until);

private:
	bool quit_pressed();

	int signals = -1; // descriptor
	sigset_t old_mask{};
	termios old_settings{};
	bool keyboard;
};

} // namespace srproxy
