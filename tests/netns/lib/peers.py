# SPDX-License-Identifier: GPL-2.0
"""The testbed of peers: all that a stock kernel knows of SRv6, around a node with srproxy.

     h1 ── pe1 ── p1 ── node ── p2 ── pe2 ── h2
                        │  │
                     fw or br                       fw: an IP router     br: a bridge

            locator       C-SID                       SIDs of the kernel in each locator
     pe1    fc00:a::/32   fcbb:bb00:a::/48            ::e    End
     p1     fc00:1::/32   fcbb:bb00:1::/48            ::c    End.X to the PE (p1, p2)
     node   fc00:b::/32   fcbb:bb00:f0::/44           ::d4, ::d6, ::d46   End.DT4, DT6, DT46
     p2     fc00:2::/32   fcbb:bb00:2::/48            ::44, ::66, ::2     End.DX4, DX6, DX2 to the host
     pe2    fc00:d::/32   fcbb:bb00:d::/48            C-SIDs: p1 and p2 are End, d4 and d6 of the PEs End.DT4, DT6

h1 is 2001:db8:1::1 and 192.0.2.1, h2 is 2001:db8:2::2 and 198.51.100.2. "there" is from h1 to h2, "back"
from h2 to h1; where nothing else has been said, plain routes lead everywhere. The hosts' packets have at
most 1500 bytes, every link takes 2000. Their TCP takes a segment for lost when later ones have arrived, not because
the machine is slow.

The hosts also pass for neighbours: each has the MAC address of the other's gateway, so that a frame that
crosses the network as it is finds its host.
"""

import atexit
import contextlib
import functools
import itertools
import os
import select
import socket
import struct

from .keys import Keys
from .netns import Netns
from .proxy import Proxy

THERE, BACK = "fc00:b::f1", "fc00:b::f2"
H1 = {4: "192.0.2.1", 6: "2001:db8:1::1"}
H2 = {4: "198.51.100.2", 6: "2001:db8:2::2"}
HOSTS = {"there": H2, "back": H1}
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
CORE = ("pe1", "p1", "node", "p2", "pe2")
LOCATOR = {"pe1": "fc00:a", "p1": "fc00:1", "node": "fc00:b", "p2": "fc00:2", "pe2": "fc00:d"}
CSIDS = {
    "pe1": "fcbb:bb00:a::/48", "p1": "fcbb:bb00:1::/48", "node": "fcbb:bb00:f0::/44", "p2": "fcbb:bb00:2::/48",
    "pe2": "fcbb:bb00:d::/48",
}
EDGE = {"there": ("pe1", "p1", "h2"), "back": ("pe2", "p2", "h1")}  # headend, its neighbour, whom it leads to
MAC = {"h1": "02:00:00:00:22:01", "h2": "02:00:00:00:11:01"}  # of the hosts
_ports = itertools.count(20000)


def next_csid(ns, prefix, dev, lblen=32):
    """Have End with the flavor NEXT-C-SID in a kernel; whether that and iproute2 know it."""
    route = f"{prefix} encap seg6local action End flavors next-csid lblen {lblen} nflen 16 dev {dev}"
    return ns.run("ip", "-6", "route", "add", *route.split(), check=False).returncode == 0


@functools.cache
def _shared():
    peers = Peers()
    atexit.register(peers.close)
    return peers


def shared():
    """The one testbed of a session, which a test leaves as it found it: with reset()."""
    peers = _shared()
    peers.renew()
    return peers


class Peers:
    flows = 2  # of one direction of exchange()

    def __init__(self):
        for name in (*CORE, "h1", "h2", "fw", "br"):
            setattr(self, name, Netns(name))
        for name in (*CORE, "h1", "h2", "fw", "br"):
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
        for host in (self.h1, self.h2):
            host.sysctl({"net/ipv4/tcp_early_retrans": 0})
        self._links()
        self._routes()
        self._edge(self.pe1, "pe1", "h1", "192.0.2", "2001:db8:1:")
        self._edge(self.pe2, "pe2", "h2", "198.51.100", "2001:db8:2:")
        for p, pe in (("p1", "pe1"), ("p2", "pe2")):
            core, ns = LOCATOR[p], getattr(self, p)
            ns.ip(f"""
                route add {core}::e encap seg6local action End dev node
                route add {core}::c encap seg6local action End.X nh6 {self.link_address(p, pe, pe)} dev node
            """)
        # End with the flavor NEXT-C-SID, if kernel and iproute2 have it
        self.csid = all([
            next_csid(self.p1, "fcbb:bb00:1::/48", "node"), next_csid(self.p2, "fcbb:bb00:2::/48", "node"),
        ])
        self.proxy = Proxy(self.node)
        self.keys = {}
        self._routed, self._undo = {}, []

    # The network

    def _link(self, a, dev, b, peer, mac="", peer_mac=""):
        end, far_end = (f"{name} {f'address {address}' if address else ''}" for name, address in ((dev, mac), (peer, peer_mac)))
        getattr(self, a).ip(f"""
            link add {end} mtu 2000 type veth peer name {far_end} netns {getattr(self, b).name}
            link set {dev} mtu 2000 up
        """)
        getattr(self, b).ip(f"link set {peer} mtu 2000 up")

    def _links(self):
        for left, right in zip(CORE, CORE[1:]):
            self._link(left, right, right, left)
            for ns, dev in ((left, right), (right, left)):
                getattr(self, ns).ip(f"addr add {self.link_address(left, right, ns)}/64 dev {dev} nodad")
        self._link("h1", "eth", "pe1", "h1", MAC["h1"], MAC["h2"])
        self._link("h2", "eth", "pe2", "h2", MAC["h2"], MAC["h1"])
        self._link("node", "to-fw", "fw", "in")
        self._link("node", "from-fw", "fw", "out")
        self._link("node", "to-br", "br", "in")
        self._link("node", "from-br", "br", "out")
        # Neither it nor the node has anything to say there: it would come around.
        self.br.sysctl({"net/ipv6/conf/all/disable_ipv6": 1, "net/ipv6/conf/default/disable_ipv6": 1})
        self.node.sysctl({f"net/ipv6/conf/{dev}/disable_ipv6": 1 for dev in ("to-br", "from-br")})
        self.br.ip("""
            link add br0 type bridge
            link set in master br0
            link set out master br0
            link set br0 up
        """)

    def link_address(self, a, b, of):
        """Of one router on the link between two."""
        left, right = sorted((a, b), key=CORE.index)
        return f"fd00:{CORE.index(left) + 1}{CORE.index(right) + 1}::{1 if of == left else 2}"

    def _routes(self):
        for i, name in enumerate(CORE):
            lines = []
            for j, other in enumerate(CORE):
                if i != j:
                    hop = CORE[i + 1 if j > i else i - 1]
                    via = f"via {self.link_address(name, hop, hop)} dev {hop}"
                    lines += [f"route add {LOCATOR[other]}::/32 {via}", f"route add {CSIDS[other]} {via}"]
                    if other in ("pe1", "pe2"):
                        number = other[-1]
                        net4 = "192.0.2.0/24" if other == "pe1" else "198.51.100.0/24"
                        lines += [
                            f"route add 2001:db8:{number}::/64 {via}", f"route add {net4} {via.replace('via', 'via inet6')}",
                        ]
            getattr(self, name).ip("\n".join(lines))
        self.h1.ip("""
            addr add 2001:db8:1::1/64 dev eth nodad
            addr add 192.0.2.1/24 dev eth
            route add default via 2001:db8:1::fe mtu 1500 rto_min 8s
            route add default via 192.0.2.254 mtu 1500 rto_min 8s
        """)
        self.h2.ip("""
            addr add 2001:db8:2::2/64 dev eth nodad
            addr add 198.51.100.2/24 dev eth
            route add default via 2001:db8:2::fe mtu 1500 rto_min 8s
            route add default via 198.51.100.254 mtu 1500 rto_min 8s
        """)
        self.node.ip("""
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
            route add 2001:db8:2::/64 via fd00:f2::1
            route add 198.51.100.0/24 via 10.2.0.1
            route add 2001:db8:1::/64 via fd00:f1::1
            route add 192.0.2.0/24 via 10.1.0.1
        """)

    def _edge(self, ns, name, dev, net4, net6):
        """The services of a PE towards its host."""
        own, core = LOCATOR[name], {"pe1": "p1", "pe2": "p2"}[name]
        csid = CSIDS[name].split("::")[0]
        host = {4: f"{net4}.{net6[9]}", 6: f"{net6}:{net6[9]}"}
        ns.sysctl({"net/vrf/strict_mode": 1})
        ns.ip(f"""
            sr tunsrc set {own}::1
            addr add {net6}:fe/64 dev {dev} nodad
            addr add {net4}.254/24 dev {dev}
            link add vrf4 type vrf table 4
            link set vrf4 up
            link add vrf46 type vrf table 46
            link set vrf46 up
            route add {net4}.0/24 dev {dev} table 4
            route add {net4}.0/24 dev {dev} table 46
            route add {net6}:/64 dev {dev} table 46
            route add {own}::e encap seg6local action End dev {core}
            route add {own}::d4 encap seg6local action End.DT4 vrftable 4 dev vrf4
            route add {own}::d6 encap seg6local action End.DT6 table main dev {dev}
            route add {own}::d46 encap seg6local action End.DT46 vrftable 46 dev vrf46
            route add {own}::44 encap seg6local action End.DX4 nh4 {host[4]} dev {dev}
            route add {own}::66 encap seg6local action End.DX6 nh6 {host[6]} dev {dev}
            route add {own}::2 encap seg6local action End.DX2 oif {dev} dev {dev}
            route add {csid}:d4::/64 encap seg6local action End.DT4 vrftable 4 dev vrf4
            route add {csid}:d6::/64 encap seg6local action End.DT6 table main dev {dev}
        """)

    def close(self):
        self.proxy.close()
        for keys in self.keys.values():
            keys.close()
        for name in (*CORE, "h1", "h2", "fw", "br"):
            with contextlib.suppress(OSError):  # at the end of the process, which nobody waits for
                getattr(self, name).close()

    def renew(self):
        """The module may have been loaded again since: then its family has another number."""
        self.proxy.close()
        self.proxy = Proxy(self.node)

    def reset(self):
        """No proxy, plain routes, no keys."""
        self.proxy.flush()
        while self._undo:
            self._undo.pop()()
        for ns, routes in self._routed.items():
            getattr(self, ns).ip("\n".join(f"route del {route}" for route in routes))
        self._routed.clear()
        for keys in self.keys.values():
            keys.clear()

    # What a test may want

    def vnf(self, name, **values):
        """The VNF fw or br, as the proxy is to know it; in reverse, too."""
        if name == "fw":
            values = {
                "nh6": "fd00:f1::2", "nh4": "10.1.0.2", "iif_nh6": "fd00:f2::2", "iif_nh4": "10.2.0.2", **values,
            }
        self.proxy.vnf(name, dev=f"to-{name}", iif=f"from-{name}", **values)

    def route(self, ns, route):
        """A route for this test only."""
        getattr(self, ns).ip(f"route add {route}")
        self._routed.setdefault(ns, []).append(route)

    def headend(self, way, family, segs, mode="encap", to=None, hmac=None):
        """Put packets of a direction under way along segs; to is who else they may be for."""
        pe, core, host = EDGE[way]
        via = self.link_address(pe, core, core)
        to = to or HOSTS[way][family]
        encap = f"encap seg6 mode {mode} segs {','.join(segs)} {f'hmac {hmac}' if hmac else ''}"
        if family == 4:
            self.route(pe, f"{to}/32 {encap} via inet6 {via} dev {core}")
        else:
            self.route(pe, f"{to}/128 {encap} via {via} dev {core}")

    def sysctl(self, ns, name, value, usual):
        getattr(self, ns).sysctl({name: value})
        self._undo.append(lambda: getattr(self, ns).sysctl({name: usual}))

    def end_hosts_take_srh(self, do):
        """Whether h1 and h2 take part in segment routing, as they must where an SRH gets that far."""
        for host in ("h1", "h2"):
            for dev in ("all", "eth"):
                self.sysctl(host, f"net/ipv6/conf/{dev}/seg6_enabled", int(do), 1)

    def key(self, key, secret, *names):
        """An HMAC key in each of these namespaces."""
        for name in names:
            if name not in self.keys:
                self.keys[name] = Keys(getattr(self, name))
            self.keys[name][key] = secret

    def offloads(self, on):
        """Of the hosts' segmentation and checksums."""
        for host in ("h1", "h2"):
            self._ethtool(host, "eth", "on" if on else "off")

    def single_packets_only(self):
        """No super-packets from the hosts until the end of the test: not everything there is can carry them."""
        self.offloads(False)
        self._undo.append(lambda: self.offloads(True))

    def unable(self, name, *devices):
        """Devices that cannot send super-packets, until the end of the test: the stack segments them."""
        for dev in devices:
            self._ethtool(name, dev, "off")
            self._undo.append(lambda dev=dev: self._ethtool(name, dev, "on"))

    def _ethtool(self, name, dev, state):
        getattr(self, name).run("ethtool", "-K", dev, *(
            word for feature in ("tx", "tso", "gso", "sg") for word in (feature, state)), check=False)

    # Traffic

    def exchange(self, family, server=None, size=200_000, sizes=(1, 700, 1400), wait=10):
        """h1 talks to h2 (known as server): UDP of these sizes, then TCP of that size, both ways, compared.

        wait is how many seconds an answer may take, before it counts as lost.
        """
        server = server or H2[family]
        self._udp(family, server, sizes, wait)
        before = self._sent_again()
        self._tcp(family, server, size)
        # Where super-packets get lost, TCP helps itself.
        assert self._sent_again() - before < 20, "TCP had to send too many segments again"

    def _sent_again(self):
        """TCP segments of the hosts that were."""
        total = 0
        for host in (self.h1, self.h2):
            with host, open("/proc/net/snmp") as file:
                names, values = (line.split() for line in file if line.startswith("Tcp:"))
            total += int(values[names.index("RetransSegs")])
        return total

    def _udp(self, family, server, sizes, wait):
        far, near = (ns.socket(FAMILIES[family], socket.SOCK_DGRAM) for ns in (self.h2, self.h1))
        try:
            far.bind((H2[family], next(_ports)))
            near.bind((H1[family], 0))
            near.connect((server, far.getsockname()[1]))
            for size in sizes:
                question, answer = os.urandom(size), os.urandom(size)
                near.send(question)
                got, peer = self._ready(far, "a datagram for h2", wait).recvfrom(1 << 16)
                assert got == question and peer[0] == H1[family]
                far.sendto(answer, peer)
                assert self._ready(near, "a datagram for h1", wait).recv(1 << 16) == answer
        finally:
            near.close()
            far.close()

    def _tcp(self, family, server, size):
        listener, near = (ns.socket(FAMILIES[family], socket.SOCK_STREAM) for ns in (self.h2, self.h1))
        far = None
        try:
            listener.bind((H2[family], next(_ports)))
            listener.listen()
            near.setblocking(False)
            near.connect_ex((server, listener.getsockname()[1]))
            far, _ = self._ready(listener, "a connection to h2").accept()
            far.setblocking(False)
            for sender, receiver in ((near, far), (far, near)):
                self._stream(sender, receiver, os.urandom(size))
        finally:
            for end in (near, far, listener):
                if end:
                    # Reset: nothing is repeated into the next test.
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.close()

    @staticmethod
    def _ready(sock, what, wait=10):
        assert select.select([sock], [], [], wait)[0], f"does not arrive: {what}"
        return sock

    @staticmethod
    def _stream(sender, receiver, data):
        sent, got = 0, bytearray()
        while len(got) < len(data):
            readable, writable, _ = select.select([receiver], [sender] if sent < len(data) else [], [], 30)
            assert readable or writable, f"TCP stands still: {sent} bytes sent, {len(got)} received"
            if writable:
                sent += sender.send(data[sent:sent + (1 << 16)])
            if readable:
                chunk = receiver.recv(1 << 18)
                assert chunk, "TCP ends early"
                got += chunk
        assert got == data
