# SPDX-License-Identifier: GPL-2.0
"""Super-packets and unfinished checksums, as a device with offloads takes them (wire.Port with vnet_hdr)."""

import struct

from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

from .packet import internet_sum

VIRTIO_NET_HDR_F_NEEDS_CSUM, GSO_TCPV4, GSO_TCPV6 = 1, 1, 4


def tcp(family, size, **values):
    head = {
        4: IP(src="192.0.2.1", dst="198.51.100.2", id=1, flags="DF", ttl=37),
        6: IPv6(src="2001:db8:1::1", dst="2001:db8:2::2", hlim=37),
    }[family]
    return head / TCP(sport=1000, dport=2000, flags="A", seq=1, **values) / Raw(bytes(n % 251 for n in range(size)))


def vnet_hdr(family, gso_size=0, tags=0):
    """struct virtio_net_hdr of a TCP packet whose checksum is still to be computed, behind so many VLAN tags."""
    start = 14 + 4 * tags + (20 if family == 4 else 40)
    kind = (GSO_TCPV4 if family == 4 else GSO_TCPV6) if gso_size else 0
    headers = start + 20 if gso_size else 0
    return struct.pack("=BBHHHH", VIRTIO_NET_HDR_F_NEEDS_CSUM, kind, headers, gso_size, start, 16)


def unfinished(packet):
    """Its TCP checksum as the stack leaves it: the pseudo-header's sum only."""
    done = packet.copy()
    pseudo = done.__class__(bytes(done))
    transport = bytes(pseudo[TCP])
    if done.name == "IP":
        ends, proto = bytes(pseudo)[12:20], struct.pack("!HH", 6, len(transport))
    else:
        ends, proto = bytes(pseudo)[8:40], struct.pack("!II", len(transport), 6)
    done[TCP].chksum = internet_sum(ends + proto)
    return done
