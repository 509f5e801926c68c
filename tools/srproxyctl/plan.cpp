// SPDX-License-Identifier: GPL-2.0
#include "plan.h"

#include "output.h"

#include <algorithm>

namespace srproxy {

namespace {

// Calls visit with each attribute that is to have another value, and both.
template <typename Visit>
void each_difference(const Change &change, Visit visit) {
	for (const auto &attribute : change.object->attributes) {
		auto key = attribute.key();
		// Values of null are values, too.
		auto one = change.is->own.find(key);
		auto other = change.wanted->own.find(key);
		bool is = one != change.is->own.end();
		bool wanted = other != change.wanted->own.end();
		if (is != wanted || (is && *one != *other))
			visit(attribute, value_in(attribute, change.is->record),
			      value_in(attribute, change.wanted->record));
	}
}

std::string text_of_value(const Json &value) {
	return value.is_null() ? "none" : plain_text(value);
}

} // namespace

std::vector<Change> changes_between(const Config &is, const Config &wanted) {
	std::vector<Change> changes;
	for (const auto &[object, have] : is) {
		const auto &want = wanted.at(object);
		auto one = have.begin();
		auto other = want.begin();
		while (one != have.end() || other != want.end()) {
			if (other == want.end() ||
			    (one != have.end() && one->first < other->first)) {
				changes.push_back({object, &one++->second, nullptr});
			} else if (one == have.end() || other->first < one->first) {
				changes.push_back({object, nullptr, &other++->second});
			} else {
				if (one->second.own != other->second.own)
					changes.push_back({object, &one->second, &other->second});
				++one;
				++other;
			}
		}
	}
	return changes;
}

std::string text_of(const Change &change) {
	std::string word(change.object->word);
	if (!change.is)
		return "+ " + word + ' ' + text_of(*change.object, change.wanted->own, false) +
		       '\n';
	if (!change.wanted)
		return "- " + word + ' ' + change.is->key + '\n';
	std::string lines;
	each_difference(change, [&](const Attribute &attribute, const Json &is,
				    const Json &wanted) {
		lines += "~ " + word + ' ' + change.is->key + ' ' + std::string(attribute.word) +
			 ": " + text_of_value(is) + " -> " + text_of_value(wanted) + '\n';
	});
	return lines;
}

Json json_of(const Change &change) {
	Json json = {{"change", !change.is       ? "add"
				: !change.wanted ? "del"
						 : "replace"},
		     {"object", change.object->word},
		     {std::string(key_of(*change.object)->word),
		      (change.is ? change.is : change.wanted)->key}};
	if (!change.wanted)
		return json;
	auto &values = json["values"] = Json::object();
	if (!change.is) {
		for (const auto &attribute : change.object->attributes)
			if (attribute.settable() && change.wanted->own.contains(attribute.key()))
				values[std::string(attribute.word)] =
					value_in(attribute, change.wanted->own);
		return json;
	}
	each_difference(
		change, [&](const Attribute &attribute, const Json &is, const Json &wanted) {
			values[std::string(attribute.word)] = {{"is", is}, {"wanted", wanted}};
		});
	return json;
}

std::vector<Step> steps_for(const std::vector<Change> &changes) {
	std::vector<Step> steps;
	auto refers = [](const Change &change) {
		return std::ranges::any_of(change.object->attributes, [](const auto &attribute) {
			return referred_by(attribute) != nullptr;
		});
	};
	auto put = [&](bool deleted, bool referring) {
		for (const auto &change : changes)
			if (!change.wanted == deleted && refers(change) == referring)
				steps.push_back({deleted     ? "del"
						 : change.is ? "replace"
							     : "add",
						 change.object,
						 deleted ? change.is : change.wanted});
	};
	put(true, true);
	put(false, false);
	put(false, true);
	put(true, false);
	return steps;
}

Invocation command_of(const Step &step) {
	for (const auto &form : step.object->forms) {
		auto verb = std::ranges::find(form.verbs, step.verb, &Verb::word);
		if (verb == form.verbs.end())
			continue;
		return {.object = step.object,
			.form = &form,
			.verb = &*verb,
			.subject = std::string(step.object->word) + ' ' + step.entry->key,
			.values = form.keywords ? step.entry->values
						: key_values(*step.object, step.entry->key)};
	}
	refuse("there is no " + std::string(step.verb) + " of " + std::string(step.object->word));
}

} // namespace srproxy
