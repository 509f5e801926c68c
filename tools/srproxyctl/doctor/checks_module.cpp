// SPDX-License-Identifier: GPL-2.0
// The module, what it needs of the kernel, and what is configured without use.
#include "actions.h"
#include "doctor/node.h"
#include "hmac_keys.h"
#include "session.h"
#include "sysctl.h"

#include <algorithm>

namespace srproxy {

namespace {

std::string set_key(std::uint64_t id) { return "ip sr hmac set " + std::to_string(id) + " sha256"; }

// Names a key that is not there.
void check_key(const Json &record, const std::string &about, const std::set<std::uint32_t> &keys,
	       Findings &findings) {
	auto id = record.value("hmac", 0U);
	if (id != 0 && !keys.contains(id))
		findings.push_back({Severity::error,
				    about,
				    "there is no HMAC key " + std::to_string(id) +
					    ", and packets are dropped as hmac_key",
				    {set_key(id)}});
}

} // namespace

void check_version(NodeState &node, Findings &findings) {
	auto version = field(node.all.module, "version");
	if (version != tool_version())
		findings.push_back({Severity::warning,
				    "module",
				    "it is of version " + version + ", and srproxyctl of " +
					    tool_version() +
					    "; when it goes, all that is configured goes with it",
				    {"rmmod srproxy", "modprobe srproxy"}});
}

void check_hmac_keys(NodeState &node, Findings &findings) {
	auto keys = hmac_keys();
	for (const auto &[name, chain] : node.all.chains)
		check_key(chain, "chain " + name, keys, findings);
	for (const auto &sid : node.all.sids) {
		auto about = "sid " + sid_text(sid);
		check_key(sid, about, keys, findings);
		if (sid.value("require_hmac", false) && keys.empty())
			findings.push_back({Severity::error,
					    about,
					    "it requires an HMAC and there is no key to check it, so "
					    "that all packets are dropped as hmac",
					    {"ip sr hmac set KEYID sha256"}});
	}
	if (!keys.empty() || node.all.sids.empty())
		return;
	for (const auto &[name, link] : node.links) {
		auto setting = "net/ipv6/conf/" + name + "/seg6_require_hmac";
		if (read_sysctl(setting) == 1)
			findings.push_back({Severity::error,
					    "device " + utf8(name),
					    "it takes SRv6 with an HMAC only (seg6_require_hmac), and "
					    "there is no key to check it",
					    {"sysctl -w " + shell_word(setting + "=0")}});
	}
}

void check_unused(NodeState &node, Findings &findings) {
	for (const auto &[kind, objects] :
	     {std::pair{"vnf", &node.all.vnfs}, {"chain", &node.all.chains}})
		for (const auto &[name, record] : *objects)
			if (record.value("sids", 0U) == 0)
				findings.push_back({Severity::note,
						    std::string(kind) + ' ' + name,
						    "no SID uses it",
						    {"srproxyctl " + std::string(kind) + " del " +
						     shell_word(name)}});
}

} // namespace srproxy
