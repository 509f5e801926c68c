// SPDX-License-Identifier: GPL-2.0
// Requests to the kernel's links, addresses, neighbours and routes, and what they are answered.
#pragma once

#include "attribute.h"
#include "handle.h"
#include "socket.h"

#include <new>
#include <optional>

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

namespace srproxy {

inline void must(bool done) {
	if (!done)
		throw std::bad_alloc();
}

class Nest {
public:
	Nest(nl_msg &in, int type) : message(in), start(nla_nest_start(&in, type | NLA_F_NESTED)) {
		must(start);
	}
	Nest(const Nest &) = delete;
	Nest &operator=(const Nest &) = delete;
	~Nest() { nla_nest_end(&message, start); }

private:
	nl_msg &message;
	nlattr *start;
};

template <typename T>
MessageHandle make(int type, int flags, const T &header) {
	MessageHandle message(nlmsg_alloc_simple(type, flags));
	must(message && nlmsg_append(message.get(), const_cast<T *>(&header), sizeof(header),
				     NLMSG_ALIGNTO) == 0);
	return message;
}

template <typename T>
void put(nl_msg &message, int type, const T &value) {
	must(nla_put(&message, type, sizeof(value), &value) == 0);
}

void put_text(nl_msg &message, int type, const std::string &text);
void put_bytes(nl_msg &message, int type, View bytes);

template <typename T>
View attributes_after(const nlmsghdr &message) {
	if (message.nlmsg_len < NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(T)))
		return {};
	return View(reinterpret_cast<const std::uint8_t *>(&message), message.nlmsg_len)
		.subspan(NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(T)));
}

// What stands before the attributes, of which there must be some.
template <typename T>
const T &header_of(const nlmsghdr &message) {
	return *static_cast<const T *>(nlmsg_data(&message));
}

std::optional<std::uint32_t> number(View attributes, std::uint16_t type);
std::string text(View attributes, std::uint16_t type);
Bytes bytes(View attributes, std::uint16_t type);

// Why the kernel refused.
std::string sentence(const Verdict &verdict);

// Asks for a list, and again if it changed while it was sent; begin is called before each try.
// what: "routes". Nothing if the kernel knows of no such table or device. Throws Failure.
void list(Socket &socket, nl_msg &request, const std::string &what,
	  const std::function<void()> &begin, const Receive &receive);

} // namespace srproxy
