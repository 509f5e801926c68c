// SPDX-License-Identifier: GPL-2.0
#include "help.h"

#include "drops.h"
#include "options.h"
#include "session.h"

#include <algorithm>

namespace srproxy {

namespace {

// "WORD META", or for a toggle both words.
std::string phrase(const Attribute &attribute) {
	std::string word(attribute.word);
	if (attribute.role == Role::key)
		return attribute.kind.meta();
	if (attribute.kind.toggle())
		return word + " | no" + word;
	auto meta = attribute.kind.meta();
	return attribute.settable() && !meta.empty() ? word + ' ' + meta : word;
}

std::string optional_phrase(const std::string &words) { return "[ " + words + " ]"; }

// The verbs; in brackets where they may be left out.
std::string verb_phrase(const Object &object, const Form &form) {
	std::string list;
	for (const auto &verb : form.verbs)
		list.append(list.empty() ? "" : " | ").append(verb.word);
	if (form.verbs.size() == 1)
		return list;
	bool alone = object.forms.size() == 1 && form.key == Key::none && !form.keywords;
	return alone ? optional_phrase(list) : "{ " + list + " }";
}

// Usage of a form, in lines of a fair length.
std::string form_lines(const Object &object, const Form &form) {
	std::vector<std::string> parts{verb_phrase(object, form)};
	if (form.key == Key::line) {
		parts.emplace_back("-- [ WORD... ]");
	} else if (form.key != Key::none) {
		auto key = phrase(*key_of(object));
		parts.push_back(form.key == Key::maybe  ? optional_phrase(key)
				: form.key == Key::many ? key + "..."
							: key);
	}
	for (const auto &attribute : object.attributes)
		if (form.keywords && attribute.settable())
			parts.push_back(attribute.role == Role::required
						? phrase(attribute)
						: optional_phrase(phrase(attribute)));

	constexpr std::size_t width = 72;
	std::string text;
	auto line = "srproxyctl " + std::string(object.word);
	for (const auto &part : parts) {
		if (line.size() + part.size() > width) {
			text += line + '\n';
			line = "           ";
		}
		line += part.empty() ? part : ' ' + part;
	}
	return text + line;
}

// Words, and their meaning in a column of its own, below them if they reach into it.
std::string row(const std::string &words, std::string_view meaning) {
	constexpr std::size_t column = 30;
	std::string line = "  " + words;
	if (line.size() >= column)
		line.append("\n").append(column, ' ');
	else
		line.append(column - line.size(), ' ');
	return line.append(meaning) + '\n';
}

std::string rows(const Object &object, std::string_view title, bool reported) {
	std::string lines;
	for (const auto &attribute : object.attributes) {
		bool hidden = attribute.role == Role::hidden;
		bool told = attribute.role == Role::reported || hidden;
		if (told == reported && attribute.role != Role::suffix) // the key tells of it
			lines += row(phrase(attribute),
				     hidden ? "with -j: " + std::string(attribute.help)
					    : std::string(attribute.help));
	}
	return lines.empty() ? lines : '\n' + std::string(title) + '\n' + lines;
}

} // namespace

std::string usage() {
	std::string text = "Usage: srproxyctl [ OPTIONS ] OBJECT { COMMAND | help }\n"
			   "       srproxyctl [ OPTIONS ] -b FILE\n\nObjects:\n";
	for (const auto &object : objects())
		text += row(std::string(object.word), object.help);
	text += "\nOptions:\n";
	for (const auto &option : option_rows()) {
		auto words = std::string("-") + option.letter + ", --" + option.word;
		if (!option.meta.empty())
			words.append(" ").append(option.meta);
		text += row(words, option.help);
	}
	return text + "\nExit status: 0 done, 1 refused or wrong usage, 2 the kernel refused,\n"
		      "3 the module is not there, 4 something differs (diff) or is wrong (doctor).\n";
}

std::string usage(const Object &object) {
	std::string text;
	for (const auto &form : object.forms)
		text.append(form_lines(object, form))
			.append("\n    ")
			.append(form.help)
			.append("\n\n");
	text.pop_back();
	text += rows(object, "Words:", false);
	text += rows(object,
		     object.forms.front().key == Key::must ? "Shown, and ignored when given:"
							   : "Shown:",
		     true);
	if (!object.note.empty())
		text.append("\n").append(object.note).append("\n");
	if (object.word == "stats") {
		text += "\nWhy a packet was dropped:\n";
		for (const auto &drop : drops)
			text += row(std::string(drop.name), drop.meaning);
	}
	return text;
}

void help(Session &session, const Invocation &command) {
	auto text = usage();
	if (!command.values.empty()) {
		const auto &[attribute, bytes] = command.values.front();
		auto word = attribute->kind.read(bytes).get<std::string>();
		text = usage(object_called(word));
	}
	session.output.text(text);
}

} // namespace srproxy
