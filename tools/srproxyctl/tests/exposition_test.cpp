// SPDX-License-Identifier: GPL-2.0
#include "exposition.h"
#include "inventory.h"

#include <gtest/gtest.h>

using namespace srproxy;

namespace {

TEST(Exposition, EscapesWhatTheFormatHasAMeaningFor) {
	Exposition exposition(Labels{{"netns", "a"}});
	exposition.begin("x_total", "counter", "One \\ two\nthree \"four\".");
	exposition.sample({{"dev", "q\"\\\n"}}, "7");
	exposition.sample({}, "8");
	EXPECT_EQ(exposition.text(), "# HELP x_total One \\\\ two\\nthree \"four\".\n"
				     "# TYPE x_total counter\n"
				     "x_total{netns=\"a\",dev=\"q\\\"\\\\\\n\"} 7\n"
				     "x_total{netns=\"a\"} 8\n");
	Exposition plain(Labels{});
	plain.begin("y", "gauge", "Y.");
	plain.sample({}, "1");
	EXPECT_EQ(plain.text(), "# HELP y Y.\n# TYPE y gauge\ny 1\n");
}

TEST(Exposition, OfDevicesIsUtf8) {
	EXPECT_EQ(utf8("eth0"), "eth0");
	EXPECT_EQ(utf8("\xc3\xa4"), "\xc3\xa4");
	EXPECT_EQ(utf8("a\xff"), "a\xef\xbf\xbd");
}

} // namespace
