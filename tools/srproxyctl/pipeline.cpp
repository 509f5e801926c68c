// SPDX-License-Identifier: GPL-2.0
#include "pipeline.h"

#include "actions.h"
#include "message.h"
#include "session.h"

namespace srproxy {

namespace {

// Half of what libnl's buffers hold: so much to send, and refusals of so many.
constexpr std::size_t size_max = 32768;
constexpr std::size_t changes_max = 32;

} // namespace

bool Pipeline::take(Words words, unsigned line) {
	auto command = parse_command(words);
	if (!is_one_change(command))
		return false;
	try {
		int family = session.socket().family();
		auto request = encode(command, command.verb->flags, false, family);
		size += nlmsg_hdr(request.get())->nlmsg_len;
		changes.push_back({line, command.object, command.subject, std::move(request)});
	} catch (const Failure &failure) {
		throw failure.of(command.subject);
	}
	return true;
}

bool Pipeline::full() const { return changes.size() >= changes_max || size >= size_max; }

std::vector<Refusal> Pipeline::finish() {
	auto sent = std::exchange(changes, {});
	size = 0;
	std::vector<Refusal> refusals;
	if (sent.empty())
		return refusals;
	auto refused = [&](const Change &change, const Failure &failure) {
		refusals.push_back({change.line, failure.of(change.subject)});
	};

	std::vector<nl_msg *> requests;
	for (auto &change : sent)
		requests.push_back(change.request.get());
	bool force = session.options.force;
	try {
		session.socket().ask_all(requests, !force, [&](std::size_t at, const Verdict &why) {
			const auto &change = sent[at];
			const auto &request = *nlmsg_hdr(requests[at]);
			// Those behind the first are refused because it was.
			if (force || refusals.empty())
				refused(change, {Status::kernel,
						 explain(why, *change.object, request)});
		});
	} catch (const Failure &failure) {
		refused(sent.front(), failure);
	}
	return refusals;
}

void Pipeline::run(Words words) { srproxy::run(session, words); }

} // namespace srproxy
