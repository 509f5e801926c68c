# SPDX-License-Identifier: GPL-2.0
"""Flavor last: the SID ends the path; what the VNF returns is an ordinary packet again.

    headend ── src ──┐                  ┌── to-vnf ───► VNF      (or vrf-out)
                     ├── node: End.Ax ──┤
    a host  ── dst ──┘                  └── from-vnf ◄─ VNF      (or vrf-in)

End.AS and End.AD are the same then. VRF 50 has routes of its own, as has table 77.
"""

import json
import socket

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, PadN
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, PLAIN, SID, SID2, Bench, Link
from lib.packet import ANY, TIME_EXCEEDED, TOO_BIG, ether, hop, icmp, inner, inner4, inner6, padn, srv6

pytestmark = pytest.mark.both_hooks

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])

OUTER = {
    "no SRH": IPv6(src=HEADEND, dst=SID),
    "options without SRH": IPv6(src=HEADEND, dst=SID) / HOP_BY_HOP / OPTIONS,
    "one segment": srv6([SID]),
    "last of two": srv6([NEXT, SID], 1),
    "last of three": srv6([NEXT, LAST, SID], 2),
    "last, reduced": srv6([NEXT, SID], 1, reduced=True),
    "tag and TLVs": srv6([NEXT, SID], 1, tag=5, tlvs=padn(8)),
    "options around the SRH": srv6([NEXT, SID], 1, before=[OPTIONS], after=[OPTIONS]),
    "hop limit 2": srv6([NEXT, SID], 1, hlim=2),
}
BEHAVIORS = ("End.AS", "End.AD")


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, Link("vrf-out", vrf=50), Link("vrf-in", vrf=50)))
    bench.node.ip(f"""
        route add 2001:db8:2::/48 via {bench.ip6("vrf_out", 2)} table 50
        route add 198.51.100.0/24 via {bench.ip4("vrf_out", 2)} table 50
        route add 2001:db8:2::/48 via {bench.ip6("src", 2)} table 77
        route add 198.51.100.0/24 via {bench.ip4("src", 2)} table 77
    """)
    yield bench
    bench.close()


def arriving(packet):
    return srv6([NEXT, SID], 1) / packet


@pytest.mark.data
@pytest.mark.parametrize("behavior", BEHAVIORS)
@pytest.mark.parametrize("outer", OUTER)
def test_accepted(bench, outer, behavior):
    bench.last(behavior=behavior, inner="ip,eth")
    for packet in (inner6(), inner4(), ether()):
        assert bench.send(src=OUTER[outer] / packet) == dict(to_vnf=[packet])
    assert bench.drops(SID) == {} and bench.proxy.cache() == []


@pytest.mark.data
@pytest.mark.parametrize("behavior", BEHAVIORS)
@pytest.mark.parametrize("path, at", ((PATH, 0), ([SID, NEXT], 0), (["fc00:a::f", SID, NEXT], 1)), ids=str)
def test_segments_left(bench, behavior, path, at):
    """Then this SID is not the last one."""
    bench.last(behavior=behavior, inner="ip,eth")
    for packet in (inner6(), inner4(), ether()):
        assert bench.send(src=srv6(path, at) / packet) == {}
    assert bench.drops(SID) == {"not_last": 3}


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("behavior", BEHAVIORS)
def test_return_is_routed_by_its_own_address(bench, behavior, family):
    """One hop for the packet, to wherever that is, and a packet out of the SID."""
    bench.last(behavior=behavior)
    there = inner(family)
    here = there.copy()
    here.src, here.dst = there.dst, there.src
    assert bench.send(from_vnf=there) == dict(dst=[hop(there)])
    assert bench.send(from_vnf=here) == dict(src=[hop(here)])
    stats = bench.proxy.stats(SID)
    assert stats == {"in_packets": 0, "in_bytes": 0, "out_packets": 2, "out_bytes": 2 * len(there)}
    assert bench.drops(SID) == {}


@pytest.mark.parametrize("family", (4, 6))
def test_hop_limit_is_spent_by_forwarding(bench, family):
    """An error as any router sends it."""
    bench.last()
    packet = inner(family, hops=1)
    arrived = bench.send(from_vnf=packet)
    assert set(arrived) == {"src"}
    (error,) = arrived["src"]
    assert icmp(error, packet)[2:] == (*TIME_EXCEEDED[family], None)


@pytest.mark.parametrize("family", (4, 6))
def test_too_big_for_the_route(bench, family):
    bench.last()
    bench.node.ip("link set dst mtu 1300")
    try:
        packet = inner(family, 1301)
        (error,) = bench.send(from_vnf=packet)["src"]
        assert icmp(error, packet)[2:] == (*TOO_BIG[family], 1300)
    finally:
        bench.node.ip("link set dst mtu 1500")


def test_traffic_class_stays(bench):
    bench.last()
    packets = [inner6(tc=0xBA), inner4(tos=0xBA)]
    assert bench.send(from_vnf=packets) == dict(dst=[hop(packet) for packet in packets])


@pytest.mark.parametrize("family", (4, 6))
def test_addressed_to_the_node(bench, family):
    """Is for the node: it answers, by its own routes."""
    bench.last()
    if family == 6:
        request = IPv6(src="2001:db8:1::1", dst=bench.ip6("dst", 1)) / ICMPv6EchoRequest(id=1, seq=2, data=b"ping")
    else:
        request = IP(src="192.0.2.1", dst=bench.ip4("dst", 1)) / ICMP(id=1, seq=2) / b"ping"
    (reply,) = bench.send(from_vnf=request)["src"]
    assert reply.ip.payload.type == (129 if family == 6 else 0) and reply.ip.dst == request.src


def test_firewall_of_the_node_sees_it(bench):
    """From prerouting on, as of the VNF's interface, and tracked as any connection."""
    bench.last()
    bench.node.run("nft", "-f", "-", input="""
        table inet t {
            chain raw {
                type filter hook prerouting priority -300; policy accept
                iifname "from-vnf" meta l4proto udp counter
            }
            chain forward {
                type filter hook forward priority 0; policy accept
                iifname "from-vnf" oifname "dst" ct state new counter accept
                iifname "from-vnf" udp dport 2000 drop
            }
        }
    """)
    try:
        for packet in (inner6(), inner4()):
            assert bench.send(from_vnf=packet) == dict(dst=[hop(packet)])
        rules = json.loads(bench.node.run("nft", "-j", "list", "table", "inet", "t").stdout)["nftables"]
        seen = [part["counter"]["packets"] for rule in rules if "rule" in rule
                for part in rule["rule"]["expr"] if "counter" in part]
        assert seen[0] == 2 and seen[1] >= 2  # and the fences
    finally:
        bench.node.run("nft", "flush", "ruleset")


# Tables


@pytest.mark.parametrize("table", (0, 77))
def test_srv6_to_a_sid_is_from_the_vnf(bench, table):
    """Not even from behind the last segment does a VNF teach another chain a header."""
    bench.last(inner="ip6", **({"table": table} if table else {}))
    bench.proxy.vnf("fw2", dev="vrf-out", iif="vrf-in", nh6=bench.ip6("vrf_out", 2))
    bench.proxy.sid(SID2, behavior="End.AD", vnf="fw2", inner="ip6")
    assert bench.send(from_vnf=srv6([SID2, "fc00:c::bad"]) / inner6()) == {}
    assert bench.drops(SID) == {"from_vnf": 1} and bench.proxy.cache() == []


@pytest.mark.parametrize("family", (4, 6))
def test_socket_in_a_vrf(bench, family):
    """What came in on the VRF is for sockets that are bound to it."""
    bench.last(table=50)
    address = bench.ip4("vrf_in", 1) if family == 4 else bench.ip6("vrf_in", 1)
    with bench.node.socket(socket.AF_INET if family == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"vrf50")
        receiver.bind(("", 2000))
        receiver.settimeout(10)
        assert bench.send(from_vnf=inner(family, dst=address)) == {}
        assert receiver.recvfrom(2000)[1][0] == inner(family).src


@pytest.mark.parametrize("family", (4, 6))
def test_table_of_a_vrf(bench, family):
    """As if it had come in by that VRF."""
    bench.last(table=50)
    assert bench.send(from_vnf=inner(family)) == dict(vrf_out=[hop(inner(family))])
    assert bench.proxy.stats(SID)["out_packets"] == 1


@pytest.mark.parametrize("family", (4, 6))
def test_vrf_comes_and_goes(bench, family):
    """The table is a number; whose it is may change under a SID that has it."""
    bench.last(table=60)
    bench.node.ip(f"""
        route add 2001:db8:2::/48 via {bench.ip6("src", 2)} table 60
        route add 198.51.100.0/24 via {bench.ip4("src", 2)} table 60
    """)
    packet, routed = inner(family), dict(src=[hop(inner(family))])
    try:
        for n in range(2):
            # No VRF's: IPv6 only.
            if family == 6:
                assert bench.send(from_vnf=packet) == routed
            else:
                before = bench.drops(SID).get("no_route", 0)
                assert "dst" not in bench.send(from_vnf=packet)
                assert bench.drops(SID) == {"no_route": before + 1}
            bench.node.ip("link add other type vrf table 60\nlink set other up")
            assert bench.send(from_vnf=packet) == routed
            bench.node.ip("link del other")
            bench.node.ip(f"""
                route replace 2001:db8:2::/48 via {bench.ip6("src", 2)} table 60
                route replace 198.51.100.0/24 via {bench.ip4("src", 2)} table 60
            """)
    finally:
        bench.node.ip("route flush table 60", check=False)
        bench.node.run("ip", "-6", "route", "flush", "table", "60", check=False)


@pytest.mark.parametrize("family", (4, 6))
def test_vnf_in_a_vrf(bench, family):
    """Whose packets are routed there without being told."""
    bench.last(dev="vrf_out", iif="vrf_in")
    assert bench.send(src=arriving(inner(family))) == dict(vrf_out=[inner(family)])
    assert bench.send(vrf_in=inner(family)) == dict(vrf_out=[hop(inner(family))])
    assert bench.proxy.stats(SID)["out_packets"] == 1


@pytest.mark.parametrize("family", (4, 6))
def test_main_table_for_a_vnf_in_a_vrf(bench, family):
    """Table 254 is no VRF's: IPv6 only."""
    bench.last(dev="vrf_out", iif="vrf_in", table=254)
    arrived = bench.send(vrf_in=inner(family))
    if family == 6:
        assert arrived == dict(dst=[hop(inner6())])
    else:
        assert "dst" not in arrived and bench.drops(SID) == {"no_route": 1}


def test_another_table(bench):
    """Is for IPv6; there is no such lookup for IPv4."""
    bench.last(table=77)
    assert bench.send(from_vnf=inner6()) == dict(src=[hop(inner6())])
    assert bench.proxy.stats(SID)["out_packets"] == 1
    assert "dst" not in bench.send(from_vnf=inner4())
    assert bench.drops(SID) == {"no_route": 1}


def test_table_without_a_route(bench):
    bench.last(table=78)
    assert "dst" not in bench.send(from_vnf=inner6())


# Frames


def test_frames_go_in_and_do_not_return(bench):
    """What returns is left to the stack, to which frames for other stations mean nothing."""
    bench.last(inner="eth")
    assert bench.proxy.show("circuit") == []
    assert bench.send(src=arriving(ether())) == dict(to_vnf=[ether()])
    assert bench.send(from_vnf=ether()) == {}
    assert bench.send(from_vnf=[inner6(), inner4()]) == dict(dst=[hop(inner6()), hop(inner4())])
    stats = bench.proxy.stats(SID)
    assert (stats["in_packets"], stats["out_packets"]) == (1, 0) and bench.drops(SID) == {}


def test_frames_beside_packets(bench):
    bench.last(inner="ip,eth")
    assert {circuit["inner"] for circuit in bench.proxy.show("circuit")} == {"ip4", "ip6"}
    assert bench.send(from_vnf=[ether(), inner6()]) == dict(dst=[hop(inner6())])
    assert bench.proxy.stats(SID)["out_packets"] == 1


def test_two_sids_share_an_interface_for_frames(bench):
    """There is no circuit to have."""
    bench.last(inner="eth")
    bench.proxy.sid(SID2, inner="eth", flavors="last")
    bench.proxy.sid("fc00:b::f3", inner="eth")
    assert bench.send(src=srv6([NEXT, SID2], 1) / ether()) == dict(to_vnf=[ether()])


# Side by side with what is not last


def test_last_and_not_last_for_different_inner_types(bench):
    bench.fw()
    bench.proxy.sid(SID, inner="ip4", flavors="last")
    bench.proxy.sid(SID2, inner="ip6")
    bench.teach(srv6([SID2, NEXT]) / inner6())
    assert bench.send(from_vnf=[inner6(), inner4()]) == dict(
        dst=[srv6([SID2, NEXT], 1, hlim=63, fl=ANY) / hop(inner6()), hop(inner4())]
    )


def test_change_to_last_and_back(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.change("sid", addr=SID, flavors="last")
    assert bench.send(from_vnf=inner6()) == dict(dst=[hop(inner6())])
    assert bench.send(src=srv6(PATH) / inner6()) == {}
    bench.proxy.change("sid", addr=SID, flavors="")
    bench.teach(srv6(PATH) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[srv6(PATH, 1, hlim=63, fl=ANY) / hop(inner6())])


@pytest.mark.parametrize("behavior", BEHAVIORS)
def test_shown(bench, behavior):
    bench.last(behavior=behavior, table=50)
    sid = bench.proxy.get("sid", SID)
    assert (sid["flavors"], sid["table"], sid["behavior"]) == (["last"], 50, behavior)
    assert "chain" not in sid


# The checks that are everyone's


@pytest.mark.data
@pytest.mark.parametrize("reason, packet", (
    ("ecn", srv6([NEXT, SID], 1, tc=3) / inner6()),
    ("inner_type", srv6([NEXT, SID], 1) / UDP() / Raw(b"x" * 20)),
    ("inner_invalid", srv6([NEXT, SID], 1, nh=41) / inner4()),
    ("srh_invalid", srv6([NEXT, SID], 1, last=7) / inner6()),
), ids=lambda value: value if isinstance(value, str) else "")
def test_dropped(bench, reason, packet):
    bench.last()
    assert bench.send(src=packet) == {}
    assert bench.drops(SID) == {reason: 1}


def test_hop_limit(bench):
    bench.last()
    assert set(bench.send(src=srv6([NEXT, SID], 1, hlim=1) / inner6())) == {"src"}
    assert bench.drops(SID) == {"hop_limit": 1}


# VNFs that are down


def absent(bench, on_down, **values):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down=on_down)
    bench.proxy.sid(SID, flavors="last", **values)


def test_down(bench):
    absent(bench, "drop", inner="ip,eth")
    for packet in (inner6(), inner4(), ether()):
        assert bench.send(src=arriving(packet)) == {}
    assert bench.drops(SID) == {"vnf_down": 3}


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("behavior", BEHAVIORS)
def test_bypass(bench, behavior, family):
    """The inner packet is the stack's, at once."""
    absent(bench, "bypass", behavior=behavior)
    assert bench.send(src=arriving(inner(family))) == dict(dst=[hop(inner(family))])
    stats = bench.proxy.stats(SID)
    assert (stats["in_packets"], stats["out_packets"]) == (1, 1) and bench.drops(SID) == {}


@pytest.mark.parametrize("family", (4, 6))
def test_bypass_in_a_vrf(bench, family):
    absent(bench, "bypass", table=50)
    assert bench.send(src=arriving(inner(family))) == dict(vrf_out=[hop(inner(family))])


def test_frames_cannot_bypass(bench):
    absent(bench, "bypass", inner="eth")
    assert bench.send(src=arriving(ether())) == {}
    assert bench.drops(SID) == {"vnf_down": 1}
