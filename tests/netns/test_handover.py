# SPDX-License-Identifier: GPL-2.0
"""From one end of a veth device to the other: at once while nobody looks, else, or with `never`, as ever.

    headend ── src ──┐                  ┌── to-vnf ───► VNF     raw ports, of which the last one
                     ├── node: End.Ax ──┤                       only sends: it would be looking
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF

    headend ── src ──┐                  ┌── to-1 ──► in  ┐
                     ├── node: End.AD ──┤                │ VNF   namespaces with a router or a bridge,
    next SID ─ dst ──┘                  └── from-1 ◄ out ┘       lib/vnf.py
"""

import errno
import socket
from contextlib import nullcontext

import pytest

from lib.bench import NEXT, PATH, SID, Bench, is_fence
from lib.netns import Netns, until
from lib.packet import ANY, AUTO, ether, hop, inner, inner4, inner6, srv6
from lib.proxy import Proxy, Tool
from lib.traffic import Flood
from lib.vnf import Bridge, Router
from lib.watch import XDP_DROP, XDP_PASS, NftChain, Qdisc, Sendings, Socket, TcFilter, Xdp, statistics
from lib.wire import Port, noise
from test_matrix import TRIPS

WAYS = ("auto", "never")
traced = pytest.mark.skipif(not Sendings.available, reason="a kernel without tracepoints")
LAST_PRIORITY = 2**31 - 1


def tracing():
    """Sendings, or None on a kernel that has no such thing: the packets are to arrive nevertheless."""
    return Sendings() if Sendings.available else nullcontext()


class Sender(Port):
    """A Port that sends only, and is no packet socket to the device."""

    def _open(self, ns):
        self.sock = ns.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        with ns:
            self.sock.bind((self.name, 0))
        self.sock.setblocking(False)

    def send_frame(self, frame):
        try:
            super().send_frame(frame)
        except OSError as error:
            if error.errno != errno.ENOBUFS:  # dropped on its way out
                raise


def blind(bench):
    """Nobody looks at what the VNF sends."""
    old = bench.from_vnf
    old.close()
    bench.from_vnf = bench.ports["from_vnf"] = Sender(bench.world, old.name, old.mac, old.gateway)
    bench.silent.add("from_vnf")
    return bench


@pytest.fixture(scope="module")
def module_bench(module):
    bench = blind(Bench())
    yield bench
    bench.close()


def size(packet):
    """Of a packet, as a device sends it."""
    return [len(packet) + (0 if packet.name == "Ethernet" else 14)]


def packets(n=5):
    return [inner(family, 600, sport=sport) for sport in range(1, n + 1) for family in (4, 6)]


def both_ways(bench):
    """Some packets to the VNF, and as many back; how many each way."""
    there = packets()
    assert bench.send(src=[srv6(PATH) / packet for packet in there]) == dict(to_vnf=there)
    want = [srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet) for packet in there]
    assert bench.send(from_vnf=there) == dict(dst=want)
    return len(there)


def long_ways(bench, trip):
    """How often a trip there and one back took the long way."""
    with Sendings() as sent:
        bench.send(src=trip.sent)
        bench.send(from_vnf=trip.returned)
        return sent.of("to-vnf", size(trip.at_vnf)), sent.of("from-vnf", size(trip.returned))


@pytest.mark.parametrize("handover", WAYS)
def test_round_trip(bench, handover):
    """Every behavior, every inner type: the same either way."""
    for case, trip in TRIPS.items():
        getattr(bench, trip.behavior)(**trip.values)
        bench.proxy.change("vnf", name="fw", handover=handover)
        assert bench.send(src=trip.sent) == dict(to_vnf=[trip.at_vnf]), case
        assert bench.send(from_vnf=trip.returned) == ({} if trip.out is None else dict(dst=[trip.out])), case
        bench.proxy.flush()


@traced
def test_auto_is_short_and_never_is_long(bench):
    """And a change is heard at once. Frames, and what is plain routed behind `last`, return by the device."""
    for case, trip in TRIPS.items():
        getattr(bench, trip.behavior)(**trip.values)
        back = int(case.endswith("eth") or " last " in case)
        for handover, want in (("auto", (0, back)), ("never", (1, 1)), ("auto", (0, back))):
            bench.proxy.change("vnf", name="fw", handover=handover)
            assert long_ways(bench, trip) == want, (case, handover)
        bench.proxy.flush()


def test_tool(bench):
    bench.fw()
    tool = Tool(bench.node)
    for handover in reversed(WAYS):
        tool(f"vnf change fw handover {handover}")
        assert bench.proxy.get("vnf", "fw")["handover"] == tool.json("vnf get fw")[0]["handover"] == handover
        assert (" handover never " in tool("vnf show").stdout) == (handover == "never")


# Whoever looks sees everything, at once and no longer than they look


def short_again(bench):
    """Once nobody looks."""
    if Sendings.available:
        assert long_ways(bench, TRIPS["End.AD ip6"]) == long_ways(bench, TRIPS["End.AD ip4"]) == (0, 0)


WATCHES = {
    "tc": lambda node, world: [
        TcFilter(node, "to-vnf", "egress"), TcFilter(world, "to-vnf", "ingress"),
        TcFilter(world, "from-vnf", "egress"), TcFilter(node, "from-vnf", "ingress"),
    ],
    "nftables": lambda node, world: [
        NftChain(node, "to-vnf", "egress"), NftChain(world, "to-vnf", "ingress"),
        NftChain(world, "from-vnf", "egress"), NftChain(node, "from-vnf", "ingress"),
        NftChain(world, "from-vnf", "egress", priority=LAST_PRIORITY),
        NftChain(node, "from-vnf", "ingress", priority=LAST_PRIORITY),
    ],
    "qdisc": lambda node, world: [Qdisc(node, "to-vnf", "fq_codel"), Qdisc(world, "from-vnf", "fq_codel")],
    "packet socket": lambda node, world: [
        Socket(node, "to-vnf"), Socket(world, "from-vnf"), Socket(node, "from-vnf"),
    ],
}


@pytest.mark.parametrize("kind", WATCHES)
def test_who_looks_sees_every_packet(bench, kind):
    """At either end and either way; a qdisc, whatever else there is besides."""
    bench.end_ad()
    for watch in WATCHES[kind](bench.node, bench.world):
        with watch:
            n = both_ways(bench)
            count = watch.count()
            assert count == n or kind == "qdisc" and count > n, vars(watch)
    short_again(bench)


def test_packet_socket_of_all_devices_sees_every_packet(bench):
    """tcpdump -i any."""
    bench.end_ad()
    with Socket(bench.node, None) as watch:
        assert both_ways(bench) == watch.count() / 2
    short_again(bench)


FILTERS = {
    "tc": lambda node, world: (
        [TcFilter(node, "to-vnf", "egress", "drop")],
        [TcFilter(world, "from-vnf", "egress", "drop"), TcFilter(node, "from-vnf", "ingress", "drop")],
    ),
    "nftables": lambda node, world: (
        [NftChain(node, "to-vnf", "egress", "drop")],
        [NftChain(ns, "from-vnf", where, "drop", priority) for ns, where in ((world, "egress"), (node, "ingress"))
         for priority in (0, LAST_PRIORITY)],
    ),
    "qdisc": lambda node, world: (
        [Qdisc(node, "to-vnf", "netem", "loss", "100%")], [Qdisc(world, "from-vnf", "netem", "loss", "100%")],
    ),
    "XDP": lambda node, world: (
        [Xdp(world, "to-vnf", XDP_DROP)], [Xdp(node, "from-vnf", XDP_DROP, "xdpgeneric")],
    ),
}


@pytest.mark.parametrize("kind", FILTERS)
def test_who_drops_drops_every_packet(bench, kind):
    bench.end_ad()
    both_ways(bench)
    there, back = FILTERS[kind](bench.node, bench.world)
    for watch in there:
        bench.silent.add("to_vnf")
        with watch:
            assert bench.send(src=[srv6(PATH) / packet for packet in packets()]) == {}
        bench.silent.discard("to_vnf")
        assert bench.arrived() == {}, vars(watch)
    for watch in back:
        with watch:
            assert bench.send(from_vnf=packets()) == {}, vars(watch)
    both_ways(bench)
    short_again(bench)


def test_device_counters(bench):
    """Both ends, both ways: what `never` counts, but for what anybody may say meanwhile."""
    ends = [(ns, dev) for ns in (bench.node, bench.world) for dev in ("to-vnf", "from-vnf")]
    bench.end_ad(inner="ip,eth")
    frame = ether(inner6(600))
    bench.teach(srv6(PATH) / frame)

    def counted(handover):
        bench.proxy.change("vnf", name="fw", handover=handover)
        before = [statistics(*end) for end in ends]
        both_ways(bench)
        assert bench.send(src=srv6(PATH) / frame, from_vnf=frame)
        after = [statistics(*end) for end in ends]
        return [{key: now[key] - then[key] for key in now} for then, now in zip(before, after)]

    until(lambda: counted("auto") == counted("never"), "the same counters", 20)


def test_ip_counters_and_hooks_of_the_way_out(bench):
    """What is sent on is forwarded, to netfilter and to the counters, whichever way it came."""
    bench.end_ad()
    both_ways(bench)
    with bench.node:
        def snmp6():
            with open("/proc/net/snmp6") as file:
                return {key: int(value) for key, value in map(str.split, file)}

        counts = {}
        bench.node.run("nft", "-f", "-", input="""
            table ip6 t {
                chain forward {
                    type filter hook forward priority 0
                    iifname "from-vnf" oifname "dst" counter
                }
                chain postrouting {
                    type filter hook postrouting priority 0
                    oifname "dst" exthdr rt exists counter
                }
            }
        """)
        for handover in WAYS:
            bench.proxy.change("vnf", name="fw", handover=handover)
            before = snmp6()
            n = both_ways(bench)
            after = snmp6()
            counts[handover] = {key: after[key] - before[key] for key in after
                                if key in ("Ip6OutForwDatagrams", "Ip6OutOctets", "Ip6OutTransmits", "Ip6OutRequests",
                                           "Ip6InDiscards", "Ip6OutDiscards", "Ip6OutNoRoutes")}
        ruleset = bench.node.run("nft", "list", "ruleset").stdout
        bench.node.run("nft", "flush", "ruleset")
    assert ruleset.count(f"counter packets {2 * n} ") == 2, ruleset
    assert counts["auto"] == counts["never"] and counts["auto"]["Ip6OutForwDatagrams"] > n


def test_unresolved_next_hop(bench):
    """It is asked for, and what waits goes out."""
    bench.node.ip(f"neigh del {bench.ip6('to_vnf', 2)} dev to-vnf")
    bench.end_ad()
    try:
        bench.src.send(srv6(PATH) / inner6(600))
        bench.to_vnf.wait_for(lambda frame: frame[6:7] == b"\x3a" and frame[40] == 135, "neighbour solicitation")
        bench.node.ip(f"neigh replace {bench.ip6('to_vnf', 2)} lladdr {bench.to_vnf.mac} nud stale dev to-vnf")
        bench.to_vnf.wait_for(lambda frame: frame == inner6(600), "what had to wait")
        both_ways(bench)
    finally:
        bench.set_up_link("to_vnf", new=False)
    bench.discard()
    short_again(bench)


# Routers and bridges


class Node(Bench):
    """A bench with VNFs that are namespaces."""

    def __init__(self):
        super().__init__(("src", "dst"))
        self.vnfs = []

    def vnf(self, kind=Router, n=None):
        vnf = kind(self.node, n or len(self.vnfs) + 1)
        self.vnfs.append(vnf)
        return vnf

    def working_vnf(self):
        """A router as fw, and SID, through which packets pass."""
        vnf = self.vnf()
        vnf.configured(self.proxy, "fw")
        self.proxy.sid(SID)
        self.works()
        return vnf

    def out(self):
        """The next packet that comes out, through whatever queues."""
        return self.dst.wait_for(lambda frame: not noise(frame, self.dst.gateway) and not is_fence(frame), "it")

    def through(self, packet, want):
        self.src.send(packet)
        assert self.out() == want
        assert self.arrived() == {}

    def works(self, path=(SID, NEXT), at=1, hops=2):
        """A chain of VNFs, of so many hops."""
        for family in (4, 6):
            sent, want = srv6(list(path)) / inner(family), srv6(list(path), at, hlim=64 - at, fl=AUTO)
            self.through(sent, want / hop(inner(family), hops))

    def close(self):
        super().close()
        for vnf in self.vnfs:
            vnf.close()


@pytest.fixture
def node(module):
    node = Node()
    yield node
    node.close()


def long_of(sent, *devices):
    """How many packets of 100 bytes took the long way by these devices, None on a kernel that does not tell."""
    return sent and [sent.of(dev, [114]) for dev in devices]


def test_eight_sids_in_a_row(node):
    """Eight VNFs of one node, one after the other, as deep as it gets."""
    sids = [f"fc00:b::{n}" for n in range(1, 9)]
    for n, sid in enumerate(sids, 1):
        node.vnf(n=n).configured(node.proxy, f"fw{n}")
        node.proxy.sid(sid, vnf=f"fw{n}")
    devices = [f"to-{n}" for n in range(1, 9)]
    for handover, want in (("auto", [0] * 9), ("never", [2] * 8 + [16])):
        for n in range(1, 9):
            node.proxy.change("vnf", name=f"fw{n}", handover=handover)
        with tracing() as sent:
            node.works([*sids, NEXT], at=8, hops=16)
            assert long_of(sent, *devices, "out") in (None, want), handover
    for sid in sids:
        assert node.drops(sid) == {}


def test_bridge(node):
    """Frames, and IP packets to the node's own port at the other end of the wire."""
    bridge = node.vnf(Bridge)
    bridge.configured(node.proxy, "fw")
    node.proxy.sid(SID, inner="ip,eth")
    frame = ether(inner6(600))
    for handover, want in (("auto", [0, 0]), ("never", [2, 2])):
        node.proxy.change("vnf", name="fw", handover=handover)
        node.proxy.change("sid", addr=SID, inner="ip,eth")
        node.through(srv6(PATH) / frame, srv6(PATH, 1, hlim=63, fl=ANY) / frame)
        node.works(hops=1)
        node.proxy.change("sid", addr=SID, inner="ip")  # without the hook for frames
        with tracing() as sent:
            node.works(hops=1)
            assert long_of(sent, "to-1", "out") in (None, want), handover


@pytest.mark.parametrize("what", ("gro", "XDP"))
def test_far_end_with_napi(node, what):
    """GRO and XDP are of a device's own queue, which the packets then take."""
    vnf = node.working_vnf()
    for ns, dev in ((vnf.ns, "in"), (node.node, "from-1")):
        if what == "gro":
            ns.run("ethtool", "-K", dev, "gro", "on")
            node.works()
            ns.run("ethtool", "-K", dev, "gro", "off")
        else:
            with Xdp(ns, dev, XDP_PASS):
                node.works()
            with Xdp(ns, dev, XDP_DROP):
                node.src.send(srv6([SID, NEXT]) / inner6())
                assert node.arrived() == {}
    with tracing() as sent:
        node.works()
        assert long_of(sent, "to-1", "out") in (None, [0, 0])


def test_proxy_in_the_vnf(node):
    """The VNF is a node with a proxy itself, which has a VNF."""
    outside = node.vnf()
    outside.configured(node.proxy, "fw")
    node.proxy.sid(SID)
    inside, proxy = Router(outside.ns, 9), Proxy(outside.ns)
    inside.configured(proxy, "fw")
    proxy.sid("fc00:e::f1")
    path = ["fc00:e::f1", "fc00:c::9"]
    for family in (4, 6):
        packet = inner(family)
        out = srv6(path, 1, hlim=62, fl=AUTO) / hop(packet, 2)
        node.src.send(srv6([SID, NEXT]) / srv6(path) / packet)
        frame = node.out()
        label = int.from_bytes(frame[40 + 40 + 1:40 + 40 + 4], "big") & 0xFFFFF
        out.fl = label
        assert label and frame == srv6([SID, NEXT], 1, hlim=63, fl=AUTO) / out
    assert proxy.stats("fc00:e::f1")["out_packets"] == 2 and proxy.drops("fc00:e::f1") == {}
    proxy.close()
    inside.close()


# Under traffic, from the headend through the VNF


def storm(node):
    return Flood([(node.src, srv6([SID, NEXT]) / inner6()), (node.src, srv6([SID, NEXT]) / inner4())])


def far_end_moves(node, vnf, key):
    peer, elsewhere = vnf.devices[key], Netns("elsewhere")
    vnf.ns.ip(f"link set {peer} netns {elsewhere.name}")
    elsewhere.ip(f"link set {peer} up")
    elsewhere.ip(f"link set {peer} netns {vnf.ns.name}")
    vnf.set_up_far(key)
    elsewhere.close()


def far_end_is_renamed(node, vnf, key):
    peer = vnf.devices[key]
    vnf.ns.ip(f"""
        link set {peer} down
        link set {peer} name other
        link set other up
        link set other down
        link set other name {peer}
    """)
    vnf.set_up_far(key)


def far_end_is_deleted(node, vnf, key):
    vnf.ns.ip(f"link del {vnf.devices[key]}")
    vnf.make_link(key)


def near_end_moves(node, vnf, key):
    elsewhere = Netns("elsewhere")
    node.node.ip(f"link set {key} netns {elsewhere.name}")
    elsewhere.ip(f"link set {key} netns {node.node.name}")
    vnf.set_up_near(key)
    elsewhere.close()


def far_end_dies_elsewhere(node, vnf, key):
    """With the namespace that it has moved to."""
    peer, elsewhere = vnf.devices[key], Netns("elsewhere")
    vnf.ns.ip(f"link set {peer} netns {elsewhere.name}")
    elsewhere.close()
    until(lambda: node.proxy.get("vnf", "fw")["state"] == "down", "the VNF is down")
    until(lambda: node.node.run("ip", "link", "show", "dev", key, check=False).returncode, "the device is deleted")
    vnf.make_link(key)


def handover_changes(node, vnf, key):
    for handover in ("never", "auto"):
        node.proxy.change("vnf", name="fw", handover=handover)


def vnf_changes(node, vnf, key):
    vnf.configured(node.proxy, "other")
    node.proxy.change("sid", addr=SID, vnf="other")
    node.proxy.delete("vnf", "fw")
    vnf.configured(node.proxy, "fw")
    node.proxy.change("sid", addr=SID, vnf="fw")
    node.proxy.delete("vnf", "other")


def goes_on(node, what):
    until(lambda: node.proxy.get("vnf", "fw")["state"] == "up", f"the VNF is up after {what}")
    before = node.proxy.stats(SID)["out_packets"]
    until(lambda: node.proxy.stats(SID)["out_packets"] > before, f"packets pass after {what}")


@pytest.mark.data   # for its time
@pytest.mark.parametrize("happens", (
    far_end_moves, far_end_is_renamed, far_end_is_deleted, near_end_moves, far_end_dies_elsewhere, handover_changes,
    vnf_changes,
))
def test_under_traffic(node, happens):
    """And then all is as before."""
    vnf = node.working_vnf()
    for key in vnf.devices:
        with storm(node):
            for _ in range(2):
                happens(node, vnf, key)
                goes_on(node, happens.__name__)
        node.discard()
        node.arrived()
        node.works()
        with tracing() as sent:
            node.works()
            assert long_of(sent, "to-1", "out") in (None, [0, 0]), key


def hooks(ns, dev):
    return ns.run("nft", "list", "hooks", "netdev", "device", dev, check=False).stdout


# Where there are many SIDs, packets wait for each other before they meet theirs.


@pytest.fixture
def crowd(node):
    """A node with 600 more SIDs, without returns."""
    node.proxy.vnf("other", dev="absent")
    for n in range(600):
        node.proxy.add("sid", addr=f"fc00:b:f::{n:x}", behavior="End.AD", vnf="other", flavors="last", inner="eth")
    return node


def test_among_many(crowd):
    """As without them, alone and in a chain, and when there are no more again."""
    sids = [SID, "fc00:b::2"]
    for n, sid in enumerate(sids, 1):
        crowd.vnf(n=n).configured(crowd.proxy, f"fw{n}")
        crowd.proxy.sid(sid, vnf=f"fw{n}")
    crowd.works([*sids, NEXT], at=2, hops=4)
    crowd.works([sids[1], NEXT])
    for n in range(600):
        crowd.proxy.delete("sid", f"fc00:b:f::{n:x}")
        if n % 50 == 49:
            crowd.works([*sids, NEXT], at=2, hops=4)
    for sid in sids:
        assert crowd.proxy.stats(sid)["in_packets"] == crowd.proxy.stats(sid)["out_packets"] >= 26
        assert crowd.drops(sid) == {}


def test_order_among_many(crowd):
    vnf = crowd.vnf()
    vnf.configured(crowd.proxy, "fw")
    crowd.proxy.sid(SID)
    packets = [inner6(100 + n) for n in range(200)]
    crowd.src.send(*(srv6([SID, NEXT]) / packet for packet in packets))
    for packet in packets:
        assert crowd.out() == srv6([SID, NEXT], 1, hlim=63, fl=AUTO) / hop(packet, 2)


def sid_comes_and_goes(node):
    node.proxy.delete("sid", SID)
    node.proxy.sid(SID)


def sid_changes(node):
    for margin in (1, 2):
        node.proxy.change("sid", addr=SID, margin=margin)


def ingress_goes(node):
    """The device by which the packets come."""
    node.node.ip("link set src down\nlink set src up")
    node.set_up_link("src", new=False)


@pytest.mark.parametrize("happens", (sid_comes_and_goes, sid_changes, ingress_goes))
def test_traffic_among_many(crowd, happens):
    vnf = crowd.working_vnf()
    with storm(crowd):
        for _ in range(20):
            happens(crowd)
        goes_on(crowd, happens.__name__)
    crowd.discard()
    crowd.arrived()
    crowd.works()


def test_module_leaves_no_hook(node, module):
    """Also not with the VNF, while packets pass."""
    vnf = node.working_vnf()
    with storm(node):
        node.proxy.close()
        module.unload()
        assert "srproxy" not in hooks(node.node, "from-1") + hooks(vnf.ns, "out")
        module.load()
        node.proxy = Proxy(node.node)
        vnf.configured(node.proxy, "fw")
        node.proxy.sid(SID)
        until(lambda: node.proxy.stats(SID)["out_packets"] > 10, "packets pass again")
        vnf.close()
        node.vnfs.clear()
        until(lambda: node.proxy.get("vnf", "fw")["state"] == "down", "its namespace is gone")
        node.proxy.close()
        module.unload()
        module.load()
    node.proxy = Proxy(node.node)


# Super-packets


# What the near end of to-fw can have, and how long the packets are that the VNF receives then
NEAR_ENDS = {
    "all": ((3000, 65535),),
    "no TSO": (("tso", "off"), (1000, 1500)),
    "no GSO nor scatter-gather nor checksums": (("gso", "off", "tso", "off", "sg", "off", "tx", "off"), (1000, 1500)),
    "short super-packets": ("gso_max_size", 4000, (1000, 4000)),
    "few segments": ("gso_max_segs", 2, (1000, 3000)),
}


@pytest.mark.parametrize("offloads", NEAR_ENDS)
def test_super_packets(chain, offloads):
    """As the near end can have them."""
    *change, (least, most) = NEAR_ENDS[offloads]
    chain.offloads(True)
    for ns, dev in ((chain.node, "to-fw"), (chain.node, "from-fw"), (chain.fw, "in"), (chain.fw, "out")):
        ns.run("ethtool", "-K", dev, "gro", "off")
    if change and isinstance(change[0], str):
        chain.node.run("ip", "link", "set", "to-fw", *change)
    elif change:
        chain.node.run("ethtool", "-K", "to-fw", *change[0], check=False)
    for family in (4, 6):
        chain.ping(family)
        with Socket(chain.fw, "in") as seen, tracing() as sent:
            assert len(set(chain.transfer(family, 1 << 20))) == 1
            assert least < max(seen.sizes()) <= most + 14
            if sent and offloads == "all":
                assert [sent.of(dev, range(1000, 1 << 17)) for dev in ("to-fw", "out")] == [0, 0]
    chain.node.run("ip", "link", "set", "to-fw", "gso_max_size", 65536, "gso_max_segs", 65535)
