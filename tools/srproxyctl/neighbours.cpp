// SPDX-License-Identifier: GPL-2.0
#include "neighbours.h"

#include <linux/neighbour.h>
#include <sys/socket.h>

namespace srproxy {

namespace {

constexpr std::size_t ip4_size = 4;

ndmsg header_for(unsigned int device, View address) {
	ndmsg header{};
	header.ndm_family = address.size() == ip4_size ? AF_INET : AF_INET6;
	header.ndm_ifindex = static_cast<int>(device);
	return header;
}

} // namespace

std::uint16_t neighbour_state(Socket &socket, unsigned int device, View address) {
	auto request = make(RTM_GETNEIGH, NLM_F_REQUEST, header_for(device, address));
	put_bytes(*request, NDA_DST, address);
	std::uint16_t state = NUD_NONE;
	socket.ask(*request, [&](const nlmsghdr &message) {
		if (message.nlmsg_type == RTM_NEWNEIGH)
			state = header_of<ndmsg>(message).ndm_state;
	});
	return state;
}

void ask_for_neighbour(Socket &socket, unsigned int device, View address) {
	auto header = header_for(device, address);
	header.ndm_flags = NTF_USE;
	auto request = make(RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_CREATE, header);
	put_bytes(*request, NDA_DST, address);
	socket.ask(*request, [](const nlmsghdr &) {});
}

} // namespace srproxy
