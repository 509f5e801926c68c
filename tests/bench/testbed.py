# SPDX-License-Identifier: GPL-2.0
"""The way that a measured packet goes, on one CPU:

    generator ── headend ── node ══ VNF
     pktgen                  └── d0 (dummy): the next segment

Nanoseconds are measured with frames that the node's device receives (live.py), and the headend has
nothing to do then. Instructions and CPU use are measured with pktgen; as that cannot write an SRH,
there is the headend. What generator and headend cost is measured by itself, on the way to the
headend's own dummy ("up" modes), and taken off.
"""

import os
import pathlib

from space import Space, forwarder, link
from lib.netns import run, until

MODULE = os.environ.get("SRPROXY_KO")
SINK_MAC = "02:00:00:00:00:99"
# What generator and headend send to; inside 10/8 and fd00::/16 it is all the VNF's.
SRC4, DST4 = "10.9.1.9", "10.8.0.1"
SRC6, DST6 = "fc00:1::9", "fd00::1"
# Room for 1500 bytes and an encapsulation, everywhere, so that no mode is special.
MTU = 2000


def load_module():
    if not pathlib.Path("/sys/module/srproxy").exists():
        run("insmod", MODULE)


def unload_module():
    # A route that has gone holds it for a little longer.
    until(lambda: not pathlib.Path("/sys/module/srproxy").exists()
          or not run("rmmod", "srproxy", check=False).returncode, "the module is unloaded")


class Testbed:
    """The namespaces, their links and what never changes in them."""

    def __init__(self):
        self.gen = Space("gen")
        self.head, self.node, self.vnf = (forwarder(name) for name in ("head", "node", "vnf"))
        self.spaces = [self.gen, self.head, self.node, self.vnf]
        link(1, self.gen, "g0", self.head, "e0", 1500)
        link(2, self.head, "e1", self.node, "net", MTU)
        link(3, self.node, "tovnf", self.vnf, "v0", MTU)
        link(4, self.node, "fromvnf", self.vnf, "v1", MTU)
        for space in (self.head, self.node):
            space.ip(f"""
                link add d0 mtu {MTU} type dummy
                link set d0 up
                addr add fc00:5::1/64 dev d0 nodad
                addr add 10.9.5.1/24 dev d0
                neigh add fc00:5::2 lladdr {SINK_MAC} dev d0 nud permanent
                neigh add 10.9.5.2 lladdr {SINK_MAC} dev d0 nud permanent
            """)
        self.make_vnf()
        # Or its kernel would choose a source address for each packet.
        self.head.ip("sr tunsrc set fc00:2::1")
        self.node.ip("route add fc00:d::/32 via fc00:5::2 dev d0")
        self.counters = [self._counters(space) for space in (self.head, self.node)]

    def make_vnf(self):
        """It only forwards: whatever comes, out of the other interface."""
        self.vnf.ip("route add default via fc00:4::1 dev v1\nroute add default via 10.9.4.1 dev v1")

    def arrived(self):
        """Packets that reached the end: the node's sink or the headend's."""
        return sum(map(self._sent, self.counters))

    @staticmethod
    def _counters(space):
        with space:
            return open("/proc/net/dev", encoding="ascii")

    @staticmethod
    def _sent(counters):
        counters.seek(0)
        return next(int(line.split()[10]) for line in counters if line.strip().startswith("d0:"))

    def close(self):
        for counters in self.counters:
            counters.close()
        for space in self.spaces:
            space.close()
