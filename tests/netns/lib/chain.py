# SPDX-License-Identifier: GPL-2.0
"""The testbed for real traffic: hosts, routers, a node with srproxy and a VNF, each a kernel's own stack.

     h1 ──── ingress ──── node ──── egress ──── h2          h1      2001:db8:1::1   192.0.2.1
             (headend)    │  │      (End.DT4,               h2      2001:db8:2::2   198.51.100.2
                     to-fw│  │from-fw  End.DT6)             ingress fc00:a::/32
                        ┌─┴──┴─┐                            node    fc00:b::/32
                        │  fw  │ plain IP router            egress  fc00:d::/32
                        └──────┘

h1 → h2: the headend's segments are fc00:b::f1 (node: End.AD, fw), then fc00:d::d4 or ::d6.
h2 → h1: the egress router's segments are fc00:b::f2 (the same fw, interfaces swapped), then those of
the ingress router, fc00:a::d4 or ::d6.

The links inside the SRv6 domain have an MTU of 2000, as the kernel's headends expect. But the node's
routes say 1500: so what the hosts can send is PATH_MTU, which they learn from the node.
"""

import hashlib
import itertools
import os
import socket
import threading

from .netns import Netns
from .proxy import Tool

THERE, BACK = "fc00:b::f1", "fc00:b::f2"
H1 = {4: "192.0.2.1", 6: "2001:db8:1::1"}
H2 = {4: "198.51.100.2", 6: "2001:db8:2::2"}
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
PATH_MTU = 1500 - 40 - 8 - 2 * 16
_ports = itertools.count(5001)


class Chain:
    """After `configure()` with the tool, h1 and h2 reach each other through fw."""

    NAMES = ("h1", "ingress", "node", "egress", "h2", "fw")
    LINKS = (  # namespace, device, namespace, device
        ("h1", "eth", "ingress", "h1"),
        ("ingress", "node", "node", "ingress"),
        ("node", "egress", "egress", "node"),
        ("egress", "h2", "h2", "eth"),
        ("node", "to-fw", "fw", "in"),
        ("node", "from-fw", "fw", "out"),
    )

    def __init__(self):
        for name in self.NAMES:
            setattr(self, name, Netns(name))
        self.tool = Tool(self.node)
        for name in self.NAMES:
            getattr(self, name).sysctl({
                "net/ipv6/conf/all/forwarding": int(name[0] != "h"),
                "net/ipv4/ip_forward": int(name[0] != "h"),
                "net/ipv6/conf/default/accept_dad": 0,
                "net/ipv6/conf/all/accept_dad": 0,
                "net/ipv6/conf/default/seg6_enabled": 1,
                "net/ipv6/conf/all/seg6_enabled": 1,
                "net/ipv4/conf/all/rp_filter": 0,
                "net/ipv4/conf/default/rp_filter": 0,
            })
        for a, dev, b, peer in self.LINKS:
            mtu = 2000 if {a, b} & {"node"} and {a, b} & {"ingress", "egress"} else 1500
            getattr(self, a).ip(f"""
                link add {dev} type veth peer name {peer} netns {getattr(self, b).name}
                link set {dev} mtu {mtu} up
            """)
            getattr(self, b).ip(f"link set {peer} mtu {mtu} up")
        self._addresses()
        self._routes()

    def _addresses(self):
        self.h1.ip("addr add 2001:db8:1::1/64 dev eth nodad\naddr add 192.0.2.1/24 dev eth")
        self.ingress.ip("""
            addr add 2001:db8:1::fe/64 dev h1 nodad
            addr add 192.0.2.254/24 dev h1
            addr add fd00:12::1/64 dev node nodad
            addr add fc00:a::1/128 dev lo
        """)
        self.node.ip("""
            addr add fd00:12::2/64 dev ingress nodad
            addr add fd00:23::2/64 dev egress nodad
            addr add fd00:f1::1/64 dev to-fw nodad
            addr add fd00:f2::1/64 dev from-fw nodad
            addr add 10.1.0.1/24 dev to-fw
            addr add 10.2.0.1/24 dev from-fw
        """)
        self.fw.ip("""
            addr add fd00:f1::2/64 dev in nodad
            addr add fd00:f2::2/64 dev out nodad
            addr add 10.1.0.2/24 dev in
            addr add 10.2.0.2/24 dev out
        """)
        self.egress.ip("""
            addr add fd00:23::3/64 dev node nodad
            addr add 2001:db8:2::fe/64 dev h2 nodad
            addr add 198.51.100.254/24 dev h2
            addr add fc00:d::1/128 dev lo
        """)
        self.h2.ip("addr add 2001:db8:2::2/64 dev eth nodad\naddr add 198.51.100.2/24 dev eth")

    def _routes(self):
        self.h1.ip("route add default via 192.0.2.254\nroute add default via 2001:db8:1::fe")
        self.h2.ip("route add default via 198.51.100.254\nroute add default via 2001:db8:2::fe")
        self.fw.ip("""
            route add 2001:db8:2::/64 via fd00:f2::1
            route add 198.51.100.0/24 via 10.2.0.1
            route add 2001:db8:1::/64 via fd00:f1::1
            route add 192.0.2.0/24 via 10.1.0.1
        """)
        self.node.ip("""
            route add fc00:a::/32 via fd00:12::1 mtu lock 1500
            route add fc00:d::/32 via fd00:23::3 mtu lock 1500
            route add 2001:db8:1::/64 via fd00:12::1
            route add 2001:db8:2::/64 via fd00:23::3
            route add 192.0.2.0/24 via inet6 fd00:12::1 dev ingress
            route add 198.51.100.0/24 via inet6 fd00:23::3 dev egress
        """)
        self._edge(self.ingress, "fc00:a", "fd00:12::2", "h1", "192.0.2.0/24", THERE, "fc00:d", H2)
        self._edge(self.egress, "fc00:d", "fd00:23::2", "h2", "198.51.100.0/24", BACK, "fc00:a", H1)

    def _edge(self, ns, own, via, dev, net4, sid, far, hosts):
        """A router at the edge of the SRv6 domain: encapsulation one way, decapsulation the other."""
        ns.sysctl({"net/vrf/strict_mode": 1})
        ns.ip(f"""
            sr tunsrc set {own}::1
            route add fc00:b::/32 via {via}
            route add {far}::/32 via {via}
            route add {hosts[6]}/128 encap seg6 mode encap segs {sid},{far}::d6 via {via}
            route add {hosts[4]}/32 encap seg6 mode encap segs {sid},{far}::d4 via inet6 {via} dev node
            link add vrf4 type vrf table 4
            link set vrf4 up
            route add {net4} dev {dev} table 4
            route add {own}::d4/128 encap seg6local action End.DT4 vrftable 4 dev vrf4
            route add {own}::d6/128 encap seg6local action End.DT6 table main dev {dev}
        """)

    def configure(self):
        self.tool.batch(f"""
            vnf add there dev to-fw iif from-fw nh6 fd00:f1::2 nh4 10.1.0.2
            vnf add back dev from-fw iif to-fw nh6 fd00:f2::2 nh4 10.2.0.2
            sid add {THERE} behavior End.AD vnf there
            sid add {BACK} behavior End.AD vnf back
        """)

    def close(self):
        for name in self.NAMES:
            getattr(self, name).close()

    def offloads(self, on):
        """Segmentation and checksum offloads of every device, everywhere."""
        state = "on" if on else "off"
        for a, dev, b, peer in self.LINKS:
            for ns, name in ((a, dev), (b, peer)):
                getattr(self, ns).run(
                    "ethtool", "-K", name, *(word for feature in ("tso", "gso", "gro", "tx", "rx", "sg")
                                             for word in (feature, state)), check=False,
                )

    def ping(self, family, count=3, **kwargs):
        return self.h1.run("ping", f"-{family}", "-c", count, "-i", "0.01", "-W", "5", H2[family], **kwargs)

    def transfer(self, family, size, reverse=False):
        """Send size random bytes over TCP from h1 to h2; the checksums of what was sent and received."""
        near, far, address = (self.h2, self.h1, H1) if reverse else (self.h1, self.h2, H2)
        data = os.urandom(1 << 20)
        data = (data * (size // len(data) + 1))[:size]
        listener = far.socket(FAMILIES[family], socket.SOCK_STREAM)
        sender = near.socket(FAMILIES[family], socket.SOCK_STREAM)
        listener.bind((address[family], next(_ports)))
        listener.listen()
        received = hashlib.sha256()

        def serve():
            connection, _ = listener.accept()
            connection.settimeout(60)
            while chunk := connection.recv(1 << 16):
                received.update(chunk)
            connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        sender.settimeout(60)
        try:
            sender.connect(listener.getsockname()[:2])
            sender.sendall(data)
        finally:
            sender.close()
        thread.join(60)
        listener.close()
        return hashlib.sha256(data).hexdigest(), received.hexdigest()


class Wire(Chain):
    """The same with fw a bridge, between headends that encapsulate frames and tails that release them.

    h1 and the egress router's port to h2 have one address, as have h2 and the ingress router's port to
    h1: so what the headend encapsulates is a frame from host to host. Nothing may segment or merge
    before the kernel's headends, which could not have it; but fw merges.
    """

    MTU = 1300  # of the hosts
    MACS = {"h1": "02:00:00:00:aa:01", "h2": "02:00:00:00:aa:02"}

    def __init__(self):
        super().__init__()
        self.fw.sysctl({"net/ipv6/conf/all/disable_ipv6": 1})
        self.fw.ip("""
            addr flush dev in
            addr flush dev out
            link add bridge type bridge
            link set bridge up
            link set in master bridge
            link set out master bridge
        """)
        for host, router, port in (("h1", self.ingress, "h1"), ("h2", self.egress, "h2")):
            far = "h2" if host == "h1" else "h1"
            getattr(self, host).ip(f"link set eth mtu {self.MTU} address {self.MACS[host]}")
            router.ip(f"link set {port} address {self.MACS[far]}")
        self.offloads(False)
        self.h1.run("ethtool", "-K", "eth", "tx", "on", "sg", "on")
        self.h2.run("ethtool", "-K", "eth", "tx", "on", "sg", "on")
        for dev in ("in", "out"):
            self.fw.run("ethtool", "-K", dev, "tx", "on", "sg", "on", "tso", "on", "gso", "on", "gro", "on")

    def _edge(self, ns, own, via, dev, net4, sid, far, hosts):
        ns.ip(f"""
            sr tunsrc set {own}::1
            route add fc00:b::/32 via {via}
            route add {far}::/32 via {via}
            route add {hosts[6]}/128 encap seg6 mode l2encap segs {sid},{far}::d2 via {via}
            route add {hosts[4]}/32 encap seg6 mode l2encap segs {sid},{far}::d2 via inet6 {via} dev node
            route add {own}::d2/128 encap seg6local action End.DX2 oif {dev} dev {dev}
        """)

    def configure(self):
        self.tool.batch(f"""
            vnf add bridge dev to-fw iif from-fw
            sid add {THERE} behavior End.AD vnf bridge inner eth
            sid add {BACK} behavior End.AD vnf bridge inner eth reverse
        """)
