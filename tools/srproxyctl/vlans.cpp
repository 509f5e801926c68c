// SPDX-License-Identifier: GPL-2.0
#include "vlans.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/srproxy.h>

namespace srproxy {

namespace {

constexpr std::uint16_t vid_max = 4094;

struct Protocol {
	std::string_view word;
	std::string_view number;
	std::uint16_t value;
};

// The default comes first.
constexpr std::array protocols{
	Protocol{"802.1q", "0x8100", ETH_P_8021Q},
	Protocol{"802.1ad", "0x88a8", ETH_P_8021AD},
};

std::uint16_t parse_protocol(std::string_view word) {
	for (const auto &protocol : protocols)
		if (same_word(word, protocol.word) || same_word(word, protocol.number))
			return protocol.value;
	refuse(in_quotes(word) + " is not a VLAN protocol: 802.1q or 802.1ad");
}

std::uint16_t parse_vid(std::string_view word) {
	std::uint16_t vid = 0;
	const char *end = word.data() + word.size();
	auto [rest, error] = std::from_chars(word.data(), end, vid);
	if (error != std::errc() || rest != end || vid == 0 || vid > vid_max)
		refuse(in_quotes(word) + " is not a VLAN id: 1 to " + std::to_string(vid_max));
	return vid;
}

srproxy_vlan parse_tag(std::string_view word) {
	auto colon = word.find(':');
	if (colon == word.npos)
		return {htons(protocols.front().value), htons(parse_vid(word))};
	return {htons(parse_protocol(word.substr(0, colon))),
		htons(parse_vid(word.substr(colon + 1)))};
}

std::string protocol_text(std::uint16_t value) {
	auto known = std::ranges::find(protocols, value, &Protocol::value);
	return known == protocols.end() ? std::to_string(value) : std::string(known->word);
}

} // namespace

Bytes Vlans::parse(std::string_view word) const {
	auto list = elements(word, "VLAN tag");
	if (list.size() > SRPROXY_VLANS_MAX)
		refuse(std::to_string(list.size()) + " VLAN tags are too many: at most " +
		       std::to_string(SRPROXY_VLANS_MAX));
	Bytes bytes;
	for (auto element : list) {
		auto tag = write_integer(parse_tag(element));
		bytes.insert(bytes.end(), tag.begin(), tag.end());
	}
	return bytes;
}

Json Vlans::read(View payload) const {
	if (payload.size() % sizeof(srproxy_vlan))
		throw Malformed("VLAN tags of " + std::to_string(payload.size()) + " bytes");
	Json list = Json::array();
	for (; !payload.empty(); payload = payload.subspan(sizeof(srproxy_vlan))) {
		auto tag = read_integer<srproxy_vlan>(payload.first(sizeof(srproxy_vlan)));
		list.push_back(
			{{"proto", protocol_text(ntohs(tag.proto))}, {"vid", ntohs(tag.vid)}});
	}
	return list;
}

Json Vlans::in_file(const Json &value) const {
	Json list = Json::array();
	for (const auto &tag : value) {
		const auto &vid = tag.at("vid");
		auto protocol = tag.at("proto").get<std::string>();
		list.push_back(protocol == protocols.front().word
				       ? vid
				       : Json(protocol + ':' + vid.dump()));
	}
	return list;
}

std::string Vlans::text(const Json &value, bool) const { return plain_text(in_file(value)); }

Json Vlans::schema() const {
	return {{"type", {"integer", "string"}},
		{"minimum", 1},
		{"maximum", vid_max},
		{"pattern", "^((802\\.1(q|ad)|0x8100|0x88a8):)?[0-9]{1,4}$"}};
}

std::size_t Vlans::list_max() const { return SRPROXY_VLANS_MAX; }

} // namespace srproxy
