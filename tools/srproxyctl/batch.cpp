// SPDX-License-Identifier: GPL-2.0
#include "batch.h"

#include "transaction.h"

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

void run_atomic(const std::string &name, std::istream &lines, Transaction &transaction) {
	std::vector<unsigned> numbers;
	std::vector<Invocation> commands;
	auto at = [&](unsigned number) { return name + ':' + std::to_string(number); };
	std::string line;
	for (unsigned number = 1, count = 0; (count = get_command(lines, line)) != 0;
	     number += count) {
		try {
			auto words = split(line);
			if (words.empty())
				continue;
			auto command = parse_command(words);
			if (!Transaction::takes(command))
				throw Failure(
					Status::refused,
					"only changes of VNFs, chains and SIDs can be --atomic")
					.of(command.subject);
			commands.push_back(std::move(command));
			numbers.push_back(number);
		} catch (const Failure &failure) {
			throw failure.of(at(number));
		}
	}
	for (const auto &command : commands)
		transaction.add(command);
	try {
		transaction.commit();
	} catch (const ChangeFailure &failure) {
		throw failure.of(at(numbers[failure.change]));
	}
}

} // namespace srproxy
