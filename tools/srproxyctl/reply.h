// SPDX-License-Identifier: GPL-2.0
// What comes back for one request: messages, then a verdict.
#pragma once

#include "extack.h"

namespace srproxy {

using Receive = std::function<void(const nlmsghdr &)>;

// Calls visit for each message in what was received at once; throws Malformed.
void each_message(View datagram, const Receive &visit);

class Reply {
public:
	explicit Reply(std::uint32_t number) : sequence(number) {}

	// Takes what was received at once; true when nothing more will come.
	bool take(View datagram, const Receive &receive);

	const Verdict &verdict() const { return end; }
	// Objects changed while the kernel listed them: some may be missing or twice there.
	bool interrupted() const { return torn; }

private:
	std::uint32_t sequence;
	Verdict end;
	bool torn = false;
};

} // namespace srproxy
