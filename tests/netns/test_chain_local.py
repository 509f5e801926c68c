# SPDX-License-Identifier: GPL-2.0
"""Chains within one node: the next segment is another proxy SID, a SID of the kernel, or elsewhere.

    headend ── src ──┐        ┌── to-vnf,  from-vnf  ── VNF 1   fc00:b::f1
                     ├─ node ─┼── to-vnf2, from-vnf2 ── VNF 2   fc00:b::f2
    next SID ─ dst ──┘        └── to-vnf3, from-vnf3 ── VNF 3   fc00:b::f3

The kernel's own SIDs are in fc00:e::/32.
"""

import pytest

from lib.bench import LAST, NEXT, PLAIN, SID, SID2, SID3, Bench
from lib.netns import until
from lib.packet import AUTO, hop, inner, inner4, inner6, srv6

pytestmark = pytest.mark.both_hooks

END, END_DT6, END_DT4 = "fc00:e::e", "fc00:e::d6", "fc00:e::d4"
SIDS = (SID, SID2, SID3)


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, "to-vnf2", "from-vnf2", "to-vnf3", "from-vnf3"))
    bench.node.sysctl({"net/vrf/strict_mode": 1})
    bench.node.ip(f"""
        link add vrf-dt4 type vrf table 100
        link set vrf-dt4 up
        route add 198.51.100.0/24 via {bench.ip4("dst", 2)} dev dst table 100
        route add {END} encap seg6local action End dev src
        route add {END_DT6} encap seg6local action End.DT6 table main dev src
        route add {END_DT4} encap seg6local action End.DT4 vrftable 100 dev vrf-dt4
    """)
    yield bench
    bench.close()


def vnfs(bench, *behaviors, chains=(), **values):
    """SID, SID2, … behind VNFs of their own, with these behaviors."""
    for n, (sid, behavior) in enumerate(zip(SIDS, behaviors), 1):
        suffix = "" if n == 1 else str(n)
        bench.fw(f"fw{n}", dev=f"to_vnf{suffix}", iif=f"from_vnf{suffix}", **values)
        more = {}
        if behavior == "End.AS":
            bench.proxy.chain(f"chain{n}", src="fc00:b::", segs=chains[n - 1])
            more = {"chain": f"chain{n}"}
        bench.proxy.sid(sid, behavior=behavior, vnf=f"fw{n}", **more)


@pytest.mark.parametrize("family", (4, 6))
def test_two_dynamic(bench, family):
    vnfs(bench, "End.AD", "End.AD")
    path, packet = [SID, SID2, NEXT, LAST], inner(family)
    assert bench.send(src=srv6(path) / packet) == dict(to_vnf=[packet])
    assert bench.send(from_vnf=packet) == dict(to_vnf2=[hop(packet)])
    assert bench.send(from_vnf2=hop(packet)) == dict(dst=[srv6(path, 2, hlim=62, fl=AUTO) / hop(packet, 2)])


@pytest.mark.parametrize("family", (4, 6))
def test_three_dynamic(bench, family):
    vnfs(bench, "End.AD", "End.AD", "End.AD")
    path, packet = [*SIDS, NEXT], inner(family)
    assert bench.send(src=srv6(path) / packet) == dict(to_vnf=[packet])
    assert bench.send(from_vnf=packet) == dict(to_vnf2=[hop(packet)])
    assert bench.send(from_vnf2=hop(packet)) == dict(to_vnf3=[hop(packet, 2)])
    assert bench.send(from_vnf3=hop(packet, 2)) == dict(dst=[srv6(path, 3, hlim=61, fl=AUTO) / hop(packet, 3)])
    for sid in SIDS:
        stats = bench.proxy.stats(sid)
        assert (stats["in_packets"], stats["out_packets"]) == (1, 1)
        assert bench.drops(sid) == {}


@pytest.mark.parametrize("family", (4, 6))
def test_static_then_dynamic(bench, family):
    """The dynamic proxy learns what the static one pushes: 64 - 1, and 1 more."""
    vnfs(bench, "End.AS", "End.AD", chains=[[SID2, NEXT, LAST]])
    packet = inner(family)
    assert bench.send(from_vnf=packet) == dict(to_vnf2=[hop(packet)])
    want = srv6([SID2, NEXT, LAST], 1, src="fc00:b::", hlim=62, fl=AUTO) / hop(packet, 2)
    assert bench.send(from_vnf2=hop(packet)) == dict(dst=[want])


@pytest.mark.parametrize("family", (4, 6))
def test_dynamic_then_static(bench, family):
    vnfs(bench, "End.AD", "End.AS", chains=[None, [NEXT]])
    packet = inner(family)
    bench.teach(srv6([SID, SID2]) / packet)
    assert bench.send(from_vnf=packet) == dict(to_vnf2=[hop(packet)])
    want = srv6([NEXT], src="fc00:b::", hlim=63, fl=AUTO, reduced=True) / hop(packet, 2)
    assert bench.send(from_vnf2=hop(packet)) == dict(dst=[want])


def test_three_static(bench):
    vnfs(bench, "End.AS", "End.AS", "End.AS", chains=[[SID2], [SID3, LAST], [NEXT, LAST]])
    packet = inner6()
    assert bench.send(from_vnf=packet) == dict(to_vnf2=[hop(packet)])
    assert bench.send(from_vnf2=packet) == dict(to_vnf3=[hop(packet)])
    want = srv6([NEXT, LAST], src="fc00:b::", hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf3=packet) == dict(dst=[want])


def test_same_sid_twice(bench):
    """Each visit teaches it where the next one leads."""
    vnfs(bench, "End.AD")
    path, packet = [SID, SID, NEXT], inner6()
    assert bench.send(src=srv6(path) / packet) == dict(to_vnf=[packet])
    assert bench.send(from_vnf=packet) == dict(to_vnf=[hop(packet)])
    assert bench.send(from_vnf=hop(packet)) == dict(dst=[srv6(path, 2, hlim=62, fl=AUTO) / hop(packet, 2)])


@pytest.mark.parametrize("hlim, arrives", ((3, True), (2, False)))
def test_hop_limit_runs_out_between_two_proxies(bench, hlim, arrives):
    """A node that is two hops of an SRv6 path takes two from the hop limit, and says so when it can't."""
    vnfs(bench, "End.AD", "End.AD")
    bench.teach(srv6([SID, SID2, NEXT], hlim=hlim) / inner6())
    arrived = bench.send(from_vnf=inner6())
    if arrives:
        assert arrived == dict(to_vnf2=[hop(inner6())])
    else:
        assert set(arrived) == {"src"}  # Time Exceeded to the headend
        assert bench.drops(SID2) == {"hop_limit": 1}


def test_next_sid_drops_what_it_would_drop_from_outside(bench):
    bench.fw("fw1")
    bench.fw("fw2", dev="to_vnf2", iif="from_vnf2")
    bench.proxy.sid(SID, vnf="fw1")
    bench.proxy.sid(SID2, vnf="fw2", inner="ip4")
    bench.teach(srv6([SID, SID2, NEXT]) / inner6())
    assert bench.send(from_vnf=inner6()) == {}
    assert (bench.drops(SID), bench.drops(SID2)) == ({}, {"inner_type": 1})
    bench.teach(srv6([SID, SID2]) / inner4())
    assert bench.send(from_vnf=inner4()) == {}
    assert (bench.drops(SID), bench.drops(SID2)) == ({}, {"inner_type": 1, "sl_zero": 1})


# SIDs of the kernel


@pytest.mark.parametrize("family", (4, 6))
def test_kernels_end(bench, family):
    vnfs(bench, "End.AD")
    path, packet = [SID, END, NEXT, LAST], inner(family)
    bench.teach(srv6(path) / packet)
    assert bench.send(from_vnf=packet) == dict(dst=[srv6(path, 2, hlim=62, fl=AUTO) / hop(packet)])


def test_kernels_end_dt6(bench):
    vnfs(bench, "End.AD")
    bench.teach(srv6([SID, END_DT6]) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[hop(inner6(), 2)])


def test_kernels_end_dt4(bench):
    vnfs(bench, "End.AD")
    bench.teach(srv6([SID, END_DT4]) / inner4())
    assert bench.send(from_vnf=inner4()) == dict(dst=[hop(inner4(), 2)])


def test_static_to_kernels_end_dt6(bench):
    """Both with SRH and, as a single segment needs none, without."""
    vnfs(bench, "End.AS", chains=[[END_DT6]])
    assert bench.send(from_vnf=inner6()) == dict(dst=[hop(inner6(), 2)])
    bench.proxy.change("chain", name="chain1", segs=[END, END_DT6])
    assert bench.send(from_vnf=inner6()) == dict(dst=[hop(inner6(), 2)])


def test_proxies_then_kernel(bench):
    vnfs(bench, "End.AD", "End.AD")
    packet = inner6()
    bench.teach(srv6([SID, SID2, END, END_DT6]) / packet)
    assert bench.send(from_vnf=packet) == dict(to_vnf2=[hop(packet)])
    assert bench.send(from_vnf2=hop(packet)) == dict(dst=[hop(packet, 3)])


# Bypass: a VNF that is down and may be left out


def lost(bench, name="fw1"):
    until(lambda: bench.proxy.get("vnf", name)["state"] == "down", f"{name} is down")


@pytest.mark.parametrize("family", (4, 6))
def test_bypass(bench, family):
    """To the next segment, unvisited: the inner packet has made no hop."""
    bench.proxy.vnf("fw1", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(SID, vnf="fw1")
    path, packet = [SID, NEXT, LAST], inner(family)
    sent = srv6(path) / packet
    assert bench.send(src=sent) == dict(dst=[srv6(path, 1, hlim=63, fl=AUTO) / packet])
    assert bench.drops(SID) == {}
    size = len(sent)
    assert bench.proxy.stats(SID) == {"in_packets": 1, "in_bytes": size, "out_packets": 1, "out_bytes": size}


def test_bypass_static(bench):
    bench.proxy.vnf("fw1", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.chain("chain", src="fc00:b::", segs=[NEXT])
    bench.proxy.sid(SID, behavior="End.AS", vnf="fw1", chain="chain")
    want = srv6([NEXT], src="fc00:b::", hlim=63, fl=AUTO, reduced=True) / inner6()
    assert bench.send(src=srv6([SID, LAST]) / inner6()) == dict(dst=[want])


def test_bypass_the_first_of_two(bench):
    bench.proxy.vnf("fw1", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.fw("fw2", dev="to_vnf2", iif="from_vnf2")
    bench.proxy.sid(SID, vnf="fw1")
    bench.proxy.sid(SID2, vnf="fw2")
    path, packet = [SID, SID2, NEXT], inner6()
    assert bench.send(src=srv6(path) / packet) == dict(to_vnf2=[packet])
    assert bench.send(from_vnf2=packet) == dict(dst=[srv6(path, 2, hlim=62, fl=AUTO) / hop(packet)])


def test_bypass_of_many(bench):
    sids = [f"fc00:b::{n:x}" for n in range(1, 11)]
    for n, sid in enumerate(sids):
        bench.proxy.vnf(f"fw{n}", dev=f"absent{n}", nh6="fd00:3::2", on_down="bypass")
        bench.proxy.sid(sid, vnf=f"fw{n}")
    path = [*sids, NEXT]
    want = srv6(path, 10, hlim=54, fl=AUTO) / inner6()
    assert bench.send(src=srv6(path) / inner6()) == dict(dst=[want])


def test_bypass_into_the_kernel(bench):
    bench.proxy.vnf("fw1", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(SID, vnf="fw1")
    assert bench.send(src=srv6([SID, END_DT6]) / inner6()) == dict(dst=[hop(inner6())])


def test_bypass_begins_and_ends_with_the_carrier(bench):
    vnfs(bench, "End.AD", on_down="bypass")
    path, packet = [SID, NEXT, LAST], inner6()
    assert bench.send(src=srv6(path) / packet) == dict(to_vnf=[packet])
    bench.world.ip("link set to-vnf down")
    bench.silent.add("to_vnf")
    lost(bench)
    assert bench.send(src=srv6(path) / packet) == dict(dst=[srv6(path, 1, hlim=63, fl=AUTO) / packet])
    bench.world.ip("link set to-vnf up")
    bench.silent.discard("to_vnf")
    until(lambda: bench.proxy.get("vnf", "fw1")["state"] == "up", "fw1 is up")
    assert bench.send(src=srv6(path) / packet) == dict(to_vnf=[packet])


# Between two SIDs of the node a packet that comes with the header that the second one knows does without


def trip(bench, packet, path=(SID, SID2, NEXT, LAST), **outer):
    """What arrives at the second VNF and at the end, of a packet that both VNFs return."""
    bench.send(src=srv6(list(path), **outer) / packet)
    second = bench.send(from_vnf=packet).get("to_vnf2")
    return second, second and bench.send(from_vnf2=second[0]).get("dst")


def counted(bench, *sids):
    return [bench.proxy.stats(sid) for sid in sids]


@pytest.mark.data   # for their number
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("tc", (0, 10 << 2 | 2))
@pytest.mark.parametrize("first", ({}, {"ttl_mode": "uniform"}, {"dscp_mode": "uniform"}, {"dscp_mode": "pipe"}))
@pytest.mark.parametrize("second", ({}, {"ttl_mode": "uniform"}, {"dscp_mode": "uniform"}, {"margin": 0}))
def test_each_packet_like_the_first(bench, family, tc, first, second):
    vnfs(bench, "End.AD", "End.AD")
    bench.proxy.change("sid", addr=SID, **first)
    bench.proxy.change("sid", addr=SID2, **second)
    packet = inner(family, tc=46 << 2 | 3) if family == 6 else inner(family, tos=46 << 2 | 3)
    arrived, counts = [], [counted(bench, SID, SID2)]
    for _ in range(4):
        arrived.append(trip(bench, packet, tc=tc))
        counts.append(counted(bench, SID, SID2))
    assert all(arrived[0]) and arrived == [arrived[0]] * 4
    steps = [[{key: after[key] - before[key] for key in after} for before, after in zip(*pair)]
             for pair in zip(counts, counts[1:])]
    assert steps == [steps[0]] * 4 and steps[0][0]["out_bytes"] == steps[0][1]["in_bytes"] > len(packet)


@pytest.mark.parametrize("behaviors", (("End.AS", "End.AD"), ("End.AD", "End.AS")))
def test_static_and_dynamic_like_the_first(bench, behaviors):
    vnfs(bench, *behaviors, chains=[[SID2, NEXT, LAST], [NEXT, LAST]])
    arrived = [trip(bench, inner6()) for _ in range(4)]
    assert all(arrived[0]) and arrived == [arrived[0]] * 4


def test_second_learns_another_header(bench):
    """From elsewhere, and then from the first one again; or it forgets."""
    vnfs(bench, "End.AD", "End.AD")
    arrived = [trip(bench, inner6()) for _ in range(3)]
    other = [SID2, "fc00:c::77"]
    for _ in range(2):
        assert bench.send(src=srv6(other) / inner6()) == dict(to_vnf2=[inner6()])
        assert bench.send(from_vnf2=inner6()) == dict(dst=[srv6(other, 1, hlim=63, fl=AUTO) / hop(inner6())])
        arrived.append(trip(bench, inner6()))
        arrived.append(trip(bench, inner6()))
    bench.proxy.flush("cache")
    arrived += [trip(bench, inner6()) for _ in range(3)]
    assert all(arrived[0]) and arrived == [arrived[0]] * len(arrived)


def test_first_learns_another_header(bench):
    vnfs(bench, "End.AD", "End.AD")
    arrived = [trip(bench, inner6()) for _ in range(3)]
    for path in ([SID, SID2, "fc00:c::77"], [SID, "fc00:c::78"], [SID, SID2, NEXT]):
        for _ in range(3):
            bench.send(src=srv6(path) / inner6())
            if SID2 not in path:
                assert bench.send(from_vnf=inner6()) == dict(dst=[srv6(path, 1, hlim=63, fl=AUTO) / hop(inner6())])
                continue
            assert bench.send(from_vnf=inner6()) == dict(to_vnf2=[hop(inner6())])
            want = srv6(path, 2, hlim=62, fl=AUTO) / hop(inner6(), 2)
            assert bench.send(from_vnf2=hop(inner6())) == dict(dst=[want])
    arrived.append(trip(bench, inner6()))
    assert all(arrived[0]) and arrived == [arrived[0]] * len(arrived)


def test_second_asks_for_hmac(bench):
    """Of all that comes, or that comes by the first VNF's device: from then on."""
    vnfs(bench, "End.AD", "End.AD")
    trips = [trip(bench, inner6()) for _ in range(3)]
    bench.proxy.change("sid", addr=SID2, require_hmac=True)
    assert bench.send(from_vnf=inner6()) == {} and bench.drops(SID2) == {"hmac": 1}
    bench.proxy.change("sid", addr=SID2, require_hmac=False)
    trips += [trip(bench, inner6()) for _ in range(2)]
    if bench.proxy.hook == "prerouting":
        sysctl = f"net/ipv6/conf/{bench.device('from_vnf')}/seg6_require_hmac"
        bench.node.sysctl({sysctl: 1})
        assert bench.send(from_vnf=inner6()) == {} and bench.drops(SID2) == {"hmac": 2}
        bench.node.sysctl({sysctl: 0})
        trips += [trip(bench, inner6()) for _ in range(2)]
    assert all(trips[0]) and trips == [trips[0]] * len(trips)


def test_second_is_bypassed_later(bench):
    """The same as when it has been from the beginning."""
    path, came_back = [SID, SID2, NEXT], hop(inner6())
    bypassed = dict(dst=[srv6(path, 2, hlim=62, fl=AUTO) / came_back])
    vnfs(bench, "End.AD", "End.AD", on_down="bypass")
    for _ in range(2):
        arrived = [trip(bench, inner6(), path) for _ in range(3)]
        assert all(arrived[0]) and arrived == [arrived[0]] * 3
        bench.world.ip("link set to-vnf2 down")
        bench.silent.add("to_vnf2")
        lost(bench, "fw2")
        for _ in range(3):
            assert bench.send(from_vnf=inner6()) == bypassed
        bench.world.ip("link set to-vnf2 up")
        bench.silent.discard("to_vnf2")
        until(lambda: bench.proxy.get("vnf", "fw2")["state"] == "up", "fw2 is up")


def test_first_was_bypassed(bench):
    """What came past its VNF had fewer hops left than what comes from it."""
    vnfs(bench, "End.AS", "End.AD", chains=[[SID2, NEXT, LAST]], on_down="bypass")
    bench.world.ip("link set to-vnf down")
    bench.silent.add("to_vnf")
    lost(bench, "fw1")
    for _ in range(3):
        assert bench.send(src=srv6([SID, LAST], hlim=10) / inner6()) == dict(to_vnf2=[inner6()])
    bench.world.ip("link set to-vnf up")
    bench.silent.discard("to_vnf")
    until(lambda: bench.proxy.get("vnf", "fw1")["state"] == "up", "fw1 is up")
    for _ in range(3):
        assert bench.send(from_vnf=inner6()) == dict(to_vnf2=[hop(inner6())])
        want = srv6([SID2, NEXT, LAST], 1, src="fc00:b::", hlim=62, fl=AUTO) / hop(inner6(), 2)
        assert bench.send(from_vnf2=hop(inner6())) == dict(dst=[want])
