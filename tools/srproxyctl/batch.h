// SPDX-License-Identifier: GPL-2.0
// A file of commands: one a line, '#' before comments, quotes around words with
// blanks, '\' at the end of a line that goes on.
#pragma once

#include "failure.h"

#include <functional>
#include <istream>
#include <string>
#include <vector>

namespace srproxy {

// The words of a line; throws Failure.
std::vector<std::string> split(const std::string &line);

struct Batch {
	std::string name; // of the file
	bool force;       // go on after an error
	std::function<void(const std::vector<std::string> &)> run;
	std::function<void(const Failure &)> report;

	// Gives each command to run, and its failures to report; the status of the first.
	Status run_all(std::istream &lines) const;
};

} // namespace srproxy
