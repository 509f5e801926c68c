// SPDX-License-Identifier: GPL-2.0
#include "batch.h"

#include <gtest/gtest.h>

#include <sstream>

using namespace srproxy;

namespace {

using Lines = std::vector<std::vector<std::string>>;
using Words = std::vector<std::string>;

TEST(Split, Words) {
	EXPECT_EQ(split("  vnf\tadd  fw "), (Words{"vnf", "add", "fw"}));
	EXPECT_EQ(split("vnf show\r"), (Words{"vnf", "show"}));
	EXPECT_EQ(split(""), Words());
}

TEST(Split, Quotes) {
	EXPECT_EQ(split(R"(dev "a b" 'c "d' e"f g"h "")"),
		  (Words{"dev", "a b", "c \"d", "ef gh", ""}));
	EXPECT_THROW(split("vnf \"a"), Failure);
	EXPECT_THROW(split("vnf 'a\""), Failure);
}

TEST(Split, Comments) {
	EXPECT_EQ(split("# all"), Words());
	EXPECT_EQ(split("vnf show # rest 'of it"), (Words{"vnf", "show"}));
	EXPECT_EQ(split("a#b '#' \"#c\""), (Words{"a#b", "#", "#c"}));
}

TEST(Split, NulBytesAreRefused) { EXPECT_THROW(split(std::string("vnf\0show", 8)), Failure); }

struct Ran {
	Lines commands{};
	Words reports{};
	Status status = Status::done;
};

// Commands that say "kernel" or "refused" fail so.
Ran run(const std::string &text, bool force) {
	Ran ran;
	Batch batch{"file", force,
		    [&ran](const Words &words) {
			    ran.commands.push_back(words);
			    if (words.front() == "kernel")
				    throw Failure(Status::kernel, "no");
			    if (words.front() == "refused")
				    refuse("bad");
		    },
		    [&ran](const Failure &failure) { ran.reports.emplace_back(failure.what()); }};
	std::istringstream lines(text);
	ran.status = batch.run_all(lines);
	return ran;
}

TEST(Batch, RunsEachLine) {
	auto ran = run("a 1\n\n# comment\n b 2", false);
	EXPECT_EQ(ran.commands, (Lines{{"a", "1"}, {"b", "2"}}));
	EXPECT_EQ(ran.status, Status::done);
}

TEST(Batch, LinesGoOnAfterABackslash) {
	auto ran = run("a \\\n  1 \\\n2\nkernel\n", false);
	EXPECT_EQ(ran.commands, (Lines{{"a", "1", "2"}, {"kernel"}}));
	EXPECT_EQ(ran.reports, Words{"file:4: no"});
	EXPECT_EQ(run("a \\", false).commands, (Lines{{"a"}}));
	EXPECT_EQ(run("kernel \\\n 1\n", false).reports, Words{"file:1: no"});
}

TEST(Batch, StopsAtTheFirstFailure) {
	auto ran = run("a\nkernel\nb\n", false);
	EXPECT_EQ(ran.commands, (Lines{{"a"}, {"kernel"}}));
	EXPECT_EQ(ran.reports, Words{"file:2: no"});
	EXPECT_EQ(ran.status, Status::kernel);
}

TEST(Batch, ForcedItGoesOnAndTheFirstFailureCounts) {
	auto ran = run("a\nkernel\n'\nrefused\nb\n", true);
	EXPECT_EQ(ran.commands.size(), 4U);
	EXPECT_EQ(ran.reports,
		  (Words{"file:2: no", "file:3: a quote is not closed: '", "file:4: bad"}));
	EXPECT_EQ(ran.status, Status::kernel);
}

} // namespace
