// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include "crafted.h"

#include <gtest/gtest.h>
#include <netlink/msg.h>

using namespace srproxy;
using namespace srproxy::crafted;

namespace {

constexpr int family = 30;

// A line, as the attributes of its message.
Bytes encoded(const std::string &line, bool statistics = false) {
	auto invocation = parsed(line);
	auto message = encode(invocation, invocation.verb->flags, statistics, family);
	const auto &header = *nlmsg_hdr(message.get());
	auto content = content_of(header);
	EXPECT_EQ(header.nlmsg_type, family);
	EXPECT_EQ(header.nlmsg_flags, invocation.verb->flags);
	EXPECT_EQ(content.command, invocation.form->command);
	return {content.attributes.begin(), content.attributes.end()};
}

TEST(Encode, Vnf) {
	EXPECT_EQ(
		encoded("vnf add fw dev to-fw iif from-fw nh4 10.0.9.2 nh6 fd00:f::2 "
			"lladdr 02:00:00:00:00:01 on-down bypass"),
		nest(SRPROXY_A_VNF, {attribute(SRPROXY_A_VNF_NAME, text("fw")),
				     attribute(SRPROXY_A_VNF_DEV, text("to-fw")),
				     attribute(SRPROXY_A_VNF_IIF, text("from-fw")),
				     attribute(SRPROXY_A_VNF_NH4, {10, 0, 9, 2}),
				     attribute(SRPROXY_A_VNF_NH6, address("fd00:f::2")),
				     attribute(SRPROXY_A_VNF_LLADDR, {2, 0, 0, 0, 0, 1}),
				     attribute(SRPROXY_A_VNF_ON_DOWN, {SRPROXY_ON_DOWN_BYPASS})}));
}

TEST(Encode, Chain) {
	EXPECT_EQ(encoded("chain replace gold src fc00:b:: segs fc00:c::1,fc00:d::d6 hop-limit 33 "
			  "reduced table local"),
		  nest(SRPROXY_A_CHAIN,
		       {attribute(SRPROXY_A_CHAIN_NAME, text("gold")),
			attribute(SRPROXY_A_CHAIN_SRC, address("fc00:b::")),
			attribute(SRPROXY_A_CHAIN_SEGS,
				  joined({address("fc00:c::1"), address("fc00:d::d6")})),
			attribute(SRPROXY_A_CHAIN_HOP_LIMIT, {33}),
			attribute(SRPROXY_A_CHAIN_REDUCED, {1}),
			attribute(SRPROXY_A_CHAIN_TABLE, raw(std::uint32_t{255}))}));
}

TEST(Encode, Sid) {
	EXPECT_EQ(encoded("sid change fc00:b::f1 behavior end.ad inner ip4 vnf fw chain c ageing "
			  "70000 margin 9 table 7"),
		  nest(SRPROXY_A_SID, {attribute(SRPROXY_A_SID_ADDR, address("fc00:b::f1")),
				       attribute(SRPROXY_A_SID_BEHAVIOR, {SRPROXY_BEHAVIOR_END_AD}),
				       attribute(SRPROXY_A_SID_INNER, {SRPROXY_INNER_IP4}),
				       attribute(SRPROXY_A_SID_VNF, text("fw")),
				       attribute(SRPROXY_A_SID_CHAIN, text("c")),
				       attribute(SRPROXY_A_SID_AGEING, raw(std::uint32_t{70000})),
				       attribute(SRPROXY_A_SID_MARGIN, {9}),
				       attribute(SRPROXY_A_SID_TABLE, raw(std::uint32_t{7}))}));
}

TEST(Encode, Filters) {
	EXPECT_EQ(encoded("cache show sid fc00::1"),
		  nest(SRPROXY_A_CACHE, {attribute(SRPROXY_A_CACHE_SID, address("fc00::1"))}));
	EXPECT_EQ(encoded("stats show sid fc00::1", true),
		  joined({nest(SRPROXY_A_SID, {attribute(SRPROXY_A_SID_ADDR, address("fc00::1"))}),
			  attribute(SRPROXY_A_STATS, {})}));
}

TEST(Encode, WithoutValuesThereIsNoNest) {
	EXPECT_EQ(encoded("vnf show"), Bytes());
	EXPECT_EQ(encoded("vnf flush"), Bytes());
	EXPECT_EQ(encoded("sid show", true), attribute(SRPROXY_A_STATS, {}));
}

TEST(Encode, TheLongestSegmentList) {
	std::string list = "fc00::1";
	for (int i = 1; i < SRPROXY_SEGS_MAX; i++)
		list += ",fc00::1";
	auto bytes = encoded("chain add g src fc00::2 segs " + list);
	auto found = find_attribute(*find_attribute(bytes, SRPROXY_A_CHAIN), SRPROXY_A_CHAIN_SEGS);
	EXPECT_EQ(found->size(), 16U * SRPROXY_SEGS_MAX);
}

TEST(Decode, IgnoresWhatItDoesNotKnow) {
	auto bytes = joined({attribute(99, {1}),
			     nest(SRPROXY_A_VNF, {attribute(200, {1, 2, 3}),
						  attribute(SRPROXY_A_VNF_NAME, text("fw"))})});
	EXPECT_EQ(decode(*find_object("vnf"), bytes).dump(), R"({"name":"fw"})");
}

TEST(Decode, TheOrderIsThatOfTheTable) {
	auto bytes = nest(SRPROXY_A_VNF, {attribute(SRPROXY_A_VNF_SIDS, raw(std::uint32_t{2})),
					  attribute(SRPROXY_A_VNF_DEV, text("a")),
					  attribute(SRPROXY_A_VNF_NAME, text("fw"))});
	EXPECT_EQ(decode(*find_object("vnf"), bytes).dump(), R"({"name":"fw","dev":"a","sids":2})");
}

TEST(Decode, StopsAtAnAttributeThatLiesAboutItsLength) {
	auto name = attribute(SRPROXY_A_VNF_NAME, text("fw"));
	auto lies = attribute(SRPROXY_A_VNF_DEV, text("abc"));
	for (auto length : Bytes{0, 3, 200}) {
		lies[0] = length;
		auto bytes = nest(SRPROXY_A_VNF, {name, lies});
		EXPECT_EQ(decode(*find_object("vnf"), bytes).dump(), R"({"name":"fw"})");
	}
}

TEST(Decode, ShortMessagesAndValuesAreMalformed) {
	auto nothing = message(family, 0, 1, {});
	EXPECT_THROW(content_of(header_of(nothing)), Malformed);
	auto bytes = nest(SRPROXY_A_VNF, {attribute(SRPROXY_A_VNF_NH6, {1, 2, 3, 4})});
	EXPECT_THROW(decode(*find_object("vnf"), bytes), Malformed);
}

} // namespace
