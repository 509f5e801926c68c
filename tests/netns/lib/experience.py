# SPDX-License-Identifier: GPL-2.0
"""What one packet to a SID leads to, all of it: whatever the hook, it is the same."""

from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, PadN

from .bench import HEADEND, LAST, NEXT, PATH, SID
from .packet import PAD1, inner, padn, srv6

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
HOP_BY_HOP = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
LONG = [SID, NEXT] + [f"fc00:d::{n:x}" for n in range(1, 30)]

PACKETS = {
    "segments left": srv6(PATH),
    "one segment left": srv6([SID, NEXT]),
    "31 segments": srv6(LONG),
    "another list behind": srv6([NEXT, *PATH], 1),
    "reduced": srv6(PATH, reduced=True),
    "one segment, reduced": srv6([SID, NEXT], reduced=True),
    "no SRH": IPv6(src=HEADEND, dst=SID),
    "no segments left": srv6([NEXT, SID], at=1),
    "SID not in the list": srv6([NEXT, NEXT, LAST], tag=1),
    "tag and flags": srv6(PATH, tag=0x1234, flags=0x41),
    "padding": srv6(PATH, tlvs=padn(8)),
    "Pad1": srv6(PATH, tlvs=PAD1 * 8),
    "Pad1, then padding": srv6(PATH, tlvs=PAD1 + padn(7)),
    "hop-by-hop options": srv6(PATH, before=[HOP_BY_HOP]),
    "options before": srv6(PATH, before=[OPTIONS]),
    "options behind": srv6(PATH, after=[OPTIONS]),
    "options all over": srv6(PATH, before=[HOP_BY_HOP, OPTIONS], after=[OPTIONS]),
    "broken list": srv6(PATH, last=7),
    "too many left": srv6(PATH, sl=9),
    "next segment a group": srv6([SID, "ff02::1", LAST]),
    "next segment this node": srv6([SID, "::1", LAST]),
    "congestion": srv6(PATH, tc=3),
    "hop limit 255": srv6(PATH, hlim=255),
    "hop limit 2": srv6(PATH, hlim=2),
    "hop limit 1": srv6(PATH, hlim=1),
    "traffic class and flow label": srv6(PATH, tc=0xB8, fl=0x12345),
}
PACKETS["SID not in the list"].dst = SID


def same(arrived):
    """Without the flow label that the node gives its errors."""
    return {key: [bytes(frame[:1]) + bytes(3) + bytes(frame[4:]) if frame[6] == 58 else frame for frame in frames]
            for key, frames in arrived.items()}


def experience(bench, behavior, outer, family):
    """All that one packet leads to, and a plain one from the VNF after it."""
    getattr(bench, behavior)()
    arrived = [same(bench.send(src=outer / inner(family, tc=2))), same(bench.send(from_vnf=inner(family)))]
    found = (arrived, bench.proxy.stats(SID), bench.drops(SID), [
        {key: value for key, value in entry.items() if key != "age"} for entry in bench.proxy.cache()
    ])
    bench.reset()
    return found
