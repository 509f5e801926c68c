// SPDX-License-Identifier: GPL-2.0
#include "rtnetlink.h"

#include <cerrno>
#include <system_error>

namespace srproxy {

namespace {

constexpr int list_attempts = 16;

} // namespace

void put_text(nl_msg &message, int type, const std::string &text) {
	must(nla_put_string(&message, type, text.c_str()) == 0);
}

void put_bytes(nl_msg &message, int type, View bytes) {
	must(nla_put(&message, type, static_cast<int>(bytes.size()), bytes.data()) == 0);
}

std::optional<std::uint32_t> number(View attributes, std::uint16_t type) {
	auto payload = find_attribute(attributes, type);
	if (!payload)
		return std::nullopt;
	return read_integer<std::uint32_t>(*payload);
}

std::string text(View attributes, std::uint16_t type) {
	auto payload = find_attribute(attributes, type);
	return payload ? String().read(*payload).get<std::string>() : std::string();
}

Bytes bytes(View attributes, std::uint16_t type) {
	auto payload = find_attribute(attributes, type);
	return payload ? Bytes(payload->begin(), payload->end()) : Bytes();
}

std::string sentence(const Verdict &verdict) {
	if (!verdict.message.empty())
		return verdict.message;
	if (verdict.error == EPERM)
		return no_capability;
	if (verdict.error == EEXIST)
		return "another route has this prefix and metric";
	return std::generic_category().message(verdict.error);
}

void list(Socket &socket, nl_msg &request, const std::string &what,
	  const std::function<void()> &begin, const Receive &receive) {
	for (int attempt = 0; attempt < list_attempts; attempt++) {
		begin();
		auto reply = socket.ask(request, receive);
		auto error = reply.verdict().error;
		if (error == ENOENT || error == ENODEV)
			return;
		if (error != 0)
			throw Failure(Status::kernel,
				      "cannot list " + what + ": " + sentence(reply.verdict()));
		if (!reply.interrupted())
			return;
	}
	throw Failure(Status::kernel, what + " change faster than they can be listed: try again");
}

} // namespace srproxy
