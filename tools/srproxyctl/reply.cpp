// SPDX-License-Identifier: GPL-2.0
#include "reply.h"

namespace srproxy {

void each_message(View datagram, const Receive &visit) {
	while (!datagram.empty()) {
		const auto *message = reinterpret_cast<const nlmsghdr *>(datagram.data());
		if (datagram.size() < sizeof(*message) || message->nlmsg_len < sizeof(*message) ||
		    message->nlmsg_len > datagram.size())
			throw Malformed("a message that ends early");
		visit(*message);
		datagram = datagram.subspan(
			std::min<std::size_t>(NLMSG_ALIGN(message->nlmsg_len), datagram.size()));
	}
}

bool Reply::take(View datagram, const Receive &receive) {
	bool ended = false;
	each_message(datagram, [&](const nlmsghdr &message) {
		if (message.nlmsg_seq != sequence || ended)
			return;
		torn = torn || message.nlmsg_flags & NLM_F_DUMP_INTR;
		switch (message.nlmsg_type) {
		case NLMSG_NOOP:
			break;
		case NLMSG_ERROR:
		case NLMSG_DONE:
			end = read_verdict(message);
			ended = true;
			break;
		default:
			receive(message);
		}
	});
	return ended;
}

} // namespace srproxy
