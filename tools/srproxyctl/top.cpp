// SPDX-License-Identifier: GPL-2.0
#include "top.h"

#include "actions.h"
#include "inventory.h"
#include "monitor.h"
#include "rates.h"
#include "session.h"
#include "terminal.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <thread>

namespace srproxy {

namespace {

// The counters of all SIDs at one time.
struct Reading {
	Clock::time_point at;
	std::string when;
	std::vector<Json> sids;
	std::vector<Json> vnfs;
};

// A SID, or all together.
struct Line {
	Json sid;
	std::string state;
	Rate rate;
};

struct Page {
	std::string when;
	double seconds = 0;
	std::vector<Line> lines; // who has most to do comes first
	std::size_t down = 0;    // VNFs
};

Reading take_reading(Session &session) {
	using namespace std::chrono;
	Reading reading;
	reading.sids = list_all(session, "sid", true);
	reading.at = Clock::now();
	reading.when = timestamp(
		duration_cast<microseconds>(system_clock::now().time_since_epoch()).count());
	reading.vnfs = list_all(session, "vnf");
	return reading;
}

Page compare(const Reading &before, const Reading &now) {
	std::map<std::string, const Json *> earlier;
	for (const auto &sid : before.sids)
		earlier[sid_text(sid)] = &sid.at("stats");
	std::map<std::string, std::string> states;
	for (const auto &vnf : now.vnfs)
		states[field(vnf, "name")] = field(vnf, "state");

	Page page;
	page.when = now.when;
	page.seconds = std::chrono::duration<double>(now.at - before.at).count();
	page.down = static_cast<std::size_t>(std::ranges::count_if(
		states, [](const auto &vnf) { return vnf.second != "up"; }));
	for (const auto &sid : now.sids) {
		auto known = earlier.find(sid_text(sid));
		const Json none;
		const auto &base = known == earlier.end() ? none : *known->second;
		page.lines.push_back({sid, states[field(sid, "vnf")],
				      rate_between(base, sid.at("stats"), page.seconds)});
	}
	std::ranges::stable_sort(page.lines, std::greater(), [](const Line &line) {
		return line.rate.in_packets + line.rate.out_packets + line.rate.drops;
	});
	return page;
}

Json to_json(const Page &page) {
	Json sids = Json::array();
	for (const auto &[sid, state, rate] : page.lines)
		sids.push_back({
			{"sid", field(sid, "addr")},
			{"prefix_len", sid.at("prefix_len")},
			{"behavior", field(sid, "behavior")},
			{"vnf", field(sid, "vnf")},
			{"state", state},
			{"in_packets_per_s", rate.in_packets},
			{"in_bits_per_s", rate.in_bits},
			{"out_packets_per_s", rate.out_packets},
			{"out_bits_per_s", rate.out_bits},
			{"drops_per_s", rate.drops},
			{"drop_reason", rate.reason.empty() ? Json() : Json(rate.reason)},
		});
	return {{"timestamp", page.when}, {"seconds", page.seconds}, {"sids", std::move(sids)}};
}

struct Column {
	const char *title;
	bool number;
	std::string (*cell)(const Line &);
};

constexpr std::array columns{
	Column{"SID", false, [](const Line &line) { return sid_text(line.sid); }},
	Column{"VNF", false, [](const Line &line) { return field(line.sid, "vnf"); }},
	Column{"STATE", false, [](const Line &line) { return line.state; }},
	Column{"IN PKT/S", true, [](const Line &line) { return short_number(line.rate.in_packets); }},
	Column{"BIT/S", true, [](const Line &line) { return short_number(line.rate.in_bits); }},
	Column{"OUT PKT/S", true,
	       [](const Line &line) { return short_number(line.rate.out_packets); }},
	Column{"BIT/S", true, [](const Line &line) { return short_number(line.rate.out_bits); }},
	Column{"DROPS/S", true, [](const Line &line) { return short_number(line.rate.drops); }},
	Column{"REASON", false, [](const Line &line) { return line.rate.reason; }},
};

std::string summary(const Page &page) {
	Rate sum;
	for (const auto &line : page.lines)
		sum += line.rate;
	return "srproxy  " + page.when + "  " + std::to_string(page.lines.size()) + " SIDs, " +
	       std::to_string(page.down) + " VNFs down  in " + short_number(sum.in_packets) +
	       " pkt/s " + short_number(sum.in_bits) + "bit/s  out " +
	       short_number(sum.out_packets) + " pkt/s " + short_number(sum.out_bits) +
	       "bit/s  drops " + short_number(sum.drops) + "/s";
}

// The summary, titles, and a line for each SID.
std::vector<std::string> to_lines(const Page &page) {
	std::vector<std::array<std::string, columns.size()>> cells(1 + page.lines.size());
	std::array<std::size_t, columns.size()> widths{};
	for (std::size_t row = 0; row < cells.size(); row++)
		for (std::size_t i = 0; i < columns.size(); i++) {
			cells[row][i] = row == 0 ? columns[i].title
						 : columns[i].cell(page.lines[row - 1]);
			widths[i] = std::max(widths[i], cells[row][i].size());
		}
	std::vector<std::string> lines{summary(page)};
	for (const auto &row : cells) {
		std::string line;
		for (std::size_t i = 0; i < columns.size(); i++) {
			std::string blanks(widths[i] - row[i].size(), ' ');
			line += i == 0 ? "" : "  ";
			line += columns[i].number ? blanks + row[i] : row[i] + blanks;
		}
		line.erase(line.find_last_not_of(' ') + 1);
		lines.push_back(std::move(line));
	}
	return lines;
}

// Who sees it, and how long to wait.
class Viewer {
public:
	explicit Viewer(Session &of) : session(of) {
		if (!session.options.json && Terminal::at_hand()) {
			terminal.emplace();
			lines = {"srproxy: measuring, q ends"};
			draw();
		}
	}

	// False if it is to end.
	bool wait(Clock::time_point until) {
		if (!terminal) {
			std::this_thread::sleep_until(until);
			return true;
		}
		for (;;) {
			auto event = terminal->wait(until);
			if (event != Terminal::Event::resized)
				return event == Terminal::Event::time;
			draw();
		}
	}

	void show(const Page &page) {
		lines = to_lines(page);
		if (terminal) {
			draw();
			return;
		}
		std::string block;
		for (const auto &line : lines)
			block += line + '\n';
		session.output.event(to_json(page), block);
	}

private:
	void draw() {
		auto page = lines;
		auto rows = terminal->rows();
		if (page.size() > rows) {
			auto hidden = page.size() - rows + 1;
			page.resize(rows);
			page.back() = "and " + std::to_string(hidden) + " more";
		}
		terminal->draw(page);
	}

	Session &session;
	std::optional<Terminal> terminal;
	std::vector<std::string> lines;
};

std::uint32_t number_or(const Invocation &command, std::string_view word, std::uint32_t otherwise) {
	for (const auto &[attribute, bytes] : command.values)
		if (attribute->word == word)
			return read_integer<std::uint32_t>(bytes);
	return otherwise;
}

} // namespace

void top(Session &session, const Invocation &command) {
	std::chrono::seconds interval(number_or(command, "interval", 1));
	auto count = number_or(command, "count", 0);

	auto before = take_reading(session);
	Viewer viewer(session);
	auto next = before.at + interval;
	for (std::uint32_t shown = 0; count == 0 || shown < count; shown++) {
		if (!viewer.wait(next))
			break;
		auto now = take_reading(session);
		viewer.show(compare(before, now));
		before = std::move(now);
		// One that took too long is not made up for.
		next = std::max(next, before.at - interval) + interval;
	}
}

} // namespace srproxy
