// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include <gtest/gtest.h>

using namespace srproxy;

namespace {

TraceEvent event(const std::string &name, const std::string &address, const std::string &sid,
		 const std::string &more = "") {
	auto line = "  <idle>-0  [000] ..s2.  12.345678: srproxy_" + name +
		    ": netns=1 sid=" + sid + " skbaddr=" + address + ' ' + more;
	return trace_event(line).value();
}

TEST(Trace, Line) {
	auto told = trace_event("   ksoftirqd/0-14      [000] b.s2.  1234.000567: srproxy_decap: "
				"netns=4026531840 sid=fc00::1 skbaddr=00000000deadbeef inner=ip6 "
				"len=196 iif=999999 vnf=");
	ASSERT_TRUE(told);
	EXPECT_EQ(told->name, "decap");
	EXPECT_EQ(told->microseconds, 1'234'000'567);
	EXPECT_EQ(told->fields.at("sid"), "fc00::1");
	EXPECT_EQ(told->fields.at("vnf"), "");
	auto json = trace_json(*told, 7, "");
	EXPECT_EQ(json.dump(), R"({"packet":7,"event":"decap","sid":"fc00::1","inner":"ip6",)"
			       R"("len":196,"iif":999999})");
	EXPECT_EQ(trace_text(json), "7 decap fc00::1 inner ip6 len 196 iif 999999");
}

TEST(Trace, OtherLines) {
	for (const auto *line : {"", "CPU:0 [LOST 5 EVENTS]", "x: srproxy_", "x: skb:kfree: a=1"})
		EXPECT_FALSE(trace_event(line)) << line;
}

TEST(Trace, Drops) {
	auto gone = event("drop", "0000000000000000", "fc00::1", "len=0 reason=vnf_xmit");
	EXPECT_EQ(trace_text(trace_json(gone, Follower().packet(gone), "then")),
		  "then - drop fc00::1 len 0 reason vnf_xmit: the VNF's device has no use for its "
		  "next hop, or refused the packet");
	auto news = event("drop", "1", "fc00::1", "len=0 reason=of_tomorrow");
	EXPECT_EQ(trace_text(trace_json(news, 1, "")), "1 drop fc00::1 len 0 reason of_tomorrow");
}

TEST(Trace, FollowsAPacket) {
	Follower follower;
	EXPECT_EQ(follower.packet(event("learn", "a", "fc00::1")), 1);
	EXPECT_EQ(follower.packet(event("decap", "b", "fc00::1")), 2);
	EXPECT_EQ(follower.packet(event("decap", "a", "fc00::1")), 1);
	EXPECT_EQ(follower.packet(event("encap", "a", "fc00::1", "next=fc00::2")), 1);
	EXPECT_EQ(follower.packet(event("decap", "a", "fc00::2")), 1);
	EXPECT_EQ(follower.packet(event("drop", "a", "fc00::2", "reason=not_learned")), 1);
	EXPECT_EQ(follower.packet(event("encap", "a", "fc00::2")), 3);
}

TEST(Trace, AddressesAreUsedAgain) {
	Follower follower;
	EXPECT_EQ(follower.packet(event("decap", "a", "fc00::1")), 1);
	EXPECT_EQ(follower.packet(event("decap", "a", "fc00::1")), 2);
	EXPECT_EQ(follower.packet(event("drop", "a", "fc00::1", "reason=no_srh")), 3);
	EXPECT_EQ(follower.packet(event("decap", "a", "fc00::1")), 4);
	EXPECT_EQ(follower.packet(event("drop", "a", "fc00::1", "reason=vnf_too_big")), 4);
	EXPECT_EQ(follower.packet(event("learn", "a", "fc00::1")), 5);
	EXPECT_EQ(follower.packet(event("drop", "a", "fc00::1", "reason=not_learned")), 6);
	EXPECT_EQ(follower.packet(event("encap", "a", "fc00::1", "next=fc00::9")), 7);
	EXPECT_EQ(follower.packet(event("decap", "a", "fc00::1")), 8);
	EXPECT_EQ(follower.packet(event("encap", "a", "fc00::2")), 9);
}

TEST(Trace, Filter) {
	EXPECT_EQ(trace_filter(4026531840, {}), "netns == 4026531840");
	const Bytes sid{0xfc, 0, 0, 0xb, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf1};
	EXPECT_EQ(trace_filter(1, sid),
		  "netns == 1 && sid_high == 18158513744802480128 && sid_low == 241");
}

} // namespace
