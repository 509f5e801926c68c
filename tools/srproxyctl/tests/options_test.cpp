// SPDX-License-Identifier: GPL-2.0
#include "options.h"

#include "failure.h"

#include <gtest/gtest.h>

using namespace srproxy;

namespace {

auto parsed(std::vector<std::string> words) {
	words.insert(words.begin(), "srproxyctl");
	std::vector<char *> argv;
	for (auto &word : words)
		argv.push_back(word.data());
	argv.push_back(nullptr);
	return parse_options(static_cast<int>(words.size()), argv.data());
}

std::string refusal(const std::vector<std::string> &words) {
	try {
		parsed(words);
	} catch (const Failure &failure) {
		return failure.what();
	}
	return {};
}

TEST(Options, ShortAndLong) {
	auto [options, words] =
		parsed({"-jp", "--statistics", "-n", "blue", "--batch", "-", "vnf"});
	EXPECT_TRUE(options.json && options.pretty && options.statistics);
	EXPECT_FALSE(options.force || options.timestamp);
	EXPECT_EQ(options.netns, "blue");
	EXPECT_EQ(options.batch, "-");
	EXPECT_EQ(words, std::vector<std::string>{"vnf"});
}

TEST(Options, EndAtTheObject) {
	auto [options, words] = parsed({"vnf", "show", "-fw"});
	EXPECT_FALSE(options.force);
	EXPECT_EQ(words, (std::vector<std::string>{"vnf", "show", "-fw"}));
}

TEST(Options, AfterTheObjectAreRefused) {
	const std::string why = "options stand before the object: srproxyctl ";
	EXPECT_EQ(refusal({"vnf", "show", "-j"}), why + "-j vnf show");
	EXPECT_EQ(refusal({"version", "--json"}), why + "--json version");
	EXPECT_EQ(refusal({"vnf", "-js", "show", "-n", "blue"}), why + "-js -n blue vnf show");
	EXPECT_EQ(refusal({"vnf", "show", "-n"}), why + "-n vnf show");
	EXPECT_EQ(refusal({"vnf", "show", "-"}), "");
}

TEST(Options, Refusals) {
	EXPECT_EQ(refusal({"-x"}), "\"-x\" is not an option; see srproxyctl help");
	EXPECT_EQ(refusal({"--jsonx", "vnf"}), "\"--jsonx\" is not an option; see srproxyctl help");
	EXPECT_EQ(refusal({"--json=1"}), "\"--json=1\" is not an option; see srproxyctl help");
	EXPECT_EQ(refusal({"-n"}), "option -n needs a value");
	EXPECT_EQ(refusal({"--batch"}), "option --batch needs a value");
	EXPECT_EQ(refusal({"-n", ""}), "option -n needs a value");
}

} // namespace
