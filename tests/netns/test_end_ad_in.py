# SPDX-License-Identifier: GPL-2.0
"""End.AD towards the VNF: the outer header goes, the inner packet stays what it was.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.AD ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import pytest
from scapy.compat import raw
from scapy.layers.inet import IP, UDP, IPOption_NOP, IPOption_RR
from scapy.layers.inet6 import (
    IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN,
)
from scapy.packet import Raw

from lib.bench import LAST, NEXT, PATH, SID
from lib.packet import PAD1, inner, inner4, inner6, padn, srv6, tlv

pytestmark = pytest.mark.both_hooks

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
PASSED_ROUTING = IPv6ExtHdrRouting(type=253, segleft=0, addresses=[NEXT])

MANY = [SID] + [f"fc00:c::{n:x}" for n in range(2, 65)]

OUTER = {
    "two segments": srv6([SID, NEXT]),
    "three segments": srv6(PATH),
    "in the middle": srv6(["fc00:a::f", SID, NEXT, LAST], at=1),
    "64 segments": srv6(MANY),
    "reduced": srv6(PATH, reduced=True),
    "reduced, two segments": srv6([SID, NEXT], reduced=True),
    "tag": srv6(PATH, tag=0xBEEF),
    "flags": srv6(PATH, flags=0xFF),
    "padn": srv6(PATH, tlvs=padn(8)),
    "pad1": srv6(PATH, tlvs=PAD1 * 8),
    "pad1 last": srv6(PATH, tlvs=padn(7) + PAD1),
    "padn without data": srv6(PATH, tlvs=padn(2) + padn(6)),
    "unknown TLV": srv6(PATH, tlvs=tlv(200, b"opaque") + tlv(124, b"immutable" + bytes(5))),
    "TLV of 255 bytes": srv6(PATH, tlvs=tlv(200, bytes(255)) + padn(7)),
    "hop-by-hop before": srv6(PATH, before=[HOP_BY_HOP]),
    "options before": srv6(PATH, before=[OPTIONS]),
    "options after": srv6(PATH, after=[OPTIONS]),
    "options all around": srv6(PATH, before=[HOP_BY_HOP, OPTIONS], after=[OPTIONS]),
    "unknown routing header, spent": srv6(PATH, before=[PASSED_ROUTING]),
    "hop limit 2": srv6(PATH, hlim=2),
    "hop limit 255": srv6(PATH, hlim=255),
    "traffic class and flow label": srv6(PATH, tc=0xB8, fl=0x12345),
    "source of the node's own link": srv6(PATH, src="fd00:1::2"),
}

INNER = {
    "IPv6": inner6(),
    "IPv4": inner4(),
    "IPv6 of 48 bytes": inner6(48),
    "IPv4 of 28 bytes": inner4(28),
    "IPv6 of 1400 bytes": inner6(1400),
    "IPv4 of 1400 bytes": inner4(1400),
    "IPv6, odd length": inner6(99),
    "IPv4, odd length": inner4(99),
    "IPv6, hop limit 1": inner6(hlim=1),
    "IPv4, TTL 1": inner4(ttl=1),
    "IPv6, hop limit 0": inner6(hlim=0),
    "IPv4, TTL 0": inner4(ttl=0),
    "IPv6, DSCP and label": inner6(tc=0xB8, fl=0xFACE),
    "IPv4, DSCP": inner4(tos=0xB8),
    "IPv4, no DF": inner4(df=False),
    "IPv4 options": IP(src="192.0.2.1", dst="198.51.100.2", options=[IPOption_RR(), IPOption_NOP()]) / UDP(),
    "IPv4 fragment": IP(src="192.0.2.1", dst="198.51.100.2", frag=100, flags="MF") / Raw(b"x" * 64),
    "IPv6 extension headers": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2") / OPTIONS / UDP() / b"abc",
    "IPv6 fragment": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2")
    / IPv6ExtHdrFragment(offset=100, m=1, id=7, nh=17)
    / Raw(b"x" * 64),
    "IPv6 without payload": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", nh=59),
    "IPv6 in IPv6": IPv6(src="2001:db8:1::1", dst="2001:db8:2::2") / inner6(),
    "wrong transport checksum": inner6()[IPv6].copy() / b"",
}
INNER["wrong transport checksum"][UDP].chksum = 0xBAD


@pytest.mark.data
@pytest.mark.parametrize("outer", OUTER)
def test_outer_headers_go(bench, outer):
    bench.end_ad()
    for packet in (inner6(), inner4()):
        assert bench.send(src=OUTER[outer] / packet) == dict(to_vnf=[packet])
    assert bench.drops(SID) == {}


@pytest.mark.data
@pytest.mark.parametrize("packet", INNER)
def test_inner_packet_is_untouched(bench, packet):
    bench.end_ad()
    assert bench.send(src=srv6(PATH) / INNER[packet]) == dict(to_vnf=[INNER[packet]])


def test_all_at_once(bench):
    """Every outer header, and every inner packet, one after the other."""
    bench.end_ad()
    sent = [(outer, packet) for outer in OUTER.values() for packet in (inner6(), inner4())]
    sent += [(srv6(PATH), packet) for packet in INNER.values()]
    arrived = bench.send(src=[outer / packet for outer, packet in sent])
    assert arrived == dict(to_vnf=[packet for _, packet in sent])
    assert bench.proxy.stats(SID)["in_packets"] == len(sent) and bench.drops(SID) == {}


@pytest.mark.parametrize("family", (4, 6))
def test_link_layer_addresses(bench, family):
    bench.end_ad()
    (frame,) = bench.send(src=srv6(PATH) / inner(family))["to_vnf"]
    assert (frame.dst, frame.src) == (bench.to_vnf.mac, bench.to_vnf.gateway)


# RFC 6040, figure 4: {inner: outcome by outer}; None is a drop.
NOT_ECT, ECT1, ECT0, CE = range(4)
ECN = {
    NOT_ECT: {NOT_ECT: NOT_ECT, ECT0: NOT_ECT, ECT1: NOT_ECT, CE: None},
    ECT0: {NOT_ECT: ECT0, ECT0: ECT0, ECT1: ECT1, CE: CE},
    ECT1: {NOT_ECT: ECT1, ECT0: ECT1, ECT1: ECT1, CE: CE},
    CE: {NOT_ECT: CE, ECT0: CE, ECT1: CE, CE: CE},
}


@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("inside", ECN)
@pytest.mark.parametrize("outside", (NOT_ECT, ECT0, ECT1, CE))
def test_ecn(bench, family, inside, outside):
    bench.end_ad()
    dscp, outcome = 46 << 2, ECN[inside][outside]
    sent = srv6(PATH, tc=10 << 2 | outside) / inner(family, tc=dscp | inside)
    want = {} if outcome is None else dict(to_vnf=[inner(family, tc=dscp | outcome)])
    assert bench.send(src=sent) == want
    assert bench.drops(SID) == ({"ecn": 1} if outcome is None else {})


@pytest.mark.parametrize("family", (4, 6))
def test_bytes_behind_the_inner_packet_go(bench, family):
    bench.end_ad()
    packet = inner(family)
    longer = srv6(PATH, nh=4 if family == 4 else 41) / Raw(raw(packet) + b"trailer")
    assert bench.send(src=longer) == dict(to_vnf=[packet])


@pytest.mark.parametrize("family", (4, 6))
def test_counters(bench, family):
    bench.end_ad()
    packets = [srv6(PATH) / inner(family, size) for size in (60, 100, 1000)]
    bench.send(src=packets)
    size = sum(len(packet) for packet in packets)
    assert bench.proxy.stats(SID) == {"in_packets": 3, "in_bytes": size, "out_packets": 0, "out_bytes": 0}
    assert bench.drops(SID) == {}


def test_order_is_kept(bench):
    bench.end_ad()
    packets = [inner(4 + 2 * (n % 2), sport=n) for n in range(1, 60)]
    assert bench.send(src=[srv6(PATH) / packet for packet in packets]) == dict(to_vnf=packets)


def test_only_the_sid_is_taken(bench):
    """Neighbouring addresses go where the stack sends them."""
    bench.end_ad(addr="fc00:c::f1")
    packet = srv6(["fc00:c::f2", NEXT]) / inner6()
    want = srv6(["fc00:c::f2", NEXT], hlim=63) / inner6()
    assert bench.send(src=packet) == dict(dst=[want])
    assert bench.send(src=srv6(["fc00:c::f1", NEXT]) / inner6()) == dict(to_vnf=[inner6()])


def test_inner_type_of_the_sid(bench):
    """A SID for each inner type, through different circuits of one VNF."""
    bench.fw()
    bench.proxy.sid(SID, inner="ip6")
    bench.proxy.sid("fc00:b::f4", inner="ip4")
    assert bench.send(src=srv6([SID, NEXT]) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(src=srv6(["fc00:b::f4", NEXT]) / inner4()) == dict(to_vnf=[inner4()])
    assert bench.send(src=[srv6([SID, NEXT]) / inner4(), srv6(["fc00:b::f4", NEXT]) / inner6()]) == {}
    assert bench.drops(SID) == bench.drops("fc00:b::f4") == {"inner_type": 1}
