# SPDX-License-Identifier: GPL-2.0
"""What the tool shows of a running node: top, metrics, graph.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from lib import uapi
from lib.bench import LAST, NEXT, PATH, SID, SID2
from lib.packet import inner6, srv6
from lib.proxy import Tool

DONE, USAGE, REFUSED, NO_MODULE = range(4)
METRICS_PAGE = Path(__file__).resolve().parents[2] / "docs/metrics.md"
ODD = 'q"\\<&'  # the name of a device
LOST = srv6([NEXT, SID], 1) / inner6()  # sl_zero


@pytest.fixture
def tool(bench):
    return Tool(bench.node)


def started(tool, *words, **kwargs):
    with tool.ns:
        return subprocess.Popen([tool.path, *words], **kwargs)


# top


class Top:
    """`srproxyctl -j top`. Rates are of the time that has passed between two readings: so all that passed is known."""

    def __init__(self, tool):
        self.process = started(tool, "-j", "top", stdout=subprocess.PIPE)

    def page(self):
        page = json.loads(self.process.stdout.readline())
        return page["seconds"], {sid["sid"]: sid for sid in page["sids"]}

    def shows(self, what):
        """The first page of which it is true."""
        for _ in range(60):
            _, page = self.page()
            if what(page):
                return page
        raise AssertionError("not on 60 pages")

    def passed(self, sid, key, count):
        """The page with the last of so many packets, and how many bits there were."""
        packets = bits = 0
        for _ in range(60):
            seconds, page = self.page()
            packets += page[sid][f"{key}_per_s"] * seconds if sid in page else 0
            bits += page[sid]["in_bits_per_s"] * seconds if sid in page else 0
            if round(packets) >= count:
                assert packets == pytest.approx(count)
                return page, bits
        raise AssertionError(f"{packets} on 60 pages")


@pytest.fixture
def top(tool):
    top = Top(tool)
    yield top
    top.process.terminate()
    top.process.wait()


def test_top_counts_what_passes(bench, top):
    bench.end_ad()
    bench.proxy.vnf("down", dev="absent", nh6="fd00::1")
    bench.proxy.sid(SID2, vnf="down")
    assert set(top.shows(lambda page: SID2 in page)) == {SID, SID2}
    packet = srv6(PATH) / inner6()
    assert len(bench.send(src=[packet] * 20)["to_vnf"]) == 20
    page, bits = top.passed(SID, "in_packets", 20)
    assert bits == pytest.approx(20 * 8 * len(packet))
    assert list(page)[0] == SID and (page[SID]["drop_reason"], page[SID]["out_packets_per_s"]) == (None, 0)
    assert (page[SID]["vnf"], page[SID]["state"]) == ("fw", "up")
    assert (page[SID2]["vnf"], page[SID2]["state"]) == ("down", "down")
    bench.send(src=[LOST] * 3)
    assert top.passed(SID, "drops", 3)[0][SID]["drop_reason"] == "sl_zero"
    bench.send(from_vnf=[inner6()] * 4)
    top.passed(SID, "out_packets", 4)


def test_top_knows_new_counters(bench, top):
    """A SID that goes and comes again has no negative or gigantic rate."""
    bench.end_ad()
    top.shows(lambda page: SID in page)
    bench.send(src=[srv6(PATH) / inner6()] * 50)
    top.passed(SID, "in_packets", 50)
    for count in (20, 5):
        bench.proxy.delete("sid", SID)
        bench.proxy.sid(SID)
        bench.send(src=[srv6(PATH) / inner6()] * count)
        top.passed(SID, "in_packets", count)
    bench.proxy.delete("sid", SID)
    assert top.shows(lambda page: not page) == {}


def test_top_as_blocks(bench, tool):
    """Where there is no terminal."""
    bench.end_ad()
    blocks = tool("top interval 1 count 2").stdout.strip().split("\n\n")
    assert len(blocks) == 2
    for block in blocks:
        summary, titles, line = block.splitlines()
        assert "1 SIDs, 0 VNFs down" in summary and titles.split()[:3] == ["SID", "VNF", "STATE"]
        assert line.split() == [SID, "fw", "up", "0", "0", "0", "0", "0"]
    assert "\x1b" not in "".join(blocks)


class Screen:
    """A program on a terminal of so many rows and columns."""

    def __init__(self, tool, *words, rows=24, columns=100):
        self.fd, far = pty.openpty()
        self.settings = termios.tcgetattr(far)
        self.resize(rows, columns)
        with tool.ns:
            self.process = subprocess.Popen([tool.path, *words], stdin=far, stdout=far, stderr=far,
                                            start_new_session=True,
                                            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.far = far
        self.text = ""

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def until(self, words):
        """Read until it has been shown; what was shown last before it."""
        end = time.monotonic() + 60
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} is not in {self.text!r}"
            if select.select([self.fd], [], [], 0.2)[0]:
                self.text += os.read(self.fd, 65536).decode()
        before, _, self.text = self.text.rpartition(words)
        return before

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.far)
        os.close(self.fd)


@pytest.fixture
def screen(tool):
    screens = []

    def make(*words, **size):
        screens.append(Screen(tool, *words, **size))
        return screens[-1]

    yield make
    for one in screens:
        one.close()


ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


@pytest.mark.parametrize("end", ("q", "\x03", signal.SIGTERM), ids=("q", "Ctrl-C", "SIGTERM"))
def test_top_on_a_terminal(bench, screen, end):
    bench.end_ad()
    shown = screen("top")
    shown.until(ENTER)
    shown.until(SID)
    assert termios.tcgetattr(shown.far)[3] & (termios.ECHO | termios.ICANON) == 0
    if isinstance(end, str):
        os.write(shown.fd, end.encode())
    else:
        shown.process.send_signal(end)
    shown.until(LEAVE)
    assert shown.process.wait(30) == DONE
    assert termios.tcgetattr(shown.far) == shown.settings


def test_top_fits_the_terminal(bench, screen):
    bench.fw()
    for n in range(20):
        bench.proxy.vnf(f"v{n}", dev=f"absent{n}", nh6="fd00::1")
        bench.proxy.sid(f"fc00:b::1:{n:x}", vnf=f"v{n}")
    shown = screen("top", rows=10, columns=30)
    shown.until("and 13 more")
    page = re.split(r"\x1b\[H", shown.until("and 13 more"))[-1]
    lines = [line.replace("\x1b[K", "") for line in page.split("\r\n")]
    assert len(lines) == 10 and max(map(len, lines)) == 30
    shown.resize(40, 100)
    shown.until("v19")
    os.write(shown.fd, b"q")
    assert shown.process.wait(30) == DONE


# metrics


def parsed(text):
    """{name: (type, [(labels, value)])}, by a parser that takes nothing else than the format."""
    parser = pytest.importorskip("prometheus_client.parser")
    families = list(parser.text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    found = {}
    for family in families:
        assert family.documentation and family.type in ("counter", "gauge")
        name = family.name + ("_total" if family.type == "counter" else "")
        assert all(sample.name == name for sample in family.samples)
        found[name] = family.type, [(sample.labels, sample.value) for sample in family.samples]
    return found


def value(metrics, name, **labels):
    (found,) = [value for has, value in metrics[name][1] if labels.items() <= has.items()]
    return found


@pytest.fixture
def odd_device(bench):
    bench.node.ip("link add dummy0 type dummy")
    bench.node.run("ip", "link", "set", "dummy0", "name", ODD)
    yield
    bench.node.run("ip", "link", "del", ODD)


def test_metrics(bench, tool, odd_device):
    bench.end_ad(ageing=3600)
    bench.proxy.vnf("down", dev=ODD, nh6="fd00::1")
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    bench.proxy.add("sid", addr="fc00:b:8000::", prefix_len=33, behavior="End.AN", vnf="down", flows=20)
    packet = srv6(PATH) / inner6()
    bench.teach(*[packet] * 3)
    bench.send(src=[LOST] * 2)
    text = tool("metrics").stdout
    metrics = parsed(text)
    assert value(metrics, "srproxy_module_loaded") == 1
    assert value(metrics, "srproxy_module_info", version=bench.proxy.info()["version"]) == 1
    assert [value(metrics, f"srproxy_{noun}") for noun in ("vnfs", "chains", "sids")] == [2, 1, 2]
    assert value(metrics, "srproxy_vnf_up", vnf="fw") == 1 and value(metrics, "srproxy_vnf_up", vnf="down") == 0
    assert value(metrics, "srproxy_vnf_info", vnf="down", dev=ODD, iif=ODD, on_down="drop") == 1
    assert value(metrics, "srproxy_sid_info", sid=SID, behavior="End.AD", vnf="fw", hook="prerouting") == 1
    assert value(metrics, "srproxy_sid_in_packets_total", sid=SID) == 3
    assert value(metrics, "srproxy_sid_in_bytes_total", sid=SID) == 3 * len(packet)
    assert value(metrics, "srproxy_sid_out_packets_total", sid=SID) == 0
    drops = {labels["reason"]: n for labels, n in metrics["srproxy_sid_dropped_packets_total"][1]
             if labels["sid"] == SID}
    assert set(drops) == set(uapi.DROPS) and {name: n for name, n in drops.items() if n} == {"sl_zero": 2}
    assert value(metrics, "srproxy_sid_learned", sid=SID, inner="ip6") == 1
    assert value(metrics, "srproxy_sid_learned", sid=SID, inner="ip4") == 0
    assert 0 <= value(metrics, "srproxy_sid_learned_age_seconds", sid=SID, inner="ip6") < 600
    assert 0 <= value(metrics, "srproxy_sid_learned_idle_seconds", sid=SID, inner="ip6") < 600
    assert value(metrics, "srproxy_sid_flows", sid="fc00:b:8000::/33") == 0
    assert value(metrics, "srproxy_sid_flows_max", sid="fc00:b:8000::/33") == 16
    documented = dict(re.findall(r"^\| `(srproxy_\w+)` \| (counter|gauge) \|", METRICS_PAGE.read_text(), re.M))
    assert documented == {name: kind for name, (kind, _) in metrics.items()}


def test_metrics_of_flows(bench, tool):
    bench.end_an()
    bench.send(src=[srv6(PATH) / inner6(sport=port) for port in range(1000, 1005)])
    metrics = parsed(tool("metrics").stdout)
    assert value(metrics, "srproxy_sid_flows", sid=SID) == 5
    assert value(metrics, "srproxy_sid_flows_max", sid=SID) == 1024


def test_metrics_in_a_file(bench, tool, tmp_path):
    """Replaced as a whole, or not at all; the namespace is told apart."""
    bench.end_ad()
    file = tmp_path / "srproxy.prom"
    file.write_text("old")
    old = file.open()
    Tool()("-n", bench.node.name, "metrics", file)
    metrics = parsed(file.read_text())
    assert value(metrics, "srproxy_vnf_up", vnf="fw", netns=bench.node.name) == 1
    assert all(labels["netns"] == bench.node.name for _, samples in metrics.values() for labels, _ in samples)
    assert old.read() == "old" and file.stat().st_mode & 0o777 == 0o644
    done = tool("metrics", tmp_path / "no" / "file", check=False)
    assert done.returncode == USAGE and f'cannot write "{tmp_path}/no/file": No such file' in done.stdout
    done = tool("metrics", tmp_path, check=False)
    assert done.returncode == USAGE and "Is a directory" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["srproxy.prom"]
    assert tool("-j metrics", check=False).returncode == USAGE


def test_metrics_without_the_module(bench, tool, module):
    bench.proxy.close()
    module.unload()
    try:
        assert parsed(tool("metrics").stdout) == {"srproxy_module_loaded": ("gauge", [({}, 0)])}
    finally:
        module.load()
        bench.proxy = type(bench.proxy)(bench.node)


# graph


def drawn(dot):
    """{node: (label, color)}, {(from, to): (label, color)} as Graphviz reads them."""
    if not shutil.which("dot"):
        pytest.skip("needs graphviz")
    done = subprocess.run(["dot", "-Tjson"], input=dot, capture_output=True, text=True, check=True)
    graph = json.loads(done.stdout)
    names = {one["_gvid"]: one["name"] for one in graph["objects"]}
    nodes = {one["name"]: (one["label"], one.get("color")) for one in graph["objects"]}
    edges = {(names[one["tail"]], names[one["head"]]): (one.get("label", ""), one.get("color"))
             for one in graph.get("edges", ())}
    return nodes, edges


def test_graph(bench, tool):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    bench.send(src=LOST)
    bench.proxy.vnf("down", dev=ODD, nh6="fd00::1")
    bench.proxy.chain("gold", src="fc00:b::", segs=[SID, LAST])
    bench.proxy.sid(SID2, behavior="End.AS", vnf="down", chain="gold")
    nodes, edges = drawn(tool("graph").stdout)
    nodes, edges = ({plain(key): value for key, value in nodes.items()},
                    {tuple(map(plain, key)): value for key, value in edges.items()})
    odd = f"dev:{ODD}"
    assert nodes == {
        "vnf:fw": ("fw", None), "vnf:down": ("down\\ndown", "red"),
        "dev:to-vnf": ("to-vnf", None), "dev:from-vnf": ("from-vnf", None),
        odd: (ODD.replace("\\", "\\\\").replace("&", "&amp;") + "\\nabsent", "red"),
        "chain:gold": ("chain gold", None),
        f"sid:{SID}": (f"{SID}\\nEnd.AD\\ndrops 1", None), f"sid:{SID2}": (f"{SID2}\\nEnd.AS", None),
        f"segment:{NEXT}": (NEXT, None), f"segment:{LAST}": (LAST, None),
    }
    assert edges == {
        (f"sid:{SID}", "dev:to-vnf"): ("1 packets", None),
        ("dev:to-vnf", "vnf:fw"): ("", None), ("vnf:fw", "dev:from-vnf"): ("", None),
        ("dev:from-vnf", f"segment:{NEXT}"): (f"{SID}\\n0 packets", None),
        ("chain:gold", f"sid:{SID}"): ("", None), (f"sid:{SID}", f"segment:{LAST}"): ("", None),
        (f"sid:{SID2}", odd): ("0 packets", "red"),
        (odd, "vnf:down"): ("", "red"), ("vnf:down", odd): ("", "red"),
        (odd, "chain:gold"): (f"{SID2}\\n0 packets", "red"),
    }


def plain(name):
    return name.replace("&amp;", "&").replace("\\\\", "\\")


def test_graph_as_picture(bench, tool):
    bench.end_ad()
    if not shutil.which("dot"):
        pytest.skip("needs graphviz")
    picture = tool("graph svg").stdout
    assert "<svg" in picture and f"{SID}</text>" in picture and picture.rstrip().endswith("</svg>")


def test_graph_without_graphviz(bench, tool):
    done = tool("graph svg", check=False, env={**os.environ, "PATH": "/nowhere"})
    assert done.returncode == USAGE and "apt-get install graphviz" in done.stdout
