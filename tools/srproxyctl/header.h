// SPDX-License-Identifier: GPL-2.0
// Headers that are kept, in full and taken apart.
#pragma once

#include "kind.h"

namespace srproxy {

// A learned header: IPv6 header and extension headers, as End.AD pushes them.
class Header final : public Kind {
public:
	std::string meta() const override { return "HEX"; }
	Json read(View payload) const override; // the bytes, in hexadecimal
	// The fields that the bytes hold, as far as they hold them.
	void decode(View payload, const std::string &key, Json &record) const override;
};

// An SRH, kept for a flow.
class RoutingHeader final : public Kind {
public:
	std::string meta() const override { return "HEX"; }
	Json read(View payload) const override;
	void decode(View payload, const std::string &key, Json &record) const override;
};

} // namespace srproxy
