// SPDX-License-Identifier: GPL-2.0
// What the doctor says; what it finds is tested where there are namespaces to break.
#include "command.h"
#include "doctor/drop_cause.h"
#include "drops.h"

#include <gtest/gtest.h>

#include <array>
#include <sstream>

using namespace srproxy;

namespace {

Json sid(const char *behavior, Json more = Json::object()) {
	Json record = {{"addr", "fc00:b::"}, {"prefix_len", 33}, {"behavior", behavior}, {"inner", "ip6"}};
	record.update(more);
	return record;
}

const Json vnf = {{"name", "fw"}, {"dev", "a'b"}, {"iif", "in"}};

TEST(Command, IsOneLineForTheShell) {
	EXPECT_EQ(shell_word("fc00::1/64"), "fc00::1/64");
	EXPECT_EQ(shell_word("a'b"), "'a'\\''b'");
	EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
	EXPECT_EQ(shell_word(""), "''");
	EXPECT_EQ(command_line({"a", "b c"}, ""), "a && b c");
	EXPECT_EQ(command_line({"a", "b c"}, "node"), "ip netns exec node a && ip netns exec node b c");
	EXPECT_EQ(command_line({"a"}, "/proc/7/ns/net"), "nsenter --net=/proc/7/ns/net a");
	EXPECT_EQ(command_line({}, "node"), "");
}

TEST(DropCause, IsKnownOfEveryReason) {
	for (const auto &drop : drops) {
		auto finding = finding_of_drops(sid("End.AS"), vnf, std::string(drop.name), "1");
		EXPECT_NE(find_cause(drop.name), nullptr) << drop.name;
		ASSERT_EQ(finding.commands.size(), 1U) << drop.name;
		EXPECT_EQ(finding.commands[0].find('{'), std::string::npos) << finding.commands[0];
	}
	auto newer = finding_of_drops(sid("End.AS"), vnf, "reason_99", "1");
	EXPECT_TRUE(newer.commands.empty());
}

TEST(DropCause, FillsInWhatTheSidHas) {
	auto look = finding_of_drops(sid("End.AD"), vnf, "vnf_too_big", "12");
	EXPECT_EQ(look.about, "sid fc00:b::/33");
	EXPECT_EQ(look.what, "it drops 12 packets a second as vnf_too_big: the MTU towards the VNF is "
			     "too small");
	EXPECT_EQ(look.commands[0], "ip link show dev 'a'\\''b'");
	EXPECT_FALSE(look.mends);
}

// Where the tool is what mends, it takes the command.
TEST(DropCause, HasCommandsThatTheToolTakes) {
	struct Case {
		const char *reason;
		Json sid;
		bool mends;
	};
	const std::array cases{
		Case{"sl_zero", sid("End.AD"), true},
		Case{"sl_zero", sid("End.AM"), false},
		Case{"not_last", sid("End.AD", {{"flavors", {"last"}}}), true},
		Case{"not_last", sid("End.AS", {{"flavors", {"last"}}}), false},
		Case{"inner_type", sid("End.AS", {{"ttl_mode", "pipe"}}), true},
		Case{"inner_type", sid("End.AN"), false},
		Case{"aged_out", sid("End.AD", {{"ageing", 5}}), true},
		Case{"vnf_srh", sid("End.AM"), true},
		Case{"vnf_srh", sid("End.AM", {{"flavors", {"nat"}}}), false},
		Case{"no_flow", sid("End.AN", {{"flows", 1024}}), true},
		Case{"no_flow", sid("End.AN", {{"flows", 65536}}), false},
		Case{"not_permitted", sid("End.AN"), true},
	};
	for (const auto &[reason, of, mends] : cases) {
		auto finding = finding_of_drops(of, vnf, reason, "1");
		EXPECT_EQ(finding.mends, mends) << reason << ' ' << of;
		std::istringstream stream(finding.commands.at(0));
		std::vector<std::string> words(std::istream_iterator<std::string>(stream), {});
		if (words.at(0) == "srproxyctl")
			EXPECT_NO_THROW(parse_command(Words(words).subspan(1))) << finding.commands[0];
		else
			EXPECT_FALSE(mends) << reason;
	}
}

} // namespace
