// SPDX-License-Identifier: GPL-2.0
// The command table. Parsing, help, messages and output all come from it: a new
// attribute is one line in objects.cpp.
#pragma once

#include "attribute.h"

namespace srproxy {

class Session;
struct Invocation;

struct Verb {
	std::string_view word;
	std::uint16_t flags = 0; // NLM_F_*
};

// line: behind "--", a whole command line, which is not looked at.
enum class Key { none, maybe, must, many, line };

// One line of usage: verbs that take the same words.
struct Form {
	std::span<const Verb> verbs; // one without a word: the object takes no verb
	Key key;
	bool keywords;        // the settable attributes may follow
	std::uint8_t command; // SRPROXY_CMD_*
	void (*run)(Session &, const Invocation &);
	std::string_view help;
};

struct Object {
	std::string_view word;
	std::string_view help;
	std::uint16_t nest; // SRPROXY_A_*; 0: not in messages
	std::span<const Attribute> attributes;
	std::span<const Form> forms;
	void (*derive)(Json &record) = nullptr; // completes a decoded record
	std::string_view note = {};             // at the end of its help
	// Of one that can be added: what is so unless its record, which has the required, says
	// otherwise.
	Json (*implied)(const Json &record) = nullptr;
};

// In the order of help.
std::span<const Object> objects();

// Null if there is none.
const Object *find_object(std::string_view word);

const Attribute *key_of(const Object &object);

// Can it be added? Those come after what they refer to.
bool is_configured(const Object &object);

// The object and the verb ("new", "del") that a notification is about.
struct Event {
	const Object *object;
	std::string_view verb;
};

std::optional<Event> event_of(std::uint8_t command);

} // namespace srproxy
