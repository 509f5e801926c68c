// SPDX-License-Identifier: GPL-2.0
#include "actions.h"

#include "message.h"
#include "session.h"
#include "sid_route.h"
#include "version.h"

#include <iostream>

#include <netlink/msg.h>

namespace srproxy {

namespace {

// How often to ask again for a list that changed while it was sent.
constexpr int list_attempts = 16;

bool about_statistics(const Invocation &command) { return command.object->word == "stats"; }

void ask(Session &session, const Invocation &command, std::uint16_t flags, bool statistics,
	 const std::function<void()> &begin, const Reader &visit) {
	const auto &object = *command.object;
	auto &socket = session.socket();
	auto request = encode(command, flags, statistics, socket.family());

	for (int attempt = 0; attempt < list_attempts; attempt++) {
		begin();
		auto reply = socket.ask(*request, [&](const nlmsghdr &message) {
			visit(content_of(message).attributes);
		});
		const auto &verdict = reply.verdict();
		if (verdict.error != 0)
			throw Failure(Status::kernel,
				      explain(verdict, object, *nlmsg_hdr(request.get())));
		if (!verdict.message.empty())
			std::cerr << "srproxyctl: " << command.subject << ": "
				  << explain(verdict, object, *nlmsg_hdr(request.get())) << '\n';
		if (!reply.interrupted())
			return;
	}
	throw Failure(Status::kernel, "objects change faster than they can be listed: try again");
}

std::vector<Json> ask(Session &session, const Invocation &command, std::uint16_t flags,
		      bool statistics) {
	std::vector<Json> records;
	ask(
		session, command, flags, statistics, [&] { records.clear(); },
		[&](View attributes) { records.push_back(decode(*command.object, attributes)); });
	return records;
}

std::vector<Json> ask(Session &session, const Invocation &command, std::uint16_t flags) {
	bool statistics = command.form->command == SRPROXY_CMD_SID_GET &&
			  (session.options.statistics || about_statistics(command));
	return ask(session, command, flags, statistics);
}

// "OBJECT show"
Invocation showing(std::string_view word) {
	const std::string words[] = {std::string(word), "show"};
	return parse_command(words);
}

} // namespace

void check_exists(Session &session, const Invocation &command) {
	auto key = command;
	std::erase_if(key.values, [](const Value &value) { return value.attribute->type == 0; });
	ask(session, key, 0);
}

void change_objects(Session &session, const Invocation &command) {
	ask(session, command, command.verb->flags);
}

void change(Session &session, const Invocation &command) {
	if (command.object->nest == SRPROXY_A_SID)
		change_sids(session, command);
	else
		change_objects(session, command);
}

bool is_one_change(const Invocation &command) {
	if (command.form->run != change)
		return false;
	auto nest = command.object->nest;
	return nest == SRPROXY_A_VNF || nest == SRPROXY_A_CHAIN ||
	       (nest == SRPROXY_A_SID && adds_without_route(command));
}

std::vector<Json> records_of(Session &session, const Invocation &command) {
	auto flags = command.verb->flags;
	if (command.values.empty())
		flags |= NLM_F_DUMP;
	return ask(session, command, flags);
}

void show(Session &session, const Invocation &command) {
	bool all = session.options.statistics && about_statistics(command);
	auto records = records_of(session, command);
	if (command.object->nest == SRPROXY_A_SID)
		show_actions(records);
	session.output.list(*command.object, records, all);
}

std::vector<Json> list_all(Session &session, std::string_view object, bool statistics) {
	return ask(session, showing(object), NLM_F_DUMP, statistics);
}

void visit_all(Session &session, std::string_view object, const std::function<void()> &begin,
	       const Reader &visit) {
	ask(session, showing(object), NLM_F_DUMP, false, begin, visit);
}

Json module_info(Session &session) {
	const std::string words[] = {"version"};
	auto records = ask(session, parse_command(words), 0);
	return records.empty() ? Json::object() : std::move(records.front());
}

std::vector<Json> list(Session &session, const Object &object) {
	Invocation command;
	command.object = &object;
	command.form = find_form(object, "show");
	return ask(session, command, NLM_F_DUMP);
}

void version(Session &session, const Invocation &command) {
	Json module;
	std::string text = "not loaded";
	try {
		module = module_info(session);
		text = text_of(*command.object, module, false);
	} catch (const Failure &failure) {
		if (failure.status != Status::absent) {
			text = std::string("loaded; ") + failure.what();
			module = Json::object();
		}
	}
	session.output.one({{"version", tool_version()}, {"module", module}},
			   std::string("srproxyctl ") + tool_version() + "\nmodule: " + text);
}

void run(Session &session, Words words) {
	auto command = parse_command(words);
	try {
		command.form->run(session, command);
	} catch (const Failure &failure) {
		throw failure.of(command.subject);
	}
}

const char *tool_version() { return SRPROXY_VERSION; }

} // namespace srproxy
