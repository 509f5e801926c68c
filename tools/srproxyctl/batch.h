// SPDX-License-Identifier: GPL-2.0
// A file of commands: one a line, '#' before comments, quotes around words with
// blanks, '\' at the end of a line that goes on.
#pragma once

#include "command.h"

#include <functional>
#include <istream>
#include <string>
#include <vector>

namespace srproxy {

// The words of a line; throws Failure.
std::vector<std::string> split(const std::string &line);

// Why a command was not done, and the line it stood in.
struct Refusal {
	unsigned line;
	Failure failure;
};

// Who does the commands.
class Runner {
public:
	// Takes a command, to do it with those behind it; false if that can't be. Throws Failure.
	virtual bool take(Words words, unsigned line) = 0;
	// Must it do what it took before it takes more?
	virtual bool full() const = 0;
	// Does what it took, up to the first that is refused unless it goes on after an error.
	virtual std::vector<Refusal> finish() = 0;
	// Does a command now; throws Failure.
	virtual void run(Words words) = 0;

protected:
	~Runner() = default;
};

struct Batch {
	std::string name; // of the file
	bool force;       // go on after an error
	Runner &runner;
	std::function<void(const Failure &)> report;

	// Has each command done before there is another to wait for, and its failure reported;
	// the status of the first.
	Status run_all(std::istream &lines) const;
};

class Transaction;

// All commands of a file, which have to be changes, or none of them; throws Failure of the
// line at fault. name: of the file.
void run_atomic(const std::string &name, std::istream &lines, Transaction &transaction);

} // namespace srproxy
