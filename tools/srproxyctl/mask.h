// SPDX-License-Identifier: GPL-2.0
// A set of bits, written as the comma list of their words.
#pragma once

#include "kind.h"

namespace srproxy {

class Mask final : public Kind {
public:
	struct Word {
		std::string_view word;
		std::uint32_t bits; // several: short for all of them; 0: the empty set
	};
	enum class In { byte, word };      // the size in a message
	enum class As { string, strings }; // in JSON

	constexpr Mask(std::span<const Word> all, In in, As as) : words(all), size(in), form(as) {}

	std::string meta() const override;
	std::vector<std::string> suggest(std::string_view typed) const override;
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override;
	Json schema() const override;
	std::size_t list_max() const override { return words.size(); }
	Json in_file(const Json &value) const override;

private:
	std::uint32_t bits_of(std::string_view element, std::string_view list) const;

	std::span<const Word> words;
	In size;
	As form;
};

} // namespace srproxy
