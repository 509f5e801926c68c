# SPDX-License-Identifier: GPL-2.0
"""Who looks at what passes a device: a packet socket, tc, nftables, XDP; and what is sent by way of it.

    with TcFilter(ns, "to-vnf", "egress") as watch:
        …
        assert watch.count() == 10

What counts is IP packets from the usual sources (lib/packet.py), frames around them included.
"""

import ctypes
import json
import os
import re
import secrets
import socket
import struct
from pathlib import Path

from .netns import libc
from .wire import ETH_P_ALL, SO_RCVBUFFORCE

SOURCES = {"ip": "192.0.2.1", "ipv6": "2001:db8:1::1"}
ADDRESSES = tuple(socket.inet_pton(family, text)
                  for family, text in zip((socket.AF_INET, socket.AF_INET6), SOURCES.values()))


class Socket:
    """tcpdump on a device, or with dev=None on all of them."""

    def __init__(self, ns, dev):
        self.ns, self.dev = ns, dev

    def __enter__(self):
        self.sock = self.ns.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        if self.dev:
            with self.ns:
                self.sock.bind((self.dev, ETH_P_ALL))
        self.sock.setblocking(False)
        return self

    def __exit__(self, *_):
        self.sock.close()

    def count(self):
        return len(self.sizes())

    def sizes(self):
        """Of all frames since last time."""
        sizes = []
        while True:
            try:
                frame = self.sock.recv(1 << 17)
            except BlockingIOError:
                return sizes
            if frame[26:30] == ADDRESSES[0] or frame[22:38] == ADDRESSES[1]:
                sizes.append(len(frame))


class TcFilter:
    """clsact with filters at "ingress" or "egress"."""

    def __init__(self, ns, dev, where, action="pass"):
        self.ns, self.dev, self.where, self.action = ns, dev, where, action

    def __enter__(self):
        self.ns.run("tc", "qdisc", "add", "dev", self.dev, "clsact")
        for pref, (proto, source) in enumerate(SOURCES.items(), 1):
            self.ns.run("tc", "filter", "add", "dev", self.dev, self.where, "pref", pref, "protocol", proto, "flower",
                        "src_ip", source, "action", self.action)
        return self

    def __exit__(self, *_):
        self.ns.run("tc", "qdisc", "del", "dev", self.dev, "clsact")

    def count(self):
        shown = self.ns.run("tc", "-s", "filter", "show", "dev", self.dev, self.where).stdout
        return sum(map(int, re.findall(r"Sent \d+ bytes (\d+) pkt", shown)))


class Qdisc:
    """A root queueing discipline; whatever else is sent counts, too."""

    def __init__(self, ns, dev, *kind):
        self.ns, self.dev, self.kind = ns, dev, kind

    def __enter__(self):
        self.ns.run("tc", "qdisc", "add", "dev", self.dev, "root", *self.kind)
        return self

    def __exit__(self, *_):
        self.ns.run("tc", "qdisc", "del", "dev", self.dev, "root")

    def count(self):
        (qdisc,) = json.loads(self.ns.run("tc", "-s", "-j", "qdisc", "show", "dev", self.dev).stdout)
        return qdisc["packets"]


class NftChain:
    """A netdev chain at "ingress" or "egress"."""

    def __init__(self, ns, dev, where, verdict="accept", priority=0):
        self.ns, self.dev, self.where, self.verdict, self.priority = ns, dev, where, verdict, priority

    def __enter__(self):
        rules = "\n".join(f"{proto} saddr {source} counter {self.verdict}"
                          for proto, source in zip(("ip", "ip6"), SOURCES.values()))
        self.ns.run("nft", "-f", "-", input=f"""
            table netdev watch {{
                chain watch {{
                    type filter hook {self.where} device "{self.dev}" priority {self.priority}; policy accept
                    {rules}
                }}
            }}
        """)
        return self

    def __exit__(self, *_):
        self.ns.run("nft", "delete", "table", "netdev", "watch")

    def count(self):
        return sum(map(int, re.findall(r"counter packets (\d+)", self.ns.run("nft", "list", "ruleset").stdout)))


XDP_DROP, XDP_PASS = 1, 2
_SYS_BPF, _PROG_LOAD, _OBJ_PIN, _TYPE_XDP = 321, 5, 6, 6


def _bpf(command, attr):
    return libc("syscall", _SYS_BPF, command, ctypes.c_char_p(attr), len(attr))


class Xdp:
    """A program on a device that knows one verdict; mode is "xdpdrv" or "xdpgeneric"."""

    def __init__(self, ns, dev, verdict, mode="xdpdrv"):
        self.ns, self.dev, self.verdict, self.mode = ns, dev, verdict, mode

    def __enter__(self):
        insns = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xB7, 0, 0, self.verdict, 0x95, 0, 0, 0))
        licence, pin = ctypes.create_string_buffer(b"GPL"), f"/sys/fs/bpf/{secrets.token_hex(4)}"
        fd = _bpf(_PROG_LOAD, struct.pack("<IIQQ", _TYPE_XDP, 2, ctypes.addressof(insns), ctypes.addressof(licence))
                  + bytes(48))
        path = ctypes.create_string_buffer(pin.encode())
        _bpf(_OBJ_PIN, struct.pack("<QII", ctypes.addressof(path), fd, 0))
        os.close(fd)
        try:
            self.ns.run("ip", "link", "set", "dev", self.dev, self.mode, "pinned", pin)
        finally:
            os.unlink(pin)
        return self

    def __exit__(self, *_):
        self.ns.run("ip", "link", "set", "dev", self.dev, self.mode, "off")


class Tracing:
    """`with Tracing("srproxy", "skb/kfree_skb") as trace:` what the kernel's tracepoints tell, in all namespaces."""

    ROOT = Path("/sys/kernel/tracing")
    available = (ROOT / "events/net/net_dev_xmit/enable").exists()

    def __init__(self, *events):
        self.events = events

    def __enter__(self):
        self.dir = self.ROOT / "instances" / secrets.token_hex(4)
        self.dir.mkdir()
        self._enable(1)
        return self

    def __exit__(self, *_):
        self._enable(0)
        self.dir.rmdir()

    def _enable(self, on):
        for event in self.events:
            (self.dir / "events" / event / "enable").write_text(str(on))

    def told(self, *names):
        """[(event, {field: text})] so far, of these events only if there are names."""
        found = re.findall(r" [\d.]+: (\w+): (.*)", (self.dir / "trace").read_text())
        return [(name, dict(re.findall(r"(\w+)[=:] ?(\S*)", text)))
                for name, text in found if name in names or not names]


class Sendings(Tracing):
    """`with Sendings() as sent:` counts what devices were given to send."""

    def __init__(self):
        super().__init__("net/net_dev_xmit")

    def of(self, dev, sizes):
        """How many packets of these sizes, Ethernet header included, in all namespaces so far."""
        return sum(told["dev"] == dev and int(told["len"]) in sizes for _, told in self.told())


def statistics(ns, dev):
    """The device's counters."""
    (link,) = json.loads(ns.run("ip", "-s", "-j", "link", "show", "dev", dev).stdout)
    keys = ("packets", "bytes", "dropped")
    return {f"{way}_{key}": link["stats64"][way][key] for way in ("rx", "tx") for key in keys}
