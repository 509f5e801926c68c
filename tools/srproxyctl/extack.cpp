// SPDX-License-Identifier: GPL-2.0
#include "extack.h"

#include "message.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <linux/srproxy.h>

namespace srproxy {

namespace {

std::string_view top_name(const Object &object, std::uint32_t type) {
	if (type == SRPROXY_A_STATS)
		return "stats";
	return type != 0 && type == object.nest ? object.word : std::string_view();
}

std::string_view nested_name(const Object &object, std::uint32_t type) {
	auto found = std::ranges::find(object.attributes, type, &Attribute::type);
	return type == 0 || found == object.attributes.end() ? std::string_view() : found->word;
}

// The name of the attribute that stands at an offset of the request.
std::string_view name_at(const Object &object, const nlmsghdr &request, std::uint32_t offset) {
	std::string_view name;
	const auto *start = reinterpret_cast<const std::uint8_t *>(&request);
	auto stands_there = [&](View payload) {
		return payload.data() - NLA_HDRLEN == start + offset;
	};
	each_attribute(content_of(request).attributes, [&](std::uint16_t type, View payload) {
		if (stands_there(payload))
			name = top_name(object, type);
		if (type != object.nest)
			return;
		each_attribute(payload, [&](std::uint16_t nested, View value) {
			if (stands_there(value))
				name = nested_name(object, nested);
		});
	});
	return name;
}

// "attribute vnf", "attribute vnf is missing", or nothing.
std::string culprit(const Verdict &verdict, const Object &object, const nlmsghdr &request) {
	if (verdict.missing_type) {
		auto name = verdict.missing_nest ? nested_name(object, *verdict.missing_type)
						 : top_name(object, *verdict.missing_type);
		if (!name.empty())
			return "attribute " + std::string(name) + " is missing";
	}
	if (verdict.offset) {
		auto name = name_at(object, request, *verdict.offset);
		if (!name.empty())
			return "attribute " + std::string(name);
	}
	return {};
}

} // namespace

Verdict read_verdict(const nlmsghdr &message) {
	Verdict verdict;
	View body(reinterpret_cast<const std::uint8_t *>(&message), message.nlmsg_len);
	body = body.subspan(NLMSG_HDRLEN);
	if (body.size() < sizeof(int)) // NLMSG_DONE may be bare
		return verdict;
	verdict.error = -read_integer<int>(body.first(sizeof(int)));

	std::size_t skip = NLMSG_ALIGN(sizeof(int));
	if (message.nlmsg_type == NLMSG_ERROR) {
		// The request's header follows, and the request itself if it is not capped.
		nlmsghdr request{};
		if (body.size() < sizeof(nlmsgerr))
			return verdict;
		std::memcpy(&request, body.data() + offsetof(nlmsgerr, msg), sizeof(request));
		skip = sizeof(nlmsgerr);
		if (!(message.nlmsg_flags & NLM_F_CAPPED) && request.nlmsg_len > sizeof(request))
			skip += NLMSG_ALIGN(request.nlmsg_len - sizeof(request));
	}
	if (!(message.nlmsg_flags & NLM_F_ACK_TLVS) || skip > body.size())
		return verdict;

	each_attribute(body.subspan(skip), [&verdict](std::uint16_t type, View payload) {
		bool number = payload.size() == sizeof(std::uint32_t);
		if (type == NLMSGERR_ATTR_MSG)
			verdict.message.assign(payload.begin(), std::ranges::find(payload, 0));
		else if (type == NLMSGERR_ATTR_OFFS && number)
			verdict.offset = read_integer<std::uint32_t>(payload);
		else if (type == NLMSGERR_ATTR_MISS_TYPE && number)
			verdict.missing_type = read_integer<std::uint32_t>(payload);
		else if (type == NLMSGERR_ATTR_MISS_NEST && number)
			verdict.missing_nest = read_integer<std::uint32_t>(payload);
		else if (type == NLMSGERR_ATTR_COOKIE && number)
			verdict.cookie = read_integer<std::uint32_t>(payload);
	});
	return verdict;
}

std::string explain(const Verdict &verdict, const Object &object, const nlmsghdr &request) {
	std::string sentence = verdict.message;
	if (sentence.empty() && verdict.error == EPERM)
		sentence = no_capability;
	auto attribute = culprit(verdict, object, request);
	if (!attribute.empty())
		sentence += sentence.empty() ? attribute : " (" + attribute + ')';
	if (verdict.error != 0 && verdict.message.empty())
		sentence += (sentence.empty() ? "" : ": ") +
			    std::generic_category().message(verdict.error);
	return "kernel: " + sentence;
}

} // namespace srproxy
