// SPDX-License-Identifier: GPL-2.0
#include "options.h"

#include "failure.h"

#include <algorithm>
#include <array>

#include <getopt.h>

namespace srproxy {

namespace {

constexpr std::array rows{
	OptionRow{'j', "json", {}, "print JSON", &Options::json, nullptr},
	OptionRow{'p', "pretty", {}, "with -j: indent it", &Options::pretty, nullptr},
	OptionRow{'s', "statistics", {}, "show counters too", &Options::statistics, nullptr},
	OptionRow{'t', "timestamp", {}, "with monitor and trace: when", &Options::timestamp, nullptr},
	OptionRow{'n', "netns", "NETNS", "work in this network namespace, a name or a path",
		  nullptr, &Options::netns},
	OptionRow{'b', "batch", "FILE", "read commands from a file, one a line; -: standard input",
		  nullptr, &Options::batch},
	OptionRow{'f', "force", {}, "with -b: go on after an error", &Options::force, nullptr},
	OptionRow{'a', "atomic", {}, "with -b: do all of its changes, or none", &Options::atomic,
		  nullptr},
	OptionRow{'V', "version", {}, "print the version of this tool", &Options::version, nullptr},
	OptionRow{'h', "help", {}, "print help", &Options::help, nullptr},
};

void refuse_late_options(const std::vector<std::string> &words) {
	std::string early;
	std::string rest;
	for (auto word = words.begin(); word != words.end(); ++word) {
		if (*word == "--")
			break; // what follows is of another command line
		const auto *option = option_in(*word);
		(option ? early : rest) += ' ' + *word;
		if (option && option->value && word + 1 != words.end())
			early += ' ' + *++word;
	}
	if (!early.empty())
		refuse("options stand before the object: srproxyctl" + early + rest);
}

} // namespace

std::span<const OptionRow> option_rows() { return rows; }

const OptionRow *option_in(std::string_view word) {
	const OptionRow *option = nullptr;
	if (word.starts_with("--")) {
		auto row = std::ranges::find(rows, word.substr(2), &OptionRow::word);
		return row == rows.end() ? nullptr : &*row;
	}
	if (!word.starts_with('-'))
		return nullptr;
	for (char letter : word.substr(1)) {
		auto row = std::ranges::find(rows, letter, &OptionRow::letter);
		if (row == rows.end())
			return nullptr;
		option = &*row;
	}
	return option;
}

std::pair<Options, std::vector<std::string>> parse_options(int argc, char **argv) {
	std::string letters = "+:"; // stop at the object; errors are ours to tell
	std::vector<option> words;
	for (const auto &row : rows) {
		letters += row.letter;
		letters += row.value ? ":" : "";
		words.push_back({row.word, row.value ? required_argument : no_argument, nullptr,
				 row.letter});
	}
	words.push_back({});

	Options options;
	optind = 0; // start anew
	for (int letter = 0;
	     (letter = getopt_long(argc, argv, letters.c_str(), words.data(), nullptr)) != -1;) {
		auto row = std::ranges::find(rows, letter, &OptionRow::letter);
		if (letter == ':')
			refuse(std::string("option ") + argv[optind - 1] + " needs a value");
		if (row == rows.end())
			refuse(in_quotes(argv[optind > 1 ? optind - 1 : 1]) +
			       " is not an option; see srproxyctl help");
		if (row->flag)
			options.*row->flag = true;
		else if (*optarg == '\0')
			refuse(std::string("option -") + row->letter + " needs a value");
		else
			options.*row->value = optarg;
	}
	std::vector<std::string> rest(argv + optind, argv + argc);
	refuse_late_options(rest);
	return {options, rest};
}

} // namespace srproxy
