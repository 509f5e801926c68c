// SPDX-License-Identifier: GPL-2.0
#include "links.h"

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <unistd.h>

namespace srproxy {

namespace {

constexpr const char *netns_directory = "/run/netns";

std::optional<Link> read_link(const nlmsghdr &message) {
	auto attributes = attributes_after<ifinfomsg>(message);
	if (message.nlmsg_type != RTM_NEWLINK || attributes.empty())
		return std::nullopt;
	const auto &header = header_of<ifinfomsg>(message);
	auto info = find_attribute(attributes, IFLA_LINKINFO).value_or(View());

	Link link;
	link.index = static_cast<unsigned int>(header.ifi_index);
	link.name = text(attributes, IFLA_IFNAME);
	link.kind = text(info, IFLA_INFO_KIND);
	link.up = header.ifi_flags & IFF_UP;
	link.carrier = header.ifi_flags & IFF_LOWER_UP;
	link.ethernet = header.ifi_type == ARPHRD_ETHER;
	link.mtu = number(attributes, IFLA_MTU).value_or(0);
	link.mac = bytes(attributes, IFLA_ADDRESS);
	if (link.kind == "veth") {
		link.peer = number(attributes, IFLA_LINK).value_or(0);
		link.peer_nsid = number(attributes, IFLA_LINK_NETNSID);
	}
	return link;
}

} // namespace

Links all_links(Socket &socket) {
	Links links;
	auto request = make(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, ifinfomsg{});
	list(
		socket, *request, "devices", [&] { links.clear(); },
		[&](const nlmsghdr &message) {
			if (auto link = read_link(message))
				links[link->name] = *link;
		});
	return links;
}

std::optional<Link> link_in(Socket &socket, std::uint32_t nsid, unsigned int index) {
	ifinfomsg header{};
	header.ifi_index = static_cast<int>(index);
	auto request = make(RTM_GETLINK, NLM_F_REQUEST, header);
	put(*request, IFLA_TARGET_NETNSID, nsid);
	std::optional<Link> found;
	socket.ask(*request, [&](const nlmsghdr &message) { found = read_link(message); });
	return found;
}

const Link *find_link(const Links &links, const std::string &name) {
	auto found = links.find(name);
	return found == links.end() ? nullptr : &found->second;
}

const Link *find_link(const Links &links, unsigned int index) {
	auto found = std::ranges::find_if(
		links, [&](const auto &named) { return named.second.index == index; });
	return found == links.end() ? nullptr : &found->second;
}

std::string netns_name(Socket &socket, std::uint32_t nsid) {
	std::error_code error;
	for (const auto &entry : std::filesystem::directory_iterator(netns_directory, error)) {
		int fd = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		auto request = make(RTM_GETNSID, NLM_F_REQUEST, rtgenmsg{});
		put(*request, NETNSA_FD, fd);
		std::optional<std::uint32_t> found;
		socket.ask(*request, [&](const nlmsghdr &message) {
			auto attributes = attributes_after<rtgenmsg>(message);
			if (message.nlmsg_type == RTM_NEWNSID)
				found = number(attributes, NETNSA_NSID);
		});
		close(fd);
		if (found == nsid)
			return entry.path().filename();
	}
	return {};
}

} // namespace srproxy
