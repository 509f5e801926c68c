// SPDX-License-Identifier: GPL-2.0
// A learned header: IPv6 header and extension headers, as End.AD pushes them.
#pragma once

#include "kind.h"

namespace srproxy {

class Header final : public Kind {
public:
	std::string meta() const override { return "HEX"; }
	Json read(View payload) const override; // the bytes, in hexadecimal
	// The fields that the bytes hold, as far as they hold them.
	void decode(View payload, const std::string &key, Json &record) const override;
};

} // namespace srproxy
