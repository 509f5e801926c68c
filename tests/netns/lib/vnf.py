# SPDX-License-Identifier: GPL-2.0
"""VNFs that are namespaces of their own, as a kernel's own stack is one.

      node                VNF number N
    ──────────┐        ┌────────────
        to-N ─┼────────┼─ in            fd00:1N::1 and ::2, 10.1N.0.1 and .2
      from-N ─┼────────┼─ out           fd00:2N::1 and ::2, 10.2N.0.1 and .2
    ──────────┘        └────────────

All neighbours are permanent.
"""

from .netns import Netns


class Vnf:
    """The links, and a namespace with nothing in it that would forward."""

    def __init__(self, node, n):
        self.node, self.n = node, n
        self.ns = Netns(f"vnf{n}")
        self.ns.sysctl({
            "net/ipv6/conf/all/forwarding": 1,
            "net/ipv6/conf/default/accept_dad": 0,
            "net/ipv6/conf/all/accept_dad": 0,
            "net/ipv4/ip_forward": 1,
            "net/ipv4/conf/all/rp_filter": 0,
            "net/ipv4/conf/default/rp_filter": 0,
        })
        self.devices = {f"to-{n}": "in", f"from-{n}": "out"}  # the node's: the VNF's
        for key in self.devices:
            self.make_link(key)

    def mac(self, dev):
        """Of the node's or the VNF's device."""
        here = dev in self.devices
        which = dev in ("in", f"to-{self.n}")
        return f"02:00:00:{self.n:02x}:{'01' if which else '02'}:{'01' if here else '02'}"

    def make_link(self, key):
        """A link of the node's device `key`, with addresses and neighbours."""
        peer = self.devices[key]
        self.node.ip(f"""
            link add {key} address {self.mac(key)} type veth \
                peer name {peer} netns {self.ns.name} address {self.mac(peer)}
        """.replace("\\\n", " "))
        self.set_up(key)

    def net(self, key):
        """The link's number in addresses."""
        return f"{1 if self.devices[key] == 'in' else 2}{self.n}"

    def ip6(self, key, end):
        return f"fd00:{self.net(key)}::{end}"

    def ip4(self, key, end):
        return f"10.{self.net(key)}.0.{end}"

    def set_up(self, key):
        self.set_up_near(key)
        self.set_up_far(key)

    def set_up_near(self, key):
        self.node.ip(f"""
            link set {key} up
            addr replace {self.ip6(key, 1)}/64 dev {key} nodad
            addr replace {self.ip4(key, 1)}/24 dev {key}
            neigh replace {self.ip6(key, 2)} lladdr {self.mac(self.devices[key])} nud permanent dev {key}
            neigh replace {self.ip4(key, 2)} lladdr {self.mac(self.devices[key])} nud permanent dev {key}
        """)

    def set_up_far(self, key):
        self.ns.ip(f"link set {self.devices[key]} up")

    def close(self):
        self.ns.close()


class Router(Vnf):
    """All that comes in goes out."""

    def set_up_far(self, key):
        peer = self.devices[key]
        self.ns.ip(f"""
            link set {peer} up
            addr replace {self.ip6(key, 2)}/64 dev {peer} nodad
            addr replace {self.ip4(key, 2)}/24 dev {peer}
            neigh replace {self.ip6(key, 1)} lladdr {self.mac(key)} nud permanent dev {peer}
            neigh replace {self.ip4(key, 1)} lladdr {self.mac(key)} nud permanent dev {peer}
        """)
        if peer == "out":
            self.ns.ip(f"""
                route replace default via {self.ip6(key, 1)} dev out
                route replace default via {self.ip4(key, 1)} dev out
            """)

    def configured(self, proxy, name, **values):
        """As a VNF of the node's."""
        to, back = self.devices
        proxy.vnf(name, dev=to, iif=back, nh6=self.ip6(to, 2), nh4=self.ip4(to, 2), **values)


class Bridge(Vnf):
    """A bump in the wire. What the node itself says to all on one side does not come back on the other."""

    def __init__(self, node, n):
        super().__init__(node, n)
        self.ns.ip("""
            link add bridge type bridge
            link set in master bridge
            link set out master bridge
            link set in type bridge_slave mcast_flood off
            link set out type bridge_slave mcast_flood off
        """)
        self.ns.sysctl({"net/ipv6/conf/bridge/disable_ipv6": 1})
        self.ns.ip("link set bridge up")

    def set_up_far(self, key):
        self.ns.sysctl({f"net/ipv6/conf/{self.devices[key]}/disable_ipv6": 1})
        super().set_up_far(key)

    def configured(self, proxy, name, **values):
        """For frames, and for IP packets to the node's own address at the other end."""
        to, back = self.devices
        proxy.vnf(name, dev=to, iif=back, lladdr=self.mac(back), **values)
