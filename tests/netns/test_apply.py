# SPDX-License-Identifier: GPL-2.0
"""Configuration files and the module together: apply, diff and export.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import json
import re
from pathlib import Path

import pytest
import yaml

from lib.bench import LAST, NEXT, PATH, SID, SID2, SID3
from lib.netns import until
from lib.packet import inner6, srv6
from lib.proxy import Tool
from lib.traffic import Sequence
from lib.vnf import Router
from test_lifecycle import numbered, ports_of
from test_tool import EVERYTHING

DONE, USAGE, REFUSED, NO_MODULE, DIFFERENT = range(5)
NOUNS = ("vnf", "chain", "sid")
# The routing table of a SID that is a route
TABLE = 77


@pytest.fixture
def tool(bench):
    return Tool(bench.node)


@pytest.fixture
def config(tool):
    """config("apply", file): what it prints. A file is its text, or the sections that are in it."""

    def run(command, file, status=DONE):
        text = file if isinstance(file, str) else json.dumps(file)
        done = tool(*command.split(), "-", input=text, check=False)
        assert done.returncode == status, done.stdout
        return done.stdout

    return run


def routes(bench):
    return bench.node.run("ip", "-6", "route", "show", "table", TABLE, check=False).stdout


def test_everything_goes_out_and_comes_back(bench, tool, config):
    """Of every attribute there is. The text is the same, and other programs read the same in it."""
    assert tool("export").stdout == "{}\n" and tool.json("export") == {}
    tool.batch(EVERYTHING + "vnf add alone dev missing exclusive")
    tool.batch(f"sid add fc00:b::13 behavior End.AD vnf fw inner eth hook seg6local fib {TABLE} metric 9")
    before, text, told = bench.proxy.state(), tool("export").stdout, tool.json("export")
    assert yaml.safe_load(text) == told
    assert config("diff", text) == "" and config("diff", told) == ""
    config("apply", text)
    assert bench.proxy.state() == before
    config("apply", "{}")
    assert not any(bench.proxy.show(noun) for noun in NOUNS) and "fc00:b::13" not in routes(bench)
    config("apply", told)
    assert tool("export").stdout == text and "fc00:b::13" in routes(bench)
    sections = json.loads(tool("schema").stdout)["properties"]
    for name, section in sections.items():
        words = {word for one in told[name].values() for word in one}
        assert words == set(section["additionalProperties"]["properties"])


FW = {"dev": "to-vnf", "iif": "from-vnf", "nh6": "fd00:3::2", "nh4": "10.3.0.2"}
BEFORE = {
    "vnfs": {"fw": FW, "old": {"dev": "absent"}},
    "chains": {"gold": {"src": "fc00:b::", "segs": [NEXT]}},
    "sids": {SID: {"behavior": "End.AD", "vnf": "fw"}},
}
AFTER = {
    "vnfs": {"fw": {**FW, "on-down": "bypass", "iif": "to-vnf"}, "nat": {"dev": "dst", "vlan": ["802.1ad:7", 8]}},
    "chains": {"gold": {"src": "fc00:b::", "segs": [NEXT, LAST], "reduced": True}},
    "sids": {SID: {"behavior": "End.AM", "vnf": "fw", "flavors": "psp"}},
}
DIFFERENCE = f"""
~ vnf fw iif: from-vnf -> to-vnf
~ vnf fw on-down: drop -> bypass
+ vnf nat dev dst vlan 802.1ad:7,8
- vnf old
~ chain gold segs: {NEXT} -> {NEXT},{LAST}
~ chain gold reduced: false -> true
~ sid {SID} behavior: End.AD -> End.AM
~ sid {SID} flavors: none -> psp
""".lstrip()
DIFFERENCES = [
    {"change": "replace", "object": "vnf", "name": "fw",
     "values": {"iif": {"is": "from-vnf", "wanted": "to-vnf"}, "on-down": {"is": "drop", "wanted": "bypass"}}},
    {"change": "add", "object": "vnf", "name": "nat", "values": {"dev": "dst", "vlan": ["802.1ad:7", 8]}},
    {"change": "del", "object": "vnf", "name": "old"},
    {"change": "replace", "object": "chain", "name": "gold",
     "values": {"segs": {"is": [NEXT], "wanted": [NEXT, LAST]}, "reduced": {"is": False, "wanted": True}}},
    {"change": "replace", "object": "sid", "addr": SID,
     "values": {"behavior": {"is": "End.AD", "wanted": "End.AM"}, "flavors": {"is": None, "wanted": ["psp"]}}},
]


def test_difference(bench, config):
    config("apply", BEFORE)
    before = bench.proxy.state()
    assert config("diff", AFTER, DIFFERENT) == config("apply --dry-run", AFTER, DIFFERENT) == DIFFERENCE
    assert json.loads(config("-j diff", AFTER, DIFFERENT)) == DIFFERENCES
    assert bench.proxy.state() == before
    config("apply", AFTER)
    assert config("diff", AFTER) == "" and json.loads(config("-j apply --dry-run", AFTER)) == []
    assert bench.proxy.get("vnf", "fw")["iif"] == "to-vnf" and bench.proxy.get("sid", SID)["flavors"] == ["psp"]


def test_what_is_the_same_is_not_touched(bench, config):
    """Learned headers, counters and flows stay, and nobody is told of what has not changed."""
    config("apply", BEFORE)
    bench.teach(srv6(PATH) / inner6())
    stats, (cached,) = bench.proxy.stats(SID), bench.proxy.cache()
    more = {
        "vnfs": {"fw": FW, "other": {"dev": "absent", "nh6": "fd00:2::9"}},
        "chains": {},
        "sids": {**BEFORE["sids"], SID2: {"behavior": "End.AD", "vnf": "other"}},
    }
    with bench.proxy.listen("config") as events:
        config("apply", BEFORE)
        config("apply", more)
        bench.proxy.vnf("last", dev="absent")
        told = [
            (verb, values.get("addr") or values["name"])
            for verb, _, values in events.until(lambda verb, noun, values: values.get("name") == "last")
        ]
    assert told == [("new", "other"), ("new", SID2), ("del", "old"), ("del", "gold"), ("new", "last")]
    assert bench.proxy.stats(SID) == stats and stats["in_packets"] == 1
    assert bench.proxy.cache()[0]["header"] == cached["header"]
    # What changes keeps what it has, too.
    config("apply", {**more, "sids": {SID: {"behavior": "End.AD", "vnf": "fw", "margin": 9}}})
    assert bench.proxy.stats(SID) == stats and bench.proxy.cache()[0]["header"] == cached["header"]


def vnf(dev, iif, *hops):
    return {"dev": dev, "iif": iif, **dict(zip(("nh6", "iif-nh6"), hops))}


def ad(name, **values):
    return {"behavior": "End.AD", "vnf": name, **values}


AB, BA = vnf("a", "b", "fd00::1", "fd00::2"), vnf("b", "a", "fd00::1", "fd00::2")
A, B, C = (vnf(dev, dev, "fd00::1") for dev in "abc")
A4 = {"dev": "a", "nh4": "10.0.0.1"}
# VNFs and SIDs of two configurations, in each other's way: each is to become the other.
MOVES = {
    "a circuit to another SID": (({"x": A}, {SID: ad("x")}), ({"x": A}, {SID2: ad("x")})),
    "a circuit in a row": (
        ({"x": A, "y": B, "z": C}, {SID: ad("x"), SID2: ad("y")}),
        ({"x": A, "y": B, "z": C}, {SID: ad("y"), SID2: ad("z")}),
    ),
    "a type of packet": (
        ({"x": A}, {SID: ad("x"), SID2: ad("x", inner="eth")}),
        ({"x": A}, {SID: ad("x", inner="ip4"), SID2: ad("x", inner=["ip6", "eth"])}),
    ),
    "VNFs of two SIDs": (
        ({"x": A, "y": B}, {SID: ad("x"), SID2: ad("y")}), ({"x": A, "y": B}, {SID: ad("y"), SID2: ad("x")}),
    ),
    "VNFs of three SIDs": (
        ({"x": A, "y": B, "z": C}, {SID: ad("x"), SID2: ad("y"), SID3: ad("z")}),
        ({"x": A, "y": B, "z": C}, {SID: ad("y"), SID2: ad("z"), SID3: ad("x")}),
    ),
    "devices of two VNFs": (
        ({"x": A, "y": B}, {SID: ad("x"), SID2: ad("y")}), ({"x": B, "y": A}, {SID: ad("x"), SID2: ad("y")}),
    ),
    "both sides": (
        ({"x": AB}, {SID: ad("x"), SID2: ad("x", reverse=True)}),
        ({"x": BA}, {SID: ad("x"), SID2: ad("x", reverse=True)}),
    ),
    "next hop": (({"x": A}, {SID: ad("x")}), ({"x": A4}, {SID: ad("x", inner="ip4")})),
    "next hops": (({"x": {"dev": "a"}}, {SID: ad("x", inner="eth")}), ({"x": A}, {SID: ad("x", inner=["ip", "eth"])})),
    "next hops of both sides": (
        ({"x": {**A4, "iif": "b"}}, {SID: ad("x", inner="ip4")}),
        ({"x": {"dev": "a", "iif": "b", "iif-nh4": "10.0.0.1"}}, {SID: ad("x", inner="ip4", reverse=True)}),
    ),
    "reverse": (({"x": AB}, {SID: ad("x", reverse=True)}), ({"x": A}, {SID: ad("x")})),
    "name": (({"x": A}, {SID: ad("x")}), ({"y": A}, {SID: ad("y")})),
    "chain": (
        ({"x": A}, {SID: ad("x")}, {}),
        ({"x": A}, {SID: {"behavior": "End.AS", "vnf": "x", "chain": "c"}}, {"c": {"src": NEXT, "segs": LAST}}),
    ),
    "prefix": (({"x": A}, {"fc00:b:8000::/33": ad("x")}), ({"x": A}, {"fc00:b:8000::/34": ad("x")})),
    "route": (
        ({"x": A}, {SID: ad("x", hook="seg6local", fib=TABLE), SID2: ad("x", inner="eth")}),
        ({"x": A}, {SID: ad("x", inner="eth"), SID2: ad("x", hook="local", metric=5)}),
    ),
}


@pytest.mark.parametrize("what", MOVES)
def test_order(bench, config, what):
    """Whatever is in the way of each other: both ways, and nothing is deleted that stays."""
    files = [dict(zip(("vnfs", "sids", "chains"), sections)) for sections in MOVES[what]]
    config("apply", files[0])
    for before, after in ((0, 1), (1, 0)):
        with bench.proxy.listen("config") as events:
            config("apply", files[after])
            bench.proxy.vnf("end", dev="absent")
            gone = {
                values.get("addr") or values["name"]
                for verb, _, values in events.until(lambda verb, noun, values: values.get("name") == "end")
                if verb == "del"
            }
        bench.proxy.delete("vnf", "end")
        assert config("diff", files[after]) == "" and bench.proxy.info()["sids"] == len(files[after]["sids"])
        names = [{name.partition("/")[0] for section in files[n].values() for name in section} for n in (before, after)]
        assert gone == names[0] - names[1]
    config("apply", {})
    assert bench.proxy.info()["sids"] == 0


@pytest.mark.parametrize("what", ("the last SID", "a route"))
def test_all_or_nothing(bench, tool, tmp_path, what):
    """What the kernel refuses has a place in the file, and nothing has changed."""
    path, file = tmp_path / "srproxy.yaml", dict(AFTER)
    tool("apply -", input=json.dumps(BEFORE))
    bench.teach(srv6(PATH) / inner6())
    before, cached = bench.proxy.state(), bench.proxy.cache()
    if what == "a route":
        # The table has another one of this prefix and metric.
        bench.node.ip(f"route add {SID3} dev dst table {TABLE} metric 5")
        bad, fault = ad("nat", inner="eth", hook="seg6local", fib=TABLE, metric=5), SID3
    else:
        bad, fault = ad("nat", inner="eth"), bench.ip6("src", 1)
    file["sids"] = {**file["sids"], fault: bad}
    path.write_text(yaml.safe_dump(file, sort_keys=False))
    line = path.read_text().splitlines().index(f"  {fault}:") + 1
    done = tool("apply", path, check=False)
    if what == "a route":
        bench.node.ip(f"route del {SID3} dev dst table {TABLE} metric 5")
    assert done.returncode == REFUSED and f"{path}:{line}: sid {fault}: " in done.stdout
    assert bench.proxy.state() == before
    if what != "a route":  # which is refused by another part of the kernel, when the SID has become another one
        assert [entry["header"] for entry in bench.proxy.cache()] == [entry["header"] for entry in cached]


def test_files_and_directories(bench, tool, tmp_path):
    """Read together, in the order of their names; what stands twice is named with both places."""
    folder = tmp_path / "srproxy.d"
    folder.mkdir()
    (folder / "10-sids.yaml").write_text(f"sids: {{{SID}: {{behavior: End.AD, vnf: fw}}}}\n")
    (folder / "20-vnfs.json").write_text(json.dumps({"vnfs": {"fw": FW}}))
    (folder / ".hidden.yaml").write_text("nonsense")
    (folder / "notes.txt").write_text("nonsense")
    tool("apply", folder)
    assert [sid["addr"] for sid in bench.proxy.show("sid")] == [SID]
    tool("diff", folder / "20-vnfs.json", folder / "10-sids.yaml")
    (folder / "30-more.yml").write_text("\nvnfs:\n  nat: {dev: x}\n  fw: {dev: x}\n")
    before = bench.proxy.state()
    done = tool("apply", folder, check=False)
    assert done.returncode == USAGE
    assert f"{folder}/30-more.yml:4: vnfs.fw: is in {folder}/20-vnfs.json:1 already" in done.stdout
    assert bench.proxy.state() == before


def test_many(bench, config, tool):
    """As many as a transaction of several messages has."""
    count = 3000
    file = {
        "vnfs": {f"vnf{n}": {"dev": f"dev{n}", "nh6": "fd00::1"} for n in range(count)},
        "sids": {f"fc00:b::1:{n:x}": ad(f"vnf{n}") for n in range(count)},
    }
    config("apply", file)
    assert bench.proxy.info()["sids"] == count and config("diff", file) == ""
    text = tool("export").stdout
    config("apply", "{}")
    assert bench.proxy.info()["vnfs"] == 0
    config("apply", text)
    assert tool("export").stdout == text


def test_readme(bench, config):
    """Its example, word for word, and the mistake in it."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    (example,) = re.findall(r"^## Declarative$.*?^```yaml\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert config("diff", example, DIFFERENT).count("+ ") == 5
    config("apply", example)
    assert config("diff", example) == ""
    said = config("apply", example.replace("vnf: fw}", "vnf: fww}"), USAGE)
    assert said.replace(" -:", " srproxy.yaml:") in readme


ROUNDS = 4


def test_changes_under_load_lose_no_packet(bench, config):
    """A stream from SID to next segment, while the chain, the VNF and others become other ones.

    The VNF is one of two namespaces that return on one device: what is under way in the one when the other
    takes over comes back, too.
    """
    routers = [Router(bench.node, n) for n in (1, 2)]
    bench.node.ip("link add back type bridge\nlink set back up")
    for router in routers:
        bench.node.ip(f"link set from-{router.n} master back")
    try:
        loaded(bench, config, routers)
    finally:
        bench.node.ip("link del back")
        for router in routers:
            router.close()


def loaded(bench, config, routers):
    quiet = {"vnfs": {"quiet": FW}, "sids": {SID2: ad("quiet")}}

    def file(n):
        to = f"to-{routers[n].n}"
        changing = {"dev": to, "iif": "back", "nh6": routers[n].ip6(to, 2)}
        extra = {"extra": {"dev": "absent", "nh6": "fd00:2::9"}} if n else {}
        return {
            "vnfs": {**quiet["vnfs"], "fw": changing, **extra},
            "chains": {"chain": {"src": "fc00:b::", "segs": [LAST if n else NEXT]}},
            "sids": {
                **quiet["sids"], SID: {"behavior": "End.AS", "vnf": "fw", "chain": "chain"},
                **({SID3: ad("extra")} if n else {}),
            },
        }

    config("apply", file(0))
    bench.teach(srv6([SID2, NEXT, LAST]) / inner6())
    stats, (cached,) = bench.proxy.stats(SID2), bench.proxy.cache()
    packets = numbered()
    changes, ends = 0, set()
    for _ in range(ROUNDS):
        with Sequence(bench.src, [srv6([SID, NEXT]) / packet for packet in packets]) as sender:
            while sender.running():
                changes += 1
                config("apply", file(changes % 2))
            sender.wait()
        until(lambda: bench.proxy.stats(SID)["out_packets"] == bench.proxy.stats(SID)["in_packets"], "all is back")
        arrived = bench.arrived()
        assert set(arrived) == {"dst"}
        assert sorted(ports_of(arrived["dst"], 40)) == [packet.sport for packet in packets]
        ends |= {bytes(frame[24:40]) for frame in arrived["dst"]}
    assert changes >= ROUNDS and len(ends) == 2, "no packet has met a change"
    assert bench.drops(SID) == {} and bench.proxy.stats(SID)["out_packets"] == ROUNDS * len(packets)
    assert bench.proxy.stats(SID2) == stats and bench.proxy.cache()[0]["header"] == cached["header"]
