// SPDX-License-Identifier: GPL-2.0
#include "extack.h"

#include "crafted.h"
#include "message.h"

#include <gtest/gtest.h>

#include <cerrno>

using namespace srproxy;
using namespace srproxy::crafted;

namespace {

constexpr std::uint16_t capped = NLM_F_CAPPED | NLM_F_ACK_TLVS;

// A request of three attributes in a nest, and where they stand in it.
const auto name_attribute = attribute(SRPROXY_A_SID_ADDR, address("fc00:b::f1"));
const auto vnf_attribute = attribute(SRPROXY_A_SID_VNF, text("fw"));
const auto request =
	generic(SRPROXY_CMD_SID_NEW, joined({nest(SRPROXY_A_SID, {name_attribute, vnf_attribute}),
					     attribute(SRPROXY_A_STATS, {})}));
constexpr std::uint32_t nest_offset = NLMSG_HDRLEN + GENL_HDRLEN;
const auto vnf_offset =
	static_cast<std::uint32_t>(nest_offset + NLA_HDRLEN + name_attribute.size());
const auto stats_offset = static_cast<std::uint32_t>(request.size() - NLA_HDRLEN);

Bytes error(int code, std::uint16_t flags, const Bytes &rest) {
	nlmsgerr body{-code, header_of(request)};
	return message(NLMSG_ERROR, flags, 1, joined({raw(body), rest}));
}

std::string explained(const Bytes &bytes) {
	return explain(read_verdict(header_of(bytes)), *find_object("sid"), header_of(request));
}

Bytes sentence(std::string_view words) { return attribute(NLMSGERR_ATTR_MSG, text(words)); }

TEST(Extack, SentenceAndAttribute) {
	EXPECT_EQ(explained(error(ENOENT, capped,
				  joined({sentence("VNF \"fw\" does not exist"),
					  attribute(NLMSGERR_ATTR_OFFS, raw(vnf_offset))}))),
		  "kernel: VNF \"fw\" does not exist (attribute vnf)");
}

TEST(Extack, TheRequestMayPrecede) {
	Bytes echo(request.begin() + NLMSG_HDRLEN, request.end());
	EXPECT_EQ(explained(error(EINVAL, NLM_F_ACK_TLVS, joined({echo, sentence("no")}))),
		  "kernel: no");
}

TEST(Extack, WithoutSentence) {
	EXPECT_EQ(explained(error(EBUSY, NLM_F_CAPPED, {})), "kernel: Device or resource busy");
	EXPECT_EQ(explained(error(ERANGE, capped, attribute(NLMSGERR_ATTR_OFFS, raw(vnf_offset)))),
		  "kernel: attribute vnf: Numerical result out of range");
}

TEST(Extack, WithoutPermission) {
	EXPECT_EQ(explained(error(EPERM, NLM_F_CAPPED, {})),
		  "kernel: CAP_NET_ADMIN is needed, in the user namespace of this network "
		  "namespace: Operation not permitted");
	EXPECT_EQ(explained(error(EPERM, capped, sentence("not you"))), "kernel: not you");
}

TEST(Extack, TheNestItselfAndTheTopLevel) {
	EXPECT_EQ(explained(error(EINVAL, capped, attribute(NLMSGERR_ATTR_OFFS, raw(nest_offset)))),
		  "kernel: attribute sid: Invalid argument");
	EXPECT_EQ(
		explained(error(EINVAL, capped, attribute(NLMSGERR_ATTR_OFFS, raw(stats_offset)))),
		"kernel: attribute stats: Invalid argument");
}

TEST(Extack, MissingAttributes) {
	auto type = [](std::uint32_t number) {
		return attribute(NLMSGERR_ATTR_MISS_TYPE, raw(number));
	};
	EXPECT_EQ(explained(error(
			  EINVAL, capped,
			  joined({sentence("a behavior is needed"), type(SRPROXY_A_SID_BEHAVIOR),
				  attribute(NLMSGERR_ATTR_MISS_NEST, raw(nest_offset))}))),
		  "kernel: a behavior is needed (attribute behavior is missing)");
	EXPECT_EQ(explained(error(EINVAL, capped, type(SRPROXY_A_SID))),
		  "kernel: attribute sid is missing: Invalid argument");
	EXPECT_EQ(explained(error(EINVAL, capped, type(77))), "kernel: Invalid argument");
}

TEST(Extack, OffsetsThatHitNothing) {
	for (std::uint32_t offset : {0U, 1U, nest_offset + 1, 100000U, UINT32_MAX})
		EXPECT_EQ(explained(error(EINVAL, capped,
					  attribute(NLMSGERR_ATTR_OFFS, raw(offset)))),
			  "kernel: Invalid argument");
}

TEST(Extack, AcksMayWarn) {
	auto verdict = read_verdict(header_of(error(0, capped, sentence("deprecated"))));
	EXPECT_EQ(verdict.error, 0);
	EXPECT_EQ(verdict.message, "deprecated");
}

TEST(Extack, EndOfAList) {
	EXPECT_EQ(read_verdict(header_of(message(NLMSG_DONE, NLM_F_MULTI, 1, {}))).error, 0);
	EXPECT_EQ(read_verdict(header_of(message(NLMSG_DONE, NLM_F_MULTI, 1, raw(-ENOMEM)))).error,
		  ENOMEM);
	auto bytes = message(NLMSG_DONE, NLM_F_ACK_TLVS, 1, joined({raw(-EINVAL), sentence("no")}));
	EXPECT_EQ(read_verdict(header_of(bytes)).message, "no");
}

TEST(Extack, LyingLengths) {
	// Flags without attributes, an error too short, a request longer than the message.
	EXPECT_EQ(read_verdict(header_of(error(EINVAL, capped, {}))).error, EINVAL);
	EXPECT_EQ(read_verdict(header_of(message(NLMSG_ERROR, capped, 1, raw(-EINVAL)))).error,
		  EINVAL);
	EXPECT_EQ(read_verdict(header_of(error(EINVAL, NLM_F_ACK_TLVS, {1, 2, 3, 4}))).message, "");
	auto bytes = error(EINVAL, capped, sentence("words"));
	bytes[sizeof(nlmsghdr) + sizeof(nlmsgerr)] = 255;
	EXPECT_EQ(read_verdict(header_of(bytes)).message, "");
	// A number of the wrong size.
	auto wrong = error(EINVAL, capped, attribute(NLMSGERR_ATTR_OFFS, {1, 2}));
	EXPECT_FALSE(read_verdict(header_of(wrong)).offset);
}

} // namespace
