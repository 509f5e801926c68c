// SPDX-License-Identifier: GPL-2.0
#include "config_reader.h"

#include <algorithm>

namespace srproxy {

namespace {

constexpr std::size_t names_max = 8; // in a sentence

void append(std::string &list, std::string_view word) {
	list.append(list.empty() ? "" : ", ").append(word);
}

// A value that a file names: an object of its own section.
struct Reference {
	const Object *object;
	std::string name;
	Bytes key;
	Place place;
	std::string path;
};

class Reader {
public:
	explicit Reader(std::size_t count) : where(count > 1 ? "these files" : "this file") {
		for (const auto &object : objects())
			if (is_configured(object))
				config[&object];
	}

	void read(const Node &file);
	Config finish();

private:
	void read_object(const Object &object, const Node &name, const Node &node);
	Value read_value(const Object &object, const Attribute &attribute, const Node &node,
			 const std::string &path);
	void check_references() const;

	Config config;
	std::vector<Reference> references;
	std::string where;
};

[[noreturn]] void wrong(const Place &place, const std::string &path, const std::string &sentence) {
	throw Failure(Status::refused, sentence).of(path).of(place.text());
}

// Calls visit with each key, which is a word, and its value.
template <typename Visit>
void each(const Node &map, const std::string &path, const std::string &what, Visit visit) {
	if (map.type == Node::Type::null)
		wrong(map.place, path, "is missing: " + what + "; {} is none");
	if (map.type != Node::Type::map)
		wrong(map.place, path, map.what() + " is not a map: " + what);
	for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2) {
		const auto &key = map.elements[i];
		if (key.type == Node::Type::list || key.type == Node::Type::map ||
		    key.type == Node::Type::null)
			wrong(key.place, path, key.what() + " is not a key");
		visit(key, map.elements[i + 1]);
	}
}

// As a word of the command line; a text may look like nothing but itself.
std::string word_of(const Node &node, const Json &schema, const std::string &meta) {
	auto takes = [&schema](const char *type) {
		const auto &types = schema.at("type");
		return types == type || (types.is_array() && std::ranges::count(types, type));
	};
	bool fits = (node.type == Node::Type::boolean && takes("boolean")) ||
		    (node.type == Node::Type::number && takes("integer")) ||
		    (node.type == Node::Type::string && takes("string"));
	if (fits)
		return node.text;
	std::string type = takes("boolean")                      ? "true or false"
			   : takes("integer") && takes("string") ? "a number or text: " + meta
			   : takes("integer")                    ? "a number: " + meta
								 : "a text: " + meta;
	if (node.type == Node::Type::null)
		refuse("there is no value, but it is " + type);
	// [fc00::] is a list of a map
	if (node.type == Node::Type::map && !node.elements.empty() &&
	    node.elements.front().text.ends_with(':'))
		refuse("an address that ends with \":\" needs quotes");
	bool looks = (node.type == Node::Type::boolean || node.type == Node::Type::number) &&
		     takes("string");
	refuse(node.what() + " is not " + type + (looks ? "; with quotes it is one" : ""));
}

std::string words_of(const Node &node, const Kind &kind) {
	auto schema = kind.schema();
	if (node.type != Node::Type::list || kind.list_max() == 0)
		return word_of(node, schema, kind.meta());
	if (node.elements.empty())
		refuse("the list is empty");
	std::string words;
	for (const auto &element : node.elements) {
		auto word = word_of(element, schema, kind.meta());
		if (word.find(',') != word.npos)
			refuse(in_quotes(word) + " in a list is not one element");
		words += (words.empty() ? "" : ",") + word;
	}
	return words;
}

Value Reader::read_value(const Object &object, const Attribute &attribute, const Node &node,
			 const std::string &path) try {
	auto word = words_of(node, attribute.kind);
	auto bytes = attribute.kind.parse(word);
	const auto *referred = referred_by(attribute);
	if (referred && referred != &object)
		references.push_back({referred, word, bytes, node.place, path});
	return {&attribute, std::move(bytes)};
} catch (const Failure &failure) {
	throw failure.of(path).of(node.place.text());
}

void Reader::read_object(const Object &object, const Node &name, const Node &node) {
	auto path = section_of(object) + '.' + name.text;
	std::vector<Value> values;
	try {
		values = key_values(object, name.text);
	} catch (const Failure &failure) {
		throw failure.of(path).of(name.place.text());
	}
	auto key = values.front().bytes;
	auto &entries = config.at(&object);
	if (auto before = entries.find(key); before != entries.end())
		wrong(name.place, path, "is in " + before->second.place->text() + " already");

	each(node, path, "keywords and values", [&](const Node &word, const Node &value) {
		auto found = std::ranges::find(object.attributes, word.text, &Attribute::word);
		if (found == object.attributes.end() || !found->settable()) {
			std::string known;
			for (const auto &attribute : object.attributes)
				if (attribute.settable())
					append(known, attribute.word);
			wrong(word.place, path,
			      in_quotes(word.text) + " is not a keyword: those are " + known);
		}
		auto place = path + '.' + word.text;
		if (std::ranges::find(values, &*found, &Value::attribute) != values.end())
			wrong(word.place, place, "is given twice");
		values.push_back(read_value(object, *found, value, place));
	});

	Json record;
	for (const auto &attribute : object.attributes) {
		auto value = std::ranges::find(values, &attribute, &Value::attribute);
		if (value != values.end())
			attribute.kind.decode(value->bytes, attribute.key(), record);
		else if (attribute.role == Role::required)
			wrong(name.place, path,
			      in_quotes(attribute.word) + " is missing: " + attribute.kind.meta());
	}
	auto implied = implied_by(object, record);
	for (const auto &[word, value] : implied.items())
		if (!record.contains(word))
			record[word] = value;
	auto entry = entry_of(object, std::move(values), std::move(record));
	entry.place = name.place;
	entries.emplace(std::move(key), std::move(entry));
}

void Reader::read(const Node &file) {
	std::string known;
	for (const auto &[object, entries] : config)
		append(known, section_of(*object));
	std::vector<const Object *> seen;
	each(file, "the file", known, [&](const Node &word, const Node &section) {
		auto found = std::ranges::find_if(config, [&](const auto &one) {
			return section_of(*one.first) == word.text;
		});
		if (found == config.end())
			wrong(word.place, word.text, "is not a section: those are " + known);
		const auto &object = *found->first;
		if (std::ranges::count(seen, &object))
			wrong(word.place, word.text, "is there twice");
		seen.push_back(&object);
		each(section, word.text,
		     section_of(object) + " by their " + std::string(key_of(object)->word),
		     [&](const Node &name, const Node &node) { read_object(object, name, node); });
	});
}

void Reader::check_references() const {
	for (const auto &[object, name, key, place, path] : references) {
		const auto &entries = config.at(object);
		if (entries.contains(key))
			continue;
		std::string known;
		std::size_t count = 0;
		for (const auto &[other, entry] : entries)
			if (count++ < names_max)
				append(known, entry.key);
		if (count > names_max)
			known += " and " + std::to_string(count - names_max) + " more";
		wrong(place, path,
		      "there is no " + std::string(object->word) + ' ' + in_quotes(name) + " in " +
			      where + "; " +
			      (known.empty() ? "there is none" : "there are: " + known));
	}
}

Config Reader::finish() {
	check_references();
	return std::move(config);
}

} // namespace

Config config_in(const std::vector<Node> &files) {
	Reader reader(files.size());
	for (const auto &file : files)
		reader.read(file);
	return reader.finish();
}

} // namespace srproxy
