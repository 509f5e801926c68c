// SPDX-License-Identifier: GPL-2.0
// ADDR or ADDR/PLEN: one word, the values of two attributes.
#pragma once

#include "kind.h"

namespace srproxy {

// The address, none of whose bits is set beyond the prefix.
class Prefix final : public Kind {
public:
	std::string meta() const override { return "ADDR[/PLEN]"; }
	std::string_view refers_to() const override { return "sid"; }
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override;
	Json schema() const override;
};

// The length in such a word.
class PrefixLength final : public Kind {
public:
	std::string meta() const override { return "PLEN"; }
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override { return read_integer<std::uint8_t>(payload); }
};

} // namespace srproxy
