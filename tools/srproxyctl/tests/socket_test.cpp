// SPDX-License-Identifier: GPL-2.0
// The socket, against the one family that every kernel has.
#include "socket.h"

#include "crafted.h"
#include "message.h"

#include <gtest/gtest.h>

#include <cerrno>

#include <netlink/genl/genl.h>

using namespace srproxy;

namespace {

MessageHandle request_of(const Socket &socket, std::uint8_t command, int flags) {
	MessageHandle message(nlmsg_alloc());
	genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, socket.family(), 0, flags, command,
		    1);
	return message;
}

TEST(Socket, AnAbsentFamilyHasItsOwnStatus) {
	try {
		Socket socket("srproxy-none");
		FAIL();
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.status, Status::absent);
		EXPECT_STREQ(failure.what(), "the kernel has no \"srproxy-none\": load the module, "
					     "as root: modprobe srproxy-none");
	}
}

TEST(Socket, ListsAndCanBeAskedAgain) {
	Socket socket("nlctrl");
	auto request = request_of(socket, CTRL_CMD_GETFAMILY, NLM_F_DUMP);
	int before = 0;
	for (int attempt = 0; attempt < 3; attempt++) {
		int families = 0;
		auto reply = socket.ask(*request, [&](const nlmsghdr &) { families++; });
		EXPECT_EQ(reply.verdict().error, 0);
		EXPECT_GT(families, 0);
		EXPECT_TRUE(attempt == 0 || families == before);
		before = families;
	}
}

TEST(Socket, ARefusalComesWithItsErrno) {
	Socket socket("nlctrl");
	auto request = request_of(socket, 200, 0);
	auto reply = socket.ask(*request, [](const nlmsghdr &) {});
	EXPECT_EQ(reply.verdict().error, EOPNOTSUPP);
}

TEST(Socket, GroupsAreFoundByName) {
	Socket socket("nlctrl");
	EXPECT_NO_THROW(socket.subscribe({"notify"}));
	EXPECT_THROW(socket.subscribe({"none"}), Failure);
}

} // namespace
