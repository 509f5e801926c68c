// SPDX-License-Identifier: GPL-2.0
#include "prefix.h"

#include <sys/socket.h>

namespace srproxy {

namespace {

constexpr std::uint8_t bits_per_byte = 8;
constexpr std::uint8_t longest = 128;
constexpr Address address(AF_INET6);

std::uint8_t length_of(std::string_view word) {
	auto slash = word.find('/');
	if (slash == word.npos)
		return longest;
	auto digits = word.substr(slash + 1);
	const char *end = digits.data() + digits.size();
	std::uint8_t length = 0;
	auto [rest, error] = std::from_chars(digits.data(), end, length);
	if (error != std::errc() || rest != end || length == 0 || length > longest)
		refuse(in_quotes(digits) + " in " + in_quotes(word) +
		       " is not a prefix length: 1 to " + std::to_string(longest));
	return length;
}

} // namespace

Bytes Prefix::parse(std::string_view word) const {
	auto bytes = address.parse(word.substr(0, word.find('/')));
	auto length = length_of(word);
	auto masked = bytes;
	for (std::size_t i = 0; i < masked.size(); i++) {
		auto whole = i * bits_per_byte;
		if (whole >= length)
			masked[i] = 0;
		else if (length - whole < bits_per_byte)
			masked[i] &= static_cast<std::uint8_t>(UINT8_MAX
							       << (whole + bits_per_byte - length));
	}
	if (masked != bytes)
		refuse(in_quotes(word) + " has bits set beyond its prefix, which is " +
		       ip6_text(masked) + '/' + std::to_string(length));
	return bytes;
}

Json Prefix::read(View payload) const { return address.read(payload); }

Json Prefix::schema() const {
	return {{"type", "string"}, {"pattern", "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"}};
}

Bytes PrefixLength::parse(std::string_view word) const { return {length_of(word)}; }

} // namespace srproxy
