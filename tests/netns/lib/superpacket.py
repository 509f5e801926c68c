# SPDX-License-Identifier: GPL-2.0
"""TCP super-packets over IPv6 (lib/gso.py) of any addresses and ports, and with extension headers before TCP."""

import struct

from scapy.layers.inet import TCP
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

from .gso import GSO_TCPV6, VIRTIO_NET_HDR_F_NEEDS_CSUM
from .gso import unfinished as unfinished


def tcp6(size, *, src="2001:db8:1::1", dst="2001:db8:2::2", sport=1000, dport=2000, hlim=37, seq=1):
    """A plain packet with that many bytes of payload."""
    head = IPv6(src=src, dst=dst, hlim=hlim) / TCP(sport=sport, dport=dport, flags="A", seq=seq)
    return head / Raw(bytes(n % 251 for n in range(size)))


def vnet_hdr(gso_size=0, extra=0):
    """struct virtio_net_hdr of such a packet, with so many bytes of extension headers before the TCP header."""
    start = 14 + 40 + extra
    kind = GSO_TCPV6 if gso_size else 0
    headers = start + 20 if gso_size else 0
    return struct.pack("=BBHHHH", VIRTIO_NET_HDR_F_NEEDS_CSUM, kind, headers, gso_size, start, 16)
