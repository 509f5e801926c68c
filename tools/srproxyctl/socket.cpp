// SPDX-License-Identifier: GPL-2.0
#include "socket.h"

#include <cerrno>
#include <climits>
#include <system_error>

#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace srproxy {

namespace {

// The kernel fills at most half of it at once.
constexpr std::size_t buffer_size = 65536;
// The kernel's share of a send buffer.
constexpr std::size_t send_overhead = 32;
// For the time that a reader of events needs to catch up.
constexpr int event_buffer_size = 8 * 1024 * 1024;

[[noreturn]] void fail(const std::string &what, int error) {
	auto why = error == EPERM ? std::string(": ") + no_capability : "";
	throw Failure(Status::kernel, what + why + ": " + std::generic_category().message(error));
}

} // namespace

Socket::Socket(int protocol, const char *called)
    : handle(nl_socket_alloc()), name(called), buffer(buffer_size) {
	if (!handle)
		throw std::bad_alloc();
	if (int error = nl_connect(handle.get(), protocol); error < 0)
		throw Failure(Status::kernel,
			      std::string("cannot open a netlink socket: ") + nl_geterror(error));
	set(NETLINK_EXT_ACK, 1, "turn on extended acks");
	set(NETLINK_CAP_ACK, 1, "turn on short acks");
}

Socket Socket::rtnetlink() {
	Socket socket(NETLINK_ROUTE, "rtnetlink");
	socket.set(NETLINK_GET_STRICT_CHK, 1, "turn on filters");
	return socket;
}

Socket::Socket(const char *family) : Socket(NETLINK_GENERIC, family) {
	id = genl_ctrl_resolve(handle.get(), name);
	if (id == -NLE_OBJ_NOTFOUND)
		throw Failure(Status::absent, std::string("the kernel has no \"") + name +
						      "\": load the module, as root: modprobe " +
						      name);
	if (id < 0)
		throw Failure(Status::kernel,
			      std::string("cannot look up \"") + name + "\": " + nl_geterror(id));
}

void Socket::set(int option, int value, const std::string &purpose) {
	if (setsockopt(nl_socket_get_fd(handle.get()), SOL_NETLINK, option, &value, sizeof(value)) <
	    0)
		fail("cannot " + purpose, errno);
}

bool Socket::set_buffer(int option, int option_beyond, int size) {
	int fd = nl_socket_get_fd(handle.get());
	return setsockopt(fd, SOL_SOCKET, option_beyond, &size, sizeof(size)) == 0 ||
	       setsockopt(fd, SOL_SOCKET, option, &size, sizeof(size)) == 0;
}

void Socket::make_room(std::size_t size) {
	int room = 0;
	socklen_t length = sizeof(room);
	auto is_enough = [&] {
		return getsockopt(nl_socket_get_fd(handle.get()), SOL_SOCKET, SO_SNDBUF, &room,
				  &length) == 0 &&
		       size + send_overhead <= static_cast<std::size_t>(room);
	};
	if (is_enough())
		return;
	if (size > INT_MAX / 2 || !set_buffer(SO_SNDBUF, SO_SNDBUFFORCE, static_cast<int>(size)) ||
	    !is_enough())
		refuse("a message of " + std::to_string(size) +
		       " bytes is too large for a buffer of " + std::to_string(room) +
		       ", of which the limit is sysctl net.core.wmem_max");
}

std::optional<View> Socket::receive_some() {
	for (;;) {
		sockaddr_nl from{};
		socklen_t from_size = sizeof(from);
		auto size = recvfrom(nl_socket_get_fd(handle.get()), buffer.data(), buffer.size(),
				     MSG_TRUNC, reinterpret_cast<sockaddr *>(&from), &from_size);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0 && errno == ENOBUFS)
			return std::nullopt;
		if (size < 0)
			fail("cannot receive", errno);
		if (static_cast<std::size_t>(size) > buffer.size())
			throw Malformed("a message of " + std::to_string(size) + " bytes");
		if (from.nl_pid == 0) // the kernel
			return View(buffer).first(static_cast<std::size_t>(size));
	}
}

Reply Socket::ask(nl_msg &request, const Receive &receive) {
	// A number of its own for every try, so that no rest of an earlier answer is taken.
	nlmsg_hdr(&request)->nlmsg_seq = NL_AUTO_SEQ;
	if (int error = nl_send_auto(handle.get(), &request); error < 0)
		throw Failure(Status::kernel, std::string("cannot send: ") + nl_geterror(error));
	Reply reply(nlmsg_hdr(&request)->nlmsg_seq);
	for (;;) {
		auto some = receive_some();
		if (!some)
			fail("cannot receive", ENOBUFS);
		if (reply.take(*some, receive))
			return reply;
	}
}

void Socket::ask_all(std::span<nl_msg *const> changes, bool linked,
		     const std::function<void(std::size_t, const Verdict &)> &refused) {
	std::vector<iovec> parts;
	for (auto *change : changes) {
		auto &header = *nlmsg_hdr(change);
		nl_complete_msg(handle.get(), change);
		if (linked && change != changes.front())
			header.nlmsg_flags |= NLM_F_MULTI;
		// A refusal comes in any case.
		if (change != changes.back())
			header.nlmsg_flags &= static_cast<std::uint16_t>(~NLM_F_ACK);
		parts.push_back({&header, header.nlmsg_len});
	}
	if (int error = nl_send_iovec(handle.get(), changes.front(), parts.data(),
				      static_cast<unsigned>(parts.size()));
	    error < 0)
		throw Failure(Status::kernel, std::string("cannot send: ") + nl_geterror(error));

	auto first = nlmsg_hdr(changes.front())->nlmsg_seq;
	for (bool ended = false; !ended;) {
		auto some = receive_some();
		if (!some)
			fail("cannot receive", ENOBUFS);
		each_message(*some, [&](const nlmsghdr &message) {
			auto place = message.nlmsg_seq - first;
			if (message.nlmsg_type != NLMSG_ERROR || place >= changes.size())
				return;
			if (auto verdict = read_verdict(message); verdict.error != 0)
				refused(place, verdict);
			ended = place + 1 == changes.size();
		});
	}
}

void Socket::subscribe(const std::vector<const char *> &groups) {
	std::vector<int> numbers;
	auto look_up = [&](const char *of, const char *group) {
		int number = genl_ctrl_resolve_grp(handle.get(), of, group);
		if (number < 0)
			throw Failure(Status::kernel,
				      std::string("there is no group of events \"") + group + '"');
		numbers.push_back(number);
	};
	look_up("nlctrl", "notify");
	for (const char *group : groups)
		look_up(name, group);
	// All are looked up before the first event can come between.
	for (int number : numbers)
		set(NETLINK_ADD_MEMBERSHIP, number, "listen to events");

	if (!set_buffer(SO_RCVBUF, SO_RCVBUFFORCE, event_buffer_size))
		fail("cannot make the receive buffer larger", errno);
}

void Socket::listen(const Receive &receive, const std::function<void()> &lost) {
	for (;;) {
		if (auto some = receive_some())
			each_message(*some, receive);
		else
			lost();
	}
}

} // namespace srproxy
