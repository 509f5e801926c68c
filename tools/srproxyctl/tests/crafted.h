// SPDX-License-Identifier: GPL-2.0
// Netlink messages made by hand, byte by byte: right ones and wrong ones.
#pragma once

#include "attribute.h"
#include "command.h"

#include <initializer_list>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/srproxy.h>
#include <sys/socket.h>

namespace srproxy::crafted {

inline Bytes joined(std::initializer_list<Bytes> parts) {
	Bytes all;
	for (const auto &part : parts)
		all.insert(all.end(), part.begin(), part.end());
	return all;
}

template <typename T>
Bytes raw(const T &value) {
	Bytes bytes(sizeof(value));
	std::memcpy(bytes.data(), &value, sizeof(value));
	return bytes;
}

inline Bytes text(std::string_view word) {
	Bytes bytes(word.begin(), word.end());
	bytes.push_back(0);
	return bytes;
}

inline Bytes padded(Bytes bytes) {
	bytes.resize(NLA_ALIGN(bytes.size()));
	return bytes;
}

inline Bytes attribute(unsigned type, const Bytes &payload) {
	nlattr header{static_cast<std::uint16_t>(NLA_HDRLEN + payload.size()),
		      static_cast<std::uint16_t>(type)};
	return padded(joined({raw(header), payload}));
}

inline Bytes nest(unsigned type, std::initializer_list<Bytes> parts) {
	return attribute(type | NLA_F_NESTED, joined(parts));
}

inline Bytes address(std::string_view word) { return Address(AF_INET6).parse(word); }

inline Bytes message(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence,
		     const Bytes &payload) {
	nlmsghdr header{static_cast<std::uint32_t>(NLMSG_HDRLEN + payload.size()), type, flags,
			sequence, 0};
	return padded(joined({raw(header), payload}));
}

inline Bytes generic(std::uint8_t command, const Bytes &attributes, std::uint32_t sequence = 1) {
	constexpr std::uint16_t family = 30;
	return message(family, 0, sequence,
		       joined({raw(genlmsghdr{command, SRPROXY_FAMILY_VERSION, 0}), attributes}));
}

inline const nlmsghdr &header_of(const Bytes &bytes) {
	return *reinterpret_cast<const nlmsghdr *>(bytes.data());
}

inline std::vector<std::string> words(const std::string &line) {
	std::vector<std::string> list;
	for (std::size_t at = 0; at < line.size();) {
		auto end = std::min(line.find(' ', at), line.size());
		if (end > at)
			list.push_back(line.substr(at, end - at));
		at = end + 1;
	}
	return list;
}

inline Invocation parsed(const std::string &line) { return parse_command(words(line)); }

// The sentence that refuses a line; empty if it is not refused.
inline std::string refusal(const std::string &line) {
	try {
		parsed(line);
	} catch (const Failure &failure) {
		return failure.status == Status::refused ? failure.what() : "status";
	}
	return {};
}

} // namespace srproxy::crafted
