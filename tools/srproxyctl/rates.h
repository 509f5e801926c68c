// SPDX-License-Identifier: GPL-2.0
// What passes a SID in a second: the difference of two readings of its counters.
#pragma once

#include "kind.h"

#include <map>

namespace srproxy {

struct Rate {
	double in_packets = 0;
	double in_bits = 0;
	double out_packets = 0;
	double out_bits = 0;
	double drops = 0;
	std::string reason = {}; // that most of them have; empty without drops
};

// Of two readings ("stats" of a SID). before is null for a SID that was not there then; all that it
// has counted, it has counted since. So has one whose counters have begun anew.
Rate rate_between(const Json &before, const Json &now, double seconds);

// By reason, those that have grown.
std::map<std::string, double> drop_rates(const Json &before, const Json &now, double seconds);

Rate &operator+=(Rate &sum, const Rate &other);

// In three digits and a prefix of the SI: "0", "999", "1.23k", "45.6M".
std::string short_number(double value);

} // namespace srproxy
