// SPDX-License-Identifier: GPL-2.0
#include "dot.h"

#include <gtest/gtest.h>

using namespace srproxy;

namespace {

TEST(Dot, QuotesAnyText) {
	EXPECT_EQ(dot_string("fc00:b::f1"), "\"fc00:b::f1\"");
	EXPECT_EQ(dot_string("a\"b\\c&d\ne"), "\"a\\\"b\\\\c&amp;d\\ne\"");
}

TEST(Dot, SaysEachThingOnce) {
	Dot dot;
	for (int i = 0; i < 2; i++) {
		dot.node("a", "A", {"box"});
		dot.node("b", "B", {"ellipse", true});
		dot.edge("a", "b");
		dot.edge("a", "b", "7", true);
	}
	EXPECT_EQ(dot.text(), "digraph srproxy {\n"
			      "\trankdir=LR;\n"
			      "\t\"a\" [label=\"A\", shape=box];\n"
			      "\t\"b\" [label=\"B\", shape=ellipse, color=red, fontcolor=red];\n"
			      "\t\"a\" -> \"b\";\n"
			      "\t\"a\" -> \"b\" [label=\"7\", color=red, fontcolor=red];\n"
			      "}\n");
}

} // namespace
