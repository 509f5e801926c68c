# SPDX-License-Identifier: GPL-2.0
"""End.AS: any outer header in, the configured one out.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.AS ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import pytest
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, PadN

from lib.bench import HEADEND, LAST, NEXT, PATH, SID, SID2
from lib.packet import AUTO, hop, inner, inner4, inner6, padn, srv6

pytestmark = pytest.mark.both_hooks

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
SOURCE = "fc00:b::"

OUTER = {
    "no SRH": IPv6(src=HEADEND, dst=SID),
    "segments left": srv6(PATH),
    "no segments left": srv6([NEXT, SID], at=1),
    "one segment": srv6([SID]),
    "reduced": srv6(PATH, reduced=True),
    "TLVs": srv6([NEXT, SID], at=1, tlvs=padn(8)),
    "options without SRH": IPv6(src=HEADEND, dst=SID) / HOP_BY_HOP / OPTIONS,
    "options around the SRH": srv6([NEXT, SID], at=1, before=[OPTIONS], after=[OPTIONS]),
    "hop limit 2": IPv6(src=HEADEND, dst=SID, hlim=2),
    "traffic class and flow label": IPv6(src=HEADEND, dst=SID, tc=0xB8, fl=0x12345),
}

LISTS = {
    "one segment": [NEXT],
    "two segments": [NEXT, LAST],
    "three segments": [NEXT, "fc00:c::9", LAST],
    "64 segments": [NEXT] + [f"fc00:d::{n:x}" for n in range(1, 64)],
}


@pytest.mark.data
@pytest.mark.parametrize("outer", OUTER)
def test_any_outer_header_goes(bench, outer):
    bench.end_as()
    for packet in (inner6(), inner4()):
        assert bench.send(src=OUTER[outer] / packet) == dict(to_vnf=[packet])
    assert bench.drops(SID) == {}


def test_all_outer_headers_go(bench):
    bench.end_as()
    sent = [(outer, packet) for outer in OUTER.values() for packet in (inner6(), inner4())]
    arrived = bench.send(src=[outer / packet for outer, packet in sent])
    assert arrived == dict(to_vnf=[packet for _, packet in sent])


def pushed(segs, reduced=False, hlim=63, src=SOURCE, tc=0):
    """The header for a configured list, as it leaves the node."""
    return srv6(segs, src=src, hlim=hlim, tc=tc, fl=AUTO, reduced=reduced or len(segs) == 1)


@pytest.mark.data
@pytest.mark.parametrize("reduced", (0, 1), ids=("full", "reduced"))
@pytest.mark.parametrize("segs", LISTS)
def test_chain_is_pushed(bench, segs, reduced):
    """All of it (SL = n - 1), or without its first segment; a single one needs no SRH."""
    bench.end_as(segs=LISTS[segs], chain_values={"reduced": reduced})
    for packet in (inner6(), inner4()):
        assert bench.send(from_vnf=packet) == dict(dst=[pushed(LISTS[segs], reduced) / hop(packet)])


@pytest.mark.data
@pytest.mark.parametrize("hop_limit", (2, 64, 255))
def test_hop_limit(bench, hop_limit):
    bench.end_as(chain_values={"hop_limit": hop_limit})
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT, LAST], hlim=hop_limit - 1) / hop(inner6())])


def test_source(bench):
    bench.end_as(src="2001:db8:5::1")
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT, LAST], src="2001:db8:5::1") / hop(inner6())])


@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("tc", (0x00, 0x01, 0x02, 0x03, 0xB8, 0xFF))
def test_traffic_class_is_the_inner_packets(bench, family, tc):
    bench.end_as()
    want = pushed([NEXT, LAST], tc=tc) / hop(inner(family, tc=tc))
    assert bench.send(from_vnf=inner(family, tc=tc)) == dict(dst=[want])


def test_flow_label_is_the_inner_flows(bench):
    bench.end_as()
    labels = [frame.fl for frame in bench.send(from_vnf=[inner4(sport=n) for n in range(1, 21)])["dst"]]
    assert len(set(labels)) > 15 and 0 not in labels


def test_nothing_is_learned(bench):
    bench.end_as()
    bench.teach(srv6(PATH, tag=9) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT, LAST]) / hop(inner6())])
    assert bench.proxy.cache() == []


def test_table_of_the_chain(bench):
    bench.end_as(chain_values={"table": 77})
    assert set(bench.send(from_vnf=inner6())) == {"src"}  # the inner source is told
    assert bench.drops(SID) == {"no_route": 1}
    try:
        bench.node.ip(f"route add fc00:c::/32 via {bench.ip6('src', 2)} table 77")
        assert bench.send(from_vnf=inner6()) == dict(src=[pushed([NEXT, LAST]) / hop(inner6())])
    finally:
        bench.node.run("ip", "-6", "route", "flush", "table", "77")


def test_counters(bench):
    bench.end_as()
    outer = IPv6(src=HEADEND, dst=SID)
    bench.send(src=[outer / inner6(), outer / inner4(200)])
    returned = bench.send(from_vnf=[inner6(300), inner4(400)])["dst"]
    assert bench.proxy.stats(SID) == {
        "in_packets": 2, "in_bytes": 40 + 100 + 40 + 200,
        "out_packets": 2, "out_bytes": sum(map(len, returned)),
    }


@pytest.mark.parametrize("verb", ("replace", "change"))
def test_new_chain_is_in_use_at_once(bench, verb):
    bench.end_as()
    bench.send(from_vnf=inner6())
    getattr(bench.proxy, verb)("chain", name="chain", src=SOURCE, segs=["fc00:c::7"])
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed(["fc00:c::7"]) / hop(inner6())])


def test_other_chain_is_in_use_at_once(bench):
    bench.end_as()
    bench.proxy.chain("other", src=SOURCE, segs=["fc00:c::8"])
    bench.proxy.change("sid", addr=SID, chain="other")
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed(["fc00:c::8"]) / hop(inner6())])
    bench.proxy.delete("chain", "chain")


def test_chain_shared_by_two_sids(bench):
    """Each of them for one inner type, on one circuit device."""
    bench.fw()
    bench.proxy.chain("gold", src=SOURCE, segs=[NEXT, LAST])
    bench.proxy.sid(SID, behavior="End.AS", chain="gold", inner="ip4")
    bench.proxy.sid(SID2, behavior="End.AS", chain="gold", inner="ip6")
    assert bench.send(from_vnf=[inner6(), inner4()]) == dict(
        dst=[pushed([NEXT, LAST]) / hop(inner6()), pushed([NEXT, LAST]) / hop(inner4())]
    )
    assert bench.proxy.stats(SID)["out_packets"] == bench.proxy.stats(SID2)["out_packets"] == 1


def test_two_directions(bench):
    """A bidirectional chain: two SIDs, the interfaces swapped."""
    bench.fw("there")
    bench.fw("back", dev="from_vnf", iif="to_vnf")
    bench.proxy.chain("there", src=SOURCE, segs=[NEXT])
    bench.proxy.chain("back", src=SOURCE, segs=["fc00:a::9"])
    bench.proxy.sid(SID, behavior="End.AS", vnf="there", chain="there")
    bench.proxy.sid(SID2, behavior="End.AS", vnf="back", chain="back")
    there, back = inner6(), inner6(src="2001:db8:2::2", dst="2001:db8:1::1")
    assert bench.send(src=IPv6(src=HEADEND, dst=SID) / there) == dict(to_vnf=[there])
    assert bench.send(from_vnf=there) == dict(dst=[pushed([NEXT]) / hop(there)])
    assert bench.send(dst=IPv6(src=NEXT, dst=SID2) / back) == dict(from_vnf=[back])
    assert bench.send(to_vnf=back) == dict(src=[pushed(["fc00:a::9"]) / hop(back)])
