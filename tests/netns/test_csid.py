# SPDX-License-Identifier: GPL-2.0
"""End.AD with the flavor NEXT-C-SID (RFC 9800, 4.1): the segments that follow are in the SID's argument.

    headend ── src ──┐                  ┌── to-vnf,  from-vnf  ── VNF 1
                     ├── node: End.AD ──┤
    next SID ─ dst ──┘                  └── to-vnf2, from-vnf2 ── VNF 2

          | block          | C-SID | argument                                     |
    F3216   fcbb:bb00::/32   00f1    80 bits    VNF 1: fcbb:bb00:f1::/48   2: fcbb:bb00:f2::/48
    48+16   fcbb:bb01:1::/48 00f1    64 bits           fcbb:bb01:1:f1::/64    fcbb:bb01:1:f2::/64

Everything else in the blocks is behind dst. At the end of the file, kernels are the neighbours (lib/peers.py).
"""

from ipaddress import IPv6Address

import pytest
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, PadN

from lib.bench import HEADEND, LAST, NEXT, PLAIN, Bench
from lib.genl import NlError
from lib.packet import ANY, AUTO, NO_ROUTE, TIME_EXCEEDED, ether, hop, icmp, inner, inner4, inner6, padn, srv6
from lib.peers import next_csid, shared

OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])


class Plan:
    """Where the bits of a C-SID container are."""

    def __init__(self, block, lblen, most):
        self.block, self.lblen, self.prefix_len, self.most = block, lblen, lblen + 16, most

    def __call__(self, *csids):
        """The address that carries these C-SIDs: plan("f1", "e1") is block:f1:e1::."""
        text = ":".join((self.block, *csids))
        return text if len(text.split(":")) == 8 else text + "::"

    def sid(self, bench, csid="f1", vnf="fw", dev="to_vnf", iif="from_vnf", **values):
        bench.fw(vnf, dev=dev, iif=iif)
        bench.proxy.sid(self(csid), **{
            "behavior": "End.AD", "vnf": vnf, "flavors": "next-csid", "lblen": self.lblen, "prefix_len": self.prefix_len,
            **values,
        })
        return self(csid)


F3216, F4816 = Plan("fcbb:bb00", 32, 6), Plan("fcbb:bb01:1", 48, 5)
PLANS = {"F3216": F3216, "48+16": F4816}


def alone(dst, **values):
    """An outer header without SRH."""
    return IPv6(**{"src": HEADEND, "dst": dst, "hlim": 64, **values})


def towards(dst, path, at, **values):
    """An outer header with an SRH whose place is path[at], or that is on its way there by another address."""
    outer = srv6(path, at, **values)
    outer.dst = dst
    return outer


@pytest.fixture(scope="module")
def module_bench(module):
    bench = Bench((*PLAIN, "to-vnf2", "from-vnf2"))
    bench.node.ip(f"""
        route add fcbb:bb00::/31 via {bench.ip6("dst", 2)}
    """)
    yield bench
    bench.close()


@pytest.fixture(params=("F3216", pytest.param("48+16", marks=pytest.mark.data)))
def plan(request):
    return PLANS[request.param]


# The shift


@pytest.mark.both_hooks
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("more", (1, 2, 4))
def test_without_srh(bench, plan, family, more):
    sid = plan.sid(bench)
    rest, packet = [f"e{n}" for n in range(more)], inner(family)
    sent = alone(plan("f1", *rest)) / packet
    assert bench.send(src=sent) == dict(to_vnf=[packet])
    want = alone(plan(*rest), hlim=63, fl=AUTO) / hop(packet)
    assert bench.send(from_vnf=packet) == dict(dst=[want])
    assert bench.drops(sid) == {}
    assert bench.proxy.stats(sid) == {
        "in_packets": 1, "in_bytes": len(sent), "out_packets": 1, "out_bytes": len(want),
    }


@pytest.mark.data
def test_full_container(bench, plan):
    """Down to the last bit of the address, and zeros from behind."""
    plan.sid(bench)
    rest = [f"e{n}" for n in range(plan.most - 2)] + ["dead"]
    assert bench.send(src=alone(plan("f1", *rest)) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(from_vnf=inner6()) == dict(dst=[alone(plan(*rest), hlim=63, fl=AUTO) / hop(inner6())])


@pytest.mark.data
@pytest.mark.parametrize("rest, shifted", (
    (["0", "e1"], ["0", "e1"]), (["e1", "0", "e2"], ["e1", "0", "e2"]), (["0", "0", "1"], ["0", "0", "1"]),
), ids=("zero first", "zero between", "one bit"))
def test_argument_with_zeros(bench, plan, rest, shifted):
    """All of it counts: not only the next C-SID must be zero for it to be zero."""
    plan.sid(bench)
    assert bench.send(src=alone(plan("f1", *rest)) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(from_vnf=inner6()) == dict(dst=[alone(plan(*shifted), hlim=63, fl=AUTO) / hop(inner6())])


@pytest.mark.both_hooks
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("sl", (0, 1, 2))
def test_with_srh(bench, plan, family, sl):
    """The SRH stays as it is, whatever is left in it."""
    plan.sid(bench)
    packet, path = inner(family), ["fc00:a::f", NEXT, LAST]
    sent = towards(plan("f1", "e1", "e2"), path, 2 - sl, tag=3, tlvs=padn(8), before=[OPTIONS], after=[OPTIONS])
    assert bench.send(src=sent / packet) == dict(to_vnf=[packet])
    want = towards(plan("e1", "e2"), path, 2 - sl, tag=3, tlvs=padn(8), before=[OPTIONS], after=[OPTIONS], hlim=63, fl=AUTO)
    assert bench.send(from_vnf=packet) == dict(dst=[want / hop(packet)])


@pytest.mark.both_hooks
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("reduced", (False, True))
def test_last_of_the_container(bench, plan, family, reduced):
    """Argument zero: on to the next segment of the SRH, which may well be another container."""
    plan.sid(bench)
    packet, path = inner(family), [plan("f1"), plan("e7", "e8"), LAST]
    assert bench.send(src=srv6(path, reduced=reduced) / packet) == dict(to_vnf=[packet])
    assert bench.send(from_vnf=packet) == dict(dst=[srv6(path, 1, hlim=63, fl=AUTO, reduced=reduced) / hop(packet)])


@pytest.mark.both_hooks
def test_container_by_container(bench, plan):
    """The same SID in every place: last of the first container, first of the second, which is the last segment."""
    plan.sid(bench)
    path = [plan("e0", "f1"), plan("f1", "e1")]
    first = towards(plan("f1"), path, 0)
    assert bench.send(src=first / inner6()) == dict(to_vnf=[inner6()])
    # The next segment is us again: a second visit, at once.
    assert bench.send(from_vnf=inner6()) == dict(to_vnf=[hop(inner6())])
    want = towards(plan("e1"), path, 1, hlim=62, fl=AUTO)
    assert bench.send(from_vnf=hop(inner6())) == dict(dst=[want / hop(inner6(), 2)])


@pytest.mark.data
def test_other_widths(bench):
    """Blocks and C-SIDs of any number of bits: 36 and 12 here, 33 and 7 there."""
    bench.fw()
    bench.proxy.sid("fcbb:bb00:1f1::", flavors="next-csid", lblen=36, prefix_len=48)
    assert bench.send(src=alone("fcbb:bb00:1f1:e1e:2e3::") / inner6()) == dict(to_vnf=[inner6()])
    # The block ends with the first digit of 01f1; there the 0e1e02e3 of the argument begins.
    want = alone("fcbb:bb00:e1:e02e:3000::", hlim=63, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])
    bench.proxy.delete("sid", "fcbb:bb00:1f1::")
    bench.proxy.sid("fcbb:bb00:8100::", flavors="next-csid", lblen=33, prefix_len=40)
    argument = (0xFCBBBB00_81 << 88) | 0x123456789ABCDEF0123456
    shifted = (0xFCBBBB00_8 >> 3 << 95) | 0x123456789ABCDEF0123456 << 7
    assert bench.send(src=alone(str(IPv6Address(argument))) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(from_vnf=inner6()) == dict(dst=[alone(str(IPv6Address(shifted)), hlim=63, fl=AUTO) / hop(inner6())])


# What is learned


def test_what_is_kept_has_the_new_address(bench, plan):
    sid = plan.sid(bench)
    bench.teach(alone(plan("f1", "e1")) / inner6(), srv6([plan("f1", "e2"), LAST], tag=5) / inner4())
    kept = {entry["inner"]: entry["header"] for entry in bench.proxy.cache(sid)}
    assert [len(kept["ip6"]), len(kept["ip4"])] == [40, 40 + 8 + 32]
    for family, csid in (("ip6", "e1"), ("ip4", "e2")):
        assert kept[family][24:40] == bytes(IPv6(dst=plan(csid)))[24:40]


@pytest.mark.data
def test_change_of_the_argument_is_learned_at_once(bench, plan):
    plan.sid(bench)
    for rest in (["e1"], ["e2"], ["e1", "e3"], ["e1", "e2"], ["e1"]):
        bench.teach(alone(plan("f1", *rest)) / inner6())
        assert bench.send(from_vnf=inner6()) == dict(dst=[alone(plan(*rest), hlim=63, fl=AUTO) / hop(inner6())])
    for rest in (["e1"], ["e2"], ["e1", "e3"]):
        bench.teach(towards(plan("f1", *rest), [NEXT, LAST], 0) / inner6())
        want = towards(plan(*rest), [NEXT, LAST], 0, hlim=63, fl=AUTO) / hop(inner6())
        assert bench.send(from_vnf=inner6()) == dict(dst=[want])


@pytest.mark.data
def test_argument_and_list_take_turns(bench, plan):
    """Shift, advance, and the same SRH with another Segments Left: none is taken for another."""
    plan.sid(bench)
    path = [plan("f1"), plan("e7"), LAST]
    cases = {
        "advance": (srv6(path), srv6(path, 1, hlim=63, fl=AUTO)),
        "shift": (towards(plan("f1", "e7"), path, 0), towards(plan("e7"), path, 0, hlim=63, fl=AUTO)),
        "shift, one left": (towards(plan("f1", "e7"), path, 1), towards(plan("e7"), path, 1, hlim=63, fl=AUTO)),
        "advance, one left": (towards(plan("f1"), path, 1), srv6(path, 2, hlim=63, fl=AUTO)),
        "no SRH": (alone(plan("f1", "e7")), alone(plan("e7"), hlim=63, fl=AUTO)),
    }
    for first in cases:
        for second in cases:
            for name in (first, second):
                sent, want = cases[name]
                bench.teach(sent / inner6())
                assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())]), name


def test_same_header_is_not_learned_again(bench, plan):
    sid = plan.sid(bench)
    with bench.proxy.listen("learn") as events:
        bench.teach(*[alone(plan("f1", "e1")) / inner6(sport=port) for port in range(1, 20)])
        bench.proxy.delete("cache", sid)
        heard = events.until(lambda verb, noun, values: verb == "del", "forgotten")
    assert [verb for verb, _, _ in heard] == ["new", "del"]


# What is dropped


@pytest.mark.both_hooks
@pytest.mark.data
def test_no_srh_and_nothing_in_the_argument(bench, plan):
    sid = plan.sid(bench)
    assert bench.send(src=[alone(plan("f1")) / inner6(), alone(plan("f1")) / OPTIONS / inner4()]) == {}
    assert bench.drops(sid) == {"no_srh": 2}


@pytest.mark.both_hooks
@pytest.mark.data
def test_nothing_left_and_nothing_in_the_argument(bench, plan):
    sid = plan.sid(bench)
    assert bench.send(src=srv6([NEXT, plan("f1")], 1) / inner6()) == {}
    assert bench.drops(sid) == {"sl_zero": 1}


@pytest.mark.data
@pytest.mark.parametrize("argument", ("f020", "ff20", "e800", "ebff"))
def test_shift_to_what_is_no_destination(bench, argument):
    """With a block of 4 bits the argument can make anything of the address: ff02::, fff2::, fe80::, febf:f000::."""
    bench.fw()
    bench.proxy.sid("fc01::", flavors="next-csid", lblen=4, prefix_len=16)
    assert bench.send(src=alone(f"fc01:{argument}::1") / inner6()) == {}
    assert bench.drops("fc01::") == {"srh_invalid": 1}
    assert bench.proxy.cache() == []


def test_no_route(bench, plan):
    sid = plan.sid(bench)
    bench.node.ip(f"route add unreachable {plan('dead')}/128")
    try:
        bench.teach(alone(plan("f1", "dead")) / inner6())
        (error,) = bench.send(from_vnf=inner6())["src"]
        assert icmp(error, inner6())[1:4] == ("2001:db8:1::1", *NO_ROUTE[6])
        assert bench.drops(sid) == {"no_route": 1}
    finally:
        bench.node.ip(f"route del unreachable {plan('dead')}/128")


@pytest.mark.data
def test_hop_limit(bench, plan):
    sid = plan.sid(bench)
    sent = alone(plan("f1", "e1"), hlim=1) / inner6()
    arrived = bench.send(src=sent)
    assert set(arrived) == {"src"} and icmp(arrived["src"][0], sent)[1:4] == (HEADEND, *TIME_EXCEEDED[6])
    assert bench.drops(sid) == {"hop_limit": 1}


@pytest.mark.data
def test_inner_type(bench, plan):
    sid = plan.sid(bench, inner="ip6")
    assert bench.send(src=alone(plan("f1", "e1")) / inner4()) == {}
    assert bench.drops(sid) == {"inner_type": 1}


# The longest prefix


@pytest.mark.data
def test_longest_prefix(bench):
    """The same packets to ever longer prefixes, which are there in no order."""
    lengths = (36, 128, 48, 40, 127, 56, 64, 37)
    address = {
        36: "fcbb:bb00:f000::", 37: "fcbb:bb00:f800::", 40: "fcbb:bb00:f900::", 48: "fcbb:bb00:f9f1::",
        56: "fcbb:bb00:f9f1:100::", 64: "fcbb:bb00:f9f1:101::", 127: "fcbb:bb00:f9f1:101::2",
        128: "fcbb:bb00:f9f1:101::3",
    }
    for n, length in enumerate(lengths):
        bench.proxy.vnf(f"fw{n}", dev="absent", iif=f"absent{n}", nh6="fd00:3::2")
        bench.proxy.sid(address[length], vnf=f"fw{n}", prefix_len=length)
    dst = {
        36: "fcbb:bb00:f123::", 37: "fcbb:bb00:f8ff::1", 40: "fcbb:bb00:f9f0::", 48: "fcbb:bb00:f9f1::101",
        56: "fcbb:bb00:f9f1:102::", 64: "fcbb:bb00:f9f1:101::1", 127: "fcbb:bb00:f9f1:101::2",
        128: "fcbb:bb00:f9f1:101::3",
    }
    for length, to in dst.items():
        before = {key: sum(bench.drops(address[key]).values()) for key in lengths}
        assert bench.send(src=srv6([to, NEXT]) / inner6()) == {}
        after = {key: sum(bench.drops(address[key]).values()) for key in lengths}
        assert {key for key in lengths if after[key] > before[key]} == {length}, to
    # Without the longest, the next.
    order = sorted(lengths, reverse=True)
    for longest, second in zip(order, order[1:]):
        bench.proxy.delete("sid", address[longest])
        assert bench.send(src=srv6([address[128], NEXT]) / inner6()) == {}
        assert sum(bench.drops(address[second]).values()) == 2


@pytest.mark.both_hooks
def test_host_sid_inside_the_prefix(bench, plan):
    """A /128 that looks like a container comes first, and knows nothing of arguments."""
    plan.sid(bench)
    bench.fw("fw2", dev="to_vnf2", iif="from_vnf2")
    bench.proxy.sid(plan("f1", "e1"), behavior="End.AD", vnf="fw2")
    assert bench.send(src=alone(plan("f1", "e2")) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(src=srv6([plan("f1", "e1"), NEXT]) / inner6()) == dict(to_vnf2=[inner6()])
    want = srv6([plan("f1", "e1"), NEXT], 1, hlim=63, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf2=inner6()) == dict(dst=[want])


@pytest.mark.both_hooks
@pytest.mark.parametrize("behavior", ("End.AM", "End.AN"))
def test_prefix_of_packets_that_keep_their_header(bench, plan, behavior):
    bench.fw()
    bench.proxy.sid(plan("f1"), behavior=behavior, vnf="fw", prefix_len=plan.prefix_len)
    for rest in ([], ["e1"], ["e1", "e2"]):
        path = [plan("f1", *rest), NEXT, LAST]
        (frame,) = bench.send(src=srv6(path) / inner6())["to_vnf"]
        assert frame.ip.dst == (LAST if behavior == "End.AM" else path[0])
        (frame,) = bench.send(from_vnf=IPv6(bytes(frame)))["dst"]
        assert frame.ip.dst == NEXT


def test_frames(bench, plan):
    plan.sid(bench, inner="eth")
    assert bench.send(src=alone(plan("f1", "e1")) / ether()) == dict(to_vnf=[ether()])
    assert bench.send(from_vnf=ether()) == dict(dst=[alone(plan("e1"), hlim=63, fl=ANY) / ether()])


@pytest.mark.both_hooks
@pytest.mark.parametrize("behavior", ("End.AD", "End.AS"))
def test_prefix_without_the_flavor(bench, plan, behavior):
    """The argument means nothing: the packet goes on as its SRH, or the chain, says."""
    bench.fw()
    more = {}
    if behavior == "End.AS":
        bench.proxy.chain("chain", src="fc00:b::", segs=[NEXT, LAST])
        more = {"chain": "chain"}
    bench.proxy.sid(plan("f1"), behavior=behavior, vnf="fw", prefix_len=plan.prefix_len, **more)
    for rest in ([], ["e1"], ["e1", "e2"]):
        assert bench.send(src=srv6([plan("f1", *rest), NEXT, LAST]) / inner6()) == dict(to_vnf=[inner6()])
        (frame,) = bench.send(from_vnf=inner6())["dst"]
        assert frame.ip.dst == NEXT
    if behavior == "End.AD":
        assert bench.send(src=alone(plan("f1", "e1")) / inner6()) == {}
        assert bench.drops(plan("f1")) == {"no_srh": 1}


def test_outside_of_the_prefix(bench, plan):
    sid = plan.sid(bench)
    sent = alone(plan("f0", "f1")) / inner6()
    assert bench.send(src=sent) == dict(dst=[hop(sent)])
    assert bench.proxy.stats(sid)["in_packets"] == 0


# Several in a row on one node


@pytest.mark.both_hooks
@pytest.mark.parametrize("family", (4, 6))
def test_two_in_a_container(bench, plan, family):
    first = plan.sid(bench)
    second = plan.sid(bench, "f2", "fw2", "to_vnf2", "from_vnf2")
    packet = inner(family)
    assert bench.send(src=alone(plan("f1", "f2", "e1")) / packet) == dict(to_vnf=[packet])
    assert bench.send(from_vnf=packet) == dict(to_vnf2=[hop(packet)])
    want = alone(plan("e1"), hlim=62, fl=AUTO) / hop(packet, 2)
    assert bench.send(from_vnf2=hop(packet)) == dict(dst=[want])
    assert (bench.drops(first), bench.drops(second)) == ({}, {})


@pytest.mark.both_hooks
def test_two_in_two_containers(bench, plan):
    plan.sid(bench)
    plan.sid(bench, "f2", "fw2", "to_vnf2", "from_vnf2")
    path = [plan("f1"), plan("f2", "e1")]
    assert bench.send(src=srv6(path) / inner6()) == dict(to_vnf=[inner6()])
    assert bench.send(from_vnf=inner6()) == dict(to_vnf2=[hop(inner6())])
    want = towards(plan("e1"), path, 1, hlim=62, fl=AUTO) / hop(inner6(), 2)
    assert bench.send(from_vnf2=hop(inner6())) == dict(dst=[want])


def test_kernels_end_on_the_same_node(bench, plan):
    """The next C-SID of the container is a SID of the kernel's own."""
    plan.sid(bench)
    if not next_csid(bench.node, f"{plan('e')}/{plan.prefix_len}", "src", plan.lblen):
        pytest.skip("needs End with the flavor next-csid in kernel and iproute2")
    try:
        bench.teach(alone(plan("f1", "e", "e1")) / inner6())
        want = alone(plan("e1"), hlim=62, fl=AUTO) / hop(inner6())
        assert bench.send(from_vnf=inner6()) == dict(dst=[want])
    finally:
        bench.node.ip(f"route del {plan('e')}/{plan.prefix_len}")


@pytest.mark.both_hooks
@pytest.mark.parametrize("family", (4, 6))
def test_bypass(bench, plan, family):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(plan("f1"), flavors="next-csid", lblen=plan.lblen, prefix_len=plan.prefix_len)
    packet = inner(family)
    assert bench.send(src=alone(plan("f1", "e1")) / packet) == dict(dst=[alone(plan("e1"), hlim=63, fl=AUTO) / packet])
    sent, want = srv6([plan("f1"), NEXT]) / packet, srv6([plan("f1"), NEXT], 1, hlim=63, fl=AUTO) / packet
    assert bench.send(src=sent) == dict(dst=[want])


def test_same_c_sid_many_times(bench):
    """A container of nothing but us, with the VNF bypassed: six hops, then there is nothing left."""
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.sid(F3216("f1"), flavors="next-csid", lblen=32, prefix_len=48)
    assert bench.send(src=alone(F3216(*["f1"] * 6)) / inner6()) == {}
    assert bench.drops(F3216("f1")) == {"no_srh": 1}
    assert bench.send(src=srv6([F3216(*["f1"] * 6), NEXT]) / inner6()) == dict(
        dst=[srv6([F3216(*["f1"] * 6), NEXT], 1, hlim=58, fl=AUTO) / inner6()])


def test_table(bench, plan):
    bench.node.ip(f"route add {plan('e1')}/{plan.prefix_len} via {bench.ip6('src', 2)} table 77")
    try:
        plan.sid(bench, table=77)
        bench.teach(alone(plan("f1", "e1")) / inner6())
        assert bench.send(from_vnf=inner6()) == dict(src=[alone(plan("e1"), hlim=63, fl=AUTO) / hop(inner6())])
    finally:
        bench.node.run("ip", "-6", "route", "flush", "table", "77")


# What is refused

BAD = {
    "no block": {"lblen": None},
    "block as long as the prefix": {"lblen": 48},
    "block longer than the prefix": {"lblen": 49},
    "no room for an argument": {"prefix_len": 128},
    "no prefix": {"prefix_len": None},
    "bits beyond the prefix": {"addr": "fcbb:bb00:f1::1"},
    "C-SID beyond the prefix": {"prefix_len": 40},
    "static proxy": {"behavior": "End.AS", "chain": "chain"},
    "masquerading proxy": {"behavior": "End.AM"},
    "function that knows segments": {"behavior": "End.AN"},
    "block without the flavor": {"flavors": None},
    "block of nothing": {"lblen": 0},
    "prefix of nothing": {"prefix_len": 0},
    "prefix too long": {"prefix_len": 129},
}


@pytest.mark.data
@pytest.mark.parametrize("case", BAD)
def test_refusals(bench, case):
    bench.fw()
    bench.proxy.chain("chain", src="fc00:b::", segs=[NEXT])
    good = {
        "addr": "fcbb:bb00:f1::", "behavior": "End.AD", "vnf": "fw", "flavors": "next-csid", "lblen": 32,
        "prefix_len": 48,
    }
    values = {key: value for key, value in {**good, **BAD[case]}.items() if value is not None}
    with pytest.raises(NlError) as error:
        bench.proxy.sid(**values)
    assert error.value.errno in (22, 34) and error.value.message
    assert bench.proxy.show("sid") == []
    bench.proxy.sid(**good)


def test_one_address_value(bench):
    """The prefix length is no part of the key."""
    F3216.sid(bench)
    with pytest.raises(NlError, match="EEXIST"):
        bench.proxy.sid(F3216("f1"), vnf="fw", prefix_len=64)


def test_change_of_the_flavor(bench):
    """With and without, one after the other: each packet as it is configured by then."""
    sid = F3216.sid(bench)
    bench.teach(alone(F3216("f1", "e1")) / inner6())
    bench.proxy.replace("sid", addr=sid, behavior="End.AD", vnf="fw", prefix_len=48)
    assert bench.send(src=alone(F3216("f1", "e1")) / inner6()) == {}
    assert bench.drops(sid) == {"no_srh": 1}
    bench.proxy.change("sid", addr=sid, flavors="next-csid", lblen=32)
    bench.teach(alone(F3216("f1", "e2")) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[alone(F3216("e2"), hlim=63, fl=AUTO) / hop(inner6())])


# Kernels for neighbours


@pytest.fixture
def peers(module):
    if not shared().csid:
        pytest.skip("needs End with the flavor next-csid in kernel and iproute2")
    yield shared()
    shared().reset()


# The way there and back, as segments of the headends: one container, or several
WAYS = {
    "one container": (["fcbb:bb00:1:f1:2:d:{tail}::"], ["fcbb:bb00:2:f2:1:a:{tail}::"]),
    "we are its last": (["fcbb:bb00:1:f1::", "fcbb:bb00:2:d:{tail}::"], ["fcbb:bb00:2:f2::", "fcbb:bb00:1:a:{tail}::"]),
    "we are its first": (["fcbb:bb00:1::", "fcbb:bb00:f1:2::", "fcbb:bb00:d:{tail}::"],
                         ["fcbb:bb00:2::", "fcbb:bb00:f2:1::", "fcbb:bb00:a:{tail}::"]),
    "we are alone": (["fcbb:bb00:1::", "fcbb:bb00:f1::", "fcbb:bb00:2:d:{tail}::"],
                     ["fcbb:bb00:2::", "fcbb:bb00:f2::", "fcbb:bb00:1:a:{tail}::"]),
    "with SIDs that are none": (["fcbb:bb00:1:f1::", "fc00:2::e", "fc00:d::{tail}"],
                                ["fcbb:bb00:2:f2::", "fc00:1::e", "fc00:a::{tail}"]),
}


@pytest.mark.parametrize("mode, family", (("encap", 6), pytest.param("encap.red", 4, marks=pytest.mark.data)))
@pytest.mark.parametrize("way", WAYS)
def test_between_kernels(peers, way, mode, family):
    """pe1 → p1 (End) → we → p2 (End) → pe2 (End.DT4, DT6), and as far back."""
    peers.vnf("fw")
    for csid, reverse in (("f1", 0), ("f2", 1)):
        peers.proxy.sid(F3216(csid), vnf="fw", flavors="next-csid", lblen=32, prefix_len=48, reverse=reverse)
    for direction, segs in zip(("there", "back"), WAYS[way]):
        peers.headend(direction, family, [seg.format(tail=f"d{family}") for seg in segs], mode)
    peers.exchange(family)
    for csid in ("f1", "f2"):
        peers.proxy.passes_all(F3216(csid))
