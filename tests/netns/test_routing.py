# SPDX-License-Identifier: GPL-2.0
"""Two nodes announce one SID by BGP, as docs/routing.md has it: one goes, the other one has the packets.

    head ── core ── tail       the files of FRR and the commands of all of them are those of that page
             │ │
         node1 node2
           │     │
          fw1   fw2
"""

import contextlib
import itertools
import os
import re
import signal
import socket
import struct
from collections import Counter
from pathlib import Path

import pytest

from lib import frr
from lib.netns import Netns, until
from lib.proxy import Proxy, Tool

pytestmark = [
    pytest.mark.data,   # for its time
    pytest.mark.skipif(not frr.available, reason="needs FRR"),
]
PAGE = Path(__file__).resolve().parents[2] / "docs/routing.md"
BLOCKS = dict(((kind, name), text) for kind, name, text in re.findall(
    r"^```(sh|frr) (\S+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S))
SID_ADD, = (line for line in BLOCKS["sh", "nodes"].splitlines() if "sid add" in line)
LOCAL = BLOCKS["sh", "local"].splitlines()
SID, SERVER = "fc00:b::f1", "2001:db8:2::2"
ROUTERS = {"head": "a", "node1": "1", "node2": "2", "tail": "d"}  # of core, and their links' number
NODES = ("node1", "node2")


class Stream:
    """Numbered datagrams of many flows from head to tail, each of which has to arrive once."""

    FLOWS = 20

    def __init__(self, sender, receiver):
        self.receiver = receiver.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.receiver.bind((SERVER, 5000))
        self.receiver.setblocking(False)
        self.flows = [sender.socket(socket.AF_INET6, socket.SOCK_DGRAM) for _ in range(self.FLOWS)]
        self.numbers = itertools.count()
        self.sent, self.got = [], []

    def close(self):
        for sock in (*self.flows, self.receiver):
            sock.close()

    def send(self):
        """One packet of each flow."""
        for sock, number in zip(self.flows, self.numbers):
            sock.sendto(struct.pack("!I", number), (SERVER, 5000))
            self.sent.append(number)
        self.receive()  # before the socket is full

    def receive(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                self.got += struct.unpack("!I", self.receiver.recv(64))

    def arrives(self):
        """All that was sent since the last time."""
        until(lambda: self.receive() or len(self.got) >= len(self.sent), "all packets have arrived")
        assert sorted(self.got) == self.sent
        self.sent, self.got = [], []


class Network:
    def __init__(self, stack):
        self.core = Netns("core")
        for name in ROUTERS:
            setattr(self, name, Netns(name))
        self.fw = {name: Netns("fw") for name in NODES}
        for ns in self.namespaces():
            stack.callback(ns.close)
            ns.sysctl({
                "net/ipv6/conf/all/forwarding": 1,
                "net/ipv6/conf/all/accept_dad": 0,
                "net/ipv6/conf/default/accept_dad": 0,
                "net/ipv6/conf/default/keep_addr_on_down": 1,
                "net/ipv6/conf/all/seg6_enabled": 1,
                "net/ipv6/conf/default/seg6_enabled": 1,
            })
        for name, number in ROUTERS.items():
            self._link(self.core, name, getattr(self, name), "core", f"fd00:{number}")
        for name in NODES:
            node, fw = getattr(self, name), self.fw[name]
            self._link(node, "to-fw", fw, "in", "fd00:f")
            self._link(node, "from-fw", fw, "out", "fd00:e")
            fw.ip("route add default via fd00:e::1")
            node.ip(f"route add default via fd00:{ROUTERS[name]}::1")
        self.core.ip("route add fc00:d::/32 via fd00:d::2")
        self.tail.ip(f"addr add {SERVER}/64 dev lo")
        self.proxy = {name: Proxy(getattr(self, name)) for name in NODES}
        self.tool = {name: Tool(getattr(self, name)) for name in NODES}
        self.daemons = {}
        for name in NODES:
            stack.callback(self.proxy[name].close)
            stack.callback(self.proxy[name].flush)
            self.shell(name, BLOCKS["sh", "nodes"])
        for name in ("head", "tail"):
            self.shell(name, BLOCKS["sh", name])
        for name in ("core", *NODES):
            self.daemons[name] = stack.enter_context(frr.Frr(getattr(self, name), BLOCKS["frr", name]))
        self.stream = Stream(self.head, self.tail)
        stack.callback(self.stream.close)

    def namespaces(self):
        return [self.core, *(getattr(self, name) for name in ROUTERS), *self.fw.values()]

    @staticmethod
    def _link(near, dev, far, peer, prefix):
        near.ip(f"""
            link add {dev} type veth peer name {peer} netns {far.name}
            link set {dev} mtu 2000 up
            addr add {prefix}::1/64 dev {dev} nodad
        """)
        far.ip(f"link set {peer} mtu 2000 up\naddr add {prefix}::2/64 dev {peer} nodad")

    def shell(self, name, commands):
        """Commands of the page, as if the namespace were a machine."""
        ns, path = getattr(self, name), f"{os.path.dirname(os.environ['SRPROXY_CTL'])}:{os.environ['PATH']}"
        ns.run("bash", "-ec", f'vtysh() {{ command vtysh -N {ns.name} "$@"; }}\n{commands}',
               env={**os.environ, "PATH": path})

    def way(self):
        """The nodes by which core has the SID's route in the kernel, by its daemon's word."""
        routes = self.daemons["core"].json(f"show ipv6 route {SID}/128").get(f"{SID}/128", ())
        return {hop["interfaceName"] for route in routes if route.get("selected") and route.get("installed")
                for hop in route["nexthops"] if hop.get("fib")}

    def announced_by(self, count):
        """Wait until core has the SID from so many nodes."""
        until(lambda: len(self.daemons["core"].json(f"show bgp ipv6 unicast {SID}/128").get("paths", ())) == count,
              f"core has the SID from {count} nodes", timeout=120, step=0.3)

    def goes_by(self, *names, meanwhile=lambda: None):
        """Wait until packets to the SID go by these nodes; then each that is sent arrives, and is counted there only.

        What is sent meanwhile has to arrive as well.
        """
        until(lambda: meanwhile() or self.way() == {*names}, f"core has routes by {names}", timeout=120, step=0.3)
        self.stream.arrives()
        before = self.counters()
        self.stream.send()
        self.stream.arrives()
        more = {name: after - before[name] for name, after in self.counters().items()}
        assert {name for name in NODES if more[name]} == {*names}
        assert sum(more.values(), Counter()) == {"in_packets": Stream.FLOWS, "out_packets": Stream.FLOWS}

    def counters(self):
        """{node: packets of its SID}."""
        shown = {name: self.proxy[name].show("sid", stats=True) for name in NODES}
        return {name: Counter({key: n for sid in sids for key, n in sid["stats"].items() if key.endswith("packets")})
                for name, sids in shown.items()}


@pytest.fixture(scope="module")
def testbed(module):
    with contextlib.ExitStack() as stack:
        network = Network(stack)
        network.goes_by("node1")
        yield network


@pytest.fixture
def network(testbed):
    """With packets on their way by node1, as a test leaves it, and node2 ready."""
    testbed.announced_by(2)
    return testbed


@pytest.mark.parametrize("kill, mend", (
    (lambda net: net.tool["node1"](f"sid del {SID}"), lambda net: net.shell("node1", SID_ADD)),
    (lambda net: net.core.ip("link set node1 down"), lambda net: net.core.ip("link set node1 up")),
), ids=("SID", "link"))
def test_node_dies(network, kill, mend):
    kill(network)
    network.goes_by("node2")
    mend(network)
    network.goes_by("node1")


@pytest.mark.parametrize("kill, mend", (
    (lambda frr: frr.kill("bgpd"), lambda frr: frr.start("bgpd")),
    (lambda frr: frr.signal("bgpd", signal.SIGSTOP), lambda frr: frr.signal("bgpd", signal.SIGCONT)),
), ids=("killed", "stopped"))
def test_daemon_dies(network, kill, mend):
    """The SID is still there, so that nothing is lost."""
    kill(network.daemons["node1"])
    network.goes_by("node2", meanwhile=network.stream.send)
    mend(network.daemons["node1"])
    network.goes_by("node1", meanwhile=network.stream.send)


def test_taken_out_without_loss(network):
    """And put back in: there is always a packet under way."""
    network.shell("node1", BLOCKS["sh", "out"])
    network.goes_by("node2", meanwhile=network.stream.send)
    network.tool["node1"](f"sid del {SID}")
    network.shell("node1", SID_ADD)
    network.shell("node1", BLOCKS["sh", "in"])
    network.goes_by("node1", meanwhile=network.stream.send)


def test_spread(network):
    """Flows are, where paths are alike."""
    network.shell("core", BLOCKS["sh", "spread"])
    bgp = "vtysh -c 'configure terminal' -c 'router bgp 65002' -c 'address-family ipv6 unicast' -c "
    network.shell("node2", f"{bgp} 'neighbor fd00:2::1 route-map SIDS out'")
    network.goes_by("node1", "node2", meanwhile=network.stream.send)
    network.shell("node2", f"{bgp} 'neighbor fd00:2::1 route-map BACKUP out'")
    network.goes_by("node1", meanwhile=network.stream.send)


def test_dynamic_learns_anew(network):
    """The first packet teaches the other node, and what a function sends before of its own is dropped there."""
    for name in NODES:
        network.shell(name, BLOCKS["sh", "dynamic"])
    network.goes_by("node1")
    assert network.proxy["node1"].cache() and not network.proxy["node2"].cache()
    with network.fw["node2"].socket(socket.AF_INET6, socket.SOCK_DGRAM) as own:
        own.sendto(b"", (SERVER, 5000))
        until(lambda: network.proxy["node2"].drops(SID) == {"not_learned": 1}, "it is dropped")
    network.tool["node1"](f"sid del {SID}")
    network.goes_by("node2")
    assert network.proxy["node2"].cache()
    for name in NODES:
        network.shell(name, SID_ADD.replace("sid add", "sid replace"))
    network.goes_by("node1")


@pytest.mark.parametrize("hook", ("local", "prerouting"))
def test_other_hooks_need_a_route(network, hook):
    """zebra sees no local routes. What announces the SID instead can go before the SID does."""
    for name in NODES:
        network.shell(name, LOCAL[0].replace("hook local", f"hook {hook}"))
    network.announced_by(0)
    for name in NODES:
        network.shell(name, LOCAL[1])
    network.announced_by(2)
    network.goes_by("node1")
    network.shell("node1", LOCAL[1].replace("add", "del"))
    network.goes_by("node2", meanwhile=network.stream.send)
    for name in NODES:
        network.shell(name, f"{LOCAL[1].replace('add', 'del')} || true\n{SID_ADD.replace('add', 'replace')}")
    network.goes_by("node1")
