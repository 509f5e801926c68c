# SPDX-License-Identifier: GPL-2.0
"""Bidirectional chains: two SIDs on one VNF, of which one uses it the other way round.

    headend ── src ──┐                  ┌── to-vnf ◄──► VNF     SID: out by to-vnf, back by from-vnf
                     ├── node: End.Ax ──┤                       SID2: out by from-vnf, back by to-vnf
    next SID ─ dst ──┘                  └── from-vnf ◄► VNF
"""

import errno

import pytest
from scapy.compat import raw
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PLAIN, SID, SID2, SID3, SOURCE, Bench, Link
from lib.chain import BACK, THERE, Chain
from lib.genl import NlError
from lib.packet import ANY, ether, hop, inner, inner4, inner6, pushed, srv6

pytestmark = pytest.mark.both_hooks

# The way there is from src to dst, that back is from dst to src.
THERE_PATH = [SID, NEXT, LAST]
BACK_PATH = [SID2, "fc00:a::8", "fc00:a::9"]
PLACES = {
    "two interfaces": ("to_vnf", "from_vnf"),
    "two VLANs": ("vlan_out", "vlan_in"),
    "two tags": ("tag_out", "tag_in"),
    "a tag and none": ("tag_out", "from_vnf"),
}
LLADDR = "02:00:00:00:ab:cd"


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((
        *PLAIN,
        Link("vlan-out", vlan=7, carrier="trunk"), Link("vlan-in", vlan=8, carrier="trunk"),
        Link("tag-out", tags="100", on="tagged"), Link("tag-in", tags="802.1ad:300,100", on="tagged"),
    ))
    yield bench
    bench.close()


def backwards(packet):
    """From the other end."""
    packet = packet.copy()
    packet.src, packet.dst = packet.dst, packet.src
    return packet


def both(bench, place="two interfaces", behavior="End.AD", **values):
    out, back = PLACES[place]
    bench.fw(dev=out, iif=back, reverse=True)
    for sid, reverse in ((SID, {}), (SID2, {"reverse": 1})):
        chain = {}
        if behavior == "End.AS":
            chain = {"chain": f"chain{len(reverse)}"}
            bench.proxy.chain(chain["chain"], src=SOURCE, segs=(BACK_PATH if reverse else THERE_PATH)[1:])
        bench.proxy.sid(sid, behavior=behavior, **chain, **reverse, **values)
    return out, back


KINDS = {"ip4": inner4(), "ip6": inner6(), "eth": ether()}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_dynamic(bench, place, kind):
    out, back = both(bench, place, inner="ip,eth")
    there, here = KINDS[kind], backwards(KINDS[kind])
    assert bench.send(src=srv6(THERE_PATH) / there) == {out: [there]}
    assert bench.send(dst=srv6(BACK_PATH, src=LAST) / here) == {back: [here]}
    assert bench.send(**{back: there}) == dict(dst=[srv6(THERE_PATH, 1, hlim=63, fl=ANY) / hop(there)])
    assert bench.send(**{out: here}) == dict(src=[srv6(BACK_PATH, 1, src=LAST, hlim=63, fl=ANY) / hop(here)])
    for sid in (SID, SID2):
        stats = bench.proxy.stats(sid)
        assert (stats["in_packets"], stats["out_packets"]) == (1, 1) and bench.drops(sid) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_static(bench, kind):
    out, back = both(bench, behavior="End.AS", inner="ip,eth")
    there, here = KINDS[kind], backwards(KINDS[kind])
    assert bench.send(src=IPv6(src=HEADEND, dst=SID) / there) == {out: [there]}
    assert bench.send(dst=IPv6(src=LAST, dst=SID2) / here) == {back: [here]}
    assert bench.send(**{back: there}) == dict(dst=[pushed(THERE_PATH[1:], fl=ANY) / hop(there)])
    assert bench.send(**{out: here}) == dict(src=[pushed(BACK_PATH[1:], fl=ANY) / hop(here)])


def test_last(bench):
    """Plain routed, each from its own side."""
    out, back = both(bench, flavors="last")
    there, here = inner6(), backwards(inner6())
    assert bench.send(src=srv6([NEXT, SID], 1) / there) == {out: [there]}
    assert bench.send(dst=srv6([NEXT, SID2], 1) / here) == {back: [here]}
    assert bench.send(**{back: there}) == dict(dst=[hop(there)])
    assert bench.send(**{out: here}) == dict(src=[hop(here)])
    assert bench.proxy.stats(SID)["out_packets"] == bench.proxy.stats(SID2)["out_packets"] == 1


DATAGRAM = Raw(raw(IPv6(src=HEADEND, dst=LAST) / UDP(sport=1, dport=2) / Raw(b"masquerade"))[40:])


@pytest.mark.parametrize("behavior", ("End.AM", "End.AN"))
def test_with_the_srh(bench, behavior):
    out, back = both(bench, behavior=behavior)
    for port, other, path, sender, receiver in (
        (out, back, THERE_PATH, "src", "dst"), (back, out, BACK_PATH, "dst", "src"),
    ):
        sent = srv6(path, nh=17) / DATAGRAM
        at_vnf = sent.copy()
        if behavior == "End.AM":
            at_vnf.dst = path[-1]
        assert bench.send(**{sender: sent}) == {port: [at_vnf]}
        assert bench.send(**{other: at_vnf}) == {receiver: [srv6(path, 1, hlim=63, nh=17) / DATAGRAM]}


# Next hops


@pytest.mark.parametrize("family", (4, 6))
def test_each_side_has_its_next_hop(bench, family):
    both(bench)
    (there,) = bench.send(src=srv6(THERE_PATH) / inner(family))["to_vnf"]
    (here,) = bench.send(dst=srv6(BACK_PATH) / inner(family))["from_vnf"]
    assert (there.dst, there.src) == (bench.to_vnf.mac, bench.to_vnf.gateway)
    assert (here.dst, here.src) == (bench.from_vnf.mac, bench.from_vnf.gateway)


@pytest.mark.parametrize("family", (4, 6))
def test_static_link_layer_address(bench, family):
    bench.proxy.vnf("fw", dev="to-vnf", iif="from-vnf", lladdr=bench.to_vnf.mac, iif_lladdr=LLADDR)
    bench.proxy.sid(SID2, reverse=1)
    (frame,) = bench.send(dst=srv6(BACK_PATH) / inner(family))["from_vnf"]
    assert frame == inner(family) and (frame.dst, frame.src) == (LLADDR, bench.from_vnf.gateway)


def test_ipv6_next_hop_for_ipv4(bench):
    bench.proxy.vnf("fw", dev="to-vnf", iif="from-vnf", iif_nh6=bench.ip6("from_vnf", 2))
    bench.proxy.sid(SID2, reverse=1)
    (frame,) = bench.send(dst=srv6(BACK_PATH) / inner4())["from_vnf"]
    assert frame == inner4() and frame.dst == bench.from_vnf.mac


def test_each_family_has_its_next_hop(bench):
    bench.node.ip(f"neigh replace {bench.ip4('from_vnf', 9)} lladdr {LLADDR} nud permanent dev from-vnf")
    bench.proxy.vnf("fw", dev="to-vnf", iif="from-vnf", iif_nh6=bench.ip6("from_vnf", 2),
                    iif_nh4=bench.ip4("from_vnf", 9))
    bench.proxy.sid(SID2, reverse=1)
    arrived = bench.send(dst=[srv6(BACK_PATH) / inner4(), srv6(BACK_PATH) / inner6()])["from_vnf"]
    assert [frame.dst for frame in arrived] == [LLADDR, bench.from_vnf.mac]
    bench.node.ip(f"neigh del {bench.ip4('from_vnf', 9)} dev from-vnf")


def test_frames_need_no_next_hop(bench):
    bench.proxy.vnf("fw", dev="to-vnf", iif="from-vnf")
    bench.proxy.sid(SID2, inner="eth", reverse=1)
    assert bench.send(dst=srv6(BACK_PATH) / ether()) == dict(from_vnf=[ether()])


# Configuration


def refused(call, *args, **kwargs):
    with pytest.raises(NlError) as error:
        call(*args, **kwargs)
    assert error.value.message, "a refusal without a sentence"
    return error.value


def test_circuits_are_swapped(bench):
    both(bench, inner="ip6,eth")
    assert {(c["iif"], c["inner"], c["sid"]) for c in bench.proxy.show("circuit")} == {
        ("from-vnf", "ip6", SID), ("from-vnf", "eth", SID), ("to-vnf", "ip6", SID2), ("to-vnf", "eth", SID2),
    }
    assert bench.proxy.get("vnf", "fw")["sids"] == 2
    assert bench.proxy.get("sid", SID2)["reverse"] == 1


@pytest.mark.parametrize("values", (
    {"dev": "to-vnf"}, {"dev": "to-vnf", "iif": "to-vnf"}, {"dev": "to-vnf", "vlan": "100"},
    {"dev": "to-vnf", "iif": "to-vnf", "vlan": "100", "iif_vlan": "100"},
), ids=str)
def test_one_port_has_no_reverse(bench, values):
    bench.proxy.vnf("fw", lladdr=LLADDR, iif_lladdr=LLADDR, **values)
    bench.proxy.sid(SID)
    before = bench.proxy.state()
    error = refused(bench.proxy.sid, SID2, reverse=1)
    assert error.errno == errno.EINVAL and "to-vnf" in error.message
    assert bench.proxy.state() == before


@pytest.mark.parametrize("verb, values, port", (
    ("change", {"iif": "to-vnf"}, "to-vnf"), ("change", {"dev": "from-vnf"}, "from-vnf"),
    ("replace", {"dev": "to-vnf", "lladdr": LLADDR, "iif_lladdr": LLADDR}, "to-vnf"),
), ids=str)
def test_ports_stay_two_while_there_is_a_reverse(bench, verb, values, port):
    bench.proxy.vnf("fw", dev="to-vnf", iif="from-vnf", lladdr=LLADDR, iif_lladdr=LLADDR)
    bench.proxy.sid(SID2, reverse=1)
    before = bench.proxy.state()
    error = refused(getattr(bench.proxy, verb), "vnf", name="fw", **values)
    assert error.errno == errno.EINVAL and "reverse" in error.message and port in error.message
    assert bench.proxy.state() == before


def test_two_tags_of_one_device_are_two_ports(bench):
    bench.proxy.vnf("fw", dev="tagged", vlan="100", iif="tagged", iif_vlan="200", lladdr=LLADDR, iif_lladdr=LLADDR)
    bench.proxy.sid(SID2, reverse=1)
    assert bench.proxy.get("vnf", "fw")["sids"] == 1


@pytest.mark.parametrize("kind, family", (("ip6", 6), ("ip4", 4)))
def test_next_hop_on_the_other_side_is_needed(bench, kind, family):
    """That of the way there is of no use."""
    bench.fw()
    error = refused(bench.proxy.sid, SID2, inner=kind, reverse=1)
    assert error.errno == errno.EINVAL and f"ip{family}" in error.message


def test_two_reverses_are_one_too_many(bench):
    bench.proxy.hook = "prerouting"  # a refusal by the module, not by the tool
    both(bench)
    error = refused(bench.proxy.sid, SID3, inner="ip6", reverse=1)
    assert error.errno == errno.EEXIST
    assert all(word in error.message for word in ("to-vnf", "ip6", SID2))


def test_reverse_and_another_vnf_the_other_way_round(bench):
    """The same circuits, said differently."""
    bench.proxy.hook = "prerouting"  # a refusal by the module, not by the tool
    both(bench)
    bench.fw("other", dev="from_vnf", iif="to_vnf")
    assert SID2 in refused(bench.proxy.sid, SID3, vnf="other").message


def test_sid_turns_round(bench):
    """By a change, and back."""
    bench.fw(reverse=True)
    bench.proxy.sid(SID)
    for reverse, out, back in ((1, "from_vnf", "to_vnf"), (0, "to_vnf", "from_vnf")):
        bench.proxy.change("sid", addr=SID, reverse=reverse)
        assert bench.send(src=srv6(THERE_PATH) / inner6()) == {out: [inner6()]}
        want = srv6(THERE_PATH, 1, hlim=63, fl=ANY) / hop(inner6())
        assert bench.send(**{back: inner6()}) == dict(dst=[want])
        assert len(bench.proxy.show("circuit")) == 2


def test_vnf_down_is_down_for_both(bench):
    bench.proxy.vnf("fw", dev="to-vnf", iif="absent", lladdr=LLADDR, iif_lladdr=LLADDR)
    bench.proxy.sid(SID)
    bench.proxy.sid(SID2, reverse=1)
    assert bench.send(src=srv6(THERE_PATH) / inner6(), dst=srv6(BACK_PATH) / inner6()) == {}
    assert bench.drops(SID) == bench.drops(SID2) == {"vnf_down": 1}


# Real traffic


class OneVnf(Chain):
    def configure(self):
        self.tool.batch(f"""
            vnf add fw dev to-fw iif from-fw nh6 fd00:f1::2 nh4 10.1.0.2 iif-nh6 fd00:f2::2 iif-nh4 10.2.0.2
            sid add {THERE} behavior End.AD vnf fw
            sid add {BACK} behavior End.AD vnf fw reverse
        """)


@pytest.fixture(scope="module")
def chain(module):
    chain = OneVnf()
    chain.configure()
    yield chain
    chain.close()


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("reverse", (False, True), ids=("there", "back"))
def test_tcp(chain, family, reverse):
    sent, received = chain.transfer(family, 1 << 20, reverse)
    assert sent == received
