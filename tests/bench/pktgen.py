# SPDX-License-Identifier: GPL-2.0
"""The kernel's packet generator, in the generator's namespace, on CPU 0."""

import collections
import pathlib
import re

from space import mac
from testbed import DST4, DST6, SRC4, SRC6

DIR = pathlib.Path("/proc/net/pktgen")
# Nanoseconds a packet, and the share of the time that was not spent waiting for the next one's turn.
Sent = collections.namedtuple("Sent", "ns use")


def write(name, *commands):
    for command in commands:
        (DIR / name).write_text(command + "\n", encoding="ascii")


class Pktgen:
    def __init__(self, testbed):
        self.testbed = testbed
        with testbed.gen:
            write("kpktgend_0", "add_device g0")

    def how(self, mode):
        """What send() needs to know for a mode."""
        return {"inner": mode.inner, "size": mode.size}

    def send(self, count, inner="ip6", size=100, rate=None):
        """Send count packets of size bytes, at most rate a second."""
        with self.testbed.gen:
            # What pktgen calls the size has the Ethernet header, and no checksum.
            write("g0", f"count {count}", "clone_skb 0", f"pkt_size {size + 14}",
                  f"delay {round(1e9 / rate) if rate else 0}", f"dst_mac {mac(1, 2)}", "udp_dst_min 9",
                  "udp_dst_max 9")
            if inner == "ip6":
                write("g0", f"dst6 {DST6}", f"src6 {SRC6}")
            else:
                write("g0", "flag !IPV6", f"dst_min {DST4}", f"dst_max {DST4}", f"src_min {SRC4}", f"src_max {SRC4}")
            # This takes an eighth of a second, however little there is to send.
            write("pgctrl", "start")
            result = (DIR / "g0").read_text(encoding="ascii")
        done = re.search(r"OK: (\d+)\(c(\d+)\+d", result)
        assert done, f"pktgen: {result}"
        elapsed, busy = map(int, done.groups())
        return Sent(elapsed * 1000 / count, busy / elapsed)
