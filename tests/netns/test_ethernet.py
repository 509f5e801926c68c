# SPDX-License-Identifier: GPL-2.0
"""Ethernet inside (next header 143): a VNF that is a wire, and sees what has come, to the byte.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤               bridge, IDS, bump in the wire
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF

The links in the SRv6 domain have an MTU of 3000.
"""

import json

import pytest
from scapy.compat import raw
from scapy.layers.inet import ICMP, IP, TCP
from scapy.layers.inet6 import ICMPv6EchoRequest, ICMPv6ND_NS, IPv6, IPv6ExtHdrDestOpt, PadN
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, PLAIN, SID, SID2, SID3, Bench
from lib.chain import BACK, THERE, Wire
from lib.gso import tcp, unfinished, vnet_hdr
from lib.netns import Netns, until
from lib.packet import ANY, AUTO, ETHERNET, arp, ether, hop, inner, inner4, inner6, padn, pushed, srv6
from lib.proxy import Proxy
from lib.wire import ETH_P_ARP, Port

pytestmark = pytest.mark.both_hooks

MTU = 3000
BROADCAST = "ff:ff:ff:ff:ff:ff"
OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, "spare"))
    bench.node.ip(f"link set src mtu {MTU}\nlink set dst mtu {MTU}")
    bench.vnf = Port(bench.world, "from-vnf", bench.from_vnf.mac, bench.from_vnf.gateway, vnet_hdr=True)
    yield bench
    bench.vnf.close()
    bench.close()


def no_checksum(packet):
    packet.chksum = 0xBAD
    return packet


FRAMES = {
    "IPv6": ether(inner6()),
    "IPv4": ether(inner4()),
    "hop limit 0": ether(inner6(hlim=0)),
    "TTL 1": ether(inner4(ttl=1)),
    "wrong checksum": ether(no_checksum(inner4())),
    "CE": ether(inner4(tos=3)),
    "IPv6 cut off": ether(raw(inner6())[:50], type=0x86DD),
    "ARP request": ether(arp(), dst=BROADCAST),
    "ARP reply": ether(arp(op=2)),
    "IPv4 broadcast": ether(inner4(dst="255.255.255.255"), dst=BROADCAST),
    "IPv4 multicast": ether(inner4(dst="224.0.0.251"), dst="01:00:5e:00:00:fb"),
    "IPv6 multicast": ether(inner6(dst="ff02::fb"), dst="33:33:00:00:00:fb"),
    "neighbour solicitation": ether(
        IPv6(src="fe80::1", dst="ff02::1:ff00:2", hlim=255) / ICMPv6ND_NS(tgt="fe80::2"), dst="33:33:ff:00:00:02"
    ),
    "SRv6 to this SID": ether(srv6([SID, "fc00:c::bad"]) / inner6()),
    "unknown type": ether(b"experiment" * 9, type=0x88B5),
    "MPLS": ether(b"\0\1\x01\xff" + raw(inner4()), type=0x8847),
    "PPPoE": ether(bytes.fromhex("11000001000600210000"), type=0x8864),
    "802.3 with LLC": ether(b"\x42\x42\x03" + bytes(43), type=38, dst="09:00:2b:00:00:05"),
    "802.1Q": ether(tags=[100]),
    "802.1Q, all of it": ether(tags=[(0x8100, 0xFFFF)]),
    "priority tag": ether(tags=[(0x8100, 0xA000)]),
    "802.1ad": ether(tags=[(0x88A8, 200)]),
    "QinQ": ether(inner4(), tags=[(0x88A8, 0x6000 | 200), 100]),
    "802.1Q twice": ether(tags=[100, 200]),
    "three tags": ether(tags=[(0x88A8, 1), 2, 3]),
    "tagged ARP": ether(arp(), dst=BROADCAST, tags=[100]),
    "tagged, unknown type": ether(b"xyz", type=0x88B5, tags=[100]),
    "14 bytes": ether(b"", type=0x88B5),
    "14 bytes, IPv6": ether(b"", type=0x86DD),
    "15 bytes": ether(b"x", type=0x88B5),
    "20 bytes, tagged": ether(b"xy", type=0x88B5, tags=[100]),  # fewer are nothing to a kernel
    "60 bytes, padded": ether(raw(arp()) + bytes(18), type=0x0806),
    "IPv4, padded": ether(raw(inner4(28)) + b"padding" * 3, type=0x0800),
    "odd length": ether(inner6(99)),
    "longest": ether(bytes(n % 251 for n in range(1500)), type=0x88B5),
    "longest, IPv4": ether(inner4(1500)),
    "longest, tagged": ether(inner6(1500), tags=[100]),
    "from a multicast address": ether(src="01:00:5e:00:00:01"),
    "from nobody": ether(src="00:00:00:00:00:00"),
}
LINK_LOCAL = [f"01:80:c2:00:00:{n:02x}" for n in range(16)]


@pytest.mark.data
@pytest.mark.parametrize("frame", FRAMES)
def test_frame_goes_both_ways(bench, frame):
    """End.AD: the same to the VNF and back, and the learned header around it."""
    frame = FRAMES[frame]
    bench.end_ad(inner="eth")
    assert bench.send(src=srv6(PATH) / frame) == dict(to_vnf=[frame])
    assert bench.send(from_vnf=frame) == dict(dst=[srv6(PATH, 1, hlim=63, fl=ANY) / frame])
    stats = bench.proxy.stats(SID)
    size = 96 + len(frame)
    assert stats == {"in_packets": 1, "in_bytes": size, "out_packets": 1, "out_bytes": size}
    assert bench.drops(SID) == {}


def test_frames_go_both_ways_dynamic(bench):
    """All of them, in order."""
    frames = list(FRAMES.values())
    bench.end_ad(inner="eth")
    assert bench.send(src=[srv6(PATH) / frame for frame in frames]) == dict(to_vnf=frames)
    assert bench.send(from_vnf=frames) == dict(dst=[srv6(PATH, 1, hlim=63, fl=ANY) / frame for frame in frames])
    assert bench.drops(SID) == {}


def test_frames_go_both_ways_static(bench):
    """End.AS, all of them, in order."""
    frames = list(FRAMES.values())
    bench.end_as(inner="eth")
    assert bench.send(src=[IPv6(src=HEADEND, dst=SID) / frame for frame in frames]) == dict(to_vnf=frames)
    assert bench.send(from_vnf=frames) == dict(dst=[pushed([NEXT, LAST], fl=ANY) / frame for frame in frames])
    assert bench.drops(SID) == {}


@pytest.mark.data
@pytest.mark.parametrize("mac", LINK_LOCAL)
def test_link_local_frame_goes_in(bench, mac):
    """What the network brings is the VNF's, and no bridge's but that."""
    bench.end_ad(inner="eth")
    frame = ether(b"\x42\x42\x03" + bytes(43), type=38, dst=mac)
    assert bench.send(src=srv6(PATH) / frame) == dict(to_vnf=[frame])


def test_link_local_frames_stay(bench):
    bench.end_as(inner="eth")
    for mac in LINK_LOCAL:
        assert bench.send(from_vnf=ether(b"\x42\x42\x03" + bytes(43), type=38, dst=mac)) == {}
    assert bench.proxy.stats(SID)["out_packets"] == 0 and bench.drops(SID) == {}


@pytest.mark.data
@pytest.mark.parametrize("mac", ("01:80:c2:00:00:10", "01:80:c2:00:00:20", "01:80:c2:00:01:00", "01:80:c3:00:00:00",
                                 "00:80:c2:00:00:00"))
def test_addresses_beside_link_local_go(bench, mac):
    bench.end_as(segs=[NEXT], inner="eth")
    frame = ether(dst=mac)
    assert bench.send(from_vnf=frame) == dict(dst=[pushed([NEXT]) / frame])


def test_frames_for_other_stations_towards_the_vnf(bench):
    """Not ours to judge, not even one to the address of our own device."""
    bench.end_ad(inner="eth")
    frames = [ether(dst=bench.to_vnf.gateway), ether(src=bench.to_vnf.gateway), ether(dst=bench.to_vnf.mac)]
    assert bench.send(src=[srv6(PATH) / frame for frame in frames]) == dict(to_vnf=frames)


OUTER = {
    "no SRH": IPv6(src=HEADEND, dst=SID),
    "options": IPv6(src=HEADEND, dst=SID) / OPTIONS,
    "SRH": srv6(PATH),
    "SL 0": srv6([NEXT, SID], 1),
    "reduced": srv6(PATH, reduced=True),
    "TLVs": srv6(PATH, tlvs=padn(8)),
    "options around the SRH": srv6(PATH, before=[OPTIONS], after=[OPTIONS]),
    "CE": srv6(PATH, tc=3),
    "DSCP": srv6(PATH, tc=0xB8),
}


@pytest.mark.data
@pytest.mark.parametrize("outer", OUTER)
def test_any_outer_header_goes(bench, outer):
    """Congestion marks, too: a frame has no place for them."""
    bench.end_as(inner="eth")
    for frame in (FRAMES["IPv6"], FRAMES["IPv4"], FRAMES["ARP request"]):
        assert bench.send(src=OUTER[outer] / frame) == dict(to_vnf=[frame])
    assert bench.drops(SID) == {}


@pytest.mark.data
@pytest.mark.parametrize("size", (0, 1, 6, 12, 13))
def test_no_frame(bench, size):
    bench.end_ad(inner="eth")
    assert bench.send(src=srv6(PATH, nh=ETHERNET) / Raw(bytes(size))) == {}
    assert bench.drops(SID) == {"inner_invalid": 1}
    assert bench.proxy.cache() == []


def test_inner_type(bench):
    bench.end_ad(inner="eth")
    bench.end_ad(SID2, "other", iif="spare", inner="ip")
    assert bench.send(src=[srv6(PATH) / inner6(), srv6(PATH) / inner4()]) == {}
    assert bench.send(src=srv6([SID2, NEXT]) / ether()) == {}
    assert bench.drops(SID) == {"inner_type": 2} and bench.drops(SID2) == {"inner_type": 1}


# The outer header on the way back


@pytest.mark.parametrize(
    "change", ({"src": "fc00:a::2"}, {"tag": 7}, {"tlvs": padn(8)}, {"before": [OPTIONS]}), ids=str,
)
def test_learned_at_once(bench, change):
    bench.end_ad(inner="eth")
    for values in ({}, change, {}):
        bench.teach(srv6(PATH, **values) / ether())
        assert bench.send(from_vnf=ether()) == dict(dst=[srv6(PATH, 1, hlim=63, fl=AUTO, **values) / ether()])
    (entry,) = bench.proxy.cache()
    assert (entry["sid"], entry["inner"]) == (SID, "eth")


def test_each_inner_type_has_its_own(bench):
    bench.end_ad(inner="ip,eth")
    headers = {"eth": {"tag": 1}, 4: {"tag": 4}, 6: {"tag": 6}}
    bench.teach(*[srv6(PATH, **headers[kind]) / packet
                  for kind, packet in (("eth", ether()), (4, inner4()), (6, inner6()))])
    for kind, packet in (("eth", ether()), (4, inner4()), (6, inner6())):
        want = srv6(PATH, 1, hlim=63, fl=AUTO, **headers[kind]) / hop(packet)
        assert bench.send(from_vnf=packet) == dict(dst=[want])
    assert {entry["inner"] for entry in bench.proxy.cache()} == {"ip4", "ip6", "eth"}


def test_not_learned(bench):
    bench.end_ad(inner="ip,eth")
    bench.teach(srv6(PATH) / inner6())
    assert bench.send(from_vnf=ether()) == {}
    assert bench.drops(SID) == {"not_learned": 1}


def test_flow_label_is_the_inner_flows(bench):
    bench.end_as(inner="eth")
    flows = range(1, 21)
    for family in (4, 6):
        first = [frame.fl for frame in bench.send(from_vnf=[ether(inner(family, sport=n)) for n in flows])["dst"]]
        again = [frame.fl for frame in bench.send(from_vnf=[ether(inner(family, 500, sport=n)) for n in flows])["dst"]]
        assert first == again
        assert len(set(first)) > 15


@pytest.mark.parametrize("tags", ([], [100], [(0x88A8, 200), 100]), ids=("untagged", "tagged", "stacked"))
def test_flow_label_of_a_flow_is_one(bench, tags):
    """Whatever the length of its packets, which a tag must not be taken for."""
    bench.end_as(inner="eth")
    for family in (4, 6):
        frames = [ether(inner(family, size), tags=tags) for size in (100, 200, 300)]
        assert len({frame.fl for frame in bench.send(from_vnf=frames)["dst"]}) == 1


def test_order_is_kept(bench):
    bench.end_ad(inner="ip,eth")
    packets = [(inner4, inner6)[n % 2](sport=n) for n in range(1, 60)]
    packets = [ether(packet) if n % 3 else packet for n, packet in enumerate(packets)]
    assert bench.send(src=[srv6(PATH) / packet for packet in packets]) == dict(to_vnf=packets)
    want = [srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet) for packet in packets]
    assert bench.send(from_vnf=packets) == dict(dst=want)


# Which frames are whose


def echo(src, dst):
    if ":" in dst:
        return IPv6(src=src, dst=dst) / ICMPv6EchoRequest(id=1, seq=2, data=b"ping")
    return IP(src=src, dst=dst) / ICMP(id=1, seq=2) / b"ping"


@pytest.mark.parametrize("family", (4, 6))
def test_node_answers_for_itself(bench, family):
    """An Ethernet circuit leaves the node's own addresses on IFACE-IN alone."""
    bench.end_as(inner="eth")
    address = bench.ip4 if family == 4 else bench.ip6
    request = echo(address("from_vnf", 2), address("from_vnf", 1))
    (reply,) = bench.send(from_vnf=request)["from_vnf"]
    assert reply.ip.payload.type == (0 if family == 4 else 129)
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_node_answers_arp_to_itself(bench):
    bench.end_as(inner="eth")
    ask = arp(hwsrc=bench.from_vnf.mac, psrc=bench.ip4("from_vnf", 2), pdst=bench.ip4("from_vnf", 1))
    bench.from_vnf.send(ether(ask, src=bench.from_vnf.mac, dst=bench.from_vnf.gateway))
    bench.from_vnf.wait_for(lambda frame: frame.proto == ETH_P_ARP and frame[7] == 2, "ARP reply")
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_own_frames_are_forwarded_as_ever(bench):
    """By the stack, without an IP circuit: IFACE-IN is a router's port, too."""
    bench.end_as(inner="eth")
    assert bench.send(from_vnf=[inner6(), inner4()]) == dict(dst=[hop(inner6()), hop(inner4())])
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_other_interfaces_do_not_return(bench):
    bench.end_as(inner="eth")
    for port in ("to_vnf", "spare", "src", "dst"):
        assert bench.send(**{port: [ether(), ether(arp(), dst=BROADCAST)]}) == {}
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_frames_that_are_not_ethernet_circuits(bench):
    """An IP circuit takes what is addressed to the device, and nothing else."""
    bench.end_as(inner="ip")
    assert bench.send(from_vnf=[ether(), ether(inner4()), ether(dst=BROADCAST), ether(dst="33:33:00:00:00:fb")]) == {}
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_side_by_side(bench):
    """One SID with all inner types: the address of the frame tells."""
    bench.end_as(segs=[NEXT], inner="ip,eth")
    packets = [inner6(), ether(inner6()), inner4(), ether(inner4()), ether(arp(), dst=BROADCAST)]
    assert bench.send(src=[IPv6(src=HEADEND, dst=SID) / packet for packet in packets]) == dict(to_vnf=packets)
    assert bench.send(from_vnf=packets) == dict(dst=[pushed([NEXT], fl=ANY) / hop(packet) for packet in packets])
    assert bench.proxy.stats(SID)["out_packets"] == len(packets)


def test_side_by_side_by_several_sids(bench):
    bench.fw()
    kinds = {SID: ("ip4", inner4()), SID2: ("ip6", inner6()), SID3: ("eth", ether())}
    for n, (sid, (kind, _)) in enumerate(kinds.items(), 1):
        bench.proxy.chain(f"chain{n}", src="fc00:b::", segs=[f"fc00:c::{n}"])
        bench.proxy.sid(sid, behavior="End.AS", inner=kind, chain=f"chain{n}")
    for n, (sid, (_, packet)) in enumerate(kinds.items(), 1):
        assert bench.send(src=IPv6(src=HEADEND, dst=sid) / packet) == dict(to_vnf=[packet])
        assert bench.send(from_vnf=packet) == dict(dst=[pushed([f"fc00:c::{n}"]) / hop(packet)])
        stats = bench.proxy.stats(sid)
        assert (stats["in_packets"], stats["out_packets"]) == (1, 1)


def test_no_next_hop_is_needed(bench):
    bench.proxy.vnf("fw", dev="to-vnf", iif="from-vnf")
    bench.proxy.sid(SID, inner="eth")
    assert bench.send(src=srv6(PATH) / ether()) == dict(to_vnf=[ether()])


def test_srv6_with_the_nodes_address_is_from_the_vnf(bench):
    """Addressed to the device, a packet to a SID is what it is without Ethernet circuits: refused."""
    bench.end_ad(inner="eth")
    assert bench.send(from_vnf=srv6(PATH) / ether()) == {}
    assert bench.drops(SID) == {"from_vnf": 1}
    assert bench.proxy.cache() == []


# Promiscuity


def promiscuity(ns, dev):
    return json.loads(ns.run("ip", "-j", "-d", "link", "show", "dev", dev).stdout)[0]["promiscuity"]


@pytest.mark.parametrize("behavior", ("end_as", "end_ad"))
def test_promiscuous_while_there_is_a_circuit(bench, behavior):
    node = bench.node
    assert promiscuity(node, "from-vnf") == 0
    getattr(bench, behavior)(inner="eth")
    assert promiscuity(node, "from-vnf") == 1
    assert promiscuity(node, "to-vnf") == promiscuity(node, "src") == 0
    bench.proxy.change("sid", addr=SID, inner="ip")
    assert promiscuity(node, "from-vnf") == 0
    bench.proxy.change("sid", addr=SID, inner="ip,eth")
    assert promiscuity(node, "from-vnf") == 1
    bench.proxy.delete("sid", SID)
    assert promiscuity(node, "from-vnf") == 0


def test_ip_circuits_need_no_promiscuity(bench):
    bench.end_as(inner="ip")
    assert promiscuity(bench.node, "from-vnf") == 0


def test_last_needs_no_promiscuity(bench):
    """What returns is the stack's."""
    bench.last(inner="eth")
    assert promiscuity(bench.node, "from-vnf") == 0


def test_promiscuity_counts_once(bench):
    """However often the circuits change hands."""
    bench.end_as(inner="eth")
    for n in range(3):
        bench.proxy.replace("vnf", name="fw", dev="to-vnf", iif="from-vnf")
        bench.proxy.replace("sid", addr=SID, behavior="End.AS", inner="eth", vnf="fw", chain="chain")
    bench.proxy.delete("sid", SID)
    assert promiscuity(bench.node, "from-vnf") == 0


def test_promiscuity_of_the_operator(bench):
    """Is not ours to end."""
    bench.node.ip("link set from-vnf promisc on")
    try:
        bench.end_as(inner="eth")
        bench.proxy.delete("sid", SID)
        assert promiscuity(bench.node, "from-vnf") == 1
    finally:
        bench.node.ip("link set from-vnf promisc off")
    assert promiscuity(bench.node, "from-vnf") == 0


@pytest.mark.parametrize("verb", ("replace", "change"))
def test_promiscuity_moves_with_the_vnf(bench, verb):
    bench.end_as(inner="eth")
    getattr(bench.proxy, verb)("vnf", name="fw", dev="to-vnf", iif="spare")
    assert (promiscuity(bench.node, "from-vnf"), promiscuity(bench.node, "spare")) == (0, 1)
    assert bench.send(from_vnf=ether()) == {}
    assert bench.send(spare=ether()) == dict(dst=[pushed([NEXT, LAST]) / ether()])


def test_promiscuity_follows_the_name(bench):
    """A circuit is a name's: another device of that name takes over."""
    bench.end_as(inner="eth")
    bench.silent |= {"from_vnf", "spare"}
    try:
        bench.node.ip("""
            link set from-vnf down
            link set spare down
            link set from-vnf name other
            link set spare name from-vnf
        """)
        assert (promiscuity(bench.node, "other"), promiscuity(bench.node, "from-vnf")) == (0, 1)
    finally:
        bench.node.ip("""
            link set from-vnf name spare
            link set other name from-vnf
            link set from-vnf up
            link set spare up
        """)
        for key in ("from_vnf", "spare"):
            bench.set_up_link(key, new=False)
        bench.silent.clear()
    assert (promiscuity(bench.node, "spare"), promiscuity(bench.node, "from-vnf")) == (0, 1)
    assert bench.send(from_vnf=ether()) == dict(dst=[pushed([NEXT, LAST]) / ether()])


def test_device_goes_and_comes(bench):
    bench.end_as(inner="eth")
    bench.node.ip("link del spare")
    bench.silent.add("spare")
    bench.proxy.change("vnf", name="fw", iif="spare")
    bench.make_link("spare")
    bench.silent.clear()
    until(lambda: bench.proxy.get("vnf", "fw")["state"] == "up", "VNF is up")
    assert promiscuity(bench.node, "spare") == 1
    assert bench.send(spare=ether()) == dict(dst=[pushed([NEXT, LAST]) / ether()])
    bench.node.ip("link del spare")
    bench.silent.add("spare")
    assert bench.proxy.get("vnf", "fw")["state"] == "down"
    bench.make_link("spare")
    bench.silent.clear()
    until(lambda: bench.proxy.get("vnf", "fw")["state"] == "up", "VNF is up")
    assert promiscuity(bench.node, "spare") == 1
    assert bench.send(spare=ether()) == dict(dst=[pushed([NEXT, LAST]) / ether()])


def test_device_moves_to_another_namespace_and_back(bench):
    elsewhere = Netns("elsewhere")
    bench.end_as(inner="eth")
    try:
        bench.silent.add("from_vnf")
        bench.node.ip(f"link set from-vnf netns {elsewhere.name}")
        assert promiscuity(elsewhere, "from-vnf") == 0
        elsewhere.ip(f"link set from-vnf up\nlink set from-vnf netns {bench.node.name}")
        bench.node.ip("link set from-vnf up")
        bench.set_up_link("from_vnf")
        until(lambda: bench.proxy.get("vnf", "fw")["state"] == "up", "VNF is up")
        assert promiscuity(bench.node, "from-vnf") == 1
        assert bench.send(from_vnf=ether()) == dict(dst=[pushed([NEXT, LAST]) / ether()])
        bench.proxy.delete("sid", SID)
        assert promiscuity(bench.node, "from-vnf") == 0
    finally:
        bench.silent.clear()    # the device asks whether its new address is free at some time
        elsewhere.close()


def test_module_leaves_no_promiscuity(bench, module):
    if bench.proxy.hook != "prerouting":
        pytest.skip("a route of End.BPF holds the module")
    bench.end_as(inner="eth")
    assert promiscuity(bench.node, "from-vnf") == 1
    bench.proxy.close()
    module.unload()
    try:
        assert promiscuity(bench.node, "from-vnf") == 0
    finally:
        module.load()
        bench.proxy = Proxy(bench.node)


# What does not fit


@pytest.mark.parametrize("tags", ([], [100]), ids=("untagged", "tagged"))
def test_too_big_for_the_vnf(bench, tags):
    """A frame may have a tag on top of the MTU; nobody is told of one that is longer."""
    bench.end_ad(inner="eth")
    bench.node.ip("link set to-vnf mtu 1300")
    try:
        fits = ether(bytes(1304 - 4 * len(tags)), type=0x88B5, tags=tags)
        too_long = ether(bytes(1305 - 4 * len(tags)), type=0x88B5, tags=tags)
        assert len(fits) == 1318
        assert bench.send(src=srv6(PATH) / fits) == dict(to_vnf=[fits])
        assert bench.send(src=srv6(PATH) / too_long) == {}
        assert bench.drops(SID) == {"vnf_too_big": 1}
    finally:
        bench.node.ip("link set to-vnf mtu 1500")


@pytest.mark.parametrize("packet", (inner4, inner6))
def test_too_big_once_encapsulated(bench, packet):
    """The path is the tunnel's ends' to know: no ICMP to a station of the wire."""
    bench.end_ad(inner="eth")
    bench.teach(srv6(PATH) / ether())
    bench.node.ip("link set dst mtu 1400")
    try:
        fits, too_long = ether(packet(1400 - 96 - 14)), ether(packet(1400 - 96 - 14 + 1))
        assert bench.send(from_vnf=fits) == dict(dst=[srv6(PATH, 1, hlim=63, fl=AUTO) / fits])
        assert bench.send(from_vnf=too_long) == {}
        assert bench.drops(SID) == {"too_big": 1}
    finally:
        bench.node.ip(f"link set dst mtu {MTU}")


@pytest.mark.parametrize("packet", (inner4, inner6))
def test_no_route(bench, packet):
    """Nor here."""
    bench.end_as(inner="eth", segs=["fc00:dead::1"])
    assert bench.send(from_vnf=ether(packet())) == {}
    assert bench.drops(SID) == {"no_route": 1}


# VNFs that are down


@pytest.fixture
def absent(bench):
    def configure(on_down, **values):
        bench.proxy.vnf("fw", dev="absent", on_down=on_down)
        bench.proxy.sid(SID, inner="eth", **values)

    return configure


def test_down(bench, absent):
    absent("drop")
    assert bench.send(src=srv6(PATH) / ether()) == {}
    assert bench.drops(SID) == {"vnf_down": 1}


@pytest.mark.parametrize("frame", ("IPv6", "ARP request", "QinQ", "14 bytes"))
def test_bypass(bench, absent, frame):
    frame = FRAMES[frame]
    absent("bypass")
    assert bench.send(src=srv6(PATH) / frame) == dict(dst=[srv6(PATH, 1, hlim=63, fl=ANY) / frame])


@pytest.mark.parametrize("frame", ("IPv6", "ARP request", "QinQ", "14 bytes"))
def test_bypass_static(bench, absent, frame):
    frame = FRAMES[frame]
    bench.proxy.chain("chain", src="fc00:b::", segs=[NEXT, LAST])
    absent("bypass", behavior="End.AS", chain="chain")
    assert bench.send(src=IPv6(src=HEADEND, dst=SID) / frame) == dict(dst=[pushed([NEXT, LAST], fl=ANY) / frame])


# Super-packets and unfinished checksums, for which next header 143 has no offload


def segments(packet, size):
    """What a TCP super-packet is cut into."""
    data = bytes(packet[TCP].payload)
    pieces = []
    for n, start in enumerate(range(0, len(data), size)):
        piece = packet.copy()
        piece[TCP].remove_payload()
        piece = piece / Raw(data[start:start + size])
        piece[TCP].seq += start
        piece[TCP].chksum = None
        if piece.name == "IP":
            piece.id += n
            piece.chksum = None
        pieces.append(piece)
    return pieces


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("tags", ([], [100], [(0x88A8, 200), 100]), ids=("untagged", "tagged", "QinQ"))
def test_super_packet_is_segmented(bench, family, tags):
    bench.end_as(inner="eth")
    packet = tcp(family, 5000)
    frame = ether(unfinished(packet), tags=tags)
    bench.vnf.send(frame, offload=vnet_hdr(family, gso_size=1300, tags=len(tags)))
    want = [pushed([NEXT, LAST]) / ether(piece, tags=tags) for piece in segments(packet, 1300)]
    arrived = bench.arrived()
    assert arrived == dict(dst=want)
    assert all(frame.csum_ready for frame in arrived["dst"])
    stats = bench.proxy.stats(SID)
    assert (stats["out_packets"], stats["out_bytes"]) == (4, sum(map(len, arrived["dst"])))


@pytest.mark.parametrize("family", (4, 6))
def test_segments_that_do_not_fit(bench, family):
    bench.end_as(inner="eth")
    bench.vnf.send(ether(unfinished(tcp(family, 8700))), offload=vnet_hdr(family, gso_size=2900))
    assert bench.arrived() == {}
    assert set(bench.drops(SID)) == {"too_big"}


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("tags", ([], [100]), ids=("untagged", "tagged"))
def test_unfinished_checksum_is_finished(bench, family, tags):
    bench.end_as(inner="eth")
    packet = tcp(family, 501)
    bench.vnf.send(ether(unfinished(packet), tags=tags), offload=vnet_hdr(family, tags=len(tags)))
    (frame,) = bench.arrived()["dst"]
    assert frame.csum_ready and frame == pushed([NEXT, LAST]) / ether(packet, tags=tags)


# A real bridge, between the kernel's own H.L2Encaps and End.DX2


@pytest.fixture(scope="module")
def wire(module):
    wire = Wire()
    wire.configure()
    yield wire
    wire.close()


@pytest.mark.parametrize("family", (4, 6))
def test_ping_through_a_bridge(wire, family):
    assert "3 received" in wire.ping(family).stdout
    stations = {entry["mac"]: entry["ifname"] for entry in json.loads(wire.fw.run("bridge", "-j", "fdb").stdout)}
    assert stations[wire.MACS["h1"]] == "in" and stations[wire.MACS["h2"]] == "out"


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("reverse", (False, True), ids=("there", "back"))
def test_tcp_through_a_bridge(wire, family, reverse):
    """Which merges what it forwards: so what the node gets back is super-packets with unfinished checksums."""
    proxy = Proxy(wire.node)
    before = {sid: proxy.get("sid", sid, stats=True)["stats"] for sid in (THERE, BACK)}
    seen = Port(wire.node, "to-fw" if reverse else "from-fw", "02:00:00:00:00:00", "02:00:00:00:00:00")
    size = 4 << 20
    sent, received = wire.transfer(family, size, reverse)
    assert sent == received
    longest = 0
    while (frame := seen.receive()) is not None:
        longest = max(longest, len(frame))
    seen.close()
    assert longest > 2 * wire.MTU
    for sid in (THERE, BACK):
        assert proxy.get("sid", sid, stats=True)["stats"]["drops"] == before[sid]["drops"]
    data = BACK if reverse else THERE
    assert proxy.stats(data)["out_bytes"] - before[data]["out_bytes"] > size
    proxy.close()
