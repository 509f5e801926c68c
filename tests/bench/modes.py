# SPDX-License-Identifier: GPL-2.0
"""What is compared: a mode says how headend and node are configured, and which one to take off."""

import dataclasses

from space import lines
from testbed import load_module, unload_module

SID, NEXT, LAST = "fc00:b::1", "fc00:d::1", "fc00:d::2"
SINK = {"ip6": "fc00:5::2", "ip4": "10.9.5.2"}
PREFIX = {"ip6": "fd00::/16", "ip4": "10.8.0.0/16"}
NODE = {"ip6": "fc00:2::2", "ip4": "10.9.2.2"}
TO_VNF = {"ip6": "fc00:3::2", "ip4": "10.9.3.2"}
BEHAVIORS = ("End.AS", "End.AD", "End.AM", "End.AN")


@dataclasses.dataclass
class Mode:
    """One side of a comparison."""

    name: str
    up: "Mode | None" = None    # generator and headend alone, to take off; None: it is that
    inner: str = "ip6"
    size: int = 100
    head: str = ""              # ip commands for the headend
    node: str = ""              # ip commands for the node
    rules: str = ""             # ip rule commands for the node, of the inner type's family
    proxy: str = ""             # srproxyctl commands for the node
    module: bool = True         # False: not even loaded
    segs: tuple = ()            # of the packets that come, if they have any
    astray: bool = False        # what comes is for nobody: what the generator alone costs
    batch: int = 64             # of frames that come in one go: what NAPI lets a network card have

    def on(self, testbed):
        if self.module:
            load_module()
        else:
            testbed.node.forget_ctl()
            unload_module()
        for space, family, commands in self._commands(testbed):
            space.ip(commands, family)
        if self.proxy:
            testbed.node.ctl(self.proxy)

    def off(self, testbed):
        if self.proxy:
            testbed.node.ctl("sid flush\nvnf flush\nchain flush")
        for space, family, commands in reversed(self._commands(testbed)):
            undo = [line.replace(" add ", " del ", 1) for line in reversed(lines(commands))]
            space.ip("\n".join(undo), family)

    def _commands(self, testbed):
        every = ((testbed.head, "", self.head), (testbed.node, "", self.node),
                 (testbed.node, "-4" if self.inner == "ip4" else "-6", self.rules))
        return [how for how in every if how[2]]


def named(*words):
    return " ".join(str(word) for word in words if word)


def batched(mode, batch):
    return dataclasses.replace(mode, name=named(mode.name, "by", batch), batch=batch)


def up_plain(inner="ip6", size=100):
    return Mode(named("up plain", inner, size), inner=inner, size=size,
                head=f"route add {PREFIX[inner]} via {SINK[inner]} dev d0")


def up_srv6(segs, inner="ip6", size=100):
    return Mode(named("up seg6", segs.count(",") + 1, inner, size), inner=inner, size=size, head=f"""
        route add {SID} via {SINK['ip6']} dev d0
        route add {PREFIX[inner]} encap seg6 mode encap segs {segs} dev d0""")


def enter(segs, inner):
    """The headend's side of a mode with SRv6."""
    return f"""
        route add {SID} via {NODE['ip6']} dev e1
        route add {PREFIX[inner]} encap seg6 mode encap segs {segs} dev e1"""


def reference(inner="ip6", size=100):
    """Plain packets, routed to the VNF and, by one rule, on when they return. No SRv6 at all."""
    return Mode(named("reference", inner, size), up_plain(inner, size), inner, size,
                head=f"route add {PREFIX[inner]} via {NODE[inner]} dev e1",
                node=f"""
                    route add {PREFIX[inner]} via {TO_VNF[inner]} dev tovnf
                    route add {PREFIX[inner]} via {SINK[inner]} dev d0 table 100""",
                rules="rule add pref 100 iif fromvnf lookup 100")


def hop(inner="ip6", size=100):
    """One plain forwarding node: the floor."""
    return Mode(named("hop", inner, size), up_plain(inner, size), inner, size,
                head=f"route add {PREFIX[inner]} via {NODE[inner]} dev e1",
                node=f"route add {PREFIX[inner]} via {SINK[inner]} dev d0")


def native(vnfs=1, size=100, next_hop=TO_VNF["ip6"]):
    """A static proxy from stock parts: seg6local, one rule for each VNF, seg6 on the way out.

    Ours is the rule in the middle: what packets to all VNFs find on average.
    """
    others = [f"rule add pref {90 if i < vnfs // 2 else 110} iif nx{i} lookup 100" for i in range(vnfs - 1)]
    return Mode(named("native", vnfs, "ip6", size), up_srv6(SID, "ip6", size), "ip6", size,
                head=enter(SID, "ip6"),
                node=f"""
                    route add {SID} encap seg6local action End.DX6 nh6 {next_hop} dev tovnf
                    route add {PREFIX['ip6']} encap seg6 mode encap segs {NEXT},{LAST} dev d0 table 100""",
                rules="\n".join([*others, "rule add pref 100 iif fromvnf lookup 100"]), segs=(SID,))


VNF = f"vnf add f dev tovnf iif fromvnf nh6 {TO_VNF['ip6']} nh4 {TO_VNF['ip4']}"


def proxied(behavior, inner="ip6", size=100, vnf="", sid=""):
    """vnf and sid are more words for srproxyctl."""
    static = behavior == "End.AS"
    segs = SID if static else f"{SID},{NEXT},{LAST}"
    opened = behavior in ("End.AS", "End.AD")
    config = [
        named(VNF, vnf),
        f"chain add c src fc00:b:: segs {NEXT},{LAST}" if static else "",
        named("sid add", SID, "behavior", behavior, opened and f"inner {inner}", "vnf f", static and "chain c", sid),
    ]
    return Mode(named(behavior, inner, size, vnf, sid), up_srv6(segs, inner, size), inner, size,
                head=enter(segs, inner), proxy="\n".join(config), segs=tuple(segs.split(",")))


# How a proxy is configured that costs nobody else anything.
ASIDE = {"sid": "hook local", "vnf": "exclusive"}


def end_ad(inner="ip6", size=100, vnf="", sid=""):
    return proxied("End.AD", inner, size, vnf, sid)


def end_as(inner="ip6", size=100, vnf="", sid=""):
    return proxied("End.AS", inner, size, vnf, sid)


def absent():
    """Plain forwarding where the module is not loaded."""
    return dataclasses.replace(hop(), name="absent", module=False)


def idle(**how):
    """Plain forwarding past a proxy that has nothing to do with it."""
    return dataclasses.replace(hop(), name=named("idle", *how.values()), proxy=end_ad(**how).proxy)
