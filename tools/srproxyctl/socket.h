// SPDX-License-Identifier: GPL-2.0
// The socket to the module.
#pragma once

#include "handle.h"
#include "reply.h"

namespace srproxy {

class Socket {
public:
	// Of a generic netlink family, which the kernel loads if it can; throws Failure with
	// Status::absent if there is no such family.
	explicit Socket(const char *family);
	// To the kernel's links and routes.
	static Socket rtnetlink();

	int family() const { return id; }

	// For a request of so many bytes; throws Failure.
	void make_room(std::size_t size);
	// Sends a request and gives each message that answers it to receive.
	Reply ask(nl_msg &request, const Receive &receive);
	// Sends changes at once, and gives each that is refused to refused, by its place among
	// them. linked: what follows one that is refused is refused as well.
	void ask_all(std::span<nl_msg *const> changes, bool linked,
		     const std::function<void(std::size_t, const Verdict &)> &refused);

	// To groups of the family's events, and to the news of families that come and go.
	void subscribe(const std::vector<const char *> &groups);
	// For ever: events to receive; to lost when the kernel had to drop some.
	[[noreturn]] void listen(const Receive &receive, const std::function<void()> &lost);

private:
	Socket(int protocol, const char *called);

	void set(int option, int value, const std::string &purpose);
	// Beyond the system's limit if that is allowed.
	bool set_buffer(int option, int option_beyond, int size);
	// Nothing when the kernel had to drop messages.
	std::optional<View> receive_some();

	SocketHandle handle;
	const char *name;
	int id = 0;
	Bytes buffer;
};

} // namespace srproxy
