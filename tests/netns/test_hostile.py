# SPDX-License-Identifier: GPL-2.0
"""What a VNF, the network or a user may try, once found by review; none of it does harm.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  ├── from-vnf ◄─ VNF
                                        └── vrf-vnf ──► another VNF, in a VRF

Super-packets of tunnels take real stacks, and a host that is behind the VNF:

     h1 ──── ingress ──── node ──── egress ──── h2
                         │    │                 ║
                         └ fw ┘                 ║ tunnel
                           │                    ║
                         inside ════════════════╝
"""

import errno
import os
import socket
import struct
from types import SimpleNamespace

import pytest
from scapy.layers.inet import IP, UDP, IPOption_LSRR, IPOption_NOP, IPOption_RR
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, PLAIN, SID, SID2, Bench, Link
from lib.chain import FAMILIES, H2, THERE, Chain
from lib.genl import CTRL_ATTR_FAMILY_ID, GENL_ID_CTRL, NLM_F_DUMP, NlError, attr
from lib.netns import until
from lib.packet import AUTO, TOO_BIG, checksums_right, hop, icmp, inner, inner4, inner6, internet_sum, srv6
from lib.proxy import Proxy, command
from lib.wire import Port

LLADDR = "02:00:00:00:ab:cd"
ANY_MAC = "02:00:00:00:00:00"
SOURCE = {4: "192.0.2.1", 6: "2001:db8:1::1"}


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, Link("vrf-vnf", vrf=50)))
    yield bench
    bench.close()


@pytest.fixture
def dummy(bench):
    """A device of the node that swallows everything, of any MTU."""
    bench.node.ip("link add dummy type dummy\nlink set dummy up")
    yield "dummy"
    bench.node.ip("link del dummy")


# Lists: GRO strings whole packets together when asked to. Each of them is a packet of its own.

UDP_SEGMENT = 103  # the socket option: one write, many datagrams
SEGMENT, SEGMENTS = 1000, 8


@pytest.fixture
def trains(bench):
    """The VNF has a stack, the datagrams of which arrive back to back and are strung together."""
    gateway = {4: bench.ip4("from_vnf", 1), 6: bench.ip6("from_vnf", 1)}
    bench.world.sysctl({"net/ipv6/conf/from-vnf/disable_ipv6": 0})
    bench.world.ip("\n".join(
        [f"addr add {SOURCE[6]}/128 dev from-vnf nodad", f"addr add {SOURCE[4]}/32 dev from-vnf"]
        + [f"neigh replace {addr} lladdr {bench.from_vnf.gateway} nud permanent dev from-vnf" for addr in gateway.values()]
        + [f"route add {net} via {gateway[family]} dev from-vnf onlink"
           for family, net in ((4, "198.51.100.0/24"), (6, "2001:db8:2::/48"))]
    ))
    bench.world.run("ethtool", "-K", "from-vnf", "tx-udp-segmentation", "off")
    bench.node.run("ethtool", "-K", "from-vnf", "gro", "on", "rx-gro-list", "on")
    bench.node.run("ethtool", "-K", "dst", "tso", "off", "gso", "off", "tx", "off")
    yield bench
    bench.node.run("ethtool", "-K", "dst", "tso", "on", "gso", "on", "tx", "on")
    bench.node.run("ethtool", "-K", "from-vnf", "gro", "off", "rx-gro-list", "off")
    bench.world.run("ethtool", "-K", "from-vnf", "tx-udp-segmentation", "on")
    bench.world.ip("addr flush dev from-vnf")
    bench.world.sysctl({"net/ipv6/conf/from-vnf/disable_ipv6": 1})


def longest(port):
    """Of the packets that have passed a device since the port was opened."""
    length = 0
    while (frame := port.receive()) is not None:
        length = max(length, len(frame))
    port.close()
    return length


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("segments", (2, 60))
def test_list_of_datagrams_returns(trains, family, segments):
    """All of them bear the outer header, once each, and have taken the hop."""
    bench = trains
    path = [SID] + [f"fc00:c::{n:x}" for n in range(1, segments)]
    bench.end_ad()
    for device in ("dst", "src"):
        bench.node.ip(f"link set {device} mtu 3000")
    try:
        bench.teach(srv6(path) / inner(family))
        tap = Port(bench.node, "from-vnf", ANY_MAC, ANY_MAC)
        payload = bytes(n % 251 for n in range(SEGMENT * SEGMENTS))
        with bench.world.socket(FAMILIES[family], socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, SEGMENT)
            sock.bind((SOURCE[family], 1000))
            sock.connect((H2[family], 2000))
            sock.send(payload)
        frames = []
        until(lambda: frames.extend(bench.arrived().get("dst", [])) or len(frames) >= SEGMENTS, "all datagrams")
    finally:
        for device in ("dst", "src"):
            bench.node.ip(f"link set {device} mtu 1500")
    assert longest(tap) > 2 * SEGMENT, "they were not strung together"
    outer = srv6(path, 1, hlim=63, fl=AUTO)
    insides = [{4: IP, 6: IPv6}[family](bytes(frame)[len(bytes(outer)):]) for frame in frames]
    assert frames == [outer / inside for inside in insides]
    assert b"".join(bytes(inside[UDP].payload) for inside in insides) == payload
    assert all(checksums_right(bytes(inside)) for inside in insides)
    assert {inside.ttl if family == 4 else inside.hlim for inside in insides} == {63}
    assert bench.proxy.stats(SID)["out_packets"] == SEGMENTS and bench.drops(SID) == {}


# Loops: what bypasses its VNF takes no inner hop, so that the outer ones have to end it.


def bypassed(bench, **values):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(SID, **values)


@pytest.mark.parametrize("family", (4, 6))
def test_static_bypass_does_not_loop_through_other_nodes(bench, family):
    """The chain leads back to its own SID, by way of a node that counts as all others do."""
    bench.proxy.chain("circle", src="fc00:b::", segs=[NEXT, SID])
    bypassed(bench, behavior="End.AS", chain="circle")
    packet, left = inner(family), []
    outer = IPv6(src=HEADEND, dst=SID, hlim=20)
    while frames := bench.send(src=outer / packet).get("dst"):
        (frame,) = frames
        assert len(left) < 20, "it goes on and on"
        left.append(frame.ip.hlim)
        assert frame == srv6([NEXT, SID], src="fc00:b::", hlim=left[-1], fl=AUTO) / packet
        if left[-1] == 1:
            break  # no router passes it on
        outer = srv6([NEXT, SID], 1, src="fc00:b::", hlim=left[-1] - 1)
    assert left == list(range(19, 0, -2))


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("hlim", (10, 64, 200))
def test_dynamic_bypass_adds_no_hops(bench, family, hlim):
    """However far the margin reaches from what was learned; and never more than that."""
    bypassed(bench, margin=255)
    packet = inner(family)
    bench.send(src=srv6(PATH, hlim=64) / packet)
    want = srv6(PATH, 1, hlim=min(hlim, 64) - 1, fl=AUTO) / packet
    assert bench.send(src=srv6(PATH, hlim=hlim) / packet) == dict(dst=[want])


# Attributes for requests that have none

CTRL_CMD_GETPOLICY = 10


@pytest.mark.data
@pytest.mark.parametrize("payload", (b"", b"abcd", bytes(64)), ids=len)
@pytest.mark.parametrize("nested", (False, True), ids=("plain", "nested"))
@pytest.mark.parametrize("kind", range(1, 8))
@pytest.mark.parametrize("noun, flags", (("info", 0), ("circuit", NLM_F_DUMP)), ids=("info", "circuit"))
def test_request_without_attributes_has_none(bench, noun, flags, kind, nested, payload):
    with pytest.raises(NlError) as error:
        bench.proxy.family.call(command(noun, "get"), flags, attr(kind, payload, nested))
    assert error.value.errno == errno.EINVAL


def test_policies_are_told(bench):
    """The kernel walks all of them for that."""
    family = bench.proxy.family
    request = struct.pack("=BBH", CTRL_CMD_GETPOLICY, 1, 0) + attr(CTRL_ATTR_FAMILY_ID, struct.pack("=H", family.id))
    assert len(family.request(GENL_ID_CTRL, NLM_F_DUMP, request)) > 10


# A VNF that would teach another chain


def two_vnfs(bench):
    bench.end_ad()
    bench.fw("other", dev="vrf_vnf", iif="vrf_vnf")
    bench.proxy.sid(SID2, vnf="other")


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("source", ("fe80::99", "::"))
def test_vnf_in_a_vrf_teaches_no_other_chain(bench, source, family):
    """Not by a packet either that is the stack's, and thus comes by twice: as of the VNF, of the VRF."""
    two_vnfs(bench)
    assert bench.send(vrf_vnf=srv6(PATH, src=source) / inner(family)) == {}
    assert bench.drops(SID) == {"from_vnf": 1} and bench.drops(SID2) == {}
    assert bench.proxy.cache() == []


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("source", (HEADEND, "fe80::99"))
@pytest.mark.parametrize("sid", (SID, SID2), ids=("its own", "another"))
def test_vnf_teaches_no_chain_by_the_interface_that_it_is_sent_to(bench, sid, source, family):
    two_vnfs(bench)
    assert bench.send(to_vnf=srv6([sid, NEXT], src=source) / inner(family)) == {}
    assert bench.drops(sid) == {"from_vnf": 1}
    assert bench.proxy.cache() == []


# Tunnels: an sk_buff can describe one for segmentation, not two.

SIZE = 4 << 20
INSIDE = {4: "10.9.0.2", 6: "fd00:9::2"}
FAR = {4: "198.51.100.3", 6: "2001:db8:2::3"}  # of h2, for the tunnel only
TUNNELS = {  # type → IP version outside, parameters
    "vxlan": (4, "id 7 dstport 4789"),
    "geneve": (4, "id 7"),
    "ipip": (4, ""),
    "gre": (4, ""),
    "ip6gre": (6, "encaplimit none"),
    "ip6tnl": (6, "mode any encaplimit none"),
}


class ChainWithInside(Chain):
    """A host behind the VNF, which has learned where to send its packets."""

    NAMES = (*Chain.NAMES, "inside")
    LINKS = (*Chain.LINKS, ("fw", "inside", "inside", "eth"))

    def __init__(self):
        super().__init__()
        self.fw.ip("addr add 10.9.0.1/24 dev inside\naddr add fd00:9::1/64 dev inside nodad")
        self.inside.ip("""
            addr add 10.9.0.2/24 dev eth
            addr add fd00:9::2/64 dev eth nodad
            route add default via 10.9.0.1
            route add default via fd00:9::1
        """)
        self.h2.ip("""
            addr add 198.51.100.3/24 dev eth
            addr add 2001:db8:2::3/64 dev eth nodad
            route add 10.9.0.0/24 via 198.51.100.254 src 198.51.100.3
        """)
        # Packets to inside do without the proxy.
        self.egress.ip("route add 10.9.0.0/24 via inet6 fd00:23::2 dev node\nroute add fd00:9::/64 via fd00:23::2")
        self.node.ip("route add 10.9.0.0/24 via 10.2.0.2\nroute add fd00:9::/64 via fd00:f2::2")
        self.offloads(True)
        self.configure()
        for family in (4, 6):
            self.ping(family)


@pytest.fixture(scope="module")
def chain(module):
    chain = ChainWithInside()
    yield chain
    chain.close()


def add_tunnel(ns, kind, near, far, address):
    family, values = TUNNELS[kind]
    ends = f"remote {far}" if kind == "geneve" else f"local {near} remote {far}"
    done = ns.run("ip", "link", "add", "tun", "type", kind, *ends.split(), *values.split(), check=False)
    if "Unknown device type" in done.stdout or "not supported" in done.stdout:
        pytest.skip(f"this kernel has no {kind}")
    assert done.returncode == 0
    ns.ip(f"link set tun mtu 1300 up\naddr add {address}/24 dev tun")


def retransmitted(ns):
    with ns, open("/proc/net/snmp") as file:
        names, values = (line.split() for line in file if line.startswith("Tcp:"))
    return int(values[names.index("RetransSegs")])


@pytest.mark.parametrize("kind", TUNNELS)
def test_tcp_in_a_tunnel(chain, kind):
    """Super-packets of the tunnel return from the VNF, and all of their segments arrive."""
    family, _ = TUNNELS[kind]
    proxy = Proxy(chain.node)
    try:
        add_tunnel(chain.inside, kind, INSIDE[family], FAR[family], "172.16.0.1")
        add_tunnel(chain.h2, kind, FAR[family], INSIDE[family], "172.16.0.2")
        chain.inside.ip(f"route add {H2[4]} via 172.16.0.2")
        before = proxy.get("sid", THERE, stats=True)["stats"]
        tap = Port(chain.node, "from-fw", ANY_MAC, ANY_MAC)
        # As from h1, but for where h1 is.
        sent, received = Chain.transfer(SimpleNamespace(h1=chain.inside, h2=chain.h2), 4, SIZE)
        after = proxy.get("sid", THERE, stats=True)["stats"]
        assert sent == received
        assert longest(tap) > 3000, "no super-packet"
        assert after["out_bytes"] - before["out_bytes"] > SIZE
        assert after["drops"] == before["drops"]
        assert retransmitted(chain.inside) < SIZE // 1300 // 20
    finally:
        proxy.close()
        for ns in (chain.inside, chain.h2):
            ns.ip("link del tun", check=False)


# Ageing


def test_ageing_begins_when_it_is_switched_on(bench):
    """And when it is changed: what is older than that, but in use, stays in use."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    until(lambda: bench.proxy.cache()[0]["age"] > 2200, "it is older than the ageing to come")
    for ageing in (2, 86400, 2):
        bench.proxy.change("sid", addr=SID, ageing=ageing)
        for packet in (inner6(), inner4()):
            assert bench.send(from_vnf=packet) == dict(dst=[srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet)])
    assert {entry["inner"]: entry.get("expired") for entry in bench.proxy.cache()} == {"ip4": None, "ip6": None}


# Devices that are not what they were


@pytest.mark.parametrize("family", (4, 6))
def test_ethernet_device_takes_the_name_of_a_bare_one(bench, family):
    """Which needed no next hop: without one, there is nobody to send to."""
    bench.node.ip(f"""
        link add shape type ip6tnl mode any local {bench.ip6("to_vnf", 1)} remote {bench.ip6("to_vnf", 2)} encaplimit none
        link set shape up
    """)
    try:
        bench.proxy.vnf("fw", dev="shape")
        bench.proxy.sid(SID)
        bench.teach(srv6(PATH) / inner(family))
        before = bench.proxy.stats(SID)
        bench.node.ip("link del shape\nlink add shape type dummy\nlink set shape up")
        until(lambda: bench.proxy.get("vnf", "fw")["state"] == "up", "VNF is up")
        assert bench.send(src=srv6(PATH) / inner(family)) == {}
        assert bench.drops(SID) == {"vnf_xmit": 1} and bench.proxy.stats(SID) == before
    finally:
        bench.node.ip("link del shape", check=False)


@pytest.mark.parametrize("live", (False, True), ids=("down", "up"))
def test_device_renamed_to_the_name_of_another_port(bench, dummy, live):
    """Both VNFs are announced: the one that has lost its device, the one that has got it."""
    bench.proxy.vnf("old", dev=dummy, lladdr=LLADDR)
    bench.proxy.vnf("new", dev="takes-over", lladdr=LLADDR)
    with bench.proxy.listen("config") as events:
        if not live:
            bench.node.ip(f"link set {dummy} down")
        renamed = bench.node.run("ip", "link", "set", dummy, "name", "takes-over", check=False)
        if "busy" in renamed.stdout:
            pytest.skip("this kernel renames no device that is up")
        assert renamed.returncode == 0
        try:
            bench.node.ip("link set takes-over up")
            seen = events.until(lambda verb, noun, values: values["name"] == "new", "the new one")
            assert [(verb, values["name"], values["state"]) for verb, _, values in seen] == [
                ("new", "old", "down"), ("new", "new", "up"),
            ]
            assert bench.proxy.get("vnf", "old")["state"] == "down"
        finally:
            bench.node.ip(f"link set takes-over down\nlink set takes-over name {dummy}")


# Segments that are no place to go


@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize(
    "segment", ("::1", "::", "fe80::1", "::ffff:192.0.2.9", "ff02::1", "ff0e::1"),
)
def test_next_segment_nobody_routes(bench, segment, family):
    bench.end_ad()
    packet = inner(family)
    assert bench.send(src=srv6([SID, segment, LAST]) / packet) == {}
    assert bench.drops(SID) == {"srh_invalid": 1} and bench.proxy.cache() == []
    bench.teach(srv6(PATH) / packet)
    assert bench.send(src=srv6([SID, segment, LAST]) / packet) == {}
    assert bench.send(from_vnf=packet) == dict(dst=[srv6(PATH, 1, hlim=63, fl=AUTO) / hop(packet)])


# MTUs that IP does not know


@pytest.mark.parametrize("family, size, mtu, told", (
    (6, 1281, 1000, 1280), (6, 1001, 1000, 1280), (6, 1280, 1279, 1280), (6, 100, 24, 1280),
    (4, 1001, 1000, 1000), (4, 69, 68, 68), (4, 100, 67, 68), (4, 100, 24, 68),
))
def test_no_source_is_told_less_than_the_minimum(bench, dummy, family, size, mtu, told):
    packet = inner(family, size)
    bench.node.ip(f"link set {dummy} mtu {mtu}")
    bench.proxy.vnf("fw", dev=dummy, lladdr=LLADDR)
    bench.proxy.sid(SID)
    arrived = bench.send(src=srv6(PATH) / packet)
    assert set(arrived) == {"src"}
    (error,) = arrived["src"]
    assert icmp(error, packet)[2:] == (*TOO_BIG[family], told)
    assert bench.drops(SID) == {"vnf_too_big": 1}


@pytest.mark.parametrize("mtu", (67, 28, 24, 20, 1))
def test_fragments_that_cannot_be(bench, dummy, mtu):
    """Below the smallest MTU of IPv4 there is no end to it; so it does not begin."""
    bench.node.ip(f"link set {dummy} mtu {mtu}")
    bench.proxy.vnf("fw", dev=dummy, lladdr=LLADDR)
    bench.proxy.sid(SID)
    assert bench.send(src=srv6(PATH) / inner4(100, df=False)) == {}
    assert bench.drops(SID) == {"vnf_xmit": 1} and bench.proxy.stats(SID)["in_packets"] == 0


# IPv4 options in fragments (RFC 791 3.1): those with the copied flag are in all of them, others in the first.

SOURCE_ROUTE = IPOption_LSRR(routers=["203.0.113.1"], pointer=4)
FULL_RECORD = IPOption_RR(routers=["203.0.113.2"], pointer=8)
HALF_RECORD = IPOption_RR(routers=["203.0.113.2", "0.0.0.0"], pointer=8)


def with_options(size, *options):
    """An IPv4 packet of that many bytes behind its options, not a multiple of any fragment."""
    head = IP(src=SOURCE[4], dst=H2[4], ttl=37, id=0x4321, options=list(options))
    return head / UDP(sport=1000, dport=2000) / Raw(bytes(n % 251 for n in range(size)))


def header_of(packet):
    packet = bytes(packet)
    return packet[:4 * (packet[0] & 15)]


def options_of(packet):
    return header_of(packet)[20:]


def payload_of(packet):
    return bytes(packet)[len(header_of(packet)):]


@pytest.fixture
def fragments(bench):
    """A function for the IPv4 fragments that a packet becomes, on the way to the VNF or from it."""
    bench.node.ip("link set to-vnf mtu 1300")
    bench.end_ad()
    bench.teach(srv6(PATH) / inner4())
    outer = len(bytes(srv6(PATH)))

    def cut(way, packet):
        if way == "to the VNF":
            frames = [bytes(frame) for frame in bench.send(src=srv6(PATH) / packet)["to_vnf"]]
        else:
            frames = [bytes(frame)[outer:] for frame in bench.send(from_vnf=packet)["dst"]]
        assert len(frames) == 2 and {internet_sum(header_of(frame)) for frame in frames} == {0xFFFF}
        return frames

    yield cut
    bench.node.ip("link set to-vnf mtu 1500")


SIZES = {"to the VNF": 1350, "from the VNF": 1420}


@pytest.mark.parametrize("way", SIZES)
@pytest.mark.parametrize("record", (FULL_RECORD, HALF_RECORD), ids=("full", "room left"))
def test_options_of_fragments(fragments, way, record):
    """A source route is in each of them; a record of the route stays as it is, and in the first."""
    packet = with_options(SIZES[way], SOURCE_ROUTE, record)
    first, second = fragments(way, packet)
    assert options_of(first) == options_of(packet)
    options = options_of(packet).replace(bytes(record), bytes(IPOption_NOP()) * len(bytes(record)))
    assert options_of(second) == options != options_of(packet)
    assert payload_of(first) + payload_of(second) == payload_of(packet)


@pytest.mark.parametrize("options", (b"\x83\x02\x01\x01", b"\x83\xff\x04\x01", b"\x07\x00\x01\x01"), ids=bytes.hex)
def test_malformed_options_of_fragments(bench, dummy, options):
    """Nobody reads beyond them; be it sent or dropped, it is one packet."""
    bench.node.ip(f"link set {dummy} mtu 1300")
    bench.proxy.vnf("fw", dev=dummy, lladdr=LLADDR)
    bench.proxy.sid(SID)
    packet = with_options(1350)
    packet.options = options
    assert bench.send(src=srv6(PATH) / packet) == {}
    assert [bench.proxy.stats(SID)["in_packets"], bench.drops(SID)] in ([1, {}], [0, {"vnf_xmit": 1}])


# Sentences of refusals fit into what the kernel keeps for them, whatever they name.

LONG = "x" * 15
NAME = "n" * 31
FULL = "2001:1111:2222:3333:4444:5555:6666:7777"
NOT_ROUTABLE = "fe80:1111:2222:3333:4444:5555:6666:7777"
MULTICAST = "ff0e:1111:2222:3333:4444:5555:6666:7777"
MAC = "ff:ff:ff:ff:ff:fe"


def holder(proxy, **values):
    proxy.vnf(NAME, dev=LONG, lladdr=LLADDR)
    proxy.chain(NAME, src=FULL, segs=[FULL])
    proxy.sid(FULL, vnf=NAME, **values)


def static_holder(proxy):
    holder(proxy, behavior="End.AS", chain=NAME)


REFUSALS = {  # what is there before, what is refused, the sentence
    "segment": (None, lambda proxy: proxy.chain(NAME, src=FULL, segs=[FULL, NOT_ROUTABLE]),
                f"segment {NOT_ROUTABLE} is not routable unicast"),
    "source": (None, lambda proxy: proxy.chain(NAME, src=NOT_ROUTABLE, segs=[FULL]),
               f"src {NOT_ROUTABLE} is not a routable unicast address"),
    "SID": (holder, lambda proxy: proxy.sid(NOT_ROUTABLE, vnf=NAME),
            f"{NOT_ROUTABLE} is not a routable unicast address"),
    "circuit": (holder, lambda proxy: proxy.sid(SID, vnf=NAME), f"SID {FULL} has {LONG}'s ip4"),
    "VNF in use": (holder, lambda proxy: proxy.delete("vnf", NAME), f"in use by SID {FULL}"),
    "chain in use": (static_holder, lambda proxy: proxy.delete("chain", NAME), f"in use by SID {FULL}"),
    "VNF": (None, lambda proxy: proxy.sid(FULL, vnf=NAME), f"no VNF named {NAME}"),
    "chain": (holder, lambda proxy: proxy.sid(SID, behavior="End.AS", vnf=NAME, chain="c" * 31),
              f"no chain named {'c' * 31}"),
    "next hop": (None, lambda proxy: proxy.vnf(NAME, dev=LONG, nh6=MULTICAST), f"nh6 {MULTICAST} is not a unicast address"),
    "IPv4 next hop": (None, lambda proxy: proxy.vnf(NAME, dev=LONG, nh4="239.255.255.255"),
                      "nh4 239.255.255.255 is not a unicast address"),
    "link-layer address": (None, lambda proxy: proxy.vnf(NAME, dev=LONG, lladdr=MAC),
                           f"lladdr {MAC} is not a unicast address"),
}


@pytest.fixture
def log():
    """A function for the lines that the kernel has logged since the test began."""
    fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    os.lseek(fd, 0, os.SEEK_END)

    def lines():
        found = []
        while True:
            try:
                found.append(os.read(fd, 8192).decode(errors="replace"))
            except BlockingIOError:
                return found

    yield lines
    os.close(fd)


@pytest.mark.parametrize("case", REFUSALS)
def test_longest_sentence_is_whole(bench, log, case):
    before, refused, sentence = REFUSALS[case]
    if before:
        before(bench.proxy)
    with pytest.raises(NlError) as error:
        refused(bench.proxy)
    assert error.value.message == sentence
    assert not [line for line in log() if "truncated" in line]
