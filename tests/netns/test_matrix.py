# SPDX-License-Identifier: GPL-2.0
"""Every behavior with every inner type, by every kind of interface and either hook: one round trip.

    headend ── src ──┐                  ┌── to-vnf ───► VNF     veth, VLAN of another one,
                     ├── node: End.Ax ──┤                       port with one tag or two, tap;
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF     or to-vnf only

What there is to know of a behavior beyond that is in its own file.
"""

from typing import NamedTuple

import pytest
from scapy.compat import raw
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, SID, Bench, Link
from lib.packet import ANY, AUTO, hop, inner_of, pushed, srv6

pytestmark = pytest.mark.both_hooks

PLACES = {
    "veth": (Link("to-vnf"), Link("from-vnf")),
    "VLAN": (Link("to-vnf", vlan=7, carrier="trunk"), Link("from-vnf", vlan=8, carrier="trunk")),
    "tag": (Link("to-vnf", tags="100"), Link("from-vnf", tags="100")),
    "two tags": (
        Link("to-vnf", tags="802.1ad:300,30", on="trunk"), Link("from-vnf", tags="802.1ad:300,31", on="trunk"),
    ),
    "tap": (Link("to-vnf", tap=True), Link("from-vnf", tap=True)),
}


@pytest.fixture(scope="module", params=PLACES)
def module_bench(module, request):
    bench = Bench(("src", "dst", *PLACES[request.param]))
    yield bench
    bench.close()


class Trip(NamedTuple):
    """A packet on its way: to the SID, at the VNF, what that returns, and what leaves the node."""

    sent: object
    at_vnf: object
    returned: object
    out: object
    behavior: str
    values: dict


def label(kind):
    return ANY if kind == "eth" else AUTO


def end_as(kind):
    packet = inner_of(kind)
    out = pushed([NEXT, LAST], fl=label(kind)) / hop(packet)
    return Trip(srv6([NEXT, SID], 1) / packet, packet, packet, out, "end_as", {"inner": kind})


def end_ad(kind):
    packet = inner_of(kind)
    out = srv6(PATH, 1, hlim=63, fl=label(kind)) / hop(packet)
    return Trip(srv6(PATH) / packet, packet, packet, out, "end_ad", {"inner": kind})


def last(behavior, sent, kind):
    """What returns goes its own way, and a frame has none."""
    packet = inner_of(kind)
    out = None if kind == "eth" else hop(packet)
    return Trip(sent / packet, packet, packet, out, "last", {"inner": kind, "behavior": behavior})


# UDP from end to end, whose checksum is not that of the present destination
DATAGRAM = Raw(raw(IPv6(src=HEADEND, dst=LAST) / UDP(sport=1000, dport=2000) / Raw(b"masquerade"))[40:])


def at(packet, **values):
    packet = packet.copy()
    for key, value in values.items():
        setattr(packet, key, value)
    return packet


def end_am():
    sent = srv6(PATH, nh=17) / DATAGRAM
    masked = at(sent, dst=LAST)
    return Trip(sent, masked, masked, srv6(PATH, 1, hlim=63, nh=17) / DATAGRAM, "end_am", {})


def end_an(function):
    """The function does End itself, or leaves that to the proxy."""
    sent = srv6(PATH, nh=17) / DATAGRAM
    returned = srv6(PATH, 1, nh=17) / DATAGRAM if function else sent
    return Trip(sent, sent, returned, srv6(PATH, 1, hlim=63, nh=17) / DATAGRAM, "end_an", {})


INNER = ("ip4", "ip6", "eth")
TRIPS = {
    **{f"End.AS {kind}": end_as(kind) for kind in INNER},
    **{f"End.AD {kind}": end_ad(kind) for kind in INNER},
    **{f"End.AS last {kind}": last("End.AS", IPv6(src=HEADEND, dst=SID), kind) for kind in INNER},
    **{f"End.AD last {kind}": last("End.AD", srv6([NEXT, SID], 1), kind) for kind in INNER},
    "End.AM": end_am(),
    "End.AN did End": end_an(True),
    "End.AN looked": end_an(False),
}


@pytest.mark.parametrize("back", ("from_vnf", "to_vnf"), ids=("two", "one"))
@pytest.mark.parametrize("case", TRIPS)
def test_round_trip(bench, case, back):
    trip = TRIPS[case]
    getattr(bench, trip.behavior)(iif=back, **trip.values)
    assert bench.send(src=trip.sent) == dict(to_vnf=[trip.at_vnf])
    arrived = bench.send(**{back: trip.returned})
    assert arrived == ({} if trip.out is None else dict(dst=[trip.out]))
    assert bench.proxy.stats(SID) == {
        "in_packets": 1, "in_bytes": len(trip.sent),
        "out_packets": len(arrived), "out_bytes": sum(len(frame) for frames in arrived.values() for frame in frames),
    }
    assert bench.drops(SID) == {}
