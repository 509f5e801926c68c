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
	" is not a number from 0 to 4294967295, nor one of main, local, default";

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
	{"BehaviorOther", "sid", "behavior", "End.AM", "\"End.AM\" is none of End.AS, End.AD"},
	{"BehaviorPrefix", "sid", "behavior", "End.A", "\"End.A\" is none of End.AS, End.AD"},
	{"Inner", "sid", "inner", "ip", ""},
	{"InnerOther", "sid", "inner", "eth", "\"eth\" is none of ip4, ip6, ip"},
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
	const auto &behavior = sid->attributes[1];
	EXPECT_EQ(behavior.kind.read(Bytes{9}), "9");
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
