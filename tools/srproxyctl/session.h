// SPDX-License-Identifier: GPL-2.0
// What the commands of one run share: options, output and, once needed, the socket.
#pragma once

#include "options.h"
#include "output.h"
#include "socket.h"

#include <linux/srproxy.h>

namespace srproxy {

class Session {
public:
	Session(Options how, std::ostream &to) : options(std::move(how)), output(to, options) {}

	Socket &socket() {
		if (!opened)
			opened.emplace(SRPROXY_FAMILY_NAME);
		return *opened;
	}

	const Options options;
	Output output;
	Status status = Status::done; // if nothing fails

private:
	std::optional<Socket> opened;
};

} // namespace srproxy
