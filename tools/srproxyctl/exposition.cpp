// SPDX-License-Identifier: GPL-2.0
#include "exposition.h"

namespace srproxy {

namespace {

// Where quotes stand around it, they are escaped as well.
std::string escape(std::string_view text, bool quoted) {
	std::string escaped;
	for (char c : text) {
		if (c == '\n') {
			escaped += "\\n";
			continue;
		}
		if (c == '\\' || (quoted && c == '"'))
			escaped += '\\';
		escaped += c;
	}
	return escaped;
}

} // namespace

void Exposition::begin(std::string_view metric, std::string_view type, std::string_view help) {
	name = metric;
	lines.append("# HELP ").append(name).append(" ").append(escape(help, false)).append("\n");
	lines.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Exposition::sample(const Labels &labels, const std::string &value) {
	std::string list;
	for (const Labels *some : {&std::as_const(common), &labels})
		for (const auto &[label, text] : *some)
			list.append(list.empty() ? "" : ",")
				.append(label)
				.append("=\"")
				.append(escape(text, true))
				.append("\"");
	lines.append(name)
		.append(list.empty() ? list : '{' + list + '}')
		.append(" ")
		.append(value)
		.append("\n");
}

} // namespace srproxy
