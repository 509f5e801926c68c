// SPDX-License-Identifier: GPL-2.0
// Owners of libnl's objects.
#pragma once

#include <memory>

#include <netlink/msg.h>
#include <netlink/socket.h>

namespace srproxy {

template <auto free>
struct Freer {
	template <typename T>
	void operator()(T *object) const {
		free(object);
	}
};

using MessageHandle = std::unique_ptr<nl_msg, Freer<nlmsg_free>>;
using SocketHandle = std::unique_ptr<nl_sock, Freer<nl_socket_free>>;

} // namespace srproxy
