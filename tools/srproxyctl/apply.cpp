// SPDX-License-Identifier: GPL-2.0
#include "apply.h"

#include "actions.h"
#include "config_reader.h"
#include "plan.h"
#include "schema.h"
#include "session.h"
#include "transaction.h"
#include "yaml.h"

namespace srproxy {

namespace {

Config config_in_files(const Invocation &command) {
	std::vector<Node> files;
	for (const auto &[attribute, bytes] : command.values)
		for (auto &file : read_config_files(attribute->kind.read(bytes).get<std::string>()))
			files.push_back(std::move(file));
	return config_in(files);
}

Config config_of(Session &session) {
	std::map<const Object *, std::vector<Json>> records;
	for (const auto &object : objects())
		if (is_configured(object)) {
			const std::string words[] = {std::string(object.word), "show"};
			records[&object] = records_of(session, parse_command(words));
		}
	return config_of(records);
}

// All or nothing.
void send(Session &session, const std::vector<Step> &steps) {
	Transaction transaction(session);
	for (const auto &step : steps)
		transaction.add(command_of(step));
	try {
		transaction.commit();
	} catch (const ChangeFailure &failure) {
		const auto &place = steps.at(failure.change).entry->place;
		throw failure.of(place ? place->text() : "");
	}
}

} // namespace

void apply(Session &session, const Invocation &command) {
	auto wanted = config_in_files(command);
	auto is = config_of(session);
	send(session, steps_for(changes_between(is, wanted)));
}

void diff(Session &session, const Invocation &command) {
	auto wanted = config_in_files(command);
	auto is = config_of(session);
	auto changes = changes_between(is, wanted);
	Json list = Json::array();
	std::string lines;
	for (const auto &change : changes) {
		list.push_back(json_of(change));
		lines += text_of(change);
	}
	if (session.options.json)
		session.output.one(list, {});
	else
		session.output.text(lines);
	if (!changes.empty())
		session.status = Status::found;
}

void export_all(Session &session, const Invocation &) {
	auto file = file_of(config_of(session));
	if (session.options.json)
		session.output.one(file, {});
	else
		session.output.text(yaml_text(file));
}

void schema(Session &session, const Invocation &) {
	session.output.text(config_schema().dump(2) + '\n');
}

} // namespace srproxy
