# SPDX-License-Identifier: GPL-2.0
"""Several VNFs of one node, one after the other: by their SIDs, or by plain routes."""

from live import cost
from modes import LAST, NEXT, NODE, PREFIX, SID, SINK, Mode, enter, named, up_plain, up_srv6
from space import forwarder, link
from testbed import MTU, Testbed

LENGTHS = tuple(range(1, 9))
QUICK = (1, 4, 8)


class Chain(Testbed):
    """A testbed with more VNFs, behind links 21 and 31, 22 and 32, …"""

    def make_vnf(self):
        for i in LENGTHS:
            vnf = forwarder(f"vnf{i}")
            link(20 + i, self.node, f"tovnf{i}", vnf, "v0", MTU)
            link(30 + i, self.node, f"fromvnf{i}", vnf, "v1", MTU)
            vnf.ip(f"route add default via {address(30 + i, 1)} dev v1")
            self.spaces.append(vnf)


def address(number, host):
    return f"fc00:{number}::{host}"


def routed(length):
    """By plain routes, with one rule for each VNF: where to go on from it.

    The way to the first one needs none, and each rule is as far in front as it can be.
    """
    node = [f"route add {PREFIX['ip6']} via {address(21, 2)} dev tovnf1"]
    for i in range(1, length):
        node.append(f"route add {PREFIX['ip6']} via {address(21 + i, 2)} dev tovnf{i + 1} table {100 + i}")
    node.append(f"route add {PREFIX['ip6']} via {SINK['ip6']} dev d0 table {100 + length}")
    rules = [f"rule add pref {100 + i} iif fromvnf{i} lookup {100 + i}" for i in range(1, length + 1)]
    return Mode(named("routed", length), up_plain(), head=f"route add {PREFIX['ip6']} via {NODE['ip6']} dev e1",
                node="\n".join(node), rules="\n".join(rules))


def proxied(length):
    """By SIDs of End.AD, all in one list of segments."""
    sids = [SID, *(f"fc00:b::{i}" for i in range(2, length + 1))]
    segs = ",".join([*sids, NEXT, LAST])
    config = []
    for i, sid in enumerate(sids, 1):
        config += [f"vnf add f{i} dev tovnf{i} iif fromvnf{i} nh6 {address(20 + i, 2)}",
                   f"sid add {sid} behavior End.AD inner ip6 vnf f{i}"]
    return Mode(named("proxied", length), up_srv6(segs), head=enter(segs, "ip6"), proxy="\n".join(config),
                segs=tuple(segs.split(",")))


def measure(options, progress):
    lengths = QUICK if options.quick else LENGTHS
    modes = [make(length) for length in lengths for make in (routed, proxied)]
    return {"lengths": lengths, "cost": cost(Chain(), modes, options, progress)}
