# SPDX-License-Identifier: GPL-2.0
"""srproxyctl doctor: what is broken is found, and the command that it names mends it.

    h1 ── ingress ── node ── egress ── h2       as in lib/chain.py; `spare` is one more link
                     │ │ └─ spare ── fw         of the node to fw
                     └─┴─ fw
"""

import json
import os
import re
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lib.chain import BACK, H2, THERE, Chain
from lib.keys import Keys
from lib.netns import run, until
from lib.proxy import Tool

DONE, FOUND = 0, 4
SPARE = "fc00:b::a7"
GATEWAY = "fd00:23::3"
TOOL = os.environ["SRPROXY_CTL"]
# The tool as users call it.
ENV = {**os.environ, "PATH": f"{os.path.dirname(TOOL)}:{os.environ['PATH']}"}
REPAIRS = f"""
    link set to-fw mtu 1500 up
    link set from-fw mtu 1500 up
    neigh flush all
    addr del {THERE}/64 dev spare
    route flush table 77
    route del {THERE} dev egress metric 1
    route del fc00:d::d4
    route del fc00:d::d6
    route del unreachable fc00:a::/32
    route replace fc00:a::/32 via fd00:12::1 mtu lock 1500
    route replace fc00:d::/32 via {GATEWAY} mtu lock 1500
"""


class Ward(Chain):
    """The chain, in health: both ways have learned both families."""

    def __init__(self):
        super().__init__()
        for ns in (self.node, self.fw):
            ns.sysctl({"net/ipv6/conf/all/keep_addr_on_down": 1})
        self.node.ip(f"""
            link add spare type veth peer name spare netns {self.fw.name}
            link set spare up
            addr add fd00:f3::1/64 dev spare nodad
            addr add 10.3.0.1/24 dev spare
        """)
        self.fw.ip("""
            link set spare up
            addr add fd00:f3::2/64 dev spare nodad
            addr add 10.3.0.2/24 dev spare
        """)
        self.node.sysctl({f"net/{family}/neigh/{dev}/{name}": value
                          for family in ("ipv4", "ipv6") for dev in ("to-fw", "from-fw", "spare")
                          for name, value in (("mcast_solicit", 1), ("retrans_time_ms", 300))})

    def configure(self):
        """As it was before anything was broken or mended."""
        self.node.sysctl({
            "net/ipv6/conf/all/forwarding": 1, "net/ipv4/ip_forward": 1, "net/ipv4/conf/spare/rp_filter": 0,
            "net/ipv6/conf/ingress/seg6_require_hmac": 0, "net/ipv6/conf/all/seg6_enabled": 1,
        })
        self.fw.ip("""
            link set in mtu 1500 up
            link set out mtu 1500 up
            route replace 2001:db8:1::/64 via fd00:f1::1
            route replace 192.0.2.0/24 via 10.1.0.1
        """)
        self.node.run("ip", "-force", "-batch", "-", input=REPAIRS, check=False)
        self.node.run("ip", "sr", "hmac", "set", "9", "sha256", input="\n", check=False, start_new_session=True)
        self.tool("sid flush")
        self.tool("chain flush")
        self.tool("vnf flush")
        super().configure()
        self.learn()

    def learn(self):
        for family in (4, 6):
            self.ping(family, count=1)

    def spare(self, *words, inner="ip6"):
        """One more VNF, and a SID that it is for."""
        self.tool("vnf add spare dev spare nh6 fd00:f3::2 nh4 10.3.0.2")
        self.tool("sid add", SPARE, "inner", inner, "vnf spare", *words)

    def doctor(self):
        """Exit status, and findings."""
        done = self.tool("-j doctor", check=False)
        findings = json.loads(done.stdout)
        assert done.returncode == (FOUND if any(f["severity"] != "note" for f in findings) else DONE)
        return done.returncode, findings

    def mend(self, *faults, where=None):
        """The doctor finds them all, and none any longer when the commands have been run."""
        _, findings = self.doctor()
        for fault in faults:
            found = fault.among(findings)
            assert len(found) == fault.count and all(f["mends"] for f in found), (fault, found)
            for finding in found:
                (where or self.node).run("sh", "-c", fault.filled_in(finding["command"]), env=ENV, **fault.stdin)


@dataclass
class Fault:
    """What is found: check, object, words of the sentence, how often; and what is filled into the commands."""

    check: str
    about: str
    says: str
    count: int = 1
    fill: dict = field(default_factory=dict)
    stdin: dict = field(default_factory=dict)

    def among(self, findings):
        return [f for f in findings
                if (f["check"], f["about"]) == (self.check, self.about) and self.says in f["what"]]

    def filled_in(self, command):
        for word, value in self.fill.items():
            assert re.search(rf"\b{word}\b", command), command
            command = re.sub(rf"\b{word}\b", value, command)
        return command


@pytest.fixture(scope="module")
def ward(module):
    ward = Ward()
    yield ward
    ward.close()


@pytest.fixture
def chain(ward):
    ward.configure()
    yield ward


def test_health(chain):
    done = chain.tool("doctor")
    assert (done.returncode, done.stdout) == (DONE, "nothing is wrong\n")


def test_several_at_once(chain):
    """As text, worst first; in another namespace, and from the outside."""
    chain.tool("chain add unused src fc00:b:: segs fc00:d::d6")
    chain.node.sysctl({"net/ipv6/conf/all/forwarding": 0})
    chain.node.ip("link set to-fw mtu 1400")
    outside = Tool()
    done = outside("-n", chain.node.name, "doctor", check=False)
    assert done.returncode == FOUND
    lines = done.stdout.splitlines()
    assert [line.split(":")[0].strip() for line in lines] == [
        "error", "mend", "warning", "mend", "note", "mend",
    ]
    for line in lines[1::2]:
        command = line.partition("mend: ")[2]
        assert command.startswith(f"ip netns exec {chain.node.name} ")
        run("sh", "-c", command, env=ENV)
    assert outside("-n", chain.node.name, "doctor").returncode == DONE


# What is broken together, and what is found then

SECRET = {"input": "secret\n", "start_new_session": True}


def settings(chain):
    """And a function that returns packets of a type that has not come in."""
    chain.tool("cache flush")
    chain.ping(6, count=1)
    chain.fw.run("ping", "-c", 1, "-W", 1, H2[4], check=False)
    yield Fault("learned", f"sid {THERE}", "probably ip4")
    chain.spare("behavior End.AD flavors last", inner="ip4")
    chain.node.sysctl({"net/ipv4/ip_forward": 0, "net/ipv4/conf/spare/rp_filter": 1,
                       "net/ipv6/conf/all/forwarding": 0})
    yield Fault("forwarding", "sysctl", "IPv4")
    yield Fault("forwarding", "sysctl", "IPv6")
    yield Fault("rp-filter", "device spare", "rp_filter")


def devices(chain):
    chain.node.ip("link set from-fw down")
    yield Fault("device", "vnf there", "from-fw is not up")
    chain.fw.ip("link set in down")
    yield Fault("device", "vnf there", "to-fw has no carrier")
    chain.tool("vnf add lost dev nowhere nh6 fd00:f3::2")
    yield Fault("device", "vnf lost", "nowhere", fill={"DEV": "spare"})


def hops(chain):
    chain.tool("vnf change there nh6 fd00:f1::99 nh4 10.1.0.99")
    yield Fault("neighbour", "vnf there", "fd00:f1::99 does not answer")
    yield Fault("neighbour", "vnf there", "10.1.0.99 does not answer")
    chain.node.ip("link set to-fw mtu 1300")
    yield Fault("mtu", "vnf there", "device to-fw only 1300")
    chain.fw.ip("link set out mtu 1300")
    yield Fault("mtu", "vnf there", "device out only 1300")


def ways(chain):
    chain.node.ip("route del fc00:d::/32\nroute replace unreachable fc00:a::/32")
    yield Fault("next-segment", f"sid {THERE}", "no route", 2, {"GATEWAY": GATEWAY})
    yield Fault("next-segment", f"sid {BACK}", "no route", 2, {"GATEWAY": "fd00:12::1"})
    chain.node.ip(f"addr add {THERE}/64 dev spare nodad")
    yield Fault("sid-address", f"sid {THERE}", "address of device spare")
    chain.tool("vnf add idle dev spare nh6 fd00:f3::2")
    yield Fault("unused", "vnf idle", "no SID")
    chain.tool("chain add idle src fc00:b:: segs fc00:d::d6")
    yield Fault("unused", "chain idle", "no SID")


def routes_of_sids(chain):
    chain.node.ip("link set lo up")
    chain.tool("sid change", THERE, "hook local fib 254")
    chain.node.ip(f"route add {THERE} dev egress metric 1")
    yield Fault("sid-route", f"sid {THERE}", "routed to egress")
    chain.tool("sid change", BACK, "hook local table 77")
    chain.node.ip(f"route del local {BACK} dev lo table local")
    yield Fault("sid-route", f"sid {BACK}", "missing")
    yield Fault("next-segment", f"sid {BACK}", "no route", 2, {"GATEWAY": "fd00:12::1"})


def paths(chain):
    chain.node.ip(f"route replace fc00:d::/32 via {GATEWAY} mtu lock 1300")
    yield Fault("mtu", f"sid {THERE}", "MTU of 1300", 2)
    chain.tool("chain add self src fc00:b:: segs fd00:23::2,fc00:d::d6")
    chain.spare("behavior End.AS chain self")
    chain.node.sysctl({f"net/ipv6/conf/{dev}/seg6_enabled": 0 for dev in ("all", "spare")})
    yield Fault("seg6-enabled", f"sid {SPARE}", "address of this node")


def keys(chain):
    Keys(chain.node).close()  # skips where there are none
    chain.tool("chain add signed src fc00:b:: segs fc00:d::d6 hmac 9")
    chain.spare("behavior End.AS chain signed")
    yield Fault("hmac", "chain signed", "no HMAC key 9", stdin=SECRET)
    chain.tool("sid change", THERE, "require-hmac")
    yield Fault("hmac", f"sid {THERE}", "no key", 1, {"KEYID": "9"}, SECRET)
    chain.node.sysctl({"net/ipv6/conf/ingress/seg6_require_hmac": 1})
    yield Fault("hmac", "device ingress", "no key")


@pytest.mark.parametrize("breaks", (settings, devices, hops, ways, routes_of_sids, paths, keys))
def test_faults(chain, breaks):
    faults = list(breaks(chain))
    chain.mend(*faults)
    _, findings = chain.doctor()
    assert not [fault for fault in faults if fault.among(findings)]


# Packets


@pytest.fixture
def probe(chain):
    """Packets from h1 that are led to a SID as the test says: route, then pings while it looks."""
    pings = []

    def start(address):
        with chain.h1:
            pings.append(subprocess.Popen(["ping", "-6", "-q", "-i", "0.02", address], stdout=subprocess.DEVNULL))

    yield start
    for ping in pings:
        ping.send_signal(signal.SIGINT)
        ping.wait()


def test_never_learned(chain, probe):
    """The command is for the headend: a route into the SID."""
    chain.spare("behavior End.AD")
    fill = {"PREFIX": "2001:db8:77::/64", "NEXT": "fc00:d::d6", "NODE": "fd00:12::2"}
    fault = Fault("learned", f"sid {SPARE}", "no packet has come", fill=fill)
    chain.mend(fault, where=chain.ingress)
    probe("2001:db8:77::1")
    until(lambda: chain.tool.json("cache show sid", SPARE), "it has learned")
    assert not fault.among(chain.doctor()[1])
    chain.ingress.ip("route del 2001:db8:77::/64")


def test_drops_that_rise(chain, probe):
    """Segment lists that end at the SID; those of before are no finding."""
    chain.ingress.ip(f"route add 2001:db8:78::/64 encap seg6 mode encap segs {THERE} via fd00:12::2")
    probe("2001:db8:78::1")
    until(lambda: chain.tool.json("stats show sid", THERE)[0]["stats"]["drops"]["sl_zero"], "drops")
    fault = Fault("drops", f"sid {THERE}", "as sl_zero: the headend's segment list ends here")
    chain.mend(fault)
    assert not fault.among(chain.doctor()[1])
    chain.ingress.ip("route del 2001:db8:78::/64")


# The module


def doctor_outside():
    done = Tool()("-j doctor", check=False)
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def modprobe(tmp_path):
    """An environment in which modprobe knows the module that is tested."""
    script = tmp_path / "modprobe"
    script.write_text(f"#!/bin/sh\n[ \"$1\" = srproxy ] && exec insmod {os.environ['SRPROXY_KO']}\n")
    script.chmod(0o755)
    return {**ENV, "PATH": f"{tmp_path}:{ENV['PATH']}"}


def test_module_absent(module, modprobe):
    module.unload()
    try:
        status, (finding,) = doctor_outside()
        assert (status, finding["command"]) == (FOUND, "modprobe srproxy")
    finally:
        run("sh", "-c", "modprobe srproxy", env=modprobe)
    assert doctor_outside() == (DONE, [])


def test_module_of_another_version(module, modprobe, tmp_path):
    version = Tool().json("version")["version"]
    other = re.sub(r"\d", "9", version)
    foreign = tmp_path / "srproxy.ko"
    foreign.write_bytes(Path(os.environ["SRPROXY_KO"]).read_bytes().replace(version.encode(), other.encode()))
    module.unload()
    run("insmod", foreign)
    status, (finding,) = doctor_outside()
    assert status == FOUND and f"version {other}, and srproxyctl of {version}" in finding["what"]
    run("sh", "-c", finding["command"], env=modprobe)
    assert doctor_outside() == (DONE, [])
