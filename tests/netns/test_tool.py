# SPDX-License-Identifier: GPL-2.0
"""srproxyctl and the module together: what goes in comes out, in text, in JSON, and in exit statuses.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import json
import os
import select
import subprocess
import time

import pytest

from lib import uapi
from lib.bench import LAST, NEXT, PATH, SID, SID2
from lib.netns import in_child, run, until
from lib.packet import inner4, inner6, srv6
from lib.proxy import Tool, vlans, with_defaults
from test_netlink import become_nobody

DONE, USAGE, REFUSED, NO_MODULE = range(4)

CONFIG = f"""
    vnf add fw dev to-vnf iif from-vnf nh6 fd00:3::2 nh4 10.3.0.2
    vnf add l2 dev src lladdr 02:00:00:00:00:07 on-down bypass
    chain add gold src fc00:b:: segs {NEXT},{LAST} hop-limit 9 reduced table 77
    chain add tin src fc00:b:: segs {NEXT}
    sid add {SID} behavior End.AD vnf fw ageing 60 margin 4 table 5
    sid add {SID2} behavior end.as inner ip4 vnf l2 chain gold
"""
# Every attribute that there is
EVERYTHING = CONFIG + f"""
    vnf add tagged dev dst vlan 802.1ad:300,30 iif src iif-vlan 0x8100:7 lladdr 02:00:00:00:00:08 \
        iif-lladdr 02:00:00:00:00:09
    vnf add sides dev absent iif missing nh4 10.9.0.1 nh6 fd00:9::1 iif-nh4 10.9.0.2 iif-nh6 fd00:9::2
    vnf add aware dev other nh6 fd00:9::1 handover never
    chain add steel src fc00:b:: segs {NEXT} tag 7 hmac 9 dscp 46
    sid add fc00:b::10 behavior End.AM flavors psp,cache flows 64 inner ip6 vnf tagged hmac 3 require-hmac table 9
    sid add fcbb:bb00:f1::/48 behavior End.AD flavors next-csid lblen 32 inner ip,eth vnf sides ttl-mode uniform \
        dscp-mode pipe
    sid add fc00:b::11 behavior End.AS inner eth vnf tagged chain steel dscp-mode uniform
    sid add fc00:b::12 behavior End.AS flavors last inner ip4,eth vnf sides reverse table 50
    sid add fc00:b:8000::/33 behavior End.AN permit insert-any flows 65536 vnf aware
""".replace("\\\n", "")


@pytest.fixture
def tool(bench):
    return Tool(bench.node)


def test_configuration_arrives(bench, tool):
    tool.batch(CONFIG)
    proxy = bench.proxy
    vnf = {"dev": "to-vnf", "iif": "from-vnf", "nh6": "fd00:3::2", "nh4": "10.3.0.2", "on_down": "drop"}
    assert vnf.items() <= proxy.get("vnf", "fw").items()
    assert {"lladdr": "02:00:00:00:00:07", "on_down": "bypass"}.items() <= proxy.get("vnf", "l2").items()
    assert proxy.get("chain", "gold") == with_defaults(
        "chain", name="gold", src="fc00:b::", segs=[NEXT, LAST], hop_limit=9, reduced=1, table=77, sids=1
    )
    assert proxy.get("sid", SID) == with_defaults(
        "sid", addr=SID, behavior="End.AD", inner="ip", vnf="fw", ageing=60, margin=4, table=5
    )
    assert proxy.get("sid", SID2) == with_defaults(
        "sid", addr=SID2, behavior="End.AS", inner="ip4", vnf="l2", chain="gold"
    )


def test_every_attribute_arrives(bench, tool):
    tool.batch(EVERYTHING)
    proxy = bench.proxy
    tagged = {
        "dev": "dst", "vlan": vlans("802.1ad:300,30"), "iif": "src", "iif_vlan": vlans("7"),
        "lladdr": "02:00:00:00:00:08", "iif_lladdr": "02:00:00:00:00:09",
    }
    assert tagged.items() <= proxy.get("vnf", "tagged").items()
    sides = {"nh4": "10.9.0.1", "nh6": "fd00:9::1", "iif_nh4": "10.9.0.2", "iif_nh6": "fd00:9::2"}
    assert sides.items() <= proxy.get("vnf", "sides").items()
    assert proxy.get("vnf", "aware")["handover"] == "never"
    assert {"tag": 7, "hmac": 9, "dscp": 46}.items() <= proxy.get("chain", "steel").items()
    sids = (
        {"addr": "fc00:b::10", "behavior": "End.AM", "flavors": ["psp", "cache"], "flows": 64, "inner": "ip6",
         "hmac": 3, "require_hmac": 1, "table": 9},
        {"addr": "fcbb:bb00:f1::", "prefix_len": 48, "behavior": "End.AD", "flavors": ["next-csid"], "lblen": 32,
         "inner": "ip,eth", "ttl_mode": "uniform", "dscp_mode": "pipe"},
        {"addr": "fc00:b::11", "behavior": "End.AS", "inner": "eth", "chain": "steel", "dscp_mode": "uniform"},
        {"addr": "fc00:b::12", "behavior": "End.AS", "flavors": ["last"], "inner": "ip4,eth", "reverse": 1,
         "table": 50},
        {"addr": "fc00:b:8000::", "prefix_len": 33, "behavior": "End.AN", "permit": "insert-any", "flows": 65536},
    )
    for sid in sids:
        assert sid.items() <= proxy.get("sid", sid["addr"]).items()
    assert tool.json("sid get fcbb:bb00:f1::/48") == [proxy.get("sid", "fcbb:bb00:f1::")]
    tool("sid del fcbb:bb00:f1::/48")
    assert "fcbb:bb00:f1::" not in {sid["addr"] for sid in proxy.show("sid")}


def test_verbs(bench, tool):
    tool("vnf add fw dev to-vnf nh6 fd00:3::2")
    tool("vnf change fw iif from-vnf")
    assert bench.proxy.get("vnf", "fw")["nh6"] == "fd00:3::2"
    tool("vnf replace fw dev dst")
    assert "nh6" not in bench.proxy.get("vnf", "fw")
    tool("vnf del fw")
    assert bench.proxy.show("vnf") == []
    tool.batch(CONFIG)
    tool("sid flush")
    tool("chain flush")
    tool("vnf flush")
    assert bench.proxy.info()["vnfs"] == bench.proxy.info()["chains"] == bench.proxy.info()["sids"] == 0


def test_json_is_what_the_kernel_says(bench, tool):
    tool.batch(EVERYTHING)
    for noun in ("vnf", "chain", "sid", "circuit"):
        shown, told = tool.json(noun, "show"), bench.proxy.show(noun)
        for one in shown:
            one.pop("absent", None)
        assert shown == told
    assert tool.json("sid get", SID) == [bench.proxy.get("sid", SID)]
    assert tool.json("sid show", SID) == [bench.proxy.get("sid", SID)]
    assert "\n" in tool("-j -p vnf show").stdout.strip()


def test_statistics(bench, tool):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    bench.send(src=srv6([NEXT, SID], 1) / inner6(), from_vnf=[inner6(), inner4()])
    (sid,) = tool.json("-s", "sid show")
    assert sid["stats"] == bench.proxy.get("sid", SID, stats=True)["stats"]
    assert {"in_packets": 1, "out_packets": 1}.items() <= sid["stats"].items()
    assert set(sid["stats"]["drops"]) == set(uapi.DROPS)
    assert {name: n for name, n in sid["stats"]["drops"].items() if n} == {"sl_zero": 1, "not_learned": 1}
    assert "stats" not in tool.json("sid show")[0]
    text = tool("-s sid show").stdout
    assert "sl_zero 1" in text and "not_learned 1" in text and "no_srh" not in text
    assert tool.json("stats show")[0]["stats"] == sid["stats"]


def test_cache(bench, tool):
    bench.end_ad(ageing=3600)
    bench.teach(srv6(PATH, tag=0xBEEF, hlim=33) / inner6())
    (entry,) = tool.json("cache show")
    known = {
        "sid": SID, "inner": "ip6", "src": "fc00:a::1", "dst": NEXT, "hop_limit": 33, "segments_left": 1,
        "segs": PATH, "tag": 0xBEEF, "expired": False,
    }
    assert known.items() <= entry.items()
    assert entry["age_ms"] >= 0 and entry["idle_ms"] >= 0
    assert bytes.fromhex(entry["header"]) == bench.proxy.cache()[0]["header"]
    assert NEXT in tool("cache show").stdout
    assert tool.json("cache show sid", SID)[0]["sid"] == SID
    tool("cache flush sid", SID)
    assert tool.json("cache show") == []


@pytest.mark.parametrize("noun", ("vnf", "chain", "sid"))
def test_what_is_shown_can_be_fed_back(bench, tool, noun):
    tool.batch(EVERYTHING)
    before = bench.proxy.show(noun)
    lines = tool(noun, "show").stdout.splitlines()
    tool.batch("\n".join(f"{noun} replace {line}" for line in lines))
    assert bench.proxy.show(noun) == before


# Exit statuses and sentences: command, status, what is said

COMPLAINTS = (
    ("vnf add fw dev to-vnf", REFUSED, "exists already"),
    ("vnf del fw", REFUSED, f"in use by SID {SID}"),
    ("chain del gold", REFUSED, f"in use by SID {SID2}"),
    ("sid add fc00:b::f9 behavior End.AD vnf fw", REFUSED, SID),
    ("sid add fc00:b::f9 behavior End.AD vnf nobody", REFUSED, "nobody"),
    ("sid add fc00:b::f9 behavior End.AS vnf fw", REFUSED, "chain"),
    ("sid get fc00:b::f9", REFUSED, "does not exist"),
    ("vnf change nobody dev x", REFUSED, "does not exist"),
    ("sid add fc00:b::f9 behavior End.XX vnf fw", USAGE, "End.XX"),
    ("sid add fc00:b::f9 behavior End.AD vnf fw margin 256", USAGE, "256"),
    ("sid add 10.0.0.1 behavior End.AD vnf fw", USAGE, "10.0.0.1"),
    ("chain add x src fc00:b:: segs fc00:c::1,,fc00:c::2", USAGE, "empty"),
    ("vnf add x dev to-vnf lladdr 02:00:00:00:00", USAGE, "MAC"),
    ("vnf add x dev averyveryverylongname nh6 fd00::1", USAGE, "device name"),
    ("vnf add x dev to-vnf dev to-vnf", USAGE, "dev"),
    ("bogus show", USAGE, "bogus"),
    ("vnf frobnicate", USAGE, "frobnicate"),
    ("-n no-such-netns vnf show", USAGE, "no-such-netns"),
)


@pytest.mark.parametrize("command, status, said", COMPLAINTS)
def test_complaints(bench, tool, command, status, said):
    tool.batch(CONFIG)
    before = bench.proxy.state()
    done = tool(command, check=False)
    assert done.returncode == status and said in done.stdout
    assert bench.proxy.state() == before


def test_attribute_at_fault_is_named(bench, tool):
    tool.batch(CONFIG)
    assert "attribute vnf" in tool("sid add fc00:b::f9 behavior End.AD vnf nobody", check=False).stdout


def test_netns_option(bench):
    bench.end_ad()
    elsewhere = Tool()
    assert [vnf["name"] for vnf in elsewhere.json("-n", bench.node.name, "vnf show")] == ["fw"]
    assert [vnf["name"] for vnf in elsewhere.json("-n", bench.node.path, "vnf show")] == ["fw"]


def test_batch_stops_at_the_first_error(bench, tool):
    lines = "vnf add a dev a\n# a comment\n\nvnf add a dev a\nvnf add b dev b\n"
    done = tool("-b -", input=lines, check=False)
    assert done.returncode == REFUSED and ":4:" in done.stdout
    assert [vnf["name"] for vnf in bench.proxy.show("vnf")] == ["a"]
    assert tool("-f -b -", input=lines, check=False).returncode != DONE
    assert [vnf["name"] for vnf in bench.proxy.show("vnf")] == ["a", "b"]


@pytest.mark.parametrize("bad", ("vnf add vnf0 dev x", "vnf del vnf0 dev", "vnf del nobody", "sid del fc00::9"))
@pytest.mark.parametrize("place", (1, 2, 32, 33, 34, 150))
def test_whatever_the_place_of_an_error(bench, tool, place, bad):
    """Lines go to the kernel in groups; it is to be as if they did not."""
    lines = [f"vnf add vnf{n} dev dev{n} nh6 fd00::1" for n in range(150)]
    lines.insert(place, bad)
    noun, _, key, *_ = bad.split()
    done = tool("-b -", input="\n".join(lines), check=False)
    assert done.returncode in (USAGE, REFUSED) and len(done.stdout.splitlines()) == 1
    assert done.stdout.startswith(f"srproxyctl: -:{place + 1}: {noun} {key}: ")
    assert {vnf["name"] for vnf in bench.proxy.show("vnf")} == {f"vnf{n}" for n in range(place)}
    bench.proxy.flush("vnf")
    atomic = tool("-a -b -", input="\n".join(lines), check=False)
    assert (atomic.stdout, atomic.returncode) == (done.stdout, done.returncode) and bench.proxy.show("vnf") == []
    lines.append(lines[0])
    done = tool("-f -b -", input="\n".join(lines), check=False)
    assert [line.split(":")[2] for line in done.stdout.splitlines()] == [str(place + 1), "152"]
    assert bench.proxy.info()["vnfs"] == 150


def test_atomic(bench, tool):
    """All of it at once, what builds on what stands before included; or the sentence of the line at fault."""
    tool("-b -", input=EVERYTHING)
    before = bench.proxy.state()
    with bench.proxy.listen("config") as events:
        for refused, said in {
            "sid add fc00:b::99 behavior End.AD vnf nobody": "no VNF named nobody (attribute vnf)",
            "vnf flush": "in use by SID",
            "chain change gold src ff02::1": "src ff02::1 is not a routable unicast address (attribute src)",
            "sid add fc00:b::98 behavior End.AD vnf fw": f"SID {SID} has from-vnf's ip4 (attribute vnf)",
        }.items():
            lines = f"sid flush\nvnf flush\nchain flush\n{EVERYTHING}{refused}\n"
            done = tool("-a -b -", input=lines, check=False)
            assert done.returncode == REFUSED and said in done.stdout
            assert done.stdout.startswith(f"srproxyctl: -:{lines.count(chr(10))}: ")
            assert bench.proxy.state() == before
        bench.proxy.chain("last", src="fc00:b::", segs=[NEXT])
        ((_, _, values),) = events.until(lambda verb, noun, values: True)
        assert values["name"] == "last"
    tool("-a -b -", input=f"sid flush\nvnf flush\nchain flush\n{EVERYTHING}")
    assert bench.proxy.state() == before


def test_atomic_is_of_any_size(bench, tool):
    """Beyond what a socket's buffer has room for by itself."""
    segs = ",".join(f"fc00:c::{n:x}" for n in range(1, 128))
    lines = "\n".join(f"chain add chain{n} src fc00:b:: segs {segs}" for n in range(400))
    tool("-a -b -", input=lines)
    assert bench.proxy.info()["chains"] == 400
    assert "-:401: " in tool("-a -b -", input=f"chain flush\n{lines}\n".replace("chain399", "chain0"),
                              check=False).stdout
    assert bench.proxy.info()["chains"] == 400


def test_batch_of_the_longest_commands(bench, tool):
    """What goes to the kernel at once has room in the buffers, and so do its refusals."""
    segs = ",".join(f"fc00:c::{n:x}" for n in range(1, 128))
    lines = "\n".join(f"chain add chain{n} src fc00:b:: segs {segs}" for n in range(130))
    tool.batch(lines)
    assert bench.proxy.info()["chains"] == 130
    done = tool("-f -b -", input=lines, check=False)
    assert [line.split(":")[2] for line in done.stdout.splitlines()] == [str(n + 1) for n in range(130)]


def test_batch_shows_what_stands_before(bench, tool):
    shown = tool.batch("""
        vnf add a dev a
        vnf show
        vnf add b dev b
        sid add fc00:b::1 behavior End.AD inner eth vnf a
        sid change fc00:b::1 vnf b
        vnf del a
        sid show
    """).stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["a", "fc00:b::1"] and "vnf b" in shown[1]


def test_batch_does_not_wait_for_more(bench, tool):
    """What was said is done before it waits for the next line."""
    with bench.node:
        batch = subprocess.Popen([tool.path, "-b", "-"], stdin=subprocess.PIPE)
    for count in (1, 2):
        batch.stdin.write(f"vnf add vnf{count} dev x\n".encode())
        batch.stdin.flush()
        until(lambda: bench.proxy.info()["vnfs"] == count, "what the line says")
    batch.stdin.close()
    assert batch.wait(20) == DONE


def test_batch_file(bench, tool, tmp_path):
    file = tmp_path / "config"
    file.write_text(CONFIG)
    tool("-b", file)
    assert bench.proxy.info()["sids"] == 2


def test_many(bench, tool):
    tool.batch("\n".join(f"vnf add vnf{n} dev dev{n} nh6 fd00::1" for n in range(300)))
    assert len(tool("vnf show").stdout.splitlines()) == len(tool.json("vnf show")) == 300


def test_monitor(bench, tool):
    """As JSON, one event a line."""
    with bench.node:
        monitor = subprocess.Popen([tool.path, "-j", "monitor"], stdout=subprocess.PIPE)
    try:
        end = time.monotonic() + 20
        while not select.select([monitor.stdout], [], [], 0.1)[0]:  # until it listens
            assert time.monotonic() < end, "monitor says nothing"
            bench.proxy.chain("probe", src="fc00:b::", segs=[NEXT])
            bench.proxy.delete("chain", "probe")
        bench.end_ad()
        bench.teach(srv6(PATH, tag=1) / inner6())
        bench.proxy.flush("cache")
        bench.proxy.flush()
        events = []
        while not events or (events[-1]["event"], events[-1].get("name")) != ("del", "fw"):
            events.append(json.loads(monitor.stdout.readline()))
    finally:
        monitor.terminate()
        monitor.wait()
    seen = [(event["event"], event["object"]) for event in events if event.get("name") != "probe"]
    assert seen == [
        ("new", "vnf"), ("new", "sid"), ("new", "cache"), ("del", "cache"), ("del", "sid"), ("del", "vnf"),
    ]


def test_version(bench, tool):
    version = tool.json("version")
    assert version["module"]["version"] == version["version"] == bench.proxy.info()["version"]


def test_nobody(bench, tool):
    """As an ordinary user: refused by the kernel, in words."""

    def child():
        become_nobody()
        done = subprocess.run([tool.path, "vnf", "show"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    status, said = in_child(child, bench.node)
    assert status == REFUSED and "not permitted" in said


def test_module_is_described():
    """Loaded on demand by its family's name; nothing about it is unclear."""
    info = run("modinfo", os.environ["SRPROXY_KO"]).stdout
    assert "net-pf-16-proto-16-family-srproxy" in info
    assert "license:        GPL" in info


def test_without_the_module(bench, tool, module):
    bench.proxy.close()
    module.unload()
    try:
        done = tool("vnf show", check=False)
        assert done.returncode == NO_MODULE and "modprobe" in done.stdout
    finally:
        module.load()
        bench.proxy = type(bench.proxy)(bench.node)
