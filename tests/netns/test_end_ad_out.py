# SPDX-License-Identifier: GPL-2.0
"""End.AD on the way back: what the VNF returns bears the learned header again, one segment on.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.AD ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import pytest
from scapy.layers.inet import IP, UDP, IPOption_NOP, IPOption_RR
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, PadN
from scapy.packet import Raw

from lib.bench import LAST, NEXT, PATH, SID
from lib.packet import AUTO, PAD1, checksums_right, hop, inner, inner4, inner6, padn, srv6, tlv

pytestmark = pytest.mark.both_hooks

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])

# What is learned: path, position on it, and all else
LEARNED = {
    "two segments": ([SID, NEXT], 0, {}),
    "three segments": (PATH, 0, {}),
    "in the middle": (["fc00:a::f", SID, NEXT, LAST], 1, {}),
    "64 segments": ([SID, NEXT] + [f"fc00:d::{n:x}" for n in range(2, 64)], 0, {}),
    "reduced": (PATH, 0, {"reduced": True}),
    "reduced, two segments": ([SID, NEXT], 0, {"reduced": True}),
    "tag": (PATH, 0, {"tag": 0xBEEF}),
    "flags": (PATH, 0, {"flags": 0xFF}),
    "padn": (PATH, 0, {"tlvs": padn(8)}),
    "pad1": (PATH, 0, {"tlvs": PAD1 * 8}),
    "unknown TLV": (PATH, 0, {"tlvs": tlv(200, b"opaque")}),
    "hop-by-hop before": (PATH, 0, {"before": [HOP_BY_HOP]}),
    "options before": (PATH, 0, {"before": [OPTIONS]}),
    "options after": (PATH, 0, {"after": [OPTIONS]}),
    "options all around": (PATH, 0, {"before": [HOP_BY_HOP, OPTIONS], "after": [OPTIONS]}),
}

RETURNED = {
    "IPv6": inner6(),
    "IPv4": inner4(),
    "IPv6 of 48 bytes": inner6(48),
    "IPv4 of 28 bytes": inner4(28),
    "IPv6 of 1400 bytes": inner6(1400),
    "IPv4 of 1400 bytes": inner4(1400),
    "IPv6, odd length": inner6(99),
    "IPv4, odd length": inner4(99),
    "IPv6, hop limit 2": inner6(hlim=2),
    "IPv4, TTL 2": inner4(ttl=2),
    "IPv6, hop limit 255": inner6(hlim=255),
    "IPv4, TTL 255": inner4(ttl=255),
    "IPv4, no DF": inner4(df=False),
    "other addresses": inner6(src="2001:db8:9::9", dst="2001:db8:8::8"),
    "addresses without a route": inner4(src="203.0.113.1", dst="203.0.113.2"),
    "IPv4 options": IP(src="192.0.2.1", dst="198.51.100.2", options=[IPOption_RR(), IPOption_NOP()]) / UDP(),
    "IPv4 fragment": IP(src="192.0.2.1", dst="198.51.100.2", frag=100, flags="MF") / Raw(b"x" * 64),
    "IPv6 extension headers": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2") / OPTIONS / UDP() / b"abc",
    "IPv6 fragment": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2")
    / IPv6ExtHdrFragment(offset=100, m=1, id=7, nh=17)
    / Raw(b"x" * 64),
    "IPv6 without payload": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", nh=59),
}


@pytest.mark.data
@pytest.mark.parametrize("learned", LEARNED)
def test_learned_header_returns(bench, learned):
    path, at, values = LEARNED[learned]
    bench.end_ad()
    bench.teach(srv6(path, at, **values) / inner6(), srv6(path, at, **values) / inner4())
    for packet in (inner6(), inner4()):
        want = srv6(path, at + 1, hlim=63, fl=AUTO, **values) / hop(packet)
        assert bench.send(from_vnf=packet) == dict(dst=[want])


@pytest.mark.data
@pytest.mark.parametrize("returned", RETURNED)
def test_inner_packet_makes_one_hop(bench, returned):
    packet = RETURNED[returned]
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    want = srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf=packet) == dict(dst=[want])


@pytest.mark.data
@pytest.mark.parametrize("hlim", (2, 3, 63, 64, 254, 255))
def test_outer_packet_makes_one_hop(bench, hlim):
    bench.end_ad()
    bench.teach(srv6(PATH, hlim=hlim) / inner6())
    want = srv6(PATH, 1, hlim=hlim - 1, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])


@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("tc", (0x00, 0x01, 0x02, 0x03, 0xB8, 0xBA, 0xFF))
def test_traffic_class_is_the_inner_packets(bench, family, tc):
    bench.end_ad()
    bench.teach(srv6(PATH, tc=0x28) / inner(family))
    want = srv6(PATH, 1, hlim=63, tc=tc, fl=AUTO) / hop(inner(family, tc=tc))
    assert bench.send(from_vnf=inner(family, tc=tc)) == dict(dst=[want])


def test_all_at_once(bench):
    """Everything that returns, one after the other, and then every header that is learned."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    assert bench.send(from_vnf=list(RETURNED.values())) == dict(
        dst=[srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet) for packet in RETURNED.values()]
    )
    for path, at, values in LEARNED.values():
        bench.teach(srv6(path, at, **values) / inner6())
        want = srv6(path, at + 1, hlim=63, fl=AUTO, **values) / hop(inner6())
        assert bench.send(from_vnf=inner6()) == dict(dst=[want])


@pytest.mark.parametrize("family", (4, 6))
def test_flow_label_is_the_inner_flows(bench, family):
    """The same for a flow's packets, and told apart by it: not one of 20 values for 20 flows."""
    bench.end_ad()
    bench.teach(srv6(PATH, fl=0x55555) / inner(family))
    flows = range(1, 21)
    first = [frame.fl for frame in bench.send(from_vnf=[inner(family, sport=n) for n in flows])["dst"]]
    second = [frame.fl for frame in bench.send(from_vnf=[inner(family, 500, sport=n) for n in flows])["dst"]]
    assert first == second
    assert len(set(first)) > 15 and 0 not in first


@pytest.mark.parametrize("family", (4, 6))
def test_checksums(bench, family):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner(family))
    for frame in bench.send(from_vnf=[inner(family, size) for size in range(60, 70)])["dst"]:
        assert frame.csum_ready and checksums_right(bytes(frame)[96:])


def test_next_hop(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    (frame,) = bench.send(from_vnf=inner6())["dst"]
    assert (frame.dst, frame.src) == (bench.dst.mac, bench.dst.gateway)


def test_counters(bench):
    bench.end_ad()
    taught = [srv6(PATH) / inner6(), srv6(PATH) / inner4()]
    bench.teach(*taught)
    returned = bench.send(from_vnf=[inner6(200), inner4(300), inner4(400)])["dst"]
    assert bench.proxy.stats(SID) == {
        "in_packets": 2,
        "in_bytes": sum(map(len, taught)),
        "out_packets": 3,
        "out_bytes": sum(map(len, returned)),
    }
    assert bench.drops(SID) == {}


def test_order_is_kept(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    packets = [inner(4 + 2 * (n % 2), sport=n) for n in range(1, 60)]
    want = [srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet) for packet in packets]
    assert bench.send(from_vnf=packets) == dict(dst=want)


def test_destination_is_not_what_routes_the_packet(bench):
    """Not even when it is the node's own address: what comes from a VNF follows its chain."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    for packet in (inner6(dst=bench.ip6("src", 1)), inner4(dst=bench.ip4("src", 1))):
        assert bench.send(from_vnf=packet) == dict(dst=[srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet)])


def test_srv6_from_the_vnf_is_an_inner_packet(bench):
    """On a circuit, a packet to a SID is one more packet that returns; nobody learns from it."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    packet = srv6([SID, "fc00:c::bad"], src="fc00:a::bad") / inner6()
    want = srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf=packet) == dict(dst=[want])
    assert bench.send(from_vnf=inner6()) == dict(dst=[srv6(PATH, 1, hlim=63, fl=AUTO) / hop(inner6())])


def test_changed_route_is_followed(bench):
    """The cached route is no longer used once the routes have changed."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    want = srv6(PATH, 1, hlim=63, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])
    try:
        bench.node.ip(f"route add fc00:c::1/128 via {bench.ip6('src', 2)}")
        assert bench.send(from_vnf=inner6()) == dict(src=[want])
    finally:
        bench.node.ip("route del fc00:c::1/128")
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])


def test_table_of_the_sid(bench):
    """With `table`, the next segment is looked up there and nowhere else."""
    bench.end_ad(table=77)
    bench.teach(srv6(PATH) / inner6())
    assert set(bench.send(from_vnf=inner6())) == {"src"}  # the inner source is told
    assert bench.drops(SID) == {"no_route": 1}
    try:
        bench.node.ip(f"route add fc00:c::/32 via {bench.ip6('src', 2)} table 77")
        want = srv6(PATH, 1, hlim=63, fl=AUTO) / hop(inner6())
        assert bench.send(from_vnf=inner6()) == dict(src=[want])
    finally:
        bench.node.run("ip", "-6", "route", "flush", "table", "77")


def test_next_hop_behind_the_vnfs_own_interface(bench):
    """Back to where it came from, the outer source being told of no better way."""
    bench.end_ad()
    bench.teach(srv6(PATH, src="fd00:4::2") / inner6())
    bench.node.ip(f"""
        neigh replace fe80::9 lladdr {bench.from_vnf.mac} nud permanent dev from-vnf
        route add {NEXT}/128 via fe80::9 dev from-vnf
    """)
    try:
        want = srv6(PATH, 1, src="fd00:4::2", hlim=63, fl=AUTO) / hop(inner6())
        assert bench.send(from_vnf=inner6()) == dict(from_vnf=[want])
    finally:
        bench.node.ip(f"route del {NEXT}/128\nneigh del fe80::9 dev from-vnf")


def test_firewall_of_the_node_finds_it_untracked(bench):
    """As after "notrack": a rule against what connection tracking calls invalid does not hit it."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    bench.node.run("nft", "-f", "-", input="""
        table ip6 t {
            chain forward {
                type filter hook forward priority 0; policy drop
                ct state invalid drop
                ct state untracked accept
            }
        }
    """)
    try:
        for packet in (inner6(), inner4()):
            bench.from_vnf.send(packet)
            frame = bench.dst.wait_for(lambda frame: frame[0] >> 4 == 6 and frame[6] == 43, "encapsulated packet", 5)
            assert frame == srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet)
    finally:
        bench.node.run("nft", "flush", "ruleset")
