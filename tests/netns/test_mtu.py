# SPDX-License-Identifier: GPL-2.0
"""Packets that do not fit: on the way to the VNF, and once they bear the outer header again.

    headend ── src ──┐                  ┌── to-vnf ───► VNF       MTU of to-vnf: 1300
                     ├── node: End.Ax ──┤                         MTU of all others: 1500
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF

Errors about inner packets go to their sources by the node's own routes: behind src.
"""

import pytest
from scapy.layers.inet import IP, defragment
from scapy.layers.inet6 import IPv6

from lib.bench import HEADEND, LAST, NEXT, PATH, SID
from lib.packet import AUTO, TOO_BIG, icmp, inner, inner4, inner6, srv6

pytestmark = pytest.mark.both_hooks

SOURCE = {4: "192.0.2.1", 6: "2001:db8:1::1"}
VNF_MTU = 1300


@pytest.fixture
def small_vnf(bench):
    bench.node.ip(f"link set to-vnf mtu {VNF_MTU}")
    yield bench
    bench.node.ip("link set to-vnf mtu 1500")


def told(arrived, about):
    """The one error, which quotes about: (to whom, type, code, MTU)."""
    assert set(arrived) == {"src"} and len(arrived["src"]) == 1, arrived
    return icmp(arrived["src"][0], about)[1:]


def too_big(family, mtu):
    return (SOURCE[family], *TOO_BIG[family], mtu)


def reassembled(frames):
    """The IPv4 packet that these fragments make up, as bytes without its header."""
    whole = defragment([IP(bytes(frame)) for frame in frames])
    assert len(whole) == 1
    return bytes(whole[0].payload)


# To the VNF


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("behavior", ("End.AS", "End.AD"))
def test_to_the_vnf(small_vnf, family, behavior):
    bench = small_vnf
    bench.end_ad() if behavior == "End.AD" else bench.end_as()
    fits, packet = inner(family, VNF_MTU), inner(family, VNF_MTU + 1)
    assert bench.send(src=srv6(PATH) / fits) == dict(to_vnf=[fits])
    assert told(bench.send(src=srv6(PATH) / packet), packet) == too_big(family, VNF_MTU)
    assert bench.drops(SID) == {"vnf_too_big": 1}
    assert bench.proxy.stats(SID)["in_packets"] == 1


def test_to_the_vnf_without_df(small_vnf):
    """IPv4 that allows it is fragmented; a packet all the same, as the counters have it."""
    bench = small_vnf
    bench.end_ad()
    packet = inner4(1400, df=False)
    frames = bench.send(src=srv6(PATH) / packet)["to_vnf"]
    assert [frame.ip.flags.MF for frame in frames] == [1, 0]
    assert all(len(frame) <= VNF_MTU for frame in frames)
    assert reassembled(frames) == bytes(packet)[20:]
    assert {(frame.ip.ttl, frame.ip.id, frame.dst) for frame in frames} == {(packet.ttl, packet.id, bench.to_vnf.mac)}
    assert bench.drops(SID) == {}
    assert bench.proxy.stats(SID)["in_packets"] == 1


def test_to_the_vnf_a_fragment_is_fragmented(small_vnf):
    bench = small_vnf
    bench.end_ad()
    packet = inner4(1400, df=False)
    packet.flags, packet.frag = "MF", 10
    frames = bench.send(src=srv6(PATH) / packet)["to_vnf"]
    assert [(frame.ip.flags.MF, frame.ip.frag) for frame in frames][0] == (1, 10)
    assert all(frame.ip.flags.MF for frame in frames)
    assert b"".join(bytes(frame)[20:] for frame in frames) == bytes(packet)[20:]


def test_mtu_of_the_vnf_follows_the_device(bench):
    bench.end_ad()
    packet = inner6(1310)
    for mtu in (1300, 1350, 1280):
        bench.node.ip(f"link set to-vnf mtu {mtu}")
        arrived = bench.send(src=srv6(PATH) / packet)
        if mtu >= 1310:
            assert arrived == dict(to_vnf=[packet])
        else:
            assert told(arrived, packet) == too_big(6, mtu)
    bench.node.ip("link set to-vnf mtu 1500")


# Back to the network: 40 bytes of IPv6, 8 of SRH, 16 a segment

LISTS = {
    "End.AS, no SRH": (40, dict(segs=[NEXT])),
    "End.AS, 2 segments": (40 + 8 + 32, dict(segs=[NEXT, LAST])),
    "End.AS, 2 segments reduced": (40 + 8 + 16, dict(segs=[NEXT, LAST], chain_values={"reduced": 1})),
    "End.AS, 4 segments": (40 + 8 + 64, dict(segs=[NEXT, LAST, "fc00:c::3", "fc00:c::4"])),
}


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("case", LISTS)
def test_to_the_network_static(bench, family, case):
    overhead, values = LISTS[case]
    bench.end_as(**values)
    fits, packet = inner(family, 1500 - overhead), inner(family, 1500 - overhead + 1)
    (frame,) = bench.send(from_vnf=fits)["dst"]
    assert len(frame) == 1500
    assert told(bench.send(from_vnf=packet), packet) == too_big(family, 1500 - overhead)
    assert bench.drops(SID) == {"too_big": 1}


@pytest.mark.parametrize("family", (4, 6))
def test_to_the_network_dynamic(bench, family):
    """The overhead is that of the learned header."""
    bench.end_ad()
    for path in (PATH, [SID, NEXT], [*PATH, "fc00:c::3"]):
        overhead = 40 + 8 + 16 * len(path)
        bench.teach(srv6(path) / inner(family))
        fits, packet = inner(family, 1500 - overhead), inner(family, 1500 - overhead + 1)
        (frame,) = bench.send(from_vnf=fits)["dst"]
        assert len(frame) == 1500
        assert told(bench.send(from_vnf=packet), packet) == too_big(family, 1500 - overhead)
    assert bench.drops(SID) == {"too_big": 3}


def test_to_the_network_without_df(bench):
    """IPv4 that allows it is fragmented before the encapsulation, each fragment a packet of its own."""
    bench.end_as()
    packet = inner4(1450, df=False)
    frames = bench.send(from_vnf=packet)["dst"]
    outer = srv6([NEXT, LAST], src="fc00:b::", hlim=63, fl=AUTO)
    insides = [bytes(frame)[80:] for frame in frames]
    assert len(frames) == 2 and all(len(frame) <= 1500 for frame in frames)
    assert all(frame == outer / IP(inside) for frame, inside in zip(frames, insides))
    assert reassembled(insides) == bytes(packet)[20:]
    assert {IP(inside).ttl for inside in insides} == {packet.ttl - 1}
    assert bench.drops(SID) == {}


@pytest.mark.parametrize("where", ("route", "device"))
@pytest.mark.parametrize("family", (4, 6))
def test_path_mtu(bench, family, where):
    """What limits is the path to the next segment, be it the device or the route."""
    bench.end_as()
    if where == "route":
        bench.node.ip(f"route add {NEXT}/128 via {bench.ip6('dst', 2)} mtu 1400")
    else:
        bench.node.ip("link set dst mtu 1400")
    try:
        fits, packet = inner(family, 1320), inner(family, 1321)
        assert len(bench.send(from_vnf=fits)["dst"][0]) == 1400
        assert told(bench.send(from_vnf=packet), packet) == too_big(family, 1320)
    finally:
        if where == "route":
            bench.node.ip(f"route del {NEXT}/128")
        else:
            bench.node.ip("link set dst mtu 1500")


def test_ipv6_is_never_told_less_than_1280(bench):
    """Nor refused that much, which RFC 8200 promises: 1300 - 80 would be 1220."""
    bench.end_as()
    bench.node.ip("link set dst mtu 1300")
    try:
        packet = inner6(1281)
        assert told(bench.send(from_vnf=packet), packet) == too_big(6, 1280)
        assert bench.drops(SID) == {"too_big": 1}
        bench.send(from_vnf=inner6(1280))
        assert bench.drops(SID) == {"too_big": 1}
    finally:
        bench.node.ip("link set dst mtu 1500")


def test_ipv4_is_told_less_than_1280(bench):
    bench.end_as()
    bench.node.ip("link set dst mtu 1300")
    try:
        packet = inner4(1221)
        assert told(bench.send(from_vnf=packet), packet) == too_big(4, 1220)
        assert len(bench.send(from_vnf=inner4(1220))["dst"][0]) == 1300
    finally:
        bench.node.ip("link set dst mtu 1500")


def test_outer_source_hears_nothing(bench):
    """The headend is not the one to send smaller packets."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(1400))
    arrived = bench.send(from_vnf=inner6(1421))
    assert {frame.ip.dst for frame in arrived["src"]} == {SOURCE[6]} != {HEADEND}


def test_no_error_about_fragments_that_follow(bench):
    """RFC 1122 3.2.2.1: only the first fragment is answered."""
    bench.end_as()
    packet = inner4(1450)
    packet.frag = 10
    assert bench.send(from_vnf=packet) == {}
    assert bench.drops(SID) == {"too_big": 1}


def test_big_outer_packet_into_a_bigger_vnf(bench):
    """The outer header counts towards the ingress link only."""
    bench.end_as()
    packet = inner6(1460)
    assert bench.send(src=IPv6(src=HEADEND, dst=SID) / packet) == dict(to_vnf=[packet])
