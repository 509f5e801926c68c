// SPDX-License-Identifier: GPL-2.0
#include "kind.h"

#include "fib.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <linux/srproxy.h>
#include <net/if.h>
#include <strings.h>

namespace srproxy {

namespace {

constexpr std::size_t ip6_size = 16;

// Locale has no say in what a name is.
bool is_alnum(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::optional<std::uint8_t> hex_digit(char c) {
	constexpr std::string_view digits = "0123456789abcdef";
	auto at = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
	if (at == digits.npos)
		return std::nullopt;
	return static_cast<std::uint8_t>(at);
}

std::string address_text(int family, View address) {
	std::array<char, INET6_ADDRSTRLEN> text{};
	inet_ntop(family, address.data(), text.data(), text.size());
	return text.data();
}

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 3> table_names{{
	{"main", RT_TABLE_MAIN},
	{"local", RT_TABLE_LOCAL},
	{"default", RT_TABLE_DEFAULT},
}};

} // namespace

Malformed::Malformed(const std::string &what)
    : Failure(Status::kernel,
	      what + " in what the module sent: is it of another version than srproxyctl?") {}

Bytes Kind::parse(std::string_view word) const { refuse(in_quotes(word) + " cannot be set"); }

void Kind::decode(View payload, const std::string &key, Json &record) const {
	record[key] = read(payload);
}

std::string Kind::text(const Json &value, bool) const { return plain_text(value); }

Json Kind::schema() const { return {{"type", "string"}}; }

std::string plain_text(const Json &value) {
	if (value.is_string())
		return value.get<std::string>();
	if (!value.is_array())
		return value.dump();
	std::string list;
	for (const auto &element : value)
		list += (list.empty() ? "" : ",") + plain_text(element);
	return list;
}

bool same_word(std::string_view a, std::string_view b) {
	return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::vector<std::string_view> elements(std::string_view list, std::string_view noun) {
	std::vector<std::string_view> found;
	for (std::size_t start = 0; start <= list.size();) {
		auto end = std::min(list.find(',', start), list.size());
		found.push_back(list.substr(start, end - start));
		if (found.back().empty())
			refuse(std::string(noun) + ' ' + std::to_string(found.size()) + " of " +
			       in_quotes(list) + " is empty");
		start = end + 1;
	}
	return found;
}

std::string Choice::meta() const {
	std::string list;
	for (const auto &choice : words)
		list += (list.empty() ? "{ " : " | ") + std::string(choice.word);
	return list + " }";
}

std::vector<std::string> Choice::suggest(std::string_view) const {
	std::vector<std::string> all;
	for (const auto &choice : words)
		all.emplace_back(choice.word);
	return all;
}

Bytes Choice::parse(std::string_view word) const {
	std::string list;
	for (const auto &choice : words) {
		if (same_word(word, choice.word))
			return {choice.value};
		list += (list.empty() ? "" : ", ") + std::string(choice.word);
	}
	refuse(in_quotes(word) + " is none of " + list);
}

Json Choice::read(View payload) const {
	auto value = read_integer<std::uint8_t>(payload);
	auto known = std::ranges::find(words, value, &Word::value);
	return known == words.end() ? std::to_string(value) : std::string(known->word);
}

Json Choice::schema() const {
	Json schema = {{"type", "string"}};
	for (const auto &choice : words)
		schema["enum"].push_back(choice.word);
	return schema;
}

Bytes Toggle::parse(std::string_view word) const {
	if (word != "true" && word != "false")
		refuse(in_quotes(word) + " is neither true nor false");
	return {static_cast<std::uint8_t>(word == "true")};
}

Json Reading::read(View payload) const {
	switch (payload.size()) {
	case sizeof(std::uint8_t):
		return read_integer<std::uint8_t>(payload);
	case sizeof(std::uint32_t):
		return read_integer<std::uint32_t>(payload);
	default:
		return read_integer<std::uint64_t>(payload);
	}
}

Bytes String::parse(std::string_view word) const {
	Bytes bytes(word.begin(), word.end());
	bytes.push_back(0);
	return bytes;
}

Json String::read(View payload) const {
	return std::string(payload.begin(), std::ranges::find(payload, 0));
}

Bytes Name::parse(std::string_view word) const {
	auto allowed = [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; };
	if (word.empty() || word.size() >= SRPROXY_NAME_SIZE || !std::ranges::all_of(word, allowed))
		refuse(in_quotes(word) + " is not a name: 1 to " +
		       std::to_string(SRPROXY_NAME_SIZE - 1) + " of A-Z a-z 0-9 _ . -");
	return String::parse(word);
}

Json Name::schema() const {
	return {{"type", "string"},
		{"pattern", "^[A-Za-z0-9_.-]{1," + std::to_string(SRPROXY_NAME_SIZE - 1) + "}$"}};
}

std::vector<std::string> Device::suggest(std::string_view) const {
	const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> devices(
		if_nameindex(), if_freenameindex);
	std::vector<std::string> names;
	for (const auto *each = devices.get(); each && each->if_index != 0; each++)
		names.emplace_back(each->if_name);
	return names;
}

Bytes Device::parse(std::string_view word) const {
	auto forbidden = [](char c) {
		return c == '/' || c == ':' || c == ' ' || (c >= '\t' && c <= '\r');
	};
	if (word.empty() || word.size() >= IFNAMSIZ || word == "." || word == ".." ||
	    std::ranges::any_of(word, forbidden))
		refuse(in_quotes(word) + " is not a device name: 1 to " +
		       std::to_string(IFNAMSIZ - 1) + " characters, no space, / or :");
	return String::parse(word);
}

Json Device::schema() const {
	return {{"type", "string"},
		{"pattern", "^[^/:\\s]{1," + std::to_string(IFNAMSIZ - 1) + "}$"}};
}

Bytes Address::parse(std::string_view word) const {
	Bytes bytes(family == AF_INET ? sizeof(in_addr) : ip6_size);
	if (inet_pton(family, std::string(word).c_str(), bytes.data()) != 1)
		refuse(in_quotes(word) + " is not an " + (family == AF_INET ? "IPv4" : "IPv6") +
		       " address");
	return bytes;
}

Json Address::read(View payload) const {
	if (payload.size() != (family == AF_INET ? sizeof(in_addr) : ip6_size))
		throw Malformed("an address of " + std::to_string(payload.size()) + " bytes");
	return address_text(family, payload);
}

Json Address::schema() const {
	return {{"type", "string"}, {"format", family == AF_INET ? "ipv4" : "ipv6"}};
}

std::string ip6_text(View address) { return address_text(AF_INET6, address); }

Bytes AddressList::parse(std::string_view word) const {
	auto addresses = elements(word, "segment");
	if (addresses.size() > SRPROXY_SEGS_MAX)
		refuse(std::to_string(addresses.size()) + " segments are too many: at most " +
		       std::to_string(SRPROXY_SEGS_MAX));

	Bytes list;
	for (auto element : addresses) {
		auto address = Address(AF_INET6).parse(element);
		list.insert(list.end(), address.begin(), address.end());
	}
	return list;
}

Json AddressList::read(View payload) const {
	if (payload.size() % ip6_size)
		throw Malformed("a segment list of " + std::to_string(payload.size()) + " bytes");
	Json list = Json::array();
	for (std::size_t at = 0; at < payload.size(); at += ip6_size)
		list.push_back(ip6_text(payload.subspan(at, ip6_size)));
	return list;
}

Json AddressList::schema() const { return Address(AF_INET6).schema(); }

std::size_t AddressList::list_max() const { return SRPROXY_SEGS_MAX; }

Bytes LinkAddress::parse(std::string_view word) const {
	constexpr std::size_t size = 6;
	constexpr std::size_t digits = 3 * size - 1;
	Bytes bytes;
	for (std::size_t i = 0; word.size() == digits && i < digits; i += 3) {
		auto high = hex_digit(word[i]);
		auto low = hex_digit(word[i + 1]);
		if (!high || !low || (i + 2 < digits && word[i + 2] != ':'))
			break;
		bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
	}
	if (bytes.size() != size)
		refuse(in_quotes(word) +
		       " is not a MAC address: six pairs of hexadecimal digits with "
		       "\":\" between them");
	if (bytes[0] & 1)
		refuse(in_quotes(word) +
		       " is a multicast MAC address, where a station's is needed");
	if (std::ranges::all_of(bytes, [](auto byte) { return byte == 0; }))
		refuse(in_quotes(word) + " is no station's MAC address");
	return bytes;
}

Json LinkAddress::read(View payload) const {
	constexpr std::string_view digits = "0123456789abcdef";
	std::string text;
	for (auto byte : payload) {
		if (!text.empty())
			text += ':';
		text += digits[byte >> 4];
		text += digits[byte & 0xf];
	}
	return text;
}

Json LinkAddress::schema() const {
	return {{"type", "string"}, {"pattern", "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$"}};
}

std::vector<std::string> RoutingTable::suggest(std::string_view) const {
	std::vector<std::string> names;
	names.reserve(table_names.size());
	for (const auto &[name, id] : table_names)
		names.emplace_back(name);
	return names;
}

Bytes RoutingTable::parse(std::string_view word) const {
	for (const auto &[name, id] : table_names)
		if (word == name)
			return write_integer(id);
	std::string reason;
	try {
		return Number<std::uint32_t>(0, UINT32_MAX).parse(word);
	} catch (const Failure &failure) {
		reason = failure.what();
	}
	if (auto vrf = vrf_table(std::string(word)))
		return write_integer(*vrf);
	throw Failure(Status::refused, reason + ", nor main, local, default or the name of a VRF");
}

std::string RoutingTable::text(const Json &value, bool) const {
	for (const auto &[name, id] : table_names)
		if (value == id)
			return std::string(name);
	return plain_text(value);
}

Json RoutingTable::schema() const {
	return {{"type", {"integer", "string"}}, {"minimum", 0}, {"maximum", UINT32_MAX}};
}

Json RoutingTable::in_file(const Json &value) const {
	auto name = text(value, false);
	return name == plain_text(value) ? value : Json(name);
}

} // namespace srproxy
