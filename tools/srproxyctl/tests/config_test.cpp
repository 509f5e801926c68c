// SPDX-License-Identifier: GPL-2.0
#include "configured.h"
#include "plan.h"
#include "yaml.h"

#include <gtest/gtest.h>

using namespace srproxy;
using namespace srproxy::configured;

namespace {

std::string refusal(const std::string &text) {
	try {
		config(text);
	} catch (const Failure &failure) {
		return failure.status == Status::refused ? failure.what() : "status";
	}
	return {};
}

const std::string vnfs = "vnfs: {fw: {dev: a}, nat: {dev: b}}\n";

TEST(Config, TellsOfEveryAttribute) {
	const std::string text = R"(vnfs:
  "10":
    dev: "true"
    vlan: ["802.1ad:300", 30]
    lladdr: "02:00:00:00:00:01"
    iif-lladdr: aa:00:00:00:00:01
    on-down: bypass
    handover: never
    exclusive: true
  fw:
    dev: a
    iif: b
    iif-vlan: [7]
    nh4: 10.0.0.1
    nh6: fd00::1
    iif-nh4: 10.0.0.2
    iif-nh6: "2001:1:2:3:4:5:6:7"
chains:
  gold:
    src: "fc00:b::"
    segs: [fc00:c::1, "fc00:d::"]
    hop-limit: 9
    reduced: true
    table: main
    tag: 7
    hmac: 9
    dscp: 46
sids:
  fc00:b::f1:
    behavior: End.AD
    flavors: [last]
    inner: [ip4]
    vnf: fw
    ageing: 60
    margin: 4
    table: 77
    lblen: 32
    hook: local
    fib: 8
    metric: 9
  fc00:c::/48:
    behavior: End.AS
    inner: [ip6, eth]
    vnf: fw
    reverse: true
    chain: gold
    ttl-mode: uniform
    dscp-mode: pipe
    permit: full
    hmac: 3
    require-hmac: true
    flows: 64
)";
	EXPECT_EQ(yaml_text(file_of(config(text))), text);
	EXPECT_EQ(yaml_text(file_of(told(text))), text);
	EXPECT_TRUE(changes_between(told(text), config(text)).empty());
	auto file = file_of(config(text));
	for (const auto &object : objects())
		for (const auto &attribute : object.attributes) {
			if (!is_configured(object) || !attribute.settable())
				continue;
			const auto &section = file.at(section_of(object));
			EXPECT_TRUE(std::ranges::any_of(section, [&](const Json &one) {
				return one.contains(attribute.word);
			})) << attribute.word;
		}
}

TEST(Config, WhatIsSoByDefaultIsNotWritten) {
	auto text = yaml_text(file_of(config(R"(
vnfs:
  fw: {dev: a, iif: a, vlan: 5, iif-vlan: [5], on-down: DROP, handover: auto}
chains:
  gold: {src: fc00::1, segs: fc00::2, hop-limit: 64, reduced: false, table: 0, tag: 0, hmac: 0, dscp: 0}
sids:
  FC00:0::1/128: {behavior: end.am, flavors: none, inner: ip6, vnf: fw, reverse: false, table: 0,
    hook: prerouting, ttl-mode: pipe, dscp-mode: inner, permit: none, flows: 1024, margin: 8}
  fc00::2: {behavior: End.AD, inner: [ip4, eth, ip6], vnf: fw}
)")));
	EXPECT_EQ(text, "vnfs:\n  fw:\n    dev: a\n    vlan: [5]\n"
			"chains:\n  gold:\n    src: fc00::1\n    segs: [fc00::2]\n"
			"sids:\n  fc00::1:\n    behavior: End.AM\n    vnf: fw\n"
			"  fc00::2:\n    behavior: End.AD\n    inner: [ip, eth]\n    vnf: fw\n");
	EXPECT_EQ(yaml_text(file_of(config("{}"))), "{}\n");
}

TEST(Config, FilesAreReadTogether) {
	auto both = config_in({parse_config("sids: {fc00::1: {behavior: End.AD, vnf: fw}}", "a"),
			       parse_config(vnfs, "b")});
	EXPECT_EQ(both.at(find_object("sid")).size(), 1U);
	try {
		config_in({parse_config(vnfs, "a"), parse_config("\n" + vnfs, "b")});
		FAIL();
	} catch (const Failure &failure) {
		EXPECT_STREQ(failure.what(), "b:2: vnfs.fw: is in a:1 already");
	}
}

TEST(Config, NoFileCanSayThatTheOtherSideOfOnePortHasNoTag) {
	std::map<const Object *, std::vector<Json>> records;
	const auto *vnf = find_object("vnf");
	records[vnf] = {Json::parse(R"({"name":"fw","dev":"a","iif":"a",
		"vlan":[{"proto":"802.1q","vid":5}],"state":"up"})")};
	records[find_object("chain")];
	records[find_object("sid")];
	auto odd = config_of(records);
	EXPECT_THROW(file_of(odd), Failure);
	auto wanted = config("vnfs: {fw: {dev: a, vlan: 5}}");
	auto changes = changes_between(odd, wanted);
	ASSERT_EQ(changes.size(), 1U);
	EXPECT_EQ(text_of(changes[0]), "~ vnf fw iif-vlan: none -> 5\n");
}

struct Case {
	const char *name;
	std::string text;
	std::string sentence;

	friend void PrintTo(const Case &param, std::ostream *stream) { *stream << param.name; }
};

class ConfigRefusal : public testing::TestWithParam<Case> {};

TEST_P(ConfigRefusal, NamesPlaceAndPath) {
	EXPECT_EQ(refusal(GetParam().text), GetParam().sentence);
}

const std::string sid = vnfs + "sids:\n  fc00::1:\n    behavior: End.AD\n    vnf: fw\n    ";
const std::string chain = "chains:\n  g:\n    src: fc00::1\n    ";

const Case cases[] = {
	{"NoMap", "[]", "f:1: the file: a list is not a map: vnfs, chains, sids"},
	{"Section", "vnf: {}", "f:1: vnf: is not a section: those are vnfs, chains, sids"},
	{"SectionTwice", "vnfs: {}\nvnfs: {}", "f:2: vnfs: is there twice"},
	{"SectionNull", "vnfs:\n", "f:2: vnfs: is missing: vnfs by their name; {} is none"},
	{"SectionList", "sids: [a]", "f:1: sids: a list is not a map: sids by their addr"},
	{"KeyBad", "vnfs: {a b: {dev: x}}",
	 "f:1: vnfs.a b: \"a b\" is not a name: 1 to 31 of A-Z a-z 0-9 _ . -"},
	{"KeyList", "vnfs: {[a]: {dev: x}}", "f:1: vnfs: a list is not a key"},
	{"KeyTwice", "vnfs:\n  fw: {dev: a}\n  fw: {dev: b}", "f:3: vnfs.fw: is in f:2 already"},
	{"KeyTwiceOtherwise", sid + "\n  FC00:0::1/128: {behavior: End.AD, vnf: nat}",
	 "f:7: sids.FC00:0::1/128: is in f:3 already"},
	{"KeyBeyondPrefix", "sids: {\"fc00::1/16\": {}}",
	 "f:1: sids.fc00::1/16: \"fc00::1/16\" has bits set beyond its prefix, which is fc00::/16"},
	{"Keyword", chain + "hops: 3",
	 "f:4: chains.g: \"hops\" is not a keyword: those are src, segs, hop-limit, reduced, "
	 "table, tag, hmac, dscp"},
	{"KeywordOfShow", chain + "sids: 3",
	 "f:4: chains.g: \"sids\" is not a keyword: those are src, segs, hop-limit, reduced, "
	 "table, tag, hmac, dscp"},
	{"KeywordTwice", chain + "src: fc00::1", "f:4: chains.g.src: is given twice"},
	{"Required", "chains:\n  g: {src: fc00::1}",
	 "f:2: chains.g: \"segs\" is missing: ADDR[,ADDR...]"},
	{"ObjectNull", "vnfs:\n  fw:\n",
	 "f:3: vnfs.fw: is missing: keywords and values; {} is none"},
	{"Null", "vnfs: {fw: {dev: }}",
	 "f:1: vnfs.fw.dev: there is no value, but it is a text: DEV"},
	{"NumberForText", "vnfs: {fw: {dev: 12}}",
	 "f:1: vnfs.fw.dev: the number 12 is not a text: DEV; with quotes it is one"},
	{"BooleanForText", "vnfs: {fw: {dev: true}}",
	 "f:1: vnfs.fw.dev: true is not a text: DEV; with quotes it is one"},
	{"TextForNumber", chain + "hop-limit: \"64\"",
	 "f:4: chains.g.hop-limit: the text \"64\" is not a number: 1..255"},
	{"ListForNumber", chain + "hop-limit: [64]",
	 "f:4: chains.g.hop-limit: a list is not a number: 1..255"},
	{"Number", chain + "hop-limit: 300",
	 "f:4: chains.g.hop-limit: \"300\" is not a number from 1 to 255"},
	{"Fraction", chain + "hop-limit: 6.4",
	 "f:4: chains.g.hop-limit: \"6.4\" is not a number from 1 to 255"},
	{"Boolean", chain + "reduced: yes",
	 "f:4: chains.g.reduced: the text \"yes\" is not true or false"},
	{"BooleanNumber", chain + "reduced: 1",
	 "f:4: chains.g.reduced: the number 1 is not true or false"},
	{"Segment", chain + "segs: [fc00::1, fc00::g]",
	 "f:4: chains.g.segs: \"fc00::g\" is not an IPv6 address"},
	{"SegmentColon", chain + "segs: [fc00::]",
	 "f:4: chains.g.segs: an address that ends with \":\" needs quotes"},
	{"NoSegments", chain + "segs: []", "f:4: chains.g.segs: the list is empty"},
	{"Comma", chain + "segs: [\"fc00::1,fc00::2\"]",
	 "f:4: chains.g.segs: \"fc00::1,fc00::2\" in a list is not one element"},
	{"Vlan", "vnfs: {fw: {dev: a, vlan: [5000]}}",
	 "f:1: vnfs.fw.vlan: \"5000\" is not a VLAN id: 1 to 4094"},
	{"VlanMap", "vnfs: {fw: {dev: a, vlan: [{vid: 5}]}}",
	 "f:1: vnfs.fw.vlan: a map is not a number or text: [PROTO:]VID[,...]"},
	{"Choice", sid + "hook: tc",
	 "f:6: sids.fc00::1.hook: \"tc\" is none of prerouting, seg6local, local"},
	{"Reference", sid + "chain: gold",
	 "f:6: sids.fc00::1.chain: there is no chain \"gold\" in this file; there is none"},
	{"ReferenceOther", vnfs + "sids: {fc00::1: {behavior: End.AD, vnf: fww}}",
	 "f:2: sids.fc00::1.vnf: there is no vnf \"fww\" in this file; there are: fw, nat"},
};

INSTANTIATE_TEST_SUITE_P(Config, ConfigRefusal, testing::ValuesIn(cases),
			 [](const auto &test) { return test.param.name; });

} // namespace
