// SPDX-License-Identifier: GPL-2.0
#include "crafted.h"

#include <gtest/gtest.h>

using namespace srproxy;
using namespace srproxy::crafted;

namespace {

TEST(Command, FindsFormAndFlags) {
	struct Case {
		std::string line;
		int command;
		int flags;
	} cases[] = {
		{"vnf add fw dev a", SRPROXY_CMD_VNF_NEW, NLM_F_CREATE | NLM_F_EXCL},
		{"vnf replace fw dev a", SRPROXY_CMD_VNF_NEW, NLM_F_CREATE | NLM_F_REPLACE},
		{"vnf change fw", SRPROXY_CMD_VNF_NEW, NLM_F_REPLACE},
		{"vnf del fw", SRPROXY_CMD_VNF_DEL, 0},
		{"vnf flush", SRPROXY_CMD_VNF_DEL, NLM_F_BULK},
		{"vnf get fw", SRPROXY_CMD_VNF_GET, 0},
		{"vnf show fw", SRPROXY_CMD_VNF_GET, 0},
		{"vnf", SRPROXY_CMD_VNF_GET, 0},
		{"chain list", SRPROXY_CMD_CHAIN_GET, 0},
		{"sid ls", SRPROXY_CMD_SID_GET, 0},
		{"sid flush", SRPROXY_CMD_SID_DEL, NLM_F_BULK},
		{"circuit", SRPROXY_CMD_CIRCUIT_GET, NLM_F_DUMP},
		{"cache show sid fc00::1", SRPROXY_CMD_CACHE_GET, NLM_F_DUMP},
		{"cache flush", SRPROXY_CMD_CACHE_DEL, 0},
		{"stats", SRPROXY_CMD_SID_GET, 0},
		{"version", SRPROXY_CMD_INFO_GET, 0},
	};
	for (const auto &[line, command, flags] : cases) {
		auto invocation = parsed(line);
		EXPECT_EQ(invocation.form->command, command) << line;
		EXPECT_EQ(invocation.verb->flags, flags) << line;
	}
}

TEST(Command, WithoutAVerbMonitorListensToAll) {
	EXPECT_EQ(parsed("monitor").verb->word, "all");
	EXPECT_EQ(parsed("monitor learn").verb->word, "learn");
}

TEST(Command, TracesOneSidOrAll) {
	EXPECT_TRUE(parsed("trace").values.empty());
	EXPECT_EQ(parsed("trace fc00::1").values.at(0).bytes, address("fc00::1"));
	EXPECT_EQ(parsed("trace count 2").values.at(0).attribute->word, "count");
	EXPECT_EQ(parsed("trace fc00::1 count 2").values.size(), 2U);
}

TEST(Command, HelpOfAnObjectIsHelp) {
	auto invocation = parsed("vnf help");
	EXPECT_EQ(invocation.object->word, "help");
	EXPECT_EQ(invocation.values.at(0).bytes, text("vnf"));
	EXPECT_EQ(parsed("help").values.size(), 0U);
}

TEST(Command, KeepsValuesInTheirOrder) {
	auto invocation = parsed("chain add gold segs fc00::2,fc00::1 src fc00::9 reduced");
	ASSERT_EQ(invocation.values.size(), 4U);
	EXPECT_EQ(invocation.subject, "chain gold");
	EXPECT_EQ(invocation.values[0].bytes, text("gold"));
	EXPECT_EQ(invocation.values[1].bytes, joined({address("fc00::2"), address("fc00::1")}));
	EXPECT_EQ(invocation.values[2].bytes, address("fc00::9"));
	EXPECT_EQ(invocation.values[3].attribute->type, SRPROXY_A_CHAIN_REDUCED);
	EXPECT_EQ(invocation.values[3].bytes, Bytes{1});
	EXPECT_EQ(parsed("chain change gold noreduced").values[1].bytes, Bytes{0});
}

TEST(Command, APrefixLengthIsSaidIfItIsThere) {
	auto invocation = parsed("sid change fcbb:bb00:f1::/48 margin 3");
	ASSERT_EQ(invocation.values.size(), 3U);
	EXPECT_EQ(invocation.values[0].bytes, address("fcbb:bb00:f1::"));
	EXPECT_EQ(invocation.values[1].attribute->type, SRPROXY_A_SID_PREFIX_LEN);
	EXPECT_EQ(invocation.values[1].bytes, Bytes{48});
	for (const char *line : {"sid change fc00::1", "sid del fc00::1", "stats show sid fc00::/16",
				 "cache flush sid fc00::/16"})
		EXPECT_EQ(parsed(line).values.size(), 1U) << line;
	for (const char *line : {"sid del fc00::1/128", "sid show fc00::/16"})
		EXPECT_EQ(parsed(line).values.size(), 2U) << line;
}

TEST(Command, ErrorsAreAboutTheKeyOrElseTheWholeCommand) {
	EXPECT_EQ(parsed("sid change fc00::1 margin 3").subject, "sid fc00::1");
	EXPECT_EQ(parsed("stats show sid fc00::1").subject, "stats show sid fc00::1");
	EXPECT_EQ(parsed("vnf flush").subject, "vnf flush");
	EXPECT_EQ(parsed("vnf").subject, "vnf");
}

TEST(Command, AKeyMayLookLikeAKeyword) {
	EXPECT_EQ(parsed("vnf add dev dev dev").values[0].bytes, text("dev"));
	EXPECT_EQ(parsed("vnf del dev").values[0].bytes, text("dev"));
}

TEST(Command, WhatShowReportsIsIgnoredWhereItCanBeSet) {
	auto invocation = parsed("vnf replace fw dev a on-down drop state down sids 2 absent a,b");
	EXPECT_EQ(invocation.values.size(), 3U);
	EXPECT_EQ(refusal("cache flush inner ip4"),
		  "cache flush: \"inner\" is not a keyword: those are sid");
	EXPECT_EQ(refusal("vnf replace fw dev a state"), "vnf fw: state: its value is missing");
}

TEST(Command, ChangeNeedsNoMoreThanTheKey) {
	EXPECT_EQ(refusal("sid change fc00::1 margin 3"), "");
	EXPECT_EQ(refusal("chain change gold"), "");
}

struct Case {
	const char *name;
	std::string line;
	std::string sentence;

	friend void PrintTo(const Case &param, std::ostream *stream) { *stream << param.name; }
};

class Refusal : public testing::TestWithParam<Case> {};

TEST_P(Refusal, NamesWhatIsWrongAndWhatIsRight) {
	EXPECT_EQ(refusal(GetParam().line), GetParam().sentence);
}

const std::string vnf_keywords =
	"dev, vlan, iif, iif-vlan, nh4, nh6, lladdr, iif-nh4, iif-nh6, iif-lladdr, on-down, "
	"handover, exclusive, noexclusive";

const std::string objects =
	"vnf, chain, sid, circuit, cache, stats, monitor, trace, apply, diff, export, schema, top, "
	"metrics, doctor, graph, version, complete, help";

const Case cases[] = {
	{"NoObject", "",
	 "an object is missing: one of " + objects},
	{"Object", "vfn show", "\"vfn\" is not an object: those are " + objects},
	{"ObjectCase", "VNF", "\"VNF\" is not an object: those are " + objects},
	{"Verb", "vnf ad fw",
	 "vnf: \"ad\" is not a command: those are add, replace, change, del, get, show, list, ls, "
	 "flush, help"},
	{"VerbOfCircuit", "circuit add",
	 "circuit: \"add\" is not a command: those are show, list, ls, help"},
	{"VerbOfMonitor", "monitor sid",
	 "monitor: \"sid\" is not a command: those are all, config, learn, help"},
	{"CountOfTrace", "trace count 0",
	 "trace: count: \"0\" is not a number from 1 to 4294967295"},
	{"SidOfTrace", "trace cuont 1", "trace cuont: \"cuont\" is not an IPv6 address"},
	{"NoKey", "vnf add", "vnf: NAME is missing"},
	{"NoKeyDel", "sid del", "sid: ADDR[/PLEN] is missing"},
	{"KeyBeyondPrefix", "sid del fcbb:bb00:f1::1/48",
	 "sid fcbb:bb00:f1::1/48: \"fcbb:bb00:f1::1/48\" has bits set beyond its prefix, which is "
	 "fcbb:bb00:f1::/48"},
	{"KeyBad", "sid get fc00::g", "sid fc00::g: \"fc00::g\" is not an IPv6 address"},
	{"KeyBadName", "chain del a/b",
	 "chain a/b: \"a/b\" is not a name: 1 to 31 of A-Z a-z 0-9 _ . -"},
	{"Keyword", "vnf add fw dev a nh5 1",
	 "vnf fw: \"nh5\" is not a keyword: those are " + vnf_keywords},
	{"KeywordOfChain", "chain add g hops 3",
	 "chain g: \"hops\" is not a keyword: those are src, segs, hop-limit, reduced, noreduced, "
	 "table, tag, hmac, dscp"},
	{"KeywordIsSaidWithTheKey", "stats show prefix-len 3",
	 "stats show: \"prefix-len\" is not a keyword: those are sid"},
	{"KeywordIsKey", "vnf add fw name x",
	 "vnf fw: \"name\" is not a keyword: those are " + vnf_keywords},
	{"KeywordMadeUp", "vnf add fw nodev",
	 "vnf fw: \"nodev\" is not a keyword: those are " + vnf_keywords},
	{"Twice", "vnf add fw dev a dev a", "vnf fw: dev is given twice"},
	{"TwiceToggle", "chain change g reduced noreduced",
	 "chain g: reduced and noreduced exclude each other"},
	{"TwiceSameToggle", "chain change g reduced reduced", "chain g: reduced is given twice"},
	{"NoValue", "vnf add fw dev", "vnf fw: dev: DEV is missing"},
	{"NoDev", "vnf add fw iif a", "vnf fw: \"dev DEV\" is missing"},
	{"NoSource", "chain replace g segs fc00::1", "chain g: \"src ADDR\" is missing"},
	{"NoSegments", "chain add g src fc00::1", "chain g: \"segs ADDR[,ADDR...]\" is missing"},
	{"NoBehavior", "sid add fc00::1 vnf fw",
	 "sid fc00::1: \"behavior { End.AS | End.AD | End.AM | End.AN }\" is missing"},
	{"NoVnf", "sid add fc00::1 behavior End.AD", "sid fc00::1: \"vnf NAME\" is missing"},
	{"TooMany", "vnf del fw fw2", "vnf fw: \"fw2\" is one word too many"},
	{"TooManyFlush", "vnf flush fw", "vnf flush: \"fw\" is one word too many"},
	{"TooManyVersion", "version now", "version: \"now\" is one word too many"},
	{"FilterKeyword", "stats show fc00::1",
	 "stats show: \"fc00::1\" is not a keyword: write: sid fc00::1"},
	{"FilterKeywordOfCache", "cache flush fc00:b::f1",
	 "cache flush: \"fc00:b::f1\" is not a keyword: write: sid fc00:b::f1"},
	{"FilterNoAddress", "stats show fw", "stats show: \"fw\" is not a keyword: those are sid"},
	{"KeywordForAddress", "sid add behavior End.AD vnf fw", "sid: ADDR[/PLEN] is missing"},
	{"KeywordForAddressAlone", "sid add vnf", "sid: ADDR[/PLEN] is missing"},
	{"KeywordForName", "vnf add dev a nh6 fd00::1", "vnf: NAME is missing"},
	{"KeywordForChainName", "chain add src fc00::1", "chain: NAME is missing"},
};

INSTANTIATE_TEST_SUITE_P(Command, Refusal, testing::ValuesIn(cases),
			 [](const auto &test) { return test.param.name; });

} // namespace
