// SPDX-License-Identifier: GPL-2.0
#include "command.h"

#include <algorithm>

#include <linux/netlink.h>

namespace srproxy {

namespace {

void append(std::string &list, std::string_view word) {
	if (!word.empty())
		list.append(list.empty() ? "" : ", ").append(word);
}

std::string object_words() {
	std::string list;
	for (const auto &object : objects())
		append(list, object.word);
	return list;
}

std::string verb_words(const Object &object) {
	std::string list;
	for (const auto &form : object.forms)
		for (const auto &verb : form.verbs)
			append(list, verb.word);
	return list;
}

std::string keywords(const Object &object) {
	std::string list;
	for (const auto &attribute : object.attributes) {
		if (!attribute.settable())
			continue;
		append(list, attribute.word);
		if (attribute.kind.toggle())
			append(list, "no" + std::string(attribute.word));
	}
	return list;
}

std::string_view take(Words &words) {
	std::string_view word = words.front();
	words = words.subspan(1);
	return word;
}

bool find_verb(Invocation &command, std::string_view word) {
	command.form = find_form(*command.object, word);
	if (command.form)
		command.verb = &*std::ranges::find(command.form->verbs, word, &Verb::word);
	return command.form != nullptr;
}

// Without a verb, show; or else the object's first.
void take_verb(Invocation &command, Words &words) {
	const auto &object = *command.object;
	auto first = object.forms.front().verbs.front().word;
	if (first.empty() && !words.empty() && find_verb(command, words.front())) {
		take(words);
	} else if (!first.empty() && !words.empty()) {
		auto word = take(words);
		if (!find_verb(command, word))
			refuse(in_quotes(word) + " is not a command: those are " +
			       verb_words(object) + ", help");
	} else if (!find_verb(command, "show")) {
		find_verb(command, first);
	}
}

bool fits(const Kind &kind, std::string_view word) try {
	kind.parse(word);
	return true;
} catch (const Failure &) {
	return false;
}

// A key may look like a keyword, but not if that keyword's value follows.
void check_key(const Invocation &command, Words words) {
	if (command.form->key != Key::must && command.form->key != Key::many)
		return;
	const auto &object = *command.object;
	const auto &kind = key_of(object)->kind;
	bool missing = words.empty();
	if (!missing && command.form->keywords && find_keyword(object, words[0]))
		missing = !fits(kind, words[0]) ||
			  (words.size() > 1 && !find_keyword(object, words[1]));
	if (missing)
		refuse(kind.meta() + " is missing");
}

// Where a key may be missing, a keyword may stand in its place.
bool key_follows(const Invocation &command, Words words) {
	if (words.empty() || command.form->key == Key::none)
		return false;
	const auto &object = *command.object;
	return command.form->key == Key::must || !command.form->keywords ||
	       !find_keyword(object, words[0]) || fits(key_of(object)->kind, words[0]);
}

void take_key(Invocation &command, Words &words) {
	do {
		if (words.empty())
			return;
		auto more = key_values(*command.object, take(words));
		command.values.insert(command.values.end(), more.begin(), more.end());
	} while (command.form->key == Key::many);
}

Bytes take_value(const Attribute &attribute, std::string_view keyword, Words &words) try {
	if (attribute.kind.toggle())
		return {static_cast<std::uint8_t>(keyword == attribute.word)};
	if (words.empty())
		refuse(attribute.kind.meta() + " is missing");
	return attribute.kind.parse(take(words));
} catch (const Failure &failure) {
	throw failure.of(attribute.word);
}

void check_once(const Invocation &command, const Attribute &attribute, const Bytes &bytes) {
	auto before = std::ranges::find(command.values, &attribute, &Value::attribute);
	if (before == command.values.end())
		return;
	std::string word(attribute.word);
	if (attribute.kind.toggle() && before->bytes != bytes)
		refuse(word + " and no" + word + " exclude each other");
	refuse(word + " is given twice");
}

void take_keyword(Invocation &command, Words &words) {
	auto word = take(words);
	const auto *found = find_keyword(*command.object, word);
	if (!command.form->keywords)
		refuse(in_quotes(word) + " is one word too many");
	if (found && found->settable()) {
		auto bytes = take_value(*found, word, words);
		check_once(command, *found, bytes);
		command.values.push_back({found, std::move(bytes)});
		return;
	}
	// What show reports may be fed back, and means nothing.
	bool sets = command.form->key == Key::must;
	if (!sets)
		for (const auto &filter : command.object->attributes)
			if (filter.settable() && fits(filter.kind, word))
				refuse(in_quotes(word) + " is not a keyword: write: " +
				       std::string(filter.word) + ' ' + std::string(word));
	bool in_key = found && (found->role == Role::key || found->role == Role::suffix);
	if (!found || in_key || !sets)
		refuse(in_quotes(word) + " is not a keyword: those are " +
		       keywords(*command.object));
	if (words.empty())
		refuse(std::string(found->word) + ": its value is missing");
	take(words);
}

void check_required(const Invocation &command) {
	if (!(command.verb->flags & NLM_F_CREATE))
		return;
	for (const auto &attribute : command.object->attributes)
		if (attribute.role == Role::required &&
		    std::ranges::find(command.values, &attribute, &Value::attribute) ==
			    command.values.end())
			refuse(in_quotes(std::string(attribute.word) + ' ' +
					 attribute.kind.meta()) +
			       " is missing");
}

} // namespace

std::vector<Value> key_values(const Object &object, std::string_view word) {
	const auto &key = *key_of(object);
	std::vector<Value> values{{&key, key.kind.parse(word)}};
	// The key alone finds an object; the rest of the word need not be said, but be right.
	if (word.find('/') == word.npos)
		return values;
	for (const auto &attribute : object.attributes)
		if (attribute.role == Role::suffix)
			values.push_back({&attribute, attribute.kind.parse(word)});
	return values;
}

const Attribute *find_keyword(const Object &object, std::string_view word) {
	auto called = [word](const Attribute &attribute) {
		return attribute.word == word ||
		       (attribute.kind.toggle() && "no" + std::string(attribute.word) == word);
	};
	auto found = std::ranges::find_if(object.attributes, called);
	return found == object.attributes.end() ? nullptr : &*found;
}

const Form *find_form(const Object &object, std::string_view verb) {
	auto has = [verb](const Form &form) {
		return std::ranges::find(form.verbs, verb, &Verb::word) != form.verbs.end();
	};
	auto found = std::ranges::find_if(object.forms, has);
	return found == object.forms.end() ? nullptr : &*found;
}

const Object &object_called(std::string_view word) {
	const auto *object = find_object(word);
	if (!object)
		refuse(in_quotes(word) + " is not an object: those are " + object_words());
	return *object;
}

Invocation parse_command(Words words) {
	if (words.empty())
		refuse("an object is missing: one of " + object_words());
	auto word = take(words);
	Invocation command;
	command.object = &object_called(word);
	if (!words.empty() && words.front() == "help" && word != "help") {
		const std::string asked[] = {"help", std::string(word)};
		return parse_command(asked);
	}

	command.subject = word;
	try {
		take_verb(command, words);
		if (command.form->key == Key::line) {
			if (words.empty() || words.front() != "--")
				refuse("\"--\" is missing, and behind it a command line");
			command.line = words.subspan(1);
			return command;
		}
		if (command.form->key == Key::none && !command.verb->word.empty())
			command.subject.append(" ").append(command.verb->word);
		check_key(command, words);
		if (key_follows(command, words)) {
			command.subject.append(" ").append(words.front());
			take_key(command, words);
		}
		auto arguments = words;
		while (!words.empty())
			take_keyword(command, words);
		check_required(command);
		if (command.form->key == Key::none)
			for (const auto &argument : arguments)
				command.subject.append(" ").append(argument);
		else if (command.form->key == Key::many)
			command.subject.clear(); // each error says which of them it is about
	} catch (const Failure &failure) {
		throw failure.of(command.subject);
	}
	return command;
}

} // namespace srproxy
