// SPDX-License-Identifier: GPL-2.0
#include "hmac_keys.h"

#include "message.h"
#include "rtnetlink.h"

#include <linux/seg6_genl.h>
#include <netlink/genl/genl.h>

namespace srproxy {

std::set<std::uint32_t> hmac_keys() try {
	Socket socket(SEG6_GENL_NAME);
	MessageHandle request(nlmsg_alloc());
	must(request && genlmsg_put(request.get(), NL_AUTO_PORT, NL_AUTO_SEQ, socket.family(), 0,
				    NLM_F_REQUEST | NLM_F_DUMP, SEG6_CMD_DUMPHMAC,
				    SEG6_GENL_VERSION));
	std::set<std::uint32_t> ids;
	socket.ask(*request, [&](const nlmsghdr &message) {
		if (auto id = number(content_of(message).attributes, SEG6_ATTR_HMACKEYID))
			ids.insert(*id);
	});
	return ids;
} catch (const Failure &failure) {
	if (failure.status != Status::absent)
		throw;
	return {};
}

} // namespace srproxy
