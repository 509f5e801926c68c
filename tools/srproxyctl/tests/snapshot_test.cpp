// SPDX-License-Identifier: GPL-2.0
#include "snapshot.h"

#include "message.h"

#include <gtest/gtest.h>

#include <linux/srproxy.h>

using namespace srproxy;

namespace {

TEST(Settable, WhatOnlyReportsIsLeftOut) {
	Bytes said;
	Bytes kept;
	for (std::uint16_t type :
	     {SRPROXY_A_VNF_NAME, SRPROXY_A_VNF_DEV, SRPROXY_A_VNF_STATE, SRPROXY_A_VNF_VLAN,
	      SRPROXY_A_VNF_DEV_IFINDEX, SRPROXY_A_VNF_SIDS, SRPROXY_A_VNF_HANDOVER}) {
		Bytes payload{1, 2, 3};
		append_attribute(said, type, payload);
		if (type != SRPROXY_A_VNF_STATE && type != SRPROXY_A_VNF_DEV_IFINDEX &&
		    type != SRPROXY_A_VNF_SIDS)
			append_attribute(kept, type, payload);
	}
	EXPECT_EQ(settable(*find_object("vnf"), said), kept);
}

TEST(Settable, APrefixKeepsItsLength) {
	Bytes said;
	append_attribute(said, SRPROXY_A_SID_ADDR, Bytes(16, 0xfc));
	append_attribute(said, SRPROXY_A_SID_PREFIX_LEN, Bytes{48});
	EXPECT_EQ(settable(*find_object("sid"), said), said);
}

} // namespace
