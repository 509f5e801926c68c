# SPDX-License-Identifier: GPL-2.0
"""Packets that bear an SRH themselves, with nothing encapsulated: what End.AM and End.AN deal with."""

from scapy.compat import raw
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

from .packet import SRH


def inline(path, at, plain, *, dst=None, before=(), after=(), reduced=False, **srh):
    """The IPv6 packet plain with an SRH of path put in, on its way to path[at], or wherever dst says.

    before and after are extension headers around the SRH. Transport checksums stay those of plain,
    which is what the last segment gets to see. All else is for the SRH.
    """
    data = raw(plain)
    outer = IPv6(
        src=plain.src, dst=dst or path[at], hlim=plain.hlim, tc=plain.tc, fl=plain.fl,
    )
    segs = path[1:] if reduced else path
    headers = [*before, SRH(**{"segs": list(reversed(segs)), "sl": len(path) - 1 - at, **srh}), *after]
    packet = outer
    for header in headers:
        packet = packet / header.copy()
    packet.lastlayer().nh = data[6]
    return packet / Raw(data[40:])


def with_headers(plain, *headers):
    """The IPv6 packet plain with these extension headers put in."""
    data = raw(plain)
    packet = IPv6(src=plain.src, dst=plain.dst, hlim=plain.hlim, tc=plain.tc, fl=plain.fl)
    for header in headers:
        packet = packet / header.copy()
    packet.lastlayer().nh = data[6]
    return packet / Raw(data[40:])
