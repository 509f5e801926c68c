// SPDX-License-Identifier: GPL-2.0
#include "doctor/doctor.h"

#include "doctor/node.h"
#include "session.h"

#include <algorithm>
#include <array>

namespace srproxy {

namespace {

struct Row {
	std::string_view name;
	Check check;
};

// docs/troubleshooting.md tells what each of them looks at.
constexpr std::array rows{
	Row{"version", check_version},
	Row{"forwarding", check_forwarding},
	Row{"device", check_devices},
	Row{"neighbour", check_neighbours},
	Row{"sid-route", check_sid_routes},
	Row{"sid-address", check_sid_addresses},
	Row{"next-segment", check_next_segments},
	Row{"seg6-enabled", check_seg6_enabled},
	Row{"rp-filter", check_rp_filter},
	Row{"mtu", check_mtu},
	Row{"hmac", check_hmac_keys},
	Row{"learned", check_learned},
	Row{"drops", check_drops},
	Row{"unused", check_unused},
};

struct Told {
	std::string_view check;
	Finding finding;
};

std::vector<Told> examine(Session &session) try {
	NodeState node(session);
	std::vector<Told> told;
	for (const auto &[name, check] : rows) {
		Findings findings;
		check(node, findings);
		for (auto &finding : findings)
			told.push_back({name, std::move(finding)});
	}
	// What comes first is to be seen to first.
	std::ranges::stable_sort(told, std::greater(),
				 [](const Told &one) { return one.finding.severity; });
	return told;
} catch (const Failure &failure) {
	if (failure.status != Status::absent)
		throw;
	return {{"module",
		 {Severity::error, "module", "it is not loaded", {"modprobe srproxy"}}}};
}

Json to_json(const Told &told, const std::string &command) {
	const auto &finding = told.finding;
	return {{"severity", name_of(finding.severity)}, {"check", told.check},
		{"about", finding.about},		 {"what", finding.what},
		{"command", command},			 {"mends", finding.mends}};
}

std::string to_text(const Told &told, const std::string &command) {
	const auto &finding = told.finding;
	std::string text(name_of(finding.severity));
	text += ": " + finding.about + ": " + finding.what + '\n';
	if (!command.empty())
		text += (finding.mends ? "    mend: " : "    see: ") + command + '\n';
	return text;
}

} // namespace

void doctor(Session &session, const Invocation &) {
	Json list = Json::array();
	std::string text;
	for (const auto &told : examine(session)) {
		auto command = command_line(told.finding.commands, session.options.netns);
		list.push_back(to_json(told, command));
		text += to_text(told, command);
		if (told.finding.severity != Severity::note)
			session.status = Status::found;
	}
	if (session.status != Status::found)
		text += "nothing is wrong\n";
	text.pop_back();
	session.output.one(list, text);
}

} // namespace srproxy
