// SPDX-License-Identifier: GPL-2.0
// One line of an object's attribute table, and the attributes of a message.
#pragma once

#include "kind.h"

#include <functional>
#include <optional>

namespace srproxy {

enum class Role {
	key,      // what the object is called: no keyword
	suffix,   // said with the key, KEY/VALUE, of which its kind parses the whole
	required, // to add or replace
	optional,
	reported, // told by the module; read and ignored when given to it
	hidden,   // as reported, and in JSON only
};

struct Attribute {
	std::string_view word; // its keyword
	std::uint16_t type;    // 0: not in a message, made up by Object::derive
	Role role;
	const Kind &kind;
	std::string_view help;
	std::string_view standard = {}; // the text of the value that text output omits

	std::string key() const; // in JSON: the keyword with '_' for '-'
	bool settable() const { return role == Role::required || role == Role::optional; }
};

using Visit = std::function<void(std::uint16_t type, View payload)>;

// Calls visit for each attribute in a message or nest.
void each_attribute(View attributes, const Visit &visit);

std::optional<View> find_attribute(View attributes, std::uint16_t type);

} // namespace srproxy
