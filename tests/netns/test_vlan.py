# SPDX-License-Identifier: GPL-2.0
"""Tagged ports: a VNF behind VLAN tags of a device that has no VLAN device.

    headend ── src ──┐        ┌── trunk: untagged, 100, 200, 802.1ad 100, 100 in 802.1ad 300, 30 in 100, …
                     ├─ node ─┤
    next SID ─ dst ──┘        └── other: 100

Tags are pushed towards the VNF and popped on return. Each port here is named by its tags.
"""

import json

import pytest
from scapy.layers.inet6 import IPv6

from lib.bench import HEADEND, NEXT, PATH, SID, SID2, SID3, SOURCE, Bench, Link
from lib.chain import BACK, THERE, Chain
from lib.packet import ANY, TOO_BIG, arp, ether, hop, icmp, inner, inner4, inner6, inner_of, pushed, srv6
from lib.proxy import Proxy, vlan_tags, vlans
from lib.wire import tags_bytes

pytestmark = pytest.mark.both_hooks

PORTS = {
    "v100": "100",
    "v200": "200",
    "v4094": "4094",
    "ad100": "802.1ad:100",
    "q300_100": "802.1ad:300,100",
    "q300_200": "802.1ad:300,200",
    "q100_30": "100,30",
    "ad5_ad6": "802.1ad:5,802.1ad:6",
}
BROADCAST = "ff:ff:ff:ff:ff:ff"


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((
        "src", "dst", Link("untagged", on="trunk"),
        *[Link(name, tags=tags, on="trunk") for name, tags in PORTS.items()],
        Link("other100", tags="100", on="other"),
    ))
    bench.node.ip("link set src mtu 3000\nlink set dst mtu 3000")
    yield bench
    bench.close()


def attach(bench, port, sid=SID, inner="ip,eth", **values):
    """An End.AS SID for a VNF of this port only, its next segment the SID's own."""
    bench.fw(port, dev=port, iif=port)
    bench.proxy.chain(port, src=SOURCE, segs=[segment(sid)])
    bench.proxy.sid(sid, behavior="End.AS", inner=inner, vnf=port, chain=port, **values)


def segment(sid):
    return sid.replace("fc00:b:", "fc00:c:")


def returned(sid, packet):
    return pushed([segment(sid)], fl=ANY) / hop(packet)


def to(sid, packet):
    return IPv6(src=HEADEND, dst=sid) / packet


@pytest.mark.parametrize("kind", ("ip4", "ip6", "eth"))
@pytest.mark.parametrize("port", PORTS)
def test_tags(bench, port, kind):
    """Pushed, with no priority of their own; popped; and what is inside them is the packet."""
    attach(bench, port, inner=kind)
    packet = inner_of(kind)
    arrived = bench.send(src=to(SID, packet))
    assert arrived == {port: [packet]}
    (frame,) = arrived[port]
    assert frame.tags == tags_bytes(vlan_tags(PORTS[port]))
    assert kind == "eth" or (frame.dst, frame.src) == (bench.ports[port].mac, bench.ports[port].gateway)
    assert bench.send(**{port: packet}) == dict(dst=[returned(SID, packet)])


@pytest.mark.data
@pytest.mark.parametrize("tci", (0x1000, 0x2000, 0xE000, 0xF000), ids=hex)
@pytest.mark.parametrize("port", ("v100", "q300_100"))
def test_other_bits_of_a_tag_do_not_matter(bench, port, tci):
    attach(bench, port)
    for packet in (inner6(), inner4(), ether()):
        bench.ports[port].send(packet, tci=tci)
        assert bench.arrived() == dict(dst=[returned(SID, packet)])


@pytest.mark.data
@pytest.mark.parametrize("port", PORTS)
def test_other_tags_are_not_the_ports(bench, port):
    """No tag, another one, another protocol, too many, too few: of the device, but not of this port.

    As inner type IP: a frame with more tags would be a frame of the port.
    """
    attach(bench, port, inner="ip")
    for other in ("untagged", *PORTS, "other100"):
        if other != port:
            arrived = bench.send(**{other: [ether(), inner4(), inner6()]})
            # What the device itself is given goes the way of all packets.
            assert arrived == (dict(dst=[hop(inner4()), hop(inner6())]) if other == "untagged" else {})
    assert bench.proxy.stats(SID)["out_packets"] == 0 and bench.drops(SID) == {}


@pytest.mark.data
@pytest.mark.parametrize("port", PORTS)
def test_other_frames_are_not_the_ports(bench, port):
    attach(bench, port, inner="eth")
    outer = vlan_tags(PORTS[port])
    for other in ("untagged", *PORTS, "other100"):
        tags = vlan_tags(PORTS[other]) if other in PORTS else ()
        inside = other != "other100" and len(tags) > len(outer) and tags[:len(outer)] == outer
        if other != port and not inside:
            assert bench.send(**{other: [ether(), ether(arp(), dst=BROADCAST)]}) == {}
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_ip_for_another_station_is_not_taken(bench):
    """Promiscuous as the device is."""
    attach(bench, "v100", inner="ip")
    frames = [ether(inner6()), ether(inner4()), ether(inner6(), dst=BROADCAST)]
    assert bench.send(v100=frames) == {}
    assert bench.send(v100=inner6()) == dict(dst=[returned(SID, inner6())])


def test_tags_inside_are_the_frames(bench):
    """Both ways, behind the port's own; the port with the most tags has a frame."""
    attach(bench, "v100", inner="eth")
    frame = ether(tags=[(0x8100, 0xE000 | 77), 30])
    assert bench.send(src=to(SID, frame)) == dict(v100=[frame])
    assert bench.send(v100=frame) == dict(dst=[returned(SID, frame)])
    assert bench.send(q100_30=ether()) == dict(dst=[returned(SID, ether(tags=[30]))])
    attach(bench, "q100_30", SID2, inner="eth")
    assert bench.send(q100_30=ether()) == dict(dst=[returned(SID2, ether())])
    assert bench.send(v100=frame) == dict(dst=[returned(SID, frame)])
    bench.proxy.delete("sid", SID2)
    bench.proxy.delete("vnf", "q100_30")
    assert bench.send(q100_30=ether()) == dict(dst=[returned(SID, ether(tags=[30]))])


def test_device_beside_its_tagged_port(bench):
    """An untagged Ethernet circuit takes every tag but that of the port."""
    attach(bench, "untagged", inner="eth")
    attach(bench, "v100", SID2, inner="eth")
    inside = ether(tags=[200])
    assert bench.send(src=[to(SID, ether()), to(SID2, ether()), to(SID, inside)]) == dict(
        untagged=[ether()], v100=[ether()], v200=[ether()]
    )
    assert bench.send(untagged=ether()) == dict(dst=[returned(SID, ether())])
    assert bench.send(v100=ether()) == dict(dst=[returned(SID2, ether())])
    assert bench.send(v200=ether()) == dict(dst=[returned(SID, inside)])
    assert bench.send(ad100=ether()) == dict(dst=[returned(SID, ether(tags=[(0x88A8, 100)]))])
    assert bench.send(q100_30=ether()) == dict(dst=[returned(SID2, ether(tags=[30]))])


def test_ip_beside_frames_of_the_device(bench):
    """The tagged port's IP circuit is for what is addressed to the device, as ever."""
    attach(bench, "untagged", inner="eth")
    attach(bench, "v100", SID2, inner="ip")
    assert bench.send(v100=[inner6(), inner4()]) == dict(dst=[returned(SID2, inner6()), returned(SID2, inner4())])
    assert bench.send(untagged=ether(inner6())) == dict(dst=[returned(SID, ether(inner6()))])
    assert bench.send(untagged=inner6()) == dict(dst=[hop(inner6())])


def test_many_ports_of_a_device(bench):
    """Each with its SID, at the same time."""
    sids = {port: f"fc00:b::{n:x}" for n, port in enumerate(PORTS, 0x100)}
    for port, sid in sids.items():
        attach(bench, port, sid)
    for packet in (inner6(), inner4(), ether()):
        for port, sid in sids.items():
            assert bench.send(src=to(sid, packet)) == {port: [packet]}
            assert bench.send(**{port: packet}) == dict(dst=[returned(sid, packet)])


def test_out_by_one_tag_and_back_by_another(bench):
    bench.fw(dev="v100", iif="q300_200")
    bench.proxy.sid(SID, inner="ip,eth")
    for packet in (inner6(), inner4(), ether()):
        assert bench.send(src=srv6(PATH) / packet) == dict(v100=[packet])
        assert bench.send(q300_200=packet) == dict(dst=[srv6(PATH, 1, hlim=63, fl=ANY) / hop(packet)])
        assert bench.send(v100=[ether()]) == {}
    assert bench.proxy.get("vnf", "fw")["iif_vlan"] == vlans("802.1ad:300,200")


def test_out_untagged_and_back_tagged(bench):
    bench.fw(dev="untagged", iif="other100")
    bench.proxy.sid(SID, inner="ip,eth")
    for packet in (inner6(), inner4(), ether()):
        assert bench.send(src=srv6(PATH) / packet) == dict(untagged=[packet])
        assert bench.send(other100=packet) == dict(dst=[srv6(PATH, 1, hlim=63, fl=ANY) / hop(packet)])


def test_out_tagged_and_back_untagged(bench):
    """On another device, whose tags VLAN says nothing of."""
    bench.fw(dev="other100", iif="untagged")
    bench.proxy.sid(SID, inner="ip,eth")
    for packet in (inner6(), inner4(), ether()):
        assert bench.send(src=srv6(PATH) / packet) == dict(other100=[packet])
        assert bench.send(untagged=packet) == dict(dst=[srv6(PATH, 1, hlim=63, fl=ANY) / hop(packet)])
    assert "iif_vlan" not in bench.proxy.get("vnf", "fw")


def test_learned_by_every_port_for_itself(bench):
    for n, port in enumerate(("v100", "v200", "q300_100")):
        sid = f"fc00:b::{n + 1:x}"
        bench.end_ad(sid, port, dev=port, iif=port, inner="ip,eth")
        bench.send(src=[srv6([sid, NEXT], tag=n) / packet for packet in (inner6(), inner4(), ether())])
    for n, port in enumerate(("v100", "v200", "q300_100")):
        sid = f"fc00:b::{n + 1:x}"
        for packet in (inner6(), inner4(), ether()):
            want = srv6([sid, NEXT], 1, hlim=63, fl=ANY, tag=n) / hop(packet)
            assert bench.send(**{port: packet}) == dict(dst=[want])


def test_srv6_without_the_tag_is_from_a_vnf(bench):
    """The device is the VNF's as a whole: to leave the tag out is no way to other chains."""
    bench.fw("v100", dev="v100", iif="v100")
    bench.proxy.sid(SID, behavior="End.AD", vnf="v100", inner="ip6")
    assert bench.send(untagged=srv6([SID, NEXT]) / inner6()) == {}
    assert bench.drops(SID) == {"from_vnf": 1} and bench.proxy.cache() == []


def test_srv6_by_a_tagged_port_is_from_a_vnf(bench):
    """Without an IPv6 circuit, it is nobody's."""
    attach(bench, "v100", inner="ip4")
    bench.send(v100=srv6([SID, NEXT]) / inner4())
    assert bench.proxy.stats(SID)["in_packets"] == 0


# What is shown


def test_circuits(bench):
    attach(bench, "untagged", SID, inner="eth")
    attach(bench, "v100", SID2, inner="ip,eth")
    bench.fw("q", dev="untagged", iif="q300_200")
    bench.proxy.sid(SID3, vnf="q", inner="ip6")
    index = bench.node.ifindex("trunk")
    known = {"iif": "trunk", "ifindex": index}
    want = [
        {**known, "inner": "eth", "sid": SID, "vnf": "untagged"},
        *[{**known, "vlan": vlans("100"), "inner": kind, "sid": SID2, "vnf": "v100"} for kind in ("ip4", "ip6", "eth")],
        {**known, "vlan": vlans("802.1ad:300,200"), "inner": "ip6", "sid": SID3, "vnf": "q"},
    ]
    assert sorted(bench.proxy.show("circuit"), key=str) == sorted(want, key=str)


def test_vnf(bench):
    bench.fw("fw", dev="q300_100", iif="q300_100")
    assert bench.proxy.get("vnf", "fw") == {
        "name": "fw", "dev": "trunk", "vlan": vlans("802.1ad:300,100"), "iif": "trunk",
        "iif_vlan": vlans("802.1ad:300,100"), "lladdr": bench.q300_100.mac, "on_down": "drop", "handover": "auto",
        "exclusive": 0, "state": "up",
        "dev_ifindex": bench.node.ifindex("trunk"), "iif_ifindex": bench.node.ifindex("trunk"), "sids": 0,
    }


def promiscuous(bench, dev):
    return json.loads(bench.node.run("ip", "-j", "-d", "link", "show", "dev", dev).stdout)[0]["promiscuity"] > 0


@pytest.mark.parametrize("kind", ("ip", "eth", "ip,eth"))
def test_promiscuous_while_there_is_a_tagged_port(bench, kind):
    """Whatever its inner type: a tag may be filtered by the device before anything sees it."""
    assert not promiscuous(bench, "trunk")
    attach(bench, "v100", inner=kind)
    attach(bench, "v200", SID2, inner=kind)
    assert promiscuous(bench, "trunk")
    bench.proxy.delete("sid", SID)
    assert promiscuous(bench, "trunk")
    bench.proxy.delete("sid", SID2)
    bench.proxy.flush()
    assert not promiscuous(bench, "trunk")


# What does not fit


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("port", ("v100", "q300_100"))
def test_mtu_is_that_of_what_is_inside(bench, port, family):
    """As of a VLAN device, whose tags are on top of the MTU; a second one too."""
    attach(bench, port, inner="ip")
    bench.node.ip("link set trunk mtu 1300")
    try:
        fits, too_long = inner(family, 1300), inner(family, 1301)
        assert bench.send(src=to(SID, fits)) == {port: [fits]}
        (error,) = bench.send(src=to(SID, too_long))["src"]
        assert icmp(error, too_long)[2:] == (*TOO_BIG[family], 1300)
        assert bench.drops(SID) == {"vnf_too_big": 1}
    finally:
        bench.node.ip("link set trunk mtu 1500")


# Real traffic: a router with VLAN devices, and both directions in one VNF


class TaggedChain(Chain):
    def __init__(self):
        super().__init__()
        self.fw.ip("""
            link add link in name in100 type vlan id 100
            link set in100 up
            link add link out name out200 type vlan proto 802.1ad id 200
            link set out200 up
            link add link out200 name out30 type vlan id 30
            link set out30 up
            addr flush dev in
            addr flush dev out
            addr add fd00:f1::2/64 dev in100 nodad
            addr add fd00:f2::2/64 dev out30 nodad
            addr add 10.1.0.2/24 dev in100
            addr add 10.2.0.2/24 dev out30
        """)
        macs = {dev: json.loads(self.node.run("ip", "-j", "link", "show", "dev", dev).stdout)[0]["address"]
                for dev in ("to-fw", "from-fw")}
        self.fw.ip(f"""
            neigh replace fd00:f1::1 lladdr {macs["to-fw"]} nud permanent dev in100
            neigh replace 10.1.0.1 lladdr {macs["to-fw"]} nud permanent dev in100
            neigh replace fd00:f2::1 lladdr {macs["from-fw"]} nud permanent dev out30
            neigh replace 10.2.0.1 lladdr {macs["from-fw"]} nud permanent dev out30
            route replace 2001:db8:2::/64 via fd00:f2::1 dev out30
            route replace 198.51.100.0/24 via 10.2.0.1 dev out30
            route replace 2001:db8:1::/64 via fd00:f1::1 dev in100
            route replace 192.0.2.0/24 via 10.1.0.1 dev in100
        """)

    def configure(self):
        macs = {dev: json.loads(self.fw.run("ip", "-j", "link", "show", "dev", dev).stdout)[0]["address"]
                for dev in ("in", "out")}
        proxy = Proxy(self.node)
        proxy.vnf("fw", dev="to-fw", vlan="100", iif="from-fw", iif_vlan="802.1ad:200,30", lladdr=macs["in"],
                  iif_lladdr=macs["out"])
        proxy.sid(THERE)
        proxy.sid(BACK, reverse=1)
        proxy.close()


@pytest.fixture(scope="module")
def chain(module):
    chain = TaggedChain()
    chain.configure()
    yield chain
    chain.close()


@pytest.mark.parametrize("family", (4, 6))
def test_ping(chain, family):
    assert "3 received" in chain.ping(family).stdout


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("reverse", (False, True), ids=("there", "back"))
@pytest.mark.parametrize("offloads", (True, False), ids=("on", "off"))
def test_tcp(chain, family, reverse, offloads):
    chain.offloads(offloads)
    sent, received = chain.transfer(family, 2 << 20, reverse)
    assert sent == received
