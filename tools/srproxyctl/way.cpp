// SPDX-License-Identifier: GPL-2.0
#include "way.h"

#include <algorithm>

#include <arpa/inet.h>
#include <linux/if_addr.h>

namespace srproxy {

namespace {

constexpr unsigned int bits_per_byte = 8;
constexpr std::uint8_t whole_length = 128;

// Of several equal-cost next hops, the first.
View first_hop(View attributes, Way &way) {
	auto hops = find_attribute(attributes, RTA_MULTIPATH);
	rtnexthop hop{};
	if (!hops || hops->size() < sizeof(hop))
		return attributes;
	std::memcpy(&hop, hops->data(), sizeof(hop));
	way.device = static_cast<unsigned int>(hop.rtnh_ifindex);
	return hops->first(std::clamp<std::size_t>(hop.rtnh_len, sizeof(hop), hops->size()))
		.subspan(sizeof(hop));
}

std::optional<Way> read_way(const nlmsghdr &message) {
	auto attributes = attributes_after<rtmsg>(message);
	if (message.nlmsg_type != RTM_NEWROUTE || attributes.empty())
		return std::nullopt;
	const auto &header = header_of<rtmsg>(message);
	Way way;
	way.type = header.rtm_type;
	way.length = header.rtm_dst_len;
	way.table = number(attributes, RTA_TABLE).value_or(header.rtm_table);
	way.metric = number(attributes, RTA_PRIORITY).value_or(0);
	way.device = number(attributes, RTA_OIF).value_or(0);
	way.gateway = bytes(first_hop(attributes, way), RTA_GATEWAY);
	if (auto metrics = find_attribute(attributes, RTA_METRICS))
		way.mtu = number(*metrics, RTAX_MTU).value_or(0);
	if (auto prefix = bytes(attributes, RTA_DST); prefix.size() == way.prefix.size())
		std::ranges::copy(prefix, way.prefix.begin());
	return way;
}

std::optional<Way> look_up(Socket &socket, const Ip6 &address, unsigned int flags) {
	rtmsg header{};
	header.rtm_family = AF_INET6;
	header.rtm_dst_len = whole_length;
	header.rtm_flags = flags;
	auto request = make(RTM_GETROUTE, NLM_F_REQUEST, header);
	put(*request, RTA_DST, address);
	std::optional<Way> way;
	socket.ask(*request, [&](const nlmsghdr &message) { way = read_way(message); });
	return way;
}

} // namespace

bool Way::leads_somewhere() const {
	return type == RTN_UNICAST || type == RTN_LOCAL || type == RTN_ANYCAST;
}

Ip6 ip6_of(const std::string &address) {
	Ip6 bytes{};
	inet_pton(AF_INET6, address.c_str(), bytes.data());
	return bytes;
}

bool in_prefix(const Ip6 &address, const Ip6 &prefix, unsigned int length) {
	for (unsigned int bit = 0; bit < length; bit++) {
		auto mask = 1U << (bits_per_byte - 1 - bit % bits_per_byte);
		auto differs = address[bit / bits_per_byte] ^ prefix[bit / bits_per_byte];
		if (static_cast<unsigned int>(differs) & mask)
			return false;
	}
	return true;
}

std::optional<Way> way_to(Socket &socket, const Ip6 &address) {
	return look_up(socket, address, 0);
}

std::optional<Way> route_to(Socket &socket, const Ip6 &address) {
	return look_up(socket, address, RTM_F_FIB_MATCH);
}

std::optional<Way> way_by_table(Socket &socket, const Ip6 &address, std::uint32_t table) {
	if (table == 0)
		return way_to(socket, address);
	rtmsg header{};
	header.rtm_family = AF_INET6;
	auto request = make(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, header);
	put(*request, RTA_TABLE, table);
	std::optional<Way> best;
	list(
		socket, *request, "routes", [&] { best.reset(); },
		[&](const nlmsghdr &message) {
			auto way = read_way(message);
			if (!way || way->table != table ||
			    !in_prefix(address, way->prefix, way->length))
				return;
			bool better = !best || way->length > best->length ||
				      (way->length == best->length && way->metric < best->metric);
			if (better)
				best = way;
		});
	return best;
}

std::map<Ip6, OwnAddress> own_addresses(Socket &socket) {
	ifaddrmsg header{};
	header.ifa_family = AF_INET6;
	auto request = make(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, header);
	std::map<Ip6, OwnAddress> found;
	list(
		socket, *request, "addresses", [&] { found.clear(); },
		[&](const nlmsghdr &message) {
			auto attributes = attributes_after<ifaddrmsg>(message);
			if (message.nlmsg_type != RTM_NEWADDR || attributes.empty())
				return;
			auto local = bytes(attributes, IFA_LOCAL);
			if (local.empty()) // of a link with one end
				local = bytes(attributes, IFA_ADDRESS);
			Ip6 address{};
			if (local.size() != address.size())
				return;
			std::ranges::copy(local, address.begin());
			const auto &own = header_of<ifaddrmsg>(message);
			found[address] = {own.ifa_index, own.ifa_prefixlen};
		});
	return found;
}

} // namespace srproxy
