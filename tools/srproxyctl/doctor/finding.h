// SPDX-License-Identifier: GPL-2.0
// What is wrong, and the command that mends it.
#pragma once

#include "kind.h"

#include <string>
#include <vector>

namespace srproxy {

enum class Severity {
	note,    // as it may well be
	warning, // some packets are lost, or may be
	error,   // packets are lost
};

struct Finding {
	Severity severity;
	std::string about;                 // "vnf fw"
	std::string what;                  // the sentence
	// In this order; words in capitals are for the user to fill in.
	std::vector<std::string> commands;
	bool mends = true; // the commands do; or else they show more
};

using Findings = std::vector<Finding>;

std::string_view name_of(Severity severity);

// A word as the shell takes it.
std::string shell_word(const std::string &word);

// The commands in one line, for the network namespace NETNS unless it is empty.
std::string command_line(const std::vector<std::string> &commands, const std::string &netns);

} // namespace srproxy
