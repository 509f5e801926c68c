// SPDX-License-Identifier: GPL-2.0
#include "objects.h"

#include "actions.h"
#include "header.h"
#include "help.h"
#include "monitor.h"
#include "statistics.h"

#include <algorithm>
#include <array>

#include <linux/netlink.h>
#include <linux/srproxy.h>
#include <sys/socket.h>

namespace srproxy {

namespace {

// Values

constexpr std::array behavior_words{
	Choice::Word{"End.AS", SRPROXY_BEHAVIOR_END_AS},
	Choice::Word{"End.AD", SRPROXY_BEHAVIOR_END_AD},
};
constexpr std::array inner_words{
	Choice::Word{"ip4", SRPROXY_INNER_IP4},
	Choice::Word{"ip6", SRPROXY_INNER_IP6},
	Choice::Word{"ip", SRPROXY_INNER_ALL},
};
constexpr std::array on_down_words{
	Choice::Word{"drop", SRPROXY_ON_DOWN_DROP},
	Choice::Word{"bypass", SRPROXY_ON_DOWN_BYPASS},
};
constexpr std::array state_words{
	Choice::Word{"down", SRPROXY_VNF_STATE_DOWN},
	Choice::Word{"up", SRPROXY_VNF_STATE_UP},
};
static_assert(behavior_words.size() == SRPROXY_BEHAVIOR_MAX);
static_assert(on_down_words.size() == SRPROXY_ON_DOWN_MAX + 1);

constexpr Name name;
constexpr Device device;
constexpr Address ip4(AF_INET);
constexpr Address ip6(AF_INET6);
constexpr AddressList segments;
constexpr LinkAddress mac;
constexpr RoutingTable table;
constexpr Toggle toggle;
constexpr Flag flag;
constexpr String string;
constexpr Reading reading;
constexpr Statistics statistics;
constexpr Header header;
constexpr Choice behavior(behavior_words);
constexpr Choice inner(inner_words);
constexpr Choice on_down(on_down_words);
constexpr Choice state(state_words);
constexpr Number<std::uint8_t> hop_limit(1, UINT8_MAX);
constexpr Number<std::uint8_t> margin(0, UINT8_MAX);
constexpr Number<std::uint32_t> ageing(0, SRPROXY_AGEING_MAX);

// Attributes

constexpr std::array info_attributes{
	Attribute{"version", SRPROXY_A_INFO_VERSION, Role::reported, string,
		  "the module's version"},
	Attribute{"segs-max", SRPROXY_A_INFO_SEGS_MAX, Role::reported, reading,
		  "the longest segment list of a chain"},
	Attribute{"vnfs", SRPROXY_A_INFO_VNFS, Role::reported, reading, "VNFs in this namespace"},
	Attribute{"chains", SRPROXY_A_INFO_CHAINS, Role::reported, reading,
		  "chains in this namespace"},
	Attribute{"sids", SRPROXY_A_INFO_SIDS, Role::reported, reading, "SIDs in this namespace"},
};

constexpr std::array vnf_attributes{
	Attribute{"name", SRPROXY_A_VNF_NAME, Role::key, name, "1 to 31 of A-Z a-z 0-9 _ . -"},
	Attribute{"dev", SRPROXY_A_VNF_DEV, Role::required, device,
		  "the interface towards the VNF (IFACE-OUT)"},
	Attribute{"iif", SRPROXY_A_VNF_IIF, Role::optional, device,
		  "the interface its packets return on (IFACE-IN); default: dev"},
	Attribute{"nh4", SRPROXY_A_VNF_NH4, Role::optional, ip4, "IPv4 next hop on dev"},
	Attribute{"nh6", SRPROXY_A_VNF_NH6, Role::optional, ip6,
		  "IPv6 next hop on dev; for IPv4 too if there is no nh4"},
	Attribute{"lladdr", SRPROXY_A_VNF_LLADDR, Role::optional, mac,
		  "link-layer next hop on dev, instead of nh4 and nh6"},
	Attribute{"on-down", SRPROXY_A_VNF_ON_DOWN, Role::optional, on_down,
		  "packets while the VNF is down: drop them, or on without it; default: drop"},
	Attribute{"state", SRPROXY_A_VNF_STATE, Role::reported, state,
		  "up: both devices are there, up and with carrier"},
	Attribute{"dev-ifindex", SRPROXY_A_VNF_DEV_IFINDEX, Role::hidden, reading,
		  "its index; 0: there is no such device"},
	Attribute{"iif-ifindex", SRPROXY_A_VNF_IIF_IFINDEX, Role::hidden, reading,
		  "its index; 0: there is no such device"},
	Attribute{"absent", 0, Role::reported, string, "devices that do not exist"},
	Attribute{"sids", SRPROXY_A_VNF_SIDS, Role::reported, reading, "SIDs that use this VNF"},
};

constexpr std::array chain_attributes{
	Attribute{"name", SRPROXY_A_CHAIN_NAME, Role::key, name, "1 to 31 of A-Z a-z 0-9 _ . -"},
	Attribute{"src", SRPROXY_A_CHAIN_SRC, Role::required, ip6, "IPv6 source address, outside"},
	Attribute{"segs", SRPROXY_A_CHAIN_SEGS, Role::required, segments,
		  "1 to 127 segments, the first one first"},
	Attribute{"hop-limit", SRPROXY_A_CHAIN_HOP_LIMIT, Role::optional, hop_limit,
		  "outer hop limit; default: 64", "64"},
	Attribute{"reduced", SRPROXY_A_CHAIN_REDUCED, Role::optional, toggle,
		  "the first segment in the destination address only; default: noreduced"},
	Attribute{"table", SRPROXY_A_CHAIN_TABLE, Role::optional, table,
		  "routing table: main, local, default or a number; default: 0, the node's rules",
		  "0"},
	Attribute{"sids", SRPROXY_A_CHAIN_SIDS, Role::reported, reading,
		  "SIDs that use this chain"},
};
static_assert(SRPROXY_SEGS_MAX == 127 && SRPROXY_HOP_LIMIT_DEFAULT == 64 &&
	      SRPROXY_NAME_SIZE == 32); // as the texts say

constexpr std::array sid_attributes{
	Attribute{"addr", SRPROXY_A_SID_ADDR, Role::key, ip6, "the SID, an IPv6 address"},
	Attribute{"behavior", SRPROXY_A_SID_BEHAVIOR, Role::required, behavior,
		  "static (End.AS) or dynamic (End.AD) proxy"},
	Attribute{"inner", SRPROXY_A_SID_INNER, Role::optional, inner,
		  "the plain packets it deals with; default: ip, which is both"},
	Attribute{"vnf", SRPROXY_A_SID_VNF, Role::required, name, "the VNF"},
	Attribute{"chain", SRPROXY_A_SID_CHAIN, Role::optional, name,
		  "the encapsulation of what returns; End.AS needs it, End.AD learns it"},
	Attribute{"ageing", SRPROXY_A_SID_AGEING, Role::optional, ageing,
		  "End.AD: seconds that a learned header lives without a packet; default: 0, for "
		  "ever",
		  "0"},
	Attribute{"margin", SRPROXY_A_SID_MARGIN, Role::optional, margin,
		  "End.AD: hop limit difference that is no change of the header; default: 8"},
	Attribute{"table", SRPROXY_A_SID_TABLE, Role::optional, table,
		  "End.AD: routing table, as of a chain; default: 0, the node's rules", "0"},
	Attribute{"stats", SRPROXY_A_SID_STATS, Role::reported, statistics, "counters, with -s"},
};
static_assert(SRPROXY_MARGIN_DEFAULT == 8);

constexpr std::array circuit_attributes{
	Attribute{"iif", SRPROXY_A_CIRCUIT_IIF, Role::reported, device, "IFACE-IN of the VNF"},
	Attribute{"ifindex", SRPROXY_A_CIRCUIT_IFINDEX, Role::hidden, reading,
		  "its index; 0: there is no such device"},
	Attribute{"absent", 0, Role::reported, string, "devices that do not exist"},
	Attribute{"inner", SRPROXY_A_CIRCUIT_INNER, Role::reported, inner, "type of the packets"},
	Attribute{"sid", SRPROXY_A_CIRCUIT_SID, Role::reported, ip6, "the SID they belong to"},
	Attribute{"vnf", SRPROXY_A_CIRCUIT_VNF, Role::reported, name, "its VNF"},
};

constexpr std::array cache_attributes{
	Attribute{"sid", SRPROXY_A_CACHE_SID, Role::optional, ip6, "of this SID only"},
	Attribute{"inner", SRPROXY_A_CACHE_INNER, Role::reported, inner, "type of the packets"},
	Attribute{"header", SRPROXY_A_CACHE_HEADER, Role::hidden, header,
		  "the learned header; src, dst, hop-limit, segments-left, segs and tag are in it"},
	Attribute{"age-ms", SRPROXY_A_CACHE_AGE, Role::reported, reading,
		  "milliseconds since it was learned"},
	Attribute{"idle-ms", SRPROXY_A_CACHE_IDLE, Role::reported, reading,
		  "milliseconds since a packet bore it, with ageing only"},
	Attribute{"expired", SRPROXY_A_CACHE_EXPIRED, Role::reported, flag,
		  "aged out: no longer pushed"},
};

constexpr std::array stats_attributes{
	Attribute{"sid", SRPROXY_A_SID_ADDR, Role::optional, ip6, "of this SID only"},
	Attribute{"stats", SRPROXY_A_SID_STATS, Role::reported, statistics,
		  "counters and drop reasons; with -s those that are 0 too"},
};

constexpr std::array help_attributes{
	Attribute{"object", 0, Role::key, string, "one of the objects"},
};

// Verbs

constexpr std::array set_verbs{
	Verb{"add", NLM_F_CREATE | NLM_F_EXCL},
	Verb{"replace", NLM_F_CREATE | NLM_F_REPLACE},
	Verb{"change", NLM_F_REPLACE},
};
constexpr std::array del_verbs{Verb{"del"}};
constexpr std::array get_verbs{Verb{"get"}};
constexpr std::array show_verbs{Verb{"show"}, Verb{"list"}, Verb{"ls"}};
constexpr std::array show_all_verbs{Verb{"show", NLM_F_DUMP}, Verb{"list", NLM_F_DUMP},
				    Verb{"ls", NLM_F_DUMP}};
constexpr std::array flush_verbs{Verb{"flush", NLM_F_BULK}};
constexpr std::array flush_cache_verbs{Verb{"flush"}};
constexpr std::array monitor_verbs{Verb{"all"}, Verb{"config"}, Verb{"learn"}};
constexpr std::array no_verb{Verb{""}};

constexpr std::string_view set_help =
	"add a new one; create or replace it; change what is given and keep the rest";

// Forms

// used: by SIDs, and not deleted as long as it is.
template <std::uint8_t cmd_new, std::uint8_t cmd_del, std::uint8_t cmd_get, bool used>
constexpr std::array configured_forms{
	Form{set_verbs, Key::must, true, cmd_new, change, set_help},
	Form{del_verbs, Key::must, false, cmd_del, change,
	     used ? "delete one that is not in use" : "delete one"},
	Form{get_verbs, Key::must, false, cmd_get, show, "show one"},
	Form{show_verbs, Key::maybe, false, cmd_get, show, "show one or all"},
	Form{flush_verbs, Key::none, false, cmd_del, change,
	     used ? "delete all, or none while any is in use" : "delete all"},
};

constexpr const auto &vnf_forms =
	configured_forms<SRPROXY_CMD_VNF_NEW, SRPROXY_CMD_VNF_DEL, SRPROXY_CMD_VNF_GET, true>;
constexpr const auto &chain_forms =
	configured_forms<SRPROXY_CMD_CHAIN_NEW, SRPROXY_CMD_CHAIN_DEL, SRPROXY_CMD_CHAIN_GET, true>;
constexpr const auto &sid_forms =
	configured_forms<SRPROXY_CMD_SID_NEW, SRPROXY_CMD_SID_DEL, SRPROXY_CMD_SID_GET, false>;

constexpr std::array circuit_forms{
	Form{show_all_verbs, Key::none, false, SRPROXY_CMD_CIRCUIT_GET, show, "show all"},
};
constexpr std::array cache_forms{
	Form{show_all_verbs, Key::none, true, SRPROXY_CMD_CACHE_GET, show, "show learned headers"},
	Form{flush_cache_verbs, Key::none, true, SRPROXY_CMD_CACHE_DEL, change, "forget them"},
};
constexpr std::array stats_forms{
	Form{show_verbs, Key::none, true, SRPROXY_CMD_SID_GET, show, "show counters"},
};
constexpr std::array monitor_forms{
	Form{monitor_verbs, Key::none, false, 0, monitor,
	     "everything; changes of objects; headers learned and forgotten"},
};
constexpr std::array version_forms{
	Form{no_verb, Key::none, false, SRPROXY_CMD_INFO_GET, version,
	     "of the tool and the module"},
};
constexpr std::array help_forms{
	Form{no_verb, Key::maybe, false, 0, help, "of everything or one object"},
};

// Names the devices with an ifindex of 0.
void derive_absent(Json &record) {
	Json absent = Json::array();
	for (const auto &[index, device_key] :
	     {std::pair{"dev_ifindex", "dev"}, {"iif_ifindex", "iif"}, {"ifindex", "iif"}}) {
		auto found = record.find(index);
		if (found == record.end() || *found != 0 || !record.contains(device_key))
			continue;
		const auto &absentee = record[device_key];
		if (std::ranges::find(absent, absentee) == absent.end())
			absent.push_back(absentee);
	}
	if (!absent.empty())
		record["absent"] = std::move(absent);
}

// Not to be learned from the absence of a key.
void derive_expired(Json &record) {
	if (record.contains("header") && !record.contains("expired"))
		record["expired"] = false;
}

constexpr std::array all_objects{
	Object{"vnf", "network functions and where they are attached", SRPROXY_A_VNF,
	       vnf_attributes, vnf_forms, derive_absent,
	       "A device with a link layer (Ethernet) needs a next hop for each inner type that\n"
	       "a SID leads there; one without (tun, ip6tnl) needs none."},
	Object{"chain", "encapsulations: source and segment list", SRPROXY_A_CHAIN,
	       chain_attributes, chain_forms},
	Object{"sid", "the segments that lead through a VNF", SRPROXY_A_SID, sid_attributes,
	       sid_forms},
	Object{"circuit", "which SID a packet from a VNF belongs to", SRPROXY_A_CIRCUIT,
	       circuit_attributes, circuit_forms, derive_absent},
	Object{"cache", "headers that End.AD learned", SRPROXY_A_CACHE, cache_attributes,
	       cache_forms, derive_expired},
	Object{"stats", "counters of the SIDs and why packets were dropped", SRPROXY_A_SID,
	       stats_attributes, stats_forms},
	Object{"monitor", "what happens, as it happens", 0, {}, monitor_forms},
	Object{"version", "versions of this tool and of the module", SRPROXY_A_INFO,
	       info_attributes, version_forms},
	Object{"help", "this help", 0, help_attributes, help_forms},
};

struct Notification {
	std::uint8_t command;
	std::string_view object;
	std::string_view verb;
};

constexpr std::array notifications{
	Notification{SRPROXY_CMD_VNF_NEW, "vnf", "new"},
	Notification{SRPROXY_CMD_VNF_DEL, "vnf", "del"},
	Notification{SRPROXY_CMD_CHAIN_NEW, "chain", "new"},
	Notification{SRPROXY_CMD_CHAIN_DEL, "chain", "del"},
	Notification{SRPROXY_CMD_SID_NEW, "sid", "new"},
	Notification{SRPROXY_CMD_SID_DEL, "sid", "del"},
	Notification{SRPROXY_CMD_CACHE_NEW, "cache", "new"},
	Notification{SRPROXY_CMD_CACHE_DEL, "cache", "del"},
};

} // namespace

std::span<const Object> objects() { return all_objects; }

const Object *find_object(std::string_view word) {
	auto found = std::ranges::find(all_objects, word, &Object::word);
	return found == all_objects.end() ? nullptr : &*found;
}

const Attribute *key_of(const Object &object) {
	auto found = std::ranges::find(object.attributes, Role::key, &Attribute::role);
	return found == object.attributes.end() ? nullptr : &*found;
}

std::optional<Event> event_of(std::uint8_t command) {
	auto found = std::ranges::find(notifications, command, &Notification::command);
	if (found == notifications.end())
		return std::nullopt;
	return Event{find_object(found->object), found->verb};
}

} // namespace srproxy
