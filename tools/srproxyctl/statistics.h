// SPDX-License-Identifier: GPL-2.0
// A SID's counters and drop reasons: SRPROXY_A_SID_STATS.
#pragma once

#include "kind.h"

namespace srproxy {

class Statistics final : public Kind {
public:
	std::string meta() const override { return {}; }
	Json read(View payload) const override;
	// On lines of their own; the drop reasons that are 0 only if all are wanted.
	std::string text(const Json &value, bool all) const override;
};

} // namespace srproxy
