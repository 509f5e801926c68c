// SPDX-License-Identifier: GPL-2.0
// The VLAN tags of a port, the outermost first.
#pragma once

#include "kind.h"

namespace srproxy {

class Vlans final : public Kind {
public:
	std::string meta() const override { return "[PROTO:]VID[,...]"; }
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override; // an array of objects: proto, vid
	std::string text(const Json &value, bool all) const override;
	Json schema() const override; // an id, or PROTO:VID
	std::size_t list_max() const override;
	Json in_file(const Json &value) const override;
};

} // namespace srproxy
