# SPDX-License-Identifier: GPL-2.0
"""Real network functions, configured with srproxyctl: nftables as firewall and as source NAT.

     h1 ──── ingress ──── node ──── egress ──── h2
                         │    │
                         └ fw ┘         nftables
"""

import socket

import pytest

from lib.chain import BACK, FAMILIES, H1, H2, PATH_MTU, THERE, Chain
from lib.netns import until

FIREWALL = """
    table inet firewall {
        chain forward {
            type filter hook forward priority 0; policy drop
            ct state established,related counter accept
            ct state invalid counter drop
            iifname "in" tcp dport 80 counter accept
            iifname "in" udp dport 53 counter accept
            meta l4proto icmp counter accept
            meta l4proto icmpv6 counter accept
            tcp dport 81 counter reject
        }
    }
"""
NAT = """
    table inet nat {
        chain postrouting {
            type nat hook postrouting priority srcnat; policy accept
            oifname "out" ip saddr 192.0.2.0/24 counter snat ip to 10.2.0.2
            oifname "out" ip6 saddr 2001:db8:1::/64 counter snat ip6 to fd00:f2::2
        }
    }
"""


@pytest.fixture(scope="module")
def chain(module):
    chain = Chain()
    yield chain
    chain.close()


@pytest.fixture
def firewall(chain):
    """A stateful firewall in both directions: two End.AD SIDs, the interfaces swapped."""
    chain.fw.run("nft", "-f", "-", input=FIREWALL)
    chain.configure()
    yield chain
    chain.fw.run("nft", "flush", "ruleset")
    chain.tool.batch("sid flush\nchain flush\nvnf flush")


@pytest.fixture
def nat(chain):
    """A source NAT: End.AS there, with the headend of h2's answers End.AS back, towards the VNF's address."""
    chain.fw.run("nft", "-f", "-", input=NAT)
    chain.tool.batch(f"""
        vnf add there dev to-fw iif from-fw nh6 fd00:f1::2 nh4 10.1.0.2
        vnf add back dev from-fw iif to-fw nh6 fd00:f2::2 nh4 10.2.0.2
        chain add to-h2-6 src fc00:b:: segs fc00:d::d6
        chain add to-h2-4 src fc00:b:: segs fc00:d::d4
        chain add to-h1-6 src fc00:b:: segs fc00:a::d6
        chain add to-h1-4 src fc00:b:: segs fc00:a::d4
        sid add {THERE} behavior End.AS inner ip6 vnf there chain to-h2-6
        sid add fc00:b::f3 behavior End.AS inner ip4 vnf there chain to-h2-4
        sid add {BACK} behavior End.AS inner ip6 vnf back chain to-h1-6
        sid add fc00:b::f4 behavior End.AS inner ip4 vnf back chain to-h1-4
    """)
    chain.ingress.ip(f"""
        route replace {H2[4]}/32 encap seg6 mode encap segs fc00:b::f3 via inet6 fd00:12::2 dev node
        route replace {H2[6]}/128 encap seg6 mode encap segs {THERE} via fd00:12::2
    """)
    chain.egress.ip(f"""
        route replace 10.2.0.2/32 encap seg6 mode encap segs fc00:b::f4 via inet6 fd00:23::2 dev node
        route replace fd00:f2::2/128 encap seg6 mode encap segs {BACK} via fd00:23::2
    """)
    yield chain
    chain.fw.run("nft", "flush", "ruleset")
    chain.tool.batch("sid flush\nchain flush\nvnf flush")


class Server:
    """A TCP server on h2 that answers with the address it is spoken to from."""

    def __init__(self, chain, family, port):
        self.sock = chain.h2.socket(FAMILIES[family], socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((H2[family], port))
        self.sock.listen()
        self.sock.settimeout(10)

    def answer(self):
        connection, peer = self.sock.accept()
        connection.sendall(peer[0].encode())
        connection.close()

    def close(self):
        self.sock.close()


def ask(chain, family, port, timeout=10):
    """What the server answers to h1."""
    server = Server(chain, family, port)
    client = chain.h1.socket(FAMILIES[family], socket.SOCK_STREAM)
    client.settimeout(timeout)
    try:
        client.connect((H2[family], port))
        server.answer()
        return client.recv(100).decode()
    finally:
        client.close()
        server.close()


@pytest.mark.parametrize("family", (4, 6))
def test_firewall_accepts(firewall, family):
    assert ask(firewall, family, 80) == H1[family]


@pytest.mark.parametrize("family", (4, 6))
def test_firewall_refuses(firewall, family):
    """The firewall's own reset comes back to h1 through the chain's other direction, or its error by the FIB."""
    with pytest.raises(OSError) as error:
        ask(firewall, family, 81)
    assert not isinstance(error.value, TimeoutError)


@pytest.mark.parametrize("family", (4, 6))
def test_firewall_drops(firewall, family):
    with pytest.raises(TimeoutError):
        ask(firewall, family, 82, timeout=0.3)
    counted = firewall.tool.json("-s", "sid", "show", THERE)[0]["stats"]
    assert counted["in_packets"] > counted["out_packets"]


def error_socket(chain, family):
    """A connected UDP socket of h1 that hears of ICMP errors, and never fragments."""
    level, receive, discover = {4: (socket.IPPROTO_IP, 11, 10), 6: (socket.IPPROTO_IPV6, 25, 23)}[family]
    sock = chain.h1.socket(FAMILIES[family], socket.SOCK_DGRAM)
    sock.setsockopt(level, receive, 1)
    sock.setsockopt(level, discover, 3)  # probe: whatever the path MTU is said to be
    sock.connect((H2[family], 53))
    return sock


def error_of(sock):
    """(who reports it, the MTU it tells) of the ICMP error in a socket's queue."""
    try:
        _, ancillary, _, _ = sock.recvmsg(1 << 16, 1024, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    (_, _, data) = ancillary[-1]
    mtu, address = int.from_bytes(data[8:12], "little"), data[16:]  # struct sock_extended_err, and an address
    if address[:2] == b"\2\0":
        return socket.inet_ntop(socket.AF_INET, address[4:8]), mtu
    return socket.inet_ntop(socket.AF_INET6, address[8:24]), mtu


@pytest.mark.parametrize("ttl, who", (
    (1, ("10.1.0.2", "10.2.0.2")),
    (2, ("10.1.0.1", "10.2.0.1")),
), ids=("firewall", "node"))
def test_traceroute(firewall, ttl, who):
    """Neither the kernel's headend nor the proxy takes from the inner TTL on the way in.

    (The kernel gives an IPv6 packet's hop limit to its outer header, too: it would not get this far.)
    """
    sock = error_socket(firewall, 4)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
    sock.send(b"who is there?")
    assert until(lambda: error_of(sock), "Time Exceeded")[0] in who
    sock.close()


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("mtu, who", (
    (1300, ("10.1.0.2", "10.2.0.2", "fd00:f1::2", "fd00:f2::2")),  # the firewall, at its way out
    (1500, ("10.1.0.1", "10.2.0.1", "fd00:f1::1", "fd00:f2::1", "fd00:12::2")),  # the proxy, on the way back
), ids=("firewall", "node"))
def test_packet_too_big_reaches_its_sender(firewall, family, mtu, who):
    firewall.fw.ip(f"link set out mtu {mtu}")
    sock = error_socket(firewall, family)
    sock.send(bytes(1440))
    reporter, told = until(lambda: error_of(sock), "Packet Too Big")
    assert reporter in who and told == min(mtu, PATH_MTU)
    sock.close()
    firewall.fw.ip("link set out mtu 1500")


@pytest.mark.parametrize("family", (4, 6))
def test_nat(nat, family):
    """h2 sees the NAT's address, and its answers find their way through it."""
    assert ask(nat, family, 8080) == {4: "10.2.0.2", 6: "fd00:f2::2"}[family]


@pytest.mark.parametrize("family", (4, 6))
def test_nat_of_much(nat, family):
    sent, received = nat.transfer(family, 2 << 20)
    assert sent == received
