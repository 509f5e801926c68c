# SPDX-License-Identifier: GPL-2.0
"""Devices, namespaces, objects and the module itself may go at any moment, traffic or not.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import pytest

from lib.bench import LAST, NEXT, PATH, SID, SID2, Bench
from lib.netns import Netns, until
from lib.packet import AUTO, Frame, hop, inner, inner4, inner6, srv6
from lib.proxy import Proxy
from lib.traffic import Flood, Sequence


@pytest.fixture
def bench(module):
    """A bench of its own for each test, as they leave little of it."""
    bench = Bench()
    yield bench
    bench.close()


PUSHED = srv6(PATH, 1, hlim=63, fl=AUTO)


def vnf_is(bench, state, name="fw"):
    until(lambda: bench.proxy.get("vnf", name)["state"] == state, f"{name} is {state}")


def works(bench):
    """Both ways, both families."""
    for packet in (inner6(), inner4()):
        assert bench.send(src=srv6(PATH) / packet) == dict(to_vnf=[packet])
        assert bench.send(from_vnf=packet) == dict(dst=[PUSHED / hop(packet)])


def down(bench):
    """Neither reaches nor hurts anybody."""
    bench.silent |= {"to_vnf", "from_vnf"}
    before = bench.drops(SID).get("vnf_down", 0)
    assert bench.send(src=srv6(PATH) / inner6()) == {}
    assert bench.drops(SID)["vnf_down"] == before + 1
    bench.silent -= {"to_vnf", "from_vnf"}


LINKS = ("to_vnf", "from_vnf")


# Devices


@pytest.mark.parametrize("key", LINKS)
def test_device_deleted_and_made_again(bench, key):
    bench.end_ad()
    works(bench)
    bench.node.ip(f"link del {bench.device(key)}")
    vnf_is(bench, "down")
    assert 0 in (bench.proxy.get("vnf", "fw")[index] for index in ("dev_ifindex", "iif_ifindex"))
    down(bench)
    bench.make_link(key)
    vnf_is(bench, "up")
    works(bench)


def test_learned_header_outlives_the_device(bench):
    bench.end_ad()
    bench.teach(srv6(PATH, tag=9) / inner6())
    bench.node.ip("link del from-vnf")
    bench.make_link("from_vnf")
    vnf_is(bench, "up")
    want = srv6(PATH, 1, hlim=63, fl=AUTO, tag=9) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])


def test_device_of_the_next_hop_deleted(bench):
    """The cached route goes with it; a new one is found when there is one."""
    bench.end_ad()
    works(bench)
    bench.node.ip("link del dst")
    bench.silent.add("dst")
    bench.silent.add("src")  # whose fence comes in by dst
    bench.src.send(srv6(PATH) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(to_vnf=[inner6()])
    assert bench.drops(SID) == {"no_route": 1}
    bench.make_link("dst")
    bench.silent -= {"dst", "src"}
    bench.arrived()
    bench.node.ip(f"route add fc00:c::/32 via {bench.ip6('dst', 2)}")
    works(bench)


@pytest.mark.parametrize("key", LINKS)
def test_device_renamed_and_back(bench, key):
    """The name is what counts."""
    bench.end_ad()
    name = bench.device(key)
    bench.node.ip(f"link set {name} down\nlink set {name} name other")
    vnf_is(bench, "down")
    bench.node.ip("link set other up")
    down(bench)
    bench.node.ip(f"link set other down\nlink set other name {name}\nlink set {name} up")
    bench.set_up_link(key, new=False)
    vnf_is(bench, "up")
    works(bench)


def test_another_device_takes_the_name(bench):
    bench.end_ad(inner="ip6")
    bench.teach(srv6(PATH) / inner6())
    bench.node.ip("""
        link set from-vnf down
        link set from-vnf name old
        link add from-vnf type dummy
        link set from-vnf up
        link set old up
    """)
    vnf_is(bench, "up")
    assert bench.proxy.get("vnf", "fw")["iif_ifindex"] == bench.node.ifindex("from-vnf")
    # What comes by the old one is no longer from the VNF, but plain routed.
    bench.silent.add("from_vnf")
    assert bench.send(from_vnf=inner6()) == dict(dst=[hop(inner6())])
    bench.silent.discard("from_vnf")
    bench.node.ip("link del from-vnf\nlink set old down\nlink set old name from-vnf\nlink set from-vnf up")
    bench.set_up_link("from_vnf", new=False)
    vnf_is(bench, "up")
    assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])


@pytest.mark.parametrize("key", LINKS)
def test_device_moved_to_another_namespace_and_back(bench, key):
    bench.end_ad()
    name, elsewhere = bench.device(key), Netns("elsewhere")
    bench.node.ip(f"link set {name} netns {elsewhere.name}")
    vnf_is(bench, "down")
    down(bench)
    elsewhere.ip(f"link set {name} netns {bench.node.name}")
    bench.node.ip(f"link set {name} up")
    bench.set_up_link(key)
    vnf_is(bench, "up")
    works(bench)
    elsewhere.close()


def test_configured_before_the_devices_are_there(bench):
    bench.node.ip("link del to-vnf\nlink del from-vnf")
    bench.end_ad()
    vnf_is(bench, "down")
    down(bench)
    for key in LINKS:
        bench.make_link(key)
    vnf_is(bench, "up")
    works(bench)


def test_alternative_name_is_no_name(bench):
    """A VNF by an alternative name would lose its device without notice."""
    bench.node.ip("link property add dev src altname also-src")
    bench.proxy.vnf("alt", dev="also-src", nh6="fd00:1::2")
    vnf = bench.proxy.get("vnf", "alt")
    assert (vnf["state"], vnf["dev_ifindex"]) == ("down", 0)
    bench.node.ip("link property del dev src altname also-src")


def test_vlan_goes_with_its_device(bench):
    bench.node.ip("""
        link add link to-vnf name vlan type vlan id 5
        link set vlan up
    """)
    bench.proxy.vnf("fw", dev="vlan", nh6="fd00:3::2")
    bench.proxy.sid(SID)
    vnf_is(bench, "up")
    bench.world.ip("link set to-vnf down")
    vnf_is(bench, "down")
    bench.world.ip("link set to-vnf up")
    vnf_is(bench, "up")
    bench.node.ip("link del to-vnf")
    vnf_is(bench, "down")
    bench.make_link("to_vnf")


# Under traffic. A storm is packets both ways, to the SID and from the VNF.


def storm(bench):
    return Flood([
        (bench.src, srv6(PATH) / inner6()), (bench.from_vnf, inner6()), (bench.src, srv6(PATH, tag=5) / inner4()),
        (bench.from_vnf, inner4()), (bench.src, srv6([SID2, NEXT]) / inner6()),
    ])


ROUNDS = 10


def after_the_storm(bench):
    bench.silent.clear()
    bench.reset()
    bench.end_ad()
    works(bench)


def test_objects_come_and_go_under_traffic(bench):
    with storm(bench):
        for n in range(ROUNDS):
            bench.end_ad()
            bench.proxy.change("sid", addr=SID, margin=n)
            bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
            bench.proxy.change("sid", addr=SID, behavior="End.AS", chain="gold")
            bench.proxy.change("vnf", name="fw", iif="to-vnf")
            bench.proxy.replace("vnf", name="fw", dev="to-vnf", iif="from-vnf", lladdr="02:00:00:00:00:01")
            bench.proxy.flush("cache")
            bench.proxy.change("sid", addr=SID, behavior="End.AD")
            bench.proxy.delete("sid", SID)
            bench.proxy.delete("vnf", "fw")
            bench.proxy.delete("chain", "gold")
    after_the_storm(bench)


def test_devices_go_down_and_up_under_traffic(bench):
    bench.end_ad()
    with storm(bench):
        for _ in range(ROUNDS):
            for ns in (bench.node, bench.world):
                for key in LINKS:
                    ns.ip(f"link set {bench.device(key)} down\nlink set {bench.device(key)} up")
    for key in LINKS:
        bench.set_up_link(key, new=False)
    vnf_is(bench, "up")
    after_the_storm(bench)


@pytest.mark.parametrize("key", LINKS)
def test_device_deleted_under_traffic(bench, key):
    bench.end_ad()
    for _ in range(3):
        with storm(bench):
            bench.node.ip(f"link del {bench.device(key)}")
            vnf_is(bench, "down")
        bench.make_link(key)
        vnf_is(bench, "up")
    after_the_storm(bench)


def test_device_renamed_under_traffic(bench):
    bench.end_ad()
    with storm(bench):
        for _ in range(ROUNDS):
            for old, new in (("from-vnf", "other"), ("other", "from-vnf")):
                bench.node.ip(f"link set {old} down\nlink set {old} name {new}\nlink set {new} up")
    bench.set_up_link("from_vnf", new=False)
    after_the_storm(bench)


def test_device_moves_away_under_traffic(bench):
    bench.end_ad()
    elsewhere = Netns("elsewhere")
    with storm(bench):
        for _ in range(ROUNDS):
            bench.node.ip(f"link set from-vnf netns {elsewhere.name}")
            elsewhere.ip(f"link set from-vnf netns {bench.node.name}")
            bench.node.ip("link set from-vnf up")
    bench.set_up_link("from_vnf")
    elsewhere.close()
    after_the_storm(bench)


def test_routes_change_under_traffic(bench):
    bench.end_ad()
    with storm(bench):
        for _ in range(ROUNDS):
            bench.node.ip(f"route add fc00:c::1/128 via {bench.ip6('src', 2)}\nroute del fc00:c::1/128")
    after_the_storm(bench)


def gone(bench):
    """Its devices are: the world's ends went with them."""
    def check():
        with bench.world, open("/proc/net/dev") as file:
            return "to-vnf" not in file.read()

    until(check, "the namespace is deleted")


@pytest.mark.parametrize("behavior", ("End.AD", "End.AS"))
def test_namespace_deleted(module, behavior):
    bench = Bench()
    bench.end_ad() if behavior == "End.AD" else bench.end_as()
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.close()
    bench.node.close()
    gone(bench)
    bench.world.close()


def test_namespace_deleted_under_traffic(module):
    for _ in range(3):
        bench = Bench()
        bench.end_ad()
        bench.proxy.vnf("spare", dev="absent", nh6="fd00::1")
        works(bench)
        with storm(bench):
            bench.proxy.close()
            bench.node.close()
            gone(bench)
        bench.world.close()


# What does not concern a flow loses none of its packets.

MANY = 500


def numbered():
    return [inner6(60, sport=n % 60000 + 1, dport=n // 60000 + 1) for n in range(MANY)]


def ports_of(frames, header):
    """Source ports of the inner packets behind an outer header of that length."""
    return [int.from_bytes(Frame(frame)[header + 40:header + 42], "big") for frame in frames]


@pytest.mark.parametrize("what", ("chain", "vnf", "sid", "another SID", "another VNF"))
def test_replacing_loses_no_packet(bench, what):
    bench.end_as(segs=[NEXT])
    changes = 0
    packets = numbered()
    with Sequence(bench.from_vnf, packets) as sender:
        while sender.running():
            changes += 1
            if what == "chain":
                bench.proxy.replace("chain", name="chain", src="fc00:b::", segs=[NEXT if changes % 2 else LAST])
            elif what == "vnf":
                nh4 = f"10.3.0.{changes % 200 + 1}"
                bench.proxy.replace("vnf", name="fw", dev="to-vnf", iif="from-vnf", nh6="fd00:3::2", nh4=nh4)
            elif what == "sid":
                bench.proxy.replace("sid", addr=SID, behavior="End.AS", vnf="fw", chain="chain")
            elif what == "another SID":
                bench.proxy.vnf("other", dev="to-vnf", nh6="fd00:3::2")
                bench.proxy.sid(SID2, vnf="other")
                bench.proxy.delete("sid", SID2)
                bench.proxy.delete("vnf", "other")
            else:
                bench.proxy.vnf("other", dev="to-vnf", iif="from-vnf", nh6="fd00:3::9")
                bench.proxy.delete("vnf", "other")
        sender.wait()
    arrived = bench.arrived()
    assert set(arrived) == {"dst"}
    assert ports_of(arrived["dst"], 40) == [packet.sport for packet in packets]
    assert bench.drops(SID) == {}
    assert changes > 3


def test_changing_the_sid_loses_no_packet_that_has_learned(bench):
    bench.end_ad()
    bench.teach(srv6([SID, NEXT]) / inner6())
    packets, changes = numbered(), 0
    with Sequence(bench.from_vnf, packets) as sender:
        while sender.running():
            changes += 1
            bench.proxy.change("sid", addr=SID, margin=changes % 256)
        sender.wait()
    assert ports_of(bench.arrived()["dst"], 40 + 8 + 32) == [packet.sport for packet in packets]
    assert bench.drops(SID) == {} and changes > 3


# The module itself. Last, as everyone's sockets have to be made anew.


def configured(bench):
    bench.proxy = Proxy(bench.node)
    bench.end_ad()
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])


def test_module_leaves_and_comes_back(bench, module):
    bench.end_ad()
    works(bench)
    for _ in range(3):
        module.unload()
        # As if it had never been: the SID is an address without a route, the VNF's traffic is routed.
        assert set(bench.send(src=srv6(PATH) / inner6())) == {"src"}
        assert bench.send(from_vnf=inner(4)) == dict(dst=[hop(inner(4))])
        module.load()
        bench.proxy.close()
        configured(bench)
        works(bench)


def test_module_leaves_under_traffic(bench, module):
    configured(bench)
    for _ in range(5):
        with storm(bench):
            until(lambda: bench.proxy.stats(SID)["out_packets"] > 10, "packets pass")
            bench.proxy.close()
            module.unload()
            module.load()
            configured(bench)
    after_the_storm(bench)


def test_module_leaves_with_listeners_and_dumps_open(bench, module):
    bench.end_ad()
    with bench.proxy.listen("config", "learn"):
        with storm(bench):
            until(lambda: bench.proxy.stats(SID)["in_packets"] > 10, "packets pass")
            module.unload()
    module.load()
    bench.proxy.close()
    configured(bench)
    after_the_storm(bench)
