# SPDX-License-Identifier: GPL-2.0
"""Packets: built with scapy, compared byte by byte.

The tests say what they expect as a scapy packet too; Frame is what arrived and compares equal to
it. Two things cannot be foretold, so a packet that is expected may leave them open: the flow
label (fl=AUTO: any but 0) and, in a fragment or quotation, whatever Frame.ip is used for.
"""

import hashlib
import hmac as _hmac
import re
import struct
from ipaddress import IPv6Address
from typing import NamedTuple

from scapy.compat import raw
from scapy.config import conf
from scapy.fields import ByteEnumField, ByteField, ShortField, StrLenField, XByteField
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import (
    IP6ListField,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    _IPv6ExtHdr,
    ipv6nh,
)
from scapy.packet import NoPayload, Packet, Raw, bind_layers

conf.verb = 0

AUTO = 0xAAAAA  # an expected flow label that the kernel makes up

HEADEND = "fc00:a::1"


class SRH(_IPv6ExtHdr):
    """Segment routing header. scapy's own gives Pad1 a length and knows an older HMAC TLV."""

    name = "SRH"
    fields_desc = [
        ByteEnumField("nh", 59, ipv6nh),
        ByteField("len", None),
        ByteField("type", 4),
        ByteField("sl", None),
        ByteField("last", None),
        XByteField("flags", 0),
        ShortField("tag", 0),
        IP6ListField("segs", [], count_from=lambda pkt: pkt.last + 1),
        StrLenField("tlvs", b"", length_from=lambda pkt: max(0, 8 * pkt.len - 16 * (pkt.last + 1))),
    ]
    overload_fields = {IPv6: {"nh": 43}}

    def post_build(self, header, payload):
        header = bytearray(header)
        if self.len is None:
            assert len(header) % 8 == 0, "TLVs must fill 8 bytes"
            header[1] = len(header) // 8 - 1
        if self.sl is None:
            header[3] = len(self.segs) - 1
        if self.last is None:
            header[4] = max(len(self.segs) - 1, 0)
        return bytes(header) + payload


bind_layers(IPv6ExtHdrDestOpt, SRH, nh=43)
bind_layers(IPv6ExtHdrHopByHop, SRH, nh=43)
bind_layers(IPv6ExtHdrRouting, SRH, nh=43)
bind_layers(SRH, SRH, nh=43)
bind_layers(SRH, IPv6ExtHdrDestOpt, nh=60)
bind_layers(SRH, IPv6ExtHdrHopByHop, nh=0)
bind_layers(SRH, IPv6ExtHdrRouting, nh=43)
bind_layers(SRH, IPv6ExtHdrFragment, nh=44)
bind_layers(SRH, IP, nh=4)
bind_layers(SRH, IPv6, nh=41)
bind_layers(SRH, TCP, nh=6)
bind_layers(SRH, UDP, nh=17)
bind_layers(IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, nh=0)


def srv6(path, at=0, *, src=HEADEND, hlim=64, tc=0, fl=0, before=(), after=(), **srh):
    """Outer headers on their way along path, towards path[at]; put a packet behind with "/".

    before and after are extension headers around the SRH; all else is for the SRH. With
    reduced=True the first segment is in the destination address only; a path of one segment that is
    reduced has no SRH at all.
    """
    reduced = srh.pop("reduced", False)
    outer = IPv6(src=src, dst=path[at], hlim=hlim, tc=tc, fl=fl)
    for header in before:
        outer = outer / header.copy()
    segs = path[1:] if reduced else path
    if segs or not reduced:
        outer = outer / SRH(**{"segs": list(reversed(segs)), "sl": len(path) - 1 - at, **srh})
    for header in after:
        outer = outer / header.copy()
    return outer


def inner6(size=100, *, src="2001:db8:1::1", dst="2001:db8:2::2", hlim=37, tc=0, sport=1000, dport=2000, fl=0):
    """A plain IPv6 packet of that many bytes."""
    assert size >= 48
    return IPv6(src=src, dst=dst, hlim=hlim, tc=tc, fl=fl) / UDP(sport=sport, dport=dport) / Raw(_payload(size - 48))


def inner4(size=100, *, src="192.0.2.1", dst="198.51.100.2", ttl=37, tos=0, sport=1000, dport=2000, df=True):
    """A plain IPv4 packet of that many bytes."""
    assert size >= 28
    return (
        IP(src=src, dst=dst, ttl=ttl, tos=tos, id=0x4321, flags="DF" if df else 0)
        / UDP(sport=sport, dport=dport)
        / Raw(_payload(size - 28))
    )


def inner(family, size=100, **kwargs):
    """inner4() or inner6(): hops is the TTL or hop limit, tc the TOS or traffic class."""
    if family == 4:
        names = {"hops": "ttl", "tc": "tos"}
        return inner4(size, **{names.get(key, key): value for key, value in kwargs.items()})
    names = {"hops": "hlim"}
    return inner6(size, **{names.get(key, key): value for key, value in kwargs.items()})


def _payload(size):
    return (b"0123456789abcdefghijklmnopqrstuvwxyz" * (size // 36 + 1))[:size]


def hop(packet, n=1):
    """A copy of an IPv4 or IPv6 packet after n hops."""
    packet = packet.copy()
    if packet.name == "IP":
        packet.ttl -= n
        packet.chksum = None
    else:
        packet.hlim -= n
    return packet


def tlv(kind, value):
    return bytes([kind, len(value)]) + value


PAD1 = b"\0"


def padn(n):
    return tlv(4, bytes(n - 2))


def hmac_tlv(key_id, secret, src, path, sl, flags=0, d_flag=0, last=None):
    """The HMAC TLV (RFC 8754, 2.1.2) with SHA-256, as the kernel computes it."""
    segs = b"".join(IPv6Address(seg).packed for seg in reversed(path))
    last = len(path) - 1 if last is None else last
    text = IPv6Address(src).packed + bytes([last, flags]) + struct.pack("!I", key_id) + segs
    digest = _hmac.new(secret, text, hashlib.sha256).digest()
    return bytes([5, 38]) + struct.pack("!HI", d_flag << 15, key_id) + digest


class Frame(bytes):
    """An IP packet as it arrived, with what was around it (see wire.Port.receive)."""

    @property
    def ip(self):
        """What scapy makes of it."""
        return (IPv6 if self[0] >> 4 == 6 else IP)(bytes(self))

    @property
    def fl(self):
        """Outer IPv6 flow label."""
        return int.from_bytes(self[1:4], "big") & 0xFFFFF

    def __eq__(self, other):
        if isinstance(other, Packet):
            return not differences(self, raw(other))
        return bytes.__eq__(self, other)

    def __ne__(self, other):
        return not self == other

    __hash__ = bytes.__hash__

    def __repr__(self):
        text = re.sub(r"load=b(['\"])(.{24}).*?\1", r"load=b\1\2…\1", self.ip.command())
        return f"<{len(self)} bytes: {text}>"


def differences(got, want):
    """Offsets at which the bytes differ; -1 for a length that does."""
    if len(want) >= 40 and want[0] >> 4 == 6 and len(got) >= 4:
        label = int.from_bytes(want[1:4], "big") & 0xFFFFF
        if label == AUTO and Frame(got).fl:
            want = want[:1] + bytes([want[1] & 0xF0 | got[1] & 0x0F]) + got[2:4] + want[4:]
    if got == want:
        return []
    return ([-1] if len(got) != len(want) else []) + [i for i, (a, b) in enumerate(zip(got, want)) if a != b]


def explain(got, want):
    """Lines that say how a Frame is not what a packet should be."""
    wanted = raw(want)
    lines = [f"  got:  {Frame(got)!r}", f"  want: {Frame(wanted)!r}"]
    where = differences(got, wanted)
    if where:
        lines.append(f"  first difference at byte {max(where[0], 0)} ({len(where)} in all)")
        start = max(0, (where[0] if where[0] >= 0 else where[1] if len(where) > 1 else 0) // 8 * 8 - 8)
        lines.append(f"  got  [{start}:]: {bytes(got[start:start + 48]).hex(' ', 4)}")
        lines.append(f"  want [{start}:]: {wanted[start:start + 48].hex(' ', 4)}")
    return lines


class Icmp(NamedTuple):
    """An ICMP or ICMPv6 error: where from, where to, what, and the MTU if it says one."""

    src: str
    dst: str
    type: int
    code: int
    mtu: int = None


# The errors that a node sends: (ICMPv6, ICMP) type and code
TIME_EXCEEDED = {6: (3, 0), 4: (11, 0)}
TOO_BIG = {6: (2, 0), 4: (3, 4)}
NO_ROUTE = {6: (1, 0), 4: (3, 0)}


def icmp(frame, about):
    """The Icmp in a frame, after making sure that it is well-formed and quotes the packet `about`."""
    version = frame[0] >> 4
    header = 40 if version == 6 else (frame[0] & 15) * 4
    assert frame[6 if version == 6 else 9] == (58 if version == 6 else 1), f"no ICMP: {frame!r}"
    message = bytes(frame[header:])
    pseudo = bytes(frame[8:40]) + struct.pack("!II", len(message), 58) if version == 6 else b""
    assert internet_sum(pseudo + message) == 0xFFFF, f"bad checksum: {frame!r}"
    quoted = bytes(frame[header + 8:])
    enough = len(quoted) >= min(len(raw(about)), 28)
    assert enough and raw(about).startswith(quoted), "\n".join(explain(quoted, about))
    kind, code, mtu = message[0], message[1], None
    if (kind, code) == TOO_BIG[version]:
        mtu = int.from_bytes(message[4 if version == 6 else 6:8], "big")
    ip = frame.ip
    return Icmp(ip.src, ip.dst, kind, code, mtu)


def internet_sum(data):
    """The internet checksum's sum: 0xFFFF over what includes a right checksum."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return total


def checksums_right(packet):
    """Whether every checksum in the bytes of an IP packet is right."""
    parsed = Frame(packet).ip
    fresh = parsed.copy()
    layer = fresh
    while layer and not isinstance(layer, NoPayload):
        for field in ("chksum", "cksum"):
            if field in layer.fields:
                delattr(layer, field)
        layer = layer.payload
    return raw(fresh) == bytes(packet)
