# SPDX-License-Identifier: GPL-2.0
"""Packets: built with scapy, compared byte by byte.

The tests say what they expect as a scapy packet too; Frame is what arrived and compares equal to
it: from the IP header on, or as a whole frame where an Ether is expected. Two things cannot be
foretold, so a packet that is expected may leave them open: the flow label (fl=AUTO: any but 0, or
fl=ANY) and, in a fragment or quotation, whatever Frame.ip is used for.
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
from scapy.layers.l2 import ARP, Ether
from scapy.packet import NoPayload, Packet, Raw, bind_layers

conf.verb = 0

AUTO = 0xAAAAA  # an expected flow label that the kernel makes up
ANY = 0xBBBBB  # the same, and 0 is one, too: of a frame in which the kernel finds no flow
ETHERNET = 143  # the next header

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
for _layer in (IPv6, SRH, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, IPv6ExtHdrFragment):
    bind_layers(_layer, Ether, nh=ETHERNET)


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


def pushed(segs, *, src="fc00:b::", hlim=63, tc=0, fl=AUTO, reduced=False, **srh):
    """The outer header of an End.AS chain, one hop behind the node."""
    return srv6(segs, src=src, hlim=hlim, tc=tc, fl=fl, reduced=reduced or len(segs) == 1 and not srh, **srh)


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


A_MAC, B_MAC = "02:aa:00:00:00:0a", "02:aa:00:00:00:0b"  # hosts behind a VNF that is a bridge


def ether(payload=None, *, dst=B_MAC, src=A_MAC, type=None, tags=()):
    """An Ethernet frame: a packet in it, or bytes of that type; tags are VIDs or (protocol, TCI)."""
    if payload is None:
        payload = inner6()
    payload = Raw(payload) if isinstance(payload, (bytes, bytearray)) else payload
    if type is None:
        type = {"IPv6": 0x86DD, "IP": 0x0800, "ARP": 0x0806}[payload.name]
    tags = [tag if isinstance(tag, tuple) else (0x8100, tag) for tag in tags]
    types = [proto for proto, _ in tags] + [type]
    head = b"".join(struct.pack("!HH", tci, proto) for (_, tci), proto in zip(tags, types[1:]))
    return Ether(dst=dst, src=src, type=types[0]) / Raw(head + raw(payload))


def arp(**values):
    return ARP(**{"hwsrc": A_MAC, "psrc": "192.0.2.1", "pdst": "192.0.2.2", **values})


def inner_of(kind, size=100, **kwargs):
    """A packet of an inner type, "ip4", "ip6" or "eth" (a frame around an IPv6 packet)."""
    if kind == "eth":
        return ether(inner6(size, **kwargs))
    return inner(int(kind[2]), size, **kwargs)


def _payload(size):
    return (b"0123456789abcdefghijklmnopqrstuvwxyz" * (size // 36 + 1))[:size]


def hop(packet, n=1):
    """A copy of an IPv4 or IPv6 packet after n hops; of a frame, to which it makes no difference."""
    packet = packet.copy()
    if isinstance(packet, Ether):
        return packet
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
    """A packet as it arrived, from behind the Ethernet header; that is in what was around it.

    whole is the frame without the port's own tags, which are in tags; dst and src are its addresses
    and proto its type; csum_ready and offload are what the kernel says of it.
    """

    whole = b""

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
            return not differences(self, other)
        return bytes.__eq__(self, other)

    def __ne__(self, other):
        return not self == other

    __hash__ = bytes.__hash__

    def __repr__(self):
        if self.whole and self.proto not in (0x0800, 0x86DD):
            return describe(self.whole, False)
        return describe(self, True)


def describe(data, is_ip):
    """What scapy makes of bytes."""
    if is_ip and data[:1] and data[0] >> 4 in (4, 6):
        command = (IPv6 if data[0] >> 4 == 6 else IP)(bytes(data)).command()
    else:
        command = Ether(bytes(data)).command()
    text = re.sub(r"load=b(['\"])(.{24}).*?\1", r"load=b\1\2…\1", command)
    return f"<{len(data)} bytes: {text}>"


def _sides(got, want):
    """The bytes to compare: those of the frame, if that is what is expected."""
    return (got.whole if isinstance(want, Ether) else bytes(got)), raw(want)


def differences(got, want):
    """Offsets at which a Frame's bytes differ from an expected packet's; -1 for a length that does."""
    is_ip = not isinstance(want, Ether)
    got, want = _sides(got, want)
    if is_ip and len(want) >= 40 and want[0] >> 4 == 6 and len(got) >= 4:
        label = int.from_bytes(want[1:4], "big") & 0xFFFFF
        if label == ANY or label == AUTO and Frame(got).fl:
            want = want[:1] + bytes([want[1] & 0xF0 | got[1] & 0x0F]) + got[2:4] + want[4:]
    if got == want:
        return []
    return ([-1] if len(got) != len(want) else []) + [i for i, (a, b) in enumerate(zip(got, want)) if a != b]


def explain(got, want):
    """Lines that say how a Frame is not what a packet should be."""
    where = differences(got, want)
    is_ip = not isinstance(want, Ether)
    got, want = _sides(got, want)
    lines = [f"  got:  {describe(got, is_ip)}", f"  want: {describe(want, is_ip)}"]
    if where:
        lines.append(f"  first difference at byte {max(where[0], 0)} ({len(where)} in all)")
        start = max(0, (where[0] if where[0] >= 0 else where[1] if len(where) > 1 else 0) // 8 * 8 - 8)
        lines.append(f"  got  [{start}:]: {got[start:start + 48].hex(' ', 4)}")
        lines.append(f"  want [{start}:]: {want[start:start + 48].hex(' ', 4)}")
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
    assert enough and raw(about).startswith(quoted), "\n".join(explain(Frame(quoted), about))
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
