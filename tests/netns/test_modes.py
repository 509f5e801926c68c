# SPDX-License-Identifier: GPL-2.0
"""Hop limit and DSCP of the inner and the outer header: what they have to do with each other, by the SID's modes.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF

                in                                  out
ttl   pipe      inner as it is                      outer as configured or learned
      uniform   inner := outer                      outer := inner
dscp  inner     inner as it is                      outer := inner                      (default)
      pipe      inner as it is                      outer as configured or learned
      uniform   inner := outer                      outer := inner

ECN is RFC 6040's, whatever the mode. Of a frame nothing is copied to or from: outer as configured or learned.
"""

import itertools

import pytest
from scapy.layers.inet6 import IPv6

from lib.bench import HEADEND, LAST, NEXT, PATH, SID
from lib.packet import ANY, AUTO, TIME_EXCEEDED, ether, hop, icmp, inner, pushed, srv6

pytestmark = pytest.mark.both_hooks

TTL_MODES = (None, "pipe", "uniform")
DSCP_MODES = (None, "inner", "pipe", "uniform")
CHAIN_DSCP, LEARNED_DSCP = 10, 46

# RFC 6040, figure 4: {inner: outcome by outer}; None is a drop.
NOT_ECT, ECT1, ECT0, CE = range(4)
ECN = {
    NOT_ECT: {NOT_ECT: NOT_ECT, ECT0: NOT_ECT, ECT1: NOT_ECT, CE: None},
    ECT0: {NOT_ECT: ECT0, ECT0: ECT0, ECT1: ECT1, CE: CE},
    ECT1: {NOT_ECT: ECT1, ECT0: ECT1, ECT1: ECT1, CE: CE},
    CE: {NOT_ECT: CE, ECT0: CE, ECT1: CE, CE: CE},
}


def modes(ttl=None, dscp=None):
    """None: not said."""
    values = {"ttl_mode": ttl, "dscp_mode": dscp}
    return {key: value for key, value in values.items() if value}


class Static:
    """End.AS; what its outer header has by itself."""

    hops, dscp = 55, CHAIN_DSCP

    @staticmethod
    def configure(bench, **values):
        bench.end_as(chain_values={"hop_limit": 55, "dscp": CHAIN_DSCP}, inner="ip,eth", **values)

    @staticmethod
    def arriving(packet, hlim=64, tc=0):
        return IPv6(src=HEADEND, dst=SID, hlim=hlim, tc=tc) / packet

    @staticmethod
    def leaving(packet, hlim, tc, fl=AUTO):
        return pushed([NEXT, LAST], hlim=hlim, tc=tc, fl=fl) / packet


class Dynamic:
    hops, dscp = 99, LEARNED_DSCP

    @classmethod
    def configure(cls, bench, **values):
        """The header of another inner packet is learned already."""
        bench.end_ad(inner="ip,eth", margin=255, **values)
        bench.teach(*[cls.arriving(packet, cls.hops, cls.dscp << 2) for packet in (inner(4), inner(6), ether())])

    @staticmethod
    def arriving(packet, hlim=64, tc=0):
        return srv6(PATH, hlim=hlim, tc=tc) / packet

    @staticmethod
    def leaving(packet, hlim, tc, fl=AUTO):
        return srv6(PATH, 1, hlim=hlim, tc=tc, fl=fl) / packet


BEHAVIORS = {"End.AS": Static, "End.AD": Dynamic}
by_behavior = pytest.mark.parametrize("behavior", BEHAVIORS)
by_family = pytest.mark.parametrize("family", (4, 6))


# Hop limits


@pytest.mark.data
@by_behavior
@by_family
@pytest.mark.parametrize("mode", TTL_MODES)
def test_ttl_in(bench, behavior, family, mode):
    BEHAVIORS[behavior].configure(bench, **modes(ttl=mode))
    for outside, inside in itertools.product((2, 64, 255), (0, 1, 37, 255)):
        sent = BEHAVIORS[behavior].arriving(inner(family, hops=inside), outside)
        want = outside if mode == "uniform" else inside
        assert bench.send(src=sent) == dict(to_vnf=[inner(family, hops=want)])


@pytest.mark.data
@by_behavior
@by_family
@pytest.mark.parametrize("mode", TTL_MODES)
def test_ttl_out(bench, behavior, family, mode):
    """Both packets make one hop; uniform, they have the same hop limit on the wire."""
    model = BEHAVIORS[behavior]
    model.configure(bench, **modes(ttl=mode))
    for hops in (2, 37, 255):
        packet = inner(family, hops=hops)
        want = model.leaving(hop(packet), hlim=(hops if mode == "uniform" else model.hops) - 1, tc=0)
        assert bench.send(from_vnf=packet) == dict(dst=[want])


@pytest.mark.data
@by_behavior
@by_family
@pytest.mark.parametrize("mode", TTL_MODES)
def test_no_hop_left(bench, behavior, family, mode):
    """On either way."""
    model = BEHAVIORS[behavior]
    model.configure(bench, **modes(ttl=mode))
    before = bench.proxy.stats(SID)
    packet = inner(family, hops=1)
    (error,) = bench.send(from_vnf=packet)["src"]
    assert icmp(error, packet)[2:4] == TIME_EXCEEDED[family]
    sent = model.arriving(inner(family), 1)
    (error,) = bench.send(src=sent)["src"]
    assert icmp(error, sent)[2:4] == TIME_EXCEEDED[6]
    assert bench.drops(SID) == {"inner_hop_limit": 1, "hop_limit": 1}
    assert bench.proxy.stats(SID) == before


@by_family
def test_hops_of_a_whole_path_are_counted(bench, family):
    """Uniform: 64 at the headend, one hop to the node, one in it: 62, inside as outside."""
    bench.end_ad(ttl_mode="uniform")
    assert bench.send(src=srv6(PATH, hlim=63) / inner(family, hops=5)) == dict(to_vnf=[inner(family, hops=63)])
    want = srv6(PATH, 1, hlim=62, fl=AUTO) / inner(family, hops=62)
    assert bench.send(from_vnf=inner(family, hops=63)) == dict(dst=[want])


@pytest.mark.data
@by_behavior
@pytest.mark.parametrize("mode", TTL_MODES)
def test_ttl_of_what_is_in_a_frame(bench, behavior, mode):
    """Is none of a wire's business, on either way."""
    model = BEHAVIORS[behavior]
    model.configure(bench, **modes(ttl=mode))
    for family, hops in itertools.product((4, 6), (0, 1, 37)):
        frame = ether(inner(family, hops=hops))
        assert bench.send(src=model.arriving(frame, 200)) == dict(to_vnf=[frame])
        want = model.leaving(frame, hlim=model.hops - 1, tc=model.dscp << 2, fl=ANY)
        assert bench.send(from_vnf=frame) == dict(dst=[want])


# DSCP


@pytest.mark.data
@by_behavior
@by_family
@pytest.mark.parametrize("mode", DSCP_MODES)
def test_dscp_in(bench, behavior, family, mode):
    BEHAVIORS[behavior].configure(bench, **modes(dscp=mode))
    for outside, inside in itertools.product((0, 10, 63), (0, 46, 63)):
        sent = BEHAVIORS[behavior].arriving(inner(family, tc=inside << 2), tc=outside << 2)
        want = outside if mode == "uniform" else inside
        assert bench.send(src=sent) == dict(to_vnf=[inner(family, tc=want << 2)])


@pytest.mark.data
@by_behavior
@by_family
@pytest.mark.parametrize("mode", DSCP_MODES)
def test_dscp_out(bench, behavior, family, mode):
    """The inner packet keeps its own."""
    model = BEHAVIORS[behavior]
    model.configure(bench, **modes(dscp=mode))
    for dscp, ecn in itertools.product((0, 26, 63), range(4)):
        packet = inner(family, tc=dscp << 2 | ecn)
        outside = model.dscp if mode == "pipe" else dscp
        want = model.leaving(hop(packet), hlim=model.hops - 1, tc=outside << 2 | ecn)
        assert bench.send(from_vnf=packet) == dict(dst=[want])


@pytest.mark.data
@by_behavior
@pytest.mark.parametrize("mode", DSCP_MODES)
def test_dscp_of_a_frame(bench, behavior, mode):
    """Inside, it is nobody's business; outside, the chain's, or what was learned. Congestion cannot be marked."""
    model = BEHAVIORS[behavior]
    model.configure(bench, **modes(dscp=mode))
    frame = ether(inner(6, tc=0xBB))
    assert bench.send(src=model.arriving(frame, tc=0x28 | CE)) == dict(to_vnf=[frame])
    assert bench.send(from_vnf=frame) == dict(dst=[model.leaving(frame, hlim=model.hops - 1, tc=model.dscp << 2)])


@pytest.mark.data
@by_behavior
@by_family
@pytest.mark.parametrize("mode", DSCP_MODES)
def test_ecn_in(bench, behavior, family, mode):
    """In no mode is it copied as DSCP may be."""
    model = BEHAVIORS[behavior]
    model.configure(bench, **modes(dscp=mode))
    for inside, outside in itertools.product(ECN, range(4)):
        outcome, dscp = ECN[inside][outside], 10 if mode == "uniform" else 46
        sent = model.arriving(inner(family, tc=46 << 2 | inside), tc=10 << 2 | outside)
        want = {} if outcome is None else dict(to_vnf=[inner(family, tc=dscp << 2 | outcome)])
        assert bench.send(src=sent) == want
    assert bench.drops(SID) == {"ecn": 1}


# Both at once, and what they are with other things


@by_behavior
@by_family
@pytest.mark.parametrize("ttl, dscp", itertools.product(("pipe", "uniform"), ("inner", "pipe", "uniform")))
def test_together(bench, behavior, family, ttl, dscp):
    model = BEHAVIORS[behavior]
    model.configure(bench, ttl_mode=ttl, dscp_mode=dscp)
    at_vnf = inner(family, hops=80 if ttl == "uniform" else 37, tc=(12 if dscp == "uniform" else 30) << 2 | ECT1)
    sent = model.arriving(inner(family, hops=37, tc=30 << 2 | ECT0), hlim=80, tc=12 << 2 | ECT1)
    assert bench.send(src=sent) == dict(to_vnf=[at_vnf])
    packet = inner(family, hops=20, tc=30 << 2 | ECT0)
    outside = (model.dscp if dscp == "pipe" else 30) << 2 | ECT0
    want = model.leaving(hop(packet), hlim=19 if ttl == "uniform" else model.hops - 1, tc=outside)
    assert bench.send(from_vnf=packet) == dict(dst=[want])


@by_family
def test_last(bench, family):
    """Inwards as ever; outwards there is no outer header."""
    bench.last(ttl_mode="uniform", dscp_mode="uniform")
    sent = srv6([NEXT, SID], 1, hlim=90, tc=10 << 2) / inner(family, hops=37, tc=46 << 2)
    assert bench.send(src=sent) == dict(to_vnf=[inner(family, hops=90, tc=10 << 2)])
    assert bench.send(from_vnf=inner(family, hops=20, tc=46 << 2)) == dict(dst=[inner(family, hops=19, tc=46 << 2)])


@by_family
@pytest.mark.parametrize("behavior", BEHAVIORS)
def test_bypass(bench, family, behavior):
    """A VNF that is down changes nothing of what its SID does to the headers: in, and out again."""
    model = BEHAVIORS[behavior]
    model.configure(bench, ttl_mode="uniform", dscp_mode="uniform")
    bench.proxy.change("vnf", name="fw", on_down="bypass", iif="absent")
    sent = model.arriving(inner(family, hops=37, tc=46 << 2), hlim=80, tc=12 << 2)
    arrived = bench.send(src=sent)
    assert set(arrived) == {"dst"}
    (frame,) = arrived["dst"]
    assert frame[7] == 79


def test_modes_change_at_once(bench):
    bench.end_as(chain_values={"hop_limit": 55, "dscp": 10})
    for ttl, dscp, hlim, tc in (("uniform", "pipe", 36, 40), ("pipe", "inner", 54, 0), ("uniform", "inner", 36, 0)):
        bench.proxy.change("sid", addr=SID, ttl_mode=ttl, dscp_mode=dscp)
        want = pushed([NEXT, LAST], hlim=hlim, tc=tc) / hop(inner(6))
        assert bench.send(from_vnf=inner(6)) == dict(dst=[want])


def test_dscp_of_the_chain_changes_at_once(bench):
    bench.end_as(chain_values={"dscp": 10}, dscp_mode="pipe")
    for dscp in (63, 0, 1):
        bench.proxy.change("chain", name="chain", dscp=dscp)
        assert bench.send(from_vnf=inner(6)) == dict(dst=[pushed([NEXT, LAST], tc=dscp << 2) / hop(inner(6))])


def test_learned_dscp_is_no_change(bench):
    """It belongs to packets, not to their path: the first one's stays."""
    bench.end_ad(dscp_mode="pipe")
    bench.teach(srv6(PATH, tc=10 << 2) / inner(6), srv6(PATH, tc=46 << 2) / inner(6))
    assert bench.send(from_vnf=inner(6)) == dict(dst=[srv6(PATH, 1, hlim=63, tc=10 << 2, fl=AUTO) / hop(inner(6))])
    bench.teach(srv6(PATH, tc=46 << 2, tag=1) / inner(6))
    want = srv6(PATH, 1, hlim=63, tc=46 << 2, fl=AUTO, tag=1) / hop(inner(6))
    assert bench.send(from_vnf=inner(6)) == dict(dst=[want])


def test_learned_ecn_is_not_kept(bench):
    """Pipe keeps the DSCP of the learned header; congestion marks are the inner packet's."""
    bench.end_ad(dscp_mode="pipe")
    bench.teach(srv6(PATH, tc=10 << 2 | CE) / inner(6, tc=ECT0))
    assert bench.send(from_vnf=inner(6)) == dict(dst=[srv6(PATH, 1, hlim=63, tc=10 << 2, fl=AUTO) / hop(inner(6))])
