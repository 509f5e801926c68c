// SPDX-License-Identifier: GPL-2.0
#include "batch.h"

namespace srproxy {

std::vector<std::string> split(const std::string &line) {
	constexpr std::string_view blanks = " \t\r\n\v\f";
	std::vector<std::string> words;
	char quote = 0;
	bool in_word = false;
	for (char c : line) {
		if (c == '\0')
			refuse("there is a NUL byte in this line");
		if (quote) {
			if (c == quote)
				quote = 0;
			else
				words.back() += c;
			continue;
		}
		if (blanks.find(c) != blanks.npos) {
			in_word = false;
			continue;
		}
		if (c == '#' && !in_word)
			break;
		if (!in_word)
			words.emplace_back();
		in_word = true;
		if (c == '"' || c == '\'')
			quote = c;
		else
			words.back() += c;
	}
	if (quote)
		refuse(std::string("a quote is not closed: ") + quote);
	return words;
}

namespace {

// A line, with those that it goes on in; how many those are, 0 at the end.
unsigned get_command(std::istream &lines, std::string &line) {
	if (!std::getline(lines, line))
		return 0;
	unsigned count = 1;
	std::string next;
	while (!line.empty() && line.back() == '\\') {
		line.back() = ' ';
		if (!std::getline(lines, next))
			break;
		line += next;
		count++;
	}
	return count;
}

} // namespace

Status Batch::run_all(std::istream &lines) const {
	auto status = Status::done;
	auto failed = [&](unsigned number, const Failure &failure) {
		if (status == Status::done)
			status = failure.status;
		report(failure.of(name + ':' + std::to_string(number)));
	};
	auto goes_on = [&] { return force || status == Status::done; };
	auto done = [&] {
		for (const auto &[number, failure] : runner.finish())
			failed(number, failure);
		return goes_on();
	};

	std::string line;
	for (unsigned number = 1, count = 0; goes_on(); number += count) {
		if ((runner.full() || lines.rdbuf()->in_avail() <= 0) && !done())
			break;
		count = get_command(lines, line);
		if (count == 0)
			break;
		try {
			auto words = split(line);
			if (!words.empty() && !runner.take(words, number) && done())
				runner.run(words);
		} catch (const Failure &failure) {
			if (done())
				failed(number, failure);
		}
	}
	done();
	return status;
}

} // namespace srproxy
