# SPDX-License-Identifier: GPL-2.0
"""Where nothing is configured, and what is none of our business: as if the module were not there.

    headend ── src ──┐        ┌── to-vnf
                     ├─ node ─┤
    next SID ─ dst ──┘        └── from-vnf
"""

import socket

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, IPv6, IPv6ExtHdrFragment
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, SID, SID2, Bench
from lib.genl import NlError
from lib.packet import AUTO, NO_ROUTE, hop, icmp, inner4, inner6, srv6

PORTS = ("src", "dst", "to_vnf", "from_vnf")


def configure(bench):
    """A SID that all of this is not for."""
    bench.end_as()


def nothing(bench):
    pass


# What the stack makes of packets by itself: port and packet in, port and packet out
TRANSIT = {
    "IPv6": ("src", inner6(), "dst", hop(inner6())),
    "IPv4": ("src", inner4(), "dst", hop(inner4())),
    "IPv6 back": ("dst", inner6(dst="2001:db8:1::1"), "src", hop(inner6(dst="2001:db8:1::1"))),
    "IPv4 back": ("dst", inner4(dst="192.0.2.1"), "src", hop(inner4(dst="192.0.2.1"))),
    "SRv6": ("src", srv6([NEXT, LAST]) / inner6(), "dst", srv6([NEXT, LAST], hlim=63) / inner6()),
    "IPv6 in IPv6": (
        "src", IPv6(src=HEADEND, dst=NEXT) / inner6(),
        "dst", IPv6(src=HEADEND, dst=NEXT, hlim=63) / inner6(),
    ),
    "broken SRH": (
        "src", srv6([NEXT, LAST], last=99, sl=98) / inner6(),
        "dst", srv6([NEXT, LAST], last=99, sl=98, hlim=63) / inner6(),
    ),
    "IPv6 fragment": (
        "src", IPv6(src=HEADEND, dst=NEXT) / IPv6ExtHdrFragment(m=1, id=5, nh=17) / Raw(b"x" * 64),
        "dst", IPv6(src=HEADEND, dst=NEXT, hlim=63) / IPv6ExtHdrFragment(m=1, id=5, nh=17) / Raw(b"x" * 64),
    ),
    "IPv4 fragment": (
        "src", IP(src="192.0.2.1", dst="198.51.100.2", frag=100, flags="MF", ttl=9) / Raw(b"x" * 64),
        "dst", IP(src="192.0.2.1", dst="198.51.100.2", frag=100, flags="MF", ttl=8) / Raw(b"x" * 64),
    ),
    "IPv6 from IFACE-OUT": ("to_vnf", inner6(), "dst", hop(inner6())),
    "IPv4 from IFACE-OUT": ("to_vnf", inner4(), "dst", hop(inner4())),
}


@pytest.mark.data
@pytest.mark.parametrize("state", (nothing, configure))
@pytest.mark.parametrize("case", TRANSIT)
def test_transit(bench, case, state):
    state(bench)
    port, packet, out, want = TRANSIT[case]
    assert bench.send(**{port: packet}) == {out: [want]}


@pytest.mark.parametrize("state", (nothing, configure))
@pytest.mark.parametrize("port", ("src", "dst", "to_vnf"))
def test_node_itself(bench, port, state):
    state(bench)
    request = IPv6(src=bench.ip6(port, 2), dst=bench.ip6(port, 1)) / ICMPv6EchoRequest(data=b"hello")
    answer = IPv6(src=bench.ip6(port, 1), dst=bench.ip6(port, 2), fl=AUTO) / ICMPv6EchoReply(data=b"hello")
    assert bench.send(**{port: request}) == {port: [answer]}


@pytest.mark.parametrize("port", PORTS)
def test_unconfigured_sid_is_an_address_without_route(bench, port):
    packet = srv6(PATH) / inner6()
    ((at, (error,)),) = bench.send(**{port: packet}).items()
    assert at == "src" and icmp(error, packet)[2:] == (*NO_ROUTE[6], None)


def test_hooks_come_with_the_first_sid_and_go_with_the_last(bench, hooks):
    assert hooks(bench.node) == []
    bench.fw()
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    assert hooks(bench.node) == [], "what has no SID meets no packet"
    bench.proxy.sid(SID, behavior="End.AS", chain="gold", inner="ip6")
    present = hooks(bench.node)
    assert len(present) == 2, "one hook for IPv6, one for IPv4"
    bench.proxy.sid(SID2, behavior="End.AS", chain="gold", inner="ip4")
    bench.proxy.replace("sid", addr=SID, behavior="End.AD", vnf="fw", inner="ip6")
    bench.proxy.delete("sid", SID)
    assert hooks(bench.node) == present
    bench.proxy.delete("sid", SID2)
    assert hooks(bench.node) == []


def test_refused_sid_leaves_no_hook(bench, hooks):
    bench.fw()
    with pytest.raises(NlError):
        bench.proxy.sid(SID, behavior="End.AS", chain="absent")
    assert hooks(bench.node) == []


def test_other_namespaces_have_no_hook(bench, hooks):
    bench.end_ad()
    assert hooks(bench.node) and not hooks(bench.world)


def test_other_namespaces_are_not_configured(bench):
    """Configuration in one namespace is nothing to another."""
    bench.end_ad()
    other = Bench()
    try:
        assert other.send(src=inner6()) == dict(dst=[hop(inner6())])
        assert other.proxy.show("sid") == []
    finally:
        other.close()


def test_two_namespaces_with_the_same_names(bench):
    """Two nodes, each with its own fw and its own learned header for the same SID."""
    other = Bench()
    try:
        for each in (bench, other):
            each.end_ad()
        bench.teach(srv6([SID, NEXT]) / inner6())
        other.teach(srv6([SID, LAST]) / inner6())
        assert bench.send(from_vnf=inner6()) == dict(dst=[srv6([SID, NEXT], 1, hlim=63, fl=AUTO) / hop(inner6())])
        assert other.send(from_vnf=inner6()) == dict(dst=[srv6([SID, LAST], 1, hlim=63, fl=AUTO) / hop(inner6())])
    finally:
        other.close()


def test_udp_of_the_node_on_a_vnf_interface(bench):
    """What the node itself sends out of IFACE-OUT does not meet the hook."""
    bench.end_as()
    sock = bench.node.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind((bench.ip6("to_vnf", 1), 4000))
    sock.sendto(b"hello", (bench.ip6("to_vnf", 2), 5000))
    (frame,) = bench.arrived()["to_vnf"]
    assert frame.ip[UDP].dport == 5000 and bytes(frame).endswith(b"hello")
    sock.close()
