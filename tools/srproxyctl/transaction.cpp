// SPDX-License-Identifier: GPL-2.0
#include "transaction.h"

#include "actions.h"
#include "message.h"
#include "session.h"
#include "sid_route.h"
#include "snapshot.h"

#include <algorithm>
#include <iostream>
#include <set>
#include <stdexcept>

#include <netlink/genl/genl.h>

namespace srproxy {

namespace {

constexpr std::size_t attributes_at = NLMSG_HDRLEN + GENL_HDRLEN;
constexpr std::uint16_t change_flags = NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE;

constexpr std::size_t prologue_size = NLA_ALIGN(NLA_HDRLEN + sizeof(std::uint8_t)) +
				      NLA_ALIGN(NLA_HDRLEN + sizeof(std::uint16_t));

// What stands before the attributes of a change's own message.
Bytes prologue(const nlmsghdr &request) {
	Bytes start;
	append_attribute(start, SRPROXY_A_COMMAND, write_integer(content_of(request).command));
	append_attribute(
		start, SRPROXY_A_FLAGS,
		write_integer(static_cast<std::uint16_t>(request.nlmsg_flags & change_flags)));
	return start;
}

// What the module says of a transaction, as it would of the change at fault alone. at: where
// that begins in the message.
Verdict of_one(Verdict verdict, std::size_t at) {
	auto own = at + NLA_HDRLEN + prologue_size;
	if (verdict.offset && *verdict.offset >= own)
		*verdict.offset -= static_cast<std::uint32_t>(own - attributes_at);
	else
		verdict.offset.reset();
	if (verdict.missing_nest == at)
		verdict.missing_nest.reset();
	return verdict;
}

std::uint8_t command_of(const Object &object, std::string_view word) {
	for (const auto &form : object.forms)
		if (std::ranges::find(form.verbs, word, &Verb::word) != form.verbs.end())
			return form.command;
	throw std::logic_error("no such command");
}

// The key of the object that a request is about; nothing if it is about all.
std::optional<Bytes> key_in(const nlmsghdr &request, const Object &object) {
	auto nest = find_attribute(content_of(request).attributes, object.nest);
	if (!nest)
		return std::nullopt;
	auto key = find_attribute(*nest, key_of(object)->type).value_or(View());
	return Bytes(key.begin(), key.end());
}

} // namespace

bool Transaction::takes(const Invocation &command) {
	auto nest = command.object->nest;
	return command.form->run == change &&
	       (nest == SRPROXY_A_VNF || nest == SRPROXY_A_CHAIN || nest == SRPROXY_A_SID);
}

void Transaction::add(const Invocation &command) {
	routes = routes || (command.object->nest == SRPROXY_A_SID && !adds_without_route(command));
	changes.push_back({command.subject, command.object,
			   encode(command, command.verb->flags, false, session.socket().family())});
}

void Transaction::put(const Object &object, std::string_view verb, std::uint16_t flags,
		      View attributes) {
	changes.push_back({std::string(object.word), &object,
			   compose(command_of(object, verb), flags, session.socket().family(),
				   object.nest, attributes)});
}

void Transaction::send() {
	if (changes.empty())
		return;
	Bytes body;
	std::vector<std::size_t> places;
	for (const auto &change : changes) {
		const auto &request = *nlmsg_hdr(change.request.get());
		auto payload = prologue(request);
		auto own = content_of(request).attributes;
		payload.insert(payload.end(), own.begin(), own.end());
		places.push_back(attributes_at + body.size());
		append_attribute(body, SRPROXY_A_CHANGE | NLA_F_NESTED, payload);
	}

	auto &socket = session.socket();
	MessageHandle message(nlmsg_alloc_size(attributes_at + body.size()));
	if (!message ||
	    !genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, socket.family(), 0, 0,
			 SRPROXY_CMD_TRANSACTION, SRPROXY_FAMILY_VERSION) ||
	    nlmsg_append(message.get(), body.data(), body.size(), NLMSG_ALIGNTO) < 0)
		throw std::bad_alloc();
	socket.make_room(nlmsg_hdr(message.get())->nlmsg_len);
	auto verdict = socket.ask(*message, [](const nlmsghdr &) {}).verdict();
	if (verdict.error == 0)
		return;

	auto at = verdict.cookie.value_or(UINT32_MAX);
	if (at >= changes.size())
		throw Failure(Status::kernel,
			      explain(verdict, *changes.front().object, *nlmsg_hdr(message.get())));
	const auto &change = changes[at];
	Failure failure(Status::kernel, explain(of_one(std::move(verdict), places[at]),
						*change.object, *nlmsg_hdr(change.request.get())));
	throw ChangeFailure(failure.of(change.subject), at);
}

void Transaction::set_back(const Snapshot &before) {
	// Each object once, where it was touched first; in the opposite order.
	std::vector<std::pair<const Object *, Bytes>> touched;
	std::set<std::pair<std::uint16_t, Bytes>> seen;
	auto touch = [&](const Object &object, const Bytes &key) {
		if (seen.insert({object.nest, key}).second)
			touched.emplace_back(&object, key);
	};
	for (const auto &change : changes) {
		if (auto key = key_in(*nlmsg_hdr(change.request.get()), *change.object))
			touch(*change.object, *key);
		else
			for (const auto &[each, attributes] : before.of(*change.object))
				touch(*change.object, each);
	}
	std::ranges::reverse(touched);

	Snapshot now(session);
	Transaction back(session);
	for (const auto &[object, key] : touched) {
		auto was = before.of(*object).find(key);
		bool is = now.of(*object).contains(key);
		if (was != before.of(*object).end())
			back.put(*object, "replace", NLM_F_CREATE | NLM_F_REPLACE,
				 settable(*object, was->second));
		else if (is) {
			Bytes attributes;
			append_attribute(attributes, key_of(*object)->type, key);
			back.put(*object, "del", 0, attributes);
		}
	}
	back.send();
}

void Transaction::commit() {
	if (changes.empty())
		return;
	if (!routes) {
		send();
		return;
	}

	const auto &sid = *find_object("sid");
	Snapshot before(session);
	send();
	std::map<Bytes, std::size_t> touched;
	for (std::size_t at = 0; at < changes.size(); at++)
		if (changes[at].object == &sid)
			if (auto key = key_in(*nlmsg_hdr(changes[at].request.get()), sid))
				touched[*key] = at;
	try {
		Snapshot after(session);
		auto route_after = [&](const Bytes &key) {
			auto found = after.of(sid).find(key);
			return found == after.of(sid).end() ? std::nullopt
							    : route_of(found->second);
		};
		std::vector<Route> is;
		for (const auto &[key, at] : touched)
			if (auto route = route_after(key))
				is.push_back(*route);
		std::vector<Route> gone;
		for (const auto &[key, attributes] : before.of(sid))
			if (auto route = route_of(attributes); route && route != route_after(key))
				gone.push_back(*route);
		exchange_routes(session, is, gone);
	} catch (const RouteFailure &failure) {
		try {
			set_back(before);
		} catch (const Failure &again) {
			std::cerr << "srproxyctl: could not be set back: " << again.what() << '\n';
		}
		auto at = touched[Bytes(failure.route.prefix.begin(), failure.route.prefix.end())];
		throw ChangeFailure(failure.of(changes[at].subject), at);
	}
}

} // namespace srproxy
