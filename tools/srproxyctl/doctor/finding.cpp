// SPDX-License-Identifier: GPL-2.0
#include "doctor/finding.h"

namespace srproxy {

std::string_view name_of(Severity severity) {
	switch (severity) {
	case Severity::note:
		return "note";
	case Severity::warning:
		return "warning";
	default:
		return "error";
	}
}

std::string shell_word(const std::string &word) {
	constexpr std::string_view harmless =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,:/@%+=-";
	if (!word.empty() && word.find_first_not_of(harmless) == word.npos)
		return word;
	std::string quoted = "'";
	for (char c : word)
		quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
	return quoted + '\'';
}

std::string command_line(const std::vector<std::string> &commands, const std::string &netns) {
	std::string where;
	if (netns.find('/') != netns.npos)
		where = "nsenter --net=" + shell_word(netns) + ' ';
	else if (!netns.empty())
		where = "ip netns exec " + shell_word(netns) + ' ';
	std::string line;
	for (const auto &command : commands)
		line += (line.empty() ? "" : " && ") + where + command;
	return line;
}

} // namespace srproxy
