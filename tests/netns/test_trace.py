# SPDX-License-Identifier: GPL-2.0
"""Tracepoints, the kernel's drop reasons, and `srproxyctl trace`: every step of a packet is told, once, rightly.

    headend ── src ──┐                  ┌── to-vnf ───► VNF      raw ports
                     ├── node: End.AD ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF

    headend ── src ──┐                  ┌── to-1 ──► in  ┐
                     ├── node: End.AD ──┤                │ VNF    a router: the kernel's packet is the same
    next SID ─ dst ──┘                  └── from-1 ◄ out ┘
"""

import json
import os
import select
import signal
import subprocess

import pytest

from lib import uapi
from lib.bench import HEADEND, LAST, NEXT, PATH, SID, SID2
from lib.netns import until
from lib.packet import inner, inner4, inner6, srv6
from lib.proxy import Proxy, Tool
from lib.vnf import Router
from lib.watch import Tracing
from test_drops import PACKETS
from test_netlink import become_nobody

traced = pytest.mark.skipif(not Tracing.available, reason="a kernel without tracepoints")

# How skb:kfree_skb calls it: the first one that the kernel knows.
KERNEL_REASONS = {
    "outer_fragment": ["UNHANDLED_PROTO"],
    "ext_header": ["IPV6_BAD_EXTHDR", "IP_INHDR"],
    "srh_invalid": ["IP_INHDR"],
    "hmac": ["IP_INHDR"],
    "no_srh": ["UNHANDLED_PROTO"],
    "sl_zero": ["IP_INHDR"],
    "inner_type": ["UNHANDLED_PROTO"],
    "inner_invalid": ["IP_INHDR"],
    "ecn": ["IP_TUNNEL_ECN", "IP_INHDR"],
    "hop_limit": ["IP_INHDR"],
    "from_vnf": ["NETFILTER_DROP"],
    "vnf_too_big": ["PKT_TOO_BIG"],
    "not_learned": ["IP_OUTNOROUTES"],
    "inner_hop_limit": ["IP_INHDR"],
    "vnf_down": ["DEV_READY"],
}


def netns(ns):
    return str(os.stat(ns.path).st_ino)


def instances():
    root = Tracing.ROOT / "instances"
    return [entry.name for entry in root.iterdir() if entry.name.startswith("srproxyctl-")]


class Tracer:
    """`with Tracer(bench, "-j trace") as tracer:` the tool at it, once it is."""

    def __init__(self, bench, *words):
        self.bench, self.words = bench, [part for word in words for part in str(word).split()]

    def __enter__(self):
        with self.bench.node:
            self.process = subprocess.Popen([os.environ["SRPROXY_CTL"], *self.words], stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, text=True)
        self.text = ""
        self.dir = Tracing.ROOT / f"instances/srproxyctl-{self.process.pid}"
        until(lambda: self.process.poll() is not None or self.listens(), "the tool listens")
        return self

    def listens(self):
        enable = self.dir / "events/srproxy/enable"
        return enable.exists() and enable.read_text().startswith("1")

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def lines(self, n):
        """So many, and whatever else has come by then."""
        def more():
            if select.select([self.process.stdout], [], [], 0)[0]:
                self.text += os.read(self.process.stdout.fileno(), 1 << 16).decode()
            return self.text.count("\n") >= n

        until(more, f"{n} lines")
        return self.text.splitlines()

    def end(self, signal_number=signal.SIGINT):
        """Exit status and what has not been read, afterwards."""
        self.process.send_signal(signal_number)
        return self.wait()

    def wait(self):
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@traced
@pytest.mark.parametrize("family", (4, 6))
def test_steps_of_a_packet(bench, family):
    bench.end_ad()
    packet, back = srv6(PATH) / inner(family), inner(family)
    kind, ours = f"ip{family}", {"netns": netns(bench.node), "sid": SID}
    with Tracing("srproxy") as trace:
        bench.send(src=[packet, packet])
        bench.send(from_vnf=back)
        told = trace.told()
    here = [{key: value for key, value in fields.items() if key != "skbaddr"} for _, fields in told]
    decap = {**ours, "inner": kind, "len": str(len(packet)), "iif": str(bench.node.ifindex("src")), "vnf": "fw"}
    assert [name for name, _ in told] == ["srproxy_learn", "srproxy_decap", "srproxy_decap", "srproxy_encap"]
    assert here == [
        {**ours, "inner": kind, "src": HEADEND, "segs": "3", "segments_left": "1", "next": NEXT},
        decap,
        decap,
        {**ours, "len": str(len(packet)), "oif": str(bench.node.ifindex("dst")), "next": NEXT},
    ]
    assert told[0][1]["skbaddr"] == told[1][1]["skbaddr"]


@traced
def test_past_the_vnf_and_behind_the_last_segment(bench):
    bench.last(SID, inner="ip6")
    bench.fw("down", dev="to_vnf", iif="from_vnf", on_down="bypass")
    bench.proxy.change("vnf", name="down", dev="absent")
    bench.proxy.sid(SID2, behavior="End.AD", vnf="down", inner="ip4")
    with Tracing("srproxy") as trace:
        bench.send(src=srv6([NEXT, SID], 1) / inner6())
        bench.send(from_vnf=inner6())
        bench.send(src=srv6([SID2, NEXT]) / inner4())
        told = trace.told("srproxy_decap", "srproxy_encap")
    assert [(name, fields["sid"], fields.get("vnf"), fields.get("next")) for name, fields in told] == [
        ("srproxy_decap", SID, "fw", None), ("srproxy_encap", SID, None, "::"),
        ("srproxy_decap", SID2, "", None), ("srproxy_encap", SID2, None, NEXT),
    ]


@traced
def test_every_drop_is_told_with_a_reason(bench):
    """Counted, told by our tracepoint, and then by the kernel's own, of the same packet."""
    bench.end_ad()
    expected = []
    with Tracing("srproxy", "skb/kfree_skb") as trace:
        bench.send(from_vnf=inner6())
        expected += ["not_learned"]
        for reason, variants in PACKETS.items():
            bench.send(src=list(variants.values()))
            expected += [reason] * len(variants)
        bench.node.ip("link set to-vnf mtu 1280")
        bench.send(src=[srv6(PATH, hlim=1) / inner6(), srv6(PATH) / inner6(1281)], from_vnf=inner6(hlim=1))
        bench.node.ip("link set to-vnf mtu 1500")
        expected += ["hop_limit", "vnf_too_big", "inner_hop_limit"]
        bench.proxy.change("vnf", name="fw", dev="absent")
        bench.send(src=srv6(PATH) / inner6())
        expected += ["vnf_down"]
        told = trace.told("srproxy_drop", "kfree_skb")

    drops = [fields for name, fields in told if name == "srproxy_drop"]
    assert [fields["reason"] for fields in drops] == expected
    assert {fields["sid"] for fields in drops} == {SID}
    counted = bench.proxy.drops(SID)
    assert counted == {reason: expected.count(reason) for reason in set(expected)}
    assert set(counted) <= set(uapi.DROPS)
    for at, (name, ours) in enumerate(told):
        if name == "srproxy_drop":
            theirs = next(fields for name, fields in told[at + 1:] if fields["skbaddr"] == ours["skbaddr"])
            assert theirs["reason"] in KERNEL_REASONS[ours["reason"]], ours


@traced
def test_names_are_those_of_the_uapi():
    """All of them, though not every one is easily made to happen here."""
    text = (Tracing.ROOT / "events/srproxy/srproxy_drop/format").read_text()
    told = text.partition("print fmt")[2]
    for name, number in uapi.DROPS.items():
        assert f'{{ {number}, "{name}" }}' in told


@traced
def test_tool_follows_packets(bench):
    """In by one SID, around by a real router, and out: one number. Other SIDs are not told of, nor namespaces."""
    router = Router(bench.node, 1)
    try:
        router.configured(bench.proxy, "router")
        bench.proxy.sid(SID, vnf="router", inner="ip6")
        bench.end_ad(SID2)
        with Tracer(bench, "-j trace", SID) as tracer, Tracer(bench, "trace") as all_sids:
            for _ in range(2):
                bench.send(src=[srv6([SID2, NEXT]) / inner6(), srv6(PATH) / inner6()])
            bench.send(src=srv6([SID]) / inner6())
            steps = [json.loads(line) for line in tracer.lines(6)]
            status, out, err = tracer.end()
            lines = all_sids.lines(9)
            assert all_sids.end()[0] == 0
    finally:
        bench.reset()
        router.close()
    assert (status, out, err) == (0, "", "")
    length = len(srv6(PATH) / inner6())
    learn, decap, encap, *again, drop = steps
    assert learn == {"packet": 1, "event": "learn", "sid": SID, "inner": "ip6", "src": HEADEND, "segs": 3,
                     "segments_left": 1, "next": NEXT}
    assert decap == {"packet": 1, "event": "decap", "sid": SID, "inner": "ip6", "len": length, "iif": "src",
                     "vnf": "router"}
    assert encap == {"packet": 1, "event": "encap", "sid": SID, "len": length, "oif": "dst", "next": NEXT}
    assert again == [{**decap, "packet": 2}, {**encap, "packet": 2}]
    assert (drop["packet"], drop["reason"]) == (3, "sl_zero")
    assert lines[0].split()[1:] == ["learn", SID2, "inner", "ip6", "src", HEADEND, "segs", "2", "segments-left", "0",
                                    "next", NEXT]
    assert lines[-1] == f"{lines[-1].split()[0]} drop {SID} len {drop['len']} reason sl_zero: " \
                        "Segments Left is 0: no segment follows the VNF"


@traced
def test_count_and_timestamp(bench):
    bench.end_ad()
    with Tracer(bench, "-t -j trace count 3") as tracer:
        bench.send(src=[srv6(PATH) / inner6()] * 5)
        status, out, _ = tracer.wait()
    steps = [json.loads(line) for line in out.splitlines()]
    assert (status, [step["event"] for step in steps]) == (0, ["learn", "decap", "decap"])
    now = subprocess.run(["date", "-u", "+%FT%T"], text=True, capture_output=True, check=True).stdout
    assert "2000" < steps[0]["timestamp"] <= steps[-1]["timestamp"] < now.strip() + "~"


@traced
def test_nothing_is_left_of_it(bench):
    """After signals, a reader that leaves, and, once it runs again, even SIGKILL."""
    bench.end_ad()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with Tracer(bench, "trace", SID) as tracer:
            assert tracer.end(number) == (0, "", "")
        assert instances() == []
    with Tracer(bench, "trace", SID) as tracer:
        tracer.process.stdout.close()
        bench.send(src=srv6(PATH) / inner6())
        assert tracer.process.wait(60) == 1
    assert instances() == []
    with Tracer(bench, "trace", SID) as tracer:
        tracer.process.kill()
        tracer.process.wait()
        assert len(instances()) == 1
    with Tracer(bench, "trace", SID) as tracer:
        assert instances() == [tracer.dir.name]
        assert tracer.end()[0] == 0
    assert instances() == []


@traced
def test_module_leaves(bench, module):
    bench.end_ad()
    with Tracer(bench, "trace", SID) as tracer:
        bench.proxy.close()
        module.unload()
        try:
            assert tracer.wait() == (3, "", f"srproxyctl: trace {SID}: the module has been removed\n")
        finally:
            module.load()
            bench.proxy = Proxy(bench.node)
    assert instances() == []


def refused(tool, *words, **kwargs):
    done = tool(*words, check=False, **kwargs)
    return done.returncode, done.stdout.strip()


@traced
def test_refusals(bench):
    tool = Tool(bench.node)
    status, text = refused(tool, "trace", SID)
    assert status == 2 and "does not exist" in text
    status, text = refused(tool, "trace", preexec_fn=become_nobody)
    assert status == 1 and "to trace, be root, with CAP_SYS_ADMIN" in text
    hidden = 'umount -l /sys/kernel/debug 2>/dev/null; umount -l /sys/kernel/tracing && exec "$0" trace'
    with bench.node:
        done = subprocess.run(["unshare", "-m", "sh", "-c", hidden, tool.path], text=True, capture_output=True)
    assert done.returncode == 1
    assert "tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing" in done.stderr


@pytest.mark.skipif(Tracing.available, reason="this kernel has tracepoints")
def test_kernel_without_tracing(bench):
    status, text = refused(Tool(bench.node), "trace")
    assert status == 1 and "this kernel has no tracing" in text
