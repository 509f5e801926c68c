// SPDX-License-Identifier: GPL-2.0
#include "mask.h"

#include <algorithm>
#include <array>
#include <bit>

namespace srproxy {

namespace {

// Bits that a newer module may have.
std::string unknown(std::uint32_t bits) {
	constexpr int hexadecimal = 16;
	std::array<char, 2 * sizeof(bits)> digits{};
	auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bits, hexadecimal);
	return "0x" + std::string(digits.data(), end.ptr);
}

} // namespace

std::string Mask::meta() const {
	std::string list;
	for (const auto &word : words)
		list += (list.empty() ? "{ " : " | ") + std::string(word.word);
	return list + " }[,...]";
}

std::vector<std::string> Mask::suggest(std::string_view typed) const {
	// What has been said of the list, its last comma included; none stands alone.
	auto said = typed.substr(0, typed.rfind(',') + 1);
	std::vector<std::string> all;
	for (const auto &word : words)
		if (said.empty() || word.bits != 0)
			all.push_back(std::string(said).append(word.word));
	return all;
}

std::uint32_t Mask::bits_of(std::string_view element, std::string_view list) const {
	std::string known;
	for (const auto &word : words) {
		if (same_word(element, word.word))
			return word.bits;
		known += (known.empty() ? "" : ", ") + std::string(word.word);
	}
	refuse(in_quotes(element) + (element == list ? "" : " in " + in_quotes(list)) +
	       " is none of " + known);
}

Bytes Mask::parse(std::string_view word) const {
	std::uint32_t bits = 0;
	auto list = elements(word, "word");
	for (auto element : list) {
		auto more = bits_of(element, word);
		if (more == 0 && list.size() > 1)
			refuse(in_quotes(element) + " stands alone, not in " + in_quotes(word));
		bits |= more;
	}
	return size == In::byte ? write_integer(static_cast<std::uint8_t>(bits))
				: write_integer(bits);
}

Json Mask::read(View payload) const {
	auto rest = size == In::byte ? read_integer<std::uint8_t>(payload)
				     : read_integer<std::uint32_t>(payload);
	Json list = Json::array();
	while (rest != 0) {
		// The word that says most of what is left to say.
		auto says = [rest](const Word &word) {
			return (word.bits & ~rest) == 0 ? std::popcount(word.bits) : 0;
		};
		auto best = std::ranges::max_element(words, {}, says);
		if (best == words.end() || says(*best) == 0) {
			list.push_back(unknown(rest));
			break;
		}
		list.push_back(best->word);
		rest &= ~best->bits;
	}
	return form == As::strings ? list : Json(plain_text(list));
}

Json Mask::schema() const {
	Json schema = {{"type", "string"}};
	for (const auto &word : words)
		schema["enum"].push_back(word.word);
	return schema;
}

Json Mask::in_file(const Json &value) const {
	return value.is_array() ? value : Json(elements(value.get<std::string>(), "word"));
}

} // namespace srproxy
