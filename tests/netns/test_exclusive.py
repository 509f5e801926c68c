# SPDX-License-Identifier: GPL-2.0
"""VNFs whose devices are the proxy's alone: what returns is taken by the device's rx handler, not by a hook."""

import pytest
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrHopByHop

from lib.bench import LAST, NEXT, SID, SID2, Bench
from lib.netns import Netns
from lib.packet import AUTO, hop, inner, inner6, srv6
from lib.proxy import Tool
from lib.traffic import Sequence

IFACES = ("to_vnf", "from_vnf")


@pytest.fixture
def bridge(bench):
    """A function: may a bridge have a device? If so, it has it no longer."""
    bench.node.ip("link add br0 type bridge")

    def may_have(name):
        done = bench.node.run("ip", "link", "set", name, "master", "br0", check=False)
        if done.returncode == 0:
            bench.node.ip(f"link set {name} nomaster")
            return True
        assert "busy" in done.stdout
        return False

    yield may_have
    bench.node.ip("link del br0")


def ours(bench, bridge):
    return [not bridge(bench.device(key)) for key in IFACES]


def works(bench, sid=SID, family=6):
    """There, which teaches it, and back."""
    assert bench.send(src=srv6([sid, NEXT, LAST]) / inner(family)) == dict(to_vnf=[inner(family)])
    back = srv6([sid, NEXT, LAST], 1, hlim=63, fl=AUTO) / hop(inner(family))
    assert bench.send(from_vnf=inner(family)) == dict(dst=[back])


@pytest.mark.both_hooks
@pytest.mark.parametrize("family", (4, 6))
def test_packets_are_the_same(bench, family):
    bench.fw(exclusive=1)
    bench.proxy.sid(SID)
    works(bench, family=family)


def test_every_packet_is_taken_with_hook_local(bench):
    """There is no PRE_ROUTING for what other ways leave to it."""
    bench.proxy.hook = "local"
    bench.fw(exclusive=1)
    bench.proxy.sid(SID, inner="ip6")
    works(bench)
    packet = IPv6(src="2001:db8:1::1", dst="2001:db8:2::2") / IPv6ExtHdrHopByHop() / UDP()
    (frame,) = bench.send(from_vnf=packet)["dst"]
    assert frame.ip.dst == NEXT


def test_tool_and_what_it_means(bench, bridge):
    bench.end_ad()
    tool = Tool(bench.node)
    assert ours(bench, bridge) == [False, False]
    tool("vnf change fw exclusive")
    assert ours(bench, bridge) == [True, True]
    assert bench.proxy.get("vnf", "fw")["exclusive"] == 1 and tool.json("vnf get fw")[0]["exclusive"] is True
    works(bench)
    tool("vnf change fw noexclusive")
    assert ours(bench, bridge) == [False, False]
    works(bench)


def test_others_keep_what_they_have(bench, bridge):
    """A device that is a bridge's is not taken from it; when it is free, the next event gives it to the proxy."""
    dev = bench.device("from_vnf")
    bench.node.ip(f"link set {dev} master br0")
    bench.fw(exclusive=1)
    bench.proxy.sid(SID)
    bench.node.ip(f"link set {dev} nomaster")
    works(bench)
    assert ours(bench, bridge) == [True, False]
    bench.node.ip(f"link set {dev} down\nlink set {dev} up")
    bench.set_up_link("from_vnf", new=False)
    assert ours(bench, bridge) == [True, True]
    works(bench)


def test_as_long_as_one_vnf_wants_it(bench, bridge):
    bench.fw("a", exclusive=1)
    bench.fw("b", exclusive=1)
    bench.fw("c")
    for name, want in (("c", True), ("a", True), ("b", False)):
        bench.proxy.delete("vnf", name)
        assert ours(bench, bridge) == [want, want], name


def test_frames_too(bench):
    """Frames have a hook in any case; IP packets are taken beside it."""
    bench.fw(exclusive=1, lladdr="02:00:00:00:00:77")
    bench.proxy.sid(SID, inner="ip6")
    bench.proxy.sid(SID2, inner="eth")
    assert bench.send(src=srv6([SID, NEXT, LAST]) / inner6())["to_vnf"]
    works_back = srv6([SID, NEXT, LAST], 1, hlim=63, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[works_back])


@pytest.mark.parametrize("hook", ("prerouting", "local"))
def test_nothing_gets_past_while_it_changes(bench, hook):
    bench.proxy.hook = hook
    bench.end_as(segs=[NEXT])
    packets = [inner6(sport=n + 1) for n in range(150)]
    with Sequence(bench.from_vnf, packets) as sender:
        while sender.running():
            for exclusive in (1, 0):
                bench.proxy.change("vnf", name="fw", exclusive=exclusive)
        sender.wait()
    arrived = bench.arrived()["dst"]
    assert len(arrived) == len(packets) and {frame.ip.dst for frame in arrived} == {NEXT}


@pytest.mark.parametrize("key", IFACES)
def test_device_that_leaves_takes_nothing_along(bench, key):
    """And is the proxy's again when it comes back."""
    bench.fw(exclusive=1)
    bench.proxy.sid(SID)
    name, elsewhere = bench.device(key), Netns("elsewhere")
    bench.node.ip(f"link set {name} netns {elsewhere.name}")
    elsewhere.ip(f"link add br0 type bridge\nlink set {name} master br0\nlink set {name} nomaster")
    elsewhere.ip(f"link set {name} netns {bench.node.name}")
    bench.node.ip(f"link set {name} up")
    bench.set_up_link(key)
    works(bench)
    elsewhere.close()


def test_namespace_goes_with_all_that(module):
    bench = Bench()
    bench.fw(exclusive=1)
    bench.proxy.sid(SID)
    works(bench)
    bench.proxy.close()
    bench.node.close()
    for port in bench.ports.values():
        port.close()
    bench.world.close()
