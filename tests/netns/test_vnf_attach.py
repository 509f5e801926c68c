# SPDX-License-Identifier: GPL-2.0
"""How a VNF may be attached: one interface or two, VLANs, VRFs, next hops of every kind.

    headend ── src ──┐        ┌── to-vnf, from-vnf        plain
                     ├─ node ─┼── vlan-out, vlan-in       VLANs 7 and 8 of one interface, trunk
    next SID ─ dst ──┘        ├── vrf-out, vrf-in         in a VRF, table 50
                              └── far-out, far-in         VLAN 9 of trunk, in a VRF, table 51
"""

import pytest

from lib.bench import LAST, NEXT, PATH, PLAIN, SID, SID2, Bench, Link
from lib.packet import AUTO, TOO_BIG, hop, icmp, inner, inner4, inner6, srv6


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((
        *PLAIN,
        Link("vlan-out", vlan=7, carrier="trunk"),
        Link("vlan-in", vlan=8, carrier="trunk"),
        Link("vrf-out", vrf=50),
        Link("vrf-in", vrf=50),
        Link("far-out", vlan=9, carrier="trunk", vrf=51),
        Link("far-in", vlan=10, carrier="trunk", vrf=52),
    ))
    yield bench
    bench.close()


# (to the VNF, from the VNF)
PLACES = {
    "two interfaces": ("to_vnf", "from_vnf"),
    "one interface": ("to_vnf", "to_vnf"),
    "two VLANs": ("vlan_out", "vlan_in"),
    "one VLAN": ("vlan_in", "vlan_in"),
    "in a VRF": ("vrf_out", "vrf_in"),
    "one interface in a VRF": ("vrf_out", "vrf_out"),
    "VLANs in two VRFs": ("far_out", "far_in"),
    "out in a VRF": ("vrf_out", "from_vnf"),
    "in in a VRF": ("to_vnf", "vrf_in"),
    "out of a VLAN, into a VRF": ("vlan_out", "vrf_in"),
}


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("place", PLACES)
def test_dynamic(bench, place, family):
    out, back = PLACES[place]
    bench.fw(dev=out, iif=back)
    bench.proxy.sid(SID)
    packet = inner(family)
    (frame,) = bench.send(src=srv6(PATH) / packet)[out]
    assert frame == packet and frame.dst == bench.ports[out].mac
    want = srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(**{back: packet}) == dict(dst=[want])


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("place", PLACES)
def test_static(bench, place, family):
    out, back = PLACES[place]
    bench.fw(dev=out, iif=back)
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    bench.proxy.sid(SID, behavior="End.AS", chain="gold")
    packet = inner(family)
    assert bench.send(src=srv6([LAST, SID], 1) / packet) == {out: [packet]}
    want = srv6([NEXT], src="fc00:b::", hlim=63, fl=AUTO, reduced=True) / hop(packet)
    assert bench.send(**{back: packet}) == dict(dst=[want])


@pytest.mark.parametrize("place", PLACES)
def test_other_interfaces_do_not_return(bench, place):
    """Only IFACE-IN is the circuit; by another interface a packet is plain routed, if at all."""
    out, back = PLACES[place]
    bench.fw(dev=out, iif=back)
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    bench.proxy.sid(SID, behavior="End.AS", chain="gold")
    bench.send(**{port: inner6() for port in bench.ports if port != back})
    assert bench.proxy.stats(SID)["out_packets"] == 0


def test_two_vnfs_on_the_vlans_of_one_interface(bench):
    bench.fw("one", dev="vlan_out", iif="vlan_out")
    bench.fw("two", dev="vlan_in", iif="vlan_in")
    bench.proxy.sid(SID, vnf="one")
    bench.proxy.sid(SID2, vnf="two")
    one, two = inner6(sport=1), inner6(sport=2)
    assert bench.send(src=[srv6([SID, NEXT]) / one, srv6([SID2, LAST]) / two]) == dict(vlan_out=[one], vlan_in=[two])
    assert bench.send(vlan_in=two, vlan_out=one) == dict(
        dst=[srv6([SID2, LAST], 1, hlim=63, fl=AUTO) / hop(two), srv6([SID, NEXT], 1, hlim=63, fl=AUTO) / hop(one)]
    )


@pytest.mark.parametrize("port", ("vlan_out", "vrf_out", "far_out"))
def test_sid_packets_arrive_by_any_interface(bench, port):
    """A VLAN, a VRF, a VLAN in a VRF: taken once, by whichever of the stacked devices."""
    bench.end_ad()
    for packet in (inner6(), inner4()):
        assert bench.send(**{port: srv6(PATH) / packet}) == dict(to_vnf=[packet])
    assert bench.proxy.stats(SID)["in_packets"] == 2


# Next hops

LLADDR = "02:00:00:00:ab:cd"


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("place", ("two interfaces", "two VLANs", "in a VRF"))
def test_static_link_layer_address(bench, place, family):
    out, back = PLACES[place]
    bench.fw(dev=out, iif=back, lladdr=LLADDR)
    bench.proxy.sid(SID)
    (frame,) = bench.send(src=srv6(PATH) / inner(family))[out]
    assert frame == inner(family) and (frame.dst, frame.src) == (LLADDR, bench.ports[out].gateway)


@pytest.mark.parametrize("place", ("two interfaces", "two VLANs", "in a VRF"))
def test_ipv6_next_hop_for_ipv4(bench, place):
    """RFC 5549: nh6 serves IPv4 too, without any IPv4 address on the link."""
    out, back = PLACES[place]
    bench.proxy.vnf("fw", dev=bench.device(out), iif=bench.device(back), nh6=bench.ip6(out, 2))
    bench.proxy.sid(SID)
    (frame,) = bench.send(src=srv6(PATH) / inner4())[out]
    assert frame == inner4() and frame.dst == bench.ports[out].mac


def test_each_family_has_its_next_hop(bench):
    bench.node.ip(f"neigh replace {bench.ip4('to_vnf', 9)} lladdr {LLADDR} nud permanent dev to-vnf")
    bench.fw(nh4=bench.ip4("to_vnf", 9))
    bench.proxy.sid(SID)
    arrived = bench.send(src=[srv6(PATH) / inner4(), srv6(PATH) / inner6()])["to_vnf"]
    assert [frame.dst for frame in arrived] == [LLADDR, bench.to_vnf.mac]
    bench.node.ip(f"neigh del {bench.ip4('to_vnf', 9)} dev to-vnf")


def test_link_local_next_hop(bench):
    bench.node.ip(f"neigh replace fe80::9 lladdr {LLADDR} nud permanent dev to-vnf")
    bench.fw(nh6="fe80::9", nh4=bench.ip4("to_vnf", 2))
    bench.proxy.sid(SID)
    (frame,) = bench.send(src=srv6(PATH) / inner6())["to_vnf"]
    assert frame == inner6() and frame.dst == LLADDR
    bench.node.ip("neigh del fe80::9 dev to-vnf")


def test_changed_next_hop_is_used_at_once(bench):
    bench.fw()
    bench.proxy.sid(SID)
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.replace("vnf", name="fw", dev="to-vnf", iif="from-vnf", lladdr=LLADDR)
    (frame,) = bench.send(src=srv6(PATH) / inner6())["to_vnf"]
    assert frame.dst == LLADDR


def test_changed_devices_are_used_at_once(bench):
    """The circuit moves along, and what has been learned stays."""
    bench.fw()
    bench.proxy.sid(SID)
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.change("vnf", name="fw", dev="vlan-out", iif="vlan-in", nh6=bench.ip6("vlan_out", 2))
    want = srv6(PATH, 1, hlim=63, fl=AUTO) / hop(inner6())
    assert bench.send(vlan_in=inner6()) == dict(dst=[want])
    assert bench.send(from_vnf=inner6()) == dict(dst=[hop(inner6())])  # plain routed again
    assert bench.send(src=srv6(PATH) / inner6()) == dict(vlan_out=[inner6()])


def test_device_without_link_layer(bench):
    """A tunnel needs no next hop: the packet is all there is to send."""
    bench.node.ip(f"""
        link add tun type ip6tnl mode any local {bench.ip6("to_vnf", 1)} remote {bench.ip6("to_vnf", 2)} \
            encaplimit none
        link set tun up
    """)
    try:
        bench.proxy.vnf("fw", dev="tun")
        bench.proxy.sid(SID)
        for packet in (inner6(), inner4()):
            (frame,) = bench.send(src=srv6(PATH) / packet)["to_vnf"]
            assert bytes(frame)[40:] == bytes(packet)
    finally:
        bench.node.ip("link del tun")


def test_vrf_does_not_route_the_return(bench):
    """The next segment is found by the node's rules, were there a route to it in the VRF or not."""
    bench.fw(dev="vrf_out", iif="vrf_in")
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    bench.proxy.sid(SID, behavior="End.AS", chain="gold")
    bench.node.ip("route add unreachable fc00:c::/32 table 50")
    try:
        want = srv6([NEXT], src="fc00:b::", hlim=63, fl=AUTO, reduced=True) / hop(inner6())
        assert bench.send(vrf_in=inner6()) == dict(dst=[want])
    finally:
        bench.node.ip("route del unreachable fc00:c::/32 table 50")


def test_rule_for_the_vnfs_interface_does_not_route_the_return(bench):
    bench.end_as(segs=[NEXT])
    bench.node.ip("route add unreachable fc00:c::/32 table 60")
    bench.node.run("ip", "-6", "rule", "add", "iif", "from-vnf", "lookup", "60", "pref", "100")
    try:
        want = srv6([NEXT], src="fc00:b::", hlim=63, fl=AUTO, reduced=True) / hop(inner6())
        assert bench.send(from_vnf=inner6()) == dict(dst=[want])
    finally:
        bench.node.run("ip", "-6", "rule", "del", "pref", "100")
        bench.node.ip("route del unreachable fc00:c::/32 table 60")


@pytest.mark.parametrize("family", (4, 6))
def test_mtu_of_a_vlan(bench, family):
    bench.fw(dev="vlan_out", iif="vlan_in")
    bench.proxy.sid(SID)
    bench.node.ip("link set vlan-out mtu 1300")
    try:
        packet = inner(family, 1301)
        (error,) = bench.send(src=srv6(PATH) / packet)["src"]
        assert icmp(error, packet)[2:] == (*TOO_BIG[family], 1300)
    finally:
        bench.node.ip("link set vlan-out mtu 1500")
