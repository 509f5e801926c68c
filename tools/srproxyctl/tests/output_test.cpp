// SPDX-License-Identifier: GPL-2.0
#include "output.h"

#include "crafted.h"
#include "drops.h"
#include "message.h"

#include <gtest/gtest.h>

#include <sstream>

using namespace srproxy;
using namespace srproxy::crafted;

namespace {

struct Printed {
	std::string text;
	std::string json;
};

// What the output makes of a message about an object.
Printed printed(const char *word, const Bytes &attributes, bool all = false) {
	const auto &object = *find_object(word);
	std::vector<Json> records{decode(object, attributes)};
	Printed result;
	for (bool json : {false, true}) {
		Options options;
		options.json = json;
		std::ostringstream stream;
		Output(stream, options).list(object, records, all);
		(json ? result.json : result.text) = stream.str();
	}
	return result;
}

Bytes number(std::uint32_t value) { return raw(value); }

Bytes vnf(std::uint8_t state, std::uint32_t dev, std::uint32_t iif) {
	return nest(SRPROXY_A_VNF, {attribute(SRPROXY_A_VNF_NAME, text("fw")),
				    attribute(SRPROXY_A_VNF_DEV, text("to-fw")),
				    attribute(SRPROXY_A_VNF_IIF, text("from-fw")),
				    attribute(SRPROXY_A_VNF_NH4, {10, 0, 9, 2}),
				    attribute(SRPROXY_A_VNF_NH6, address("fd00:f::2")),
				    attribute(SRPROXY_A_VNF_ON_DOWN, {SRPROXY_ON_DOWN_DROP}),
				    attribute(SRPROXY_A_VNF_HANDOVER, {SRPROXY_HANDOVER_AUTO}),
				    attribute(SRPROXY_A_VNF_STATE, {state}),
				    attribute(SRPROXY_A_VNF_DEV_IFINDEX, number(dev)),
				    attribute(SRPROXY_A_VNF_IIF_IFINDEX, number(iif)),
				    attribute(SRPROXY_A_VNF_SIDS, number(2))});
}

TEST(Output, VnfUp) {
	auto [text, json] = printed("vnf", vnf(SRPROXY_VNF_STATE_UP, 4, 5));
	EXPECT_EQ(text, "fw dev to-fw iif from-fw nh4 10.0.9.2 nh6 fd00:f::2 state up sids 2\n");
	EXPECT_EQ(json, R"([{"name":"fw","dev":"to-fw","iif":"from-fw","nh4":"10.0.9.2",)"
			R"("nh6":"fd00:f::2","on_down":"drop","handover":"auto","state":"up",)"
			R"("dev_ifindex":4,"iif_ifindex":5,"sids":2}])"
			"\n");
}

TEST(Output, VnfDown) {
	auto [text, json] = printed("vnf", vnf(SRPROXY_VNF_STATE_DOWN, 4, 0));
	EXPECT_NE(text.find("state down sids 2 absent from-fw\n"), text.npos) << text;
	EXPECT_NE(json.find(R"("iif_ifindex":0,"sids":2,"absent":["from-fw"]})"), json.npos)
		<< json;
	text = printed("vnf", vnf(SRPROXY_VNF_STATE_DOWN, 0, 0)).text;
	EXPECT_NE(text.find("absent to-fw,from-fw\n"), text.npos) << text;
}

TEST(Output, Chain) {
	auto chain = [](std::uint8_t hop_limit, std::uint8_t reduced, std::uint32_t table) {
		return nest(SRPROXY_A_CHAIN,
			    {attribute(SRPROXY_A_CHAIN_NAME, text("gold")),
			     attribute(SRPROXY_A_CHAIN_SRC, address("fc00:b::")),
			     attribute(SRPROXY_A_CHAIN_SEGS,
				       joined({address("fc00:c::1"), address("fc00:d::d6")})),
			     attribute(SRPROXY_A_CHAIN_HOP_LIMIT, {hop_limit}),
			     attribute(SRPROXY_A_CHAIN_REDUCED, {reduced}),
			     attribute(SRPROXY_A_CHAIN_TABLE, number(table)),
			     attribute(SRPROXY_A_CHAIN_SIDS, number(1))});
	};
	auto plain = printed("chain", chain(64, 0, 0));
	EXPECT_EQ(plain.text, "gold src fc00:b:: segs fc00:c::1,fc00:d::d6 sids 1\n");
	EXPECT_EQ(plain.json,
		  R"([{"name":"gold","src":"fc00:b::","segs":["fc00:c::1","fc00:d::d6"],)"
		  R"("hop_limit":64,"reduced":false,"table":0,"sids":1}])"
		  "\n");
	auto special = printed("chain", chain(9, 1, 254));
	EXPECT_EQ(special.text,
		  "gold src fc00:b:: segs fc00:c::1,fc00:d::d6 hop-limit 9 reduced table main "
		  "sids 1\n");
	EXPECT_NE(special.json.find(R"("hop_limit":9,"reduced":true,"table":254)"),
		  special.json.npos);
}

Bytes sid(const Bytes &stats) {
	return nest(SRPROXY_A_SID, {attribute(SRPROXY_A_SID_ADDR, address("fc00:b::f1")),
				    attribute(SRPROXY_A_SID_BEHAVIOR, {SRPROXY_BEHAVIOR_END_AD}),
				    attribute(SRPROXY_A_SID_INNER, {SRPROXY_INNER_IP}),
				    attribute(SRPROXY_A_SID_VNF, text("fw")),
				    attribute(SRPROXY_A_SID_AGEING, number(0)),
				    attribute(SRPROXY_A_SID_MARGIN, {8}),
				    attribute(SRPROXY_A_SID_TABLE, number(0)), stats});
}

// A reason that a newer module may have.
const auto beyond = std::to_string(SRPROXY_DROP_MAX + 1);

Bytes some_stats() {
	auto counter = [](unsigned type, std::uint64_t value) {
		return attribute(type, raw(value));
	};
	return nest(SRPROXY_A_SID_STATS,
		    {counter(SRPROXY_A_STATS_IN_PACKETS, 5),
		     counter(SRPROXY_A_STATS_IN_BYTES, 1ULL << 63),
		     counter(SRPROXY_A_STATS_OUT_PACKETS, 3), counter(SRPROXY_A_STATS_OUT_BYTES, 7),
		     nest(SRPROXY_A_STATS_DROPS,
			  {counter(SRPROXY_DROP_FROM_VNF, 0), counter(SRPROXY_DROP_HOP_LIMIT, 2),
			   counter(SRPROXY_DROP_NO_MEMORY, 1), counter(SRPROXY_DROP_MAX + 1, 4)})});
}

TEST(Output, Sid) {
	auto [text, json] = printed("sid", sid({}));
	EXPECT_EQ(text, "fc00:b::f1 behavior End.AD inner ip vnf fw\n");
	EXPECT_EQ(json, R"([{"addr":"fc00:b::f1","behavior":"End.AD","inner":"ip","vnf":"fw",)"
			R"("ageing":0,"margin":8,"table":0}])"
			"\n");
}

// What a SID has beyond the one above; all of it, or all at its default.
Bytes sid_with(bool defaults) {
	auto byte = [defaults](unsigned type, std::uint8_t standard, std::uint8_t value) {
		return attribute(type, {defaults ? standard : value});
	};
	auto word = [defaults](unsigned type, std::uint32_t standard, std::uint32_t value) {
		return attribute(type, number(defaults ? standard : value));
	};
	return nest(SRPROXY_A_SID,
		    {attribute(SRPROXY_A_SID_ADDR, address("fcbb:bb00:f1::")),
		     byte(SRPROXY_A_SID_PREFIX_LEN, 128, 48),
		     attribute(SRPROXY_A_SID_BEHAVIOR, {SRPROXY_BEHAVIOR_END_AN}),
		     word(SRPROXY_A_SID_FLAVORS, 0, SRPROXY_FLAVOR_NAT | SRPROXY_FLAVOR_PSP),
		     attribute(SRPROXY_A_SID_INNER, {SRPROXY_INNER_ALL}),
		     attribute(SRPROXY_A_SID_VNF, text("fw")), byte(SRPROXY_A_SID_REVERSE, 0, 1),
		     defaults ? Bytes() : attribute(SRPROXY_A_SID_LBLEN, {32}),
		     byte(SRPROXY_A_SID_HOOK, SRPROXY_HOOK_PREROUTING, SRPROXY_HOOK_SEG6LOCAL),
		     word(SRPROXY_A_SID_FIB, 0, 254), word(SRPROXY_A_SID_METRIC, 0, 7),
		     byte(SRPROXY_A_SID_TTL_MODE, SRPROXY_TTL_MODE_PIPE, SRPROXY_TTL_MODE_UNIFORM),
		     byte(SRPROXY_A_SID_DSCP_MODE, SRPROXY_DSCP_MODE_INNER, SRPROXY_DSCP_MODE_PIPE),
		     byte(SRPROXY_A_SID_PERMIT, SRPROXY_PERMIT_NONE, SRPROXY_PERMIT_INSERT_NEXT),
		     word(SRPROXY_A_SID_HMAC, 0, 5), byte(SRPROXY_A_SID_REQUIRE_HMAC, 0, 1),
		     word(SRPROXY_A_SID_FLOWS, SRPROXY_FLOWS_DEFAULT, 16)});
}

TEST(Output, SidWithEverything) {
	auto [text, json] = printed("sid", sid_with(false));
	EXPECT_EQ(text, "fcbb:bb00:f1::/48 behavior End.AN flavors nat,psp inner ip,eth vnf fw "
			"reverse lblen 32 hook seg6local fib main metric 7 ttl-mode uniform "
			"dscp-mode pipe permit insert-next hmac 5 require-hmac flows 16\n");
	EXPECT_EQ(json,
		  R"([{"addr":"fcbb:bb00:f1::","prefix_len":48,"behavior":"End.AN",)"
		  R"("flavors":["nat","psp"],"inner":"ip,eth","vnf":"fw","reverse":true,)"
		  R"("lblen":32,"hook":"seg6local","fib":254,"metric":7,"ttl_mode":"uniform",)"
		  R"("dscp_mode":"pipe","permit":"insert-next","hmac":5,"require_hmac":true,)"
		  R"("flows":16}])"
		  "\n");
	EXPECT_EQ(printed("stats", sid_with(false)).text, "fcbb:bb00:f1::/48\n");
}

TEST(Output, SidWithEverythingAtItsDefault) {
	auto [text, json] = printed("sid", sid_with(true));
	EXPECT_EQ(text, "fcbb:bb00:f1:: behavior End.AN inner ip,eth vnf fw\n");
	EXPECT_EQ(json, R"([{"addr":"fcbb:bb00:f1::","prefix_len":128,"behavior":"End.AN",)"
			R"("flavors":[],"inner":"ip,eth","vnf":"fw","reverse":false,)"
			R"("hook":"prerouting","fib":0,"metric":0,"ttl_mode":"pipe",)"
			R"("dscp_mode":"inner","permit":"none","hmac":0,"require_hmac":false,)"
			R"("flows":1024}])"
			"\n");
}

// Two ports of one device, told apart by their tags.
Bytes trunk() {
	return nest(SRPROXY_A_VNF,
		    {attribute(SRPROXY_A_VNF_NAME, text("fw")),
		     attribute(SRPROXY_A_VNF_DEV, text("to-fw")),
		     attribute(SRPROXY_A_VNF_VLAN, {0x88, 0xa8, 0, 100, 0x81, 0, 0x0f, 0xfe}),
		     attribute(SRPROXY_A_VNF_IIF, text("to-fw")),
		     attribute(SRPROXY_A_VNF_IIF_VLAN, {0x81, 0, 0, 7}),
		     attribute(SRPROXY_A_VNF_LLADDR, {2, 0, 0, 0, 0, 1}),
		     attribute(SRPROXY_A_VNF_IIF_LLADDR, {2, 0, 0, 0, 0, 2})});
}

TEST(Output, VnfOnATrunk) {
	auto [text, json] = printed("vnf", trunk());
	EXPECT_EQ(text, "fw dev to-fw vlan 802.1ad:100,4094 iif to-fw iif-vlan 7 lladdr "
			"02:00:00:00:00:01 iif-lladdr 02:00:00:00:00:02\n");
	EXPECT_NE(
		json.find(
			R"("vlan":[{"proto":"802.1ad","vid":100},{"proto":"802.1q","vid":4094}])"),
		json.npos)
		<< json;
}

TEST(Output, VersionTellsHowSeg6localIsMade) {
	auto info = [](std::uint8_t made) {
		auto text = printed("version",
				    nest(SRPROXY_A_INFO,
					 {attribute(SRPROXY_A_INFO_VERSION, crafted::text("1")),
					  attribute(SRPROXY_A_INFO_SEG6LOCAL, {made})}))
				    .text;
		return text;
	};
	EXPECT_EQ(info(SRPROXY_SEG6LOCAL_END_T), "1 seg6local End.T\n");
	EXPECT_EQ(info(SRPROXY_SEG6LOCAL_END_BPF), "1 seg6local End.BPF\n");
}

TEST(Output, SidWithStatistics) {
	auto [text, json] = printed("sid", sid(some_stats()));
	EXPECT_EQ(text, "fc00:b::f1 behavior End.AD inner ip vnf fw\n"
			"    in_packets 5 in_bytes 9223372036854775808 out_packets 3 out_bytes 7\n"
			"    drops 7 hop_limit 2 no_memory 1 reason_" +
				beyond + " 4\n");
	auto stats = Json::parse(json)[0]["stats"];
	EXPECT_EQ(stats["in_bytes"], 1ULL << 63);
	EXPECT_EQ(stats["drops"].size(), drops.size() + 1);
	EXPECT_EQ(stats["drops"]["no_memory"], 1);
	EXPECT_EQ(stats["drops"]["vnf_down"], 0);
}

TEST(Output, Stats) {
	auto [text, json] = printed("stats", sid(some_stats()));
	EXPECT_EQ(text, "fc00:b::f1\n"
			"    in_packets 5 in_bytes 9223372036854775808 out_packets 3 out_bytes 7\n"
			"    drops 7 hop_limit 2 no_memory 1 reason_" +
				beyond + " 4\n");
	EXPECT_EQ(Json::parse(json)[0]["sid"], "fc00:b::f1");
	auto all = printed("stats", sid(some_stats()), true).text;
	for (const auto &drop : drops)
		EXPECT_NE(all.find(' ' + std::string(drop.name) + ' '), all.npos) << drop.name;
}

TEST(Output, Circuit) {
	auto [text, json] =
		printed("circuit", nest(SRPROXY_A_CIRCUIT,
					{attribute(SRPROXY_A_CIRCUIT_IIF, crafted::text("from-fw")),
					 attribute(SRPROXY_A_CIRCUIT_IFINDEX, number(7)),
					 attribute(SRPROXY_A_CIRCUIT_VLAN, {0x81, 0, 0, 9}),
					 attribute(SRPROXY_A_CIRCUIT_INNER, {SRPROXY_INNER_ETH}),
					 attribute(SRPROXY_A_CIRCUIT_SID, address("fc00::1")),
					 attribute(SRPROXY_A_CIRCUIT_VNF, crafted::text("fw"))}));
	EXPECT_EQ(text, "from-fw vlan 9 inner eth sid fc00::1 vnf fw\n");
	EXPECT_EQ(
		json,
		R"([{"iif":"from-fw","ifindex":7,"vlan":[{"proto":"802.1q","vid":9}],"inner":"eth",)"
		R"("sid":"fc00::1","vnf":"fw"}])"
		"\n");
}

TEST(Output, NothingIsAnEmptyArray) {
	Options options;
	std::ostringstream stream;
	options.json = true;
	Output(stream, options).list(*find_object("vnf"), {}, false);
	EXPECT_EQ(stream.str(), "[]\n");
}

TEST(Output, PrettyIsIndented) {
	Options options;
	std::ostringstream stream;
	options.json = options.pretty = true;
	Output(stream, options).list(*find_object("vnf"), {{{"name", "fw"}}}, false);
	EXPECT_EQ(stream.str(), "[\n    {\n        \"name\": \"fw\"\n    }\n]\n");
}

TEST(Output, DeviceNamesNeedNotBeUtf8) {
	auto bytes = nest(SRPROXY_A_VNF, {attribute(SRPROXY_A_VNF_NAME, text("fw")),
					  attribute(SRPROXY_A_VNF_DEV, {'a', 0xff, 0})});
	EXPECT_EQ(printed("vnf", bytes).json, "[{\"name\":\"fw\",\"dev\":\"a\xef\xbf\xbd\"}]\n");
}

// What is shown can be fed back, and says the same.
TEST(Output, TextCanBeFedBack) {
	const std::pair<const char *, Bytes> cases[] = {
		{"vnf", vnf(SRPROXY_VNF_STATE_DOWN, 0, 0)},
		{"sid", sid({})},
		{"sid", sid_with(false)},
		{"sid", sid_with(true)},
		{"vnf", trunk()},
	};
	for (const auto &[word, bytes] : cases) {
		auto line = text_of(*find_object(word), decode(*find_object(word), bytes), false);
		auto invocation = parsed(std::string(word) + " replace " + line);
		auto message = encode(invocation, 0, false, 1);
		auto again = decode(*find_object(word),
				    content_of(*nlmsg_hdr(message.get())).attributes);
		auto record = decode(*find_object(word), bytes);
		for (const auto &element : again.items())
			EXPECT_EQ(element.value(), record[element.key()]) << element.key();
	}
}

} // namespace
