// SPDX-License-Identifier: GPL-2.0
#include "output.h"

#include <algorithm>

namespace srproxy {

namespace {

constexpr int dense = -1;
constexpr int indented = 4;

} // namespace

std::string text_of(const Object &object, const Json &record, bool all) {
	std::string line;
	for (const auto &element : record.items()) {
		const auto &key = element.key();
		const auto &value = element.value();
		auto row = std::ranges::find(object.attributes, key, &Attribute::key);
		bool listed = row != object.attributes.end();
		auto text = listed ? row->kind.text(value, all) : plain_text(value);
		std::string word = key;
		std::ranges::replace(word, '_', '-');

		if (line.empty()) // what it is called
			line = text;
		else if (listed && (row->role == Role::hidden || text == row->standard))
			continue;
		else if (listed && row->role == Role::suffix)
			line += '/' + text;
		else if (value.is_boolean())
			line += value ? ' ' + word : "";
		else if (value.is_object()) // brings its words and blanks
			line += text;
		else
			line.append(" ").append(word).append(" ").append(text);
	}
	return line;
}

void Output::json(const Json &value, int indent) {
	// Device names need not be UTF-8.
	stream << value.dump(indent, ' ', false, Json::error_handler_t::replace) << '\n';
}

void Output::list(const Object &object, const std::vector<Json> &records, bool all) {
	if (options.json) {
		json(records, options.pretty ? indented : dense);
		return;
	}
	for (const auto &record : records)
		stream << text_of(object, record, all) << '\n';
}

void Output::one(const Json &value, const std::string &text) {
	if (options.json)
		json(value, options.pretty ? indented : dense);
	else
		stream << text << '\n';
}

bool Output::event(const Json &value, const std::string &text) {
	if (options.json)
		json(value, dense);
	else
		stream << text << '\n';
	return stream.flush().good();
}

} // namespace srproxy
