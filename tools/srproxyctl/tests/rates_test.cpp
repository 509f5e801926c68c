// SPDX-License-Identifier: GPL-2.0
#include "rates.h"

#include <gtest/gtest.h>

using namespace srproxy;

namespace {

Json reading(std::uint64_t packets, std::uint64_t bytes, const Json &drops) {
	return {{"in_packets", packets},
		{"in_bytes", bytes},
		{"out_packets", packets / 2},
		{"out_bytes", bytes / 2},
		{"drops", drops}};
}

TEST(Rate, IsTheDifferenceOverTime) {
	auto rate = rate_between(reading(100, 1000, {{"hmac", 5}, {"ecn", 1}, {"loop", 7}}),
				 reading(300, 5000, {{"hmac", 6}, {"ecn", 5}, {"loop", 7}}), 2);
	EXPECT_EQ(rate.in_packets, 100);
	EXPECT_EQ(rate.in_bits, 16000);
	EXPECT_EQ(rate.out_packets, 50);
	EXPECT_EQ(rate.out_bits, 8000);
	EXPECT_EQ(rate.drops, 2.5);
	EXPECT_EQ(rate.reason, "ecn");
}

TEST(Rate, OfANewSidIsAllThatItCounted) {
	auto rate = rate_between(Json(), reading(40, 400, {{"hmac", 4}}), 4);
	EXPECT_EQ(rate.in_packets, 10);
	EXPECT_EQ(rate.drops, 1);
	EXPECT_EQ(rate.reason, "hmac");
}

// Even if some counter has overtaken the old one.
TEST(Rate, IsNeverNegativeWhenCountersBeginAnew) {
	auto rate = rate_between(reading(100, 1000, {{"hmac", 5}, {"ecn", 0}}),
				 reading(200, 20, {{"hmac", 1}, {"ecn", 3}}), 1);
	EXPECT_EQ(rate.in_packets, 200);
	EXPECT_EQ(rate.in_bits, 160);
	EXPECT_EQ(rate.drops, 4);
	EXPECT_EQ(rate.reason, "ecn");
	EXPECT_EQ(rate_between(reading(9, 9, {{"ecn", 5}}), reading(9, 9, {{"ecn", 1}}), 1).drops, 1);
}

TEST(Rate, OfNothingHasNoReason) {
	auto rate = rate_between(reading(1, 1, {{"hmac", 5}}), reading(1, 1, {{"hmac", 5}}), 1);
	EXPECT_EQ(rate.drops, 0);
	EXPECT_TRUE(rate.reason.empty());
	EXPECT_TRUE(drop_rates(reading(1, 1, {{"hmac", 5}}), reading(1, 1, {{"hmac", 5}}), 1).empty());
}

TEST(ShortNumber, HasThreeDigits) {
	EXPECT_EQ(short_number(0), "0");
	EXPECT_EQ(short_number(0.5), "0.50");
	EXPECT_EQ(short_number(9.99), "9.99");
	EXPECT_EQ(short_number(9.999), "10.0");
	EXPECT_EQ(short_number(99.9), "99.9");
	EXPECT_EQ(short_number(99.96), "100");
	EXPECT_EQ(short_number(999.4), "999");
	EXPECT_EQ(short_number(999.6), "1.00k");
	EXPECT_EQ(short_number(12345), "12.3k");
	EXPECT_EQ(short_number(1.5e9), "1.50G");
	EXPECT_EQ(short_number(5e18), "5000P");
}

} // namespace
