# SPDX-License-Identifier: GPL-2.0
"""SIDs with hook local are local routes, and do to packets what the others do; forwarded ones pass no hook for them.

    headend ─── src ──┐        ┌── to-vnf,  from-vnf  ── VNF 1   fc00:b::f1
    the same, src-vrf ┤ node   ├── to-vnf2, from-vnf2 ── VNF 2   fc00:b::f2
    in a VRF          │        └── vnf-vrf            ── VNF 3, in that VRF
    next SID ── dst ──┘

The routes of the SIDs that most tests use are there all the time; the tool's are those of OWN.
"""

import errno
import json
import re
import socket

import pytest
from scapy.layers.inet import IP, UDP, IPOption_Router_Alert
from scapy.layers.inet6 import (
    HBHOptUnknown, ICMPv6EchoReply, ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
    PadN, RouterAlert,
)
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, PLAIN, SID, SID2, Bench, Link
from lib.chain import BACK, THERE
from lib.experience import PACKETS, experience
from lib.genl import NlError
from lib.gso import tcp, unfinished, vnet_hdr
from lib.inline import inline
from lib.netns import until
from lib.packet import AUTO, ether, hop, inner, inner4, inner6, pushed, srv6
from lib.proxy import Proxy, Tool
from lib.traffic import Flood, Sequence
from lib.wire import ETH_P_IPV6, Port, mac_bytes, tags_bytes

VRF = 50
OWN = "fc00:b::f7"
CSID = "fcbb:bb00:f1::"
PUSHED = srv6(PATH, 1, hlim=63, fl=AUTO)
PRE_ROUTING, LOCAL_IN = {"hook_ip4", "hook_ip6"}, {"local_in"}


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, "to-vnf2", "from-vnf2", Link("src-vrf", vrf=VRF), Link("vnf-vrf", vrf=VRF)))
    bench.node.ip(f"""
        route add unreachable ::/0 metric 4278198272 vrf vrf{VRF}
        route add local {SID} dev lo table local
        route add local {SID2} dev lo table local
        route add local {CSID}/48 dev lo table local
        neigh add fe80::5 lladdr {bench.from_vnf.mac} nud permanent dev from-vnf
        neigh add fe80::6 lladdr {bench.from_vnf.mac} nud permanent dev from-vnf
    """)
    yield bench
    bench.close()


@pytest.fixture
def bench(module_bench):
    proxy = module_bench.proxy
    proxy.hook, proxy.keep_routes, proxy.by_tool = "local", True, {SID, SID2, CSID}
    yield module_bench
    module_bench.reset()


@pytest.fixture
def tool(bench):
    tool = Tool(bench.node)
    yield tool
    tool("sid flush")


@pytest.fixture
def own(bench, tool):
    """A function that has the tool add a SID, behind a VNF that is there."""
    bench.fw()

    def add(sid=OWN, **values):
        words = " ".join(f"{key} {value}" for key, value in {"hook": "local", "inner": "ip6", **values}.items())
        tool(f"sid add {sid} behavior End.AD vnf fw {words}")

    return add


def routes(ns, sid=OWN):
    """All local routes to an address or prefix: [{"table": …, "metric": …, …}]."""
    found = json.loads(ns.run("ip", "-6", "-j", "-d", "route", "show", "table", "all").stdout)
    return [{"table": "main", **route} for route in found if route["type"] == "local" and route["dst"] == sid]


def to(sid, **values):
    return srv6([sid, NEXT, LAST], **values) / inner6()


# The route


def test_route_comes_and_goes_with_the_sid(bench, tool, own):
    own()
    (route,) = routes(bench.node)
    assert {"table": "local", "metric": 1024, "protocol": "static", "dev": "lo"}.items() <= route.items()
    (shown,) = tool.json("sid show")
    assert (shown["hook"], shown["action"]) == ("local", "local")
    assert "hook local action local" in tool("sid show").stdout
    assert bench.send(src=to(OWN)) == dict(to_vnf=[inner6()])

    bench.node.ip(f"route del local {OWN} table local")
    assert tool.json("sid show")[0]["action"] == "none"
    assert set(bench.send(src=to(OWN))) == {"src"}, "no route, no SID"
    tool(f"sid replace {OWN} behavior End.AD inner ip6 vnf fw hook local")
    assert bench.send(src=to(OWN)) == dict(to_vnf=[inner6()])
    tool(f"sid del {OWN}")
    assert not routes(bench.node)


def test_prefix(bench, tool, own):
    """Routes of the node's own addresses are longer."""
    own("fc00:b:7::/64")
    assert len(routes(bench.node, "fc00:b:7::/64")) == 1
    bench.node.ip("addr add fc00:b:7::1/128 dev lo")
    try:
        assert bench.send(src=to("fc00:b:7::2")) == dict(to_vnf=[inner6()])
        ping = IPv6(src=bench.ip6("src", 2), dst="fc00:b:7::1")
        pong = IPv6(src="fc00:b:7::1", dst=bench.ip6("src", 2), fl=AUTO)
        assert bench.send(src=ping / ICMPv6EchoRequest(id=7)) == dict(src=[pong / ICMPv6EchoReply(id=7)])
    finally:
        bench.node.ip("addr del fc00:b:7::1/128 dev lo")
    tool("sid flush")
    assert not routes(bench.node, "fc00:b:7::/64")


def test_next_segment_is_an_address_of_the_node(bench, own):
    """In the prefix of a SID, but the node's: no chain between SIDs."""
    own("fc00:b:7::/64")
    bench.node.ip("addr add fc00:b:7::1/128 dev lo")
    try:
        bench.fw("fw2", "to_vnf2", "from_vnf2")
        bench.proxy.chain("chain", src="fc00:b::", segs=["fc00:b:7::1"])
        bench.proxy.sid(SID, behavior="End.AS", vnf="fw2", chain="chain")
        assert "to_vnf" not in bench.send(from_vnf2=inner6())
    finally:
        bench.node.ip("addr del fc00:b:7::1/128 dev lo")
    assert bench.send(from_vnf2=inner6()) == {}
    assert bench.drops("fc00:b:7::") == {"no_srh": 1}, "no longer the node's, but the SID's"


def test_table_and_metric(bench, tool, own):
    own(fib=77, metric=5)
    assert [(route["table"], route["metric"]) for route in routes(bench.node)] == [("77", 5)]
    assert set(bench.send(src=to(OWN))) == {"src"}
    bench.node.run("ip", "-6", "rule", "add", "to", "fc00:b::/32", "table", "77")
    try:
        assert bench.send(src=to(OWN)) == dict(to_vnf=[inner6()])
    finally:
        bench.node.run("ip", "-6", "rule", "del", "to", "fc00:b::/32", "table", "77")
    tool(f"sid change {OWN} fib 0")
    assert [(route["table"], route["metric"]) for route in routes(bench.node)] == [("local", 5)]


def test_change_of_hook_moves_the_route(bench, tool, own):
    own()
    for hook in ("seg6local", "prerouting", "local"):
        tool(f"sid change {OWN} hook {hook}")
        assert bool(routes(bench.node)) == (hook == "local")
        assert tool.json("sid show")[0]["hook"] == hook
        assert bench.send(src=to(OWN)) == dict(to_vnf=[inner6()])
        assert bench.send(from_vnf=inner6()) == dict(dst=[srv6([OWN, NEXT, LAST], 1, hlim=63, fl=AUTO) / hop(inner6())])
    assert bench.drops(OWN) == {}


def test_another_route_is_in_the_way(bench, tool, own):
    """Then there is no SID, or the one that there was."""
    bench.node.ip(f"route add blackhole {OWN} table local metric 1024")
    try:
        failed = tool(f"sid add {OWN} behavior End.AD vnf fw hook local", check=False)
        assert failed.returncode and "route" in failed.stdout and bench.proxy.show("sid") == []
        own(fib=77)
        assert tool(f"sid change {OWN} fib local", check=False).returncode
        assert bench.proxy.get("sid", OWN)["fib"] == 77 and [route["table"] for route in routes(bench.node)] == ["77"]
    finally:
        bench.node.ip(f"route del blackhole {OWN} table local metric 1024")


def test_routes_of_many_changes(bench, tool, own):
    """They come and go with the whole of a transaction; and if one cannot come, all is set back."""
    own("fc00:b::31", inner="ip6")
    bench.teach(to("fc00:b::31"))
    tool.batch(f"""
        chain add gold src fc00:b:: segs {NEXT}
        vnf add a dev src nh6 {bench.ip6("src", 2)}
        vnf add b dev dst
        sid add fc00:b::32 behavior End.AD vnf a inner eth hook local
        sid add fc00:b::33 behavior End.AD vnf b inner eth
    """)
    before, learned = bench.proxy.state(), [entry["header"] for entry in bench.proxy.cache()]
    lines = f"""
        sid change fc00:b::31 vnf a
        sid change fc00:b::33 hook local
        chain change gold segs {LAST}
        vnf add c dev absent lladdr 02:00:00:00:00:07
        sid del fc00:b::32
        vnf del fw
        sid add {OWN} behavior End.AS chain gold vnf c hook local
    """

    def there():
        return [n for n in ("31", "32", "33") if routes(bench.node, f"fc00:b::{n}")] + ["OWN"] * len(routes(bench.node))

    assert there() == ["31", "32"]
    bench.node.ip(f"route add blackhole {OWN} table local metric 1024")
    try:
        failed = tool("-a -b -", input=lines, check=False)
    finally:
        bench.node.ip(f"route del blackhole {OWN} table local metric 1024")
    assert failed.returncode and failed.stdout.startswith(f"srproxyctl: -:8: sid {OWN}: ") and "route" in failed.stdout
    assert len(failed.stdout.splitlines()) == 1

    def by_key(state):
        return {noun: sorted(values, key=str) for noun, values in state.items()}

    assert by_key(bench.proxy.state()) == by_key(before) and there() == ["31", "32"]
    assert learned and [entry["header"] for entry in bench.proxy.cache()] == learned
    tool("-a -b -", input=lines)
    assert there() == ["31", "33", "OWN"]
    assert "fc00:b::32" not in [sid["addr"] for sid in bench.proxy.show("sid")]
    tool("-a -b -", input="sid flush\n")
    assert there() == []


def test_route_is_there_already(bench, tool, own):
    """Left by a module that was unloaded, say."""
    bench.node.ip(f"route add local {OWN} dev lo table local metric 1024 proto static")
    own()
    assert bench.send(src=to(OWN)) == dict(to_vnf=[inner6()])
    tool(f"sid del {OWN}")
    assert not routes(bench.node)


def test_wrong_length_deletes_nothing(bench, tool, own):
    own("fc00:b:7::/64")
    failed = tool("sid del fc00:b:7::/48", check=False)
    assert failed.returncode and len(routes(bench.node, "fc00:b:7::/64")) == 1
    assert bench.send(src=to("fc00:b:7::2")) == dict(to_vnf=[inner6()])


def test_anycast_address_of_a_subnet(bench, own):
    """The kernel has an anycast route for it. Past a VNF that is down, SID after SID is counted."""
    bench.node.ip("addr add fc00:b:9::1/64 dev dst nodad")
    try:
        bench.proxy.vnf("absent", dev="absent", nh6="fd00:3::2", on_down="bypass")
        bench.proxy.sid("fc00:b:9::", vnf="absent")
        path = ["fc00:b:9::"] * 60 + [NEXT]
        assert bench.send(src=srv6(path, hlim=200) / inner6()) == {}
        assert bench.drops("fc00:b:9::") == {"loop": 1}
        assert bench.send(src=srv6(path[-3:]) / inner6()) == dict(dst=[srv6(path[-3:], 2, hlim=62, fl=AUTO) / inner6()])
    finally:
        bench.node.ip("addr del fc00:b:9::1/64 dev dst")


def test_vrf_as_return_device(bench):
    """Its packets would pass PRE_ROUTING only."""
    bench.proxy.vnf("blue", dev=bench.device("to_vnf"), iif=f"vrf{VRF}", nh6=bench.ip6("to_vnf", 2), nh4="10.3.0.2")
    with pytest.raises(NlError) as refused:
        bench.proxy.sid(SID, vnf="blue")
    assert refused.value.errno == errno.EINVAL and f"not the VRF vrf{VRF}" in str(refused.value)
    bench.proxy.sid(SID, vnf="blue", hook="prerouting")


@pytest.mark.parametrize("fib", ("local", VRF))
def test_vrf(bench, own, fib):
    """The local table is asked before all others, whatever VRF a packet comes in by."""
    own(fib=fib)
    assert bench.send(src_vrf=to(OWN)) == dict(to_vnf=[inner6()])
    assert ("to_vnf" in bench.send(src=to(OWN))) == (fib == "local")
    assert bench.drops(OWN) == {}


# The hooks


def test_hooks_are_there_for_who_needs_them(bench, hooks):
    def present():
        return set(re.findall(r"(\w+) \[srproxy\]", "\n".join(hooks(bench.node))))

    def change(**values):
        bench.proxy.change("sid", addr=SID, **values)
        return present()

    bench.end_ad(inner="ip6")
    assert present() == LOCAL_IN
    bench.fw("fw2", "to_vnf2", "from_vnf2")
    bench.proxy.sid(SID2, vnf="fw2", hook="prerouting")
    assert present() == LOCAL_IN | PRE_ROUTING
    bench.proxy.delete("sid", SID2)
    assert present() == LOCAL_IN
    assert change(flavors="last") == LOCAL_IN | PRE_ROUTING, "what returns is routed from there"
    assert change(flavors="") == LOCAL_IN
    assert change(hook="prerouting") == PRE_ROUTING
    assert change(hook="prerouting", flavors="last") == PRE_ROUTING
    assert change(hook="local", flavors="") == LOCAL_IN
    bench.proxy.delete("sid", SID)
    assert present() == set()


# Packets: as with the default hook


@pytest.mark.data
@pytest.mark.parametrize("behavior", ("end_as", "end_ad"))
@pytest.mark.parametrize("packet", PACKETS)
def test_hooks_agree(bench, packet, behavior):
    found = []
    for bench.proxy.hook in ("prerouting", "local"):
        found.append([experience(bench, behavior, PACKETS[packet], family) for family in (4, 6)])
    assert found[0] == found[1]


@pytest.mark.parametrize("behavior", ("end_as", "end_ad"))
def test_frames(bench, behavior):
    getattr(bench, behavior)(inner="eth")
    assert bench.send(src=srv6(PATH) / ether()) == dict(to_vnf=[ether()])
    (frame,) = bench.send(from_vnf=ether())["dst"]
    assert bytes(frame).endswith(bytes(ether())) and frame.ip.dst == NEXT


@pytest.mark.parametrize("behavior", ("end_am", "end_an"))
def test_header_stays_on(bench, behavior):
    getattr(bench, behavior)()
    plain = inner6(dst=LAST)
    sent = inline(PATH, 0, plain)
    seen = inline(PATH, 0, plain, dst=LAST) if behavior == "end_am" else sent
    assert bench.send(src=sent) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(dst=[inline(PATH, 1, hop(plain))])


@pytest.mark.parametrize("family", (4, 6))
def test_compressed(bench, family):
    bench.fw()
    bench.proxy.sid(CSID, flavors="next-csid", lblen=32, prefix_len=48)
    packet = inner(family)
    assert bench.send(src=IPv6(src=HEADEND, dst="fcbb:bb00:f1:e1::") / packet) == dict(to_vnf=[packet])
    bench.node.ip(f"route add fcbb:bb00::/32 via {bench.ip6('dst', 2)}")
    try:
        want = IPv6(src=HEADEND, dst="fcbb:bb00:e1::", hlim=63, fl=AUTO) / hop(packet)
        assert bench.send(from_vnf=packet) == dict(dst=[want])
    finally:
        bench.node.ip("route del fcbb:bb00::/32")


def test_last(bench):
    """Returns are routed from PRE_ROUTING, as ever."""
    bench.last()
    assert bench.send(src=srv6([NEXT, SID], 1) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(from_vnf=inner6()) == dict(dst=[hop(inner6())])
    assert bench.drops(SID) == {}


def test_packets_in_packets_past_a_vnf_that_is_down(bench):
    """To the SID and to the SID and to the SID: the first one is enough."""
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(SID, flavors="last")
    packet = inner6()
    for _ in range(25):
        packet = IPv6(src=HEADEND, dst=SID) / packet
    assert bench.send(src=packet) == {}
    assert bench.drops(SID) == {"from_vnf": 1}
    assert bench.send(src=IPv6(src=HEADEND, dst=SID) / inner6()) == dict(dst=[hop(inner6())])


def test_fragment_is_dropped(bench):
    bench.end_ad()
    fragment = IPv6(src=HEADEND, dst=SID) / IPv6ExtHdrFragment(nh=41, m=1, id=9) / Raw(bytes(inner6()))
    assert bench.send(src=fragment) == {}
    assert bench.drops(SID) == {"outer_fragment": 1}


@pytest.mark.parametrize("port", ("from_vnf", "to_vnf", "vnf_vrf"))
def test_from_a_vnf(bench, port):
    """Whichever link of it, and in a VRF or not."""
    bench.end_ad(inner="ip4")
    bench.proxy.vnf("other", dev="vnf-vrf", nh6=bench.ip6("vnf_vrf", 2))
    assert bench.send(**{port: to(SID)}) == {}
    assert bench.drops(SID) == {"from_vnf": 1}


def test_to_all_stations(bench):
    """The unicast packet in a broadcast is for nobody, and no socket gets it."""
    bench.end_ad()
    bench.src.send(IPv6(src=HEADEND, dst=SID) / UDP(dport=9) / b"hello", dst="ff:ff:ff:ff:ff:ff")
    bench.src.send(to(SID), dst="33:33:00:00:00:01")
    assert bench.arrived() == {} and bench.proxy.stats(SID)["in_packets"] == 0 and bench.drops(SID) == {}


def test_headend_on_the_same_node(bench):
    """What the FIB leads to the SID, whoever has put the header on."""
    bench.end_as()
    bench.node.ip(f"route add 2001:db8:9::/48 encap seg6 mode encap segs {SID},{NEXT} dev src")
    try:
        (frame,) = bench.send(src=inner6(dst="2001:db8:9::1"))["to_vnf"]
        assert (frame.ip.src, frame.ip.dst) == ("2001:db8:1::1", "2001:db8:9::1")
        with bench.node:
            sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.sendto(b"from the node itself", ("2001:db8:9::1", 9))
        (frame,) = bench.arrived()["to_vnf"]
        assert frame.endswith(b"from the node itself")
        sock.close()
    finally:
        bench.node.ip("route del 2001:db8:9::/48")


# Chains


@pytest.mark.parametrize("second", ("local", "prerouting", "seg6local"))
@pytest.mark.parametrize("first", ("local", "prerouting"))
def test_two_sids(bench, tool, first, second):
    other = SID2 if second == "local" else OWN
    bench.fw()
    bench.fw("fw2", "to_vnf2", "from_vnf2")
    bench.proxy.sid(SID, hook=first)
    if second == "seg6local":
        tool(f"sid add {OWN} behavior End.AD vnf fw2 hook seg6local")
    else:
        bench.proxy.sid(other, vnf="fw2", hook=second)
    path = [SID, other, NEXT, LAST]
    assert bench.send(src=srv6(path) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(from_vnf=inner6()) == dict(to_vnf2=[hop(inner6())])
    want = srv6(path, 2, hlim=62, fl=AUTO) / hop(inner6(), 2)
    assert bench.send(from_vnf2=hop(inner6())) == dict(dst=[want])


def test_end_am_hands_on_to_a_sid(bench):
    bench.end_am()
    bench.fw("fw2", "to_vnf2", "from_vnf2")
    bench.proxy.sid(SID2, vnf="fw2", behavior="End.AN")
    path, plain = [SID, SID2, LAST], inner6(dst=LAST)
    assert bench.send(src=inline(path, 0, plain)) == dict(to_vnf=[inline(path, 0, plain, dst=LAST)])
    assert bench.send(from_vnf=inline(path, 0, plain, dst=LAST)) == dict(to_vnf2=[inline(path, 1, hop(plain))])


def test_next_sid_without_route(bench):
    """Then it is no segment of this node."""
    bench.end_as(segs=[OWN])
    bench.fw("fw2", "to_vnf2", "from_vnf2")
    bench.proxy.add("sid", addr=OWN, behavior="End.AD", vnf="fw2", hook="local")
    assert "to_vnf2" not in bench.send(from_vnf=inner6())
    assert bench.drops(SID) == {"no_route": 1}
    bench.node.ip(f"route add {OWN} via {bench.ip6('dst', 2)}")
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([OWN]) / hop(inner6())])
    bench.node.ip(f"route del {OWN}")


# What a VNF returns. No PRE_ROUTING comes after its device: all is taken there, or is the link's, or dropped.


def by_hop(options, payload=UDP(sport=1, dport=2) / b"hello"):
    return IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", hlim=37) / IPv6ExtHdrHopByHop(options=options) / payload


def cut(packet, **fields):
    for name, value in fields.items():
        setattr(packet, name, value)
    return packet


TAKEN = {
    "udp": inner6(),
    "hop-by-hop options": by_hop([PadN(optdata=b"\0" * 4)]),
    "router alert": by_hop([RouterAlert(value=0)]),
    "an option that is unknown": by_hop([HBHOptUnknown(otype=0x1E, optdata=bytes(200))]),
    "no payload": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", hlim=37, nh=59),
    "destination options": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", hlim=37) / IPv6ExtHdrDestOpt(),
    "fragment": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", hlim=37) / IPv6ExtHdrFragment(m=1) / Raw(b"12345678"),
    "from a mapped address": inner6(src="::ffff:192.0.2.1"),
    "to a mapped address": inner6(dst="::ffff:198.51.100.2"),
    "to no address": inner6(dst="::"),
    "to the node": inner6(dst="fd00:1::1"),
    "IPv4": inner4(),
    "IPv4 with options": IP(src="192.0.2.1", dst="198.51.100.2", ttl=9, options=[IPOption_Router_Alert()]) / b"hello",
    "IPv4 loopback": inner4(dst="127.0.0.1"),
    "IPv4 from loopback": inner4(src="127.0.0.1"),
    "IPv4 of this network": inner4(dst="0.0.0.1"),
    "IPv4 class E": inner4(dst="240.0.0.1"),
}
NOT_TAKEN = {
    "options cut off": cut(by_hop([PadN(optdata=bytes(100))]), plen=16),
    "from loopback": inner6(src="::1"),
    "to loopback": inner6(dst="::1"),
    "from a group": inner6(src="ff02::5"),
    "to a group": inner6(dst="ff02::5"),
    "link-local": inner6(src="fe80::5", dst="fe80::6"),
    "from link-local": inner6(src="fe80::5"),
    "cut off": cut(inner6(), plen=200),
    "another version": cut(inner6(), version=5),
    "IPv4, cut off": cut(inner4(), len=300),
    "IPv4, wrong checksum": cut(inner4(), chksum=0xBAD),
    "IPv4 broadcast": inner4(dst="255.255.255.255"),
    "IPv4 link-local": inner4(src="169.254.0.1"),
}


@pytest.mark.parametrize("name", (*TAKEN, *NOT_TAKEN))
def test_return(bench, name):
    packet = {**TAKEN, **NOT_TAKEN}[name]
    found = []
    for bench.proxy.hook in ("prerouting", "local"):
        bench.end_as()
        frame = bench.from_vnf.frame(packet)
        if name == "another version":
            frame = frame[:12] + b"\x86\xdd" + frame[14:]
        bench.from_vnf.send_frame(frame)
        found.append((bench.arrived().get("dst", []), bench.proxy.stats(SID), bench.drops(SID)))
        bench.reset()
    assert found[0] == found[1]
    if name in TAKEN:
        assert [frame.ip.dst for frame in found[1][0]] == [NEXT]
    else:
        assert found[1][1]["out_packets"] == 0


def tagged(bench, *tags, packet=inner6()):
    """A frame from the VNF with VLAN tags of which no port knows."""
    frame = bench.from_vnf.frame(packet)
    return frame[:12] + tags_bytes(tags) + frame[12:]


BACK_AGAIN = dict(dst=[pushed([NEXT, LAST]) / hop(inner6())])


@pytest.mark.parametrize("n", (1, 2, 30))
@pytest.mark.parametrize("proto", (0x8100, 0x88A8))
def test_priority_tags(bench, proto, n):
    """They name no VLAN: the stack takes off as many as there are."""
    bench.end_as()
    bench.from_vnf.send_frame(tagged(bench, *[(proto, 0)] * n))
    assert bench.arrived() == BACK_AGAIN


@pytest.mark.parametrize("tags", ([(0x8100, 5)], [(0x8100, 0), (0x8100, 5)]), ids=("one", "behind a priority tag"))
def test_tag_of_a_vlan(bench, tags):
    """It goes to the VLAN's device, and to nobody without one."""
    bench.end_as()
    bench.from_vnf.send_frame(tagged(bench, *tags))
    assert bench.arrived() == {}
    bench.node.ip("link add link from-vnf name vlan5 type vlan id 5\nlink set vlan5 up")
    try:
        bench.from_vnf.send_frame(tagged(bench, *tags))
        assert bench.arrived()["dst"] == [hop(inner6())]
    finally:
        bench.node.ip("link del vlan5")


def test_priority_tag_of_something_else(bench):
    """ARP is not the circuit's, with as many tags as it likes."""
    bench.end_as()
    request = bytes.fromhex("0001080006040001") + mac_bytes(bench.from_vnf.mac)
    request += socket.inet_aton(bench.ip4("from_vnf", 2)) + bytes(6) + socket.inet_aton(bench.ip4("from_vnf", 1))
    head = mac_bytes(bench.from_vnf.gateway) + mac_bytes(bench.from_vnf.mac)
    bench.from_vnf.send_frame(head + tags_bytes([(0x8100, 0)] * 2) + b"\x08\x06" + request)
    answer = bench.from_vnf.wait_for(lambda frame: frame.proto == 0x0806 and frame[6:8] == b"\0\2", "an answer")
    assert answer[14:18] == socket.inet_aton(bench.ip4("from_vnf", 1))


@pytest.mark.parametrize("kind", ("bridge", "macvlan"))
def test_device_has_another_user(bench, kind):
    """A frame to the device's own address is a return; a bridge or macvlan does not get it first."""
    bench.node.ip({
        "bridge": "link add upper type bridge\nlink set upper up\nlink set from-vnf master upper",
        "macvlan": "link add link from-vnf name upper type macvlan mode bridge\nlink set upper up",
    }[kind])
    try:
        bench.end_as()
        arrived = bench.send(from_vnf=[inner6(), TAKEN["router alert"]])["dst"]
        assert arrived[:1] == BACK_AGAIN["dst"] and [frame.ip.dst for frame in arrived] == [NEXT] * 2
    finally:
        bench.node.ip("link del upper")


@pytest.mark.parametrize("proto", (ETH_P_IPV6, 3), ids=("IPv6", "all"))
def test_somebody_listens_on_the_device(bench, proto):
    with bench.node:
        listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        listener.bind(("from-vnf", proto))
    bench.end_as()
    assert bench.send(from_vnf=inner6()) == BACK_AGAIN
    listener.close()


@pytest.fixture
def large(bench):
    """A function that sends a super-packet from the VNF that is too large to say how large it is."""
    with bench.world:
        vnf = Port(bench.world, "from-vnf", bench.from_vnf.mac, bench.from_vnf.gateway, vnet_hdr=True)
    packet = bytearray(bytes(unfinished(tcp(6, 60000))) + bytes(10000))
    packet[4:6] = b"\0\0"
    bench.world.ip("link set from-vnf gso_max_size 200000")

    def send():
        try:
            vnf.send_frame(vnet_hdr(6, gso_size=1300) + vnf.frame(bytes(packet)))
        except OSError as error:
            if error.errno != errno.EMSGSIZE:
                raise
            pytest.skip("needs packet sockets that send more than 64 KiB")

    yield send
    bench.world.ip("link set from-vnf gso_max_size 65536")
    vnf.close()


def test_beyond_64_kib(bench, large):
    found = []
    for bench.proxy.hook in ("prerouting", "local"):
        bench.end_ad()
        bench.teach(srv6(PATH) / inner6())
        large()
        found.append((bench.arrived(), bench.proxy.stats(SID), bench.drops(SID)))
        bench.reset()
    assert found[0] == found[1]
    assert found[1][1]["out_packets"] == 1 and set(found[1][0]) == {"dst"}


def test_other_packets_of_the_vnfs_device(bench):
    """Without a circuit of their type they are the node's, as ever."""
    bench.end_as(inner="ip6")
    assert bench.send(from_vnf=[inner4(), inner6()]) == dict(dst=[hop(inner4()), *BACK_AGAIN["dst"]])


# Under way


def test_nothing_gets_past_the_chain_while_the_hook_changes(bench):
    bench.end_as(segs=[NEXT])
    packets = [by_hop([RouterAlert(value=0)], UDP(sport=n + 1, dport=2)) for n in range(150)]
    with Sequence(bench.from_vnf, packets) as sender:
        while sender.running():
            for hook in ("prerouting", "local"):
                bench.proxy.change("sid", addr=SID, hook=hook)
        sender.wait()
    arrived = bench.arrived()["dst"]
    assert len(arrived) == len(packets) and {frame.ip.dst for frame in arrived} == {NEXT}


def test_replaced_under_traffic(bench, tool, own):
    own(inner="ip")
    ways_in = [(bench.src, packet) for packet in (to(OWN), srv6([OWN, NEXT], reduced=True) / inner4())]
    ways_back = [(bench.from_vnf, packet) for packet in (inner6(), by_hop([]))]
    with Flood(ways_in + ways_back):
        for hook in ("prerouting", "local", "seg6local", "local fib 77", "local fib local"):
            tool(f"sid change {OWN} hook {hook}")
            tool(f"sid replace {OWN} behavior End.AD vnf fw hook {hook}")
        for _ in range(2):
            tool(f"sid del {OWN}")
            tool(f"sid add {OWN} behavior End.AD vnf fw hook local")
    bench.discard()
    bench.arrived()
    bench.teach(to(OWN))
    assert bench.send(from_vnf=inner6()) == dict(dst=[srv6([OWN, NEXT, LAST], 1, hlim=63, fl=AUTO) / hop(inner6())])


def test_namespace_goes_with_all_that(module):
    bench = Bench()
    bench.proxy.hook = "local"
    bench.end_ad()
    with Flood([(bench.src, to(SID)), (bench.from_vnf, inner6())]):
        until(lambda: bench.proxy.stats(SID)["out_packets"] > 10, "packets pass")
        bench.proxy.close()
        bench.node.close()
    for port in bench.ports.values():
        port.close()
    bench.world.close()


# Real traffic


@pytest.fixture(scope="module")
def chain(chain):
    chain.tool.batch(f"sid change {THERE} hook local\nsid change {BACK} hook local")
    yield chain
    chain.tool("sid flush")


@pytest.mark.parametrize("family", (4, 6))
def test_super_packets(chain, family):
    """They pass, whole and with the bytes that were sent."""
    chain.offloads(True)
    proxy = Proxy(chain.node)
    before = proxy.stats(THERE)
    sent, received = chain.transfer(family, 4 << 20)
    assert sent == received
    after = proxy.stats(THERE)
    proxy.close()
    packets, octets = (after[key] - before[key] for key in ("in_packets", "in_bytes"))
    assert octets / packets > 3000
