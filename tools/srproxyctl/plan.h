// SPDX-License-Identifier: GPL-2.0
// What has to change for one configuration to become another.
#pragma once

#include "config.h"

namespace srproxy {

struct Change {
	const Object *object;
	const Entry *is;     // null: to be added
	const Entry *wanted; // null: to be deleted
};

// In the order of the table and of the keys; nothing of what is the same.
std::vector<Change> changes_between(const Config &is, const Config &wanted);

// For people, a line or more: "+ vnf fw dev to-fw", "- vnf fw", "~ sid fc00::1 vnf: fw -> fw2".
std::string text_of(const Change &change);
Json json_of(const Change &change);

// One thing to do: "add", "replace" or "del".
struct Step {
	std::string_view verb;
	const Object *object;
	const Entry *entry;
};

// In an order that a transaction can have: what refers to others goes before them and comes after
// them.
std::vector<Step> steps_for(const std::vector<Change> &changes);

Invocation command_of(const Step &step);

} // namespace srproxy
