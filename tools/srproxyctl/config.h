// SPDX-License-Identifier: GPL-2.0
// The configuration of a namespace: all objects that can be added, as files say or as they are.
#pragma once

#include "command.h"
#include "config_file.h"

#include <map>
#include <optional>

namespace srproxy {

struct Entry {
	std::string key;           // "fw", "fcbb:bb00:f1::/48"
	std::vector<Value> values; // what is said, the key first
	Json record;               // with what is implied by that
	Json own;                  // without what would be so by default; in the table's order
	std::optional<Place> place = {}; // in a file
};

using Entries = std::map<Bytes, Entry>; // by their key, as in a message
using Config = std::map<const Object *, Entries>;

// "sids"
std::string section_of(const Object &object);

// The object whose key this attribute of another one is, or null: a SID's vnf.
const Object *referred_by(const Attribute &attribute);

// What is so unless a record says otherwise.
Json implied_by(const Object &object, const Json &record);
// values: what is said, the key first. The record says what that means, and what is implied.
Entry entry_of(const Object &object, std::vector<Value> values, Json record);

// The objects that the module tells of.
Config config_of(const std::map<const Object *, std::vector<Json>> &records);

// As it is written in a file: YAML's maps and lists are JSON's. Throws Failure if it can't be.
Json file_of(const Config &config);

// An attribute's value as it is written in a file: its default if it has none in the record, or
// null.
Json value_in(const Attribute &attribute, const Json &record);

} // namespace srproxy
