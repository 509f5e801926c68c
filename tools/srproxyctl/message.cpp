// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include <new>

#include <linux/srproxy.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

namespace srproxy {

MessageHandle encode(const Invocation &command, std::uint16_t flags, bool statistics, int family) {
	// Headers, a nest, and every attribute with its header and padding.
	std::size_t size = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + NLA_HDRLEN;
	for (const auto &value : command.values)
		size += static_cast<std::size_t>(
			nla_total_size(static_cast<int>(value.bytes.size())));

	MessageHandle message(nlmsg_alloc_size(size));
	if (!message || !genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags,
				     command.form->command, SRPROXY_FAMILY_VERSION))
		throw std::bad_alloc();

	if (!command.values.empty()) {
		auto *nest = nla_nest_start(message.get(), command.object->nest | NLA_F_NESTED);
		if (!nest)
			throw std::bad_alloc();
		for (const auto &[attribute, bytes] : command.values)
			if (nla_put(message.get(), attribute->type, static_cast<int>(bytes.size()),
				    bytes.data()) < 0)
				throw std::bad_alloc();
		nla_nest_end(message.get(), nest);
	}
	if (statistics && nla_put_flag(message.get(), SRPROXY_A_STATS) < 0)
		throw std::bad_alloc();
	return message;
}

MessageHandle compose(std::uint8_t command, std::uint16_t flags, int family, std::uint16_t nest,
		      View attributes) {
	auto size = static_cast<int>(attributes.size());
	MessageHandle message(nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN +
					       static_cast<std::size_t>(nla_total_size(size))));
	if (!message ||
	    !genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
			 SRPROXY_FAMILY_VERSION) ||
	    (!attributes.empty() &&
	     nla_put(message.get(), nest | NLA_F_NESTED, size, attributes.data()) < 0))
		throw std::bad_alloc();
	return message;
}

void append_attribute(Bytes &attributes, std::uint16_t type, View payload) {
	nlattr header{.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + payload.size()),
		      .nla_type = type};
	const auto *start = reinterpret_cast<const std::uint8_t *>(&header);
	attributes.insert(attributes.end(), start, start + sizeof(header));
	attributes.insert(attributes.end(), payload.begin(), payload.end());
	attributes.resize(NLA_ALIGN(attributes.size()));
}

Content content_of(const nlmsghdr &message) {
	if (message.nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		throw Malformed("a message of " + std::to_string(message.nlmsg_len) + " bytes");
	View bytes(reinterpret_cast<const std::uint8_t *>(&message), message.nlmsg_len);
	return {bytes[NLMSG_HDRLEN + offsetof(genlmsghdr, cmd)],
		bytes.subspan(NLMSG_HDRLEN + GENL_HDRLEN)};
}

Json decode(const Object &object, View attributes) {
	Json record = Json::object();
	auto nest = find_attribute(attributes, object.nest).value_or(View());
	for (const auto &attribute : object.attributes) {
		if (attribute.type == 0)
			continue;
		if (auto payload = find_attribute(nest, attribute.type))
			attribute.kind.decode(*payload, attribute.key(), record);
	}
	if (object.derive)
		object.derive(record);
	return record;
}

} // namespace srproxy
