# SPDX-License-Identifier: GPL-2.0
"""Every drop reason of the UAPI: exactly one packet, counted under exactly one reason, going nowhere.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import struct
from contextlib import contextmanager, nullcontext

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN,
)
from scapy.packet import Raw

from lib import faults, uapi
from lib.bench import HEADEND, LAST, NEXT, PATH, SID, SID2, SID3
from lib.genl import Family, NlError, attr, u8, u32
from lib.netns import until
from lib.packet import ETHERNET, PAD1, SRH, ether, hmac_tlv, inner, inner4, inner6, padn, srv6, tlv

pytestmark = pytest.mark.both_hooks

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])


def plain(nh=None, **values):
    """An outer header without SRH; nh for the next header to claim."""
    if nh is not None:
        values["nh"] = nh
    return IPv6(**{"src": HEADEND, "dst": SID, **values})


def cut(packet, size):
    """Only so many bytes of it, the payload length right."""
    packet = bytearray(bytes(packet)[:size])
    struct.pack_into("!H", packet, 4, size - 40)
    return Raw(bytes(packet))


def patched(packet, offset, value):
    packet = bytearray(bytes(packet))
    packet[offset:offset + len(value)] = value
    return Raw(bytes(packet))


def fragment(**values):
    return plain() / IPv6ExtHdrFragment(id=1, **values)


def with_chksum(packet, chksum):
    packet.chksum = chksum
    return packet


# {reason: {variant: packet to the SID}}: those that show in the packet alone, End.AD
PACKETS = {
    "outer_fragment": {
        "first": fragment(m=1, nh=41) / inner6(),
        "other": fragment(offset=10, nh=41) / inner6(),
        "atomic": fragment(nh=41) / inner6(),
        "behind the SRH": srv6(PATH, after=[IPv6ExtHdrFragment(nh=41, m=1)]) / inner6(),
        "of an SRH": plain() / IPv6ExtHdrFragment(nh=43, m=1) / SRH(segs=[LAST, NEXT, SID]) / inner6(),
    },
    "ext_header": {
        "hop-by-hop not first": plain() / OPTIONS / HOP_BY_HOP / SRH(segs=[LAST, NEXT, SID]) / inner6(),
        "options cut off": cut(plain() / OPTIONS, 44),
        "options beyond the end": patched(plain() / OPTIONS / inner6(48), 41, b"\xff"),
        "options' first byte only": cut(plain() / OPTIONS, 41),
        "nothing behind the announcement": cut(plain(nh=60) / Raw(b""), 40),
        "second SRH": srv6(PATH) / SRH(segs=[LAST, NEXT]) / inner6(),
        "another routing header": srv6(PATH) / IPv6ExtHdrRouting(type=3, segleft=1, addresses=[NEXT]) / inner6(),
        "another routing header before": plain() / IPv6ExtHdrRouting(type=0, segleft=1, addresses=[NEXT])
        / SRH(segs=[LAST, NEXT, SID]) / inner6(),
        "nine headers": srv6(PATH, before=[OPTIONS] * 9) / inner6(),
    },
    "srh_invalid": {
        "length too small for the list": srv6(PATH, len=4) / inner6(),
        "length zero": srv6(PATH, len=0) / inner6(),
        "length beyond the packet": srv6(PATH, len=255) / inner6(48),
        "last entry too large": srv6(PATH, last=3) / inner6(),
        "last entry 255": srv6(PATH, last=255) / inner6(),
        "segments left too large": srv6(PATH, sl=4) / inner6(),
        "segments left 255": srv6(PATH, sl=255) / inner6(),
        "TLV too long": srv6(PATH, tlvs=bytes([200, 7]) + bytes(6)) / inner6(),
        "TLV of 255 bytes in 8": srv6(PATH, tlvs=bytes([200, 255]) + bytes(6)) / inner6(),
        "TLV without length": srv6(PATH, tlvs=padn(7) + bytes([200])) / inner6(),
        "Pad1 before a long TLV": srv6(PATH, tlvs=PAD1 + bytes([4, 6]) + bytes(5)) / inner6(),
        "cut off in the list": cut(srv6(PATH), 40 + 8 + 16 + 8),
        "next segment multicast": srv6([SID, "ff02::1", LAST]) / inner6(),
    },
    "no_srh": {
        "plain tunnel": plain() / inner6(),
        "with options": plain() / OPTIONS / inner6(),
        "IPv4": plain() / inner4(),
    },
    "sl_zero": {
        "last of two": srv6([NEXT, SID], 1) / inner6(),
        "only one": srv6([SID]) / inner6(),
        "IPv4": srv6([NEXT, SID], 1) / inner4(),
    },
    "inner_type": {
        "UDP": srv6(PATH) / UDP() / Raw(b"x" * 20),
        "TCP": srv6(PATH) / TCP(),
        "ping": srv6(PATH) / ICMPv6EchoRequest(),
        "Ethernet": srv6(PATH, nh=143) / Raw(b"\0" * 60),
        "nothing": srv6(PATH, nh=59),
        "AH": srv6(PATH, nh=51) / Raw(b"\4\4\0\0" + bytes(20)) / inner6(),
        "ESP": srv6(PATH, nh=50) / Raw(bytes(40)),
        "unknown": srv6(PATH, nh=253) / inner6(),
        "mobility header": srv6(PATH, nh=135) / Raw(b"\x3b\0\0\0\0\0\0\0"),
    },
    "inner_invalid": {
        "IPv6, version 5": srv6(PATH, nh=41) / patched(inner6(), 0, b"\x50"),
        "IPv4 announced as IPv6": srv6(PATH, nh=41) / inner4(),
        "IPv6 announced as IPv4": srv6(PATH, nh=4) / inner6(),
        "IPv6 header cut off": cut(srv6(PATH) / inner6(), 96 + 39),
        "IPv6 header missing": cut(srv6(PATH) / inner6(), 96),
        "IPv6 payload cut off": cut(srv6(PATH) / inner6(), 96 + 99),
        "IPv6 jumbogram": srv6(PATH) / IPv6(plen=0) / IPv6ExtHdrHopByHop() / Raw(b"x" * 50),
        "IPv4 header cut off": cut(srv6(PATH) / inner4(), 96 + 19),
        "IPv4 header missing": cut(srv6(PATH) / inner4(), 96),
        "IPv4 payload cut off": cut(srv6(PATH) / inner4(), 96 + 99),
        "IPv4 header length 4": srv6(PATH, nh=4) / patched(inner4(), 0, b"\x44"),
        "IPv4 header length beyond the packet": srv6(PATH, nh=4) / patched(inner4(28), 0, b"\x4f"),
        "IPv4 total length below the header's": srv6(PATH, nh=4) / IP(len=19) / UDP(),
        "IPv4 total length 0": srv6(PATH, nh=4) / IP(len=0) / UDP(),
        "IPv4 checksum": srv6(PATH) / with_chksum(inner4(), 0xBAD),
    },
    "ecn": {
        "IPv6": srv6(PATH, tc=3) / inner6(),
        "IPv4": srv6(PATH, tc=3) / inner4(),
        "with DSCP": srv6(PATH, tc=0xBB) / inner6(tc=0xB8),
    },
    "hmac": {
        "unknown key": srv6(PATH, tlvs=hmac_tlv(99, b"secret", HEADEND, PATH, 2), flags=0x08) / inner6(),
        "of zeros": srv6(PATH, tlvs=tlv(5, bytes(38)), flags=0x08) / inner6(),
    },
}


def counted(bench, drops):
    """The kernel checks HMACs itself on their way through its seg6local routes, and counts nothing."""
    by_kernel = ("hmac",) if bench.proxy.hook == "seg6local" else ()
    return {reason: n for reason, n in drops.items() if reason not in by_kernel}


@pytest.mark.data
@pytest.mark.parametrize("reason, variant", [(reason, name) for reason in PACKETS for name in PACKETS[reason]])
def test_by_packet(bench, reason, variant):
    bench.end_ad()
    assert bench.send(src=PACKETS[reason][variant]) == {}
    assert bench.drops(SID) == counted(bench, {reason: 1})
    assert bench.proxy.stats(SID) == {"in_packets": 0, "in_bytes": 0, "out_packets": 0, "out_bytes": 0}


def test_all_packets(bench):
    """Of all of them, none gets anywhere, and each is counted."""
    bench.end_ad()
    assert bench.send(src=[packet for variants in PACKETS.values() for packet in variants.values()]) == {}
    assert bench.drops(SID) == counted(bench, {reason: len(variants) for reason, variants in PACKETS.items()})


# What End.AS, which needs no SRH, drops as well.
STATIC = {
    "outer_fragment": fragment(m=1, nh=41) / inner6(),
    "ext_header": plain() / OPTIONS / HOP_BY_HOP / inner6(),
    "srh_invalid": srv6(PATH, last=3) / inner6(),
    "inner_type": plain() / ICMPv6EchoRequest(),
    "inner_invalid": plain() / patched(inner6(), 0, b"\x50"),
    "ecn": plain(tc=3) / inner6(),
    "hmac": PACKETS["hmac"]["unknown key"],
}


@pytest.mark.data
@pytest.mark.parametrize("reason", STATIC)
def test_by_packet_static(bench, reason):
    bench.end_as()
    packet = STATIC[reason]
    if reason == "inner_invalid":
        packet = plain(nh=41) / packet.payload
    assert bench.send(src=packet) == {}
    assert bench.drops(SID) == counted(bench, {reason: 1})


# The other reasons need a situation: a context with a SID and packets, by port, that it drops; and
# perhaps one more that is for sending them only.


@contextmanager
def from_vnf(bench):
    bench.fw()
    bench.proxy.sid(SID, inner="ip4")
    bench.proxy.vnf("other", dev="absent", nh6="fd00:3::2")
    bench.proxy.sid(SID2, vnf="other")
    yield SID2, dict(from_vnf=srv6([SID2, NEXT]) / inner4())


@contextmanager
def hop_limit(bench, value):
    bench.end_ad()
    yield SID, dict(src=srv6(PATH, hlim=value) / inner6())


@contextmanager
def inner_type_not_wanted(bench, wanted, packet):
    bench.end_ad(inner=wanted)
    outer = srv6(PATH, nh=ETHERNET) if isinstance(packet, Raw) else srv6(PATH)
    yield SID, dict(src=outer / packet)


@contextmanager
def required_hmac(bench, tlvs):
    bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": 1})
    try:
        bench.end_ad()
        yield SID, dict(src=srv6(PATH, tlvs=tlvs, flags=0x08 if tlvs else 0) / inner6())
    finally:
        bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": 0})


@contextmanager
def required_by_sid(bench):
    bench.end_ad(require_hmac=1)
    yield SID, dict(src=srv6(PATH) / inner6())


@contextmanager
def vnf_down(bench, device, end):
    bench.end_ad()
    ns = bench.node if end == "admin" else bench.world
    ns.ip(f"link set {bench.device(device)} down")
    bench.silent.add(device)
    try:
        until(lambda: bench.proxy.get("vnf", "fw")["state"] == "down", "VNF is down")
        yield SID, dict(src=srv6(PATH) / inner6())
    finally:
        ns.ip(f"link set {bench.device(device)} up")
        until(lambda: bench.proxy.get("vnf", "fw")["state"] == "up", "VNF is up")
        bench.set_up_link(device, new=False)
        bench.silent.discard(device)


@contextmanager
def vnf_missing(bench, values):
    bench.proxy.vnf("fw", **values, nh6="fd00:3::2")
    bench.proxy.sid(SID)
    yield SID, dict(src=srv6(PATH) / inner6())


@contextmanager
def vnf_too_big(bench, packet):
    bench.node.ip("link set to-vnf mtu 1300")
    try:
        bench.end_ad(inner="ip,eth")
        yield SID, dict(src=srv6(PATH) / packet)
    finally:
        bench.node.ip("link set to-vnf mtu 1500")


@contextmanager
def vnf_xmit(bench):
    """A queue that takes no packet of this size."""
    bench.node.run(*"tc qdisc add dev to-vnf root tbf rate 1mbit burst 200b limit 200b".split())
    bench.end_ad()
    try:
        yield SID, dict(src=srv6(PATH) / inner6(1000))
    finally:
        bench.node.run(*"tc qdisc del dev to-vnf root".split())


@contextmanager
def not_learned(bench, packet):
    bench.end_ad()
    yield SID, dict(from_vnf=packet)


@contextmanager
def flushed(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.flush("cache")
    yield SID, dict(from_vnf=inner6())


@contextmanager
def aged_out(bench, packet):
    bench.end_ad(ageing=1)
    bench.teach(srv6(PATH) / packet)
    until(lambda: bench.proxy.cache()[0].get("expired"), "the learned header has aged out")
    yield SID, dict(from_vnf=packet)


@contextmanager
def inner_hop_limit(bench, packet):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    yield SID, dict(from_vnf=packet)


@contextmanager
def too_big(bench, packet):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    yield SID, dict(from_vnf=packet)


@contextmanager
def no_route(bench, next_segment, packet):
    bench.end_ad()
    bench.teach(srv6([SID, next_segment]) / packet)
    yield SID, dict(from_vnf=packet)


@contextmanager
def unreachable_route(bench):
    bench.node.ip("route add unreachable fc00:dead::/32")
    try:
        with no_route(bench, "fc00:dead::1", inner6()) as case:
            yield case
    finally:
        bench.node.ip("route del unreachable fc00:dead::/32")


@contextmanager
def not_last(bench, packet):
    bench.last(inner="ip,eth")
    yield SID, dict(src=srv6(PATH) / packet)


@contextmanager
def vnf_srh(bench, configure, packet):
    getattr(bench, configure)()
    yield SID, dict(from_vnf=packet)


@contextmanager
def no_flow(bench, configure, values, packet):
    getattr(bench, configure)(**values)
    yield SID, dict(from_vnf=packet)


@contextmanager
def not_permitted(bench):
    """Another segment than the packet came with."""
    bench.end_an()
    bench.send(src=srv6(PATH) / inner6())
    yield SID, dict(from_vnf=srv6([SID, "fc00:c::bad", LAST]) / inner6())


@contextmanager
def hmac_key(bench):
    bench.end_as(chain_values={"hmac": 4711})
    yield SID, dict(from_vnf=inner6())


@contextmanager
def frame_from_vnf(bench, taught, segs, frame):
    bench.end_ad(inner="eth")
    if taught:
        bench.teach(srv6(segs) / ether())
    yield SID, dict(from_vnf=frame)


@contextmanager
def loop(bench):
    """An End.AS whose VNF is down and bypassed, and whose chain leads to itself."""
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.chain("self", src="fc00:b::", segs=[SID])
    bench.proxy.sid(SID, behavior="End.AS", chain="self")
    yield SID, dict(src=plain() / inner6())


@contextmanager
def no_memory(bench, port):
    if not faults.present():
        pytest.skip(faults.NEEDS)
    bench.end_ad()
    if port == "from_vnf":
        bench.teach(srv6(PATH) / inner6())
        bench.send(from_vnf=inner6())  # for the route, which is cached now
    yield SID, {port: srv6(PATH) / inner6() if port == "src" else inner6()}, faults.in_module()


GOOD_HMAC_OF_ANOTHER_LIST = hmac_tlv(99, b"secret", HEADEND, [SID, NEXT], 1)

SITUATIONS = {
    "from_vnf": {"another VNF's": (from_vnf,)},
    "hop_limit": {"1": (hop_limit, 1), "0": (hop_limit, 0)},
    "inner_type": {
        "IPv4 where IPv6 is": (inner_type_not_wanted, "ip6", inner4()),
        "IPv6 where IPv4 is": (inner_type_not_wanted, "ip4", inner6()),
        "IPv6 where Ethernet is": (inner_type_not_wanted, "eth", inner6()),
        "Ethernet where IP is": (inner_type_not_wanted, "ip", ether()),
    },
    "inner_invalid": {
        "no Ethernet header": (inner_type_not_wanted, "eth", Raw(bytes(13))),
    },
    "hmac": {
        "required, absent": (required_hmac, b""),
        "required, wrong": (required_hmac, GOOD_HMAC_OF_ANOTHER_LIST),
        "required by the SID": (required_by_sid,),
    },
    "vnf_down": {
        "IFACE-OUT admin down": (vnf_down, "to_vnf", "admin"),
        "IFACE-IN admin down": (vnf_down, "from_vnf", "admin"),
        "IFACE-OUT without carrier": (vnf_down, "to_vnf", "carrier"),
        "IFACE-IN without carrier": (vnf_down, "from_vnf", "carrier"),
        "IFACE-OUT missing": (vnf_missing, {"dev": "absent", "iif": "from-vnf"}),
        "IFACE-IN missing": (vnf_missing, {"dev": "to-vnf", "iif": "absent"}),
        "both missing": (vnf_missing, {"dev": "absent"}),
    },
    "vnf_too_big": {
        "IPv6": (vnf_too_big, inner6(1301)),
        "IPv4 with DF": (vnf_too_big, inner4(1301)),
        "Ethernet": (vnf_too_big, ether(inner6(1305))),
    },
    "vnf_xmit": {"queue full": (vnf_xmit,)},
    "not_last": {
        "IPv6": (not_last, inner6()), "IPv4": (not_last, inner4()), "Ethernet": (not_last, ether()),
    },
    "vnf_srh": {
        "End.AM, none": (vnf_srh, "end_am", inner6()),
        "End.AM, none left": (vnf_srh, "end_am", srv6(PATH, 2) / inner6()),
        "End.AN, none": (vnf_srh, "end_an", inner6()),
    },
    "no_flow": {
        "End.AM": (no_flow, "end_am", {"flavors": "cache"}, inner6()),
        "End.AN": (no_flow, "end_an", {}, srv6(PATH) / inner6()),
    },
    "not_permitted": {"another segment": (not_permitted,)},
    "hmac_key": {"none": (hmac_key,)},
    "not_learned": {
        "IPv6": (not_learned, inner6()),
        "IPv4": (not_learned, inner4()),
        "flushed": (flushed,),
        "Ethernet": (frame_from_vnf, False, PATH, ether()),
    },
    "aged_out": {"IPv6": (aged_out, inner6()), "IPv4": (aged_out, inner4())},
    "inner_hop_limit": {
        "IPv6, 1": (inner_hop_limit, inner6(hlim=1)),
        "IPv6, 0": (inner_hop_limit, inner6(hlim=0)),
        "IPv4, 1": (inner_hop_limit, inner4(ttl=1)),
        "IPv4, 0": (inner_hop_limit, inner4(ttl=0)),
    },
    "too_big": {
        "IPv6": (too_big, inner6(1405)),
        "IPv4 with DF": (too_big, inner4(1405)),
        "Ethernet": (frame_from_vnf, True, PATH, ether(inner6(1500 - 96 - 14 + 1))),
    },
    "no_route": {
        "none": (no_route, "fc00:dead::1", inner6()),
        "none, IPv4": (no_route, "fc00:dead::1", inner4()),
        "unreachable": (unreachable_route,),
        "Ethernet": (frame_from_vnf, True, [SID, "fc00:dead::1"], ether()),
    },
    "loop": {"chain to itself": (loop,)},
    "no_memory": {"learning": (no_memory, "src"), "pushing": (no_memory, "from_vnf")},
}
# Reasons for which the inner or outer source is told, where it is behind the port src.
TELLS = ("hop_limit", "vnf_too_big", "inner_hop_limit", "too_big", "no_route")


@pytest.mark.parametrize("reason, variant", [(why, name) for why in SITUATIONS for name in SITUATIONS[why]])
def test_by_situation(bench, reason, variant):
    make, *args = SITUATIONS[reason][variant]
    with make(bench, *args) as (sid, packets, *during):
        before = bench.proxy.stats(sid)
        with during[0] if during else nullcontext():
            arrived = bench.send(**packets)
        drops = bench.drops(sid)
        after = bench.proxy.stats(sid)
    assert drops == ({reason: 1} if make is required_by_sid else counted(bench, {reason: 1}))
    assert set(arrived) <= ({"src"} if reason in TELLS else set())
    if reason != "loop":  # there the packet has gone out and in again many times before
        assert after == before


def test_every_reason_has_a_case():
    assert {*PACKETS, *SITUATIONS} == set(uapi.DROPS)


def test_every_reason_is_shown(bench):
    """With its counter, zero included."""
    bench.end_ad()
    drops = bench.proxy.get("sid", SID, stats=True)["stats"]["drops"]
    assert drops == {reason: 0 for reason in uapi.DROPS}


# HMAC done right. The key is the kernel's own, per namespace.

SEG6_CMD_SETHMAC, SEG6_ATTR_HMACKEYID, SEG6_ATTR_SECRET, SEG6_ATTR_SECRETLEN, SEG6_ATTR_ALGID = 1, 3, 4, 5, 6
SHA256 = 2


@pytest.fixture
def hmac_key(bench):
    secret = b"a shared secret"
    with bench.node:
        seg6 = Family("SEG6", 1)
    try:
        seg6.call(SEG6_CMD_SETHMAC, 0, [
            attr(SEG6_ATTR_HMACKEYID, u32(7)), attr(SEG6_ATTR_SECRETLEN, u8(len(secret))),
            attr(SEG6_ATTR_SECRET, secret), attr(SEG6_ATTR_ALGID, u8(SHA256)),
        ])
    except NlError as error:
        pytest.skip(f"needs CONFIG_IPV6_SEG6_HMAC: {error}")
    yield 7, secret
    seg6.call(SEG6_CMD_SETHMAC, 0, [
        attr(SEG6_ATTR_HMACKEYID, u32(7)), attr(SEG6_ATTR_SECRETLEN, u8(0)), attr(SEG6_ATTR_ALGID, u8(SHA256)),
    ])
    seg6.close()


@pytest.mark.parametrize("require", (0, 1))
@pytest.mark.parametrize("family", (4, 6))
def test_right_hmac_passes(bench, hmac_key, require, family):
    bench.end_ad()
    bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": require})
    good = srv6(PATH, flags=0x08, tlvs=hmac_tlv(*hmac_key, HEADEND, PATH, 2, flags=0x08))
    assert bench.send(src=good / inner(family)) == dict(to_vnf=[inner(family)])
    for wrong in (
        srv6(PATH, flags=0x08, src="fc00:a::2", tlvs=hmac_tlv(*hmac_key, HEADEND, PATH, 2, flags=0x08)),
        srv6([SID, NEXT, "fc00:c::9"], flags=0x08, tlvs=hmac_tlv(*hmac_key, HEADEND, PATH, 2, flags=0x08)),
    ):
        assert bench.send(src=wrong / inner(family)) == {}
    assert bench.drops(SID) == counted(bench, {"hmac": 2})
    bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": 0})


def test_drops_are_counted_at_their_own_sid(bench):
    bench.fw()
    bench.proxy.sid(SID, inner="ip4")
    bench.proxy.vnf("other", dev="absent", nh6="fd00:3::2")
    bench.proxy.sid(SID2, vnf="other")
    bench.proxy.sid(SID3, inner="ip6")
    bench.send(src=[plain() / inner4(), plain(dst=SID3) / inner6(), plain(dst=SID3) / inner6()])
    assert (bench.drops(SID), bench.drops(SID2), bench.drops(SID3)) == ({"no_srh": 1}, {}, {"no_srh": 2})
