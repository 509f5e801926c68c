// SPDX-License-Identifier: GPL-2.0
// A directed graph in the language of Graphviz.
#pragma once

#include <set>
#include <string>

namespace srproxy {

// A quoted string that stands for this text and no other.
std::string dot_string(const std::string &text);

class Dot {
public:
	struct Look {
		const char *shape;
		bool down = false; // red
	};

	// A node, once; label: lines of text.
	void node(const std::string &id, const std::string &label, const Look &look);
	// An edge; the same one once.
	void edge(const std::string &from, const std::string &to, const std::string &label = {},
		  bool down = false);

	std::string text() const;

private:
	void add(const std::string &line);

	std::set<std::string> known;
	std::string lines;
};

// Has Graphviz draw it, to the standard output. Throws Failure.
void draw_svg(const std::string &dot);

} // namespace srproxy
