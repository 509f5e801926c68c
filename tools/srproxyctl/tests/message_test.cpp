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
			"lladdr 02:00:00:00:00:01 on-down bypass handover never "
			"exclusive"),
		nest(SRPROXY_A_VNF, {attribute(SRPROXY_A_VNF_NAME, text("fw")),
				     attribute(SRPROXY_A_VNF_DEV, text("to-fw")),
				     attribute(SRPROXY_A_VNF_IIF, text("from-fw")),
				     attribute(SRPROXY_A_VNF_NH4, {10, 0, 9, 2}),
				     attribute(SRPROXY_A_VNF_NH6, address("fd00:f::2")),
				     attribute(SRPROXY_A_VNF_LLADDR, {2, 0, 0, 0, 0, 1}),
				     attribute(SRPROXY_A_VNF_ON_DOWN, {SRPROXY_ON_DOWN_BYPASS}),
				     attribute(SRPROXY_A_VNF_HANDOVER, {SRPROXY_HANDOVER_NEVER}),
				     attribute(SRPROXY_A_VNF_EXCLUSIVE, {1})}));
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

TEST(Encode, Ports) {
	EXPECT_EQ(encoded("vnf change fw vlan 802.1ad:100,200 iif-vlan 7 iif-nh4 10.0.9.3 "
			  "iif-nh6 fd00:f::3 iif-lladdr 02:00:00:00:00:02"),
		  nest(SRPROXY_A_VNF,
		       {attribute(SRPROXY_A_VNF_NAME, text("fw")),
			attribute(SRPROXY_A_VNF_VLAN, {0x88, 0xa8, 0, 100, 0x81, 0, 0, 200}),
			attribute(SRPROXY_A_VNF_IIF_VLAN, {0x81, 0, 0, 7}),
			attribute(SRPROXY_A_VNF_IIF_NH4, {10, 0, 9, 3}),
			attribute(SRPROXY_A_VNF_IIF_NH6, address("fd00:f::3")),
			attribute(SRPROXY_A_VNF_IIF_LLADDR, {2, 0, 0, 0, 0, 2})}));
}

TEST(Encode, ChainTlvs) {
	EXPECT_EQ(encoded("chain change gold tag 65534 hmac 70000 dscp 46"),
		  nest(SRPROXY_A_CHAIN, {attribute(SRPROXY_A_CHAIN_NAME, text("gold")),
					 attribute(SRPROXY_A_CHAIN_TAG, raw(std::uint16_t{65534})),
					 attribute(SRPROXY_A_CHAIN_HMAC, raw(std::uint32_t{70000})),
					 attribute(SRPROXY_A_CHAIN_DSCP, {46})}));
}

TEST(Encode, SidWithEverythingElse) {
	EXPECT_EQ(
		encoded("sid change fcbb:bb00:f1::/48 flavors last,next-csid inner ip,eth vnf fw "
			"reverse lblen 32 hook seg6local fib 9 metric 5 ttl-mode uniform dscp-mode "
			"pipe permit full hmac 3 require-hmac flows 8"),
		nest(SRPROXY_A_SID,
		     {attribute(SRPROXY_A_SID_ADDR, address("fcbb:bb00:f1::")),
		      attribute(SRPROXY_A_SID_PREFIX_LEN, {48}),
		      attribute(SRPROXY_A_SID_FLAVORS,
				raw(std::uint32_t{SRPROXY_FLAVOR_LAST | SRPROXY_FLAVOR_NEXT_CSID})),
		      attribute(SRPROXY_A_SID_INNER, {SRPROXY_INNER_ALL}),
		      attribute(SRPROXY_A_SID_VNF, text("fw")),
		      attribute(SRPROXY_A_SID_REVERSE, {1}), attribute(SRPROXY_A_SID_LBLEN, {32}),
		      attribute(SRPROXY_A_SID_HOOK, {SRPROXY_HOOK_SEG6LOCAL}),
		      attribute(SRPROXY_A_SID_FIB, raw(std::uint32_t{9})),
		      attribute(SRPROXY_A_SID_METRIC, raw(std::uint32_t{5})),
		      attribute(SRPROXY_A_SID_TTL_MODE, {SRPROXY_TTL_MODE_UNIFORM}),
		      attribute(SRPROXY_A_SID_DSCP_MODE, {SRPROXY_DSCP_MODE_PIPE}),
		      attribute(SRPROXY_A_SID_PERMIT, {SRPROXY_PERMIT_FULL}),
		      attribute(SRPROXY_A_SID_HMAC, raw(std::uint32_t{3})),
		      attribute(SRPROXY_A_SID_REQUIRE_HMAC, {1}),
		      attribute(SRPROXY_A_SID_FLOWS, raw(std::uint32_t{8}))}));
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
