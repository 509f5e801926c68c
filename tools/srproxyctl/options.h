// SPDX-License-Identifier: GPL-2.0
// What stands before the object on the command line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace srproxy {

struct Options {
	bool json = false;
	bool pretty = false;
	bool statistics = false;
	bool timestamp = false;
	bool force = false;
	bool atomic = false;
	bool version = false;
	bool help = false;
	std::string netns = {};
	std::string batch = {};
};

struct OptionRow {
	char letter;
	const char *word;
	std::string_view meta; // of its value, or empty
	std::string_view help;
	bool Options::*flag;
	std::string Options::*value;
};

std::span<const OptionRow> option_rows();

// The option that a word would be before the object, the last of several letters; or null.
const OptionRow *option_in(std::string_view word);

// The options, and the words after them; throws Failure.
std::pair<Options, std::vector<std::string>> parse_options(int argc, char **argv);

} // namespace srproxy
