// SPDX-License-Identifier: GPL-2.0
#include "completion.h"

#include "actions.h"
#include "netns.h"
#include "options.h"
#include "session.h"

#include <algorithm>
#include <filesystem>

#include <linux/netlink.h>

namespace srproxy {

namespace {

using Suggestions = std::vector<std::string>;

const std::string &take(Words &words) {
	const auto &word = words.front();
	words = words.subspan(1);
	return word;
}

Suggestions object_words() {
	Suggestions words;
	for (const auto &object : objects())
		words.emplace_back(object.word);
	return words;
}

Suggestions verbs(const Object &object) {
	Suggestions words;
	for (const auto &form : object.forms)
		for (const auto &verb : form.verbs)
			if (!verb.word.empty())
				words.emplace_back(verb.word);
	return words;
}

void append(Suggestions &words, const Suggestions &more) {
	words.insert(words.end(), more.begin(), more.end());
}

// The names in a directory, each with what stands before it.
Suggestions entries(const std::filesystem::path &directory, const std::string &before) {
	Suggestions words;
	std::error_code error;
	for (const auto &entry : std::filesystem::directory_iterator(directory, error))
		words.push_back(before + entry.path().filename().string() +
				(entry.is_directory(error) ? "/" : ""));
	return words;
}

Suggestions files(std::string_view typed) {
	std::string before(typed.substr(0, typed.rfind('/') + 1));
	return entries(before.empty() ? "." : before, before);
}

Suggestions values(const Kind &kind, std::string_view typed, const KeysOf &keys_of) {
	if (kind.meta() == "FILE")
		return files(typed);
	auto object = kind.refers_to();
	return object.empty() ? kind.suggest(typed) : keys_of(object);
}

// Those that have not been said, and of a toggle neither word.
Suggestions keywords(const Object &object, std::span<const Attribute *const> said) {
	Suggestions words;
	for (const auto &attribute : object.attributes) {
		if (!attribute.settable() || std::ranges::find(said, &attribute) != said.end())
			continue;
		words.emplace_back(attribute.word);
		if (attribute.kind.toggle())
			words.push_back("no" + std::string(attribute.word));
	}
	return words;
}

Suggestions arguments(const Object &object, Words line, const KeysOf &keys_of) {
	std::vector<const Attribute *> said;
	while (line.size() > 1) {
		const auto *attribute = find_keyword(object, take(line));
		if (!attribute)
			return {};
		said.push_back(attribute);
		if (attribute->kind.toggle())
			continue;
		const auto &value = take(line);
		if (line.empty())
			return values(attribute->kind, value, keys_of);
	}
	return keywords(object, said);
}

Suggestions option_values(const OptionRow &option, std::string_view typed) {
	bool name = option.value == &Options::netns && typed.find('/') == typed.npos;
	return name ? entries("/run/netns", "") : files(typed);
}

Suggestions option_words() {
	Suggestions words;
	for (const auto &option : option_rows())
		words.push_back(std::string("--") + option.word);
	return words;
}

// Of this network namespace; none if they cannot be had. That is nothing to load a module for.
Suggestions keys_in_kernel(Session &session, std::string_view word) try {
	std::error_code error;
	if (!std::filesystem::exists("/sys/module/srproxy", error))
		return {};
	const auto &object = object_called(word);
	Suggestions keys;
	for (const auto &record : list(session, object))
		keys.push_back(record.at(key_of(object)->key()).get<std::string>());
	return keys;
} catch (const Failure &) {
	return {};
}

bool entered(const std::string &netns) try {
	enter_netns(netns);
	return true;
} catch (const Failure &) {
	return false; // who completes need not be who may run it
}

// Options, of which a network namespace is entered, and then what is next.
Suggestions suggestions(Session &session, Words line) {
	bool there = true;
	while (line.front().starts_with('-')) {
		const auto &word = take(line);
		if (line.empty())
			return option_words();
		const auto *option = option_in(word);
		if (!option)
			return {};
		if (!option->value)
			continue;
		const auto &value = take(line);
		if (line.empty())
			return option_values(*option, value);
		if (option->value == &Options::netns)
			there = entered(value);
	}
	return next_words(line, [&](auto object) {
		return there ? keys_in_kernel(session, object) : Suggestions{};
	});
}

} // namespace

Suggestions next_words(Words line, const KeysOf &keys_of) {
	if (line.size() <= 1)
		return object_words();
	const auto *object = find_object(take(line));
	if (!object)
		return {};

	const auto *form = &object->forms.front();
	const auto *verb = &form->verbs.front();
	bool needs_verb = !verb->word.empty();
	Suggestions words;
	if (line.size() == 1) {
		words = verbs(*object);
		if (needs_verb)
			words.emplace_back("help");
	} else if (const auto *named = find_form(*object, line.front())) {
		form = named;
		verb = &*std::ranges::find(form->verbs, take(line), &Verb::word);
		needs_verb = false;
	}
	if (needs_verb)
		return words;
	if (form->key == Key::maybe || form->key == Key::must) {
		// A new object's is not that of one there is.
		bool is_new = (verb->flags & NLM_F_EXCL) != 0;
		if (line.size() == 1 && !is_new)
			append(words, values(key_of(*object)->kind, line.front(), keys_of));
		if (line.size() > 1)
			take(line);
		else if (form->key == Key::must)
			return words;
	}
	if (form->key == Key::many)
		append(words, values(key_of(*object)->kind, line.back(), keys_of));
	if (form->keywords)
		append(words, arguments(*object, line, keys_of));
	return words;
}

void complete(Session &session, const Invocation &command) {
	if (command.line.empty())
		return;
	std::string text;
	for (const auto &word : suggestions(session, command.line))
		if (word.starts_with(command.line.back()))
			text.append(word).append("\n");
	session.output.text(text);
}

} // namespace srproxy
