// SPDX-License-Identifier: GPL-2.0
#include "schema.h"

namespace srproxy {

namespace {

Json schema_of(const Attribute &attribute) {
	const auto &kind = attribute.kind;
	auto value = kind.schema();
	Json schema = {{"description", attribute.help}};
	if (kind.list_max() == 0) {
		schema.update(value);
	} else {
		Json list = {{"type", "array"},
			     {"items", value},
			     {"minItems", 1},
			     {"maxItems", kind.list_max()}};
		schema["anyOf"] = {value, list};
	}
	if (auto standard = value_in(attribute, Json::object()); !standard.is_null())
		schema["default"] = standard;
	return schema;
}

Json schema_of(const Object &object) {
	Json keywords = Json::object();
	Json required = Json::array();
	for (const auto &attribute : object.attributes) {
		if (!attribute.settable())
			continue;
		keywords[std::string(attribute.word)] = schema_of(attribute);
		if (attribute.role == Role::required)
			required.push_back(attribute.word);
	}
	const auto &key = *key_of(object);
	return {{"description", object.help},
		{"type", "object"},
		{"propertyNames", key.kind.schema()},
		{"additionalProperties",
		 {{"type", "object"},
		  {"properties", keywords},
		  {"required", required},
		  {"additionalProperties", false}}}};
}

} // namespace

Json config_schema() {
	Json sections = Json::object();
	for (const auto &object : objects())
		if (is_configured(object))
			sections[section_of(object)] = schema_of(object);
	return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", "Configuration of srproxy in a network namespace, srproxy.yaml(5)"},
		{"type", "object"},
		{"properties", sections},
		{"additionalProperties", false}};
}

} // namespace srproxy
