// SPDX-License-Identifier: GPL-2.0
#include "config_file.h"

#include <gtest/gtest.h>

using namespace srproxy;

namespace {

std::string refusal(const std::string &text) {
	try {
		parse_config(text, "f");
	} catch (const Failure &failure) {
		return failure.status == Status::refused ? failure.what() : "status";
	}
	return {};
}

TEST(ConfigFile, IsATreeWithPlaces) {
	auto root = parse_config("a:\n  b: [1, \"1\", x, true]\n  c: ~\n", "f");
	ASSERT_EQ(root.type, Node::Type::map);
	const auto &object = root.elements.at(1);
	const auto &list = object.elements.at(1);
	EXPECT_EQ(object.elements.at(0).place.text(), "f:2");
	ASSERT_EQ(list.elements.size(), 4U);
	EXPECT_EQ(list.elements[0].type, Node::Type::number);
	EXPECT_EQ(list.elements[1].type, Node::Type::string);
	EXPECT_EQ(list.elements[1].text, "1");
	EXPECT_EQ(list.elements[2].type, Node::Type::string);
	EXPECT_EQ(list.elements[3].type, Node::Type::boolean);
	EXPECT_EQ(object.elements.at(3).type, Node::Type::null);
	EXPECT_EQ(object.elements.at(2).place.line, 3);
}

TEST(ConfigFile, JsonIsYaml) {
	auto root = parse_config("{\"a\":{\"b\":[1,\"\\u0041\\/\"]},\n\t\"c\":{}}", "f");
	ASSERT_EQ(root.elements.size(), 4U);
	EXPECT_EQ(root.elements[1].elements[1].elements[1].text, "A/");
	EXPECT_EQ(root.elements[2].place.line, 2);
}

TEST(ConfigFile, KindsOfWords) {
	for (const char *word : {"10", "-1", "0", "1.5", "1e3"})
		EXPECT_EQ(parse_config(word, "f").type, Node::Type::number) << word;
	for (const char *word : {"010", "0x10", "1_0", "yes", "True", "+1", ".5", "1.2.3.4",
				 "fc00::1", "02:00:00:00:00:01", "'true'", "\"1\"", "a: b c"})
		EXPECT_NE(parse_config(word, "f").type, Node::Type::number) << word;
	EXPECT_EQ(parse_config("yes", "f").type, Node::Type::string);
}

struct Case {
	const char *name;
	std::string text;
	std::string sentence;

	friend void PrintTo(const Case &param, std::ostream *stream) { *stream << param.name; }
};

class ConfigFileRefusal : public testing::TestWithParam<Case> {};

TEST_P(ConfigFileRefusal, NamesThePlace) {
	EXPECT_EQ(refusal(GetParam().text), GetParam().sentence);
}

std::string many(std::string_view part, int count) {
	std::string text;
	while (count--)
		text += part;
	return text;
}

const std::string empty = "f: is empty: a configuration of nothing is written {}";
const std::string colon = "; an address that ends with \":\" needs quotes";

const Case cases[] = {
	{"Empty", "", empty},
	{"Comment", "# nothing\n\n", empty},
	{"Null", "---\n", empty},
	{"Documents", "a: b\n---\nc: d\n",
	 "f:2: a second document (---) is too much: use another file"},
	{"Anchor", "a: b\nc: &x d\n", "f:2: there are no anchors (&) here: remove it"},
	{"Alias", "a: b\nc: *x\n", "f:2: this is not YAML: the referenced anchor is not defined"},
	{"Bomb", "a: &a [x, x]\nb: &b [*a, *a]\n", "f:1: there are no anchors (&) here: remove it"},
	{"Tag", "a: !!binary b\n", "f:1: there are no tags (!) here: remove it"},
	{"TagOfAMap", "a: !x {}\n", "f:1: there are no tags (!) here: remove it"},
	{"Deep", many("[", 6), "f:1: a list is too deep here"},
	{"Deeper", many("[", 100000), "f:1: a list is too deep here"},
	{"Colon", "a:\n  src: fc00::\n", "f:2: this is not YAML: illegal map value" + colon},
	{"ColonInJson", "{\"a\": fc00::}",
	 "f:1: this is not YAML: end of map flow not found" + colon},
	{"Unfinished", "a: {b: c\n", "f:2: this is not YAML: end of map flow not found"},
	{"Quote", "c: d\na: \"b", "f:2: this is not YAML: illegal EOF in scalar"},
	{"Tab", "a:\n\tb: c\n", "f:2: this is not YAML: illegal map value"},
	{"EndOfTransmission", "a: b\n\004\nc: d\n",
	 "f:2: there is a control character in this line"},
	{"Nul", std::string("a: b\0", 5), "f:1: there is a control character in this line"},
};

INSTANTIATE_TEST_SUITE_P(ConfigFile, ConfigFileRefusal, testing::ValuesIn(cases),
			 [](const auto &test) { return test.param.name; });

} // namespace
