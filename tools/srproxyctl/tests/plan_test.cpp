// SPDX-License-Identifier: GPL-2.0
#include "configured.h"
#include "plan.h"

#include <gtest/gtest.h>

#include <linux/netlink.h>
#include <linux/srproxy.h>

using namespace srproxy;
using namespace srproxy::configured;

namespace {

const std::string before = R"(
vnfs: {fw: {dev: a, nh6: fd00::1}, old: {dev: b}}
chains: {gold: {src: fc00::9, segs: fc00::8}}
sids: {fc00::1: {behavior: End.AD, vnf: fw}}
)";
const std::string after = R"(
vnfs: {fw: {dev: a, nh4: 10.0.0.1}, new: {dev: b, vlan: [5, 802.1ad:6]}}
chains: {gold: {src: fc00::9, segs: [fc00::8, fc00::7], reduced: true, table: main}}
sids: {fc00::1: {behavior: End.AM, vnf: new, flavors: [nat, psp]}}
)";

TEST(Plan, IsNothingForTheSame) {
	EXPECT_TRUE(changes_between(told(before), config(before)).empty());
	EXPECT_TRUE(changes_between(told("{}"), config("{}")).empty());
}

TEST(Plan, IsTheLeastChange) {
	auto is = told(before);
	auto wanted = config(after);
	std::string text;
	Json list;
	for (const auto &change : changes_between(is, wanted)) {
		text += text_of(change);
		list.push_back(json_of(change));
	}
	EXPECT_EQ(text, "~ vnf fw nh4: none -> 10.0.0.1\n"
			"~ vnf fw nh6: fd00::1 -> none\n"
			"+ vnf new dev b vlan 5,802.1ad:6\n"
			"- vnf old\n"
			"~ chain gold segs: fc00::8 -> fc00::8,fc00::7\n"
			"~ chain gold reduced: false -> true\n"
			"~ chain gold table: 0 -> main\n"
			"~ sid fc00::1 behavior: End.AD -> End.AM\n"
			"~ sid fc00::1 flavors: none -> nat,psp\n"
			"~ sid fc00::1 vnf: fw -> new\n");
	EXPECT_EQ(list, Json::parse(R"([
{"change":"replace","object":"vnf","name":"fw","values":{
 "nh4":{"is":null,"wanted":"10.0.0.1"},"nh6":{"is":"fd00::1","wanted":null}}},
{"change":"add","object":"vnf","name":"new","values":{"dev":"b","vlan":[5,"802.1ad:6"]}},
{"change":"del","object":"vnf","name":"old"},
{"change":"replace","object":"chain","name":"gold","values":{
 "segs":{"is":["fc00::8"],"wanted":["fc00::8","fc00::7"]},
 "reduced":{"is":false,"wanted":true},"table":{"is":0,"wanted":"main"}}},
{"change":"replace","object":"sid","addr":"fc00::1","values":{
 "behavior":{"is":"End.AD","wanted":"End.AM"},"flavors":{"is":null,"wanted":["nat","psp"]},
 "vnf":{"is":"fw","wanted":"new"}}}])"));
}

TEST(Plan, WhatIsReferredToComesFirstAndGoesLast) {
	auto is = told(before);
	auto wanted = config("vnfs: {new: {dev: c, nh6: fd00::1}, fw: {dev: c}}\n"
			     "chains: {new: {src: fc00::9, segs: fc00::8}}\n"
			     "sids: {fc00::2: {behavior: End.AS, vnf: new, chain: new}}");
	std::string list;
	for (const auto &step : steps_for(changes_between(is, wanted)))
		list.append(step.verb).append(" ").append(step.entry->key).append(", ");
	EXPECT_EQ(list,
		  "del fc00::1, replace fw, add new, add new, add fc00::2, del old, del gold, ");
}

TEST(Plan, BecomesCommands) {
	auto is = told("vnfs: {fw: {dev: a}}\nsids: {\"fc00::/16\": {behavior: End.AD, vnf: fw}}");
	const auto &entry = is.at(find_object("sid")).begin()->second;
	auto del = command_of({"del", find_object("sid"), &entry});
	EXPECT_EQ(del.subject, "sid fc00::/16");
	EXPECT_EQ(del.form->command, SRPROXY_CMD_SID_DEL);
	EXPECT_EQ(del.values.size(), 2U);
	auto wanted = config("vnfs: {fw: {dev: a, on-down: drop}}");
	auto add = command_of(
		{"add", find_object("vnf"), &wanted.at(find_object("vnf")).begin()->second});
	EXPECT_EQ(add.verb->flags, NLM_F_CREATE | NLM_F_EXCL);
	EXPECT_EQ(add.values.size(), 3U); // all that is said
}

} // namespace
