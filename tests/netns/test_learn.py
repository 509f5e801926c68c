# SPDX-License-Identifier: GPL-2.0
"""What End.AD learns, when, and what it does not: each new header is in use at once.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.AD ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import pytest
from scapy.compat import raw
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, PadN

from lib.bench import LAST, NEXT, PATH, SID, SID2
from lib.packet import AUTO, PAD1, hop, inner, inner4, inner6, padn, srv6, tlv

pytestmark = pytest.mark.both_hooks

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
OTHER_OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0\0\0\1")])

# Headers that differ in substance, each as (path, position, all else)
BASE = (PATH, 0, {"tlvs": padn(8), "before": [OPTIONS], "after": [OPTIONS], "hlim": 64})
CHANGES = {
    "source": (PATH, 0, {"src": "fc00:a::2"}),
    "next segment": ([SID, "fc00:c::9", LAST], 0, {}),
    "last segment": ([SID, NEXT, "fc00:c::9"], 0, {}),
    "segments left": ([SID, SID, NEXT, LAST], 1, {}),
    "more segments": ([SID, NEXT, LAST, "fc00:c::3"], 0, {}),
    "fewer segments": ([SID, NEXT], 0, {}),
    "reduced": (PATH, 0, {"reduced": True}),
    "tag": (PATH, 0, {"tag": 1}),
    "flags": (PATH, 0, {"flags": 0x20}),
    "TLV value": (PATH, 0, {"tlvs": tlv(4, b"\0\0\0\0\0\1")}),
    "TLV type": (PATH, 0, {"tlvs": tlv(200, bytes(6))}),
    "TLV length": (PATH, 0, {"tlvs": padn(7) + PAD1}),
    "no TLV": (PATH, 0, {"tlvs": b""}),
    "options before": (PATH, 0, {"before": [OTHER_OPTIONS]}),
    "no options before": (PATH, 0, {"before": []}),
    "options after": (PATH, 0, {"after": [OTHER_OPTIONS]}),
    "no options after": (PATH, 0, {"after": []}),
    "hop limit": (PATH, 0, {"hlim": 73}),
}


def header(case, **values):
    path, at, changed = case
    return srv6(path, at, **{**BASE[2], **changed, **values})


def returned(case, packet):
    path, at, changed = case
    values = {**BASE[2], **changed}
    return srv6(path, at + 1, **{**values, "hlim": values["hlim"] - 1}, fl=AUTO) / hop(packet)


@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("change", CHANGES)
def test_change_is_learned_at_once(bench, family, change):
    bench.end_ad()
    packet = inner(family)
    for case in (BASE, CHANGES[change], BASE):
        bench.teach(header(case) / packet)
        assert bench.send(from_vnf=packet) == dict(dst=[returned(case, packet)])


@pytest.mark.data
@pytest.mark.parametrize(
    "values",
    ({"tc": 0xB8}, {"tc": 0x02}, {"fl": 0x12345}, {"hlim": 72}, {"hlim": 56}, {"hlim": 64}),
    ids=str,
)
def test_no_change_is_none(bench, values):
    """Differences that belong to a packet, not to its path, change neither header nor its age."""
    bench.end_ad()
    bench.teach(header(BASE) / inner6())
    with bench.proxy.listen("learn") as events:
        bench.teach(header(BASE, **values) / inner6(500))
        bench.teach(header(BASE, tag=7) / inner6())
        seen = events.until(lambda verb, noun, values: values["header"][54:56] == b"\0\7", "tag 7")
    assert len(seen) == 1, "learned something in between"


@pytest.mark.data
@pytest.mark.parametrize(
    "margin, known, new, changes",
    (
        (8, 64, 56, False), (8, 64, 72, False), (8, 64, 55, True), (8, 64, 73, True),
        (0, 64, 64, False), (0, 64, 63, True), (0, 64, 65, True),
        (255, 2, 255, False), (255, 255, 2, False), (253, 2, 255, False), (252, 2, 255, True),
    ),
)
def test_margin(bench, margin, known, new, changes):
    bench.end_ad(margin=margin)
    bench.teach(srv6(PATH, hlim=known) / inner6())
    bench.teach(srv6(PATH, hlim=new) / inner6())
    want = srv6(PATH, 1, hlim=(new if changes else known) - 1, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])


def test_margin_is_measured_from_what_was_learned(bench):
    """Small steps add up to a change, as the header known stays the one they are compared with."""
    bench.end_ad(margin=4)
    bench.teach(*[srv6(PATH, hlim=hlim) / inner6() for hlim in (64, 62, 60)])
    (known,) = bench.proxy.cache()
    assert known["header"][7] == 64
    bench.teach(srv6(PATH, hlim=59) / inner6())
    (known,) = bench.proxy.cache()
    assert known["header"][7] == 59


def test_each_inner_type_has_its_own(bench):
    bench.end_ad()
    path4, path6 = [SID, "fc00:c::4"], [SID, "fc00:c::6", LAST]
    for _ in range(3):
        bench.teach(srv6(path4) / inner4(), srv6(path6, tag=6) / inner6())
        assert bench.send(from_vnf=[inner6(), inner4()]) == dict(dst=[
            srv6(path6, 1, hlim=63, fl=AUTO, tag=6) / hop(inner6()),
            srv6(path4, 1, hlim=63, fl=AUTO) / hop(inner4()),
        ])
    assert {entry["inner"] for entry in bench.proxy.cache()} == {"ip4", "ip6"}


def test_one_inner_type_teaches_nothing_of_the_other(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner4())
    assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID) == {"not_learned": 1}


def bad_checksum(packet):
    packet.chksum = 0xBAD
    return packet


# Packets that a SID drops for what they are; that their header is new must not matter.
REJECTED = {
    "srh_invalid": srv6(PATH, tag=9, last=7) / inner6(),
    "sl_zero": srv6([NEXT, SID], 1, tag=9) / inner6(),
    "hop_limit": srv6(PATH, tag=9, hlim=1) / inner6(),
    "inner_type": srv6(PATH, tag=9) / UDP(),
    "inner_invalid": srv6(PATH, tag=9) / IPv6(version=5),
    "inner_invalid of IPv4": srv6(PATH, tag=9) / bad_checksum(inner4()),
    "ecn": srv6(PATH, tag=9, tc=3) / inner6(),
    "hmac": srv6(PATH, tag=9, tlvs=tlv(5, bytes(38)), flags=0x08) / inner6(),
}


@pytest.mark.data
@pytest.mark.parametrize("reason", REJECTED)
def test_a_dropped_packet_teaches_nothing(bench, reason):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    before = [entry["header"] for entry in bench.proxy.cache()]
    sent = bench.send(src=REJECTED[reason])
    assert "to_vnf" not in sent
    by_kernel = reason == "hmac" and bench.proxy.hook == "seg6local"
    assert bench.drops(SID) == ({} if by_kernel else {reason.split()[0]: 1})
    assert [entry["header"] for entry in bench.proxy.cache()] == before


def test_vnf_teaches_no_other_chain(bench):
    """SRv6 out of a VNF whose interface has no circuit for IPv6 does not reach the SID table."""
    bench.fw()
    bench.proxy.sid(SID, inner="ip4")
    bench.proxy.vnf("other", dev="absent", nh6="fd00:3::2")
    bench.proxy.sid(SID2, vnf="other")
    assert bench.send(from_vnf=srv6([SID2, NEXT]) / inner6()) == {}
    assert bench.drops(SID2) == {"from_vnf": 1}
    assert bench.drops(SID) == {}
    assert bench.proxy.cache() == []


def test_what_is_kept_is_what_will_be_pushed(bench):
    bench.end_ad()
    bench.teach(srv6(PATH, tc=0xB8, fl=0x12345, tag=3, tlvs=padn(8), before=[OPTIONS], after=[OPTIONS]) / inner6())
    (entry,) = bench.proxy.cache()
    want = srv6(PATH, 1, tag=3, tlvs=padn(8), before=[OPTIONS], after=[OPTIONS]) / inner6()
    want[IPv6].plen = 0
    want = raw(want)[:-100]
    # The next header before the inner packet is each packet's own; the hop limit is as received.
    got = entry["header"]
    assert len(got) == len(want)
    assert got[:-8] + got[-7:] == want[:-8] + want[-7:]
    assert (entry["sid"], entry["inner"]) == (SID, "ip6")


def test_change_of_the_sid_keeps_what_was_learned(bench):
    """A running flow keeps its packets through a change that does not concern it."""
    bench.end_ad()
    bench.teach(srv6(PATH, tag=5) / inner6())
    bench.proxy.change("sid", addr=SID, margin=3)
    want = srv6(PATH, 1, hlim=63, fl=AUTO, tag=5) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])


def test_change_of_the_vnf_keeps_what_was_learned(bench):
    bench.end_ad()
    bench.teach(srv6(PATH, tag=5) / inner6())
    bench.proxy.change("vnf", name="fw", on_down="bypass")
    want = srv6(PATH, 1, hlim=63, fl=AUTO, tag=5) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])


def test_longest_header(bench):
    """As many segments as one packet can bear on this link, learned and pushed."""
    path = [SID] + [f"fc00:c::{n:x}" for n in range(1, 80)]
    bench.end_ad()
    bench.teach(srv6(path) / inner6(60))
    assert bench.send(from_vnf=inner6(60)) == dict(dst=[srv6(path, 1, hlim=63, fl=AUTO) / hop(inner6(60))])


def test_demand_made_after_learning(bench):
    """A header that was right before is asked again."""
    bench.end_ad()
    packet = inner6()
    bench.teach(srv6(PATH) / packet)
    bench.proxy.change("sid", addr=SID, require_hmac=1)
    assert bench.send(src=srv6(PATH) / packet) == {}
    assert bench.drops(SID) == {"hmac": 1}
