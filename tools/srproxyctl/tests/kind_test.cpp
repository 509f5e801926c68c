// SPDX-License-Identifier: GPL-2.0
#include "crafted.h"

#include <gtest/gtest.h>

using namespace srproxy;
using namespace srproxy::crafted;

namespace {

// A value given to a keyword of "vnf replace", "chain replace" or "sid replace".
struct Case {
	const char *name;
	std::string object;
	std::string keyword;
	std::string value;
	std::string refusal; // empty: accepted
	std::string read{};  // what comes back, if not the value itself

	friend void PrintTo(const Case &param, std::ostream *stream) { *stream << param.name; }
};

class Value : public testing::TestWithParam<Case> {};

TEST_P(Value, IsParsedOrRefused) {
	const auto &param = GetParam();
	std::string key = param.object == "sid" ? "fc00::1" : "x";
	auto line = param.object + " change " + key + ' ' + param.keyword;
	std::vector<std::string> command = words(line);
	command.push_back(param.value);
	try {
		auto invocation = parse_command(command);
		ASSERT_EQ(param.refusal, "");
		const auto &[attribute, bytes] = invocation.values.at(1);
		auto text = attribute->kind.text(attribute->kind.read(bytes), false);
		if (param.value == "none" && attribute->kind.read(bytes).empty())
			text = "none"; // the empty set is not shown
		EXPECT_EQ(text, param.read.empty() ? param.value : param.read);
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.what(),
			  param.object + ' ' + key + ": " + param.keyword + ": " + param.refusal);
	}
}

std::string many(std::size_t count) {
	std::string list = "fc00::1";
	for (std::size_t i = 1; i < count; i++)
		list += ",fc00::1";
	return list;
}

const std::string not_a_mac =
	" is not a MAC address: six pairs of hexadecimal digits with \":\" between them";
const std::string not_a_device = " is not a device name: 1 to 15 characters, no space, / or :";
const std::string not_a_name = " is not a name: 1 to 31 of A-Z a-z 0-9 _ . -";
const std::string not_a_table =
	" is not a number from 0 to 4294967295, nor main, local, default or the name of a VRF";

const Case cases[] = {
	{"Ip4", "vnf", "nh4", "10.0.9.2", ""},
	{"Ip4Short", "vnf", "nh4", "10.9", "\"10.9\" is not an IPv4 address"},
	{"Ip4Junk", "vnf", "nh4", "10.0.9.2 ", "\"10.0.9.2 \" is not an IPv4 address"},
	{"Ip4Length", "vnf", "nh4", "10.0.9.2/24", "\"10.0.9.2/24\" is not an IPv4 address"},
	{"Ip4Empty", "vnf", "nh4", "", "\"\" is not an IPv4 address"},
	{"Ip4OfIp6", "vnf", "nh4", "fd00::1", "\"fd00::1\" is not an IPv4 address"},
	{"Ip6", "vnf", "nh6", "fd00:f::2", ""},
	{"Ip6Canonical", "vnf", "nh6", "FD00:0:0::02", "", "fd00::2"},
	{"Ip6Zone", "vnf", "nh6", "fe80::1%eth0", "\"fe80::1%eth0\" is not an IPv6 address"},
	{"Ip6OfIp4", "vnf", "nh6", "10.0.0.1", "\"10.0.0.1\" is not an IPv6 address"},
	{"Mac", "vnf", "lladdr", "02:00:5e:10:00:ff", ""},
	{"MacUpper", "vnf", "lladdr", "02:00:5E:10:00:FF", "", "02:00:5e:10:00:ff"},
	{"MacShort", "vnf", "lladdr", "2:0:5e:10:0:ff", "\"2:0:5e:10:0:ff\"" + not_a_mac},
	{"MacLong", "vnf", "lladdr", "02:00:5e:10:00:ff:", "\"02:00:5e:10:00:ff:\"" + not_a_mac},
	{"MacDashes", "vnf", "lladdr", "02-00-5e-10-00-ff", "\"02-00-5e-10-00-ff\"" + not_a_mac},
	{"MacDigit", "vnf", "lladdr", "02:00:5e:10:00:fg", "\"02:00:5e:10:00:fg\"" + not_a_mac},
	{"MacMulticast", "vnf", "lladdr", "01:00:5e:00:00:01",
	 "\"01:00:5e:00:00:01\" is a multicast MAC address, where a station's is needed"},
	{"MacZero", "vnf", "lladdr", "00:00:00:00:00:00",
	 "\"00:00:00:00:00:00\" is no station's MAC address"},
	{"Device", "vnf", "dev", "to-fw.7@x", ""},
	{"Device15", "vnf", "dev", "abcdefghijklmno", ""},
	{"Device16", "vnf", "dev", "abcdefghijklmnop", "\"abcdefghijklmnop\"" + not_a_device},
	{"DeviceEmpty", "vnf", "iif", "", "\"\"" + not_a_device},
	{"DeviceSlash", "vnf", "iif", "a/b", "\"a/b\"" + not_a_device},
	{"DeviceSpace", "vnf", "iif", "a b", "\"a b\"" + not_a_device},
	{"DeviceDots", "vnf", "iif", "..", "\"..\"" + not_a_device},
	{"OnDown", "vnf", "on-down", "bypass", ""},
	{"OnDownOther", "vnf", "on-down", "up", "\"up\" is none of drop, bypass"},
	{"Handover", "vnf", "handover", "never", ""},
	{"HandoverOther", "vnf", "handover", "always", "\"always\" is none of auto, never"},
	{"Segments", "chain", "segs", "fc00::1,fc00::2", ""},
	{"SegmentsMost", "chain", "segs", many(127), ""},
	{"SegmentsTooMany", "chain", "segs", many(128), "128 segments are too many: at most 127"},
	{"SegmentsEmpty", "chain", "segs", "", "segment 1 of \"\" is empty"},
	{"SegmentsHole", "chain", "segs", "fc00::1,,fc00::2",
	 "segment 2 of \"fc00::1,,fc00::2\" is empty"},
	{"SegmentsTail", "chain", "segs", "fc00::1,", "segment 2 of \"fc00::1,\" is empty"},
	{"SegmentsBad", "chain", "segs", "fc00::1,fc00:zz::1",
	 "\"fc00:zz::1\" is not an IPv6 address"},
	{"HopLimit", "chain", "hop-limit", "255", ""},
	{"HopLimitZero", "chain", "hop-limit", "0", "\"0\" is not a number from 1 to 255"},
	{"HopLimitLarge", "chain", "hop-limit", "256", "\"256\" is not a number from 1 to 255"},
	{"HopLimitJunk", "chain", "hop-limit", "64x", "\"64x\" is not a number from 1 to 255"},
	{"HopLimitSign", "chain", "hop-limit", "+64", "\"+64\" is not a number from 1 to 255"},
	{"HopLimitNegative", "chain", "hop-limit", "-1", "\"-1\" is not a number from 1 to 255"},
	{"HopLimitHuge", "chain", "hop-limit", "99999999999999999999",
	 "\"99999999999999999999\" is not a number from 1 to 255"},
	{"TableMain", "chain", "table", "main", ""},
	{"TableMainNumber", "chain", "table", "254", "", "main"},
	{"TableLargest", "chain", "table", "4294967295", ""},
	{"TableLarge", "chain", "table", "4294967296", "\"4294967296\"" + not_a_table},
	{"TableOther", "chain", "table", "blue", "\"blue\"" + not_a_table},
	{"Behavior", "sid", "behavior", "End.AD", ""},
	{"BehaviorLower", "sid", "behavior", "end.as", "", "End.AS"},
	{"BehaviorOther", "sid", "behavior", "End.AX",
	 "\"End.AX\" is none of End.AS, End.AD, End.AM, End.AN"},
	{"BehaviorPrefix", "sid", "behavior", "End.A",
	 "\"End.A\" is none of End.AS, End.AD, End.AM, End.AN"},
	{"Inner", "sid", "inner", "ip", ""},
	{"InnerBoth", "sid", "inner", "ip4,ip6", "", "ip"},
	{"InnerEth", "sid", "inner", "ETH", "", "eth"},
	{"InnerEthFirst", "sid", "inner", "eth,ip4", "", "ip4,eth"},
	{"InnerAll", "sid", "inner", "ip,eth", ""},
	{"InnerTwice", "sid", "inner", "ip6,ip6", "", "ip6"},
	{"InnerOther", "sid", "inner", "ip5", "\"ip5\" is none of ip4, ip6, ip, eth"},
	{"InnerOtherOfList", "sid", "inner", "ip,l2",
	 "\"l2\" in \"ip,l2\" is none of ip4, ip6, ip, eth"},
	{"InnerHole", "sid", "inner", "ip,", "word 2 of \"ip,\" is empty"},
	{"Flavors", "sid", "flavors", "nat,psp", ""},
	{"FlavorsOrder", "sid", "flavors", "psp,nat", "", "nat,psp"},
	{"FlavorsAll", "sid", "flavors", "last,nat,psp,cache,next-csid", ""},
	{"FlavorsNone", "sid", "flavors", "none", ""},
	{"FlavorsNoneAndMore", "sid", "flavors", "psp,none",
	 "\"none\" stands alone, not in \"psp,none\""},
	{"FlavorsOther", "sid", "flavors", "usp",
	 "\"usp\" is none of last, nat, psp, cache, next-csid, none"},
	{"Vlan", "vnf", "vlan", "100", ""},
	{"VlanTwo", "vnf", "vlan", "802.1ad:100,802.1q:200", "", "802.1ad:100,200"},
	{"VlanPlainTwo", "vnf", "iif-vlan", "1,4094", ""},
	{"VlanUpper", "vnf", "vlan", "802.1Q:7", "", "7"},
	{"VlanNumbers", "vnf", "vlan", "0x88A8:7,0x8100:8", "", "802.1ad:7,8"},
	{"VlanZero", "vnf", "vlan", "0", "\"0\" is not a VLAN id: 1 to 4094"},
	{"VlanLarge", "vnf", "vlan", "4095", "\"4095\" is not a VLAN id: 1 to 4094"},
	{"VlanHuge", "vnf", "vlan", "70000", "\"70000\" is not a VLAN id: 1 to 4094"},
	{"VlanJunk", "vnf", "vlan", "5x", "\"5x\" is not a VLAN id: 1 to 4094"},
	{"VlanNoId", "vnf", "vlan", "802.1ad:", "\"\" is not a VLAN id: 1 to 4094"},
	{"VlanProtocol", "vnf", "vlan", "802.1ah:5",
	 "\"802.1ah\" is not a VLAN protocol: 802.1q or 802.1ad"},
	{"VlanThree", "vnf", "vlan", "1,2,3", "3 VLAN tags are too many: at most 2"},
	{"VlanHole", "vnf", "iif-vlan", "1,", "VLAN tag 2 of \"1,\" is empty"},
	{"IifNh4", "vnf", "iif-nh4", "10.0.9.2", ""},
	{"IifNh6", "vnf", "iif-nh6", "fd00::1", ""},
	{"IifLladdr", "vnf", "iif-lladdr", "ff:ff:ff:ff:ff:ff",
	 "\"ff:ff:ff:ff:ff:ff\" is a multicast MAC address, where a station's is needed"},
	{"Tag", "chain", "tag", "65535", ""},
	{"TagLarge", "chain", "tag", "65536", "\"65536\" is not a number from 0 to 65535"},
	{"Hmac", "chain", "hmac", "4294967295", ""},
	{"HmacName", "sid", "hmac", "key", "\"key\" is not a number from 0 to 4294967295"},
	{"Dscp", "chain", "dscp", "63", ""},
	{"DscpLarge", "chain", "dscp", "64", "\"64\" is not a number from 0 to 63"},
	{"Lblen", "sid", "lblen", "127", ""},
	{"LblenZero", "sid", "lblen", "0", "\"0\" is not a number from 1 to 127"},
	{"LblenLarge", "sid", "lblen", "128", "\"128\" is not a number from 1 to 127"},
	{"Hook", "sid", "hook", "seg6local", ""},
	{"HookLocal", "sid", "hook", "local", ""},
	{"HookOther", "sid", "hook", "tc", "\"tc\" is none of prerouting, seg6local, local"},
	{"Fib", "sid", "fib", "local", ""},
	{"FibOther", "sid", "fib", "-1", "\"-1\"" + not_a_table},
	{"Metric", "sid", "metric", "4294967295", ""},
	{"TtlMode", "sid", "ttl-mode", "uniform", ""},
	{"TtlModeOther", "sid", "ttl-mode", "inner", "\"inner\" is none of pipe, uniform"},
	{"DscpMode", "sid", "dscp-mode", "pipe", ""},
	{"DscpModeOther", "sid", "dscp-mode", "short-pipe",
	 "\"short-pipe\" is none of inner, pipe, uniform"},
	{"Permit", "sid", "permit", "insert-any", ""},
	{"PermitOther", "sid", "permit", "insert",
	 "\"insert\" is none of none, insert-next, insert-any, full"},
	{"Flows", "sid", "flows", "65536", ""},
	{"FlowsZero", "sid", "flows", "0", "\"0\" is not a number from 1 to 65536"},
	{"FlowsLarge", "sid", "flows", "65537", "\"65537\" is not a number from 1 to 65536"},
	{"Name", "sid", "vnf", "A-z_0.9", ""},
	{"Name31", "sid", "vnf", "abcdefghijklmnopqrstuvwxyz12345", ""},
	{"Name32", "sid", "vnf", "abcdefghijklmnopqrstuvwxyz123456",
	 "\"abcdefghijklmnopqrstuvwxyz123456\"" + not_a_name},
	{"NameEmpty", "sid", "vnf", "", "\"\"" + not_a_name},
	{"NameUtf8", "sid", "chain", "für", "\"für\"" + not_a_name},
	{"Ageing", "sid", "ageing", "86400", ""},
	{"AgeingLong", "sid", "ageing", "86401", "\"86401\" is not a number from 0 to 86400"},
	{"Margin", "sid", "margin", "0", ""},
};

INSTANTIATE_TEST_SUITE_P(Kind, Value, testing::ValuesIn(cases),
			 [](const auto &test) { return test.param.name; });

TEST(Kind, UnknownChoiceOfANewerModuleIsANumber) {
	const auto *sid = find_object("sid");
	const auto &behavior = sid->attributes[2];
	EXPECT_EQ(behavior.kind.read(Bytes{9}), "9");
}

TEST(Kind, UnknownBitsOfANewerModuleAreANumber) {
	auto read = [](const char *word, const Bytes &bytes) {
		for (const auto &attribute : find_object("sid")->attributes)
			if (attribute.word == word)
				return attribute.kind.read(bytes);
		return Json();
	};
	EXPECT_EQ(read("inner", {0x13}), "ip,0x10");
	EXPECT_EQ(read("flavors", raw(std::uint32_t{0x80000002})).dump(),
		  R"(["nat","0x80000000"])");
	EXPECT_EQ(read("flavors", raw(std::uint32_t{0})), Json::array());
}

// A word that is a key: "sid get WORD".
TEST(Kind, Prefix) {
	const std::pair<const char *, const char *> refusals[] = {
		{"fcbb:bb00:f1::/48", ""},
		{"fcbb:bb00:f1::1/128", ""},
		{"::/1", ""},
		{"8000::/1", ""},
		{"fcbb::/16", ""},
		{"fcbb::/15", "\"fcbb::/15\" has bits set beyond its prefix, which is fcba::/15"},
		{"fc00::1/127",
		 "\"fc00::1/127\" has bits set beyond its prefix, which is fc00::/127"},
		{"fc00::/0", "\"0\" in \"fc00::/0\" is not a prefix length: 1 to 128"},
		{"fc00::/129", "\"129\" in \"fc00::/129\" is not a prefix length: 1 to 128"},
		{"fc00::/", "\"\" in \"fc00::/\" is not a prefix length: 1 to 128"},
		{"fc00::/48x", "\"48x\" in \"fc00::/48x\" is not a prefix length: 1 to 128"},
		{"fc00::/4/8", "\"4/8\" in \"fc00::/4/8\" is not a prefix length: 1 to 128"},
		{"/48", "\"\" is not an IPv6 address"},
	};
	for (const auto &[word, sentence] : refusals) {
		auto subject = "sid " + std::string(word);
		EXPECT_EQ(refusal("sid get " + std::string(word)),
			  *sentence ? subject + ": " + sentence : "");
	}
}

TEST(Kind, WrongSizesAreMalformed) {
	for (const auto &object : objects())
		for (const auto &attribute : object.attributes) {
			if (attribute.settable() && attribute.kind.meta() != "NAME" &&
			    attribute.kind.meta() != "DEV" && attribute.kind.meta() != "MAC") {
				EXPECT_THROW(attribute.kind.read(Bytes(3)), Malformed)
					<< object.word << ' ' << attribute.word;
			}
		}
}

} // namespace
