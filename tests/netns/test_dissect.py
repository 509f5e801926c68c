# SPDX-License-Identifier: GPL-2.0
"""Wireshark understands every kind of packet that leaves the node: nothing malformed, no warning, all checksums right.

    headend ── src ──┐                  ┌── to-vnf ─────► VNF       MTU of all links: 9000
                     ├── node: End.Ax ──┼── from-vnf ◄─── VNF
    next SID ─ dst ──┘                  └── tagged ◄────► VNF       VLAN 100 in 300

One capture has them all, so that tshark has to start only once. What the packets should be like byte by
byte is said elsewhere; here, what somebody else takes them for.
"""

from typing import NamedTuple

import pytest
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, PadN
from scapy.packet import Raw

from lib import wireshark
from lib.bench import HEADEND, LAST, NEXT, PATH, PLAIN, SID, Bench, Link
from lib.inline import inline
from lib.keys import HMAC_FLAG, Keys
from lib.packet import PAD1, SRH, hmac_tlv, inner4, inner6, inner_of, padn, srv6, tlv
from lib.superpacket import tcp6, unfinished, vnet_hdr
from lib.wire import Port

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(wireshark.MISSING is not None, reason=str(wireshark.MISSING)),
]

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
SECRET = b"a shared secret"
LONG = [SID, *(f"fc00:c::{n:x}" for n in range(1, 127))]

# What Wireshark calls it
INNER = {"ip4": "ip:udp:data", "ip6": "ipv6:udp:data", "eth": "eth:ethertype:ipv6:udp:data"}
SRV6 = "ipv6:ipv6.routing"


class Scene(NamedTuple):
    """act(bench) returns what arrived; seen is what the packets at each port are taken for."""

    act: object
    seen: dict


def scenes():
    """{name: Scene}"""
    found = {}
    for kind, inside in INNER.items():
        packet = inner_of(kind)
        # End.AD: what it gets
        for name, (outer, seen) in {
            "two segments": (srv6([SID, NEXT]), SRV6),
            "three segments": (srv6(PATH), SRV6),
            "reduced": (srv6(PATH, reduced=True), SRV6),
            "127 segments": (srv6(LONG), SRV6),
            "127 segments, reduced": (srv6(LONG + [LAST], reduced=True), SRV6),
            "tag and flags": (srv6(PATH, tag=0xBEEF, flags=0xF7), SRV6),
            "PadN": (srv6(PATH, tlvs=padn(8)), SRV6),
            "Pad1": (srv6(PATH, tlvs=PAD1 * 8), SRV6),
            "opaque TLV": (srv6(PATH, tlvs=tlv(200, b"opaque")), SRV6),
            "HMAC": (signed(PATH), SRV6),
            "options before": (srv6(PATH, before=[OPTIONS]), "ipv6:ipv6.dstopts:ipv6.routing"),
            "options after": (srv6(PATH, after=[OPTIONS]), SRV6 + ":ipv6.dstopts"),
            "hop-by-hop options": (srv6(PATH, before=[HOP_BY_HOP]), "ipv6:ipv6.hopopts:ipv6.routing"),
        }.items():
            found[f"End.AD, {kind}, {name}"] = Scene(
                round_trip("end_ad", packet, outer, inner=kind), {"to_vnf": _plain(inside), "dst": f"{seen}:{inside}"})
        found[f"End.AD, {kind}, HMAC made anew"] = Scene(
            round_trip("end_ad", packet, signed(PATH), inner=kind, hmac=8),
            {"to_vnf": _plain(inside), "dst": f"{SRV6}:{inside}"})
        found[f"End.AD, {kind}, uniform"] = Scene(
            round_trip("end_ad", packet, srv6(PATH, hlim=33, tc=0xB8), inner=kind, dscp_mode="uniform",
                       **({} if kind == "eth" else {"ttl_mode": "uniform"})),
            {"to_vnf": _plain(inside), "dst": f"{SRV6}:{inside}"})
        # NEXT-C-SID
        for name, (outer, seen) in {
            "alone": (IPv6(src=HEADEND, dst="fcbb:bb00:f1:e1::"), "ipv6"),
            "last of the container": (srv6(["fcbb:bb00:f1::", "fcbb:bb00:e1::"]), SRV6),
            "with SRH": (towards("fcbb:bb00:f1:e1::", srv6([NEXT, LAST])), SRV6),
        }.items():
            found[f"NEXT-C-SID, {kind}, {name}"] = Scene(
                round_trip("end_ad", packet, outer, addr="fcbb:bb00:f1::", inner=kind, flavors="next-csid", lblen=32,
                           prefix_len=48),
                {"to_vnf": _plain(inside), "dst": f"{seen}:{inside}"})
        # End.AS: what it pushes
        for name, (segs, chain, seen) in {
            "one segment": ([NEXT], {}, "ipv6"),
            "one segment, tag": ([NEXT], {"tag": 5}, SRV6),
            "one segment, HMAC": ([NEXT], {"hmac": 7}, SRV6),
            "two segments": ([NEXT, LAST], {}, SRV6),
            "two segments, reduced": ([NEXT, LAST], {"reduced": 1}, SRV6),
            "127 segments": ([*LONG[1:], LAST], {}, SRV6),
            "127 segments, reduced, tag": ([*LONG[1:], LAST], {"reduced": 1, "tag": 5}, SRV6),
            "14 segments, HMAC": (LONG[1:15], {"hmac": 7}, SRV6),
            "15 segments, reduced, HMAC, tag, DSCP": (LONG[1:16], {"hmac": 7, "reduced": 1, "tag": 5, "dscp": 46}, SRV6),
        }.items():
            found[f"End.AS, {kind}, {name}"] = Scene(
                round_trip("end_as", packet, srv6([NEXT, SID], 1), inner=kind, segs=segs, chain_values=chain),
                {"to_vnf": _plain(inside), "dst": f"{seen}:{inside}"})
        for name, outer in {"SRH": srv6([NEXT, SID], 1), "no SRH": IPv6(src=HEADEND, dst=SID)}.items():
            seen = {"to_vnf": _plain(inside)}
            if kind != "eth":
                seen["dst"] = inside
            found[f"last, {kind}, {name}"] = Scene(round_trip("last", packet, outer, inner=kind), seen)
        found[f"tagged port, {kind}"] = Scene(
            round_trip("end_ad", packet, srv6(PATH), inner=kind, dev="tagged", iif="tagged"),
            {"tagged": f"vlan:ethertype:vlan:ethertype:{_plain(inside).removeprefix('eth:ethertype:')}",
             "dst": f"{SRV6}:{inside}"})

    # End.AM: what the VNF sees, and what leaves
    plain = inner6(dst=LAST)
    for flavors in ("", "nat", "psp", "cache", "psp,cache", "nat,psp"):
        for name, path, around, seen in (
            ("two left", PATH, {}, SRV6),
            ("one left", [SID, LAST], {}, "ipv6" if "psp" in flavors else SRV6),
            ("127 segments", [*LONG[:-1], LAST], {}, SRV6),
            ("TLVs", PATH, {"tlvs": tlv(200, b"opaque"), "tag": 1}, SRV6),
            ("options", PATH, {"after": [OPTIONS]}, SRV6 + ":ipv6.dstopts"),
        ):
            options = ":ipv6.dstopts" if around.get("after") else ""
            found[f"End.AM, {flavors or 'no flavor'}, {name}"] = Scene(
                echo("end_am", inline(path, 0, plain, **around), **({"flavors": flavors} if flavors else {})),
                {"to_vnf": ("ipv6" + options if "cache" in flavors else SRV6 + options) + ":udp:data",
                 "dst": seen + ":udp:data"})

    # End.AN
    for name, sent, seen in (
        ("plain", inline(PATH, 0, plain), "udp:data"),
        ("IPv4", srv6(PATH) / inner4(), "ip:udp:data"),
        ("IPv6", srv6(PATH, reduced=True) / inner6(), "ipv6:udp:data"),
        ("HMAC made anew", signed(PATH) / inner6(), "ipv6:udp:data"),
        ("127 segments", srv6(LONG) / inner6(), "ipv6:udp:data"),
    ):
        values = {"hmac": 8} if "HMAC" in name else {}
        found[f"End.AN, {name}"] = Scene(
            echo("end_an", sent, **values), {"to_vnf": f"{SRV6}:{seen}", "dst": f"{SRV6}:{seen}"})

    # Bypassed
    for kind in ("ip4", "ip6"):
        found[f"bypassed, {kind}"] = Scene(
            bypass("End.AD", srv6(PATH) / inner_of(kind)), {"dst": f"{SRV6}:{INNER[kind]}"})
    found["bypassed, End.AM psp"] = Scene(
        bypass("End.AM", inline([SID, LAST], 0, plain), flavors="psp"), {"dst": "ipv6:udp:data"})

    # Super-packets, segmented on their way out
    super_packet = unfinished(tcp6(3000, sport=1))
    found["segments, End.AD"] = Scene(
        segments("end_ad", srv6(PATH) / inner6(), super_packet, 0), {"dst": SRV6 + ":ipv6:tcp:data"})
    for n, flavors in enumerate(("psp", "cache", "psp,cache", "nat"), 2):
        super_packet = unfinished(tcp6(3000, sport=n, dst=LAST))
        path = PATH if flavors == "cache" else [SID, LAST]
        head = SRV6 if "psp" not in flavors else "ipv6"
        returned = super_packet if "cache" in flavors else inline(path, 0, super_packet, dst=LAST)
        extra = 0 if "cache" in flavors else 8 + 16 * len(path)
        found[f"segments, End.AM {flavors}"] = Scene(
            segments("end_am", inline(path, 0, tcp6(0, sport=n, dst=LAST)), returned, extra, flavors=flavors),
            {"dst": head + ":tcp:data"})

    # Errors
    quoted = "ipv6:icmpv6:ipv6"
    found["error, outer hop limit"] = Scene(
        error("end_ad", "src", srv6(PATH, hlim=1) / inner6()), {"src": f"{quoted}:ipv6.routing:ipv6:udp:data"})
    found["error, inner hop limit"] = Scene(
        error("end_as", "from_vnf", inner6(hlim=1)), {"src": f"{quoted}:udp:data"})
    found["error, inner TTL"] = Scene(error("end_as", "from_vnf", inner4(ttl=1)), {"src": "ip:icmp:ip:udp:data"})
    found["error, too big"] = Scene(error("end_as", "from_vnf", inner6(8999)), {"src": f"{quoted}:udp:data"})
    found["error, too big, IPv4"] = Scene(error("end_as", "from_vnf", inner4(8999)), {"src": "ip:icmp:ip:udp:data"})
    found["error, hop limit of End.AM"] = Scene(
        error("end_am", "from_vnf", inline(PATH, 0, inner6(dst=LAST, hlim=1), dst=LAST)),
        {"src": f"{quoted}:ipv6.routing:udp:data"})
    return found


def _plain(inside):
    """A frame is what a VNF gets by itself; all else is in a frame of the node's."""
    return inside.removeprefix("eth:ethertype:")


def signed(path):
    return srv6(path, flags=HMAC_FLAG, tlvs=hmac_tlv(7, SECRET, HEADEND, path, 0, flags=HMAC_FLAG))


def towards(dst, outer):
    outer.dst = dst
    return outer


# What happens in a scene


def round_trip(behavior, packet, outer, **values):
    """In to the VNF, which returns it."""
    def act(bench):
        getattr(bench, behavior)(**values)
        arrived = dict(bench.send(src=outer / packet))
        arrived.update(bench.send(**{values.get("iif", "from_vnf"): packet}))
        return arrived

    return act


def echo(behavior, sent, **values):
    """In to the VNF, which returns just what it got."""
    def act(bench):
        getattr(bench, behavior)(**values)
        arrived = dict(bench.send(src=sent))
        arrived.update(bench.send(from_vnf=[Raw(bytes(frame)) for frame in arrived["to_vnf"]]))
        return arrived

    return act


def bypass(behavior, sent, **values):
    def act(bench):
        bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
        bench.proxy.sid(SID, behavior=behavior, vnf="fw", **values)
        return bench.send(src=sent)

    return act


def segments(behavior, first, returned, extra, **values):
    """A super-packet returns, and the device cannot send such a thing."""
    def act(bench):
        getattr(bench, behavior)(**values)
        bench.send(src=first)
        bench.node.run("ethtool", "-K", "dst", "tso", "off", "gso", "off", "tx", "off")
        try:
            bench.gso_vnf.send(returned, offload=vnet_hdr(1300, extra))
            return bench.arrived()
        finally:
            bench.node.run("ethtool", "-K", "dst", "tso", "on", "gso", "on", "tx", "on")

    return act


def error(behavior, port, packet):
    def act(bench):
        getattr(bench, behavior)()
        return bench.send(**{port: packet})

    return act


# Packets that we had better not emit: that all this can fail
BAD = {
    "list shorter than the last entry says": srv6(PATH, last=3) / inner6(),
    "segments left beyond the list": srv6(PATH, sl=9) / inner6(),
    "header longer than the packet": srv6(PATH, len=200) / inner6(),
    "packet cut off": Raw(bytes(srv6(PATH) / inner6())[:100]),
    "checksum of a masqueraded packet": IPv6(src=HEADEND, dst=NEXT) / SRH(segs=[LAST, NEXT, SID], sl=1, nh=17)
    / Raw(b"\3\xe8\7\xd0\0\x0c\xba\xdabcd"),
    "payload length beyond the packet": IPv6(src=HEADEND, dst=NEXT, plen=300) / inner6(),
}
SCENES = scenes()


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, Link("tagged", tags="300,100")))
    bench.node.ip("\n".join(f"link set {dev} mtu 9000" for dev in (*PLAIN, "tagged")))
    bench.node.ip(f"route add fcbb:bb00::/32 via {bench.ip6('dst', 2)}")
    bench.gso_vnf = Port(bench.world, "from-vnf", bench.from_vnf.mac, bench.from_vnf.gateway, vnet_hdr=True)
    yield bench
    bench.gso_vnf.close()
    bench.close()


@pytest.fixture(scope="module")
def dissected(module_bench, tmp_path_factory):
    """{scene: {port: [Dissected, …]}}; instead, an exception if one was raised."""
    keys = Keys(module_bench.node)
    keys[7], keys[8] = SECRET, b"another secret"
    frames, found, where = [], {}, []
    for name, scene in SCENES.items():
        try:
            arrived = scene.act(module_bench)
            found[name] = {port: [] for port in arrived}
            for port, batch in arrived.items():
                where += [(name, port)] * len(batch)
                frames += [frame.whole[:12] + frame.tags + frame.whole[12:] for frame in batch]
        except Exception as exception:
            found[name] = exception
        finally:
            module_bench.reset()
    keys.close()
    for name, packet in BAD.items():
        found[name] = {"src": []}
        where.append((name, "src"))
        frames.append(module_bench.src.frame(packet))
    file = tmp_path_factory.mktemp("dissect") / "all.pcap"
    wireshark.write_pcap(file, frames, wireshark.LINKTYPE_ETHERNET)
    verdicts = wireshark.dissect(file)
    assert len(verdicts) == len(frames)
    for (name, port), verdict in zip(where, verdicts):
        found[name][port].append(verdict)
    return found


@pytest.mark.parametrize("name", SCENES)
def test_what_we_emit(dissected, name):
    found = dissected[name]
    if isinstance(found, Exception):
        raise found
    assert set(found) == set(SCENES[name].seen)
    for port, seen in SCENES[name].seen.items():
        assert found[port]
        for verdict in found[port]:
            assert not verdict.complaints, f"{port}: {verdict}"
            assert verdict.protocols == f"eth:ethertype:{seen}", port


@pytest.mark.parametrize("name", BAD)
def test_wireshark_sees_what_is_wrong(dissected, name):
    assert dissected[name]["src"][0].complaints
