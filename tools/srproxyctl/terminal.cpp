// SPDX-License-Identifier: GPL-2.0
#include "terminal.h"

#include "failure.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iostream>
#include <string_view>
#include <system_error>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace srproxy {

namespace {

// Another screen, without cursor, so that the user's own is as it was afterwards.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view leave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view home = "\x1b[H";
constexpr std::string_view erase_line = "\x1b[K";
constexpr std::string_view erase_rest = "\x1b[J";

winsize size() {
	winsize found{};
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) < 0 || found.ws_row == 0 || found.ws_col == 0)
		return {.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
	return found;
}

sigset_t signals_of_interest() {
	sigset_t set;
	sigemptyset(&set);
	for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH})
		sigaddset(&set, number);
	return set;
}

} // namespace

bool Terminal::at_hand() { return isatty(STDOUT_FILENO) == 1; }

Terminal::Terminal() : keyboard(isatty(STDIN_FILENO) == 1) {
	auto wanted = signals_of_interest();
	signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		refuse("cannot wait for signals: " + std::generic_category().message(errno));
	sigprocmask(SIG_BLOCK, &wanted, &old_mask);
	if (keyboard && tcgetattr(STDIN_FILENO, &old_settings) == 0) {
		auto settings = old_settings;
		settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
		settings.c_cc[VSUSP] = _POSIX_VDISABLE; // it would leave the page behind
		settings.c_cc[VMIN] = 1;
		settings.c_cc[VTIME] = 0;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &settings);
	}
	std::cout << enter << std::flush;
}

Terminal::~Terminal() {
	std::cout << leave << std::flush;
	if (keyboard)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &old_settings);
	// What was taken notice of is not to end the program as well.
	signalfd_siginfo taken{};
	while (read(signals, &taken, sizeof(taken)) > 0)
		;
	sigprocmask(SIG_SETMASK, &old_mask, nullptr);
	close(signals);
}

std::size_t Terminal::rows() const { return size().ws_row; }

void Terminal::draw(const std::vector<std::string> &lines) {
	auto room = size();
	std::cout << home;
	for (std::size_t i = 0; i < std::min<std::size_t>(lines.size(), room.ws_row); i++)
		std::cout << (i == 0 ? "" : "\n") << lines[i].substr(0, room.ws_col)
			  << erase_line;
	std::cout << erase_rest << std::flush;
}

bool Terminal::quit_pressed() {
	std::array<char, 64> keys{};
	auto count = read(STDIN_FILENO, keys.data(), keys.size());
	if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
		return true; // the terminal has gone
	return std::ranges::any_of(keys, [](char key) { return key == 'q' || key == 'Q'; });
}

Terminal::Event Terminal::wait(Clock::time_point until) {
	for (;;) {
		auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
		if (left.count() <= 0)
			return Event::time;
		std::array<pollfd, 2> sources{{{signals, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
		auto ready = poll(sources.data(), keyboard ? 2 : 1, static_cast<int>(left.count()));
		if (ready < 0 && errno != EINTR)
			return Event::quit;
		if (ready <= 0)
			continue;
		if (sources[1].revents != 0 && quit_pressed())
			return Event::quit;
		signalfd_siginfo signal{};
		if (sources[0].revents != 0 &&
		    read(signals, &signal, sizeof(signal)) == sizeof(signal))
			return signal.ssi_signo == SIGWINCH ? Event::resized : Event::quit;
	}
}

} // namespace srproxy
