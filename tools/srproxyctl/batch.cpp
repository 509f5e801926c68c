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

Status Batch::run_all(std::istream &lines) const {
	auto status = Status::done;
	std::string line;
	for (unsigned number = 1; std::getline(lines, line); number++) {
		auto first = number;
		std::string next;
		while (!line.empty() && line.back() == '\\') {
			line.back() = ' ';
			if (!std::getline(lines, next))
				break;
			line += next;
			number++;
		}
		try {
			if (auto words = split(line); !words.empty())
				run(words);
		} catch (const Failure &failure) {
			if (status == Status::done)
				status = failure.status;
			report(failure.of(name + ':' + std::to_string(first)));
			if (!force)
				break;
		}
	}
	return status;
}

} // namespace srproxy
