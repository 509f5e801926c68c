# SPDX-License-Identifier: GPL-2.0
"""Among peers: the proxies between headends and tails that a stock kernel has, with real traffic.

     h1 ── pe1 ── p1 ── node ── p2 ── pe2 ── h2          lib/peers.py
                        │  │
                     fw or br

UDP and TCP payload is compared at the other end; the way back leads through the same VNF, from behind.
"""

import pytest

from lib.bench import HOOKS
from lib.peers import BACK, THERE, shared

HEADENDS = {4: ("encap", "encap.red"), 6: ("encap", "encap.red"), "eth": ("l2encap", "l2encap.red")}
TAILS = {4: ("d4", "d46", "44"), 6: ("d6", "d46", "66"), "eth": ("2",)}
NAMES = {"d4": "End.DT4", "d6": "End.DT6", "d46": "End.DT46", "44": "End.DX4", "66": "End.DX6", "2": "End.DX2"}
KINDS = [(kind, mode, tail) for kind in HEADENDS for mode in HEADENDS[kind] for tail in TAILS[kind]]
FEW = [values for values in KINDS if values[2] in ("d4", "66", "2")]
# All, the others as variations of the data
MOST = [values if values in FEW else pytest.param(*values, marks=pytest.mark.data) for values in KINDS]


def named(value):
    return NAMES.get(value, str(value))


@pytest.fixture(params=HOOKS)
def peers(module, request):
    peers = shared()
    peers.proxy.hook = request.param
    yield peers
    peers.reset()


def own(sid):
    """Where a direction leads: number of the P router, locator of the PE."""
    return ("2", "fc00:d") if sid == THERE else ("1", "fc00:a")


def configure(peers, kind, behavior, segs, **chain):
    """Both SIDs; segs(sid) is what comes after it."""
    inner = {4: "ip4", 6: "ip6", "eth": "eth"}[kind]
    vnf = "br" if kind == "eth" else "fw"
    peers.vnf(vnf)
    for sid, reverse in ((THERE, 0), (BACK, 1)):
        values = {}
        if behavior == "End.AS":
            peers.proxy.chain(f"chain{reverse}", src="fc00:b::", segs=segs(sid), **chain)
            values = {"chain": f"chain{reverse}"}
        peers.proxy.sid(sid, behavior=behavior, vnf=vnf, inner=inner, reverse=reverse, **values)


def exchange(peers, kind):
    """Traffic of a kind, and nothing lost at the node."""
    if kind == "eth":
        peers.single_packets_only()
    for family in (4, 6) if kind == "eth" else (kind,):
        peers.exchange(family)
    for sid in (THERE, BACK):
        peers.proxy.passes_all(sid)


def headends(peers, kind, segs, mode, **values):
    """segs(sid) is all of the list, for both directions."""
    for way, sid in (("there", THERE), ("back", BACK)):
        for family in (4, 6) if kind == "eth" else (kind,):
            peers.headend(way, family, segs(sid), mode, **values)


@pytest.mark.parametrize("kind, mode, tail", KINDS, ids=named)
def test_dynamic(peers, kind, mode, tail):
    """End at one P, we, End.X at the other, and the tail."""
    configure(peers, kind, "End.AD", None)
    headends(peers, kind, lambda sid: [
        "fc00:1::e" if sid == THERE else "fc00:2::e", sid, f"fc00:{own(sid)[0]}::c", f"{own(sid)[1]}::{tail}"], mode)
    exchange(peers, kind)


@pytest.mark.parametrize("kind, mode, tail", MOST, ids=named)
def test_static(peers, kind, mode, tail):
    """Of the headend's list we are the end; ours goes on, reduced if that was."""
    configure(peers, kind, "End.AS", lambda sid: [f"fc00:{own(sid)[0]}::c", f"{own(sid)[1]}::{tail}"],
              reduced=int(mode.endswith("red")))
    headends(peers, kind, lambda sid: ["fc00:1::e" if sid == THERE else "fc00:2::e", sid], mode)
    exchange(peers, kind)


@pytest.mark.parametrize("kind, mode, tail", MOST, ids=named)
def test_next_to_the_tail(peers, kind, mode, tail):
    """Reduced, that is a packet without SRH to us, and one with a list of one entry from us."""
    configure(peers, kind, "End.AD", None)
    headends(peers, kind, lambda sid: [sid, f"{own(sid)[1]}::{tail}"], mode)
    exchange(peers, kind)


@pytest.mark.parametrize("kind, mode, tail", FEW, ids=named)
def test_static_next_to_the_tail(peers, kind, mode, tail):
    """A single segment; where the headend's is not reduced, ours has a tag, for which it takes an SRH."""
    configure(peers, kind, "End.AS", lambda sid: [f"{own(sid)[1]}::{tail}"], tag=0 if mode.endswith("red") else 7)
    headends(peers, kind, lambda sid: [sid], mode)
    exchange(peers, kind)


@pytest.mark.parametrize("kind, mode, tail", FEW, ids=named)
def test_hmac(peers, kind, mode, tail):
    """pe1 and pe2 sign, we and the next P insist on that."""
    for name in ("pe1", "pe2", "p1", "p2", "node"):
        peers.key(7, b"everybody's secret", name)
    for name, dev in (("p1", "node"), ("p2", "node"), ("node", "p1"), ("node", "p2")):
        peers.sysctl(name, f"net/ipv6/conf/{dev}/seg6_require_hmac", 1, 0)
    configure(peers, kind, "End.AD", None)
    headends(peers, kind, lambda sid: [sid, f"fc00:{own(sid)[0]}::e", f"{own(sid)[1]}::{tail}"], mode, hmac=7)
    exchange(peers, kind)


@pytest.mark.parametrize("kind, mode", [(kind, mode) for kind in (4, 6) for mode in HEADENDS[kind]])
@pytest.mark.parametrize("behavior", ("End.AD", "End.AS"))
def test_last(peers, behavior, kind, mode):
    """We are the tail: behind the VNF the packets go their own way."""
    peers.vnf("fw")
    for sid, reverse in ((THERE, 0), (BACK, 1)):
        peers.proxy.sid(sid, behavior=behavior, vnf="fw", flavors="last", inner=f"ip{kind}", reverse=reverse)
    headends(peers, kind, lambda sid: ["fc00:1::e"] * (sid == THERE) + [sid], mode)
    exchange(peers, kind)


@pytest.mark.parametrize("kind", (4, 6, "eth"))
def test_all_inner_types_at_once(peers, kind):
    """The router's and the bridge's SIDs next to each other; in turn, so that each has learned by the end."""
    peers.vnf("fw")
    peers.vnf("br")
    for sid, vnf, inner, reverse in (
        (THERE, "fw", "ip", 0), (BACK, "fw", "ip", 1), ("fc00:b::e1", "br", "eth", 0), ("fc00:b::e2", "br", "eth", 1),
    ):
        peers.proxy.sid(sid, behavior="End.AD", vnf=vnf, inner=inner, reverse=reverse)
    tails = {4: "d4", 6: "d6", "eth": "2"}
    number = {(way, what): sid for way, what, sid in (
        ("there", 4, THERE), ("there", 6, THERE), ("there", "eth", "fc00:b::e1"),
        ("back", 4, BACK), ("back", 6, BACK), ("back", "eth", "fc00:b::e2"),
    )}
    for way, pe in (("there", "fc00:d"), ("back", "fc00:a")):
        for family in (4, 6) if kind == "eth" else (kind,):
            mode = "l2encap" if kind == "eth" else "encap"
            peers.headend(way, family, [number[way, kind], f"{pe}::{tails[kind]}"], mode)
    peers.single_packets_only()
    for family in (4, 6) if kind == "eth" else (kind,):
        peers.exchange(family)
    for (way, what), sid in number.items():
        assert bool(peers.proxy.stats(sid)["out_packets"]) == (what == kind or {what, kind} == {4, 6})
