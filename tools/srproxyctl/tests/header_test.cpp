// SPDX-License-Identifier: GPL-2.0
#include "crafted.h"
#include "message.h"
#include "output.h"

#include <gtest/gtest.h>

#include <netinet/in.h>

using namespace srproxy;
using namespace srproxy::crafted;

namespace {

Bytes ip6_header(std::uint8_t next) {
	return joined(
		{{0x60, 0, 0, 0, 0, 0, next, 63}, address("fc00:a::1"), address("fc00:c::1")});
}

// Length, last entry and the rest are as told, right or wrong; the list is in SRH order.
Bytes srh(std::uint8_t next, std::uint8_t length, std::uint8_t left, std::uint8_t last,
	  const Bytes &list) {
	return joined({{next, length, 4, left, last, 0, 0x12, 0x34}, list});
}

const auto two = joined({address("fc00:d::d6"), address("fc00:c::1")});
const auto good_srh = srh(IPPROTO_IPV6, 4, 1, 1, two);
const Bytes hop_by_hop_then_srh{IPPROTO_ROUTING, 0, 1, 4, 0, 0, 0, 0};

Json decoded(const Bytes &header) {
	auto nested = nest(SRPROXY_A_CACHE, {attribute(SRPROXY_A_CACHE_HEADER, header)});
	return decode(*find_object("cache"), nested);
}

TEST(Header, IsTakenApart) {
	auto nested = nest(
		SRPROXY_A_CACHE,
		{attribute(SRPROXY_A_CACHE_SID, address("fc00:b::f1")),
		 attribute(SRPROXY_A_CACHE_INNER, {SRPROXY_INNER_IP4}),
		 attribute(SRPROXY_A_CACHE_HEADER, joined({ip6_header(IPPROTO_ROUTING), good_srh})),
		 attribute(SRPROXY_A_CACHE_AGE, raw(std::uint64_t{1500})),
		 attribute(SRPROXY_A_CACHE_IDLE, raw(std::uint64_t{20})),
		 attribute(SRPROXY_A_CACHE_EXPIRED, {})});
	const auto &cache = *find_object("cache");
	auto record = decode(cache, nested);
	EXPECT_EQ(text_of(cache, record, false),
		  "fc00:b::f1 inner ip4 src fc00:a::1 dst fc00:c::1 hop-limit 63 segments-left 1 "
		  "segs fc00:c::1,fc00:d::d6 tag 4660 age-ms 1500 idle-ms 20 expired");
	EXPECT_EQ(record["header"].get<std::string>().substr(0, 16), "6000000000002b3f");
	record.erase("header");
	EXPECT_EQ(
		record.dump(),
		R"({"sid":"fc00:b::f1","inner":"ip4","src":"fc00:a::1","dst":"fc00:c::1",)"
		R"("hop_limit":63,"segments_left":1,"segs":["fc00:c::1","fc00:d::d6"],"tag":4660,)"
		R"("age_ms":1500,"idle_ms":20,"expired":true})");
}

Bytes kept(const Bytes &routing_header) {
	auto flow =
		nest(SRPROXY_A_CACHE_FLOW,
		     {attribute(SRPROXY_A_FLOW_SRC, address("2001:db8::1")),
		      attribute(SRPROXY_A_FLOW_DST, address("2001:db8::2")),
		      attribute(SRPROXY_A_FLOW_PROTO, {IPPROTO_TCP}),
		      attribute(SRPROXY_A_FLOW_SPORT, raw(std::uint16_t{40000})),
		      attribute(SRPROXY_A_FLOW_DPORT, raw(std::uint16_t{80})), attribute(99, {1})});
	return nest(SRPROXY_A_CACHE, {attribute(SRPROXY_A_CACHE_SID, address("fc00:b::f1")),
				      attribute(SRPROXY_A_CACHE_INNER, {SRPROXY_INNER_IP6}),
				      attribute(SRPROXY_A_CACHE_SRH, routing_header), flow,
				      attribute(SRPROXY_A_CACHE_AGE, raw(std::uint64_t{1500}))});
}

TEST(RoutingHeader, IsTakenApartAndHasAFlow) {
	const auto &cache = *find_object("cache");
	auto record = decode(cache, kept(good_srh));
	EXPECT_EQ(
		text_of(cache, record, false),
		"fc00:b::f1 inner ip6 segments-left 1 segs fc00:c::1,fc00:d::d6 tag 4660 flow src "
		"2001:db8::1 dst 2001:db8::2 proto tcp sport 40000 dport 80 age-ms 1500");
	EXPECT_EQ(record["srh"].get<std::string>().substr(0, 16), "2904040101001234");
	record.erase("srh");
	EXPECT_EQ(record.dump(),
		  R"({"sid":"fc00:b::f1","inner":"ip6","segments_left":1,)"
		  R"("segs":["fc00:c::1","fc00:d::d6"],"tag":4660,)"
		  R"("flow":{"src":"2001:db8::1","dst":"2001:db8::2","proto":6,"sport":40000,)"
		  R"("dport":80},"age_ms":1500})");
}

TEST(RoutingHeader, CutAnywhereOrAnotherOne) {
	const auto &cache = *find_object("cache");
	for (std::size_t size = 0; size < good_srh.size(); size++) {
		Bytes part(good_srh.begin(), good_srh.begin() + static_cast<long>(size));
		EXPECT_FALSE(decode(cache, kept(part)).contains("segs")) << size;
	}
	auto other = good_srh;
	other[2] = 3;
	EXPECT_FALSE(decode(cache, kept(other)).contains("segs"));
}

TEST(Flow, AddressesAndProtocols) {
	const auto &cache = *find_object("cache");
	auto shown = [&cache](const Bytes &source, std::uint8_t protocol) {
		auto flow =
			nest(SRPROXY_A_CACHE_FLOW, {attribute(SRPROXY_A_FLOW_SRC, source),
						    attribute(SRPROXY_A_FLOW_PROTO, {protocol})});
		auto record = decode(
			cache, nest(SRPROXY_A_CACHE,
				    {attribute(SRPROXY_A_CACHE_SID, address("fc00::1")), flow}));
		return text_of(cache, record, false);
	};
	EXPECT_EQ(shown({10, 0, 0, 1}, IPPROTO_UDP), "fc00::1 flow src 10.0.0.1 proto udp");
	EXPECT_EQ(shown(address("fd00::1"), 47), "fc00::1 flow src fd00::1 proto 47");
	EXPECT_THROW(shown({1, 2, 3}, 6), Malformed);
}

TEST(Header, OtherExtensionHeadersMayStandAround) {
	const Bytes destination{IPPROTO_IPV6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	auto record = decoded(joined({ip6_header(IPPROTO_HOPOPTS), hop_by_hop_then_srh,
				      srh(IPPROTO_DSTOPTS, 4, 1, 1, two), destination}));
	EXPECT_EQ(record["segs"].dump(), R"(["fc00:c::1","fc00:d::d6"])");
	EXPECT_EQ(record["expired"], false);
}

TEST(Header, TlvsAreNoSegments) {
	auto record = decoded(joined({ip6_header(IPPROTO_ROUTING),
				      srh(IPPROTO_IPV6, 6, 0, 1, joined({two, Bytes(16)}))}));
	EXPECT_EQ(record["segs"].size(), 2U);
}

TEST(Header, WithoutSrh) {
	auto record = decoded(ip6_header(IPPROTO_IPIP));
	EXPECT_EQ(record["dst"], "fc00:c::1");
	EXPECT_FALSE(record.contains("segs"));
	EXPECT_FALSE(record.contains("segments_left"));
}

TEST(Header, AnotherRoutingHeaderIsNoSrh) {
	auto other = good_srh;
	other[2] = 3;
	EXPECT_FALSE(decoded(joined({ip6_header(IPPROTO_ROUTING), other})).contains("segs"));
}

TEST(Header, MoreSegmentsThanThereIsRoomFor) {
	auto record =
		decoded(joined({ip6_header(IPPROTO_ROUTING), srh(IPPROTO_IPV6, 4, 1, 255, two)}));
	EXPECT_EQ(record["segs"].size(), 2U);
	// Beyond the SRH, even if bytes follow it.
	record = decoded(joined({ip6_header(IPPROTO_ROUTING), srh(IPPROTO_IPV6, 2, 1, 1, two)}));
	EXPECT_EQ(record["segs"].dump(), R"(["fc00:d::d6"])");
}

TEST(Header, LongerThanItsBytes) {
	auto record =
		decoded(joined({ip6_header(IPPROTO_ROUTING), srh(IPPROTO_IPV6, 200, 1, 1, two)}));
	EXPECT_FALSE(record.contains("segs"));
	record = decoded(
		joined({ip6_header(IPPROTO_HOPOPTS), {IPPROTO_ROUTING, 9, 0, 0, 0, 0, 0, 0}}));
	EXPECT_FALSE(record.contains("segs"));
}

TEST(Header, CutAnywhere) {
	auto whole = joined({ip6_header(IPPROTO_HOPOPTS), hop_by_hop_then_srh, good_srh});
	for (std::size_t size = 0; size < whole.size(); size++) {
		auto record = decoded({whole.begin(), whole.begin() + static_cast<long>(size)});
		EXPECT_EQ(record.contains("dst"), size >= 40) << size;
		EXPECT_FALSE(record.contains("segs")) << size;
		EXPECT_EQ(record["header"].get<std::string>().size(), 2 * size);
	}
}

TEST(Header, AnyBytesAreSafe) {
	auto whole = joined({ip6_header(IPPROTO_ROUTING), good_srh});
	for (std::size_t at = 0; at < whole.size(); at++)
		for (auto value : Bytes{0, 1, 4, 43, 60, 127, 255}) {
			auto bytes = whole;
			bytes[at] = value;
			EXPECT_NO_THROW(decoded(bytes));
		}
}

} // namespace
