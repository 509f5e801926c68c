# SPDX-License-Identifier: GPL-2.0
"""Raw ports: frames in, frames out, at the other end of a device under test.

Port   AF_PACKET, on the other end of a veth
Tap    the file descriptor of a tap: there is no other device
"""

import errno
import fcntl
import os
import select
import socket
import struct
import time
from ipaddress import IPv6Address

from scapy.compat import raw
from scapy.layers.l2 import Ether

from .packet import Frame

ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6, ETH_P_8021Q = 0x0003, 0x0800, 0x0806, 0x86DD, 0x8100
SOL_PACKET, PACKET_AUXDATA, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 8, 15, 23
TP_STATUS_CSUMNOTREADY, TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 1 << 3, 1 << 4, 1 << 6
SO_RCVBUFFORCE = 33
TUNSETIFF, IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x400454CA, 0x0002, 0x1000, 0x4000
FENCES = IPv6Address("fd00:fe::").packed[:8]  # where bench.py's fences go


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


def tags_bytes(tags, tci=0):
    """VLAN tags as on the wire: (protocol, VID) each; tci is for their other bits."""
    return b"".join(struct.pack("!HH", proto, vid | tci) for proto, vid in tags)


def tags_of(data, n):
    """The first n VLAN tags of a frame: ((protocol, VID), …)."""
    numbers = struct.unpack_from(f"!{2 * n}H", data, 12) if len(data) >= 12 + 4 * n else ()
    return tuple((proto, tci & 0xFFF) for proto, tci in zip(numbers[::2], numbers[1::2]))


class Port:
    """Frames in and out of `dev` of the namespace `ns`.

    mac is the device's own address, gateway that of the other end. tags is what sent packets get and
    arriving ones must begin with (vlan=7 for short: one of 802.1Q); others are the tags of the
    device's other ports, whose frames are not for this one.
    """

    def __init__(self, ns, dev, mac, gateway, vlan=None, vnet_hdr=False, tags=(), others=()):
        self.name, self.mac, self.gateway, self.vnet_hdr = dev, mac, gateway, vnet_hdr
        self.tags = ((ETH_P_8021Q, vlan),) if vlan else tuple(tags)
        self.others = [other for other in others if len(other) > len(self.tags)]
        self._open(ns)

    def _open(self, ns):
        self.sock = ns.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self.sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        if self.vnet_hdr:
            self.sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        with ns:
            self.sock.bind((self.name, ETH_P_ALL))
        self.sock.setblocking(False)

    def close(self):
        self.sock.close()

    def frame(self, packet, dst=None, src=None, tci=0):
        """The bytes of a frame with the port's tags: around an IP packet, to the other end or to dst; or an Ether's."""
        data = raw(packet)
        tags = tags_bytes(self.tags, tci)
        if isinstance(packet, Ether):
            return data[:12] + tags + data[12:]
        proto = struct.pack("!H", ETH_P_IPV6 if data[0] >> 4 == 6 else ETH_P_IP)
        return mac_bytes(dst or self.gateway) + mac_bytes(src or self.mac) + tags + proto + data

    def send(self, *packets, dst=None, src=None, tci=0, offload=bytes(10)):
        """Send IP packets or Ether frames; with vnet_hdr, offload is the struct virtio_net_hdr of each.

        tci is for the bits of the port's tags that are not their VID.
        """
        for packet in packets:
            frame = self.frame(packet, dst, src, tci)
            self.send_frame(offload + frame if self.vnet_hdr else frame)

    def send_frame(self, frame):
        self.sock.send(frame)

    def receive(self):
        """The next Frame that is this port's, of whatever protocol, or None."""
        while (got := self._read()) is not None:
            data, csum_ready, offload = got
            depth = len(self.tags)
            if tags_of(data, depth) != self.tags:
                if data[12:14] != b"\x86\xdd" or data[38:46] != FENCES:
                    continue
                depth = 0
            elif any(tags_of(data, len(other)) == other for other in self.others):
                continue
            whole = data[:12] + data[12 + 4 * depth:]
            frame = Frame(whole[14:])
            frame.whole, frame.tags = whole, data[12:12 + 4 * depth]
            frame.dst, frame.src, frame.proto = data[:6].hex(":"), data[6:12].hex(":"), int.from_bytes(whole[12:14])
            frame.csum_ready, frame.offload = csum_ready, offload
            return frame
        return None

    def _read(self):
        """(frame with all its tags, whether its checksum is computed, struct virtio_net_hdr), or None."""
        while True:
            try:
                data, ancillary, _, _ = self.sock.recvmsg(1 << 17, 256, socket.MSG_DONTWAIT)
                break
            except BlockingIOError:
                return None
            except OSError as error:
                if error.errno != errno.ENETDOWN:  # said once when the device goes down
                    raise
        offload, data = (data[:10], data[10:]) if self.vnet_hdr else (None, data)
        csum_ready = True
        for level, kind, value in ancillary:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", value)
                csum_ready = not status & TP_STATUS_CSUMNOTREADY
                if status & TP_STATUS_VLAN_VALID:
                    tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else ETH_P_8021Q
                    data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
        return data, csum_ready, offload

    def wait_for(self, match, what, timeout=20):
        """Receive until match(frame) is true of one, and return that."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            while (frame := self.receive()) is not None:
                if match(frame):
                    return frame
            select.select([self.sock], [], [], 0.1)
        raise AssertionError(f"{self.name}: after {timeout} s, still not: {what}")


class Tap(Port):
    """A tap of the namespace ns, made here, and gone when closed; the port is its user."""

    def _open(self, ns):
        flags = IFF_TAP | IFF_NO_PI | (IFF_VNET_HDR if self.vnet_hdr else 0)
        with ns:  # that of the file is the tap's
            self.sock = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.sock, TUNSETIFF, struct.pack("16sH22x", self.name.encode(), flags))

    def close(self):
        os.close(self.sock)

    def send_frame(self, frame):
        os.write(self.sock, frame)

    def _read(self):
        try:
            data = os.read(self.sock, 1 << 17)
        except BlockingIOError:
            return None
        return (data[10:], not data[0] & 1, data[:10]) if self.vnet_hdr else (data, True, None)


def noise(frame, gateway):
    """What a node says by itself, with its own address: MLD reports, router solicitations, ARP."""
    if frame.proto == ETH_P_IPV6:
        return frame[24:40] in (MLD, ALL_ROUTERS)
    return frame.proto == ETH_P_ARP and frame.src == gateway


MLD = socket.inet_pton(socket.AF_INET6, "ff02::16")
ALL_ROUTERS = socket.inet_pton(socket.AF_INET6, "ff02::2")
