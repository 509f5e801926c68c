# SPDX-License-Identifier: GPL-2.0
"""IPv4 and IPv6 at once, several SIDs at once, each with its own learned headers.

    headend ── src ──┐        ┌── to-vnf,  from-vnf  ── VNF 1   fc00:b::f1
                     ├─ node ─┤
    next SID ─ dst ──┘        └── to-vnf2, from-vnf2 ── VNF 2   fc00:b::f2
"""

import random

import pytest

from lib.bench import NEXT, PLAIN, SID, SID2, Bench
from lib.packet import AUTO, hop, inner, srv6

pytestmark = pytest.mark.both_hooks


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, "to-vnf2", "from-vnf2"))
    yield bench
    bench.close()


PORTS = {SID: ("to_vnf", "from_vnf"), SID2: ("to_vnf2", "from_vnf2")}


def two_sids(bench):
    bench.fw("fw1")
    bench.fw("fw2", dev="to_vnf2", iif="from_vnf2")
    bench.proxy.sid(SID, vnf="fw1")
    bench.proxy.sid(SID2, vnf="fw2")


def path(sid, family):
    """Of different length for each SID and inner type."""
    return [sid, NEXT] + [f"fc00:c::{family}{n}" for n in range(family + (sid == SID2))]


def test_interleaved(bench):
    """A few hundred packets of all four kinds in random order: none gets another one's header."""
    two_sids(bench)
    order = random.Random(4711)
    kinds = [(sid, family) for sid in PORTS for family in (4, 6)]
    sent = [(*order.choice(kinds), sport) for sport in range(1, 301)]
    arrived = bench.send(src=[srv6(path(sid, family)) / inner(family, sport=n) for sid, family, n in sent])
    for sid, (to_vnf, _) in PORTS.items():
        assert arrived[to_vnf] == [inner(family, sport=n) for at, family, n in sent if at == sid]

    order.shuffle(sent)
    for sid, family, n in sent:
        bench.ports[PORTS[sid][1]].send(inner(family, sport=n))
    want = [srv6(path(sid, family), 1, hlim=63, fl=AUTO) / hop(inner(family, sport=n)) for sid, family, n in sent]
    assert bench.arrived() == dict(dst=want)
    assert len(bench.proxy.cache()) == 4


def test_no_thrashing(bench):
    """Mixed traffic with steady headers is learned once per SID and inner type."""
    two_sids(bench)
    kinds = [(sid, family) for sid in PORTS for family in (4, 6)]
    with bench.proxy.listen("learn") as events:
        bench.send(src=[srv6(path(sid, family)) / inner(family) for _ in range(50) for sid, family in kinds])
        bench.proxy.flush("cache")
        seen = events.until(lambda verb, noun, values: verb == "del", "flushed")
    assert [verb for verb, noun, values in seen] == ["new"] * 4 + ["del"]


def test_flush_of_one_sid(bench):
    two_sids(bench)
    bench.send(src=[srv6(path(sid, family)) / inner(family) for sid in PORTS for family in (4, 6)])
    bench.proxy.delete("cache", SID)
    assert {entry["sid"] for entry in bench.proxy.cache()} == {SID2}
    assert bench.send(from_vnf=inner(6), from_vnf2=inner(6)) == dict(
        dst=[srv6(path(SID2, 6), 1, hlim=63, fl=AUTO) / hop(inner(6))]
    )
    assert bench.drops(SID) == {"not_learned": 1}


def test_delete_of_one_sid_leaves_the_other(bench):
    two_sids(bench)
    bench.send(src=[srv6(path(sid, 6)) / inner(6) for sid in PORTS])
    bench.proxy.delete("sid", SID)
    bench.send(from_vnf=inner(6))  # plain routed now
    assert bench.send(from_vnf2=inner(6)) == dict(dst=[srv6(path(SID2, 6), 1, hlim=63, fl=AUTO) / hop(inner(6))])


def test_deleted_circuit_is_plain_routed(bench):
    """Without a SID the interface is one like any other."""
    two_sids(bench)
    bench.proxy.delete("sid", SID)
    assert bench.send(from_vnf=[inner(6), inner(4)]) == dict(dst=[hop(inner(6)), hop(inner(4))])


def test_counters_are_apart(bench):
    two_sids(bench)
    bench.send(src=[srv6(path(SID, 6)) / inner(6)] * 3 + [srv6(path(SID2, 4)) / inner(4)] * 2)
    bench.send(from_vnf=[inner(6)] * 5, from_vnf2=[inner(4)] * 7)
    assert {sid: (stats["in_packets"], stats["out_packets"])
            for sid in PORTS for stats in [bench.proxy.stats(sid)]} == {SID: (3, 5), SID2: (2, 7)}
