// SPDX-License-Identifier: GPL-2.0
// What has come, and what becomes of it.
#include "actions.h"
#include "doctor/drop_cause.h"
#include "doctor/node.h"
#include "rates.h"
#include "session.h"

#include <algorithm>
#include <map>
#include <thread>

namespace srproxy {

namespace {

constexpr std::chrono::seconds between_readings(1);

std::string joined(const std::vector<std::string> &words) {
	std::string list;
	for (const auto &word : words)
		list.append(list.empty() ? "" : ",").append(word);
	return list;
}

void check_one(const NodeState &node, const Json &sid, Findings &findings) {
	std::vector<std::string> learned;
	std::vector<std::string> unknown;
	for (auto &inner : inner_types(sid))
		(learned_by(node.all, sid, inner) ? learned : unknown).push_back(inner);
	const auto &stats = sid.at("stats");
	auto about = "sid " + sid_text(sid);
	if (learned.empty() && stats.at("in_packets") == 0)
		findings.push_back({Severity::note,
				    about,
				    "no packet has come to it yet; a headend (Linux) sends some by",
				    {"ip -6 route add PREFIX encap seg6 mode encap segs " +
				     field(sid, "addr") + ",NEXT via NODE"}});
	else if (!learned.empty() && !unknown.empty() && stats.at("drops").at("not_learned") != 0)
		findings.push_back({Severity::warning,
				    about,
				    "its VNF returns packets of a type of which none has come in, "
				    "probably " + joined(unknown) +
					    "; without that in inner, they are the node's",
				    {"srproxyctl sid change " + sid_text(sid) + " inner " +
				     joined(learned)}});
}

} // namespace

void check_learned(NodeState &node, Findings &findings) {
	for (const auto &sid : node.all.sids)
		if (field(sid, "behavior") == "End.AD" && !has_flavor(sid, "last"))
			check_one(node, sid, findings);
}

// Those that happen now: what has been dropped once may be mended.
void check_drops(NodeState &node, Findings &findings) {
	if (node.all.sids.empty())
		return;
	std::this_thread::sleep_until(node.at + between_readings);
	std::map<std::string, Json> before;
	for (const auto &sid : node.all.sids)
		before[sid_text(sid)] = sid.at("stats");
	auto sids = list_all(node.session, "sid", true);
	std::chrono::duration<double> passed = Clock::now() - node.at;
	for (const auto &sid : sids)
		for (const auto &[reason, rate] : drop_rates(before[sid_text(sid)],
							     sid.at("stats"), passed.count()))
			findings.push_back(finding_of_drops(sid, vnf_of(node.all, sid), reason,
							    short_number(rate)));
}

} // namespace srproxy
