# SPDX-License-Identifier: GPL-2.0
"""SIDs with hook seg6local are routes of the kernel's FIB, and do to packets what the others do.

    headend ─── src ──┐                  ┌── to-vnf ───► VNF
    the same, src-vrf ┤ node: End.Ax ────┤
    in a VRF          │                  └── from-vnf ◄─ VNF
    next SID ── dst ──┘
"""

import json
import os

import pytest
from scapy.layers.inet6 import IPv6

from lib.bench import HEADEND, NEXT, PATH, PLAIN, SID, SID2, Bench, Link
from lib.chain import BACK, THERE
from lib.experience import PACKETS, experience
from lib.netns import Netns, run, until
from lib.packet import AUTO, NO_ROUTE, TIME_EXCEEDED, TOO_BIG, Icmp, hop, icmp, inner, inner4, inner6, srv6
from lib.proxy import Proxy, Tool
from lib.traffic import Flood
from lib.uapi import VALUE

TABLE = VALUE["SRPROXY_SEG6LOCAL_TABLE"]
DEV = "srproxy0"
VRF = 50
BOTH = ("prerouting", "seg6local")
ROUTE = f"encap seg6local action End.T table {TABLE} dev {DEV}"  # as a user adds it
PUSHED = srv6(PATH, 1, hlim=63, fl=AUTO)


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, Link("src-vrf", vrf=VRF)))
    bench.node.ip(f"route add unreachable ::/0 metric 4278198272 vrf vrf{VRF}")
    yield bench
    bench.close()


@pytest.fixture
def bench(module_bench):
    module_bench.proxy.hook = "seg6local"
    yield module_bench
    module_bench.reset()


@pytest.fixture
def tool(bench):
    return Tool(bench.node)


def routes(ns, sid=SID):
    """All routes of a SID that lead to the module: [{"table": …, "metric": …, …}]."""
    found = json.loads(ns.run("ip", "-6", "-j", "-d", "route", "show", "table", "all").stdout)
    return [
        {"table": "main", **route} for route in found
        if route.get("dev") == DEV and route["dst"].partition("/")[0] == sid
    ]


def counters(bench, sid=SID):
    """(packets, bytes, errors) of a SID's route."""
    words = bench.node.run("ip", "-6", "-s", "route", "show", sid).stdout.split()
    return tuple(int(words[words.index(word) + 1]) for word in ("packets", "bytes", "errors"))


def device(bench):
    return DEV in bench.node.run("ip", "-o", "link").stdout


def action(bench):
    return bench.proxy.info()["seg6local"]


# The route


def test_route_is_listed(bench, tool):
    bench.end_ad()
    (route,) = routes(bench.node)
    assert (route["encap"], route["action"], route["table"]) == ("seg6local", action(bench), "main")
    assert (route["metric"], route["protocol"]) == (1024, "static")
    assert tool.json("sid show")[0]["action"] == action(bench)
    assert f"hook seg6local action {action(bench)}" in tool("sid show").stdout


def test_end_bpf_where_the_kernel_has_it(bench):
    assert action(bench) == ("End.BPF" if os.environ["SRPROXY_KERNEL"] in ("6.12", "7.2") else "End.T")


def test_metric_decides(bench):
    """Between routes of one prefix, as ever."""
    bench.end_ad(metric=100)
    packet = srv6(PATH) / inner6()
    assert routes(bench.node)[0]["metric"] == 100
    bench.node.ip(f"route add {SID} via {bench.ip6('dst', 2)} metric 50")
    try:
        assert bench.send(src=packet) == dict(dst=[hop(packet)])
        bench.node.ip(f"route del {SID} metric 50")
        bench.node.ip(f"route add {SID} via {bench.ip6('dst', 2)} metric 200")
        assert bench.send(src=packet) == dict(to_vnf=[inner6()])
    finally:
        bench.node.ip(f"route del {SID} metric 200")


def test_longest_prefix_decides(bench):
    """One route for a locator leads to all of its SIDs, but for what is longer."""
    bench.fw()
    bench.proxy.sid(SID, inner="ip6", fib=77)
    bench.proxy.sid(SID2, inner="ip4", fib=77)
    packets = [srv6(PATH) / inner6(), srv6([SID2, *PATH[1:]]) / inner4()]
    assert set(bench.send(src=packets)) == {"src"}
    bench.node.ip(f"route add fc00:b::/32 {ROUTE}")
    assert bench.send(src=packets) == dict(to_vnf=[inner6(), inner4()])
    bench.node.ip(f"route add {SID2}/127 via {bench.ip6('dst', 2)}")
    try:
        # SID2 is ::f2; ::f2/127 is it and ::f3.
        assert bench.send(src=packets) == dict(to_vnf=[inner6()], dst=[hop(packets[1])])
    finally:
        bench.node.ip(f"route del {SID2}/127")


def test_table_and_rules(bench):
    bench.end_ad(fib=77)
    (route,) = routes(bench.node)
    assert route["table"] == "77"
    packet = srv6(PATH) / inner6()
    assert [icmp(frame, packet)[2:4] for frame in bench.send(src=packet)["src"]] == [NO_ROUTE[6]]
    bench.node.run("ip", "-6", "rule", "add", "to", "fc00:b::/32", "table", "77")
    try:
        assert bench.send(src=packet) == dict(to_vnf=[inner6()])
        assert bench.send(src=srv6(PATH, reduced=True) / inner6()) == dict(to_vnf=[inner6()])
    finally:
        bench.node.run("ip", "-6", "rule", "del", "to", "fc00:b::/32", "table", "77")


TAKEN = {"SRH": srv6(PATH), "reduced": srv6(PATH, reduced=True)}


@pytest.mark.parametrize("outer", TAKEN)
@pytest.mark.parametrize("by_hand", (False, True), ids=("fib", "by hand"))
def test_vrf(bench, outer, by_hand):
    """A SID in a VRF's table is a SID of that VRF, and of no other."""
    bench.end_ad(**({} if by_hand else {"fib": VRF}))
    packet = TAKEN[outer] / inner6()
    if by_hand:
        assert bench.send(src=packet) == dict(to_vnf=[inner6()])
        assert "to_vnf" not in bench.send(src_vrf=packet)
        bench.node.ip(f"route add {SID} {ROUTE} vrf vrf{VRF}")
        assert bench.send(src=packet) == dict(to_vnf=[inner6()])
    else:
        assert "to_vnf" not in bench.send(src=packet)
    assert bench.send(src_vrf=packet) == dict(to_vnf=[inner6()])
    assert bench.drops(SID) == {}


def test_counters_of_the_route(bench):
    bench.end_as()
    packets = [srv6(PATH) / inner6(), srv6(PATH) / inner4(200), srv6(PATH, 1, src="fc00:a::7") / inner6()]
    assert bench.send(src=packets[:2]) == dict(to_vnf=[inner6(), inner4(200)])
    assert counters(bench) == (2, sum(map(len, packets[:2])), 0)
    # What no seg6local action takes does not count, though it is taken.
    for outer in (IPv6(src=HEADEND, dst=SID), srv6([NEXT, SID], at=1), srv6(PATH, reduced=True)):
        assert bench.send(src=outer / inner6()) == dict(to_vnf=[inner6()])
    assert counters(bench)[0] == 2
    assert bench.proxy.stats(SID)["in_packets"] == 5


def test_dropped_by_us_is_no_error_of_the_route(bench):
    bench.end_ad(inner="ip4")
    assert bench.send(src=srv6(PATH) / inner6()) == {}
    assert bench.drops(SID) == {"inner_type": 1}
    assert counters(bench)[::2] == (1, 0)


def test_required_hmac_is_the_routes_affair(bench):
    """What the kernel's action drops, the route counts."""
    bench.end_ad()
    bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": 1})
    try:
        assert bench.send(src=srv6(PATH) / inner6()) == {}
    finally:
        bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": 0})
    assert counters(bench)[2] == 1
    assert bench.drops(SID) == {}


@pytest.mark.parametrize("outer", (
    srv6(PATH), srv6(PATH, reduced=True), IPv6(src=HEADEND, dst=SID), srv6([NEXT, SID], at=1),
), ids=("SRH", "reduced", "no SRH", "no segments left"))
def test_without_a_route_nothing_is_taken(bench, tool, outer):
    bench.end_as()
    bench.node.ip(f"route del {SID}")
    assert tool.json("sid show")[0]["action"] == "none"
    packet = outer / inner6()
    assert [icmp(frame, packet)[2:4] for frame in bench.send(src=packet)["src"]] == [NO_ROUTE[6]]
    assert bench.drops(SID) == {} and bench.proxy.stats(SID)["in_packets"] == 0
    tool(f"sid change {SID} hook seg6local")
    assert bench.send(src=packet) == dict(to_vnf=[inner6()])


# It comes and goes with its SID


def test_del_removes_it(bench, tool):
    bench.end_ad()
    tool(f"sid del {SID}")
    assert not routes(bench.node) and not device(bench)


def test_flush_removes_all(bench, tool):
    bench.fw()
    bench.proxy.sid(SID, inner="ip4")
    bench.proxy.sid(SID2, inner="ip6", fib=77, metric=5)
    assert routes(bench.node) and routes(bench.node, SID2)
    tool("sid flush")
    assert not routes(bench.node) and not routes(bench.node, SID2) and not device(bench)


def test_the_others_routes_stay(bench, tool):
    bench.fw()
    bench.proxy.sid(SID, inner="ip4")
    bench.proxy.sid(SID2, inner="ip6")
    tool(f"sid del {SID}")
    assert not routes(bench.node) and routes(bench.node, SID2) and device(bench)


def test_change_moves_it(bench, tool):
    bench.end_ad()
    packet = srv6(PATH) / inner6()
    bench.teach(packet)
    tool(f"sid change {SID} fib 77 metric 9")
    assert [(route["table"], route["metric"]) for route in routes(bench.node)] == [("77", 9)]
    tool(f"sid change {SID} fib main")
    assert [(route["table"], route["metric"]) for route in routes(bench.node)] == [("main", 9)]
    tool(f"sid change {SID} hook prerouting")
    assert not routes(bench.node) and not device(bench)
    assert bench.send(src=packet) == dict(to_vnf=[inner6()])
    tool(f"sid change {SID} hook seg6local")
    assert bench.send(src=packet) == dict(to_vnf=[inner6()])
    assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])
    tool(f"sid replace {SID} behavior End.AD vnf fw")
    assert not routes(bench.node) and bench.proxy.get("sid", SID)["hook"] == "prerouting"


def test_change_of_something_else_leaves_it(bench, tool):
    bench.end_ad(fib=77)
    before = routes(bench.node)
    tool(f"sid change {SID} margin 3")
    assert routes(bench.node) == before


def test_another_route_is_in_the_way(bench, tool):
    """Then there is no SID, or the one that there was."""
    bench.fw()
    other = f"{SID} via {bench.ip6('dst', 2)} metric 1024"
    bench.node.ip(f"route add {other}")
    try:
        failed = tool(f"sid add {SID} behavior End.AD vnf fw hook seg6local", check=False)
        assert failed.returncode and "route" in failed.stdout
        assert bench.proxy.show("sid") == [] and not device(bench)

        tool(f"sid add {SID} behavior End.AD vnf fw hook seg6local fib 77 ageing 7")
        before = bench.proxy.get("sid", SID)
        for verb in (f"change {SID} fib main", f"replace {SID} behavior End.AD vnf fw hook seg6local"):
            failed = tool(f"sid {verb}", check=False)
            assert failed.returncode and "route" in failed.stdout
            assert bench.proxy.get("sid", SID) == before
            assert [route["table"] for route in routes(bench.node)] == ["77"]
    finally:
        bench.node.ip(f"route del {other}")


@pytest.mark.parametrize("words", ("fib 77", "metric 5"))
def test_no_route_no_words_about_it(bench, tool, words):
    bench.fw()
    failed = tool(f"sid add {SID} behavior End.AD vnf fw {words}", check=False)
    assert failed.returncode == 2 and "needs hook seg6local" in failed.stdout


def test_without_the_right_to_use_bpf(bench):
    """In a user namespace: End.T does it."""
    done = run("unshare", "-rn", Tool().path, "-b", "-", input=f"""
        vnf add fw dev absent nh6 fd00::2 nh4 10.0.0.2
        sid add {SID} behavior End.AD vnf fw hook seg6local
        sid show
    """)
    assert done.stdout.rstrip().endswith("action End.T")


# The device


def test_device_is_nobodys(bench):
    bench.end_ad()
    other = Netns("other")
    for words in (f"link del {DEV}", f"link set {DEV} netns {other.name}", f"link set {DEV} mtu 1500"):
        assert bench.node.ip(words, check=False).returncode
    other.close()
    assert bench.node.run("ip", "addr", "show", "dev", DEV).stdout.count("inet") == 0
    assert device(bench)


@pytest.mark.parametrize("value", (0, 1))
def test_device_has_ipv6_whatever_the_default(bench, value):
    bench.node.sysctl({"net/ipv6/conf/default/disable_ipv6": value})
    try:
        bench.end_ad()
    finally:
        bench.node.sysctl({"net/ipv6/conf/default/disable_ipv6": 0})
    assert bench.send(src=srv6(PATH) / inner6()) == dict(to_vnf=[inner6()])


def test_a_device_of_that_name(bench, tool):
    bench.fw()
    bench.node.ip(f"link add {DEV} type dummy")
    try:
        failed = tool(f"sid add {SID} behavior End.AD vnf fw hook seg6local", check=False)
        assert failed.returncode == 2 and DEV in failed.stdout
        assert bench.proxy.show("sid") == []
    finally:
        bench.node.ip(f"link del {DEV}")


def test_what_the_node_sends_itself(bench):
    """As with the other hook: it is the network's traffic that a SID is for."""
    bench.end_as()
    assert bench.node.run("ping", "-6", "-c", "1", "-W", "1", SID, check=False).returncode
    bench.node.run("ping", "-6", "-c", "1", "-W", "1", f"ff02::1%{DEV}", check=False)
    assert bench.arrived() == {}
    assert bench.drops(SID) == {} and bench.proxy.stats(SID)["in_packets"] == 0


def test_namespace_goes_with_all_that(module):
    bench = Bench()
    bench.proxy.hook = "seg6local"
    bench.end_ad()
    bench.send(src=srv6(PATH) / inner6())
    bench.close()


def test_program_holds_the_module(bench):
    if action(bench) != "End.BPF":
        pytest.skip("routes of End.T do not hold the module: its device takes them along")
    bench.end_ad()
    failed = run("rmmod", "srproxy", check=False)
    assert failed.returncode and "in use" in failed.stdout
    bench.proxy.flush()
    until(lambda: open("/sys/module/srproxy/refcnt").read().strip() == "0", "nobody uses the module")


@pytest.mark.parametrize("program", (True, False), ids=("kept", "reloaded"))
def test_module_is_loaded_again(bench, module, program):
    """Where End.BPF was before, it is again."""
    if program:
        bench.end_ad()
        before = action(bench)
        assert bench.send(src=srv6(PATH) / inner6()) == dict(to_vnf=[inner6()])
        bench.proxy.flush()
    else:
        before = action(bench)
    until(lambda: open("/sys/module/srproxy/refcnt").read().strip() == "0", "nobody uses the module")
    bench.proxy.close()
    module.unload()
    module.load()
    bench.proxy = Proxy(bench.node)
    bench.proxy.hook = "seg6local"
    assert action(bench) == before
    bench.end_ad()
    assert bench.send(src=srv6(PATH) / inner6()) == dict(to_vnf=[inner6()])


# Packets: as with the other hook

@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("behavior", ("end_as", "end_ad"))
@pytest.mark.parametrize("packet", PACKETS)
def test_both_hooks_agree(bench, packet, behavior, family):
    bench.proxy.keep_routes = True  # they are not what this is about
    bench.proxy.hook = "prerouting"
    before = experience(bench, behavior, PACKETS[packet], family)
    bench.proxy.hook = "seg6local"
    assert experience(bench, behavior, PACKETS[packet], family) == before


@pytest.mark.parametrize("hook", BOTH)
def test_link_local_source(bench, hook):
    """Not that End.T would forward it."""
    bench.proxy.hook = hook
    bench.end_as()
    assert bench.send(src=srv6(PATH, src="fe80::2") / inner6()) == dict(to_vnf=[inner6()])


@pytest.mark.parametrize("size", (1400, 1461))
@pytest.mark.parametrize("family", (4, 6))
def test_too_big_for_the_vnf(bench, family, size):
    """The error comes from where the packet came in."""
    bench.node.ip("link set to-vnf mtu 1400\nlink set src mtu 2000")
    try:
        bench.end_ad()
        packet = inner(family, size)
        arrived = bench.send(src=srv6(PATH) / packet)
        if size <= 1400:
            assert arrived == dict(to_vnf=[packet])
        else:
            (error,) = arrived["src"]
            assert icmp(error, packet) == Icmp(
                bench.ip6("src", 1) if family == 6 else bench.ip4("src", 1), packet.src, *TOO_BIG[family], 1400
            )
    finally:
        bench.node.ip("link set to-vnf mtu 1500\nlink set src mtu 1500")


def test_hop_limit(bench):
    """One hop for the whole proxy; none left is an error."""
    bench.end_ad()
    bench.teach(srv6(PATH, hlim=2) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[srv6(PATH, 1, hlim=1, fl=AUTO) / hop(inner6())])
    packet = srv6(PATH, hlim=1) / inner6()
    (error,) = bench.send(src=packet)["src"]
    assert icmp(error, packet) == Icmp(bench.ip6("src", 1), HEADEND, *TIME_EXCEEDED[6])
    assert bench.drops(SID) == {"hop_limit": 1}


def test_from_a_vnf(bench):
    bench.end_ad()
    assert bench.send(from_vnf=srv6(PATH, src="fe80::2") / inner6()) == {}
    assert bench.drops(SID) == {"from_vnf": 1}


def test_firewall_of_the_node(bench):
    """Conntrack and the mark of a rule do not stick to what the VNF gets."""
    bench.end_ad()
    bench.node.run("nft", "-f", "-", input="""
        table ip6 t {
            chain c { type filter hook prerouting priority mangle; ct state new meta mark set 7; }
        }
    """)
    try:
        assert bench.send(src=srv6(PATH) / inner6()) == dict(to_vnf=[inner6()])
        assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])
    finally:
        bench.node.run("nft", "flush ruleset")


def test_under_way_while_it_comes_and_goes(bench, tool):
    bench.end_ad()
    packets = [srv6(PATH) / inner6(), srv6(PATH, reduced=True) / inner4(), srv6([SID, NEXT]) / inner4()]
    with Flood([(bench.src, packet) for packet in packets] + [(bench.from_vnf, inner6())]):
        for n in range(2):
            tool(f"sid change {SID} hook prerouting")
            tool(f"sid change {SID} hook seg6local fib {n % 2 and 254 or 77}")
            tool(f"sid change {SID} fib 0")
            if n % 2:
                tool(f"sid del {SID}")
                tool(f"sid add {SID} behavior End.AD vnf fw hook seg6local")
    bench.discard()
    bench.arrived()
    bench.teach(srv6(PATH) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])


# Real traffic


@pytest.fixture(scope="module")
def chain(chain):
    chain.tool.batch(f"sid change {THERE} hook seg6local\nsid change {BACK} hook seg6local")
    yield chain
    chain.tool("sid flush")


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("offloads", (True, False), ids=("on", "off"))
def test_tcp(chain, family, offloads):
    chain.offloads(offloads)
    sent, received = chain.transfer(family, 4 << 20)
    assert sent == received
    words = chain.node.run("ip", "-6", "-s", "route", "show", THERE).stdout.split()
    assert int(words[words.index("packets") + 1]) > 0 and int(words[words.index("errors") + 1]) == 0


def test_super_packets_stay_whole(chain):
    chain.offloads(True)
    proxy = Proxy(chain.node)
    before = proxy.stats(THERE)
    chain.transfer(6, 4 << 20)
    after = proxy.stats(THERE)
    proxy.close()
    packets, octets = (after[key] - before[key] for key in ("in_packets", "in_bytes"))
    assert octets / packets > 3000


@pytest.mark.parametrize("family", (4, 6))
def test_ping(chain, family):
    chain.ping(family)
