// SPDX-License-Identifier: GPL-2.0
// A configuration file as it is written: YAML, of which JSON is a part.
#pragma once

#include "failure.h"

#include <string>
#include <utility>
#include <vector>

namespace srproxy {

// Where something stands in a file.
struct Place {
	std::string file;
	int line;

	std::string text() const { return file + ':' + std::to_string(line); }
};

struct Node {
	enum class Type { null, boolean, number, string, list, map };

	Type type = Type::null;
	Place place = {};
	std::string text = {};           // of what is neither list nor map
	std::vector<Node> elements = {}; // of a list; of a map, each key before its value

	// "a number"
	std::string what() const;
};

// Throws Failure with the place of what is wrong.
Node parse_config(const std::string &text, const std::string &name);

// The files that a word means, each read: one, the standard input ("-"), or all of a directory.
std::vector<Node> read_config_files(const std::string &word);

} // namespace srproxy
