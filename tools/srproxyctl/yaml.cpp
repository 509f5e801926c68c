// SPDX-License-Identifier: GPL-2.0
#include "yaml.h"

#include <algorithm>
#include <array>

#include <yaml-cpp/emitter.h>

namespace srproxy {

namespace {

// Could another reader, of YAML 1.1 even, take it for something else than a text? IPv6 and IPv4
// addresses begin as numbers, and are none.
bool needs_quotes(const std::string &text) {
	constexpr std::array words{"y",  "n",   "yes",  "no",  "true", "false",
				   "on", "off", "null", "nan", "inf"};
	if (text.empty())
		return true;
	if (std::string_view("0123456789+-.~").find(text.front()) == std::string_view::npos)
		return std::ranges::any_of(words,
					   [&](const char *word) { return same_word(text, word); });
	return text.find("::") == text.npos && std::ranges::count(text, '.') != 3;
}

void put(YAML::Emitter &out, const Json &value) {
	if (value.is_object()) {
		out << YAML::BeginMap;
		for (const auto &[key, element] : value.items()) {
			out << YAML::Key;
			put(out, key);
			out << YAML::Value;
			put(out, element);
		}
		out << YAML::EndMap;
	} else if (value.is_array()) {
		out << YAML::Flow << YAML::BeginSeq;
		for (const auto &element : value)
			put(out, element);
		out << YAML::EndSeq;
	} else if (value.is_string()) {
		const auto &text = value.get_ref<const std::string &>();
		if (needs_quotes(text))
			out << YAML::DoubleQuoted;
		out << text;
	} else {
		out << value.dump();
	}
}

} // namespace

std::string yaml_text(const Json &value) {
	YAML::Emitter out;
	put(out, value);
	return std::string(out.c_str()) + '\n';
}

} // namespace srproxy
