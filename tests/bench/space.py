# SPDX-License-Identifier: GPL-2.0
"""A network namespace with tools that stay."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "netns"))

from lib.netns import Netns  # noqa: E402

from tools import Tool  # noqa: E402

CTL = os.environ.get("SRPROXY_CTL")


class Space(Netns):
    def __init__(self, name):
        self.tools = {}
        super().__init__(name)

    def _tool(self, key, *how):
        if key not in self.tools:
            self.tools[key] = Tool(self, *how)
        return self.tools[key]

    def ip(self, batch, family=""):
        """Lines of ip(8) commands."""
        options = [family] if family else []
        self._tool(f"ip{family}", ["ip", *options, "-batch", "-"], "link show lo", "link/loopback")(lines(batch))

    def tc(self, batch):
        self.run("tc", "-batch", "-", input="\n".join(lines(batch)) + "\n")

    def ctl(self, batch):
        """Lines of srproxyctl commands."""
        self._tool("ctl", [CTL, "-b", "-"], "version", "module")(lines(batch))

    def forget_ctl(self):
        """The module that it speaks with is to be another."""
        if "ctl" in self.tools:
            self.tools.pop("ctl").close()

    def close(self):
        for tool in self.tools.values():
            tool.close()
        self.tools.clear()
        super().close()


def lines(text):
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def forwarder(name):
    """One that forwards everything, SRv6 too."""
    space = Space(name)
    space.sysctl({
        "net/ipv6/conf/all/forwarding": 1,
        "net/ipv4/conf/all/forwarding": 1,
        "net/ipv6/conf/all/seg6_enabled": 1,
        "net/ipv6/conf/default/seg6_enabled": 1,
        "net/ipv4/conf/all/rp_filter": 0,
        "net/ipv4/conf/default/rp_filter": 0,
    })
    return space


def mac(number, end):
    return f"02:00:00:00:{number:02x}:{end:02x}"


def link(number, left, left_dev, right, right_dev, mtu):
    """A veth pair, its ends .1 and .2 (fc00:N::/64, 10.9.N.0/24), each other's neighbours for good."""
    left.ip(f"link add {left_dev} mtu {mtu} address {mac(number, 1)} type veth "
            f"peer name {right_dev} mtu {mtu} address {mac(number, 2)} netns {right.name}")
    for space, dev, end in ((left, left_dev, 1), (right, right_dev, 2)):
        space.ip(f"""
            link set {dev} up
            addr add fc00:{number}::{end}/64 dev {dev} nodad
            addr add 10.9.{number}.{end}/24 dev {dev}
            neigh add fc00:{number}::{3 - end} lladdr {mac(number, 3 - end)} dev {dev} nud permanent
            neigh add 10.9.{number}.{3 - end} lladdr {mac(number, 3 - end)} dev {dev} nud permanent
        """)
