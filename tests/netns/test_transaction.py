# SPDX-License-Identifier: GPL-2.0
"""Many changes in one message: all of them or none, whoever looks.

    headend ── src ──┐               ┌── to-vnf ───► VNF
                     ├── node: SIDs ─┤
    next SID ─ dst ──┘               └── from-vnf ◄─ VNF
"""

import errno
import os
import threading
from ipaddress import IPv6Address

import pytest

from lib import faults
from lib.bench import LAST, NEXT, PATH, SID, SID2, SID3
from lib.genl import NLM_F_MULTI, NlError, attr, u8, u16, u32
from lib.netns import CLONE_NEWNET, CLONE_NEWUSER, in_child, libc
from lib.packet import inner6, srv6
from lib.proxy import VALUE, Proxy, command, encode, encode_change, nest
from lib.traffic import Sequence
from test_lifecycle import numbered, ports_of
from test_netlink import add_vnf, become_nobody, errnos

FW = {"name": "fw", "dev": "to-vnf", "iif": "from-vnf", "nh6": "fd00:3::2"}
BACK = {"name": "back", "dev": "from-vnf", "iif": "to-vnf", "nh6": "fd00:4::2"}
CHAIN = {"name": "gold", "src": "fc00:b::", "segs": [NEXT, LAST]}
TWICE = "fc00:b::f7"


def furnish(bench):
    """An End.AD that has learned behind fw, an End.AS behind another, and what nobody uses."""
    proxy = bench.proxy
    bench.fw()
    proxy.vnf(**BACK)
    proxy.vnf("spare", dev="dst", nh6="fd00:2::2")
    proxy.chain(**CHAIN)
    proxy.chain("silver", src="fc00:b::", segs=[NEXT])
    proxy.sid(SID, behavior="End.AD")
    proxy.sid(SID2, behavior="End.AS", vnf="back", chain="gold")
    bench.teach(srv6(PATH) / inner6())


@pytest.fixture
def proxy(bench):
    furnish(bench)
    return bench.proxy


def whole(proxy):
    """All that a transaction that is refused leaves alone."""
    headers = [(entry["sid"], entry["inner"], entry["header"]) for entry in proxy.cache()]
    return proxy.state(), proxy.show("sid", stats=True), headers, proxy.info()


def works(bench):
    """SID and its circuit: what goes in comes out with what was learned."""
    packet = inner6()
    return (set(bench.send(src=srv6(PATH) / packet)), set(bench.send(from_vnf=packet))) == ({"to_vnf"}, {"dst"})


# Of every kind, and building on each other
GOOD = (
    ("add", "vnf", {"name": "new", "dev": "src", "nh6": "fd00:1::2"}),
    ("add", "chain", {"name": "new", "src": "fc00:b::", "segs": [NEXT]}),
    ("add", "sid", {"addr": SID3, "behavior": "End.AS", "vnf": "new", "chain": "new", "inner": "ip6"}),
    ("replace", "vnf", {"name": "fw", "dev": "to-vnf", "iif": "dst", "nh6": "fd00:3::9"}),
    ("change", "chain", {"name": "gold", "segs": [LAST]}),
    ("change", "sid", {"addr": SID, "ageing": 7, "inner": "ip4,ip6"}),
    ("change", "sid", {"addr": SID3, "inner": "ip4"}),
    ("delete", "sid", {"addr": SID2}),
    ("add", "sid", {"addr": SID2, "behavior": "End.AN", "vnf": "back", "flows": 64}),
    ("delete", "chain", {"name": "silver"}),
    ("replace", "sid", {"addr": SID, "behavior": "End.AM", "vnf": "fw", "hook": "local", "flavors": "cache"}),
    ("add", "sid", {"addr": "fc00:b:7::", "prefix_len": 48, "behavior": "End.AD", "vnf": "spare", "inner": "ip4"}),
    ("delete", "sid", {"addr": "fc00:b:7::"}),
    ("add", "vnf", {"name": "frames", "dev": "absent", "iif": "src", "lladdr": "02:00:00:00:00:07"}),
    ("add", "sid", {"addr": TWICE, "behavior": "End.AD", "vnf": "frames", "inner": "eth"}),
    ("delete", "vnf", {"name": "spare"}),
    ("change", "vnf", {"name": "frames", "dev": "dst"}),
)
EVENTS = [("del" if verb == "delete" else "new", noun) for verb, noun, _ in GOOD]

BAD = {  # at whichever place of those; errno and what the sentence says
    "exists": (("add", "vnf", FW), errno.EEXIST, "exists already"),
    "absent": (("change", "chain", {"name": "nobody", "tag": 1}), errno.ENOENT, "does not exist"),
    "delete absent": (("delete", "sid", {"addr": "fc00:b::99"}), errno.ENOENT, "does not exist"),
    "in use": (("delete", "vnf", {"name": "fw"}), errno.EBUSY, f"in use by SID {SID}"),
    "flush in use": (("flush", "vnf", None), errno.EBUSY, "in use by SID"),
    "no such VNF": (("change", "sid", {"addr": SID, "vnf": "nobody"}), errno.ENOENT, "no VNF named nobody"),
    "circuit": (
        ("add", "sid", {"addr": "fc00:b::9", "behavior": "End.AD", "vnf": "back"}), errno.EEXIST, f"SID {SID2} has",
    ),
    "circuits of a VNF": (
        ("change", "vnf", {"name": "back", "iif": "dst"}), errno.EEXIST, f"SID {SID} has dst's ip6",
    ),
    "sentence": (("change", "chain", {"name": "gold", "src": "ff02::1"}), errno.EINVAL, "ff02::1"),
    "flavor": (
        ("add", "sid", {"addr": "fc00:b::9", "behavior": "End.AN", "vnf": "back", "flavors": "last"}),
        errno.EINVAL, "End.AN has no flavor last",
    ),
    "policy": (("change", "sid", {"addr": SID, "prefix_len": 200}), errno.ERANGE, ""),
}


@pytest.mark.parametrize("place", (0, 7, len(GOOD)))
@pytest.mark.parametrize("bad", BAD)
def test_nothing_of_it(bench, proxy, bad, place):
    """Whatever is wrong, wherever: its number, its own sentence, and nothing else has happened."""
    change, number, sentence = BAD[bad]
    if bad.startswith("circuit"):
        place = len(GOOD)  # whoever takes what is another's last is at fault
    before = whole(proxy)
    changes = [*GOOD[:place], change, *GOOD[place:]]
    offset = 20 + sum(len(encode_change(*other)) for other in changes[:place])
    with proxy.listen("config", "learn") as events:
        with pytest.raises(NlError) as refused:
            proxy.transaction(*changes)
        error = refused.value
        assert (error.errno, error.change) == (number, place) and sentence in error.message
        assert offset <= error.offset < offset + len(encode_change(*change))
        assert whole(proxy) == before
        proxy.chain("last", src="fc00:b::", segs=[NEXT])
        ((_, _, values),) = events.until(lambda verb, noun, values: True)
        assert values["name"] == "last"
    proxy.delete("chain", "last")
    assert works(bench)
    # They are right without it.
    proxy.transaction(*GOOD)


def test_all_of_it(bench, proxy):
    """As one after another would have done it; what is not named goes on as it was."""
    for verb, noun, values in GOOD:
        if verb == "delete":
            proxy.delete(noun, next(iter(values.values())))
        else:
            getattr(proxy, verb)(noun, **values)
    after = proxy.state()
    assert not {"silver", "spare"} & {value["name"] for value in after["vnf"] + after["chain"]}
    proxy.flush()
    bench.fw()
    proxy.transaction(
        ("add", "vnf", BACK), ("add", "vnf", {"name": "spare", "dev": "dst", "nh6": "fd00:2::2"}),
        ("add", "chain", CHAIN), ("add", "chain", {"name": "silver", "src": "fc00:b::", "segs": [NEXT]}),
        ("add", "sid", {"addr": SID, "behavior": "End.AD", "vnf": "fw"}),
        ("add", "sid", {"addr": SID2, "behavior": "End.AS", "vnf": "back", "chain": "gold"}),
    )
    assert works(bench)
    with proxy.listen("config") as events:
        proxy.transaction(*GOOD)
        seen = events.until(lambda verb, noun, values: values.get("name") == "frames" and values["dev"] == "dst")
    assert [(verb, noun) for verb, noun, _ in seen] == EVENTS
    keys = [next(iter(values.values())) for _, _, values in GOOD]
    assert [next(iter(values.values())) for _, _, values in seen] == keys

    def by_key(state):
        return {noun: sorted(values, key=str) for noun, values in state.items()}

    assert by_key(proxy.state()) == by_key(after)
    assert proxy.stats(SID)["in_packets"] == 1  # it has been changed, and is the same SID
    assert proxy.stats(SID2)["in_packets"] == 0
    # What is needed no more is given back.
    proxy.transaction(("flush", "sid", None), ("flush", "vnf", None), ("flush", "chain", None))
    assert not any(proxy.state().values())
    assert "promiscuity 0" in bench.node.run("ip", "-d", "link", "show", "src").stdout


def test_new_ones_pass_packets(bench):
    """As they are changed further on, not as they were added."""
    bench.proxy.transaction(
        ("add", "vnf", {**FW, "dev": "absent"}), ("add", "chain", {**CHAIN, "segs": [LAST]}),
        ("add", "sid", {"addr": SID, "behavior": "End.AD", "vnf": "fw"}), ("change", "vnf", FW),
        ("change", "sid", {"addr": SID, "behavior": "End.AS", "chain": "gold"}), ("change", "chain", CHAIN),
    )
    packet = inner6()
    (frame,) = bench.send(src=srv6(PATH) / packet)["to_vnf"]
    assert frame == packet
    (frame,) = bench.send(from_vnf=packet)["dst"]
    assert frame[24:40] == IPv6Address(NEXT).packed


def test_two_exchange_their_vnfs(bench, proxy):
    """What one after another cannot, as each is in the other's way."""
    swap = ("change", "sid", {"addr": SID, "vnf": "back"}), ("change", "sid", {"addr": SID2, "vnf": "fw"})
    with pytest.raises(NlError) as refused:
        proxy.transaction(swap[0])
    assert refused.value.errno == errno.EEXIST
    headers = whole(proxy)[2]
    packet = inner6()
    proxy.transaction(*swap)
    assert {circuit["sid"]: circuit["iif"] for circuit in proxy.show("circuit")} == {SID: "to-vnf", SID2: "from-vnf"}
    assert whole(proxy)[2] == headers
    assert set(bench.send(src=srv6(PATH) / packet)) == {"from_vnf"}
    assert set(bench.send(to_vnf=packet)) == {"dst"}
    # VNFs exchange their devices, and so the SIDs are where they were.
    proxy.transaction(
        ("replace", "vnf", {**FW, "name": "back"}), ("replace", "vnf", {**BACK, "name": "fw"}),
    )
    assert {circuit["sid"]: circuit["iif"] for circuit in proxy.show("circuit")} == {SID: "from-vnf", SID2: "to-vnf"}
    assert works(bench)


def test_a_sid_changes_between_its_vnfs(bench, proxy):
    """Packets meet it where its VNF is in the end, and nobody has lost a circuit."""
    proxy.transaction(
        ("replace", "vnf", {**FW, "name": "back"}), ("change", "sid", {"addr": SID, "ageing": 9}),
        ("replace", "vnf", {**BACK, "name": "fw"}),
    )
    for sid, (to, back) in ((SID, ("from_vnf", "to_vnf")), (SID2, ("to_vnf", "from_vnf"))):
        before = proxy.stats(sid)
        assert set(bench.send(src=srv6([sid, NEXT]) / inner6())) == {to}
        assert set(bench.send(**{back: inner6()})) == {"dst"}
        after = proxy.stats(sid)
        assert [after[key] - before[key] for key in ("in_packets", "out_packets")] == [1, 1]


def test_the_last_one_is_in_the_way(proxy):
    """Of two that want the same, and the one that has it."""
    proxy.delete("sid", SID)
    wants = {"behavior": "End.AD", "vnf": "fw", "inner": "ip6"}
    with pytest.raises(NlError) as refused:
        proxy.transaction(("add", "sid", {"addr": SID, **wants}), ("add", "chain", {**CHAIN, "name": "x"}),
                          ("add", "sid", {"addr": SID3, **wants}))
    assert refused.value.change == 2 and SID in refused.value.message


def test_there_and_back(bench, proxy):
    """A VNF that moves twice, and a SID that is deleted more than once, end where they should."""
    sid = {"addr": SID, "behavior": "End.AD", "vnf": "fw"}
    proxy.transaction(
        ("change", "vnf", {"name": "fw", "iif": "dst"}), ("change", "vnf", {"name": "fw", "iif": "from-vnf"}),
        ("delete", "sid", {"addr": SID}), ("add", "sid", sid), ("delete", "sid", {"addr": SID}),
        ("delete", "vnf", {"name": "fw"}), ("add", "vnf", FW), ("add", "sid", sid),
        ("add", "sid", {"addr": SID3, "behavior": "End.AD", "vnf": "spare"}), ("delete", "sid", {"addr": SID3}),
    )
    assert proxy.cache() == [] and proxy.stats(SID)["in_packets"] == 0
    bench.teach(srv6(PATH) / inner6())
    assert works(bench)
    assert {circuit["iif"] for circuit in proxy.show("circuit")} == {"from-vnf", "to-vnf"}


def test_a_dumper_sees_before_or_after(bench, proxy):
    """In a loop, while all is exchanged again and again."""
    names = [{f"{side}{n}" for n in range(200)} for side in "ab"]
    vnfs = [[("add", "vnf", {"name": name, "dev": name}) for name in sorted(side)] for side in names]
    gone = [[("delete", "vnf", {"name": name}) for name in sorted(side)] for side in names]
    proxy.transaction(*vnfs[0])
    always = {"fw", "back", "spare"}
    seen, wrong, done = set(), [], threading.Event()
    dumper = Proxy(bench.node)

    def dump():
        while not done.is_set():
            try:
                found = frozenset(vnf["name"] for vnf in dumper.show("vnf")) - always
            except AssertionError:  # interrupted, and says so
                continue
            seen.add(found)
            if found not in (names[0], names[1]):
                wrong.append(found)

    thread = threading.Thread(target=dump)
    thread.start()
    turn = 0
    while not wrong and (turn < 20 or len(seen) < 2):
        proxy.transaction(*gone[turn % 2], *vnfs[1 - turn % 2])
        with pytest.raises(NlError):
            proxy.transaction(*gone[1 - turn % 2], *vnfs[turn % 2], ("add", "vnf", FW))
        turn += 1
    done.set()
    thread.join()
    dumper.close()
    assert wrong == [] and seen == {frozenset(side) for side in names}


def test_no_packet_is_lost(bench):
    """Between a removal and the addition behind it, nor with refusals."""
    bench.end_as(segs=[NEXT])
    again = (
        ("delete", "sid", {"addr": SID}), ("delete", "chain", {"name": "chain"}), ("delete", "vnf", {"name": "fw"}),
        ("add", "vnf", FW), ("add", "chain", {"name": "chain", "src": "fc00:b::", "segs": [NEXT]}),
        ("add", "sid", {"addr": SID, "behavior": "End.AS", "vnf": "fw", "chain": "chain"}),
    )
    packets, changes = numbered(), 0
    with Sequence(bench.from_vnf, packets) as sender:
        while sender.running():
            changes += 1
            bench.proxy.transaction(*again)
            with pytest.raises(NlError):
                bench.proxy.transaction(*again[:3], ("flush", "vnf", None), ("delete", "chain", {"name": "chain"}))
        sender.wait()
    assert ports_of(bench.arrived()["dst"], 40) == [packet.sport for packet in packets] and changes


def test_very_many(bench):
    """In one message, of megabytes where that does not take long; with one that is refused behind them, too."""
    many = 16384 if os.environ.get("SRPROXY_KERNEL", "um") == "um" else 512
    changes = [("add", "vnf", {"name": f"v{n}", "dev": f"d{n}", "nh6": "fd00:3::2"}) for n in range(many)]
    changes += [("add", "sid", {"addr": f"fc00:b:1::{n:x}", "behavior": "End.AD", "vnf": f"v{n}"}) for n in range(many)]
    with pytest.raises(NlError) as refused:
        bench.proxy.transaction(*changes, ("delete", "chain", {"name": "nobody"}))
    assert refused.value.change == len(changes) and not any(bench.proxy.state().values())
    bench.proxy.transaction(*changes)
    info = bench.proxy.info()
    assert (info["vnfs"], info["sids"]) == (many, many)
    bench.proxy.transaction(("flush", "sid", None), ("flush", "vnf", None), *changes)
    assert bench.proxy.info() == info


# What is no transaction


def raw(*attrs):
    return attr(VALUE["SRPROXY_A_CHANGE"], attrs, nested=True)


NAME = nest("chain", encode("chain", {"name": "silver"}))
DELETE = attr(VALUE["SRPROXY_A_COMMAND"], u8(command("chain", "del")))
MALFORMED = {
    "without a command": (raw(NAME), errno.EINVAL),
    "a command that changes nothing": (raw(attr(VALUE["SRPROXY_A_COMMAND"], u8(command("sid", "get"))), NAME),
                                       errno.EOPNOTSUPP),
    "a transaction in it": (raw(attr(VALUE["SRPROXY_A_COMMAND"], u8(VALUE["SRPROXY_CMD_TRANSACTION"])), NAME),
                            errno.EOPNOTSUPP),
    "without an object": (raw(DELETE), errno.EINVAL),
    "another's object": (raw(DELETE, nest("vnf", encode("vnf", {"name": "fw"}))), errno.EINVAL),
    "an object without its flag": (raw(DELETE, attr(VALUE["SRPROXY_A_CHAIN"], b"")), errno.EINVAL),
    "more than the key": (raw(DELETE, nest("chain", encode("chain", {"name": "silver", "tag": 1}))), errno.EINVAL),
    "unknown flags": (raw(DELETE, attr(VALUE["SRPROXY_A_FLAGS"], u16(1)), NAME), errno.EINVAL),
    "short flags": (raw(DELETE, attr(VALUE["SRPROXY_A_FLAGS"], u8(0)), NAME), errno.EINVAL),
    "unknown attribute": (raw(DELETE, NAME, attr(99, u32(1))), errno.EINVAL),
    "nothing": (raw(), errno.EINVAL),
}


@pytest.mark.parametrize("wrong", MALFORMED)
def test_malformed(proxy, wrong):
    body, number = MALFORMED[wrong]
    before = whole(proxy)
    first = encode_change("delete", "chain", {"name": "silver"})
    with pytest.raises(NlError) as refused:
        proxy.family.call(VALUE["SRPROXY_CMD_TRANSACTION"], 0, first + body + first)
    error = refused.value
    assert error.errno == number and error.change == 1 and error.message
    assert 20 + len(first) <= error.offset < 20 + len(first) + len(body)
    assert whole(proxy) == before


def test_empty(proxy):
    with pytest.raises(NlError) as refused:
        proxy.transaction()
    assert refused.value.errno == errno.EINVAL and refused.value.missing == VALUE["SRPROXY_A_CHANGE"]


def test_one_of_a_list_of_requests(proxy):
    """It is one change as any other: done, or what is behind it is not."""
    family = proxy.family

    def request(*changes):
        return family.message(VALUE["SRPROXY_CMD_TRANSACTION"], NLM_F_MULTI, [encode_change(*c) for c in changes])

    spare, silver = ("delete", "vnf", {"name": "spare"}), ("delete", "chain", {"name": "silver"})
    answers = family.request_all([add_vnf(proxy, "one"), request(spare), add_vnf(proxy, "spare", 0x600 | NLM_F_MULTI),
                                  request(silver, silver), request(silver)])
    assert errnos(answers) == [None, None, None, errno.ENOENT, errno.ECANCELED]
    assert proxy.get("chain", "silver")


def test_device_of_seg6local(bench, proxy):
    """Comes with the first SID that needs it, and not with one that is refused."""
    routed = {"addr": SID3, "behavior": "End.AD", "vnf": "spare", "hook": "seg6local"}

    def device():
        return bench.node.run("ip", "link", "show", "srproxy0", check=False).returncode == 0

    with pytest.raises(NlError) as refused:
        proxy.transaction(("add", "sid", routed), ("add", "vnf", FW))
    if refused.value.errno == errno.EOPNOTSUPP:
        pytest.skip("no seg6local here")
    assert refused.value.change == 1 and not device()
    proxy.transaction(("add", "sid", routed))
    assert device()
    proxy.transaction(("delete", "sid", {"addr": SID3}), ("add", "sid", routed))
    assert device()
    proxy.transaction(("flush", "sid", None))
    assert not device()


def test_nobody_may(bench, proxy):
    before = whole(proxy)

    def attempt(*spaces):
        def child():
            become_nobody()
            for space in spaces:
                libc("unshare", space)
            try:
                Proxy().transaction(("add", "vnf", {"name": "x", "dev": "lo"}))
            except NlError as error:
                return error.errno
            return 0
        return in_child(child, None if CLONE_NEWUSER | CLONE_NEWNET in spaces else bench.node)

    assert attempt() == attempt(CLONE_NEWUSER) == errno.EPERM
    assert attempt(CLONE_NEWUSER | CLONE_NEWNET) == 0
    assert whole(proxy) == before


@pytest.mark.skipif(not faults.present(), reason=faults.NEEDS)
def test_any_allocation_may_fail(bench, proxy):
    """The first, the second, … until none does; and if a change is refused at the end of them, all the same."""
    before, calls = whole(proxy), 0
    proxy.transaction(*GOOD)
    after = proxy.state()
    for last in ([("delete", "vnf", {"name": "nobody"})], []):
        proxy.flush()
        furnish(bench)
        for number in faults.one_by_one(lambda: proxy.transaction(*GOOD, *last)):
            calls += 1
            assert number in (errno.ENOMEM, errno.ENOBUFS, errno.ENOENT if last else None)
            # The answer may have been what there was no memory for.
            if not last and number in (None, errno.ENOBUFS) and proxy.state() == after:
                proxy.flush()
                furnish(bench)
            else:
                assert whole(proxy) == before
    assert calls > 2 * len(GOOD) and number is None
