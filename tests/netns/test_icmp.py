# SPDX-License-Identifier: GPL-2.0
"""ICMP errors that the node sends, and those of the VNF; what stays with the stack on VNF interfaces.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF

The sources of inner packets, 2001:db8:1::/48 and 192.0.2.0/24, are behind src as far as the node's
own routes are concerned: that is where errors about inner packets go.
"""

import struct

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6NDOptDstLLAddr, ICMPv6ND_NA, ICMPv6ND_NS,
    ICMPv6PacketTooBig, ICMPv6TimeExceeded, ICMPv6Unknown, IPv6,
)
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, SID
from lib.packet import AUTO, NO_ROUTE, TIME_EXCEEDED, Icmp, hop, icmp, inner, inner4, inner6, srv6
from lib.wire import ETH_P_ARP, ETH_P_IPV6

pytestmark = pytest.mark.both_hooks

SOURCE = {4: "192.0.2.1", 6: "2001:db8:1::1"}


def error(arrived, about, port="src"):
    """The one error in what arrived, which quotes about."""
    assert set(arrived) == {port} and len(arrived[port]) == 1, arrived
    return icmp(arrived[port][0], about)


def node_address(bench, key, family=6):
    return (bench.ip6 if family == 6 else bench.ip4)(key, 1)


# Errors about the outer packet


@pytest.mark.parametrize("hlim", (0, 1))
@pytest.mark.parametrize("behavior", ("End.AS", "End.AD"))
def test_outer_hop_limit(bench, behavior, hlim):
    bench.end_ad() if behavior == "End.AD" else bench.end_as()
    packet = srv6(PATH, hlim=hlim) / inner6()
    told = error(bench.send(src=packet), packet)
    assert told == Icmp(node_address(bench, "src"), HEADEND, *TIME_EXCEEDED[6])
    assert bench.drops(SID) == {"hop_limit": 1}


# Errors about the inner packet, on the way back


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("hops", (0, 1))
@pytest.mark.parametrize("behavior", ("End.AS", "End.AD"))
def test_inner_hop_limit(bench, family, hops, behavior):
    bench.end_ad() if behavior == "End.AD" else bench.end_as()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    packet = inner(family, hops=hops)
    told = error(bench.send(from_vnf=packet), packet)
    assert (told.dst, told.type, told.code) == (SOURCE[family], *TIME_EXCEEDED[family])
    assert bench.drops(SID) == {"inner_hop_limit": 1}


@pytest.mark.parametrize("family", (4, 6))
def test_no_route_to_the_next_segment(bench, family):
    bench.end_as(segs=["fc00:dead::1"])
    packet = inner(family)
    told = error(bench.send(from_vnf=packet), packet)
    assert (told.dst, told.type, told.code) == (SOURCE[family], *NO_ROUTE[family])
    assert bench.drops(SID) == {"no_route": 1}


# What is never answered (RFC 4443 2.4, RFC 1122 3.2.2)

UNANSWERED = {
    "ICMPv6 error": IPv6(src=SOURCE[6], dst="2001:db8:2::2", hlim=1) / ICMPv6DestUnreach() / inner6(),
    "ICMP error": IP(src=SOURCE[4], dst="198.51.100.2", ttl=1) / ICMP(type=3, code=1) / inner4(),
    "later IPv4 fragment": IP(src=SOURCE[4], dst="198.51.100.2", ttl=1, frag=10) / Raw(b"x" * 40),
}


@pytest.mark.parametrize("packet", UNANSWERED)
def test_no_error_about_an_error(bench, packet):
    bench.end_as()
    assert bench.send(from_vnf=UNANSWERED[packet]) == {}
    assert bench.drops(SID) == {"inner_hop_limit": 1}


# What stays with the stack on a VNF's interfaces

ND = {
    "neighbour solicitation": lambda b: IPv6(src=b.ip6("from_vnf", 2), dst=b.ip6("from_vnf", 1), hlim=255)
    / ICMPv6ND_NS(tgt=b.ip6("from_vnf", 1)),
    "solicitation to multicast": lambda b: IPv6(src=b.ip6("from_vnf", 2), dst="ff02::1:ff00:1", hlim=255)
    / ICMPv6ND_NS(tgt=b.ip6("from_vnf", 1)),
}


@pytest.mark.parametrize("case", ND)
def test_neighbour_discovery_is_answered(bench, case):
    bench.end_as()
    (answer,) = bench.send(from_vnf=ND[case](bench))["from_vnf"]
    assert answer.ip[ICMPv6ND_NA].tgt == bench.ip6("from_vnf", 1)
    assert answer.dst == bench.from_vnf.mac
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_neighbour_discovery_wants_hop_limit_255(bench):
    """What only looks like it, having been forwarded, is an inner packet."""
    bench.end_as()
    packet = IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", hlim=254) / ICMPv6ND_NS(tgt="2001:db8:2::2")
    want = srv6([NEXT, LAST], src="fc00:b::", hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf=packet) == dict(dst=[want])


def test_arp_is_answered(bench):
    bench.end_as()
    mac, ip4 = bytes.fromhex(bench.from_vnf.mac.replace(":", "")), bytes((10, bench.number["from_vnf"], 0))
    request = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac + ip4 + b"\2" + bytes(6) + ip4 + b"\1"
    bench.from_vnf.send_frame(b"\xff" * 6 + mac + struct.pack("!H", ETH_P_ARP) + request)
    answer = bench.from_vnf.wait_for(lambda frame: frame.proto == ETH_P_ARP, "ARP reply")
    assert answer[6:8] == b"\0\2" and answer[14:18] == ip4 + b"\1"
    assert bench.arrived() == {}


def test_link_local_ping_is_answered(bench):
    bench.end_as()
    local = link_local(bench, "from-vnf")
    # The answer's neighbour, so that it need not be asked for.
    bench.node.ip(f"neigh replace fe80::2 lladdr {bench.from_vnf.mac} nud permanent dev from-vnf")
    packet = IPv6(src="fe80::2", dst=local) / ICMPv6EchoRequest(id=1, seq=2, data=b"hello")
    want = IPv6(src=local, dst="fe80::2", fl=AUTO) / ICMPv6EchoReply(id=1, seq=2, data=b"hello")
    assert bench.send(from_vnf=packet) == dict(from_vnf=[want])
    assert bench.proxy.stats(SID)["out_packets"] == 0


def link_local(bench, dev):
    words = bench.node.run("ip", "-6", "-o", "addr", "show", "dev", dev, "scope", "link").stdout.split()
    return words[words.index("inet6") + 1].split("/")[0]


STAYS = {
    "no source yet": IPv6(src="::", dst="2001:db8:2::2") / UDP(),
    "IPv4, no source yet": IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67),
    "link-local source": IPv6(src="fe80::99", dst="2001:db8:2::2") / UDP(),
    "link-local destination": IPv6(src="2001:db8:1::1", dst="fe80::99") / UDP(),
    "multicast, link": IPv6(src="2001:db8:1::1", dst="ff02::fb") / UDP(dport=5353),
    "multicast, site": IPv6(src="2001:db8:1::1", dst="ff05::1:3") / UDP(dport=547),
    "multicast, global": IPv6(src="2001:db8:1::1", dst="ff0e::1") / UDP(),
    "router solicitation": IPv6(src="fe80::99", dst="ff02::2", hlim=255) / ICMPv6Unknown(type=133),
    "redirect": IPv6(src="fe80::99", dst="fe80::98", hlim=255) / ICMPv6Unknown(type=137),
    "IPv4 multicast": IP(src="192.0.2.1", dst="224.0.0.251") / UDP(),
    "IPv4 multicast, global": IP(src="192.0.2.1", dst="233.252.0.1") / UDP(),
    "IPv4 broadcast": IP(src="192.0.2.1", dst="255.255.255.255") / UDP(),
    "IPv4 link-local source": IP(src="169.254.1.1", dst="198.51.100.2") / UDP(),
    "IPv4 link-local destination": IP(src="192.0.2.1", dst="169.254.1.1") / UDP(),
}


@pytest.mark.parametrize("packet", STAYS)
def test_stays_with_the_stack(bench, packet):
    """Whatever the stack makes of it, it is not encapsulated, nor counted by the SID."""
    bench.end_as()
    for address in ("fe80::98", "fe80::99"):  # so that it need not ask for them, later on
        bench.node.ip(f"neigh replace {address} lladdr {bench.from_vnf.mac} nud permanent dev from-vnf")
    arrived = bench.send(from_vnf=STAYS[packet])
    assert not [frame for frame in arrived.get("dst", []) if frame.ip.src == "fc00:b::"]
    assert bench.proxy.stats(SID)["out_packets"] == 0
    assert bench.drops(SID) == {}


# Errors that the VNF itself originates: from its own address, about a transit packet

ORIGINATED = {
    "time exceeded": ICMPv6TimeExceeded() / inner6(),
    "packet too big": ICMPv6PacketTooBig(mtu=1300) / inner6(),
    "unreachable": ICMPv6DestUnreach() / inner6(),
}
ORIGINATED4 = {
    "time exceeded": ICMP(type=11) / inner4(),
    "fragmentation needed": ICMP(type=3, code=4, nexthopmtu=1300) / inner4(),
    "unreachable": ICMP(type=3, code=1) / inner4(),
}


@pytest.mark.parametrize("end", ("to_vnf", "from_vnf"))
@pytest.mark.parametrize("case", ORIGINATED)
def test_vnfs_own_error_is_routed(bench, case, end):
    """To the source of the packet that it is about, by the FIB; its address may be on either interface."""
    bench.end_as()
    packet = IPv6(src=bench.ip6(end, 2), dst=SOURCE[6]) / ORIGINATED[case]
    assert bench.send(from_vnf=packet) == dict(src=[hop(packet)])
    assert bench.proxy.stats(SID)["out_packets"] == 0


@pytest.mark.parametrize("end", ("to_vnf", "from_vnf"))
@pytest.mark.parametrize("case", ORIGINATED4)
def test_vnfs_own_error_is_routed_ipv4(bench, case, end):
    bench.end_as()
    packet = IP(src=bench.ip4(end, 2), dst=SOURCE[4]) / ORIGINATED4[case]
    assert bench.send(from_vnf=packet) == dict(src=[hop(packet)])
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_vnfs_other_address_is_its_own_as_well(bench):
    """An address of another prefix, which is on the VNF's link by a route without gateway."""
    bench.end_as()
    bench.node.ip("route add 2001:db8:f::/64 dev to-vnf")
    try:
        packet = IPv6(src="2001:db8:f::1", dst=SOURCE[6]) / ICMPv6TimeExceeded() / inner6()
        assert bench.send(from_vnf=packet) == dict(src=[hop(packet)])
    finally:
        bench.node.ip("route del 2001:db8:f::/64 dev to-vnf")


@pytest.mark.parametrize("case", ORIGINATED)
def test_error_in_transit_goes_down_the_chain(bench, case):
    """It came through the VNF as the flow's other packets do."""
    bench.end_as()
    packet = IPv6(src="2001:db8:2::2", dst=SOURCE[6]) / ORIGINATED[case]
    want = srv6([NEXT, LAST], src="fc00:b::", hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf=packet) == dict(dst=[want])


@pytest.mark.parametrize("case", ORIGINATED4)
def test_error_in_transit_goes_down_the_chain_ipv4(bench, case):
    bench.end_as()
    packet = IP(src="198.51.100.2", dst=SOURCE[4]) / ORIGINATED4[case]
    want = srv6([NEXT, LAST], src="fc00:b::", hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf=packet) == dict(dst=[want])


@pytest.mark.parametrize("family", (4, 6))
def test_error_from_behind_the_vnf_goes_down_the_chain(bench, family):
    """A host to which the VNF is the gateway is none of the VNF's own addresses."""
    bench.end_as()
    host, net = {4: ("203.0.113.9", "203.0.113.0/24"), 6: ("2001:db8:f::9", "2001:db8:f::/64")}[family]
    gateway = (bench.ip6 if family == 6 else bench.ip4)("to_vnf", 2)
    bench.node.ip(f"route add {net} via {gateway}")
    try:
        if family == 6:
            packet = IPv6(src=host, dst=SOURCE[6]) / ICMPv6TimeExceeded() / inner6()
        else:
            packet = IP(src=host, dst=SOURCE[4]) / ICMP(type=11) / inner4()
        want = srv6([NEXT, LAST], src="fc00:b::", hlim=63, fl=AUTO) / hop(packet)
        assert bench.send(from_vnf=packet) == dict(dst=[want])
    finally:
        bench.node.ip(f"route del {net}")


OTHER = {
    "UDP": lambda b: inner6(src=b.ip6("from_vnf", 2)),
    "ping": lambda b: IPv6(src=b.ip6("from_vnf", 2), dst=SOURCE[6]) / ICMPv6EchoRequest(),
    "IPv4 UDP": lambda b: inner4(src=b.ip4("from_vnf", 2)),
    "IPv4 ping": lambda b: IP(src=b.ip4("from_vnf", 2), dst=SOURCE[4]) / ICMP(),
}


@pytest.mark.parametrize("case", OTHER)
def test_other_traffic_of_the_vnf_goes_down_the_chain(bench, case):
    """Only errors are told apart: the VNF's own pings and connections are the chain's."""
    bench.end_as()
    packet = OTHER[case](bench)
    want = srv6([NEXT, LAST], src="fc00:b::", hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf=packet) == dict(dst=[want])


# Neighbour resolution of the next hop is the kernel's


def test_next_hop_is_resolved(bench):
    """No permanent neighbour: the node asks, and what waited goes out with the answer."""
    bench.fw(nh6="fd00:3::77", nh4="10.3.0.77")
    bench.proxy.sid(SID)
    try:
        bench.src.send(srv6(PATH) / inner6())
        asked = bench.to_vnf.wait_for(
            lambda f: f.proto == ETH_P_IPV6 and f[6] == 58 and f[40] == 135, "neighbour solicitation"
        )
        assert asked.ip[ICMPv6ND_NS].tgt == "fd00:3::77"
        bench.to_vnf.send(
            IPv6(src="fd00:3::77", dst=asked.ip.src, hlim=255)
            / ICMPv6ND_NA(tgt="fd00:3::77", R=0, S=1, O=1)
            / ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:77:77")
        )
        frame = bench.to_vnf.wait_for(lambda f: f == inner6(), "packet")
        assert frame.dst == "02:00:00:00:77:77"

        bench.src.send(srv6(PATH) / inner4())
        asked = bench.to_vnf.wait_for(lambda f: f.proto == ETH_P_ARP and f[6:8] == b"\0\1", "ARP request")
        assert asked[24:28] == bytes((10, 3, 0, 77))
        reply = asked[:6] + b"\0\2" + bytes.fromhex("020000007777") + asked[24:28] + asked[8:18]
        mac = bytes.fromhex(bench.to_vnf.gateway.replace(":", ""))
        bench.to_vnf.send_frame(mac + bytes.fromhex("020000007777") + struct.pack("!H", ETH_P_ARP) + reply)
        frame = bench.to_vnf.wait_for(lambda f: f == inner4(), "packet")
        assert frame.dst == "02:00:00:00:77:77"
    finally:
        bench.node.ip("neigh flush fd00:3::77\nneigh flush 10.3.0.77", check=False)
