# SPDX-License-Identifier: GPL-2.0
"""The next segment looked up in a VRF's table, by the chain's table or the SID's.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ out ──┘                  └── from-vnf ◄─ VNF       out is in a VRF, the others are not
"""

import pytest
from scapy.layers.inet6 import IPv6

from lib.bench import LAST, NEXT, PLAIN, SID, Bench, Link
from lib.packet import ANY, ether, hop, inner, pushed, srv6

pytestmark = pytest.mark.both_hooks
PATH = [SID, NEXT, LAST]
TABLE = 50


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, Link("out", vrf=TABLE)))
    bench.node.ip(f"route add fc00:c::/32 via {bench.ip6('out', 2)} table {TABLE}")
    yield bench
    bench.close()


@pytest.mark.parametrize("kind", (4, 6, "eth"))
def test_static(bench, kind):
    bench.end_as(inner="ip,eth", chain_values={"table": TABLE})
    packet = ether() if kind == "eth" else inner(kind)
    assert bench.send(src=srv6(PATH) / packet) == dict(to_vnf=[packet])
    assert bench.send(from_vnf=packet) == dict(out=[pushed([NEXT, LAST], fl=ANY) / hop(packet)])


@pytest.mark.parametrize("kind", (4, 6, "eth"))
def test_dynamic(bench, kind):
    bench.end_ad(inner="ip,eth", table=TABLE)
    packet = ether() if kind == "eth" else inner(kind)
    assert bench.send(src=srv6(PATH) / packet) == dict(to_vnf=[packet])
    assert bench.send(from_vnf=packet) == dict(out=[srv6(PATH, 1, hlim=63, fl=ANY) / hop(packet)])


@pytest.mark.parametrize("behavior", ("end_am", "end_an"))
def test_packets_that_keep_their_header(bench, behavior):
    getattr(bench, behavior)(table=TABLE)
    (frame,) = bench.send(src=srv6(PATH) / inner(6))["to_vnf"]
    arrived = bench.send(from_vnf=IPv6(bytes(frame)))
    assert set(arrived) == {"out"} and arrived["out"][0].ip.dst == NEXT
