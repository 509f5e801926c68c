// SPDX-License-Identifier: GPL-2.0
#include "doctor/drop_cause.h"

#include "drops.h"
#include "inventory.h"

#include <algorithm>

namespace srproxy {

namespace {

constexpr std::string_view see_arriving = "tcpdump -c 5 -vni any dst net {sid}";
constexpr std::string_view see_returning = "tcpdump -c 5 -vni {iif}";
constexpr std::string_view see_keys = "ip sr hmac show";
constexpr std::string_view see_kept = "srproxyctl cache show sid {addr}";
constexpr std::string_view see_sids = "srproxyctl sid show";

bool is_plain_end_ad(const Json &sid) {
	return field(sid, "behavior") == "End.AD" && sid.value("flavors", Json::array()).empty();
}

bool is_end_ad_last(const Json &sid) {
	return field(sid, "behavior") == "End.AD" &&
	       sid.value("flavors", Json::array()) == Json::array({"last"});
}

bool takes_some_ip(const Json &sid) {
	auto inner = field(sid, "inner");
	return inner == "ip4" || (inner == "ip6" && sid.contains("ttl_mode"));
}

bool may_keep_headers(const Json &sid) {
	return field(sid, "behavior") == "End.AM" && sid.value("flavors", Json::array()).empty();
}

bool has_few_flows(const Json &sid) { return sid.value("flows", UINT32_MAX) < SRPROXY_FLOWS_MAX; }

constexpr std::array causes{
	DropCause{"from_vnf", "its VNF sends SRv6, or the network is on a VNF's device", see_arriving},
	DropCause{"outer_fragment", "the path to this node is too small for what the headend sends",
		  see_arriving},
	DropCause{"ext_header", "the sender's extension headers are wrong", see_arriving},
	DropCause{"srh_invalid", "the sender's SRH is wrong", see_arriving},
	DropCause{"hmac", "the sender has another HMAC key, or none", see_keys},
	DropCause{"no_srh", "the headend sends one segment only, reduced; or somebody pings the SID",
		  see_arriving},
	DropCause{"sl_zero", "the headend's segment list ends here", see_arriving,
		  "srproxyctl sid change {sid} flavors last", is_plain_end_ad},
	DropCause{"hop_limit", "a loop, or a headend with a small hop limit", see_arriving},
	DropCause{"inner_type", "the headend encapsulates what is not in inner", see_arriving,
		  "srproxyctl sid change {sid} inner ip", takes_some_ip},
	DropCause{"inner_invalid", "the headend encapsulates what is no packet", see_arriving},
	DropCause{"ecn", "a router marks congestion on packets that cannot say so", see_arriving},
	DropCause{"vnf_down", "a device of its VNF is missing, down or without carrier",
		  "srproxyctl vnf show {vnf}"},
	DropCause{"vnf_too_big", "the MTU towards the VNF is too small", "ip link show dev {dev}"},
	DropCause{"vnf_xmit", "the VNF's device refuses packets, or has no use for the next hop",
		  "ip neigh show dev {dev}"},
	DropCause{"not_learned", "its VNF returns packets of a type of which none has come in",
		  see_kept},
	DropCause{"aged_out", "the VNF returns packets long after the last one came in", see_kept,
		  "srproxyctl sid change {sid} ageing 0",
		  [](const Json &sid) { return sid.value("ageing", 0U) != 0; }},
	DropCause{"inner_hop_limit", "traceroute, or a loop through the VNF", see_returning},
	DropCause{"too_big", "the MTU towards the next segment is too small", "ip link"},
	DropCause{"no_route", "there is no route to the next segment", "ip -6 route show"},
	DropCause{"loop", "SIDs whose VNFs are down lead to each other", see_sids},
	DropCause{"no_memory", "the machine has none left", "free"},
	DropCause{"not_last", "the headend's segment list does not end here", see_arriving,
		  "srproxyctl sid change {sid} flavors none", is_end_ad_last},
	DropCause{"vnf_srh", "its VNF drops routing headers, or adds them", see_returning,
		  "srproxyctl sid change {sid} flavors cache", may_keep_headers},
	DropCause{"no_flow",
		  "its VNF sends packets of its own or changes addresses; or there are more flows "
		  "than room",
		  see_kept, "srproxyctl sid change {sid} flows 65536", has_few_flows},
	DropCause{"not_permitted",
		  "its VNF changes the segment list; if it is to be trusted with that, permit it",
		  see_returning, "srproxyctl sid change {sid} permit full"},
	DropCause{"hmac_key", "this namespace lacks the SID's or chain's HMAC key", see_keys},
};
static_assert(causes.size() == drops.size());

std::string fill_in(std::string_view pattern, const Json &sid, const Json &vnf) {
	std::string command(pattern);
	for (const auto &[word, value] : {std::pair<std::string_view, std::string>{"{sid}", sid_text(sid)},
					  {"{addr}", field(sid, "addr")},
					  {"{vnf}", field(vnf, "name")},
					  {"{dev}", field(vnf, "dev")},
					  {"{iif}", field(vnf, "iif")}})
		if (auto at = command.find(word); at != command.npos)
			command.replace(at, word.size(), shell_word(value));
	return command;
}

} // namespace

const DropCause *find_cause(std::string_view reason) {
	auto found = std::ranges::find(causes, reason, &DropCause::reason);
	return found == causes.end() ? nullptr : &*found;
}

Finding finding_of_drops(const Json &sid, const Json &vnf, const std::string &reason,
			 const std::string &per_second) {
	Finding finding{Severity::warning, "sid " + sid_text(sid),
			"it drops " + per_second + " packets a second as " + reason, {}};
	const auto *cause = find_cause(reason);
	if (!cause)
		return finding;
	finding.what.append(": ").append(cause->cause);
	finding.mends = !cause->mend.empty() && (!cause->for_sid || cause->for_sid(sid));
	finding.commands = {fill_in(finding.mends ? cause->mend : cause->look, sid, vnf)};
	return finding;
}

} // namespace srproxy
