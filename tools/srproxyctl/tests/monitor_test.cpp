// SPDX-License-Identifier: GPL-2.0
#include "monitor.h"

#include "crafted.h"

#include <gtest/gtest.h>

using namespace srproxy;

namespace {

const Json record{{"name", "gold"}, {"src", "fc00::1"}};

TEST(Monitor, EveryNotificationHasItsObject) {
	for (int command : {SRPROXY_CMD_VNF_NEW, SRPROXY_CMD_VNF_DEL, SRPROXY_CMD_CHAIN_NEW,
			    SRPROXY_CMD_CHAIN_DEL, SRPROXY_CMD_SID_NEW, SRPROXY_CMD_SID_DEL,
			    SRPROXY_CMD_CACHE_NEW, SRPROXY_CMD_CACHE_DEL}) {
		auto event = event_of(static_cast<std::uint8_t>(command));
		ASSERT_TRUE(event) << command;
		EXPECT_NE(event->object, nullptr);
	}
	EXPECT_FALSE(event_of(SRPROXY_CMD_VNF_GET));
	EXPECT_FALSE(event_of(255));
}

TEST(Monitor, Text) {
	auto event = *event_of(SRPROXY_CMD_CHAIN_NEW);
	EXPECT_EQ(event_text(event, record, ""), "chain new gold src fc00::1");
	EXPECT_EQ(event_text(event, record, "then"), "then chain new gold src fc00::1");
	EXPECT_EQ(event_text(*event_of(SRPROXY_CMD_CACHE_DEL), Json::object(), ""), "cache del");
}

TEST(Monitor, JsonObject) {
	auto event = *event_of(SRPROXY_CMD_CHAIN_DEL);
	EXPECT_EQ(event_json(event, record, "").dump(),
		  R"({"event":"del","object":"chain","name":"gold","src":"fc00::1"})");
	EXPECT_EQ(event_json(event, Json::object(), "then").dump(),
		  R"({"timestamp":"then","event":"del","object":"chain"})");
}

TEST(Monitor, KnowsThatTheModuleIsGone) {
	using namespace srproxy::crafted;
	auto told = [](std::uint16_t type, std::uint8_t command, std::string_view family) {
		auto name = attribute(CTRL_ATTR_FAMILY_NAME, text(family));
		auto bytes = message(type, 0, 0, joined({raw(genlmsghdr{command, 2, 0}), name}));
		return tells_removal(header_of(bytes));
	};
	EXPECT_TRUE(told(GENL_ID_CTRL, CTRL_CMD_DELFAMILY, "srproxy"));
	EXPECT_FALSE(told(GENL_ID_CTRL, CTRL_CMD_DELFAMILY, "srproxy2"));
	EXPECT_FALSE(told(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, "srproxy"));
	EXPECT_FALSE(told(GENL_ID_CTRL + 1, CTRL_CMD_DELFAMILY, "srproxy"));
	EXPECT_FALSE(tells_removal(
		header_of(message(GENL_ID_CTRL, 0, 0, raw(genlmsghdr{CTRL_CMD_DELFAMILY, 2, 0})))));
}

TEST(Monitor, Timestamps) {
	EXPECT_EQ(timestamp(0), "1970-01-01T00:00:00.000000Z");
	EXPECT_EQ(timestamp(1'700'000'000'000'045), "2023-11-14T22:13:20.000045Z");
}

} // namespace
