// SPDX-License-Identifier: GPL-2.0
#include "snapshot.h"

#include "message.h"
#include "session.h"

#include <algorithm>

#include <netlink/msg.h>

namespace srproxy {

namespace {

struct Listed {
	std::string_view word;
	std::uint8_t command;
};

constexpr std::array listed{
	Listed{"vnf", SRPROXY_CMD_VNF_GET},
	Listed{"chain", SRPROXY_CMD_CHAIN_GET},
	Listed{"sid", SRPROXY_CMD_SID_GET},
};
// How often to ask again for a list that changed while it was sent.
constexpr int attempts = 16;

Known list(Socket &socket, const Object &object, std::uint8_t command) {
	for (int attempt = 0; attempt < attempts; attempt++) {
		auto request = compose(command, NLM_F_DUMP, socket.family(), object.nest, {});
		Known known;
		auto reply = socket.ask(*request, [&](const nlmsghdr &message) {
			auto nest = find_attribute(content_of(message).attributes, object.nest)
					    .value_or(View());
			auto key = find_attribute(nest, key_of(object)->type).value_or(View());
			known.insert(
				{Bytes(key.begin(), key.end()), Bytes(nest.begin(), nest.end())});
		});
		if (reply.verdict().error != 0)
			throw Failure(Status::kernel,
				      explain(reply.verdict(), object, *nlmsg_hdr(request.get())));
		if (!reply.interrupted())
			return known;
	}
	throw Failure(Status::kernel, "objects change faster than they can be listed: try again");
}

} // namespace

Snapshot::Snapshot(Session &session) {
	for (const auto &[word, command] : listed) {
		const auto &object = *find_object(word);
		known[object.nest] = list(session.socket(), object, command);
	}
}

Bytes settable(const Object &object, View attributes) {
	Bytes kept;
	each_attribute(attributes, [&](std::uint16_t type, View payload) {
		auto known = std::ranges::find(object.attributes, type, &Attribute::type);
		if (known != object.attributes.end() &&
		    (known->settable() || known->role == Role::key || known->role == Role::suffix))
			append_attribute(kept, type, payload);
	});
	return kept;
}

} // namespace srproxy
