# SPDX-License-Identifier: GPL-2.0
"""With br_netfilter the hook sees bridged frames too: only those to the node's own address are its.

    left ─────┐
              ├── br0 ──── node: End.AS behind to-vnf, from-vnf
    right ────┘
"""

from pathlib import Path

import pytest

from lib.bench import HEADEND, NEXT, SID, Bench
from lib.netns import run
from lib.packet import inner6, srv6
from lib.wire import Port

BRIDGE, LEFT, RIGHT = "02:00:00:00:bb:01", "02:00:00:00:bb:02", "02:00:00:00:bb:03"


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench()
    run("modprobe", "br_netfilter", check=False)
    bench.node.ip(f"""
        link add br0 address {BRIDGE} type bridge
        link set br0 up
        link add left type veth peer name left netns {bench.world.name} address {LEFT}
        link add right type veth peer name right netns {bench.world.name} address {RIGHT}
        link set left master br0 up
        link set right master br0 up
        addr add fd00:bb::1/64 dev br0 nodad
    """)
    bench.world.ip("link set left up\nlink set right up")
    with bench.node:
        present = Path("/proc/sys/net/bridge/bridge-nf-call-ip6tables").exists()
    if not present:
        bench.close()
        pytest.skip("needs CONFIG_BRIDGE_NETFILTER")
    bench.node.sysctl({"net/bridge/bridge-nf-call-ip6tables": 1, "net/bridge/bridge-nf-call-iptables": 1})
    bench.left = Port(bench.world, "left", LEFT, BRIDGE)
    bench.right = Port(bench.world, "right", RIGHT, BRIDGE)
    bench.ports |= {"left": bench.left, "right": bench.right}
    bench.silent |= {"left", "right"}
    # The bridge knows where its stations are.
    bench.node.run("bridge", "fdb", "replace", LEFT, "dev", "left", "master", "static")
    bench.node.run("bridge", "fdb", "replace", RIGHT, "dev", "right", "master", "static")
    yield bench
    bench.close()


def to_sid():
    return srv6([NEXT, SID], 1, src=HEADEND) / inner6()


def test_frame_to_the_bridge_is_ours(bench):
    bench.end_as()
    assert bench.send(left=to_sid()) == dict(to_vnf=[inner6()])


def test_frame_to_somebody_else_is_bridged(bench):
    """Though its destination is a SID of this node."""
    bench.end_as()
    bench.left.send(to_sid(), dst=RIGHT)
    frame = bench.right.wait_for(lambda frame: frame == to_sid(), "bridged packet")
    assert (frame.dst, frame.src) == (RIGHT, LEFT)
    assert bench.arrived() == {}
    assert bench.proxy.stats(SID)["in_packets"] == 0


def test_return_circuit_on_a_bridge(bench):
    """br0 as IFACE-IN: frames to the node return, frames between its ports do not."""
    bench.proxy.vnf("fw", dev="to-vnf", iif="br0", nh6=bench.ip6("to_vnf", 2))
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    bench.proxy.sid(SID, behavior="End.AS", chain="gold")
    bench.left.send(inner6(), dst=RIGHT)
    bench.right.wait_for(lambda frame: frame == inner6(), "bridged packet")
    assert bench.arrived() == {}
    assert set(bench.send(left=inner6())) == {"dst"}
    assert bench.proxy.stats(SID)["out_packets"] == 1


def test_multicast_and_broadcast_frames_are_not_ours(bench):
    """A unicast packet in them least of all (RFC 1122 3.3.6)."""
    bench.end_as()
    for dst in ("ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"):
        bench.left.send(to_sid(), dst=dst)
        bench.src.send(to_sid(), dst=dst)
        bench.from_vnf.send(inner6(), dst=dst)
    assert bench.arrived() == {}
    assert bench.proxy.stats(SID)["in_packets"] == bench.proxy.stats(SID)["out_packets"] == 0
