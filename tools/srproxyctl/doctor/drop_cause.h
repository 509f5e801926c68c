// SPDX-License-Identifier: GPL-2.0
// Why packets are usually dropped for a reason, and what to do then.
#pragma once

#include "doctor/finding.h"

namespace srproxy {

struct DropCause {
	std::string_view reason;
	std::string_view cause;
	// Commands, with {sid}, {vnf}, {dev}, {iif} and {addr} for what the SID has.
	std::string_view look;
	std::string_view mend = {};               // if the SID is one that it is for
	bool (*for_sid)(const Json &) = nullptr; // that is; null: all
};

// Null for a reason of a newer module.
const DropCause *find_cause(std::string_view reason);

// What is found when packets are dropped at this rate.
Finding finding_of_drops(const Json &sid, const Json &vnf, const std::string &reason,
			 const std::string &per_second);

} // namespace srproxy
