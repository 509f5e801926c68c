# SPDX-License-Identifier: GPL-2.0
"""Frames that the node's device receives as from a network card: many in one NAPI poll.

XDP's live frames (BPF_F_TEST_XDP_LIVE_FRAMES) come without a headend, so that nothing but the
generator has to be taken off: the same frames, for another station, which IP drops at once.
"""

import collections
import dataclasses
import os
import socket
import struct
import time

import bpf
from lib.netns import run
from measure import interleaved
from modes import Mode, named
from space import mac
from testbed import DST4, DST6, SRC4, SRC6

ASTRAY = "02:00:00:00:00:55"
HEADEND = "fc00:2::1"
DAEMON = "02:00:00:00:00:77"
OUTER_DST = 14 + 38     # where the destination's last 16 bits are
SETTLED = 1     # seconds until what has not arrived never will
Sent = collections.namedtuple("Sent", "ns")


def address6(text):
    return socket.inet_pton(socket.AF_INET6, text)


def header6(source, destination, next_header, payload, hop_limit=64):
    return struct.pack("!IHBB", 6 << 28, payload, next_header, hop_limit) + address6(source) + address6(destination)


def header4(length):
    fields = [0x4500, length, 0, 0x4000, 64 << 8 | 17, 0,
              *struct.unpack("!HHHH", socket.inet_aton(SRC4) + socket.inet_aton(DST4))]
    total = sum(fields)
    total = (total & 0xFFFF) + (total >> 16)
    fields[5] = 0xFFFF - ((total & 0xFFFF) + (total >> 16))
    return struct.pack("!10H", *fields)


def plain(inner, size):
    """An IP packet of so many bytes: UDP without checksum, as pktgen sends it."""
    header = 20 if inner == "ip4" else 40
    udp = struct.pack("!HHHH", 9, 9, size - header, 0) + bytes(size - header - 8)
    return (header4(size) if inner == "ip4" else header6(SRC6, DST6, 17, size - header)) + udp


def frame(mode):
    packet = plain(mode.inner, mode.size)
    ethertype = 0x0800 if mode.inner == "ip4" and not mode.segs else 0x86DD
    if mode.segs:
        last = len(mode.segs) - 1
        srh = struct.pack("!BBBBBBH", 4 if mode.inner == "ip4" else 41, 2 * len(mode.segs), 4, last, last, 0, 0)
        srh += b"".join(map(address6, reversed(mode.segs)))
        packet = header6(HEADEND, mode.segs[0], 43, len(srh) + len(packet)) + srh + packet
    station = ASTRAY if mode.astray else mac(2, 2)
    return bytes.fromhex((station + DAEMON).replace(":", "")) + struct.pack("!H", ethertype) + packet


def received(mode):
    """A mode whose packets come by this generator."""
    up = Mode(named("frames", len(mode.segs), mode.inner, mode.size, "by", mode.batch), inner=mode.inner,
              size=mode.size, segs=mode.segs, astray=True, module=mode.module, batch=mode.batch)
    return dataclasses.replace(mode, head="", up=up)


class Live:
    def __init__(self, testbed):
        # Long chains keep more packets waiting than a CPU's queue takes by default.
        run("sysctl", "-qw", "net.core.netdev_max_backlog=20000")
        self.testbed = testbed
        self.ifindex = testbed.node.ifindex("net")
        self.programs = {}

    def how(self, mode):
        return {"mode": mode}

    def _program(self, content, mask):
        key = content, mask
        if key not in self.programs:
            code = bpf.write_frame(bpf.map_of(content), len(content), None if mask is None else OUTER_DST, mask)
            self.programs[key] = bpf.load(code)
        return self.programs[key]

    def send(self, count, mode, mask=None):
        """Have count packets of a mode received; with a mask, by so many SIDs, chosen at random."""
        content = frame(mode)
        program = self._program(content, mask)
        expected = self.testbed.arrived() + (0 if mode.astray else count)
        with self.testbed.node:
            # By the clock, until the last one has arrived: the kernel's own answer leaves out what its softirq
            # thread does meanwhile and afterwards.
            start = time.perf_counter_ns()
            bpf.run_live(program, content, count, self.ifindex, mode.batch)
            while True:
                arrived, end = self.testbed.arrived(), time.perf_counter_ns()
                if arrived >= expected or end - start > 1e9 * SETTLED:
                    return Sent((end - start) / count)
                os.sched_yield()


def cost(testbed, modes, options, progress):
    """What modes cost if their packets come by this generator."""
    return interleaved(testbed, Live(testbed), list(map(received, modes)), options, progress)
