// SPDX-License-Identifier: GPL-2.0
#include "config.h"

#include <algorithm>

namespace srproxy {

Json implied_by(const Object &object, const Json &record) {
	return object.implied ? object.implied(record) : Json::object();
}

namespace {

bool in_config(const Attribute &attribute) {
	return attribute.settable() || attribute.role == Role::key ||
	       attribute.role == Role::suffix;
}

Json own_of(const Object &object, const Json &record) {
	Json own;
	auto implied = implied_by(object, record);
	for (const auto &attribute : object.attributes) {
		if (!in_config(attribute))
			continue;
		auto key = attribute.key();
		auto otherwise = implied.find(key);
		auto value = record.find(key);
		if (value == record.end()) {
			if (otherwise != implied.end())
				own[key] = nullptr; // none, which no file can say
			continue;
		}
		bool standard = otherwise != implied.end() ? *value == *otherwise
				: value->is_boolean()
					? *value == false
					: attribute.kind.text(*value, false) == attribute.standard;
		if (!standard || attribute.role == Role::key)
			own[key] = *value;
	}
	return own;
}

} // namespace

std::string section_of(const Object &object) { return std::string(object.word) + 's'; }

const Object *referred_by(const Attribute &attribute) {
	const auto *object = find_object(attribute.word);
	return object && is_configured(*object) ? object : nullptr;
}

Entry entry_of(const Object &object, std::vector<Value> values, Json record) {
	std::string key;
	for (const auto &attribute : object.attributes) {
		auto value = record.find(attribute.key());
		if (value == record.end())
			continue;
		auto text = attribute.kind.text(*value, false);
		if (attribute.role == Role::key)
			key = text;
		else if (attribute.role == Role::suffix && text != attribute.standard)
			key += '/' + text;
	}
	auto own = own_of(object, record);
	return {std::move(key), std::move(values), std::move(record), std::move(own)};
}

Config config_of(const std::map<const Object *, std::vector<Json>> &records) {
	Config config;
	for (const auto &[object, list] : records) {
		auto &entries = config[object];
		for (const auto &told : list) {
			Json record;
			for (const auto &attribute : object->attributes)
				if (in_config(attribute) && told.contains(attribute.key()))
					record[attribute.key()] = told.at(attribute.key());
			auto entry = entry_of(*object, {}, std::move(record));
			entry.values = key_values(*object, entry.key);
			entries.emplace(entry.values.front().bytes, std::move(entry));
		}
	}
	return config;
}

Json file_of(const Config &config) {
	Json file = Json::object();
	for (const auto &[object, entries] : config) {
		for (const auto &[key, entry] : entries) {
			auto &written = file[section_of(*object)][entry.key] = Json::object();
			for (const auto &attribute : object->attributes) {
				auto value = entry.own.find(attribute.key());
				if (!attribute.settable() || value == entry.own.end())
					continue;
				if (value->is_null())
					refuse(std::string(object->word) + ' ' + entry.key + ": " +
					       std::string(attribute.word) +
					       " is none, which cannot be written to a file");
				written[std::string(attribute.word)] =
					attribute.kind.in_file(*value);
			}
		}
	}
	try {
		file.dump();
	} catch (const Json::exception &) {
		refuse("there is a device whose name is not UTF-8, and cannot be written to a "
		       "file");
	}
	return file;
}

Json value_in(const Attribute &attribute, const Json &record) {
	auto value = record.find(attribute.key());
	if (value != record.end() && !value->empty())
		return attribute.kind.in_file(*value);
	if (attribute.kind.toggle())
		return false;
	if (attribute.standard.empty())
		return {};
	return attribute.kind.in_file(
		attribute.kind.read(attribute.kind.parse(attribute.standard)));
}

} // namespace srproxy
