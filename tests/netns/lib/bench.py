# SPDX-License-Identifier: GPL-2.0
"""The packet-level testbed: a node with srproxy, and raw ports all around it.

        world (raw ports, no IP)              node
      ┌────────────────────────┐     ┌───────────────────┐
      │ src       headend      ├─────┤ src               │
      │ dst       next segment ├─────┤ dst       srproxy │
      │ to_vnf    VNF's input  ├─────┤ to-vnf            │
      │ from_vnf  its output   ├─────┤ from-vnf          │
      └────────────────────────┘     └───────────────────┘

Link number N, counted from 1, has fd00:N::1/64 and 10.N.0.1/24 on the node, and ::2 and .2 as
permanent neighbours in the world. The node's routes:

      src       fc00:a::/32 (headends)         2001:db8:1::/48  192.0.2.0/24
      dst       fc00:c::/32 (next segments)    2001:db8:2::/48  198.51.100.0/24

SIDs of the node are in fc00:b::/32, to which it has no route. The test plays everyone else:

      assert bench.send(src=srv6([SID, NEXT]) / packet) == dict(to_vnf=[packet])

send() returns all that has come out of the node, port by port. That it waits for no longer than
it must, and that nothing else is still to come, is the work of the fence: plain IPv6 packets, sent
after the others, for the node to forward to every port. Pinned to one CPU, everything between
sending and receiving goes through that CPU's one backlog, first in, first out.
"""

import itertools
import os
import struct
from dataclasses import dataclass
from ipaddress import IPv6Address

from .netns import Netns
from .proxy import Proxy, vlan_tags
from .wire import ETH_P_IPV6, FENCES, Port, Tap, noise

SID = "fc00:b::f1"
SID2 = "fc00:b::f2"
SID3 = "fc00:b::f3"
HEADEND = "fc00:a::1"
SOURCE = "fc00:b::"  # of chains
NEXT = "fc00:c::1"
LAST = "fc00:c::2"
PATH = [SID, NEXT, LAST]  # the usual one
HOOKS = ("prerouting", "seg6local")


@dataclass
class Link:
    """One link between the world and the node's device `name`.

    With vlan, the device is that VLAN of the link `carrier`; vrf enslaves it to a VRF of that table.
    With tags ("100" or "802.1ad:200,100"), it is a VNF's tagged port: the device knows nothing of
    VLANs, but the VNF and its port in the world do; on is the device, if the name is not, and may
    have several ports. A tap has no veth to the world, but its port is the file descriptor.
    """

    name: str
    vlan: int = None
    carrier: str = None
    vrf: int = None
    tags: str = None
    on: str = None
    tap: bool = False

    @property
    def key(self):
        return self.name.replace("-", "_")

    @property
    def device(self):
        """The node's."""
        return self.on or self.name

    @property
    def wire(self):
        """The device at both ends of the veth."""
        return self.carrier or self.device

    @property
    def port_tags(self):
        """What frames bear in the world."""
        return ((0x8100, self.vlan),) if self.vlan else vlan_tags(self.tags) if self.tags else ()


PLAIN = ("src", "dst", "to-vnf", "from-vnf")


class Bench:
    def __init__(self, links=PLAIN):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        self.links = [link if isinstance(link, Link) else Link(link) for link in links]
        self.number = {link.key: n for n, link in enumerate(self.links, 1)}
        self.world, self.node = Netns("world"), Netns("node")
        self.silent = set()  # ports that a fence cannot reach at present
        self._fences = itertools.count(1)
        self.ports = {}
        self._set_up()
        for link in self.links:
            if not link.tap:
                self._open_port(link)
        self.proxy = Proxy(self.node)

    def _open_port(self, link):
        n = self.number[link.key]
        others = [other.port_tags for other in self.links if other.wire == link.wire and other is not link]
        kind = Tap if link.tap else Port
        port = kind(self.node if link.tap else self.world, link.wire, self._mac(n, 2), self._mac(n, 1),
                    tags=link.port_tags, others=others)
        self.ports[link.key] = port
        setattr(self, link.key, port)

    def _mac(self, n, end):
        link = self.links[n - 1]
        if link.carrier:
            n = 100 + sorted({other.carrier for other in self.links if other.carrier}).index(link.carrier)
        elif link.on:
            n = min(self.number[other.key] for other in self.links if other.wire == link.wire)
        return f"02:00:00:00:{n:02x}:{end:02x}"

    def _set_up(self):
        self.world.sysctl({f"net/ipv6/conf/{dev}/disable_ipv6": 1 for dev in ("all", "default")})
        self.node.sysctl({
            "net/ipv6/conf/all/forwarding": 1,
            "net/ipv6/conf/default/accept_dad": 0,
            "net/ipv6/conf/all/accept_dad": 0,
            "net/ipv6/conf/all/keep_addr_on_down": 1,
            "net/ipv6/icmp/ratelimit": 0,
            "net/ipv4/ip_forward": 1,
            "net/ipv4/conf/all/rp_filter": 0,
            "net/ipv4/conf/default/rp_filter": 0,
            "net/ipv4/icmp_ratelimit": 0,
        })
        self._make(self.links)
        self.node.ip(f"""
            route add fc00:a::/32 via {self.ip6("src", 2)}
            route add 2001:db8:1::/48 via {self.ip6("src", 2)}
            route add fc00:c::/32 via {self.ip6("dst", 2)}
            route add 2001:db8:2::/48 via {self.ip6("dst", 2)}
            route add 192.0.2.0/24 via {self.ip4("src", 2)}
            route add 198.51.100.0/24 via {self.ip4("dst", 2)}
        """)

    def _make(self, links):
        """The devices of these links, and what is on them."""
        world, node = [], []
        done = set()
        for link in links:
            n, dev = self.number[link.key], link.wire
            if link.tap:
                self._open_port(link)
                node += [f"link set {dev} address {self._mac(n, 1)} up"]
            elif dev not in done:
                done.add(dev)
                node += [
                    f"link add {dev} address {self._mac(n, 1)} type veth "
                    f"peer name {dev} netns {self.world.name} address {self._mac(n, 2)}",
                    f"link set {dev} up",
                ]
                world += [f"link set {dev} mtu 9000 up"]
            if link.carrier:
                node += [f"link add link {link.carrier} name {link.name} type vlan id {link.vlan}"]
            if link.vrf and link.vrf not in done:
                done.add(link.vrf)
                node += [f"link add vrf{link.vrf} type vrf table {link.vrf}", f"link set vrf{link.vrf} up"]
            if link.vrf:
                node += [f"link set {link.device} master vrf{link.vrf}"]
            node += [f"link set {link.device} up"]
        self.node.ip("\n".join(node))
        self.world.ip("\n".join(world))
        for link in links:
            self.set_up_link(link.key)

    def make_link(self, key):
        """A link anew, after its device has been deleted."""
        link = self.links[self.number[key] - 1]
        self.ports[key].close()
        self._make([link])
        if not link.tap:
            self._open_port(link)

    def set_up_link(self, key, new=True):
        """Addresses, neighbours and the fence's route; again (new=False) after the device was down."""
        n, dev = self.number[key], self.device(key)
        addresses = f"""
            addr add {self.ip6(key, 1)}/64 dev {dev} nodad
            addr add {self.ip4(key, 1)}/24 dev {dev}
        """
        self.node.ip((addresses if new else "") + f"""
            neigh replace {self.ip6(key, 2)} lladdr {self._mac(n, 2)} nud permanent dev {dev}
            neigh replace fd00:fe::{n} lladdr {self._mac(n, 2)} nud permanent dev {dev}
            route replace fd00:fe::{n} dev {dev}
            neigh replace {self.ip4(key, 2)} lladdr {self._mac(n, 2)} nud permanent dev {dev}
        """)

    def device(self, key):
        return self.links[self.number[key] - 1].device

    def tags(self, key):
        """A VNF's tags on a port, or None."""
        return self.links[self.number[key] - 1].tags

    def ip6(self, key, end):
        return f"fd00:{self.number[key]}::{end}"

    def ip4(self, key, end):
        return f"10.{self.number[key]}.0.{end}"

    def close(self):
        self.proxy.close()
        for port in self.ports.values():
            port.close()
        self.world.close()
        self.node.close()

    # Packets

    def send(self, **packets):
        """send(port=packet or [packets], …): send them in this order, return what arrived()."""
        for key, batch in packets.items():
            self.ports[key].send(*(batch if isinstance(batch, (list, tuple)) else [batch]))
        return self.arrived()

    def arrived(self):
        """{port: [Frame, …]}: all that has come out of the node since last time, empty ports left out."""
        fence = next(self._fences)
        for key, port in self.ports.items():
            if key not in self.silent:
                by = self.dst if key == "src" else self.src
                by.send_frame(self._fence(by, key, fence))
        arrived = {}
        for key, port in self.ports.items():
            frames = []
            if key not in self.silent:
                payload = self._fence_payload(key, fence)
                port.wait_for(
                    lambda frame: frame.endswith(payload) or frames.append(frame), f"fence {fence}"
                )
            if frames := [frame for frame in frames if not (noise(frame, port.gateway) or is_fence(frame))]:
                arrived[key] = frames
        return Arrived(arrived)

    def discard(self):
        """Let go of what has arrived, of which there may be more than the sockets can hold."""
        for port in self.ports.values():
            while port.receive() is not None:
                pass

    def _fence(self, by, key, fence):
        payload = self._fence_payload(key, fence)
        ends = IPv6Address("fd00:fd::1").packed + IPv6Address(f"fd00:fe::{self.number[key]}").packed
        return by.frame(struct.pack("!IHBB", 6 << 28, len(payload), 59, 64) + ends + payload)

    def _fence_payload(self, key, fence):
        return b"fence:" + struct.pack("!QB", fence, self.number[key])

    # Usual configurations

    def fw(self, name="fw", dev="to_vnf", iif="from_vnf", reverse=False, **values):
        """A VNF behind these ports, its next hops the permanent neighbours; with reverse, on both sides."""
        attached = {"dev": self.device(dev), "iif": self.device(iif)}
        if self.tags(dev):
            attached["vlan"] = self.tags(dev)
        if self.tags(iif) and dev != iif:
            attached["iif_vlan"] = self.tags(iif)
        hops = {} if "lladdr" in values else self._next_hops(dev)
        if reverse:
            hops.update({f"iif_{key}": value for key, value in self._next_hops(iif).items()})
        self.proxy.vnf(name, **attached, **{**hops, **values})

    def _next_hops(self, port):
        """On a tagged port the node speaks neither ARP nor ND."""
        if self.tags(port):
            return {"lladdr": self.ports[port].mac}
        return {"nh6": self.ip6(port, 2), "nh4": self.ip4(port, 2)}

    # dev and iif are ports; all else is for the SID.

    def end_ad(self, addr=SID, vnf="fw", dev="to_vnf", iif="from_vnf", **values):
        self.fw(vnf, dev, iif)
        self.proxy.sid(addr, behavior="End.AD", vnf=vnf, **values)

    def end_as(self, addr=SID, vnf="fw", segs=(NEXT, LAST), src=SOURCE, chain_values=None, dev="to_vnf",
               iif="from_vnf", **values):
        self.fw(vnf, dev, iif)
        self.proxy.chain("chain", src=src, segs=list(segs), **(chain_values or {}))
        self.proxy.sid(addr, behavior="End.AS", vnf=vnf, chain="chain", **values)

    def last(self, addr=SID, vnf="fw", dev="to_vnf", iif="from_vnf", behavior="End.AD", **values):
        self.fw(vnf, dev, iif)
        self.proxy.sid(addr, behavior=behavior, vnf=vnf, flavors="last", **values)

    def end_am(self, addr=SID, vnf="fw", dev="to_vnf", iif="from_vnf", **values):
        self.fw(vnf, dev, iif)
        self.proxy.sid(addr, behavior="End.AM", vnf=vnf, **values)

    def end_an(self, addr=SID, vnf="fw", dev="to_vnf", iif="from_vnf", **values):
        self.fw(vnf, dev, iif)
        self.proxy.sid(addr, behavior="End.AN", vnf=vnf, **values)

    def drops(self, sid):
        return self.proxy.drops(sid)

    def teach(self, *packets):
        """Let a SID learn from these packets, which all have to reach the VNF."""
        arrived = self.send(src=list(packets))
        assert set(arrived) == {"to_vnf"} and len(arrived["to_vnf"]) == len(packets), arrived

    def reset(self):
        """Nothing configured, nothing under way."""
        self.proxy.flush()
        self.discard()
        self.arrived()


class Arrived(dict):
    """What arrived: conftest.py explains how it differs from what should have."""


def is_fence(frame):
    """Of another port of the same device."""
    return frame.proto == ETH_P_IPV6 and frame[24:32] == FENCES
