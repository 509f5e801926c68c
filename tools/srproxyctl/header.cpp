// SPDX-License-Identifier: GPL-2.0
#include "header.h"

#include <optional>

#include <netinet/in.h>
#include <netinet/ip6.h>

namespace srproxy {

namespace {

constexpr std::size_t segment_size = 16;

// RFC 8754: what stands before the segment list.
struct Srh {
	std::uint8_t next_header;
	std::uint8_t length;
	std::uint8_t routing_type;
	std::uint8_t segments_left;
	std::uint8_t last_entry;
	std::uint8_t flags;
	std::uint16_t tag;
};
constexpr std::uint8_t routing_type_srh = 4;

// The start of bytes as a T, if there is so much.
template <typename T>
std::optional<T> front(View bytes) {
	T value{};
	if (bytes.size() < sizeof(value))
		return std::nullopt;
	std::memcpy(&value, bytes.data(), sizeof(value));
	return value;
}

// The SRH at the start of bytes; empty if there is none, or not all of it.
View front_srh(View bytes) {
	auto srh = front<Srh>(bytes);
	if (!srh || srh->routing_type != routing_type_srh)
		return {};
	std::size_t size = (srh->length + std::size_t{1}) * 8;
	return size > bytes.size() ? View() : bytes.first(size);
}

// The SRH in a chain of extension headers; empty if there is none.
View find_srh(std::uint8_t next, View chain) {
	for (;;) {
		auto extension = front<ip6_ext>(chain);
		if (!extension ||
		    (next != IPPROTO_HOPOPTS && next != IPPROTO_DSTOPTS && next != IPPROTO_ROUTING))
			return {};
		auto srh = next == IPPROTO_ROUTING ? front_srh(chain) : View();
		if (!srh.empty())
			return srh;
		std::size_t size = (extension->ip6e_len + std::size_t{1}) * 8;
		if (size > chain.size())
			return {};
		next = extension->ip6e_nxt;
		chain = chain.subspan(size);
	}
}

void decode_srh(View srh, Json &record) {
	auto fixed = front<Srh>(srh);
	if (!fixed)
		return;
	record["segments_left"] = fixed->segments_left;
	// The last segment stands first; as many as there is room for.
	Json path = Json::array();
	auto list = srh.subspan(sizeof(*fixed));
	for (std::size_t i = fixed->last_entry + std::size_t{1}; i-- > 0;)
		if ((i + 1) * segment_size <= list.size())
			path.push_back(ip6_text(list.subspan(i * segment_size, segment_size)));
	record["segs"] = std::move(path);
	record["tag"] = ntohs(fixed->tag);
}

std::string hexadecimal(View bytes) {
	constexpr std::string_view digits = "0123456789abcdef";
	std::string text;
	for (auto byte : bytes) {
		text += digits[byte >> 4];
		text += digits[byte & 0xf];
	}
	return text;
}

} // namespace

Json Header::read(View payload) const { return hexadecimal(payload); }

void Header::decode(View payload, const std::string &key, Json &record) const {
	if (auto outer = front<ip6_hdr>(payload)) {
		record["src"] = ip6_text(payload.subspan(offsetof(ip6_hdr, ip6_src), segment_size));
		record["dst"] = ip6_text(payload.subspan(offsetof(ip6_hdr, ip6_dst), segment_size));
		record["hop_limit"] = outer->ip6_hlim;
		decode_srh(find_srh(outer->ip6_nxt, payload.subspan(sizeof(*outer))), record);
	}
	record[key] = read(payload);
}

Json RoutingHeader::read(View payload) const { return hexadecimal(payload); }

void RoutingHeader::decode(View payload, const std::string &key, Json &record) const {
	decode_srh(front_srh(payload), record);
	record[key] = read(payload);
}

} // namespace srproxy
