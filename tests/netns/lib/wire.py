# SPDX-License-Identifier: GPL-2.0
"""Raw ports: an AF_PACKET socket on a device whose other end is under test."""

import errno
import select
import socket
import struct
import time

from scapy.compat import raw

from .packet import Frame

ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6, ETH_P_8021Q = 0x0003, 0x0800, 0x0806, 0x86DD, 0x8100
SOL_PACKET, PACKET_AUXDATA, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 8, 15, 23
TP_STATUS_CSUMNOTREADY, TP_STATUS_VLAN_VALID = 1 << 3, 1 << 4
SO_RCVBUFFORCE = 33


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


class Port:
    """Frames in and out of `dev` of the namespace `ns`.

    mac is the device's own address, gateway that of the other end, vlan the tag that sent packets
    get and arriving ones must have.
    """

    def __init__(self, ns, dev, mac, gateway, vlan=None, vnet_hdr=False):
        self.name, self.mac, self.gateway, self.vlan, self.vnet_hdr = dev, mac, gateway, vlan, vnet_hdr
        self.sock = ns.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self.sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        if vnet_hdr:
            self.sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        with ns:
            self.sock.bind((dev, ETH_P_ALL))
        self.sock.setblocking(False)

    def close(self):
        self.sock.close()

    def frame(self, packet, dst=None, src=None):
        """The bytes of a frame to the other end, or to dst, around an IP packet."""
        packet = raw(packet)
        proto = struct.pack("!H", ETH_P_IPV6 if packet[0] >> 4 == 6 else ETH_P_IP)
        tag = struct.pack("!HH", ETH_P_8021Q, self.vlan) if self.vlan else b""
        return mac_bytes(dst or self.gateway) + mac_bytes(src or self.mac) + tag + proto + packet

    def send(self, *packets, dst=None, src=None, offload=bytes(10)):
        """Send IP packets; with vnet_hdr, offload is the struct virtio_net_hdr of each."""
        for packet in packets:
            frame = self.frame(packet, dst, src)
            self.sock.send(offload + frame if self.vnet_hdr else frame)

    def send_frame(self, frame):
        self.sock.send(frame)

    def receive(self):
        """The next Frame that is of this port's VLAN, of whatever protocol, or None."""
        while True:
            try:
                data, ancillary, _, _ = self.sock.recvmsg(1 << 17, 256, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
            except OSError as error:
                if error.errno != errno.ENETDOWN:  # said once when the device goes down
                    raise
                continue
            offload, data = (data[:10], data[10:]) if self.vnet_hdr else (None, data)
            vlan, csum_ready = None, True
            for level, kind, value in ancillary:
                if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                    status, _, _, _, _, tci, _ = struct.unpack("=IIIHHHH", value)
                    vlan = tci & 0xFFF if status & TP_STATUS_VLAN_VALID else None
                    csum_ready = not status & TP_STATUS_CSUMNOTREADY
            proto, head = struct.unpack("!H", data[12:14])[0], 14
            if proto == ETH_P_8021Q:
                tci, proto = struct.unpack("!HH", data[14:18])
                vlan, head = tci & 0xFFF, 18
            if vlan != self.vlan:
                continue
            frame = Frame(data[head:])
            frame.dst, frame.src, frame.proto = data[:6].hex(":"), data[6:12].hex(":"), proto
            frame.csum_ready, frame.offload = csum_ready, offload
            return frame

    def wait_for(self, match, what, timeout=20):
        """Receive until match(frame) is true of one, and return that."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            while (frame := self.receive()) is not None:
                if match(frame):
                    return frame
            select.select([self.sock], [], [], 0.1)
        raise AssertionError(f"{self.name}: after {timeout} s, still not: {what}")


def noise(frame):
    """What a node says by itself: MLD reports, router solicitations, ARP."""
    return frame.proto not in (ETH_P_IP, ETH_P_IPV6) or frame[24:40] in (MLD, ALL_ROUTERS)


MLD = socket.inet_pton(socket.AF_INET6, "ff02::16")
ALL_ROUTERS = socket.inet_pton(socket.AF_INET6, "ff02::2")
