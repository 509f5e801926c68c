// SPDX-License-Identifier: GPL-2.0
#include "batch.h"

#include "session.h"
#include "transaction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
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
	Lines commands{}; // as they were done; those done together stand behind "together"
	Words reports{};
	Status status = Status::done;
};

// Commands that say "kernel" or "refused" fail so; those that begin with "+" can be taken.
class TestRunner final : public Runner {
public:
	explicit TestRunner(bool force) : go_on(force) {}

	bool take(std::span<const std::string> words, unsigned line) override {
		if (words.front() == "refused")
			refuse("bad");
		if (words.front() != "+")
			return false;
		taken.emplace_back(line, Words(words.begin(), words.end()));
		return true;
	}

	bool full() const override { return taken.size() == 4; }

	std::vector<Refusal> finish() override {
		std::vector<Refusal> refusals;
		if (!taken.empty())
			ran.commands.push_back({"together"});
		for (const auto &[line, words] : std::exchange(taken, {})) {
			if (words.back() == "kernel")
				refusals.push_back({line, Failure(Status::kernel, "no")});
			if (!refusals.empty() && !go_on)
				break;
			ran.commands.push_back(words);
		}
		return refusals;
	}

	void run(std::span<const std::string> words) override {
		ran.commands.emplace_back(words.begin(), words.end());
		if (words.front() == "kernel")
			throw Failure(Status::kernel, "no");
	}

	Ran run_all(std::istream &lines) {
		Batch batch{"file", go_on, *this, [this](const Failure &failure) {
				    ran.reports.emplace_back(failure.what());
			    }};
		ran.status = batch.run_all(lines);
		EXPECT_TRUE(taken.empty());
		return ran;
	}

	Ran ran{};
	std::vector<std::pair<unsigned, Words>> taken{};

private:
	bool go_on;
};

Ran run(const std::string &text, bool force) {
	TestRunner runner(force);
	std::istringstream lines(text);
	return runner.run_all(lines);
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
	EXPECT_EQ(ran.commands, (Lines{{"a"}, {"kernel"}, {"b"}}));
	EXPECT_EQ(ran.reports,
		  (Words{"file:2: no", "file:3: a quote is not closed: '", "file:4: bad"}));
	EXPECT_EQ(ran.status, Status::kernel);
}

TEST(Batch, WhatCanBeDoneTogetherIs) {
	auto ran = run("+ 1\n+ 2\na\n# nothing\n+ 3\n", false);
	EXPECT_EQ(ran.commands,
		  (Lines{{"together"}, {"+", "1"}, {"+", "2"}, {"a"}, {"together"}, {"+", "3"}}));
}

TEST(Batch, WhatWasTakenIsDoneBeforeWhatFails) {
	auto ran = run("+ 1\nrefused\n+ 2\n", false);
	EXPECT_EQ(ran.commands, (Lines{{"together"}, {"+", "1"}}));
	EXPECT_EQ(ran.reports, Words{"file:2: bad"});
	EXPECT_EQ(ran.status, Status::refused);
}

TEST(Batch, WhatWasTakenMayEndIt) {
	for (const auto *next : {"refused\n", "'\n", "a\n", ""}) {
		auto ran = run("+ 1\n+ 2 \\\n kernel\n+ 4\n" + std::string(next), false);
		EXPECT_EQ(ran.commands, (Lines{{"together"}, {"+", "1"}}));
		EXPECT_EQ(ran.reports, Words{"file:2: no"}) << next;
		EXPECT_EQ(ran.status, Status::kernel);
	}
}

TEST(Batch, ForcedTheReportsAreInOrder) {
	auto ran = run("+ kernel\n+ 2\n+ kernel\nrefused\n+ 5\nkernel\n+ 7", true);
	EXPECT_EQ(ran.reports, (Words{"file:1: no", "file:3: no", "file:4: bad", "file:6: no"}));
	EXPECT_EQ(ran.commands,
		  (Lines{{"together"}, {"+", "kernel"}, {"+", "2"}, {"+", "kernel"},
			 {"together"}, {"+", "5"}, {"kernel"},
			 {"together"}, {"+", "7"}}));
	EXPECT_EQ(ran.status, Status::kernel);
}

TEST(Batch, NoMoreAtOnceThanThereIsRoomFor) {
	std::string text;
	for (int i = 0; i < 9; i++)
		text += "+ x\n";
	auto ran = run(text, false);
	EXPECT_EQ(std::ranges::count(ran.commands, Words{"together"}), 3);
	EXPECT_EQ(ran.commands.size(), 12U);
}

// Some lines are at hand, and some more after a while.
class Slow : public std::stringbuf {
public:
	explicit Slow(std::function<void()> on_wait) : wait(std::move(on_wait)) {}

protected:
	int_type underflow() override {
		if (part == 2)
			return traits_type::eof();
		wait();
		text = part++ == 0 ? "+ 1\n+ 2\n" : "+ 3\n";
		setg(text.data(), text.data(), text.data() + text.size());
		return traits_type::to_int_type(text.front());
	}

private:
	std::function<void()> wait;
	std::string text{};
	int part = 0;
};

TEST(Batch, NothingIsLeftUndoneWhileItWaits) {
	TestRunner runner(false);
	std::vector<std::size_t> done;
	Slow slow([&] {
		EXPECT_TRUE(runner.taken.empty());
		done.push_back(runner.ran.commands.size());
	});
	std::istream lines(&slow);
	EXPECT_EQ(runner.run_all(lines).status, Status::done);
	EXPECT_EQ(done, (std::vector<std::size_t>{0, 3}));
	EXPECT_EQ(runner.ran.commands.size(), 5U);
}

// What a file says that is refused before the module is asked.
std::string refusal(const std::string &text) {
	Session session({}, std::cout);
	Transaction transaction(session);
	std::istringstream lines(text);
	try {
		run_atomic("file", lines, transaction);
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.status, Status::refused);
		EXPECT_EQ(transaction.size(), 0U);
		return failure.what();
	}
	return {};
}

TEST(Atomic, TheFirstBadLineIsNamed) {
	EXPECT_EQ(refusal("vnf add a dev a\n# comment\nvnf add \\\n b\nvnf add c dev c d e\n"),
		  "file:3: vnf b: \"dev DEV\" is missing");
	EXPECT_EQ(refusal("vnf add a dev a\nvnf 'b\n"), "file:2: a quote is not closed: '");
}

TEST(Atomic, OnlyChanges) {
	for (const auto *word : {"vnf show", "sid get fc00::1", "cache flush", "version", "help"})
		EXPECT_NE(refusal(word).find("only changes of VNFs, chains and SIDs"),
			  std::string::npos)
			<< word << ": " << refusal(word);
}

TEST(Atomic, NothingIsNoReasonToAsk) { EXPECT_EQ(refusal("\n# nothing\n"), ""); }

} // namespace
