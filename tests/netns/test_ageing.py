# SPDX-License-Identifier: GPL-2.0
"""Ageing: a learned header that no packet bears any more is no longer pushed.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.AD ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import time

import pytest

from lib.bench import PATH, SID
from lib.netns import until
from lib.packet import AUTO, hop, inner, inner4, inner6, srv6

PUSHED = srv6(PATH, 1, hlim=63, fl=AUTO)


def expired(bench, kind="ip6"):
    return any(entry.get("expired") for entry in bench.proxy.cache() if entry["inner"] == kind)


def age(bench):
    until(lambda: expired(bench), "the learned header has aged out")


@pytest.mark.parametrize("family", (4, 6))
def test_aged_out_and_learned_again(bench, family):
    bench.end_ad(ageing=1)
    packet = inner(family)
    bench.teach(srv6(PATH) / packet)
    until(lambda: expired(bench, f"ip{family}"), "the learned header has aged out")
    assert bench.send(from_vnf=packet) == {}
    assert bench.drops(SID) == {"aged_out": 1}
    bench.teach(srv6(PATH) / packet)
    assert not expired(bench, f"ip{family}")
    assert bench.send(from_vnf=packet) == dict(dst=[PUSHED / hop(packet)])


def test_a_packet_that_bears_it_keeps_it(bench):
    """Twice as long as it would live otherwise. (A test that is too slow by itself starts anew.)"""
    bench.end_ad(ageing=2)

    def kept():
        bench.proxy.flush("cache")
        start = last = time.monotonic()
        while time.monotonic() - start < 4.5:
            bench.teach(srv6(PATH) / inner6())
            answer = bench.send(from_vnf=inner6())
            now = time.monotonic()
            if now - last > 1.5:
                return False
            last = now
            assert answer == dict(dst=[PUSHED / hop(inner6())])
        return True

    until(kept, "a run without a pause of 1.5 s", timeout=60)
    assert bench.proxy.cache()[0]["age"] > 4000, "kept, not learned anew"


def test_returning_packets_do_not_keep_it(bench):
    """What counts is that the network still sends this way."""
    bench.end_ad(ageing=1)
    bench.teach(srv6(PATH) / inner6())

    def dropped():
        bench.send(from_vnf=inner6())
        return bench.drops(SID).get("aged_out")

    until(dropped, "aged out although the VNF goes on")


def test_each_inner_type_ages_by_itself(bench):
    bench.end_ad(ageing=1)
    bench.teach(srv6(PATH) / inner6())
    age(bench)
    bench.teach(srv6(PATH) / inner4())
    assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID)["aged_out"] == 1
    assert expired(bench, "ip6")


def test_never_by_default(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    until(lambda: bench.proxy.cache()[0]["age"] > 1200, "it is older than any ageing of these tests")
    assert not expired(bench)
    assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])


def test_ageing_is_switched_on_and_off(bench):
    """For what has been learned already, too."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.change("sid", addr=SID, ageing=1)
    age(bench)
    assert bench.send(from_vnf=inner6()) == {}
    bench.proxy.change("sid", addr=SID, ageing=0)
    assert not expired(bench)
    assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])


def test_idle_is_told(bench):
    bench.end_ad(ageing=86400)
    bench.teach(srv6(PATH) / inner6())
    (entry,) = bench.proxy.cache()
    assert entry["idle"] <= entry["age"] + 100 and "expired" not in entry
    until(lambda: bench.proxy.cache()[0]["idle"] > entry["idle"], "idle grows")
