// SPDX-License-Identifier: GPL-2.0
// A command: words, looked up in the command table.
#pragma once

#include "objects.h"

namespace srproxy {

using Words = std::span<const std::string>;

struct Value {
	const Attribute *attribute;
	Bytes bytes; // as in the message
};

struct Invocation {
	const Object *object = nullptr;
	const Form *form = nullptr;
	const Verb *verb = nullptr;
	std::string subject = {}; // whom errors are about: "sid fc00::1"
	std::vector<Value> values = {};
	Words line = {};
};

// What an object's key says: ADDR/PLEN is two values. Throws Failure.
std::vector<Value> key_values(const Object &object, std::string_view word);

// Throws Failure if there is none.
const Object &object_called(std::string_view word);

// Null if there is none.
const Form *find_form(const Object &object, std::string_view verb);
const Attribute *find_keyword(const Object &object, std::string_view word);

// Throws Failure with a sentence that names what is wrong and what would be right.
Invocation parse_command(Words words);

} // namespace srproxy
