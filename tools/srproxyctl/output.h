// SPDX-License-Identifier: GPL-2.0
// The one way to print: records, as text or as JSON.
#pragma once

#include "objects.h"
#include "options.h"

#include <ostream>

namespace srproxy {

// A record as words that can be fed back, without the newline. all: what is 0 too.
std::string text_of(const Object &object, const Json &record, bool all);

class Output {
public:
	Output(std::ostream &to, const Options &how) : stream(to), options(how) {}

	// What show found; all: what is 0 too.
	void list(const Object &object, const std::vector<Json> &records, bool all);
	// One JSON value or some text.
	void one(const Json &value, const std::string &text);
	// The same, all on one line and at once. False if nobody can read it any more.
	bool event(const Json &value, const std::string &text);

	void text(const std::string &lines) { stream << lines; }

private:
	void json(const Json &value, int indent);

	std::ostream &stream;
	const Options &options;
};

} // namespace srproxy
