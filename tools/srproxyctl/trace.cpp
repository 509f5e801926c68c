// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include "actions.h"
#include "drops.h"
#include "monitor.h"
#include "session.h"
#include "tracefs.h"

#include <algorithm>
#include <chrono>

#include <net/if.h>
#include <sys/stat.h>

namespace srproxy {

namespace {

constexpr std::string_view system_name = "srproxy";
constexpr std::string_view event_prefix = ": srproxy_";
constexpr std::size_t packets_max = 65536; // whose last step is known

const std::string &field(const TraceEvent &event, std::string_view name) {
	static const std::string none;
	auto found = event.fields.find(name);
	return found == event.fields.end() ? none : found->second;
}

const Drop *drop_called(std::string_view name) {
	auto found = std::ranges::find(drops, name, &Drop::name);
	return found == drops.end() ? nullptr : &*found;
}

// "   <idle>-0     [000] ..s1.    12.345678": seconds since the machine was started.
std::int64_t time_of(std::string_view before) {
	auto word = before.substr(before.find_last_of(' ') + 1);
	std::int64_t seconds = 0;
	std::int64_t fraction = 0;
	const char *end = word.data() + word.size();
	const auto *dot = std::from_chars(word.data(), end, seconds).ptr;
	if (dot != end)
		std::from_chars(dot + 1, end, fraction);
	return seconds * 1'000'000 + fraction;
}

// From the clock of the events to that of dates, in microseconds.
std::int64_t clock_offset() {
	using namespace std::chrono;
	return duration_cast<microseconds>(system_clock::now().time_since_epoch() -
					   steady_clock::now().time_since_epoch())
		.count();
}

Json device(const std::string &index) {
	std::array<char, IF_NAMESIZE> name{};
	auto number = static_cast<unsigned>(std::stoul(index));
	return if_indextoname(number, name.data()) ? Json(name.data()) : Json(number);
}

std::uint64_t netns() {
	struct stat status {};
	if (stat("/proc/self/ns/net", &status) < 0)
		refuse("/proc/self/ns/net is not there: mount -t proc proc /proc");
	return status.st_ino;
}

std::string number_text(View bytes) {
	std::uint64_t number = 0;
	for (auto byte : bytes)
		number = number << 8 | byte;
	return std::to_string(number);
}

} // namespace

std::optional<TraceEvent> trace_event(std::string_view line) {
	auto at = line.find(event_prefix);
	if (at == line.npos)
		return std::nullopt;
	auto text = line.substr(at + event_prefix.size());
	auto colon = text.find(": ");
	if (colon == text.npos)
		return std::nullopt;

	TraceEvent event{std::string(text.substr(0, colon)), time_of(line.substr(0, at)), {}};
	text.remove_prefix(colon + 2);
	while (!text.empty()) {
		auto word = text.substr(0, text.find(' '));
		text.remove_prefix(std::min(text.size(), word.size() + 1));
		auto equals = word.find('=');
		if (equals != word.npos)
			event.fields.emplace(word.substr(0, equals), word.substr(equals + 1));
	}
	return event;
}

bool Follower::continues(const Step &last, const TraceEvent &event) {
	const auto &sid = field(event, "sid");
	bool on_the_way_in = last.name == "learn" ? last.sid == sid
						  : last.name == "encap" && last.next == sid;
	bool at_the_vnf = last.name == "decap" && last.sid == sid;
	if (event.name == "encap")
		return at_the_vnf;
	if (event.name != "drop")
		return on_the_way_in;
	const auto *drop = drop_called(field(event, "reason"));
	auto way = drop ? drop->way : Way::any;
	return (way != Way::back && on_the_way_in) || (way != Way::in && at_the_vnf);
}

std::optional<unsigned> Follower::packet(const TraceEvent &event) {
	const auto &address = field(event, "skbaddr");
	if (address.find_first_not_of("0x") == address.npos)
		return std::nullopt;
	auto last = last_steps.find(address);
	bool known = last != last_steps.end() && continues(last->second, event);
	auto number = known ? last->second.packet : ++packets;
	if (event.name == "drop") {
		if (last != last_steps.end())
			last_steps.erase(last);
		return number;
	}
	if (last == last_steps.end() && last_steps.size() == packets_max)
		last_steps.clear();
	last_steps.insert_or_assign(
		address, Step{event.name, field(event, "sid"), field(event, "next"), number});
	return number;
}

Json trace_json(const TraceEvent &event, std::optional<unsigned> packet, const std::string &when) {
	Json json = Json::object();
	if (!when.empty())
		json["timestamp"] = when;
	json["packet"] = packet ? Json(*packet) : Json();
	json["event"] = event.name;
	json["sid"] = field(event, "sid");
	for (const auto *name : {"inner", "src"})
		if (event.fields.contains(name))
			json[name] = field(event, name);
	for (const auto *name : {"segs", "segments_left", "len"})
		if (event.fields.contains(name))
			json[name] = std::stoul(field(event, name));
	for (const auto *name : {"iif", "oif"})
		if (event.fields.contains(name) && field(event, name) != "0")
			json[name] = device(field(event, name));
	for (const auto *name : {"next", "vnf", "reason"})
		if (!field(event, name).empty() && field(event, name) != "::")
			json[name] = field(event, name);
	return json;
}

std::string trace_text(const Json &json) {
	std::string line;
	for (const auto &element : json.items()) {
		const auto &key = element.key();
		const auto &value = element.value();
		std::string word = key;
		std::ranges::replace(word, '_', '-');
		if (key == "packet")
			line += (line.empty() ? "" : " ") + (value.is_null() ? "-" : value.dump());
		else if (key == "timestamp")
			line += plain_text(value);
		else if (key == "event" || key == "sid")
			line += ' ' + plain_text(value);
		else
			line += ' ' + word + ' ' + plain_text(value);
	}
	if (json.contains("reason"))
		if (const auto *drop = drop_called(json["reason"].get<std::string>()))
			line.append(": ").append(drop->meaning);
	return line;
}

std::string trace_filter(std::uint64_t inode, View sid) {
	auto filter = "netns == " + std::to_string(inode);
	if (sid.size() == 2 * sizeof(std::uint64_t))
		filter += " && sid_high == " + number_text(sid.first(sizeof(std::uint64_t))) +
			  " && sid_low == " + number_text(sid.last(sizeof(std::uint64_t)));
	return filter;
}

void trace(Session &session, const Invocation &command) {
	Bytes sid;
	std::uint32_t left = 0; // for ever
	for (const auto &[attribute, bytes] : command.values) {
		if (attribute->role == Role::key)
			sid = bytes;
		if (attribute->word == "count")
			left = read_integer<std::uint32_t>(bytes);
	}
	session.socket(); // is the module there?
	if (!sid.empty())
		check_exists(session, command);

	Interruption interruption;
	TraceBuffer buffer(system_name, trace_filter(netns(), sid));
	Follower follower;
	auto offset = clock_offset();
	while (auto lines = buffer.read(interruption)) {
		for (const auto &line : *lines) {
			auto event = trace_event(line);
			if (!event) {
				// "CPU:0 [LOST 5 EVENTS]"
				if (line.find("[LOST ") != line.npos)
					session.output.event({{"event", "lost"}}, "events lost");
				continue;
			}
			auto when = session.options.timestamp
					    ? timestamp(event->microseconds + offset)
					    : std::string();
			auto json = trace_json(*event, follower.packet(*event), when);
			if (!session.output.event(json, trace_text(json)))
				return;
			if (left != 0 && --left == 0)
				return;
		}
		if (lines->empty() && !buffer.alive())
			throw Failure(Status::absent, "the module has been removed");
	}
}

} // namespace srproxy
