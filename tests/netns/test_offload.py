# SPDX-License-Identifier: GPL-2.0
"""Super-packets and unfinished checksums, through a real VNF: TCP with checksums of what it carries.

     h1 ──── ingress ──── node ──── egress ──── h2
                         │    │
                         └ fw ┘         a plain router

With offloads on, what passes the node is packets far beyond the MTU, whose checksums nobody has
computed yet; with offloads off, it is not. The bytes that arrive are the same.
"""

import json
import socket
import subprocess

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6

from lib.bench import PATH, SID, Bench
from lib.chain import BACK, H1, H2, PATH_MTU, THERE
from lib.gso import tcp, unfinished, vnet_hdr
from lib.netns import until
from lib.packet import AUTO, TOO_BIG, hop, icmp, inner, srv6
from lib.proxy import Proxy
from lib.wire import Port

SIZE = 8 << 20


@pytest.fixture
def proxy(chain):
    proxy = Proxy(chain.node)
    yield proxy
    proxy.close()


def longest(ns, dev):
    """A Port that sees what passes a device, and a function for the longest IP packet it has seen."""
    port = Port(ns, dev, "02:00:00:00:00:00", "02:00:00:00:00:00")

    def measure():
        length, unfinished = 0, 0
        while (frame := port.receive()) is not None:
            length = max(length, len(frame))
            unfinished += not frame.csum_ready
        port.close()
        return length, unfinished

    return measure


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("reverse", (False, True), ids=("there", "back"))
@pytest.mark.parametrize("offloads", (True, False), ids=("on", "off"))
def test_tcp(chain, proxy, family, reverse, offloads):
    chain.offloads(offloads)
    before = {sid: proxy.get("sid", sid, stats=True)["stats"] for sid in (THERE, BACK)}
    to_vnf = longest(chain.fw, "out" if reverse else "in")
    from_vnf = longest(chain.node, "to-fw" if reverse else "from-fw")
    to_network = longest(chain.ingress if reverse else chain.egress, "node")
    sent, received = chain.transfer(family, SIZE, reverse)
    assert sent == received
    for measure in (to_vnf, from_vnf, to_network):
        length, unfinished = measure()
        if offloads:
            assert length > 3000 and unfinished
        else:
            assert 0 < length <= 1500
    after = {sid: proxy.get("sid", sid, stats=True)["stats"] for sid in (THERE, BACK)}
    data, acks = (BACK, THERE) if reverse else (THERE, BACK)
    assert after[data]["out_bytes"] - before[data]["out_bytes"] > SIZE
    assert after[acks]["out_packets"] > before[acks]["out_packets"]
    # But for a first too long segment, which path MTU discovery answers, nothing is dropped.
    for sid in (THERE, BACK):
        lost = {name for name, n in after[sid]["drops"].items() if n != before[sid]["drops"][name]}
        assert lost <= {"too_big"}


@pytest.mark.parametrize("family", (4, 6))
def test_ping(chain, family):
    assert "3 received" in chain.ping(family).stdout


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("size", (PATH_MTU, PATH_MTU + 1, 4000))
def test_udp_of_any_size(chain, family, size):
    """What fits into one packet just so, not any more, or by far: path MTU discovery and fragments."""
    kind = {4: socket.AF_INET, 6: socket.AF_INET6}[family]
    server = chain.h2.socket(kind, socket.SOCK_DGRAM)
    server.bind((H2[family], 6000))
    server.settimeout(0.5)
    client = chain.h1.socket(kind, socket.SOCK_DGRAM)
    payload = bytes(n % 251 for n in range(size - (28 if family == 4 else 48)))
    for _ in range(20):  # the first ones may only teach the path MTU
        try:
            client.sendto(payload, (H2[family], 6000))
            got, peer = server.recvfrom(1 << 16)
            break
        except OSError:
            continue
    else:
        pytest.fail("nothing arrived")
    assert got == payload and peer[0] == H1[family]
    server.close()
    client.close()


def test_iperf3(chain):
    """Several connections at once, both families, both directions."""
    chain.offloads(True)
    with chain.h2:
        server = subprocess.Popen(["iperf3", "-s", "-p", "5201"], stdout=subprocess.DEVNULL)
    try:
        until(lambda: ":5201" in chain.h2.run("ss", "-ltn").stdout, "iperf3 listens")
        for family in (4, 6):
            for more in ([], ["-R"]):
                out = chain.h1.run("iperf3", "-c", H2[family], "-p", 5201, "-n", "4M", "-P", 4, "-J", *more).stdout
                end = json.loads(out)["end"]
            # What is still under way when everything has been sent does not count as received.
            assert end["sum_sent"]["bytes"] >= 4 << 20 and end["sum_received"]["bytes"] >= 1 << 20
    finally:
        server.terminate()
        server.wait()


# The same, packet by packet: a super-packet as a VNF with offloads returns it.

@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench()
    with bench.world:
        bench.vnf = Port(bench.world, "from-vnf", bench.from_vnf.mac, bench.from_vnf.gateway, vnet_hdr=True)
    yield bench
    bench.vnf.close()
    bench.close()


@pytest.mark.parametrize("family", (4, 6))
def test_super_packet_returns(bench, family):
    """Encapsulated as a whole, and one packet to the counters."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner(family))
    packet = tcp(family, 20000)
    bench.vnf.send(unfinished(packet), offload=vnet_hdr(family, gso_size=1300))
    (frame,) = bench.arrived()["dst"]
    assert not frame.csum_ready
    want = srv6(PATH, 1, hlim=63, fl=AUTO) / hop(unfinished(packet))
    assert frame == want
    stats = bench.proxy.stats(SID)
    assert (stats["out_packets"], stats["out_bytes"]) == (1, len(frame))


@pytest.mark.parametrize("family", (4, 6))
def test_unfinished_checksum_returns(bench, family):
    """An ordinary packet, the checksum of which is the last device's business."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner(family))
    packet = tcp(family, 500)
    bench.vnf.send(unfinished(packet), offload=vnet_hdr(family))
    (frame,) = bench.arrived()["dst"]
    assert not frame.csum_ready and frame == srv6(PATH, 1, hlim=63, fl=AUTO) / hop(unfinished(packet))


@pytest.mark.parametrize("family", (4, 6))
def test_super_packet_is_segmented_for_a_device_that_cannot(bench, family):
    """By the stack, on its way out: every segment bears the outer header, and right checksums."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner(family))
    bench.node.run("ethtool", "-K", "dst", "tso", "off", "gso", "off", "tx", "off")
    try:
        packet = tcp(family, 5000)
        bench.vnf.send(unfinished(packet), offload=vnet_hdr(family, gso_size=1300))
        frames = bench.arrived()["dst"]
        assert len(frames) == 4
        outer = srv6(PATH, 1, hlim=63, fl=AUTO)
        payload = b""
        for frame in frames:
            inside = (IP if family == 4 else IPv6)(bytes(frame)[96:])
            fresh = inside.copy()
            del fresh[TCP].chksum
            if family == 4:
                del fresh.chksum
            assert frame.csum_ready and frame == outer / fresh
            payload += bytes(inside[TCP].payload)
        assert payload == bytes(packet[TCP].payload)
    finally:
        bench.node.run("ethtool", "-K", "dst", "tso", "on", "gso", "on", "tx", "on")


@pytest.mark.parametrize("family", (4, 6))
def test_super_packet_whose_segments_do_not_fit(bench, family):
    """Its sender is told, as of any packet: segments of 1400 + 60 bytes and 96 of outer header."""
    bench.end_ad()
    bench.teach(srv6(PATH) / inner(family))
    packet = unfinished(tcp(family, 20000))
    bench.vnf.send(packet, offload=vnet_hdr(family, gso_size=1400))
    arrived = bench.arrived()
    assert set(arrived) == {"src"}
    (error,) = arrived["src"]
    assert icmp(error, packet)[2:] == (*TOO_BIG[family], 1500 - 96)
    assert bench.drops(SID) == {"too_big": 1}
