// SPDX-License-Identifier: GPL-2.0
#include "objects.h"

#include "actions.h"
#include "apply.h"
#include "completion.h"
#include "doctor/doctor.h"
#include "flow.h"
#include "graph.h"
#include "header.h"
#include "help.h"
#include "mask.h"
#include "metrics.h"
#include "monitor.h"
#include "prefix.h"
#include "statistics.h"
#include "trace.h"
#include "top.h"
#include "vlans.h"

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
	Choice::Word{"End.AM", SRPROXY_BEHAVIOR_END_AM},
	Choice::Word{"End.AN", SRPROXY_BEHAVIOR_END_AN},
};
constexpr std::array inner_words{
	Mask::Word{"ip4", SRPROXY_INNER_IP4},
	Mask::Word{"ip6", SRPROXY_INNER_IP6},
	Mask::Word{"ip", SRPROXY_INNER_IP},
	Mask::Word{"eth", SRPROXY_INNER_ETH},
};
constexpr std::array flavor_words{
	Mask::Word{"last", SRPROXY_FLAVOR_LAST},
	Mask::Word{"nat", SRPROXY_FLAVOR_NAT},
	Mask::Word{"psp", SRPROXY_FLAVOR_PSP},
	Mask::Word{"cache", SRPROXY_FLAVOR_CACHE},
	Mask::Word{"next-csid", SRPROXY_FLAVOR_NEXT_CSID},
	Mask::Word{"none", 0},
};
constexpr std::array hook_words{
	Choice::Word{"prerouting", SRPROXY_HOOK_PREROUTING},
	Choice::Word{"seg6local", SRPROXY_HOOK_SEG6LOCAL},
	Choice::Word{"local", SRPROXY_HOOK_LOCAL},
};
constexpr std::array seg6local_words{
	Choice::Word{"End.T", SRPROXY_SEG6LOCAL_END_T},
	Choice::Word{"End.BPF", SRPROXY_SEG6LOCAL_END_BPF},
};
constexpr std::array ttl_mode_words{
	Choice::Word{"pipe", SRPROXY_TTL_MODE_PIPE},
	Choice::Word{"uniform", SRPROXY_TTL_MODE_UNIFORM},
};
constexpr std::array dscp_mode_words{
	Choice::Word{"inner", SRPROXY_DSCP_MODE_INNER},
	Choice::Word{"pipe", SRPROXY_DSCP_MODE_PIPE},
	Choice::Word{"uniform", SRPROXY_DSCP_MODE_UNIFORM},
};
constexpr std::array permit_words{
	Choice::Word{"none", SRPROXY_PERMIT_NONE},
	Choice::Word{"insert-next", SRPROXY_PERMIT_INSERT_NEXT},
	Choice::Word{"insert-any", SRPROXY_PERMIT_INSERT_ANY},
	Choice::Word{"full", SRPROXY_PERMIT_FULL},
};
constexpr std::array on_down_words{
	Choice::Word{"drop", SRPROXY_ON_DOWN_DROP},
	Choice::Word{"bypass", SRPROXY_ON_DOWN_BYPASS},
};
constexpr std::array handover_words{
	Choice::Word{"auto", SRPROXY_HANDOVER_AUTO},
	Choice::Word{"never", SRPROXY_HANDOVER_NEVER},
};
constexpr std::array state_words{
	Choice::Word{"down", SRPROXY_VNF_STATE_DOWN},
	Choice::Word{"up", SRPROXY_VNF_STATE_UP},
};
static_assert(behavior_words.size() == SRPROXY_BEHAVIOR_MAX);
static_assert(hook_words.size() == SRPROXY_HOOK_MAX + 1);
static_assert(ttl_mode_words.size() == SRPROXY_TTL_MODE_MAX + 1);
static_assert(dscp_mode_words.size() == SRPROXY_DSCP_MODE_MAX + 1);
static_assert(permit_words.size() == SRPROXY_PERMIT_MAX + 1);
static_assert(on_down_words.size() == SRPROXY_ON_DOWN_MAX + 1);
static_assert(handover_words.size() == SRPROXY_HANDOVER_MAX + 1);

constexpr std::uint32_t all_bits(std::span<const Mask::Word> words) {
	std::uint32_t bits = 0;
	for (const auto &word : words)
		bits |= word.bits;
	return bits;
}
static_assert(all_bits(inner_words) == SRPROXY_INNER_ALL);
static_assert(all_bits(flavor_words) == SRPROXY_FLAVOR_ALL);

// What help is asked about.
class ObjectWord final : public String {
public:
	constexpr ObjectWord() : String("OBJECT") {}

	std::vector<std::string> suggest(std::string_view) const override {
		std::vector<std::string> words;
		for (const auto &object : objects())
			words.emplace_back(object.word);
		return words;
	}
};

constexpr Name vnf_name("vnf");
constexpr Name chain_name("chain");
constexpr Device device;
constexpr Address ip4(AF_INET);
constexpr Address ip6(AF_INET6);
constexpr Prefix prefix;
constexpr PrefixLength prefix_len;
constexpr AddressList segments;
constexpr LinkAddress mac;
constexpr Vlans vlans;
constexpr RoutingTable table;
constexpr Toggle toggle;
constexpr Flag flag;
constexpr String string;
constexpr ObjectWord object_word;
constexpr String file("FILE");
constexpr Reading reading;
constexpr Statistics statistics;
constexpr Header header;
constexpr RoutingHeader routing_header;
constexpr Flow flow;
constexpr Choice behavior(behavior_words);
constexpr Mask inner(inner_words, Mask::In::byte, Mask::As::string);
constexpr Mask flavors(flavor_words, Mask::In::word, Mask::As::strings);
constexpr Choice hook(hook_words);
constexpr Choice seg6local(seg6local_words);
constexpr Choice ttl_mode(ttl_mode_words);
constexpr Choice dscp_mode(dscp_mode_words);
constexpr Choice permit(permit_words);
constexpr Choice on_down(on_down_words);
constexpr Choice handover(handover_words);
constexpr Choice state(state_words);
constexpr Number<std::uint8_t> hop_limit(1, UINT8_MAX);
constexpr Number<std::uint8_t> margin(0, UINT8_MAX);
constexpr Number<std::uint32_t> ageing(0, SRPROXY_AGEING_MAX);
constexpr Number<std::uint8_t> lblen(1, 127);
constexpr Number<std::uint8_t> dscp(0, 63);
constexpr Number<std::uint16_t> tag(0, UINT16_MAX);
constexpr Number<std::uint32_t> hmac(0, UINT32_MAX);
constexpr Number<std::uint32_t> metric(0, UINT32_MAX);
constexpr Number<std::uint32_t> flows(1, SRPROXY_FLOWS_MAX);
constexpr Number<std::uint32_t> steps(1, UINT32_MAX);
constexpr Number<std::uint32_t> interval(1, 86400);
constexpr Number<std::uint32_t> count(0, UINT32_MAX);

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
	Attribute{"seg6local", SRPROXY_A_INFO_SEG6LOCAL, Role::reported, seg6local,
		  "action of the routes of SIDs with hook seg6local: End.T or End.BPF"},
};

constexpr std::array vnf_attributes{
	Attribute{"name", SRPROXY_A_VNF_NAME, Role::key, vnf_name, "1 to 31 of A-Z a-z 0-9 _ . -"},
	Attribute{"dev", SRPROXY_A_VNF_DEV, Role::required, device,
		  "the interface towards the VNF (IFACE-OUT)"},
	Attribute{"vlan", SRPROXY_A_VNF_VLAN, Role::optional, vlans,
		  "1 or 2 VLAN tags towards the VNF, the outermost first; PROTO: 802.1q (default) "
		  "or 802.1ad"},
	Attribute{"iif", SRPROXY_A_VNF_IIF, Role::optional, device,
		  "the interface its packets return on (IFACE-IN); default: dev"},
	Attribute{"iif-vlan", SRPROXY_A_VNF_IIF_VLAN, Role::optional, vlans,
		  "VLAN tags of what returns; default: those of vlan if iif is dev, or else none"},
	Attribute{"nh4", SRPROXY_A_VNF_NH4, Role::optional, ip4, "IPv4 next hop on dev"},
	Attribute{"nh6", SRPROXY_A_VNF_NH6, Role::optional, ip6,
		  "IPv6 next hop on dev; for IPv4 too if there is no nh4"},
	Attribute{"lladdr", SRPROXY_A_VNF_LLADDR, Role::optional, mac,
		  "link-layer next hop on dev, instead of nh4 and nh6; with vlan the only one"},
	Attribute{"iif-nh4", SRPROXY_A_VNF_IIF_NH4, Role::optional, ip4,
		  "for SIDs in reverse: IPv4 next hop on iif"},
	Attribute{"iif-nh6", SRPROXY_A_VNF_IIF_NH6, Role::optional, ip6,
		  "for SIDs in reverse: IPv6 next hop on iif"},
	Attribute{"iif-lladdr", SRPROXY_A_VNF_IIF_LLADDR, Role::optional, mac,
		  "for SIDs in reverse: link-layer next hop on iif"},
	Attribute{"on-down", SRPROXY_A_VNF_ON_DOWN, Role::optional, on_down,
		  "packets while the VNF is down: drop them, or on without it; default: drop",
		  "drop"},
	Attribute{"handover", SRPROXY_A_VNF_HANDOVER, Role::optional, handover,
		  "veth devices: from end to end if nobody looks, or never; default: auto", "auto"},
	Attribute{"exclusive", SRPROXY_A_VNF_EXCLUSIVE, Role::optional, toggle,
		  "no bridge, bond or the like can have its interfaces, and no hook on them costs "
		  "others anything; default: noexclusive"},
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
	Attribute{"name", SRPROXY_A_CHAIN_NAME, Role::key, chain_name,
		  "1 to 31 of A-Z a-z 0-9 _ . -"},
	Attribute{"src", SRPROXY_A_CHAIN_SRC, Role::required, ip6, "IPv6 source address, outside"},
	Attribute{"segs", SRPROXY_A_CHAIN_SEGS, Role::required, segments,
		  "1 to 127 segments, the first one first"},
	Attribute{"hop-limit", SRPROXY_A_CHAIN_HOP_LIMIT, Role::optional, hop_limit,
		  "outer hop limit; default: 64", "64"},
	Attribute{"reduced", SRPROXY_A_CHAIN_REDUCED, Role::optional, toggle,
		  "the first segment in the destination address only; default: noreduced"},
	Attribute{"table", SRPROXY_A_CHAIN_TABLE, Role::optional, table,
		  "routing table: main, local, default, a number or a VRF; default: 0, the node's "
		  "rules",
		  "0"},
	Attribute{"tag", SRPROXY_A_CHAIN_TAG, Role::optional, tag,
		  "tag of the SRH; default: 0, none", "0"},
	Attribute{"hmac", SRPROXY_A_CHAIN_HMAC, Role::optional, hmac,
		  "key id (ip sr hmac) of the HMAC in the SRH; default: 0, none", "0"},
	Attribute{"dscp", SRPROXY_A_CHAIN_DSCP, Role::optional, dscp,
		  "outer DSCP of Ethernet frames and with dscp-mode pipe; default: 0", "0"},
	Attribute{"sids", SRPROXY_A_CHAIN_SIDS, Role::reported, reading,
		  "SIDs that use this chain"},
};
static_assert(SRPROXY_SEGS_MAX == 127 && SRPROXY_HOP_LIMIT_DEFAULT == 64 &&
	      SRPROXY_NAME_SIZE == 32); // as the texts say

constexpr std::array sid_attributes{
	Attribute{"addr", SRPROXY_A_SID_ADDR, Role::key, prefix,
		  "the SID, an IPv6 address; with PLEN (1 to 128): all addresses of this prefix"},
	Attribute{"prefix-len", SRPROXY_A_SID_PREFIX_LEN, Role::suffix, prefix_len,
		  "PLEN, 1 to 128; default: 128", "128"},
	Attribute{"behavior", SRPROXY_A_SID_BEHAVIOR, Role::required, behavior,
		  "static, dynamic or masquerading proxy, or SR-aware function"},
	Attribute{"flavors", SRPROXY_A_SID_FLAVORS, Role::optional, flavors,
		  "last: End.AS, End.AD; next-csid: End.AD; nat or cache, psp: End.AM"},
	Attribute{"inner", SRPROXY_A_SID_INNER, Role::optional, inner,
		  "what it decapsulates; ip: ip4 and ip6, the default; End.AM, End.AN: ip6"},
	Attribute{"vnf", SRPROXY_A_SID_VNF, Role::required, vnf_name, "the VNF"},
	Attribute{"reverse", SRPROXY_A_SID_REVERSE, Role::optional, toggle,
		  "towards the VNF by its iif, back by its dev; default: noreverse"},
	Attribute{"chain", SRPROXY_A_SID_CHAIN, Role::optional, chain_name,
		  "the encapsulation of what returns; End.AS without flavor last, which needs it"},
	Attribute{"ageing", SRPROXY_A_SID_AGEING, Role::optional, ageing,
		  "End.AD: seconds that a learned header lives without a packet; default: 0, for "
		  "ever",
		  "0"},
	Attribute{"margin", SRPROXY_A_SID_MARGIN, Role::optional, margin,
		  "End.AD: hop limit difference that is no change of the header; default: 8", "8"},
	Attribute{"table", SRPROXY_A_SID_TABLE, Role::optional, table,
		  "End.AD, End.AM, End.AN, flavor last: routing table, as of a chain; default: 0, "
		  "the "
		  "node's rules",
		  "0"},
	Attribute{"lblen", SRPROXY_A_SID_LBLEN, Role::optional, lblen,
		  "flavor next-csid: bits of the locator block, less than PLEN"},
	Attribute{"hook", SRPROXY_A_SID_HOOK, Role::optional, hook,
		  "where its packets are met: before routing, or on a seg6local or local route; "
		  "default: prerouting",
		  "prerouting"},
	Attribute{"fib", SRPROXY_A_SID_FIB, Role::optional, table,
		  "hook seg6local, local: table of the SID's route; default: 0, main or local",
		  "0"},
	Attribute{"metric", SRPROXY_A_SID_METRIC, Role::optional, metric,
		  "hook seg6local, local: metric of that route; default: 0, which is 1024", "0"},
	Attribute{"action", 0, Role::reported, string,
		  "hook seg6local, local: what the route is: End.BPF, End.T, local, or none"},
	Attribute{"ttl-mode", SRPROXY_A_SID_TTL_MODE, Role::optional, ttl_mode,
		  "End.AS, End.AD: hop limits apart, or copied inwards and outwards; default: pipe",
		  "pipe"},
	Attribute{"dscp-mode", SRPROXY_A_SID_DSCP_MODE, Role::optional, dscp_mode,
		  "End.AS, End.AD: outer DSCP from inner; apart; copied both ways; default: inner",
		  "inner"},
	Attribute{"permit", SRPROXY_A_SID_PERMIT, Role::optional, permit,
		  "End.AN: what the VNF may do to the segments to visit; default: none", "none"},
	Attribute{"hmac", SRPROXY_A_SID_HMAC, Role::optional, hmac,
		  "End.AD, End.AM, End.AN: key id with which an HMAC is made anew; default: 0, as "
		  "it is",
		  "0"},
	Attribute{"require-hmac", SRPROXY_A_SID_REQUIRE_HMAC, Role::optional, toggle,
		  "drop what bears no valid HMAC; default: norequire-hmac"},
	Attribute{"flows", SRPROXY_A_SID_FLOWS, Role::optional, flows,
		  "End.AN, flavor cache: flows whose SRH is kept; default: 1024", "1024"},
	Attribute{"stats", SRPROXY_A_SID_STATS, Role::reported, statistics, "counters, with -s"},
};
static_assert(SRPROXY_MARGIN_DEFAULT == 8 && SRPROXY_FLOWS_DEFAULT == 1024);

constexpr std::array circuit_attributes{
	Attribute{"iif", SRPROXY_A_CIRCUIT_IIF, Role::reported, device, "IFACE-IN of the VNF"},
	Attribute{"ifindex", SRPROXY_A_CIRCUIT_IFINDEX, Role::hidden, reading,
		  "its index; 0: there is no such device"},
	Attribute{"absent", 0, Role::reported, string, "devices that do not exist"},
	Attribute{"vlan", SRPROXY_A_CIRCUIT_VLAN, Role::reported, vlans,
		  "their VLAN tags, the outermost first"},
	Attribute{"inner", SRPROXY_A_CIRCUIT_INNER, Role::reported, inner, "type of the packets"},
	Attribute{"sid", SRPROXY_A_CIRCUIT_SID, Role::reported, ip6, "the SID they belong to"},
	Attribute{"vnf", SRPROXY_A_CIRCUIT_VNF, Role::reported, vnf_name, "its VNF"},
};

constexpr std::array cache_attributes{
	Attribute{"sid", SRPROXY_A_CACHE_SID, Role::optional, prefix, "of this SID only"},
	Attribute{"inner", SRPROXY_A_CACHE_INNER, Role::reported, inner, "type of the packets"},
	Attribute{"header", SRPROXY_A_CACHE_HEADER, Role::hidden, header,
		  "the learned header; src, dst, hop-limit, segments-left, segs and tag are in it"},
	Attribute{
		"srh", SRPROXY_A_CACHE_SRH, Role::hidden, routing_header,
		"instead of header: an SRH kept for a flow; segments-left, segs and tag are in it"},
	Attribute{"flow", SRPROXY_A_CACHE_FLOW, Role::reported, flow,
		  "the flow: src, dst, proto, sport and dport, as the VNF sees them"},
	Attribute{"age-ms", SRPROXY_A_CACHE_AGE, Role::reported, reading,
		  "milliseconds since it was learned"},
	Attribute{"idle-ms", SRPROXY_A_CACHE_IDLE, Role::reported, reading,
		  "milliseconds since a packet bore it, with ageing only"},
	Attribute{"expired", SRPROXY_A_CACHE_EXPIRED, Role::reported, flag,
		  "aged out: no longer pushed"},
};

constexpr std::array stats_attributes{
	Attribute{"sid", SRPROXY_A_SID_ADDR, Role::optional, prefix, "of this SID only"},
	Attribute{"prefix-len", SRPROXY_A_SID_PREFIX_LEN, Role::suffix, prefix_len,
		  "its prefix length", "128"},
	Attribute{"stats", SRPROXY_A_SID_STATS, Role::reported, statistics,
		  "counters and drop reasons; with -s those that are 0 too"},
};

constexpr std::array trace_attributes{
	Attribute{"addr", SRPROXY_A_SID_ADDR, Role::key, prefix, "the SID; default: all"},
	Attribute{"prefix-len", SRPROXY_A_SID_PREFIX_LEN, Role::suffix, prefix_len,
		  "its prefix length", "128"},
	Attribute{"count", 0, Role::optional, steps, "end after so many steps"},
};

constexpr std::array file_attributes{
	Attribute{"file", 0, Role::key, file,
		  "srproxy.yaml(5); -: standard input; a directory: *.yaml, *.yml, *.json"},
};

constexpr std::array top_attributes{
	Attribute{"interval", 0, Role::optional, interval, "seconds between two readings; default: 1"},
	Attribute{"count", 0, Role::optional, count, "how many times; default: 0, for ever"},
};

constexpr std::array metrics_attributes{
	Attribute{"file", 0, Role::key, file, "replaced as a whole; default: the standard output"},
};

constexpr std::array help_attributes{
	Attribute{"object", 0, Role::key, object_word, "one of the objects"},
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
constexpr std::array dry_run_verbs{Verb{"--dry-run"}};
constexpr std::array graph_verbs{Verb{"dot"}, Verb{"svg"}};
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
	Form{show_all_verbs, Key::none, true, SRPROXY_CMD_CACHE_GET, show, "show what is kept"},
	Form{flush_cache_verbs, Key::none, true, SRPROXY_CMD_CACHE_DEL, change, "forget it"},
};
constexpr std::array stats_forms{
	Form{show_verbs, Key::none, true, SRPROXY_CMD_SID_GET, show, "show counters"},
};
constexpr std::array monitor_forms{
	Form{monitor_verbs, Key::none, false, 0, monitor,
	     "everything; changes of objects; headers learned and forgotten"},
};
constexpr std::array trace_forms{
	Form{no_verb, Key::maybe, true, SRPROXY_CMD_SID_GET, trace,
	     "each step of each packet, until interrupted"},
};
constexpr std::array apply_forms{
	Form{no_verb, Key::many, false, 0, apply,
	     "make the configuration what the files say, with the least change"},
	Form{dry_run_verbs, Key::many, false, 0, diff, "show what that would change"},
};
constexpr std::array diff_forms{
	Form{no_verb, Key::many, false, 0, diff,
	     "show what apply would change; exit status 0: nothing, 4: something"},
};
constexpr std::array export_forms{
	Form{no_verb, Key::none, false, 0, export_all,
	     "print the configuration as such a file: YAML, or JSON with -j"},
};
constexpr std::array schema_forms{
	Form{no_verb, Key::none, false, 0, schema, "print the JSON Schema of such files"},
};
constexpr std::array top_forms{
	Form{no_verb, Key::none, true, 0, top, "rates of each SID; q ends it on a terminal"},
};
constexpr std::array metrics_forms{
	Form{no_verb, Key::maybe, false, 0, metrics, "print them, or write them to a file"},
};
constexpr std::array doctor_forms{
	Form{no_verb, Key::none, false, 0, doctor, "exit status 4 if anything is wrong"},
};
constexpr std::array graph_forms{
	Form{graph_verbs, Key::none, false, 0, graph, "for Graphviz; drawn by it"},
};
constexpr std::array version_forms{
	Form{no_verb, Key::none, false, SRPROXY_CMD_INFO_GET, version,
	     "of the tool and the module"},
};
constexpr std::array complete_forms{
	Form{no_verb, Key::line, false, 0, complete, "what may come next in a command line"},
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

// The other side of a VNF without its own device is the same port.
Json implied_of_vnf(const Json &record) {
	Json implied = {{"iif", record.at("dev")}};
	if (record.contains("vlan") && record.value("iif", record.at("dev")) == record.at("dev"))
		implied["iif_vlan"] = record.at("vlan");
	return implied;
}

// All IP packets that the behavior has inside.
Json implied_of_sid(const Json &record) {
	const auto &called = record.at("behavior");
	bool opens = called == "End.AS" || called == "End.AD";
	return {{"inner", opens ? "ip" : "ip6"}};
}

constexpr std::array all_objects{
	Object{"vnf", "network functions and where they are attached", SRPROXY_A_VNF,
	       vnf_attributes, vnf_forms, derive_absent,
	       "A device with a link layer (Ethernet) needs a next hop for each of ip4 and\n"
	       "ip6 that a SID leads there; one without (tun, ip6tnl) needs none, nor does eth.",
	       implied_of_vnf},
	Object{"chain", "encapsulations: source and segment list", SRPROXY_A_CHAIN,
	       chain_attributes, chain_forms},
	Object{"sid",
	       "the segments that lead through a VNF",
	       SRPROXY_A_SID,
	       sid_attributes,
	       sid_forms,
	       nullptr,
	       {},
	       implied_of_sid},
	Object{"circuit", "which SID a packet from a VNF belongs to", SRPROXY_A_CIRCUIT,
	       circuit_attributes, circuit_forms, derive_absent},
	Object{"cache", "headers that End.AD learned, SRHs kept for flows", SRPROXY_A_CACHE,
	       cache_attributes, cache_forms, derive_expired},
	Object{"stats", "counters of the SIDs and why packets were dropped", SRPROXY_A_SID,
	       stats_attributes, stats_forms},
	Object{"monitor", "what happens, as it happens", 0, {}, monitor_forms},
	Object{"trace", "packets on their way, step by step", SRPROXY_A_SID, trace_attributes,
	       trace_forms, nullptr,
	       "Steps: learn, decap (to the VNF), encap (from there on), drop and why. The first\n"
	       "number tells packets apart. Needs root, and a kernel with tracefs."},
	Object{"apply", "all of them, as files say", 0, file_attributes, apply_forms},
	Object{"diff", "what apply would change", 0, file_attributes, diff_forms},
	Object{"export", "all of them, as a file", 0, {}, export_forms},
	Object{"schema", "what can stand in such a file", 0, {}, schema_forms},
	Object{"top", "what passes each SID in a second", 0, top_attributes, top_forms},
	Object{"metrics", "all counters and states, for Prometheus", 0, metrics_attributes,
	       metrics_forms},
	Object{"doctor", "what is wrong, and the command that mends it", 0, {}, doctor_forms},
	Object{"graph", "chains, SIDs and VNFs, as a picture", 0, {}, graph_forms},
	Object{"version", "versions of this tool and of the module", SRPROXY_A_INFO,
	       info_attributes, version_forms},
	Object{"complete", "what may come next, for a shell's completion", 0, {}, complete_forms},
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

bool is_configured(const Object &object) {
	return std::ranges::any_of(object.forms, [](const Form &form) {
		return std::ranges::any_of(
			form.verbs, [](const Verb &verb) { return verb.flags & NLM_F_CREATE; });
	});
}

std::optional<Event> event_of(std::uint8_t command) {
	auto found = std::ranges::find(notifications, command, &Notification::command);
	if (found == notifications.end())
		return std::nullopt;
	return Event{find_object(found->object), found->verb};
}

} // namespace srproxy
