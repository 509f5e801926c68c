// SPDX-License-Identifier: GPL-2.0
#include "monitor.h"

#include "message.h"
#include "session.h"

#include <array>
#include <chrono>
#include <ctime>

#include <linux/genetlink.h>

namespace srproxy {

namespace {

std::string now(const Options &options) {
	using namespace std::chrono;
	if (!options.timestamp)
		return {};
	return timestamp(
		duration_cast<microseconds>(system_clock::now().time_since_epoch()).count());
}

Json begin_json(const std::string &when, std::string_view verb) {
	Json json = Json::object();
	if (!when.empty())
		json["timestamp"] = when;
	json["event"] = verb;
	return json;
}

std::string begin_text(const std::string &when) { return when.empty() ? when : when + ' '; }

} // namespace

std::string timestamp(std::int64_t microseconds) {
	constexpr std::int64_t per_second = 1'000'000;
	std::time_t seconds = microseconds / per_second;
	std::tm parts{};
	std::array<char, sizeof("2000-01-01T00:00:00")> date{};
	gmtime_r(&seconds, &parts);
	std::strftime(date.data(), date.size(), "%FT%T", &parts);
	// The digits after the 1 keep their zeros.
	auto fraction = std::to_string(per_second + microseconds % per_second).substr(1);
	return std::string(date.data()) + '.' + fraction + 'Z';
}

Json event_json(const Event &event, const Json &record, const std::string &when) {
	auto json = begin_json(when, event.verb);
	json["object"] = event.object->word;
	json.update(record);
	return json;
}

std::string event_text(const Event &event, const Json &record, const std::string &when) {
	std::string text =
		begin_text(when).append(event.object->word).append(" ").append(event.verb);
	return record.empty() ? text : text + ' ' + text_of(*event.object, record, false);
}

bool tells_removal(const nlmsghdr &message) {
	if (message.nlmsg_type != GENL_ID_CTRL)
		return false;
	auto content = content_of(message);
	auto family = find_attribute(content.attributes, CTRL_ATTR_FAMILY_NAME);
	return content.command == CTRL_CMD_DELFAMILY && family &&
	       String().read(*family) == SRPROXY_FAMILY_NAME;
}

void monitor(Session &session, const Invocation &command) {
	auto &socket = session.socket();
	auto &output = session.output;
	auto wanted = command.verb->word;
	std::vector<const char *> groups;
	for (const char *group : {SRPROXY_MCGRP_CONFIG, SRPROXY_MCGRP_LEARN})
		if (wanted == "all" || wanted == group)
			groups.push_back(group);
	socket.subscribe(groups);

	socket.listen(
		[&](const nlmsghdr &message) {
			if (tells_removal(message))
				throw Failure(Status::absent, "the module has been removed");
			if (message.nlmsg_type != socket.family())
				return;
			auto content = content_of(message);
			auto event = event_of(content.command);
			if (!event)
				return;
			auto when = now(session.options);
			auto record = decode(*event->object, content.attributes);
			output.event(event_json(*event, record, when),
				     event_text(*event, record, when));
		},
		[&] {
			auto when = now(session.options);
			output.event(begin_json(when, "lost"), begin_text(when) + "events lost");
		});
}

} // namespace srproxy
