// SPDX-License-Identifier: GPL-2.0
#include "reply.h"

#include "crafted.h"

#include <gtest/gtest.h>

#include <cerrno>

using namespace srproxy;
using namespace srproxy::crafted;

namespace {

constexpr std::uint32_t ours = 7;
const auto item = generic(SRPROXY_CMD_VNF_GET, {}, ours);
const auto done = message(NLMSG_DONE, NLM_F_MULTI, ours, raw(0));

Bytes ack(int error) { return message(NLMSG_ERROR, NLM_F_CAPPED, ours, raw(nlmsgerr{-error, {}})); }

struct Taken {
	Reply reply{ours};
	int items = 0;
	bool take(const Bytes &datagram) {
		return reply.take(datagram, [this](const nlmsghdr &) { items++; });
	}
};

TEST(Reply, AListInParts) {
	Taken taken;
	EXPECT_FALSE(taken.take(joined({item, item})));
	EXPECT_FALSE(taken.take(item));
	EXPECT_TRUE(taken.take(done));
	EXPECT_EQ(taken.items, 3);
	EXPECT_EQ(taken.reply.verdict().error, 0);
	EXPECT_FALSE(taken.reply.interrupted());
}

TEST(Reply, OneAndItsAck) {
	Taken taken;
	EXPECT_FALSE(taken.take(item));
	EXPECT_TRUE(taken.take(ack(0)));
	EXPECT_EQ(taken.items, 1);
}

TEST(Reply, ARefusalEndsIt) {
	Taken taken;
	EXPECT_TRUE(taken.take(ack(EEXIST)));
	EXPECT_EQ(taken.reply.verdict().error, EEXIST);
}

TEST(Reply, AnInterruptedList) {
	Taken taken;
	auto torn = item;
	nlmsghdr header = header_of(item);
	header.nlmsg_flags = NLM_F_DUMP_INTR;
	std::memcpy(torn.data(), &header, sizeof(header));
	EXPECT_FALSE(taken.take(torn));
	EXPECT_TRUE(taken.take(done));
	EXPECT_TRUE(taken.reply.interrupted());

	Taken at_the_end;
	EXPECT_TRUE(at_the_end.take(message(NLMSG_DONE, NLM_F_DUMP_INTR, ours, raw(0))));
	EXPECT_TRUE(at_the_end.reply.interrupted());
}

TEST(Reply, WhatAnswersSomethingElseIsIgnored) {
	Taken taken;
	EXPECT_FALSE(taken.take(joined({generic(SRPROXY_CMD_VNF_GET, {}, ours - 1),
					message(NLMSG_DONE, 0, ours - 1, raw(0)),
					message(NLMSG_NOOP, 0, ours, {})})));
	EXPECT_EQ(taken.items, 0);
}

TEST(Reply, LyingLengthsAreMalformed) {
	for (auto length : Bytes{0, 15, 200}) {
		Taken taken;
		auto lies = item;
		lies[0] = length;
		EXPECT_THROW(taken.take(lies), Malformed) << int(length);
	}
	Taken taken;
	EXPECT_THROW(taken.take({1, 2, 3}), Malformed);
}

} // namespace
