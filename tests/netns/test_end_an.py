# SPDX-License-Identifier: GPL-2.0
"""End.AN: the VNF gets the packet as it is, and what it did to the segments is looked at.

    headend ── src ──┐                  ┌── to-vnf,  from-vnf  ── VNF 1   fc00:b::f1
                     ├── node: End.AN ──┤
    next SID ─ dst ──┘                  └── to-vnf2, from-vnf2 ── VNF 2   fc00:b::f2

A VNF that knows SRv6 does End itself, or only looks and leaves that to the node. At the end of the file,
a kernel is the VNF (lib/peers.py).
"""

import pytest
from scapy.layers.inet import TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, PadN
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PLAIN as PLAIN_LINKS, SID, SID2, Bench, is_fence
from lib.genl import NlError
from lib.inline import inline
from lib.keys import HMAC_FLAG, Keys
from lib.packet import NO_ROUTE, SRH, TIME_EXCEEDED, TOO_BIG, hmac_tlv, hop, icmp, inner4, inner6, padn, srv6, tlv
from lib.peers import BACK, THERE, shared
from lib.superpacket import tcp6, unfinished, vnet_hdr
from lib.wire import Port

PATH = [SID, NEXT, LAST]
NEW, NEWER = "fc00:c::aa", "fc00:c::bb"
OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
PERMITS = ("none", "insert-next", "insert-any", "full")


def data(*values):
    """Of a parametrized test, values that only vary the data."""
    return pytest.param(*values, marks=pytest.mark.data)


OUTER = IPv6(src=HEADEND, dst=LAST, hlim=64)
INSIDE = {
    "IPv6": OUTER / inner6(),
    "IPv4": OUTER / inner4(),
    "TCP in IPv6": OUTER / tcp6(10),
    "ping in IPv6": OUTER / IPv6(src="2001:db8:1::1", dst="2001:db8:2::2") / ICMPv6EchoRequest(id=1),
    "fragment in IPv6": OUTER / IPv6(src="2001:db8:1::1", dst="2001:db8:2::2")
    / IPv6ExtHdrFragment(nh=17, offset=10) / Raw(b"x" * 40),
    "udp": inner6(dst=LAST),
    "tcp": IPv6(src="2001:db8:1::1", dst=LAST, hlim=37) / TCP(sport=1000, dport=2000) / Raw(b"x" * 41),
    "echo request": IPv6(src="2001:db8:1::1", dst=LAST, hlim=37) / ICMPv6EchoRequest(id=1, seq=1, data=b"ping"),
    "fragment": IPv6(src="2001:db8:1::1", dst=LAST, hlim=37) / IPv6ExtHdrFragment(nh=17, offset=10) / Raw(b"x" * 40),
    "Ethernet": IPv6(src=HEADEND, dst=LAST, nh=143) / Raw(b"\2" * 12 + b"\x08\0" + bytes(inner4())),
    "nothing": IPv6(src=HEADEND, dst=LAST, nh=59),
}


def end_an(bench, sid=SID, vnf="fw", dev="to_vnf", iif="from_vnf", **values):
    bench.fw(vnf, dev=dev, iif=iif)
    bench.proxy.sid(sid, behavior="End.AN", vnf=vnf, **values)


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN_LINKS, "to-vnf2", "from-vnf2"))
    bench.gso_src = Port(bench.world, "src", bench.src.mac, bench.src.gateway, vnet_hdr=True)
    bench.gso_vnf = Port(bench.world, "from-vnf", bench.from_vnf.mac, bench.from_vnf.gateway, vnet_hdr=True)
    yield bench
    bench.gso_src.close()
    bench.gso_vnf.close()
    bench.close()


# There and back


@pytest.mark.both_hooks
@pytest.mark.parametrize("did", ("end", "look"))
@pytest.mark.parametrize("inside", [name if name in ("IPv4", "IPv6", "udp") else data(name) for name in INSIDE])
def test_in_and_out(bench, inside, did):
    """Nothing but the hop limit differs between a VNF that does End and a node that has to."""
    end_an(bench)
    plain = INSIDE[inside]
    sent, want = inline(PATH, 0, plain), inline(PATH, 1, hop(plain))
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    assert bench.send(from_vnf=sent if did == "look" else inline(PATH, 1, plain)) == dict(dst=[want])
    assert bench.drops(SID) == {}
    assert bench.proxy.stats(SID) == {
        "in_packets": 1, "in_bytes": len(sent), "out_packets": 1, "out_bytes": len(want),
    }


WHERE = {
    "next to last": ([SID, LAST], 0),
    "in the middle": (["fc00:a::f", SID, NEXT, LAST], 1),
    "four left": ([SID, NEXT, NEWER, NEXT, LAST], 0),
    "same segment twice": ([SID, NEXT, NEXT, LAST], 0),
    "69 left": ([SID, *(f"fc00:c::{n:x}" for n in range(1, 70))], 0),
}


@pytest.mark.data
@pytest.mark.parametrize("did", ("end", "look"))
@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("permit", PERMITS)
def test_position(bench, permit, where, did):
    path, at = WHERE[where]
    end_an(bench, permit=permit)
    sent = inline(path, at, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    returned = sent if did == "look" else inline(path, at + 1, INSIDE["IPv6"])
    assert bench.send(from_vnf=returned) == dict(dst=[inline(path, at + 1, hop(INSIDE["IPv6"]))])


@pytest.mark.both_hooks
@pytest.mark.data
@pytest.mark.parametrize("did", ("end", "look"))
@pytest.mark.parametrize("path", ([SID, LAST], PATH), ids=("next to last", "two left"))
@pytest.mark.parametrize("permit", PERMITS)
def test_reduced(bench, permit, path, did):
    """The SID itself is not in the list: there is no segments[SL] to compare the destination with."""
    end_an(bench, permit=permit)
    sent = inline(path, 0, INSIDE["IPv6"], reduced=True)
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    want = inline(path, 1, hop(INSIDE["IPv6"]), reduced=True)
    returned = sent if did == "look" else inline(path, 1, INSIDE["IPv6"], reduced=True)
    assert bench.send(from_vnf=returned) == dict(dst=[want])


@pytest.mark.both_hooks
@pytest.mark.data
@pytest.mark.parametrize("did", ("end", "look"))
@pytest.mark.parametrize("srh", (
    {"tag": 0xBEEF}, {"flags": 0xF7}, {"tlvs": padn(8)}, {"tlvs": tlv(200, b"opaque")}, {"before": [OPTIONS]},
    {"after": [OPTIONS]}, {"before": [OPTIONS], "after": [OPTIONS], "tlvs": b"\0" * 8},
), ids=("tag", "flags", "padn", "opaque", "options before", "options after", "all around"))
def test_what_is_around_the_list(bench, srh, did):
    end_an(bench)
    sent = inline(PATH, 0, INSIDE["IPv6"], **srh)
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    returned = sent if did == "look" else inline(PATH, 1, INSIDE["IPv6"], **srh)
    assert bench.send(from_vnf=returned) == dict(dst=[inline(PATH, 1, hop(INSIDE["IPv6"]), **srh)])


@pytest.mark.data
@pytest.mark.parametrize("did", ("end", "look"))
def test_vnf_may_change_all_else(bench, did):
    """Traffic class, flow label, tag, TLVs and payload are no segments."""
    end_an(bench)
    sent = inline(PATH, 0, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    changed = IPv6(src=HEADEND, dst=LAST, hlim=9, tc=0xBB, fl=0x54321) / inner6(300, hlim=3)
    at = 0 if did == "look" else 1
    returned = inline(PATH, at, changed, tag=9, tlvs=tlv(201, b"metadata" + bytes(6)), after=[OPTIONS])
    want = inline(PATH, 1, hop(changed), tag=9, tlvs=tlv(201, b"metadata" + bytes(6)), after=[OPTIONS])
    assert bench.send(from_vnf=returned) == dict(dst=[want])


def test_one_interface(bench):
    end_an(bench, iif="to_vnf")
    sent = inline(PATH, 0, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    assert bench.send(to_vnf=sent) == dict(dst=[inline(PATH, 1, hop(INSIDE["IPv6"]))])


def test_reverse(bench):
    bench.fw(iif_nh6=bench.ip6("from_vnf", 2))
    bench.proxy.sid(SID, behavior="End.AN", vnf="fw")
    bench.proxy.sid(SID2, behavior="End.AN", vnf="fw", reverse=1)
    for sid, there, back in ((SID, "to_vnf", "from_vnf"), (SID2, "from_vnf", "to_vnf")):
        sent = inline([sid, NEXT, LAST], 0, INSIDE["IPv6"])
        assert bench.send(src=sent) == {there: [sent]}
        assert bench.send(**{back: sent}) == dict(dst=[inline([sid, NEXT, LAST], 1, hop(INSIDE["IPv6"]))])


# What the VNF may do to the segments

# {case: (segments that remain, the first of the permits that allow it)}; they were NEXT, LAST
CHANGES = {
    "equal": ([NEXT, LAST], "none"),
    "inserted first": ([NEW, NEXT, LAST], "insert-next"),
    "two inserted first": ([NEW, NEWER, NEXT, LAST], "insert-next"),
    "next doubled": ([NEXT, NEXT, LAST], "insert-next"),
    "the whole list first": ([NEXT, LAST, NEXT, LAST], "insert-next"),
    "inserted in the middle": ([NEXT, NEW, LAST], "insert-any"),
    "two inserted in the middle": ([NEXT, NEW, NEWER, LAST], "insert-any"),
    "inserted first and in the middle": ([NEW, NEXT, NEWER, LAST], "insert-any"),
    "last doubled": ([NEXT, LAST, LAST], "insert-any"),
    "appended": ([NEXT, LAST, NEW], "insert-any"),
    "inserted everywhere": ([NEW, NEXT, NEW, LAST, NEW], "insert-any"),
    "first removed": ([LAST], "full"),
    "last removed": ([NEXT], "full"),
    "reordered": ([LAST, NEXT], "full"),
    "first replaced": ([NEW, LAST], "full"),
    "last replaced": ([NEXT, NEW], "full"),
    "all replaced": ([NEW, NEWER], "full"),
    "replaced and inserted": ([NEW, NEWER, LAST], "full"),
    "reordered among others": ([NEW, LAST, NEW, NEXT, NEW], "full"),
}


@pytest.mark.parametrize("did", ("end", data("look")))
@pytest.mark.parametrize("change", [
    name if name in ("inserted first", "inserted in the middle", "all replaced") else data(name) for name in CHANGES
])
@pytest.mark.parametrize("permit", PERMITS)
def test_changed_segments(bench, permit, change, did):
    remaining, needed = CHANGES[change]
    end_an(bench, permit=permit)
    sent = inline(PATH, 0, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    path = [SID, *remaining]
    arrived = bench.send(from_vnf=inline(path, 0 if did == "look" else 1, INSIDE["IPv6"]))
    if PERMITS.index(permit) >= PERMITS.index(needed):
        assert arrived == dict(dst=[inline(path, 1, hop(INSIDE["IPv6"]))])
        assert bench.drops(SID) == {}
    else:
        assert arrived == {}
        assert bench.drops(SID) == {"not_permitted": 1}


@pytest.mark.data
@pytest.mark.parametrize("permit", PERMITS)
def test_skipped_one(bench, permit):
    """The list is as it was; the VNF advanced twice."""
    end_an(bench, permit=permit)
    assert set(bench.send(src=inline(PATH, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    arrived = bench.send(from_vnf=inline(PATH, 2, INSIDE["IPv6"]))
    if permit == "full":
        assert arrived == dict(dst=[inline(PATH, 2, hop(INSIDE["IPv6"]))])
    else:
        assert arrived == {} and bench.drops(SID) == {"not_permitted": 1}


@pytest.mark.data
@pytest.mark.parametrize("permit", PERMITS)
def test_visited_segments_are_nobodys_business(bench, permit):
    """What has been visited may leave the list, as a VNF does that builds a new one."""
    path = ["fc00:a::f", SID, NEXT, LAST]
    end_an(bench, permit=permit)
    assert set(bench.send(src=inline(path, 1, INSIDE["IPv6"]))) == {"to_vnf"}
    plain = INSIDE["IPv6"]
    for returned in (inline([NEXT, LAST], 0, plain), inline([NEW, NEXT, LAST], 1, plain)):
        want = returned.copy()
        want.hlim -= 1
        assert bench.send(from_vnf=returned) == dict(dst=[want])


@pytest.mark.data
@pytest.mark.parametrize("did", ("end", "look"))
@pytest.mark.parametrize("permit", ("none", "insert-any"))
def test_list_not_as_sent_by_reduced_headend(bench, permit, did):
    """A VNF may write the list out in full, or reduce it: the segments are the same."""
    end_an(bench, permit=permit)
    full, reduced = (inline(PATH, 0, INSIDE["IPv6"], reduced=value) for value in (False, True))
    at = 0 if did == "look" else 1
    for sent, value in ((full, True), (reduced, False)):
        assert bench.send(src=sent) == dict(to_vnf=[sent])
        returned = inline(PATH, at, INSIDE["IPv6"], reduced=value)
        assert bench.send(from_vnf=returned) == dict(dst=[inline(PATH, 1, hop(INSIDE["IPv6"]), reduced=value)])


@pytest.mark.data
@pytest.mark.parametrize("change", ("inserted first", "reordered"))
def test_long_lists_are_compared_to_their_end(bench, change):
    segs = [f"fc00:c::{n:x}" for n in range(1, 70)]
    end_an(bench, permit="insert-next")
    assert set(bench.send(src=inline([SID, *segs], 0, INSIDE["IPv6"]))) == {"to_vnf"}
    if change == "inserted first":
        path = [SID, NEW, *segs]
        want = dict(dst=[inline(path, 1, hop(INSIDE["IPv6"]))])
    else:
        path, want = [SID, *segs[:-2], segs[-1], segs[-2]], {}
    assert bench.send(from_vnf=inline(path, 1, INSIDE["IPv6"])) == want


def test_permit_of_a_running_flow(bench):
    end_an(bench)
    inserted = inline([SID, NEW, NEXT, LAST], 1, INSIDE["IPv6"])
    assert set(bench.send(src=inline(PATH, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    assert bench.send(from_vnf=inserted) == {}
    bench.proxy.change("sid", addr=SID, permit="insert-next")
    assert set(bench.send(from_vnf=inserted)) == {"dst"}
    bench.proxy.change("sid", addr=SID, permit="none")
    assert bench.send(from_vnf=inserted) == {}
    assert bench.drops(SID) == {"not_permitted": 2}


# Flows


@pytest.mark.parametrize("permit", PERMITS)
def test_flow_never_seen(bench, permit):
    end_an(bench, permit=permit)
    arrived = bench.send(from_vnf=inline(PATH, 1, INSIDE["IPv6"]))
    if permit == "full":
        assert arrived == dict(dst=[inline(PATH, 1, hop(INSIDE["IPv6"]))]) and bench.drops(SID) == {}
    else:
        assert arrived == {} and bench.drops(SID) == {"no_flow": 1}


FLOWS = {
    "inner source": OUTER / inner6(src="2001:db8:1::99"),
    "inner destination": OUTER / inner6(dst="2001:db8:2::99"),
    "inner source port": OUTER / inner6(sport=1001),
    "inner destination port": OUTER / inner6(dport=2001),
    "inner protocol": OUTER / IPv6(src="2001:db8:1::1", dst="2001:db8:2::2") / TCP(sport=1000, dport=2000),
    "inner IPv4": OUTER / inner4(),
    "none inside": IPv6(src=HEADEND, dst=LAST) / UDP(sport=1000, dport=2000) / Raw(b"x"),
}


@pytest.mark.data
@pytest.mark.parametrize("other", FLOWS)
def test_flow_of_its_own(bench, other):
    end_an(bench)
    assert set(bench.send(src=inline(PATH, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    assert bench.send(from_vnf=inline(PATH, 1, FLOWS[other])) == {}
    assert bench.drops(SID) == {"no_flow": 1}
    assert set(bench.send(from_vnf=inline(PATH, 1, INSIDE["IPv6"]))) == {"dst"}


@pytest.mark.data
@pytest.mark.parametrize("other", ({"src": "2001:db8:1::9"}, {"sport": 7}, {"dport": 7}),
                         ids=("source", "source port", "destination port"))
def test_plain_flow_of_its_own(bench, other):
    end_an(bench)
    assert set(bench.send(src=inline(PATH, 0, inner6(dst=LAST)))) == {"to_vnf"}
    assert bench.send(from_vnf=inline(PATH, 1, inner6(dst=LAST, **other))) == {}
    assert bench.drops(SID) == {"no_flow": 1}


@pytest.mark.data
def test_flows_have_lists_of_their_own(bench):
    end_an(bench)
    lists = [[SID, f"fc00:c::{n:x}", LAST] for n in range(1, 20)]
    for n, path in enumerate(lists):
        assert set(bench.send(src=inline(path, 0, OUTER / inner6(sport=n)))) == {"to_vnf"}
    for n, path in enumerate(lists):
        plain = OUTER / inner6(sport=n)
        assert bench.send(from_vnf=inline(path, 1, plain)) == dict(dst=[inline(path, 1, hop(plain))])
        assert bench.send(from_vnf=inline(lists[n - 1], 1, plain)) == {}
    assert bench.drops(SID) == {"not_permitted": len(lists)}


def test_changed_list_of_a_flow(bench):
    """The headend's new list counts at once, the old one no more."""
    end_an(bench)
    new = [SID, NEWER, LAST]
    assert set(bench.send(src=inline(PATH, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    assert set(bench.send(src=inline(new, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    assert bench.send(from_vnf=inline(new, 1, INSIDE["IPv6"])) == dict(dst=[inline(new, 1, hop(INSIDE["IPv6"]))])
    assert bench.send(from_vnf=inline(PATH, 1, INSIDE["IPv6"])) == {}
    assert bench.drops(SID) == {"not_permitted": 1}
    assert len(bench.proxy.cache(SID)) == 1


def test_flow_can_be_seen(bench):
    end_an(bench)
    sent = inline(PATH, 0, OUTER / inner4(sport=4321, dport=53), tag=7)
    assert set(bench.send(src=sent)) == {"to_vnf"}
    (entry,) = bench.proxy.cache()
    assert entry["sid"] == SID and entry["srh"] == bytes(sent)[40:40 + 8 + 3 * 16]
    assert entry["flow"] == {"src": "192.0.2.1", "dst": "198.51.100.2", "proto": 17, "sport": 4321, "dport": 53}
    bench.proxy.flush("cache")
    assert bench.send(from_vnf=sent) == {}
    assert bench.drops(SID) == {"no_flow": 1}


def test_flow_without_packet_inside_can_be_seen(bench):
    end_an(bench)
    assert set(bench.send(src=inline(PATH, 0, inner6(dst=LAST, sport=4321, dport=53)))) == {"to_vnf"}
    (entry,) = bench.proxy.cache()
    assert entry["flow"] == {"src": "2001:db8:1::1", "dst": LAST, "proto": 17, "sport": 4321, "dport": 53}


def test_oldest_makes_room(bench):
    end_an(bench, flows=8)
    packets = [OUTER / inner6(sport=port) for port in range(1, 13)]
    sent = [Raw(bytes(inline(PATH, 0, packet))) for packet in packets]  # no work in between
    assert len(bench.send(src=sent)["to_vnf"]) == 12
    assert len(bench.proxy.cache(SID)) == 8
    gone = [n for n, packet in enumerate(packets, 1) if not bench.send(from_vnf=inline(PATH, 1, packet))]
    assert gone == [1, 2, 3, 4]
    assert bench.drops(SID) == {"no_flow": 4}


# What is dropped

TO_THE_SID = {
    "no_srh": IPv6(src=HEADEND, dst=SID) / inner6(),
    "no_srh: plain": inner6(dst=SID),
    "sl_zero": inline([NEXT, SID], 1, INSIDE["IPv6"]),
    "srh_invalid: length": inline(PATH, 0, INSIDE["IPv6"], len=4),
    "srh_invalid: segments left": inline(PATH, 0, INSIDE["IPv6"], sl=9),
    "srh_invalid: next segment multicast": inline([SID, "ff02::1", LAST], 0, INSIDE["IPv6"]),
    "ext_header: two SRHs": inline(PATH, 0, INSIDE["IPv6"], after=[SRH(segs=[NEXT, LAST])]),
    "outer_fragment": inline(PATH, 0, INSIDE["IPv6"], before=[IPv6ExtHdrFragment(nh=43, m=1)]),
    "hmac": inline(PATH, 0, INSIDE["IPv6"], tlvs=tlv(5, bytes(38)), flags=HMAC_FLAG),
}


@pytest.mark.data
@pytest.mark.parametrize("case", TO_THE_SID)
@pytest.mark.parametrize("permit", ("none", "full"))
def test_drop_on_the_way_in(bench, permit, case):
    end_an(bench, permit=permit)
    assert bench.send(src=TO_THE_SID[case]) == {}
    assert bench.drops(SID) == {case.split(":")[0]: 1}
    assert bench.proxy.cache() == []


@pytest.mark.both_hooks
@pytest.mark.data
def test_hop_limit_on_the_way_in(bench):
    end_an(bench)
    sent = inline(PATH, 0, IPv6(src=HEADEND, dst=LAST, hlim=1) / inner6())
    arrived = bench.send(src=sent)
    assert set(arrived) == {"src"}
    assert icmp(arrived["src"][0], sent)[1:4] == (HEADEND, *TIME_EXCEEDED[6])
    assert bench.drops(SID) == {"hop_limit": 1}


@pytest.mark.data
@pytest.mark.parametrize("did", ("end", "look"))
def test_hop_limit_on_the_way_back(bench, did):
    end_an(bench)
    plain = IPv6(src=HEADEND, dst=LAST, hlim=2) / inner6()
    assert set(bench.send(src=inline(PATH, 0, plain))) == {"to_vnf"}
    at = 0 if did == "look" else 1
    assert bench.send(from_vnf=inline(PATH, at, plain)) == dict(dst=[inline(PATH, 1, hop(plain))])
    returned = inline(PATH, at, hop(plain))
    arrived = bench.send(from_vnf=returned)
    assert set(arrived) == {"src"}
    assert icmp(arrived["src"][0], returned)[1:4] == (HEADEND, *TIME_EXCEEDED[6])
    assert bench.drops(SID) == {"inner_hop_limit": 1}


FROM_THE_VNF = {
    "none": INSIDE["IPv6"],
    "destination not in the list": inline(PATH, 1, INSIDE["IPv6"], dst=NEW),
    "destination is another segment": inline(PATH, 1, INSIDE["IPv6"], dst=LAST),
    "destination is not the SID any more": inline(PATH, 0, INSIDE["IPv6"], dst=NEXT),
    "destination is still the SID": inline(PATH, 1, INSIDE["IPv6"], dst=SID),
    "the SID, and nothing left": inline([NEXT, SID], 1, INSIDE["IPv6"]),
    "segments left beyond the list": inline(PATH, 1, INSIDE["IPv6"], sl=9),
    "last entry beyond the header": inline(PATH, 1, INSIDE["IPv6"], last=7),
    "length beyond the packet": inline(PATH, 1, INSIDE["IPv6"], len=255),
    "TLV too long": inline(PATH, 1, INSIDE["IPv6"], tlvs=bytes([200, 7]) + bytes(6)),
    "two": inline(PATH, 1, INSIDE["IPv6"], after=[SRH(segs=[NEXT, LAST])]),
    "next segment multicast": inline([SID, "ff02::1", LAST], 0, INSIDE["IPv6"]),
}


@pytest.mark.data
@pytest.mark.parametrize("case", FROM_THE_VNF)
@pytest.mark.parametrize("permit", ("none", "full"))
def test_srh_of_what_returns(bench, permit, case):
    end_an(bench, permit=permit)
    assert set(bench.send(src=inline(PATH, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    assert bench.send(from_vnf=FROM_THE_VNF[case]) == {}
    # As a list that ends here it is a changed one, as one that goes on it lies.
    changed = permit == "none" and case == "the SID, and nothing left"
    assert bench.drops(SID) == {"not_permitted" if changed else "vnf_srh": 1}


@pytest.mark.parametrize("permit", ("none", "full"))
def test_no_route(bench, permit):
    end_an(bench, permit=permit)
    path = [SID, "3fff::1", LAST]
    assert set(bench.send(src=inline(path, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    returned = inline(path, 1, INSIDE["IPv6"])
    (error,) = bench.send(from_vnf=returned)["src"]
    assert icmp(error, returned)[1:4] == (HEADEND, *NO_ROUTE[6])
    assert bench.drops(SID) == {"no_route": 1}


def test_too_big_for_the_vnf(bench):
    end_an(bench)
    bench.node.ip("link set to-vnf mtu 1300")
    try:
        fits = inline(PATH, 0, OUTER / inner6(1300 - 96))
        assert bench.send(src=fits) == dict(to_vnf=[fits])
        sent = inline(PATH, 0, OUTER / inner6(1301 - 96))
        arrived = bench.send(src=sent)
        assert set(arrived) == {"src"} and bench.drops(SID) == {"vnf_too_big": 1}
        assert icmp(arrived["src"][0], sent)[1:] == (HEADEND, *TOO_BIG[6], 1300)
    finally:
        bench.node.ip("link set to-vnf mtu 1500")


@pytest.mark.data
@pytest.mark.parametrize("values", (
    {"flavors": "nat"}, {"flavors": "psp"}, {"flavors": "cache"}, {"flavors": "last"}, {"flavors": "next-csid"},
    {"inner": "ip4"}, {"inner": "eth"}, {"inner": "ip"}, {"flows": 0}, {"flows": 65537}, {"ttl_mode": "uniform"},
    {"dscp_mode": "pipe"}, {"margin": 3}, {"ageing": 9},
), ids=lambda values: ", ".join(f"{key} {value}" for key, value in values.items()))
def test_refusals(bench, values):
    bench.fw()
    with pytest.raises(NlError) as error:
        bench.proxy.sid(SID, behavior="End.AN", vnf="fw", **values)
    assert error.value.errno in (22, 34) and error.value.message
    assert bench.proxy.show("sid") == []


@pytest.mark.parametrize("behavior", ("End.AD", "End.AM"))
def test_permit_is_for_functions_that_know_segments(bench, behavior):
    bench.fw()
    with pytest.raises(NlError, match="EINVAL"):
        bench.proxy.sid(SID, behavior=behavior, vnf="fw", permit="insert-any")


# Without the VNF, and where next


@pytest.mark.both_hooks
@pytest.mark.parametrize("permit", ("none", "full"))
def test_bypass(bench, permit):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(SID, behavior="End.AN", vnf="fw", permit=permit)
    for path, at in (([SID, LAST], 0), (PATH, 0), (["fc00:a::f", SID, NEXT, LAST], 1)):
        assert bench.send(src=inline(path, at, INSIDE["IPv6"])) == dict(dst=[inline(path, at + 1, hop(INSIDE["IPv6"]))])
    assert bench.drops(SID) == {}


def test_vnf_down(bench):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2")
    bench.proxy.sid(SID, behavior="End.AN", vnf="fw")
    assert bench.send(src=inline(PATH, 0, INSIDE["IPv6"])) == {}
    assert bench.drops(SID) == {"vnf_down": 1}


@pytest.mark.parametrize("did", ("end", "look"))
@pytest.mark.parametrize("permit", ("none", "insert-next"))
def test_same_sid_twice(bench, permit, did):
    """Whether the VNF did End or only looked, the destination is the SID: the flow tells."""
    end_an(bench, permit=permit)
    path, plain = [SID, SID, LAST], INSIDE["IPv6"]
    at = 0 if did == "look" else 1
    assert set(bench.send(src=inline(path, 0, plain))) == {"to_vnf"}
    assert bench.send(from_vnf=inline(path, at, plain)) == dict(to_vnf=[inline(path, 1, hop(plain))])
    assert bench.send(from_vnf=inline(path, 1 + at, hop(plain))) == dict(dst=[inline(path, 2, hop(plain, 2))])
    assert bench.drops(SID) == {}


@pytest.mark.parametrize("did", ("end", "look"))
def test_two_in_a_row(bench, did):
    end_an(bench)
    end_an(bench, SID2, "fw2", "to_vnf2", "from_vnf2")
    path, plain = [SID, SID2, LAST], INSIDE["IPv6"]
    at = 0 if did == "look" else 1
    assert set(bench.send(src=inline(path, 0, plain))) == {"to_vnf"}
    assert bench.send(from_vnf=inline(path, at, plain)) == dict(to_vnf2=[inline(path, 1, hop(plain))])
    assert bench.send(from_vnf2=inline(path, 1 + at, hop(plain))) == dict(dst=[inline(path, 2, hop(plain, 2))])
    assert (bench.drops(SID), bench.drops(SID2)) == ({}, {})


def test_vnf_inserts_another_sid_of_the_node(bench):
    end_an(bench, permit="insert-next")
    bench.fw("fw2", dev="to_vnf2", iif="from_vnf2")
    bench.proxy.sid(SID2, behavior="End.AD", vnf="fw2")
    assert set(bench.send(src=inline(PATH, 0, INSIDE["IPv6"]))) == {"to_vnf"}
    assert bench.send(from_vnf=inline([SID, SID2, NEXT, LAST], 1, INSIDE["IPv6"])) == dict(to_vnf2=[inner6()])
    (frame,) = bench.send(from_vnf2=inner6())["dst"]
    assert frame == srv6([SID, SID2, NEXT, LAST], 2, hlim=62, fl=frame.fl) / hop(inner6())


def test_end_ad_then_an(bench):
    bench.fw("fw2", dev="to_vnf2", iif="from_vnf2")
    bench.proxy.sid(SID2, behavior="End.AD", vnf="fw2")
    end_an(bench)
    path = [SID2, SID, LAST]
    assert bench.send(src=srv6(path) / inner6()) == dict(to_vnf2=[inner6()])
    arrived = bench.send(from_vnf2=inner6())
    assert set(arrived) == {"to_vnf"}
    (frame,) = arrived["to_vnf"]
    assert frame == srv6(path, 1, hlim=63, fl=frame.fl) / hop(inner6())
    assert bench.send(from_vnf=frame) == dict(dst=[srv6(path, 2, hlim=62, fl=frame.fl) / hop(inner6())])


def test_table(bench):
    bench.node.ip(f"route add {NEXT}/128 via {bench.ip6('src', 2)} table 77")
    try:
        end_an(bench, table=77)
        assert set(bench.send(src=inline(PATH, 0, INSIDE["IPv6"]))) == {"to_vnf"}
        assert bench.send(from_vnf=inline(PATH, 1, INSIDE["IPv6"])) == dict(src=[inline(PATH, 1, hop(INSIDE["IPv6"]))])
    finally:
        bench.node.run("ip", "-6", "route", "flush", "table", "77")


@pytest.mark.parametrize("did", ("end", "look"))
def test_packets_that_others_hold(bench, did):
    """A packet socket of the node's sees each packet as it came, whatever becomes of it."""
    end_an(bench)
    tap = Port(bench.node, "from-vnf", "02:00:00:00:00:00", "02:00:00:00:00:00")
    try:
        sent = inline(PATH, 0, INSIDE["IPv6"])
        returned = sent if did == "look" else inline(PATH, 1, INSIDE["IPv6"])
        assert bench.send(src=sent) == dict(to_vnf=[sent])
        assert bench.send(from_vnf=returned) == dict(dst=[inline(PATH, 1, hop(INSIDE["IPv6"]))])
        assert tap.wait_for(lambda frame: frame.proto == 0x86DD and not is_fence(frame), "the packet") == returned
    finally:
        tap.close()


@pytest.mark.both_hooks
@pytest.mark.parametrize("did", ("end", "look"))
def test_super_packet(bench, did):
    end_an(bench)
    plain, srh = unfinished(tcp6(20000, dst=LAST)), 8 + 16 * len(PATH)
    sent = inline(PATH, 0, plain)
    bench.gso_src.send(sent, offload=vnet_hdr(1300, srh))
    arrived = bench.arrived()
    assert arrived == dict(to_vnf=[sent]) and not arrived["to_vnf"][0].csum_ready
    bench.gso_vnf.send(inline(PATH, 0 if did == "look" else 1, plain), offload=vnet_hdr(1300, srh))
    arrived = bench.arrived()
    assert arrived == dict(dst=[inline(PATH, 1, hop(plain))]) and not arrived["dst"][0].csum_ready


# HMAC


@pytest.fixture
def keys(bench):
    keys = Keys(bench.node)
    keys[7] = b"of the headend"
    keys[8] = b"of ours"
    yield keys
    keys.close()


def signed(path, at, plain, key=7, secret=b"of the headend", **values):
    tlvs = hmac_tlv(key, secret, plain.src, path, 0, flags=HMAC_FLAG)
    return inline(path, at, plain, flags=HMAC_FLAG, tlvs=tlvs, **values)


@pytest.mark.parametrize("did", ("end", "look"))
@pytest.mark.parametrize("remaining", ([NEXT, LAST], [NEW, NEXT, LAST]), ids=("unchanged", "inserted"))
def test_hmac_is_made_anew(bench, keys, remaining, did):
    end_an(bench, permit="insert-next", hmac=8)
    plain = INSIDE["IPv6"]
    sent = signed(PATH, 0, plain)
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    path = [SID, *remaining]
    # As it was: now it is wrong if something has been inserted.
    old = bytes(hmac_tlv(7, b"of the headend", HEADEND, PATH, 0, flags=HMAC_FLAG))
    returned = inline(path, 0 if did == "look" else 1, plain, flags=HMAC_FLAG, tlvs=old)
    assert bench.send(from_vnf=returned) == dict(dst=[signed(path, 1, hop(plain), 8, b"of ours")])


def test_hmac_stays_without_a_key(bench, keys):
    end_an(bench)
    sent = signed(PATH, 0, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    assert bench.send(from_vnf=sent) == dict(dst=[signed(PATH, 1, hop(INSIDE["IPv6"]))])


def test_hmac_is_not_added(bench, keys):
    end_an(bench, hmac=8)
    sent = inline(PATH, 0, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    assert bench.send(from_vnf=sent) == dict(dst=[inline(PATH, 1, hop(INSIDE["IPv6"]))])


def test_no_such_key(bench, keys):
    end_an(bench, hmac=9)
    sent = signed(PATH, 0, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    assert bench.send(from_vnf=sent) == {}
    assert bench.drops(SID) == {"hmac_key": 1}


def test_required_hmac(bench, keys):
    end_an(bench, require_hmac=1)
    sent = signed(PATH, 0, INSIDE["IPv6"])
    assert bench.send(src=sent) == dict(to_vnf=[sent])
    assert bench.send(src=[inline(PATH, 0, INSIDE["IPv6"]), signed(PATH, 0, INSIDE["IPv6"], 7, b"wrong")]) == {}
    assert bench.drops(SID) == {"hmac": 2}


# A kernel is the VNF


@pytest.fixture
def peers(module):
    yield shared()
    shared().reset()


@pytest.mark.parametrize("permit, family", (("none", 4), ("none", 6), ("full", 6)))
@pytest.mark.parametrize("did", ("end", "look"))
def test_through_a_kernel(peers, did, permit, family):
    """As End on the very SID, or as a router that looks at what passes."""
    peers.vnf("fw")
    tail = {4: "d4", 6: "d6"}[family]
    for sid, reverse, dev, back, nh in (
        (THERE, 0, "in", "fc00:d::/32", "fd00:f2::1"), (BACK, 1, "out", "fc00:a::/32", "fd00:f1::1"),
    ):
        peers.proxy.sid(sid, behavior="End.AN", vnf="fw", permit=permit, reverse=reverse)
        peers.route("fw", f"{sid}/128 " + (f"encap seg6local action End dev {dev}" if did == "end" else f"via {nh}"))
        peers.route("fw", f"{back} via {nh}")
    peers.headend("there", family, [THERE, f"fc00:d::{tail}"])
    peers.headend("back", family, [BACK, f"fc00:a::{tail}"])
    peers.exchange(family)
    for sid in (THERE, BACK):
        peers.proxy.passes_all(sid)


def test_kernel_that_encapsulates(peers):
    """End.B6.Encaps: the packet advances and gets another outer header, of its own flow, for which it takes full."""
    peers.vnf("fw")
    peers.proxy.sid(THERE, behavior="End.AN", vnf="fw", permit="full")
    peers.route("fw", f"{THERE}/128 encap seg6local action End.B6.Encaps srh segs fc00:2::e,fc00:d::d6 dev in")
    peers.route("fw", "fc00:2::/32 via fd00:f2::1")
    # The tail decapsulates twice.
    peers.headend("there", 6, [THERE, "fc00:d::d6"])
    peers.single_packets_only()
    peers.exchange(6, size=20_000)
    peers.proxy.passes_all(THERE, 5)
