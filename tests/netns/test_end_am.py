# SPDX-License-Identifier: GPL-2.0
"""End.AM: the VNF sees the packet as if it were on its last hop, or even without its SRH.

    host ───── src ──┐                  ┌── to-vnf,  from-vnf  ── VNF 1   fc00:b::f1
                     ├── node: End.AM ──┤
    next SID ─ dst ──┘                  └── to-vnf2, from-vnf2 ── VNF 2   fc00:b::f2

DEST, behind dst, is the last segment. At the end of the file, the same with a kernel's own TCP, headends
and VNFs (lib/peers.py).
"""

import struct

import pytest
from scapy.layers.inet import TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, ICMPv6TimeExceeded, IPv6,
    IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, PadN,
)
from scapy.packet import Raw

from lib.bench import NEXT, PLAIN as PLAIN_LINKS, SID, SID2, Bench, is_fence
from lib.genl import NlError
from lib.inline import inline, with_headers
from lib.keys import HMAC_FLAG, Keys
from lib.packet import (
    NO_ROUTE, SRH, TIME_EXCEEDED, TOO_BIG, ether, hmac_tlv, hop, icmp, inner4, inner6, padn, srv6, tlv,
)
from lib.peers import BACK, H2, THERE, shared
from lib.superpacket import tcp6, unfinished, vnet_hdr
from lib.wire import Port

SOURCE, DEST, OTHER = "2001:db8:1::1", "2001:db8:2::2", "2001:db8:2::9"
SECRETS = {7: b"of the headend", 8: b"of ours"}
FLAVORS = ("", "nat", "psp", "cache", "psp,cache", "nat,psp")
OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
MORE_OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 12)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])

# Where the SID is on the way, and what follows
PATHS = {
    "next to last": ([SID, DEST], 0),
    "two more": ([SID, NEXT, DEST], 0),
    "in the middle": (["fc00:a::f", SID, NEXT, "fc00:c::2", DEST], 1),
    "near the end": (["fc00:a::f", "fc00:a::e", SID, DEST], 2),
}
PATH = PATHS["two more"][0]


def data(*values):
    """Of a parametrized test, values that only vary the data."""
    return pytest.param(*values, marks=pytest.mark.data)


SOME = ("", "cache", *map(data, ("nat", "psp", "psp,cache", "nat,psp")))  # of the flavors


def ip6(**values):
    return IPv6(**{"src": SOURCE, "dst": DEST, "hlim": 37, **values})


PLAIN = {
    "udp": inner6(),
    "tcp": ip6(tc=0xB9, fl=0x12345) / TCP(sport=1000, dport=2000, flags="PA", seq=1) / Raw(b"x" * 41),
    "echo request": ip6() / ICMPv6EchoRequest(id=1, seq=1, data=b"ping" * 5),
    "echo reply": ip6() / ICMPv6EchoReply(id=1, seq=1, data=b"ping" * 5),
    "first fragment": ip6() / IPv6ExtHdrFragment(nh=17, id=7, m=1) / Raw(bytes(inner6(200))[40:120]),
    "last fragment": ip6() / IPv6ExtHdrFragment(nh=17, id=7, offset=10) / Raw(bytes(inner6(200))[120:]),
    "nothing inside": ip6(nh=59),
    "unknown protocol": ip6(nh=253) / Raw(b"abc"),
    "IPv6": ip6() / inner6(dst="2001:db8:2::77"),
    "IPv4": ip6() / inner4(),
    "Ethernet": ip6(nh=143) / Raw(bytes(ether(inner4()))),
}


def end_am(bench, flavors="", sid=SID, vnf="fw", dev="to_vnf", iif="from_vnf", vnf_values=None, **values):
    bench.fw(vnf, dev=dev, iif=iif, **(vnf_values or {}))
    if flavors:
        values["flavors"] = flavors
    bench.proxy.sid(sid, behavior="End.AM", vnf=vnf, **values)


def shown(flavors, path, at, plain, **srh):
    """What the VNF gets to see."""
    return plain if "cache" in flavors else inline(path, at, plain, dst=path[-1], **srh)


def onward(flavors, path, at, plain, **srh):
    """What leaves the node when the VNF has returned plain."""
    if "psp" in flavors and at + 1 == len(path) - 1:
        return with_headers(plain, *srh.get("before", ()), *srh.get("after", ()))
    return inline(path, at + 1, plain, **srh)


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
@pytest.mark.parametrize("where, plain", [
    ("next to last", "udp"), data("in the middle", "udp"), data("near the end", "udp"),
    *(data("two more", name) for name in PLAIN),
])
@pytest.mark.parametrize("flavors", FLAVORS)
def test_in_and_out(bench, flavors, where, plain):
    (path, at), plain = PATHS[where], PLAIN[plain]
    end_am(bench, flavors)
    sent, seen = inline(path, at, plain), shown(flavors, path, at, plain)
    assert bench.send(src=sent) == dict(to_vnf=[seen])
    want = onward(flavors, path, at, hop(plain))
    assert bench.send(from_vnf=seen) == dict(dst=[want])
    assert bench.drops(SID) == {}
    assert bench.proxy.stats(SID) == {
        "in_packets": 1, "in_bytes": len(sent), "out_packets": 1, "out_bytes": len(want),
    }


@pytest.mark.data
@pytest.mark.parametrize("headers", (
    {"before": [OPTIONS]}, {"after": [OPTIONS]}, {"before": [OPTIONS], "after": [MORE_OPTIONS]},
    {"before": [HOP_BY_HOP]}, {"before": [HOP_BY_HOP, OPTIONS], "after": [MORE_OPTIONS]},
), ids=("before", "after", "both", "hop-by-hop", "all"))
@pytest.mark.parametrize("where", ("next to last", "two more"))
@pytest.mark.parametrize("flavors", FLAVORS)
def test_extension_headers(bench, flavors, where, headers):
    """They stay. A cached SRH comes back behind hop-by-hop options, if any, and before all else."""
    (path, at), plain = PATHS[where], inner6()
    end_am(bench, flavors)
    before, after = headers.get("before", []), headers.get("after", [])
    if "cache" in flavors:
        seen = with_headers(plain, *before, *after)
        hop_by_hop = [header for header in before if header is HOP_BY_HOP]
        others = [header for header in before if header is not HOP_BY_HOP] + after
        headers = {"before": hop_by_hop, "after": others}
    else:
        seen = shown(flavors, path, at, plain, **headers)
    assert bench.send(src=inline(path, at, plain, before=before, after=after)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(dst=[onward(flavors, path, at, hop(plain), **headers)])


@pytest.mark.data
@pytest.mark.parametrize("srh", (
    {"tag": 0xBEEF}, {"flags": 0xF7}, {"tlvs": padn(8)}, {"tlvs": tlv(200, b"opaque") + tlv(4, b"\1" * 6)},
    {"tag": 1, "tlvs": b"\0" * 8},
), ids=("tag", "flags", "padn", "opaque", "pad1"))
@pytest.mark.parametrize("flavors", FLAVORS)
def test_what_the_srh_says_besides(bench, flavors, srh):
    end_am(bench, flavors)
    plain = inner6()
    seen = shown(flavors, PATH, 0, plain, **srh)
    assert bench.send(src=inline(PATH, 0, plain, **srh)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(dst=[inline(PATH, 1, hop(plain), **srh)])


@pytest.mark.data
@pytest.mark.parametrize("where", ("next to last", "two more"))
@pytest.mark.parametrize("flavors", FLAVORS)
def test_reduced(bench, flavors, where):
    """The first segment, which is us, in the destination address only."""
    (path, at), plain = PATHS[where], inner6()
    end_am(bench, flavors)
    seen = shown(flavors, path, at, plain, reduced=True)
    assert bench.send(src=inline(path, at, plain, reduced=True)) == dict(to_vnf=[seen])
    if "psp" in flavors and len(path) == 2:
        want = hop(plain)
    else:
        want = inline(path, at + 1, hop(plain), reduced=True)
    assert bench.send(from_vnf=seen) == dict(dst=[want])


@pytest.mark.data
@pytest.mark.parametrize("flavors", FLAVORS)
def test_long_list(bench, flavors):
    path, plain = [SID, *(f"fc00:c::{n:x}" for n in range(1, 70)), DEST], inner6()
    end_am(bench, flavors)
    seen = shown(flavors, path, 0, plain)
    assert bench.send(src=inline(path, 0, plain)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(dst=[inline(path, 1, hop(plain))])


@pytest.mark.data
@pytest.mark.parametrize("flavors", FLAVORS)
@pytest.mark.parametrize("size", (60, 1300))
def test_vnf_may_change_what_is_inside(bench, flavors, size):
    """Payload length, traffic class and flow label are then the VNF's."""
    path = PATHS["next to last"][0]
    end_am(bench, flavors)
    assert set(bench.send(src=inline(path, 0, inner6()))) == {"to_vnf"}
    changed = inner6(size, tc=0xBB, fl=0x54321, hlim=9)
    want = onward(flavors, path, 0, hop(changed))
    assert bench.send(from_vnf=shown(flavors, path, 0, changed)) == dict(dst=[want])


@pytest.mark.data
@pytest.mark.parametrize("flavors", ("", "nat", "nat,psp", "psp"))
def test_without_packets_in(bench, flavors):
    """What the VNF returns bears all that is needed: nothing has to have been there before."""
    path, plain = PATHS["next to last"][0], inner6()
    end_am(bench, flavors)
    assert bench.send(from_vnf=inline(path, 0, plain, dst=DEST)) == dict(dst=[onward(flavors, path, 0, hop(plain))])


def test_router_with_static_mac(bench):
    end_am(bench, vnf_values={"lladdr": "02:00:00:00:00:77"})
    plain = inner6()
    arrived = bench.send(src=inline(PATH, 0, plain))
    assert arrived == dict(to_vnf=[inline(PATH, 0, plain, dst=DEST)])
    assert arrived["to_vnf"][0].dst == "02:00:00:00:00:77"


def test_one_interface(bench):
    end_am(bench, iif="to_vnf")
    plain = inner6()
    seen = inline(PATH, 0, plain, dst=DEST)
    assert bench.send(src=inline(PATH, 0, plain)) == dict(to_vnf=[seen])
    assert bench.send(to_vnf=seen) == dict(dst=[inline(PATH, 1, hop(plain))])


def test_reverse(bench):
    bench.fw(iif_nh6=bench.ip6("from_vnf", 2))
    bench.proxy.sid(SID, behavior="End.AM", vnf="fw")
    bench.proxy.sid(SID2, behavior="End.AM", vnf="fw", reverse=1)
    for sid, there, back in ((SID, "to_vnf", "from_vnf"), (SID2, "from_vnf", "to_vnf")):
        path, plain = [sid, NEXT, DEST], inner6()
        seen = inline(path, 0, plain, dst=DEST)
        assert bench.send(src=inline(path, 0, plain)) == {there: [seen]}
        assert bench.send(**{back: seen}) == dict(dst=[inline(path, 1, hop(plain))])


# NAT


@pytest.mark.data
@pytest.mark.parametrize("where", PATHS)
@pytest.mark.parametrize("flavors", FLAVORS)
def test_vnf_changes_the_destination(bench, flavors, where):
    """With nat it becomes the last segment; without, it does not matter."""
    path, at = PATHS[where]
    end_am(bench, flavors)
    assert set(bench.send(src=inline(path, at, inner6()))) == {"to_vnf"}
    changed = inner6(dst=OTHER)
    if "cache" in flavors:  # which is another flow
        assert bench.send(from_vnf=changed) == {}
        assert bench.drops(SID) == {"no_flow": 1}
        return
    after = [*path[:-1], OTHER] if "nat" in flavors else path
    want = onward(flavors, after, at, hop(changed))
    if "psp" in flavors and "nat" not in flavors and at + 2 == len(path):
        want.dst = DEST
    assert bench.send(from_vnf=inline(path, at, changed, dst=OTHER)) == dict(dst=[want])


def test_nat_changes_the_source(bench):
    end_am(bench, "nat")
    changed = inner6(src="2001:db8:1::99", dst=OTHER, sport=9)
    assert bench.send(from_vnf=inline(PATH, 0, changed, dst=OTHER)) == dict(
        dst=[inline([SID, NEXT, OTHER], 1, hop(changed))])


def test_nat_to_nowhere(bench):
    """A last segment that the VNF made up and that nobody can reach."""
    end_am(bench, "nat")
    path = [SID, DEST]
    changed = inner6(dst="3fff::1")
    (error,) = bench.send(from_vnf=inline(path, 0, changed, dst="3fff::1"))["src"]
    assert icmp(error, inline([SID, "3fff::1"], 1, changed))[1:4] == (SOURCE, *NO_ROUTE[6])
    assert bench.drops(SID) == {"no_route": 1}


# What is dropped. An ICMP error quotes the packet as it is by then: masqueraded, or one segment on.

TO_THE_SID = {
    "no_srh": ip6(dst=SID) / UDP(sport=1000, dport=2000) / Raw(b"x" * 20),
    "no_srh but options": ip6(dst=SID) / OPTIONS / UDP(sport=1000, dport=2000),
    "sl_zero": inline([NEXT, SID], 1, inner6()),
    "srh_invalid: length": inline(PATH, 0, inner6(), len=4),
    "srh_invalid: last entry": inline(PATH, 0, inner6(), last=7),
    "srh_invalid: segments left": inline(PATH, 0, inner6(), sl=9),
    "srh_invalid: TLV": inline(PATH, 0, inner6(), tlvs=bytes([200, 7]) + bytes(6)),
    "srh_invalid: next segment multicast": inline([SID, "ff02::1", DEST], 0, inner6()),
    "srh_invalid: last segment multicast": inline([SID, NEXT, "ff05::1"], 0, inner6()),
    "srh_invalid: last segment link-local": inline([SID, NEXT, "fe80::1"], 0, inner6()),
    "ext_header: second SRH": inline(PATH, 0, inner6(), after=[SRH(segs=[NEXT, DEST])]),
    "outer_fragment": inline(PATH, 0, inner6(), before=[IPv6ExtHdrFragment(nh=43, m=1)]),
    "hmac": inline(PATH, 0, inner6(), tlvs=tlv(5, bytes(38)), flags=0x08),
}


@pytest.mark.data
@pytest.mark.parametrize("case", TO_THE_SID)
@pytest.mark.parametrize("flavors", ("", "nat,psp", "cache"))
def test_drop_on_the_way_in(bench, flavors, case):
    end_am(bench, flavors)
    assert bench.send(src=TO_THE_SID[case]) == {}
    assert bench.drops(SID) == {case.split(":")[0].split()[0]: 1}
    assert bench.proxy.cache() == []


@pytest.mark.both_hooks
@pytest.mark.data
@pytest.mark.parametrize("hlim", (0, 1))
@pytest.mark.parametrize("flavors", ("", "nat,psp", "cache"))
def test_hop_limit_on_the_way_in(bench, flavors, hlim):
    end_am(bench, flavors)
    sent = inline(PATH, 0, inner6(hlim=hlim))
    arrived = bench.send(src=sent)
    assert set(arrived) == {"src"}
    assert icmp(arrived["src"][0], sent)[1:4] == (SOURCE, *TIME_EXCEEDED[6])
    assert bench.drops(SID) == {"hop_limit": 1}


@pytest.mark.data
@pytest.mark.parametrize("flavors", FLAVORS)
def test_hop_limit_on_the_way_back(bench, flavors):
    """The VNF took one as well: that of the packet it got was fine."""
    end_am(bench, flavors)
    assert set(bench.send(src=inline(PATH, 0, inner6(hlim=2)))) == {"to_vnf"}
    returned = shown(flavors, PATH, 0, inner6(hlim=1))
    arrived = bench.send(from_vnf=returned)
    assert set(arrived) == {"src"}
    assert icmp(arrived["src"][0], returned)[1:4] == (SOURCE, *TIME_EXCEEDED[6])
    assert bench.drops(SID) == {"inner_hop_limit": 1}


@pytest.mark.data
@pytest.mark.parametrize("flavors", FLAVORS)
def test_last_hop(bench, flavors):
    """2 is enough for the node, and 1 is what is left on the wire."""
    end_am(bench, flavors)
    plain = inner6(hlim=2)
    assert bench.send(src=inline(PATH, 0, plain)) == dict(to_vnf=[shown(flavors, PATH, 0, plain)])
    assert bench.send(from_vnf=shown(flavors, PATH, 0, plain)) == dict(dst=[inline(PATH, 1, hop(plain))])


FROM_THE_VNF = {
    "none": inner6(),
    "none, options": with_headers(inner6(), OPTIONS),
    "nothing left": inline([NEXT, DEST], 1, inner6()),
    "segments left beyond the list": inline(PATH, 0, inner6(), dst=DEST, sl=9),
    "last entry beyond the header": inline(PATH, 0, inner6(), dst=DEST, last=7),
    "length beyond the packet": inline(PATH, 0, inner6(), dst=DEST, len=255),
    "length zero": inline(PATH, 0, inner6(), dst=DEST, len=0),
    "TLV too long": inline(PATH, 0, inner6(), dst=DEST, tlvs=bytes([200, 7]) + bytes(6)),
    "two": inline(PATH, 0, inner6(), dst=DEST, after=[SRH(segs=[NEXT, DEST])]),
    "next segment multicast": inline([SID, "ff02::1", DEST], 0, inner6(), dst=DEST),
}


@pytest.mark.data
@pytest.mark.parametrize("case", FROM_THE_VNF)
@pytest.mark.parametrize("flavors", ("", "nat", "psp", "nat,psp"))
def test_srh_of_what_returns(bench, flavors, case):
    end_am(bench, flavors)
    assert set(bench.send(src=inline(PATH, 0, inner6()))) == {"to_vnf"}
    assert bench.send(from_vnf=FROM_THE_VNF[case]) == {}
    assert bench.drops(SID) == {"vnf_srh": 1}


@pytest.mark.parametrize("flavors", ("cache", "psp,cache"))
def test_srh_of_what_returns_where_there_should_be_none(bench, flavors):
    end_am(bench, flavors)
    assert set(bench.send(src=inline(PATH, 0, inner6()))) == {"to_vnf"}
    assert bench.send(from_vnf=inline(PATH, 0, inner6(), dst=DEST)) == {}
    assert bench.drops(SID) == {"vnf_srh": 1}


@pytest.mark.parametrize("flavors", SOME)
def test_no_route(bench, flavors):
    end_am(bench, flavors)
    path = [SID, "3fff::1", DEST]
    assert set(bench.send(src=inline(path, 0, inner6()))) == {"to_vnf"}
    (error,) = bench.send(from_vnf=shown(flavors, path, 0, inner6()))["src"]
    assert icmp(error, inline(path, 1, inner6()))[1:4] == (SOURCE, *NO_ROUTE[6])
    assert bench.drops(SID) == {"no_route": 1}


@pytest.mark.parametrize("flavors", ("", "cache"))
def test_too_big_for_the_vnf(bench, flavors):
    """The SRH counts only if the VNF gets it; nor is it in what the source is told about."""
    end_am(bench, flavors)
    srh = 0 if "cache" in flavors else 56
    bench.node.ip("link set to-vnf mtu 1356")
    try:
        plain = inner6(1356 - srh)
        assert bench.send(src=inline(PATH, 0, plain)) == dict(to_vnf=[shown(flavors, PATH, 0, plain)])
        plain = inner6(1357 - srh)
        arrived = bench.send(src=inline(PATH, 0, plain))
        assert set(arrived) == {"src"} and bench.drops(SID) == {"vnf_too_big": 1}
        # What the source is to send, its SRH included, for the VNF's link to bear it
        quoted = shown(flavors, PATH, 0, plain)
        assert icmp(arrived["src"][0], quoted)[1:] == (SOURCE, *TOO_BIG[6], 1356)
    finally:
        bench.node.ip("link set to-vnf mtu 1500")


@pytest.mark.parametrize("flavors", SOME)
def test_too_big_for_the_network(bench, flavors):
    end_am(bench, flavors)
    assert set(bench.send(src=inline(PATH, 0, inner6()))) == {"to_vnf"}
    bench.node.ip("link set dst mtu 1400")
    try:
        fits, beyond = inner6(1400 - 56), inner6(1401 - 56)
        assert bench.send(from_vnf=shown(flavors, PATH, 0, fits)) == dict(dst=[inline(PATH, 1, hop(fits))])
        arrived = bench.send(from_vnf=shown(flavors, PATH, 0, beyond))
        assert set(arrived) == {"src"} and bench.drops(SID) == {"too_big": 1}
        mtu = 1400 - 56 if "cache" in flavors else 1400
        assert icmp(arrived["src"][0], inline(PATH, 1, beyond))[1:] == (SOURCE, *TOO_BIG[6], mtu)
    finally:
        bench.node.ip("link set dst mtu 1500")


def test_srh_is_longer_than_the_path_takes(bench):
    """Then the least is told that IPv6 knows."""
    end_am(bench, "cache")
    path = [SID] + [f"fc00:c::{n:x}" for n in range(1, 79)] + [inner6().dst]
    bench.node.ip("link set dst mtu 1280")
    try:
        bench.send(src=inline(path, 0, inner6(60)))
        arrived = bench.send(from_vnf=shown("cache", path, 0, inner6(60)))
        assert set(arrived) == {"src"} and bench.drops(SID) == {"too_big": 1}
        assert int.from_bytes(bytes(arrived["src"][0])[44:48], "big") == 1280
    finally:
        bench.node.ip("link set dst mtu 1500")


# What is between the node and the VNF only


def test_neighbour_discovery_stays_with_the_stack(bench):
    end_am(bench)
    node, vnf = bench.ip6("from_vnf", 1), bench.ip6("from_vnf", 2)
    question = IPv6(src=vnf, dst=node, hlim=255) / ICMPv6ND_NS(tgt=node) / ICMPv6NDOptSrcLLAddr(lladdr=bench.from_vnf.mac)
    arrived = bench.send(from_vnf=question)
    assert set(arrived) == {"from_vnf"} and arrived["from_vnf"][0].ip[IPv6].payload.type == 136
    assert bench.drops(SID) == {}


@pytest.mark.parametrize("flavors", SOME)
def test_errors_of_the_vnf_take_the_ordinary_way(bench, flavors):
    end_am(bench, flavors)
    error = IPv6(src=bench.ip6("from_vnf", 2), dst=SOURCE, hlim=64) / ICMPv6TimeExceeded() / inner6()
    assert bench.send(from_vnf=error) == dict(src=[hop(error)])
    assert bench.drops(SID) == {}


# Without the VNF


@pytest.mark.both_hooks
@pytest.mark.parametrize("where", ("next to last", data("two more"), data("in the middle")))
@pytest.mark.parametrize("flavors", SOME)
def test_bypass(bench, flavors, where):
    """One segment on, at the cost of one hop."""
    path, at = PATHS[where]
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(SID, behavior="End.AM", vnf="fw", **({"flavors": flavors} if flavors else {}))
    sent, want = inline(path, at, inner6()), onward(flavors, path, at, hop(inner6()))
    assert bench.send(src=sent) == dict(dst=[want])
    assert bench.drops(SID) == {}
    assert bench.proxy.stats(SID) == {
        "in_packets": 1, "in_bytes": len(sent), "out_packets": 1, "out_bytes": len(want),
    }


@pytest.mark.parametrize("flavors", ("", "cache"))
def test_vnf_down(bench, flavors):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2")
    bench.proxy.sid(SID, behavior="End.AM", vnf="fw", **({"flavors": flavors} if flavors else {}))
    assert bench.send(src=inline(PATH, 0, inner6())) == {}
    assert bench.drops(SID) == {"vnf_down": 1}


# Where next


@pytest.mark.data
@pytest.mark.parametrize("second", ("", "psp", "cache"))
@pytest.mark.parametrize("first", FLAVORS)
def test_two_in_a_row(bench, first, second):
    """Another SID of the same node: straight on, one hop all the same."""
    end_am(bench, first)
    end_am(bench, second, SID2, "fw2", "to_vnf2", "from_vnf2")
    path, plain = [SID, SID2, DEST], inner6()
    assert bench.send(src=inline(path, 0, plain)) == dict(to_vnf=[shown(first, path, 0, plain)])
    seen = shown(second, path, 1, hop(plain))
    assert bench.send(from_vnf=shown(first, path, 0, plain)) == dict(to_vnf2=[seen])
    assert bench.send(from_vnf2=seen) == dict(dst=[onward(second, path, 1, hop(plain, 2))])
    assert (bench.drops(SID), bench.drops(SID2)) == ({}, {})


@pytest.mark.parametrize("flavors", ("", "nat", "psp", "cache"))
def test_then_end_ad(bench, flavors):
    """Masquerading around an encapsulated packet, and the dynamic proxy takes it out."""
    end_am(bench, flavors)
    bench.fw("fw2", dev="to_vnf2", iif="from_vnf2")
    bench.proxy.sid(SID2, behavior="End.AD", vnf="fw2")
    path, plain = [SID, SID2, NEXT], inner6()
    outer = IPv6(src="fc00:a::1", dst=NEXT, hlim=64) / plain
    seen = shown(flavors, path, 0, outer)
    assert bench.send(src=inline(path, 0, outer)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(to_vnf2=[plain])
    frame = bench.send(from_vnf2=plain)["dst"][0]
    assert frame == srv6(path, 2, hlim=62, fl=frame.fl) / hop(plain)


def test_bypass_the_first_of_two(bench):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(SID, behavior="End.AM", vnf="fw")
    end_am(bench, "", SID2, "fw2", "to_vnf2", "from_vnf2")
    path, plain = [SID, SID2, DEST], inner6()
    assert bench.send(src=inline(path, 0, plain)) == dict(to_vnf2=[inline(path, 1, hop(plain), dst=DEST)])


@pytest.mark.both_hooks
@pytest.mark.parametrize("flavors", SOME)
def test_table(bench, flavors):
    """The next segment has a route in the SID's own table only, and in main another one."""
    bench.node.ip(f"route add {NEXT}/128 via {bench.ip6('src', 2)} table 77")
    try:
        end_am(bench, flavors, table=77)
        plain = inner6()
        assert set(bench.send(src=inline(PATH, 0, plain))) == {"to_vnf"}
        assert bench.send(from_vnf=shown(flavors, PATH, 0, plain)) == dict(src=[inline(PATH, 1, hop(plain))])
        bench.proxy.change("sid", addr=SID, table=0)
        assert bench.send(from_vnf=shown(flavors, PATH, 0, plain)) == dict(dst=[inline(PATH, 1, hop(plain))])
    finally:
        bench.node.run("ip", "-6", "route", "flush", "table", "77")


# The SRH aside


@pytest.mark.parametrize("flavors", ("cache", "psp,cache"))
def test_flow_never_seen(bench, flavors):
    end_am(bench, flavors)
    assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID) == {"no_flow": 1}


@pytest.mark.data
@pytest.mark.parametrize("other", (
    {"src": "2001:db8:1::2"}, {"sport": 1001}, {"dport": 2001}, {"dst": "2001:db8:2::3"},
), ids=("source", "source port", "destination port", "destination"))
def test_flow_of_its_own(bench, other):
    end_am(bench, "cache")
    assert set(bench.send(src=inline(PATH, 0, inner6()))) == {"to_vnf"}
    assert bench.send(from_vnf=inner6(**other)) == {}
    assert bench.drops(SID) == {"no_flow": 1}
    assert set(bench.send(from_vnf=inner6())) == {"dst"}


def test_protocol_tells_flows_apart(bench):
    """The same addresses and ports: each with its own way on."""
    end_am(bench, "cache")
    ways = {"udp": [SID, NEXT, DEST], "tcp": [SID, "fc00:c::7", DEST], "echo request": [SID, "fc00:c::8", DEST]}
    for name, path in ways.items():
        assert bench.send(src=inline(path, 0, PLAIN[name])) == dict(to_vnf=[PLAIN[name]])
    for name, path in ways.items():
        assert bench.send(from_vnf=PLAIN[name]) == dict(dst=[inline(path, 1, hop(PLAIN[name]))])


def test_fragments_share_an_entry(bench):
    """All but the first have no ports: so none has."""
    end_am(bench, "cache")
    first, last = PLAIN["first fragment"], PLAIN["last fragment"]
    assert bench.send(src=inline(PATH, 0, first)) == dict(to_vnf=[first])
    assert bench.send(from_vnf=[first, last]) == dict(dst=[inline(PATH, 1, hop(first)), inline(PATH, 1, hop(last))])
    (entry,) = bench.proxy.cache(SID)
    assert (entry["flow"]["sport"], entry["flow"]["dport"]) == (0, 0)


def test_changed_list_is_kept_at_once(bench):
    end_am(bench, "cache")
    for path in ([SID, NEXT, DEST], [SID, "fc00:c::9", DEST], [SID, DEST], [SID, NEXT, "fc00:c::3", DEST]):
        for srh in ({}, {"tag": 5}, {"tlvs": padn(8)}):
            assert bench.send(src=inline(path, 0, inner6(), **srh)) == dict(to_vnf=[inner6()])
            assert bench.send(from_vnf=inner6()) == dict(dst=[inline(path, 1, hop(inner6()), **srh)])
    assert len(bench.proxy.cache(SID)) == 1


def test_kept_srh_can_be_seen(bench):
    end_am(bench, "cache")
    path = ["fc00:a::f", SID, NEXT, DEST]
    plain = inner6(sport=4321, dport=53)
    sent = inline(path, 1, plain, tag=77, tlvs=padn(8))
    assert set(bench.send(src=sent)) == {"to_vnf"}
    (entry,) = bench.proxy.cache()
    assert entry.pop("age") < 60000
    assert entry == {
        "sid": SID, "inner": "ip6", "srh": bytes(sent)[40:40 + 8 + 4 * 16 + 8],
        "flow": {"src": SOURCE, "dst": DEST, "proto": 17, "sport": 4321, "dport": 53},
    }


@pytest.mark.data
def test_kept_srhs_of_many_flows(bench):
    end_am(bench, "cache", flows=256)
    packets = [inner6(sport=port) for port in range(1, 151)]
    assert len(bench.send(src=[inline(PATH, 0, packet) for packet in packets])["to_vnf"]) == 150
    entries = bench.proxy.cache(SID)
    ports = [entry["flow"]["sport"] for entry in entries]
    assert len(ports) == len(set(ports)) and set(ports) <= set(range(1, 151))
    assert len(bench.send(from_vnf=packets)["dst"]) == len(ports)


@pytest.mark.parametrize("flows", (2, 8))
def test_oldest_makes_room(bench, flows):
    """One by one, however fast they come."""
    end_am(bench, "cache", flows=flows)
    packets = [inner6(sport=port) for port in range(1, flows + 5)]
    sent = [Raw(bytes(inline(PATH, 0, packet))) for packet in packets]  # no work in between
    assert bench.send(src=sent[:flows + 1]) == dict(to_vnf=packets[:flows + 1])
    assert not bench.send(from_vnf=packets[0]) and bench.send(from_vnf=packets[1])
    assert bench.send(src=sent[flows + 1:]) == dict(to_vnf=packets[flows + 1:])
    assert sorted(entry["flow"]["sport"] for entry in bench.proxy.cache(SID)) == list(range(5, flows + 5))
    gone = [packet.sport for packet in packets if not bench.send(from_vnf=packet)]
    assert gone == [1, 2, 3, 4]
    assert bench.drops(SID) == {"no_flow": 5}


@pytest.mark.parametrize("flows", (1, 9))
def test_never_more_than_configured(bench, flows):
    end_am(bench, "cache", flows=flows)
    packets = [inner6(sport=port) for port in range(1, 101)]
    assert len(bench.send(src=[inline(PATH, 0, packet) for packet in packets])["to_vnf"]) == 100
    assert 1 <= len(bench.proxy.cache(SID)) <= flows
    # The latest is there, whatever had to go.
    assert bench.send(from_vnf=packets[-1]) == dict(dst=[inline(PATH, 1, hop(packets[-1]))])


def test_flush(bench):
    end_am(bench, "cache")
    for forget in (lambda: bench.proxy.flush("cache"), lambda: bench.proxy.delete("cache", SID)):
        assert set(bench.send(src=inline(PATH, 0, inner6()))) == {"to_vnf"}
        assert set(bench.send(from_vnf=inner6())) == {"dst"}
        forget()
        assert bench.proxy.cache() == []
        assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID) == {"no_flow": 2}


def test_deleted_sid_takes_it_along(bench):
    end_am(bench, "cache")
    assert set(bench.send(src=inline(PATH, 0, inner6()))) == {"to_vnf"}
    bench.proxy.delete("sid", SID)
    assert bench.proxy.cache() == []
    bench.proxy.sid(SID, behavior="End.AM", vnf="fw", flavors="cache")
    assert bench.send(from_vnf=inner6()) == {}


def test_changes_that_do_not_concern_it_keep_it(bench):
    end_am(bench, "cache")
    assert set(bench.send(src=inline(PATH, 0, inner6()))) == {"to_vnf"}
    bench.proxy.change("vnf", name="fw", on_down="bypass")
    bench.proxy.change("sid", addr=SID, table=254)
    assert bench.send(from_vnf=inner6()) == dict(dst=[inline(PATH, 1, hop(inner6()))])


@pytest.mark.data
@pytest.mark.parametrize("values", (
    {"flavors": "nat,cache"}, {"flavors": "last"}, {"flavors": "next-csid"}, {"inner": "ip4"}, {"inner": "eth"},
    {"inner": "ip"}, {"flows": 8}, {"permit": "full"}, {"ttl_mode": "uniform"}, {"dscp_mode": "pipe"},
    {"flavors": "cache", "flows": 0}, {"flavors": "cache", "flows": 65537}, {"margin": 3}, {"ageing": 9},
), ids=lambda values: ", ".join(f"{key} {value}" for key, value in values.items()))
def test_refusals(bench, values):
    bench.fw()
    with pytest.raises(NlError) as error:
        bench.proxy.sid(SID, behavior="End.AM", vnf="fw", **values)
    assert error.value.errno in (22, 34) and error.value.message
    assert bench.proxy.show("sid") == []


def test_chain_is_refused(bench):
    bench.fw()
    bench.proxy.chain("chain", src="fc00:b::", segs=[NEXT])
    with pytest.raises(NlError, match="EINVAL"):
        bench.proxy.sid(SID, behavior="End.AM", vnf="fw", chain="chain")


# HMAC


@pytest.fixture
def keys(bench):
    keys = Keys(bench.node)
    keys[7], keys[8] = SECRETS[7], SECRETS[8]
    yield keys
    keys.close()


def signed(path, at, plain, key=7, **values):
    tlvs = hmac_tlv(key, SECRETS[key], plain.src, path, 0, flags=HMAC_FLAG)
    return inline(path, at, plain, flags=HMAC_FLAG, tlvs=tlvs, **values)


@pytest.mark.parametrize("flavors", FLAVORS)
def test_hmac_is_made_anew(bench, keys, flavors):
    end_am(bench, flavors, hmac=8)
    plain = inner6()
    seen = plain if "cache" in flavors else signed(PATH, 0, plain, dst=DEST)
    assert bench.send(src=signed(PATH, 0, plain)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(dst=[signed(PATH, 1, hop(plain), 8)])


def test_hmac_of_what_nat_made_of_it(bench, keys):
    """Last segment and source are in it."""
    end_am(bench, "nat", hmac=8)
    changed = inner6(src="2001:db8:1::99", dst=OTHER)
    returned = inline(PATH, 0, changed, dst=OTHER, flags=HMAC_FLAG,
                      tlvs=hmac_tlv(7, SECRETS[7], SOURCE, PATH, 0, flags=HMAC_FLAG))
    assert bench.send(from_vnf=returned) == dict(dst=[signed([SID, NEXT, OTHER], 1, hop(changed), 8)])


@pytest.mark.parametrize("flavors", ("", "cache"))
def test_hmac_stays_without_a_key(bench, keys, flavors):
    end_am(bench, flavors)
    plain = inner6()
    seen = plain if "cache" in flavors else signed(PATH, 0, plain, dst=DEST)
    assert bench.send(src=signed(PATH, 0, plain)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(dst=[signed(PATH, 1, hop(plain))])


@pytest.mark.parametrize("flavors", ("", "cache"))
def test_no_such_key(bench, keys, flavors):
    end_am(bench, flavors, hmac=99)
    plain = inner6()
    seen = plain if "cache" in flavors else signed(PATH, 0, plain, dst=DEST)
    assert bench.send(src=signed(PATH, 0, plain)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == {}
    assert bench.drops(SID) == {"hmac_key": 1}
    # Nor does it take a key where there is no HMAC.
    seen = shown(flavors, PATH, 0, plain)
    assert bench.send(src=inline(PATH, 0, plain)) == dict(to_vnf=[seen])
    assert bench.send(from_vnf=seen) == dict(dst=[inline(PATH, 1, hop(plain))])


@pytest.mark.parametrize("flavors", ("", "cache"))
def test_required_hmac(bench, keys, flavors):
    end_am(bench, flavors, require_hmac=1)
    assert set(bench.send(src=signed(PATH, 0, inner6()))) == {"to_vnf"}
    wrong = signed([SID, NEXT, OTHER], 0, inner6())
    wrong[SRH].segs = [DEST, NEXT, SID]
    assert bench.send(src=[inline(PATH, 0, inner6()), wrong]) == {}
    assert bench.drops(SID) == {"hmac": 2}


# Whoever looks on


@pytest.mark.parametrize("flavors", FLAVORS)
def test_packets_that_others_hold(bench, flavors):
    """A packet socket of the node's sees each packet as it came, whatever becomes of it."""
    path, plain = PATHS["next to last"][0], inner6()
    end_am(bench, flavors)
    taps = {dev: Port(bench.node, dev, "02:00:00:00:00:00", "02:00:00:00:00:00") for dev in ("src", "from-vnf")}
    sent, seen = inline(path, 0, plain), shown(flavors, path, 0, plain)
    try:
        assert bench.send(src=sent) == dict(to_vnf=[seen])
        assert bench.send(from_vnf=seen) == dict(dst=[onward(flavors, path, 0, hop(plain))])
        for dev, packet in (("src", sent), ("from-vnf", seen)):
            first = taps[dev].wait_for(lambda frame: frame.proto == 0x86DD and not is_fence(frame), "the packet")
            assert first == packet
    finally:
        for tap in taps.values():
            tap.close()


@pytest.mark.parametrize("flavors", SOME)
def test_packet_in_pages(bench, flavors):
    """All but the Ethernet header is where a driver's memory is."""
    path, plain = PATHS["next to last"][0], inner6(8000)
    end_am(bench, flavors)
    in_pages = struct.pack("=BBHHHH", 0, 0, 14, 0, 0, 0)
    bench.node.ip("\n".join(f"link set {dev} mtu 9000" for dev in PLAIN_LINKS))
    try:
        seen = shown(flavors, path, 0, plain)
        bench.gso_src.send(inline(path, 0, plain), offload=in_pages)
        assert bench.arrived() == dict(to_vnf=[seen])
        bench.gso_vnf.send(seen, offload=in_pages)
        assert bench.arrived() == dict(dst=[onward(flavors, path, 0, hop(plain))])
    finally:
        bench.node.ip("\n".join(f"link set {dev} mtu 1500" for dev in PLAIN_LINKS))


# Super-packets


@pytest.mark.both_hooks
@pytest.mark.parametrize("where", ("next to last", data("two more")))
@pytest.mark.parametrize("flavors", FLAVORS)
def test_super_packet(bench, flavors, where):
    """As a whole, there and back, the checksum still to be computed."""
    path, at = PATHS[where]
    end_am(bench, flavors)
    plain, srh = unfinished(tcp6(20000)), 8 + 16 * len(path)
    bench.gso_src.send(inline(path, at, plain), offload=vnet_hdr(1300, srh))
    arrived = bench.arrived()
    seen = shown(flavors, path, at, plain)
    assert arrived == dict(to_vnf=[seen]) and not arrived["to_vnf"][0].csum_ready
    bench.gso_vnf.send(seen, offload=vnet_hdr(1300, 0 if "cache" in flavors else srh))
    arrived = bench.arrived()
    assert arrived == dict(dst=[onward(flavors, path, at, hop(plain))]) and not arrived["dst"][0].csum_ready
    assert bench.drops(SID) == {}


@pytest.mark.data
@pytest.mark.parametrize("where", ("next to last", "two more"))
@pytest.mark.parametrize("flavors", FLAVORS)
def test_unfinished_checksum(bench, flavors, where):
    path, at = PATHS[where]
    end_am(bench, flavors)
    plain, srh = unfinished(tcp6(500)), 8 + 16 * len(path)
    bench.gso_src.send(inline(path, at, plain), offload=vnet_hdr(0, srh))
    seen = shown(flavors, path, at, plain)
    assert bench.arrived() == dict(to_vnf=[seen])
    bench.gso_vnf.send(seen, offload=vnet_hdr(0, 0 if "cache" in flavors else srh))
    arrived = bench.arrived()
    assert arrived == dict(dst=[onward(flavors, path, at, hop(plain))]) and not arrived["dst"][0].csum_ready


@pytest.mark.parametrize("where", ("next to last", data("two more")))
@pytest.mark.parametrize("flavors", FLAVORS)
@pytest.mark.parametrize("leg", (data("to_vnf"), "dst"))
def test_super_packet_is_segmented_for_a_device_that_cannot(bench, leg, flavors, where):
    """Every segment bears the SRH, and a checksum that is right where the last segment is."""
    path, at = PATHS[where]
    end_am(bench, flavors)
    plain, srh = tcp6(5000), 8 + 16 * len(path)
    assert set(bench.send(src=inline(path, at, tcp6(10)))) == {"to_vnf"}
    bench.node.run("ethtool", "-K", bench.device(leg), "tso", "off", "gso", "off", "tx", "off")
    try:
        if leg == "to_vnf":
            bench.gso_src.send(inline(path, at, unfinished(plain)), offload=vnet_hdr(1300, srh))
        else:
            returned = shown(flavors, path, at, unfinished(plain))
            bench.gso_vnf.send(returned, offload=vnet_hdr(1300, 0 if "cache" in flavors else srh))
        arrived = bench.arrived()
        segments = [tcp6(len(chunk), seq=1 + n) for n, chunk in _chunks(bytes(plain[TCP].payload), 1300)]
        for segment, (_, chunk) in zip(segments, _chunks(bytes(plain[TCP].payload), 1300)):
            segment[TCP].payload = Raw(chunk)
        if leg == "to_vnf":
            assert arrived == dict(to_vnf=[shown(flavors, path, at, segment) for segment in segments])
        else:
            assert arrived == dict(dst=[onward(flavors, path, at, hop(segment)) for segment in segments])
        assert all(frame.csum_ready for frame in arrived[leg])
    finally:
        bench.node.run("ethtool", "-K", bench.device(leg), "tso", "on", "gso", "on", "tx", "on")


def _chunks(data, size):
    return [(start, data[start:start + size]) for start in range(0, len(data), size)]


# A kernel's own TCP, headends and VNFs


@pytest.fixture
def peers(module):
    yield shared()
    shared().reset()


def both_ways(peers, flavors):
    peers.vnf("fw")
    for sid, reverse in ((THERE, 0), (BACK, 1)):
        peers.proxy.sid(sid, behavior="End.AM", vnf="fw", reverse=reverse, **({"flavors": flavors} if flavors else {}))


def nothing_lost(peers, at_least, segmented=False):
    for sid in (THERE, BACK):
        peers.proxy.passes_all(sid, at_least, segmented)


@pytest.mark.parametrize("flavors", FLAVORS)
@pytest.mark.parametrize("last", (True, data(False)), ids=("next to last", "then End"))
def test_tcp_through_a_router(peers, flavors, last):
    """The kernel's inline mode both ways, through a router that knows nothing of segments."""
    both_ways(peers, flavors)
    peers.headend("there", 6, [THERE, *([] if last else ["fc00:2::e"])], mode="inline")
    peers.headend("back", 6, [BACK, *([] if last else ["fc00:1::e"])], mode="inline")
    # The kernel's inline mode loses super-packets.
    peers.single_packets_only()
    # What is left of the SRH at its end is the end's business; after psp nothing is.
    peers.end_hosts_take_srh("psp" not in flavors or not last)
    peers.exchange(6)
    nothing_lost(peers, 100)
    assert len(peers.proxy.cache()) == (2 * peers.flows if "cache" in flavors else 0)


@pytest.mark.parametrize("able", (True, False), ids=("whole", "segmented by the node"))
@pytest.mark.parametrize("flavors, family", (
    ("", 4), ("cache", 6), data("nat", 6), data("psp", 4), data("psp,cache", 4), data("nat,psp", 6),
))
def test_super_packets_through_a_router(peers, flavors, family, able):
    """Encapsulated TCP, with a router that forwards the encapsulation to its last segment."""
    both_ways(peers, flavors)
    if not able:
        peers.unable("node", "to-fw", "p2")
    for dst, via in (("fc00:d::/32", "fd00:f2::1"), ("fc00:a::/32", "fd00:f1::1")):
        peers.route("fw", f"{dst} via {via}")
    tail = {4: "d4", 6: "d6"}[family]
    peers.headend("there", family, [THERE, f"fc00:d::{tail}"])
    peers.headend("back", family, [BACK, f"fc00:a::{tail}"])
    peers.exchange(family)
    nothing_lost(peers, 10, segmented=not able)


@pytest.mark.parametrize("flavors", ("nat", "nat,psp"))
@pytest.mark.parametrize("last", (True, data(False)), ids=("next to last", "then End"))
def test_nat_in_the_vnf(peers, flavors, last):
    """nftables translates what to h1 is a server of its own: there the destination, back the source."""
    virtual = "2001:db8:2::53"
    peers.fw.run("nft", "-f", "-", input=f"""
        table ip6 nat {{
            chain prerouting {{
                type nat hook prerouting priority dstnat
                ip6 daddr {virtual} counter dnat to {H2[6]}
            }}
        }}
    """)
    try:
        peers.vnf("fw")
        peers.proxy.sid(THERE, behavior="End.AM", vnf="fw", flavors=flavors)
        peers.proxy.sid(BACK, behavior="End.AM", vnf="fw", flavors=flavors, reverse=1)
        peers.headend("there", 6, [THERE, *([] if last else ["fc00:2::e"])], mode="inline", to=virtual)
        peers.headend("back", 6, [BACK], mode="inline")
        peers.single_packets_only()
        peers.exchange(6, server=virtual)
        assert "packets 0 " not in peers.fw.run("nft", "list", "table", "ip6", "nat").stdout
        assert peers.proxy.drops(THERE) == peers.proxy.drops(BACK) == {}
    finally:
        peers.fw.run("nft", "flush", "ruleset")
