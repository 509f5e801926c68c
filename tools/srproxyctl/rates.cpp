// SPDX-License-Identifier: GPL-2.0
#include "rates.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace srproxy {

namespace {

constexpr double bits_per_byte = 8;

std::uint64_t count(const Json &reading, const std::string &key) {
	return reading.value(key, std::uint64_t{0});
}

// Counters only grow: if any is less than before, they are those of a new SID.
bool began_anew(const Json &before, const Json &now) {
	if (!before.is_object())
		return true;
	for (const auto &[key, value] : now.items())
		if (value.is_number() && count(before, key) > value)
			return true;
	for (const auto &[reason, value] : now.at("drops").items())
		if (count(before.at("drops"), reason) > value)
			return true;
	return false;
}

// What was counted before, as far as it is the same counters.
const Json &base_of(const Json &before, const Json &now) {
	static const Json nothing = {{"drops", Json::object()}};
	return began_anew(before, now) ? nothing : before;
}

} // namespace

std::map<std::string, double> drop_rates(const Json &before, const Json &now, double seconds) {
	const auto &base = base_of(before, now);
	std::map<std::string, double> rates;
	for (const auto &[reason, value] : now.at("drops").items()) {
		auto more = value.get<std::uint64_t>() - count(base.at("drops"), reason);
		if (more != 0)
			rates[reason] = static_cast<double>(more) / seconds;
	}
	return rates;
}

Rate rate_between(const Json &before, const Json &now, double seconds) {
	const auto &base = base_of(before, now);
	auto grown = [&](const char *key) {
		return static_cast<double>(count(now, key) - count(base, key)) / seconds;
	};

	Rate rate;
	rate.in_packets = grown("in_packets");
	rate.in_bits = bits_per_byte * grown("in_bytes");
	rate.out_packets = grown("out_packets");
	rate.out_bits = bits_per_byte * grown("out_bytes");
	double most = 0;
	for (const auto &[reason, drops] : drop_rates(before, now, seconds)) {
		rate.drops += drops;
		if (drops > most)
			rate.reason = reason;
		most = std::max(most, drops);
	}
	return rate;
}

Rate &operator+=(Rate &sum, const Rate &other) {
	sum.in_packets += other.in_packets;
	sum.in_bits += other.in_bits;
	sum.out_packets += other.out_packets;
	sum.out_bits += other.out_bits;
	sum.drops += other.drops;
	return sum;
}

std::string short_number(double value) {
	constexpr double step = 1000;
	// What would be printed as 1000 is 1 of the next prefix.
	constexpr double rounded_up = 999.5;
	constexpr double two_digits = 99.95;
	constexpr double one_digit = 9.995;
	constexpr std::array prefixes{"", "k", "M", "G", "T", "P"};
	std::size_t prefix = 0;
	while (value >= rounded_up && prefix + 1 < prefixes.size()) {
		value /= step;
		prefix++;
	}
	bool whole = value >= two_digits || value == 0;
	int decimals = whole ? 0 : value >= one_digit ? 1 : 2;
	std::array<char, 32> text{};
	std::snprintf(text.data(), text.size(), "%.*f%s", decimals, value, prefixes[prefix]);
	return text.data();
}

} // namespace srproxy
