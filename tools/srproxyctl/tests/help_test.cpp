// SPDX-License-Identifier: GPL-2.0
// Help and the manual tell of everything in the command table.
#include "help.h"

#include "drops.h"
#include "options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

using namespace srproxy;

namespace {

bool has_word(const std::string &text, std::string_view word) {
	auto boundary = [](char c) {
		return !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_';
	};
	for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
		auto end = at + word.size();
		if ((at == 0 || boundary(text[at - 1])) &&
		    (end == text.size() || boundary(text[end])))
			return true;
	}
	return false;
}

std::string manual(const char *path = MANUAL) {
	std::ifstream file(path);
	std::ostringstream text;
	text << file.rdbuf();
	// Macros take words apart and escape dashes.
	return std::regex_replace(text.str(), std::regex("\\\\-"), "-");
}

TEST(Help, NamesEveryObjectAndOption) {
	auto text = usage();
	for (const auto &object : objects())
		EXPECT_TRUE(has_word(text, object.word)) << object.word;
	for (const auto &option : option_rows())
		EXPECT_TRUE(has_word(text, std::string("--") + option.word)) << option.word;
}

TEST(Help, NamesEveryVerbAndKeywordOfAnObject) {
	for (const auto &object : objects()) {
		auto text = usage(object);
		for (const auto &form : object.forms) {
			EXPECT_FALSE(form.help.empty());
			for (const auto &verb : form.verbs)
				EXPECT_TRUE(verb.word.empty() || has_word(text, verb.word))
					<< object.word << ' ' << verb.word;
		}
		for (const auto &attribute : object.attributes) {
			EXPECT_FALSE(attribute.help.empty())
				<< object.word << ' ' << attribute.word;
			EXPECT_TRUE(attribute.role == Role::key || attribute.role == Role::suffix ||
				    has_word(text, attribute.word))
				<< object.word << ' ' << attribute.word;
		}
	}
}

TEST(Help, ShowsTheWholeGrammar) {
	auto text = usage(*find_object("sid"));
	EXPECT_EQ(text.substr(0, text.find("    add")),
		  "srproxyctl sid { add | replace | change } ADDR[/PLEN]\n"
		  "            behavior { End.AS | End.AD | End.AM | End.AN }\n"
		  "            [ flavors { last | nat | psp | cache | next-csid | none }[,...] ]\n"
		  "            [ inner { ip4 | ip6 | ip | eth }[,...] ] vnf NAME\n"
		  "            [ reverse | noreverse ] [ chain NAME ] [ ageing 0..86400 ]\n"
		  "            [ margin 0..255 ] [ table TABLE ] [ lblen 1..127 ]\n"
		  "            [ hook { prerouting | seg6local | local } ] [ fib TABLE ]\n"
		  "            [ metric 0..4294967295 ] [ ttl-mode { pipe | uniform } ]\n"
		  "            [ dscp-mode { inner | pipe | uniform } ]\n"
		  "            [ permit { none | insert-next | insert-any | full } ]\n"
		  "            [ hmac 0..4294967295 ] [ require-hmac | norequire-hmac ]\n"
		  "            [ flows 1..65536 ]\n");
	EXPECT_NE(usage(*find_object("sid")).find("\n  ADDR[/PLEN]                 the SID"),
		  std::string::npos);
	EXPECT_NE(usage(*find_object("sid")).find("[,...]\n                              what it"),
		  std::string::npos);
	EXPECT_NE(usage(*find_object("chain")).find("[ reduced | noreduced ]"), std::string::npos);
	EXPECT_NE(usage(*find_object("monitor")).find("monitor [ all | config | learn ]"),
		  std::string::npos);
	EXPECT_NE(usage(*find_object("help")).find("help [ OBJECT ]"), std::string::npos);
}

TEST(Help, TellsWhatMayBeInUseAndWhatNeedsANextHop) {
	auto in_use = [](const char *object) {
		auto text = usage(*find_object(object));
		return text.find("in use") != text.npos;
	};
	EXPECT_TRUE(in_use("vnf") && in_use("chain"));
	EXPECT_FALSE(in_use("sid"));
	auto text = usage(*find_object("vnf"));
	EXPECT_NE(text.find("needs a next hop for each of ip4 and"), text.npos);
	EXPECT_NE(text.find("dev-ifindex                 with -j: "), text.npos);
}

TEST(Help, OfStatsExplainsEveryDropReason) {
	auto text = usage(*find_object("stats"));
	for (const auto &drop : drops)
		EXPECT_NE(text.find(drop.meaning), text.npos) << drop.name;
}

TEST(Manual, TellsOfEverythingInTheCommandTable) {
	auto text = manual();
	ASSERT_FALSE(text.empty()) << MANUAL;
	for (const auto &object : objects()) {
		EXPECT_TRUE(has_word(text, object.word)) << object.word;
		for (const auto &form : object.forms)
			for (const auto &verb : form.verbs)
				EXPECT_TRUE(verb.word.empty() || has_word(text, verb.word))
					<< object.word << ' ' << verb.word;
		for (const auto &attribute : object.attributes) {
			EXPECT_TRUE(object.word == "help" || has_word(text, attribute.word) ||
				    has_word(text, attribute.key()))
				<< object.word << ' ' << attribute.word;
			EXPECT_TRUE(attribute.role != Role::hidden ||
				    has_word(text, attribute.key()))
				<< attribute.key();
		}
	}
	for (const auto &option : option_rows())
		EXPECT_TRUE(has_word(text, std::string("-") + option.word)) << option.word;
	for (const auto &drop : drops)
		EXPECT_TRUE(has_word(text, drop.name)) << drop.name;
}

TEST(Manual, OfTheFileTellsOfEveryKeyword) {
	auto text = manual(FILE_MANUAL);
	ASSERT_FALSE(text.empty()) << FILE_MANUAL;
	for (const auto &object : objects()) {
		if (!is_configured(object))
			continue;
		auto begin = text.find(".Ss " + std::string(object.word) + "s\n");
		ASSERT_NE(begin, text.npos) << object.word;
		auto section = text.substr(begin, text.find("\n.Ss", begin) - begin);
		std::string items;
		for (std::size_t at = 0; (at = section.find(".It Cm ", at)) != section.npos; at++)
			items += section.substr(at, section.find('\n', at) - at) + '\n';
		for (const auto &attribute : object.attributes)
			EXPECT_EQ(has_word(items, attribute.word), attribute.settable())
				<< object.word << ' ' << attribute.word;
	}
}

} // namespace
