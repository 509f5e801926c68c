// SPDX-License-Identifier: GPL-2.0
#include "attribute.h"

#include <algorithm>

#include <linux/netlink.h>

namespace srproxy {

std::string Attribute::key() const {
	std::string text(word);
	std::ranges::replace(text, '-', '_');
	return text;
}

void each_attribute(View attributes, const Visit &visit) {
	while (attributes.size() >= NLA_HDRLEN) {
		nlattr header{};
		std::memcpy(&header, attributes.data(), sizeof(header));
		if (header.nla_len < NLA_HDRLEN || header.nla_len > attributes.size())
			return;
		visit(header.nla_type & NLA_TYPE_MASK,
		      attributes.subspan(NLA_HDRLEN, header.nla_len - std::size_t{NLA_HDRLEN}));
		attributes = attributes.subspan(
			std::min<std::size_t>(NLA_ALIGN(header.nla_len), attributes.size()));
	}
}

std::optional<View> find_attribute(View attributes, std::uint16_t type) {
	std::optional<View> found;
	each_attribute(attributes, [&](std::uint16_t have, View payload) {
		if (have == type)
			found = payload;
	});
	return found;
}

} // namespace srproxy
