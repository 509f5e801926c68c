// SPDX-License-Identifier: GPL-2.0
// A flow whose SRH is kept.
#pragma once

#include "kind.h"

namespace srproxy {

class Flow final : public Kind {
public:
	std::string meta() const override { return "FLOW"; }
	Json read(View payload) const override; // an object: src, dst, proto, sport, dport
	std::string text(const Json &value, bool all) const override;
};

} // namespace srproxy
