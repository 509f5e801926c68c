# SPDX-License-Identifier: GPL-2.0
"""Objects and their lives: create, exclusive, replace, change; what refers to what; what is refused.

    node: nothing but the devices to-vnf, from-vnf and others of the bench; no packets
"""

import errno

import pytest

from lib.bench import LAST, NEXT, SID, SID2, SID3
from lib.genl import NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NlError
from lib.packet import inner6, srv6
from lib.proxy import FLAVORS, Tool, command, encode, nest, vlans, with_defaults


@pytest.fixture
def proxy(bench):
    return bench.proxy


@pytest.fixture
def furnished(proxy):
    """One of each: fw (both families) and fw4 (IPv4 only), gold, an End.AD and an End.AS."""
    proxy.vnf("fw", dev="to-vnf", iif="from-vnf", nh6="fd00:3::2", nh4="10.3.0.2")
    proxy.vnf("fw4", dev="src", nh4="10.1.0.2")
    proxy.vnf("spare", dev="dst", nh6="fd00:2::2")
    proxy.chain("gold", src="fc00:b::", segs=[NEXT, LAST])
    proxy.chain("silver", src="fc00:b::", segs=[NEXT])
    proxy.sid(SID, behavior="End.AD", vnf="fw")
    proxy.sid(SID2, behavior="End.AS", vnf="fw4", chain="gold", inner="ip4")
    return proxy


@pytest.fixture
def more_furnished(furnished):
    """And a VNF without a next hop, one on a tagged port, a chain that is as long as can be, and an End.AS, last."""
    furnished.vnf("bare", dev="dst")
    furnished.vnf("tagged", dev="dst", vlan="100")
    furnished.chain("long", src="fc00:b::", segs=MANY)
    furnished.sid(LAST_SID, behavior="End.AS", vnf="bare", flavors="last", inner="eth")
    return furnished


def refused(call, *args, **kwargs):
    with pytest.raises(NlError) as error:
        call(*args, **kwargs)
    assert error.value.message, "a refusal without a sentence"
    return error.value


# What objects look like


def test_defaults(proxy):
    proxy.vnf("fw", dev="absent", nh6="fd00:3::2")
    assert proxy.get("vnf", "fw") == {
        "name": "fw", "dev": "absent", "iif": "absent", "nh6": "fd00:3::2", "on_down": "drop",
        "handover": "auto", "exclusive": 0, "state": "down", "dev_ifindex": 0, "iif_ifindex": 0, "sids": 0,
    }
    proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    assert proxy.get("chain", "gold") == {
        "name": "gold", "src": "fc00:b::", "segs": [NEXT], "hop_limit": 64, "reduced": 0, "table": 0, "sids": 0,
        "tag": 0, "hmac": 0, "dscp": 0,
    }
    common = {
        "addr": SID, "prefix_len": 128, "flavors": [], "vnf": "fw", "reverse": 0, "require_hmac": 0,
        "hook": "prerouting",
    }
    for own in (
        {"behavior": "End.AD", "inner": "ip", "ttl_mode": "pipe", "dscp_mode": "inner", "ageing": 0, "margin": 8,
         "table": 0, "hmac": 0},
        {"behavior": "End.AS", "inner": "ip", "ttl_mode": "pipe", "dscp_mode": "inner", "chain": "gold"},
        {"behavior": "End.AM", "inner": "ip6", "table": 0, "hmac": 0},
        {"behavior": "End.AN", "inner": "ip6", "table": 0, "hmac": 0, "permit": "none", "flows": 1024},
    ):
        said = {key: own[key] for key in ("behavior", "chain") if key in own}
        proxy.sid(SID, **said)
        assert proxy.get("sid", SID) == {**common, **own}
        assert with_defaults("sid", addr=SID, vnf="fw", **said) == {**common, **own}
        proxy.delete("sid", SID)


def test_everything_said(bench, proxy):
    vnf = {
        "name": "A-Za-z0-9_." + "x" * 20, "dev": "to-vnf", "iif": "from-vnf", "nh4": "10.3.0.2", "nh6": "fe80::1",
        "on_down": "bypass", "handover": "never", "exclusive": 1,
    }
    proxy.add("vnf", **vnf)
    index = {"dev_ifindex": bench.node.ifindex("to-vnf"), "iif_ifindex": bench.node.ifindex("from-vnf")}
    assert proxy.get("vnf", vnf["name"]) == {**vnf, **index, "state": "up", "sids": 0}
    other = {"name": "l2", "dev": "src", "iif": "src", "lladdr": "02:00:00:00:00:09", "handover": "auto"}
    proxy.add("vnf", **other)
    assert {**other, "state": "up"}.items() <= proxy.get("vnf", "l2").items()
    segs = [f"fc00:c::{n:x}" for n in range(1, 128)]
    chain = {
        "name": "gold", "src": "2001:db8::1", "segs": segs, "hop_limit": 255, "reduced": 1, "table": 0xFFFFFFFF,
        "tag": 1, "hmac": 0, "dscp": 1,
    }
    proxy.add("chain", **chain)
    assert proxy.get("chain", "gold") == {**chain, "sids": 0}
    dynamic = {
        "addr": SID, "behavior": "End.AD", "inner": "ip6", "vnf": "l2", "ageing": 86400, "margin": 255, "table": 7,
    }
    proxy.add("sid", **dynamic)
    assert proxy.get("sid", SID) == with_defaults("sid", **dynamic)
    static = {"addr": SID2, "behavior": "End.AS", "inner": "ip4", "vnf": "l2", "chain": "gold"}
    proxy.add("sid", **static)
    assert proxy.get("sid", SID2) == with_defaults("sid", **static)
    assert proxy.get("vnf", "l2")["sids"] == 2 and proxy.get("chain", "gold")["sids"] == 1


def test_info(furnished):
    info = furnished.info()
    assert info.pop("version") and info.pop("seg6local") in ("End.T", "End.BPF")
    assert info == {"segs_max": 127, "vnfs": 3, "chains": 2, "sids": 2}


def test_circuits_follow_from_sids(bench, furnished):
    index = bench.node.ifindex("from-vnf")
    want = [
        {"iif": "from-vnf", "ifindex": index, "inner": "ip4", "sid": SID, "vnf": "fw"},
        {"iif": "from-vnf", "ifindex": index, "inner": "ip6", "sid": SID, "vnf": "fw"},
        {"iif": "src", "ifindex": bench.node.ifindex("src"), "inner": "ip4", "sid": SID2, "vnf": "fw4"},
    ]
    assert sorted(furnished.show("circuit"), key=str) == sorted(want, key=str)
    furnished.delete("sid", SID)
    assert furnished.show("circuit") == want[2:]


# Create, exclusive, replace


FIRST = {
    "vnf": {"name": "x", "dev": "to-vnf", "nh6": "fd00:3::2", "on_down": "bypass", "handover": "never",
            "exclusive": 1},
    "chain": {"name": "x", "src": "fc00:b::", "segs": [NEXT, LAST], "hop_limit": 9},
    "sid": {"addr": SID3, "behavior": "End.AD", "vnf": "spare", "margin": 1},
}
# Everything that has to be said, once more, differently; and what has become of the rest
SECOND = {
    "vnf": ({"name": "x", "dev": "dst"},
            {"on_down": "drop", "handover": "auto", "exclusive": 0, "iif": "dst"}, ("nh6",)),
    "chain": ({"name": "x", "src": "fc00:b::1", "segs": [LAST]}, {"hop_limit": 64}, ()),
    "sid": ({"addr": SID3, "behavior": "End.AD", "vnf": "spare"}, {"margin": 8}, ()),
}
# Little by little: what a change leaves as it was
CHANGE = {
    "vnf": ({"name": "x", "iif": "dst"}, {"dev": "to-vnf", "nh6": "fd00:3::2", "on_down": "bypass", "handover": "never",
                                           "exclusive": 1}),
    "chain": ({"name": "x", "reduced": 1}, {"src": "fc00:b::", "segs": [NEXT, LAST], "hop_limit": 9}),
    "sid": ({"addr": SID3, "ageing": 7}, {"behavior": "End.AD", "vnf": "spare", "margin": 1}),
}
NOUNS = tuple(FIRST)


def key_of(noun):
    return SID3 if noun == "sid" else "x"


@pytest.mark.parametrize("noun", NOUNS)
def test_add_is_exclusive(furnished, noun):
    furnished.add(noun, **FIRST[noun])
    before = furnished.state()
    assert refused(furnished.add, noun, **SECOND[noun][0]).errno == errno.EEXIST
    assert furnished.state() == before


@pytest.mark.parametrize("noun", NOUNS)
def test_replace_creates(furnished, noun):
    furnished.replace(noun, **FIRST[noun])
    assert FIRST[noun].items() <= furnished.get(noun, key_of(noun)).items()


@pytest.mark.parametrize("noun", NOUNS)
def test_replace_begins_anew(furnished, noun):
    """What is not said is default again, not what it was."""
    furnished.add(noun, **FIRST[noun])
    said, defaults, absent = SECOND[noun]
    furnished.replace(noun, **said)
    now = furnished.get(noun, key_of(noun))
    assert {**said, **defaults}.items() <= now.items() and not set(absent) & set(now)
    assert len(furnished.show(noun)) == {"vnf": 4, "chain": 3, "sid": 3}[noun]


@pytest.mark.parametrize("noun", NOUNS)
def test_change_keeps_the_rest(furnished, noun):
    furnished.add(noun, **FIRST[noun])
    said, kept = CHANGE[noun]
    furnished.change(noun, **said)
    assert {**said, **kept}.items() <= furnished.get(noun, key_of(noun)).items()


@pytest.mark.data
@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("verb", ("change", "delete", "get"))
def test_what_is_not_there(furnished, noun, verb):
    before = furnished.state()
    if verb == "change":
        error = refused(furnished.change, noun, **CHANGE[noun][0])
    else:
        error = refused(getattr(furnished, verb), noun, key_of(noun))
    assert error.errno == errno.ENOENT
    assert furnished.state() == before


@pytest.mark.data
@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("flags", (0, NLM_F_CREATE, NLM_F_EXCL))
def test_other_flags_are_refused(furnished, noun, flags):
    before = furnished.state()
    message = nest(noun, encode(noun, FIRST[noun]))
    assert refused(furnished.family.call, command(noun, "new"), flags, message).errno == errno.EINVAL
    assert furnished.state() == before


@pytest.mark.data
@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("flags", (0, NLM_F_CREATE))
def test_exclusive_replacement_is_a_dump(furnished, noun, flags):
    """NLM_F_EXCL | NLM_F_REPLACE are the bits of NLM_F_DUMP, and nothing new can be dumped."""
    before = furnished.state()
    message = nest(noun, encode(noun, FIRST[noun]))
    with pytest.raises(NlError) as error:
        furnished.family.call(command(noun, "new"), flags | NLM_F_EXCL | NLM_F_REPLACE, message)
    assert error.value.errno == errno.EOPNOTSUPP
    assert furnished.state() == before


@pytest.mark.parametrize("noun", NOUNS)
def test_append_means_nothing(furnished, noun):
    """NLM_F_APPEND next to a valid combination is ignored or refused, but never something else."""
    message = nest(noun, encode(noun, FIRST[noun]))
    try:
        furnished.family.call(command(noun, "new"), NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND, message)
    except NlError as error:
        assert error.errno == errno.EINVAL
    else:
        assert FIRST[noun].items() <= furnished.get(noun, key_of(noun)).items()


@pytest.mark.parametrize("noun", NOUNS)
def test_delete_and_add_again(furnished, noun):
    before = furnished.state()
    for _ in range(3):
        furnished.add(noun, **FIRST[noun])
        furnished.delete(noun, key_of(noun))
    assert furnished.state() == before


def test_replace_in_use(bench, furnished):
    """The users of an object stay its users."""
    furnished.replace("vnf", name="fw", dev="to-vnf", iif="to-vnf", nh6="fd00:3::9")
    furnished.replace("chain", name="gold", src="fc00:b::9", segs=[LAST])
    assert furnished.get("vnf", "fw")["sids"] == furnished.get("chain", "gold")["sids"] == 1
    assert {circuit["iif"] for circuit in furnished.show("circuit")} == {"to-vnf", "src"}
    for noun, key in (("vnf", "fw"), ("chain", "gold")):
        assert refused(furnished.delete, noun, key).errno == errno.EBUSY


def test_sid_moves_to_another_vnf(furnished):
    furnished.change("sid", addr=SID, vnf="spare")
    assert furnished.get("vnf", "fw")["sids"] == 0 and furnished.get("vnf", "spare")["sids"] == 1
    assert {circuit["iif"] for circuit in furnished.show("circuit")} == {"dst", "src"}
    furnished.delete("vnf", "fw")


def test_sid_changes_its_behavior(furnished):
    """And loses what only the other one has."""
    furnished.change("sid", addr=SID, ageing=5, margin=5)
    furnished.change("sid", addr=SID, behavior="End.AS", chain="silver")
    assert furnished.get("sid", SID) == with_defaults(
        "sid", addr=SID, behavior="End.AS", inner="ip", vnf="fw", chain="silver"
    )
    furnished.change("sid", addr=SID, behavior="End.AD")
    assert furnished.get("sid", SID) == with_defaults("sid", addr=SID, behavior="End.AD", inner="ip", vnf="fw")
    furnished.delete("chain", "silver")


def test_narrower_inner_type_frees_a_circuit(furnished):
    furnished.change("sid", addr=SID, inner="ip6")
    furnished.sid(SID3, vnf="fw", inner="ip4")
    assert {(c["inner"], c["sid"]) for c in furnished.show("circuit") if c["iif"] == "from-vnf"} == {
        ("ip6", SID), ("ip4", SID3),
    }


def test_counters_survive_a_change_and_a_replacement(bench):
    bench.end_ad()
    bench.teach(srv6([SID, NEXT]) / inner6())
    bench.proxy.change("sid", addr=SID, margin=1)
    bench.proxy.replace("sid", addr=SID, behavior="End.AD", vnf="fw")
    assert bench.proxy.stats(SID)["in_packets"] == 1
    bench.proxy.delete("sid", SID)
    bench.proxy.sid(SID)
    assert bench.proxy.stats(SID)["in_packets"] == 0


def test_flush(furnished):
    """Everything of a kind; what is in use stays, all of it."""
    before = furnished.state()
    for noun in ("vnf", "chain"):
        assert refused(furnished.flush, noun).errno == errno.EBUSY
    assert furnished.state() == before
    furnished.flush("sid")
    assert furnished.show("sid") == furnished.show("circuit") == []
    furnished.flush("chain", "vnf")
    assert furnished.state() == {"vnf": [], "chain": [], "sid": [], "circuit": []}
    furnished.flush()  # nothing there: nothing to complain of


# Refusals: (verb, noun, values, errno, what the sentence says)

A_SID = {"addr": SID3, "behavior": "End.AD", "vnf": "spare"}
A_STATIC_SID = {"addr": SID3, "behavior": "End.AS", "vnf": "spare", "chain": "gold"}
A_DEVICE = {"name": "x", "dev": "to-vnf"}
A_VNF = {**A_DEVICE, "nh6": "fd00:3::2"}
A_CHAIN = {"name": "x", "src": "fc00:b::", "segs": [NEXT]}

A_MASQUERADING_SID = {"addr": SID3, "behavior": "End.AM", "vnf": "spare", "inner": "ip6"}
A_KIND = {
    "End.AS": A_STATIC_SID, "End.AD": A_SID, "End.AM": A_MASQUERADING_SID,
    "End.AN": {**A_MASQUERADING_SID, "behavior": "End.AN"},
}
FITTING = {
    "End.AS": ("last",), "End.AD": ("last", "next-csid"), "End.AM": ("nat", "psp", "cache"), "End.AN": (),
}
A_CSID = {
    "addr": "fcbb:bb00:f1::", "prefix_len": 48, "behavior": "End.AD", "vnf": "spare", "flavors": "next-csid",
    "lblen": 32,
}
MANY = [f"fc00:c::{n:x}" for n in range(1, 128)]
LAST_SID = "fc00:b::1a"

BAD_NAMES = ("", "a b", "a/b", "ä", "a:b", "a\n", "a\x7f")
BAD_DEVICES = ("", ".", "..", "a/b", "a b", "a:b")
BAD_ADDRESSES = ("::", "::1", "ff02::1", "fe80::1", "::ffff:10.0.0.1")

REFUSED = {
    # in use
    "VNF in use": ("delete", "vnf", "fw", errno.EBUSY, SID),
    "chain in use": ("delete", "chain", "gold", errno.EBUSY, SID2),
    # circuits
    "circuit taken": ("add", "sid", {**A_SID, "vnf": "fw"}, errno.EEXIST, SID),
    "circuit taken, one family": ("add", "sid", {**A_SID, "vnf": "fw", "inner": "ip4"}, errno.EEXIST, SID),
    "circuit taken by another VNF's": ("change", "vnf", {"name": "fw4", "iif": "from-vnf"}, errno.EEXIST, SID),
    "circuit taken by a change of the VNF": ("change", "sid", {"addr": SID2, "vnf": "fw"}, errno.EEXIST, SID),
    "circuit taken for one of several inner types": (
        "add", "sid", {**A_SID, "vnf": "fw", "inner": "ip6,eth"}, errno.EEXIST, "ip6"
    ),
    # references
    "no such VNF": ("add", "sid", {**A_SID, "vnf": "nobody"}, errno.ENOENT, "nobody"),
    "no such chain": ("add", "sid", {**A_STATIC_SID, "chain": "nothing"}, errno.ENOENT, "nothing"),
    "End.AS without chain": ("add", "sid", {**A_SID, "behavior": "End.AS"}, errno.EINVAL, "chain"),
    "End.AD with chain": ("add", "sid", {**A_SID, "chain": "gold"}, errno.EINVAL, "chain"),
    "change to End.AS without chain": ("change", "sid", {"addr": SID, "behavior": "End.AS"}, errno.EINVAL, "chain"),
    "End.AS with ageing": ("add", "sid", {**A_STATIC_SID, "ageing": 1}, errno.EINVAL, "ageing"),
    "End.AS with margin": ("add", "sid", {**A_STATIC_SID, "margin": 1}, errno.EINVAL, "margin"),
    "End.AS with table": ("add", "sid", {**A_STATIC_SID, "table": 1}, errno.EINVAL, "table"),
    "SID without VNF": ("add", "sid", {"addr": SID3, "behavior": "End.AD"}, errno.EINVAL, "VNF"),
    "SID without behavior": ("add", "sid", {"addr": SID3, "vnf": "spare"}, errno.EINVAL, "behavior"),
    # next hops
    "no next hop for IPv6": ("add", "sid", {**A_SID, "vnf": "fw4"}, errno.EINVAL, "ip6"),
    "no next hop for IPv6 any more": (
        "replace", "vnf", {"name": "fw", "dev": "to-vnf", "iif": "from-vnf", "nh4": "10.3.0.2"}, errno.EINVAL, "ip6",
    ),
    "no next hop for more inner types": ("change", "sid", {"addr": SID2, "inner": "ip"}, errno.EINVAL, "ip6"),
    "lladdr and nh6": ("add", "vnf", {**A_VNF, "lladdr": "02:00:00:00:00:01"}, errno.EINVAL, "lladdr"),
    "lladdr and nh4": (
        "add", "vnf", {**A_DEVICE, "nh4": "10.0.0.1", "lladdr": "02:00:00:00:00:01"}, errno.EINVAL, "lladdr",
    ),
    "lladdr multicast": ("add", "vnf", {**A_DEVICE, "lladdr": "01:00:5e:00:00:01"}, errno.EINVAL, "unicast"),
    "nh4 multicast": ("add", "vnf", {**A_DEVICE, "nh4": "224.0.0.1"}, errno.EINVAL, "224.0.0.1"),
    "nh4 loopback": ("add", "vnf", {**A_DEVICE, "nh4": "127.0.0.1"}, errno.EINVAL, "127.0.0.1"),
    "nh4 broadcast": ("add", "vnf", {**A_DEVICE, "nh4": "255.255.255.255"}, errno.EINVAL, "255.255.255.255"),
    "nh6 multicast": ("add", "vnf", {**A_VNF, "nh6": "ff02::1"}, errno.EINVAL, "ff02::1"),
    "nh6 loopback": ("add", "vnf", {**A_VNF, "nh6": "::1"}, errno.EINVAL, "::1"),
    "VNF without device": ("add", "vnf", {"name": "x", "nh6": "fd00:3::2"}, errno.EINVAL, "dev"),
    # tagged ports
    "nh6 on a tagged port": ("add", "vnf", {**A_VNF, "vlan": "100"}, errno.EINVAL, "lladdr"),
    "nh4 on a tagged port": ("add", "vnf", {**A_DEVICE, "nh4": "10.0.0.1", "vlan": "100"}, errno.EINVAL, "lladdr"),
    "nh6 on a port tagged later": ("change", "vnf", {"name": "fw", "vlan": "100"}, errno.EINVAL, "lladdr"),
    "iif-nh6 on a tagged port": (
        "add", "vnf", {**A_DEVICE, "iif": "src", "iif_vlan": "100", "iif_nh6": "fd00::1"}, errno.EINVAL, "iif-lladdr",
    ),
    "iif-nh4 on a tagged port": (
        "add", "vnf", {**A_DEVICE, "iif": "src", "iif_vlan": "100", "iif_nh4": "10.0.0.1"}, errno.EINVAL, "iif-lladdr",
    ),
    "iif-nh6 on the tagged port itself": (
        "add", "vnf", {**A_DEVICE, "vlan": "100", "iif_nh6": "fd00::1"}, errno.EINVAL, "lladdr",
    ),
    "VID 0": ("add", "vnf", {**A_DEVICE, "vlan": "0"}, errno.EINVAL, "0"),
    "VID 4095": ("add", "vnf", {**A_DEVICE, "vlan": "100,4095"}, errno.EINVAL, "4095"),
    "VID 4095 back": ("add", "vnf", {**A_DEVICE, "iif": "src", "iif_vlan": "4095"}, errno.EINVAL, "4095"),
    "VLAN protocol": ("add", "vnf", {**A_DEVICE, "vlan": "QinQ:100"}, errno.EINVAL, "9100"),
    "no next hop for IP on a tagged port": ("add", "sid", {**A_SID, "vnf": "tagged"}, errno.EINVAL, "ip"),
    "no next hop for IP beside Ethernet": (
        "add", "sid", {**A_SID, "vnf": "bare", "inner": "ip6,eth"}, errno.EINVAL, "ip6",
    ),
    # the other side's next hops
    "iif-lladdr and iif-nh6": (
        "add", "vnf", {**A_DEVICE, "iif": "src", "iif_nh6": "fd00::1", "iif_lladdr": "02:00:00:00:00:01"},
        errno.EINVAL, "iif-lladdr",
    ),
    "iif-lladdr multicast": (
        "add", "vnf", {**A_DEVICE, "iif": "src", "iif_lladdr": "01:00:5e:00:00:01"}, errno.EINVAL, "unicast",
    ),
    "iif-nh4 multicast": ("add", "vnf", {**A_DEVICE, "iif": "src", "iif_nh4": "224.0.0.1"}, errno.EINVAL, "224.0.0.1"),
    "iif-nh6 loopback": ("add", "vnf", {**A_DEVICE, "iif": "src", "iif_nh6": "::1"}, errno.EINVAL, "::1"),
    # flavors
    **{f"{flavor} with {behavior}": (
        "add", "sid", {**A_KIND[behavior], "flavors": flavor}, errno.EINVAL, flavor)
       for behavior, fitting in FITTING.items() for flavor in FLAVORS if flavor not in fitting},
    "nat with cache": ("add", "sid", {**A_MASQUERADING_SID, "flavors": "nat,cache"}, errno.EINVAL, "cache"),
    "next-csid without lblen": ("add", "sid", {**A_CSID, "lblen": None}, errno.EINVAL, "lblen"),
    "lblen of the whole prefix": ("add", "sid", {**A_CSID, "lblen": 48}, errno.EINVAL, "48"),
    "lblen beyond the prefix": ("add", "sid", {**A_CSID, "lblen": 64}, errno.EINVAL, "64"),
    "next-csid of a whole address": ("add", "sid", {**A_CSID, "prefix_len": 128}, errno.EINVAL, "next-csid"),
    "next-csid without a prefix": ("add", "sid", {**A_CSID, "prefix_len": None}, errno.EINVAL, "next-csid"),
    "lblen without next-csid": ("add", "sid", {**A_SID, "lblen": 32}, errno.EINVAL, "lblen"),
    # what only some behaviors have
    **{f"{behavior} with inner {kind}": (
        "add", "sid", {**A_KIND[behavior], "inner": kind}, errno.EINVAL, behavior)
       for behavior in ("End.AM", "End.AN") for kind in ("ip4", "ip", "eth", "ip6,eth", "ip,eth")},
    **{f"{behavior} with {key}": ("add", "sid", {**A_KIND[behavior], key: value}, errno.EINVAL, key.replace("_", "-"))
       for behavior in ("End.AM", "End.AN")
       for key, value in (("chain", "gold"), ("ageing", 1), ("margin", 1), ("ttl_mode", "uniform"),
                          ("dscp_mode", "pipe"), ("lblen", 32))},
    **{f"{behavior} with permit": (
        "add", "sid", {**A_KIND[behavior], "permit": "full"}, errno.EINVAL, "permit")
       for behavior in ("End.AS", "End.AD", "End.AM")},
    **{f"{behavior} with flows": ("add", "sid", {**A_KIND[behavior], "flows": 64}, errno.EINVAL, "flows")
       for behavior in ("End.AS", "End.AD", "End.AM")},
    "psp with flows": ("add", "sid", {**A_MASQUERADING_SID, "flavors": "psp", "flows": 64}, errno.EINVAL, "flows"),
    "End.AS with hmac": ("add", "sid", {**A_STATIC_SID, "hmac": 1}, errno.EINVAL, "chain"),
    "last with chain": ("add", "sid", {**A_STATIC_SID, "flavors": "last"}, errno.EINVAL, "chain"),
    "End.AD, last, with chain": ("add", "sid", {**A_SID, "flavors": "last", "chain": "gold"}, errno.EINVAL, "chain"),
    "last no more, without chain": ("change", "sid", {"addr": LAST_SID, "flavors": ""}, errno.EINVAL, "chain"),
    "fib without the hook": ("add", "sid", {**A_SID, "fib": 100}, errno.EINVAL, "fib"),
    "metric without the hook": ("add", "sid", {**A_SID, "metric": 100}, errno.EINVAL, "metric"),
    # prefixes
    "bits beyond the prefix": ("add", "sid", {**A_SID, "prefix_len": 64}, errno.EINVAL, SID3),
    "one bit beyond the prefix": ("add", "sid", {**A_SID, "prefix_len": 127}, errno.EINVAL, SID3),
    "prefix multicast": ("add", "sid", {**A_SID, "addr": "ff00::", "prefix_len": 8}, errno.EINVAL, "ff00::"),
    "prefix of everything": ("add", "sid", {**A_SID, "addr": "::", "prefix_len": 1}, errno.EINVAL, "::"),
    # reverse
    "reverse with one port": ("add", "sid", {**A_SID, "reverse": 1}, errno.EINVAL, "dst"),
    "reverse without a next hop": ("add", "sid", {**A_SID, "vnf": "fw", "reverse": 1}, errno.EINVAL, "ip"),
    # HMAC leaves less room
    "too many segments with HMAC": (
        "add", "chain", {**A_CHAIN, "segs": MANY[:15], "hmac": 1}, errno.EINVAL, "15",
    ),
    "too many reduced segments with HMAC": (
        "add", "chain", {**A_CHAIN, "segs": MANY[:16], "hmac": 1, "reduced": 1}, errno.EINVAL, "15",
    ),
    "HMAC for a chain that is too long": ("change", "chain", {"name": "long", "hmac": 1}, errno.EINVAL, "127"),
    # chains
    "chain without source": ("add", "chain", {"name": "x", "segs": [NEXT]}, errno.EINVAL, "src"),
    "chain without segments": ("add", "chain", {"name": "x", "src": "fc00:b::"}, errno.EINVAL, "segs"),
    **{f"name {name!r} of {noun}": ("add", noun, {**values, "name": name}, errno.EINVAL, "")
       for name in BAD_NAMES for noun, values in (("vnf", A_VNF), ("chain", A_CHAIN))},
    **{f"dev {name!r}": ("add", "vnf", {**A_VNF, "dev": name}, errno.EINVAL, "dev") for name in BAD_DEVICES},
    **{f"iif {name!r}": ("add", "vnf", {**A_VNF, "iif": name}, errno.EINVAL, "iif") for name in BAD_DEVICES},
    **{f"SID {addr}": ("add", "sid", {**A_SID, "addr": addr}, errno.EINVAL, addr) for addr in BAD_ADDRESSES},
    **{f"source {addr}": ("add", "chain", {**A_CHAIN, "src": addr}, errno.EINVAL, addr) for addr in BAD_ADDRESSES},
    **{f"segment {addr}": ("add", "chain", {**A_CHAIN, "segs": [NEXT, addr, LAST]}, errno.EINVAL, addr)
       for addr in BAD_ADDRESSES},
}


@pytest.mark.data
@pytest.mark.parametrize("case", REFUSED)
def test_refused(more_furnished, case):
    """With the errno and a sentence that says what, and nothing changed. A value of None is not said."""
    proxy = more_furnished
    verb, noun, values, number, sentence = REFUSED[case]
    before = proxy.state()
    if isinstance(values, dict):
        said = {key: value for key, value in values.items() if value is not None}
        error = refused(getattr(proxy, verb), noun, **said)
    else:
        error = refused(getattr(proxy, verb), noun, values)
    assert error.errno == number
    assert sentence in error.message
    assert proxy.state() == before


# (noun, values): numbers that the attributes themselves refuse
OUT_OF_RANGE = (
    ("chain", {**A_CHAIN, "dscp": 64}), ("chain", {**A_CHAIN, "dscp": 255}), ("chain", {**A_CHAIN, "reduced": 2}),
    ("sid", {**A_SID, "prefix_len": 0}), ("sid", {**A_SID, "prefix_len": 129}), ("sid", {**A_SID, "reverse": 2}),
    ("sid", {**A_SID, "require_hmac": 2}), ("sid", {**A_CSID, "lblen": 0}), ("sid", {**A_CSID, "lblen": 128}),
    ("sid", {**A_KIND["End.AN"], "flows": 0}), ("sid", {**A_KIND["End.AN"], "flows": 65537}),
    ("sid", {**A_SID, "inner": ""}),
)


@pytest.mark.data
@pytest.mark.parametrize("noun, values", OUT_OF_RANGE, ids=str)
def test_out_of_range(furnished, noun, values):
    before = furnished.state()
    assert refused(furnished.add, noun, **values).errno in (errno.ERANGE, errno.EINVAL)
    assert furnished.state() == before


# What is accepted, beside what is refused: (noun, values)
ACCEPTED = {
    **{f"{behavior} with {flavor}": ("sid", {**A_KIND[behavior], "flavors": flavor})
       for behavior, fitting in FITTING.items() for flavor in fitting if flavor not in ("last", "next-csid")},
    "nat and psp": ("sid", {**A_MASQUERADING_SID, "flavors": "nat,psp"}),
    "psp and cache": ("sid", {**A_MASQUERADING_SID, "flavors": "psp,cache", "flows": 65536}),
    "End.AS, last": ("sid", {"addr": SID3, "behavior": "End.AS", "vnf": "spare", "flavors": "last", "table": 5}),
    "End.AD, last": ("sid", {**A_SID, "flavors": "last", "table": 5}),
    "next-csid": ("sid", A_CSID),
    "next-csid of 1 bit": ("sid", {**A_CSID, "lblen": 47}),
    "next-csid of all bits": ("sid", {**A_CSID, "addr": "fcbb:bb00:f1::2", "prefix_len": 127, "lblen": 1}),
    "prefix": ("sid", {**A_SID, "addr": "fc00:b:7::", "prefix_len": 48}),
    "prefix of one bit": ("sid", {**A_SID, "addr": "8000::", "prefix_len": 1}),
    "prefix that is an address": ("sid", {**A_SID, "prefix_len": 128}),
    "End.AN": ("sid", {
        **A_KIND["End.AN"], "permit": "insert-any", "flows": 1, "hmac": 3, "require_hmac": 1, "table": 9,
    }),
    "End.AM with everything": ("sid", {**A_MASQUERADING_SID, "hmac": 3, "require_hmac": 1, "table": 9}),
    "End.AD with everything": ("sid", {
        **A_SID, "inner": "ip,eth", "ageing": 5, "margin": 5, "hmac": 7, "require_hmac": 1, "table": 9,
        "ttl_mode": "uniform", "dscp_mode": "uniform",
    }),
    "End.AS with everything": ("sid", {
        **A_STATIC_SID, "inner": "ip,eth", "require_hmac": 1, "ttl_mode": "uniform", "dscp_mode": "pipe",
    }),
    "Ethernet without a next hop": ("sid", {**A_SID, "vnf": "bare", "inner": "eth"}),
    "Ethernet on a tagged port without a next hop": ("sid", {**A_SID, "vnf": "tagged", "inner": "eth"}),
    "chain with everything": ("chain", {
        **A_CHAIN, "segs": MANY[:15], "hop_limit": 1, "reduced": 1, "table": 4, "tag": 65535, "hmac": 0xFFFFFFFF,
        "dscp": 63,
    }),
    "as many segments as HMAC allows": ("chain", {**A_CHAIN, "segs": MANY[:14], "hmac": 1}),
    "VNF with everything": ("vnf", {
        "name": "x", "dev": "src", "vlan": "802.1ad:4094,1", "iif": "dst", "iif_vlan": "802.1ad:1,802.1ad:2",
        "lladdr": "02:00:00:00:00:01", "iif_lladdr": "02:00:00:00:00:02", "on_down": "bypass",
        "handover": "never", "exclusive": 1,
    }),
    "VNF with next hops on both sides": ("vnf", {
        "name": "x", "dev": "src", "iif": "dst", "nh4": "10.0.0.1", "nh6": "fd00::1", "iif_nh4": "10.0.0.2",
        "iif_nh6": "fe80::1",
    }),
}


def as_shown(values):
    """VLANs and flavors are lists."""
    shown = {**values}
    if "flavors" in shown:
        shown["flavors"] = shown["flavors"].split(",")
    for key in ("vlan", "iif_vlan"):
        if key in shown and isinstance(shown[key], str):
            shown[key] = vlans(shown[key])
    return shown


@pytest.mark.data
@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted(more_furnished, case):
    """And shown as it was said."""
    noun, values = ACCEPTED[case]
    more_furnished.add(noun, **values)
    key = values["addr" if noun == "sid" else "name"]
    assert as_shown(values).items() <= more_furnished.get(noun, key).items()
    more_furnished.delete(noun, key)


def test_addresses_are_unique_whatever_their_prefix(furnished):
    """The address is the key; the prefix is its configuration."""
    furnished.add("sid", **{**A_SID, "addr": "fc00:b:7::", "prefix_len": 48})
    before = furnished.state()
    assert refused(furnished.add, "sid", **{**A_SID, "addr": "fc00:b:7::", "prefix_len": 64}).errno == errno.EEXIST
    assert furnished.state() == before
    # Of another length there is none to be changed or deleted by accident; replaced it can be.
    assert refused(furnished.change, "sid", addr="fc00:b:7::", prefix_len=64).errno == errno.ENOENT
    furnished.change("sid", addr="fc00:b:7::", prefix_len=48, margin=3)
    tool = Tool(furnished.ns)
    for command in ("del", "get"):
        assert tool(f"sid {command} fc00:b:7::/64", check=False).returncode == 2
    assert furnished.get("sid", "fc00:b:7::")["prefix_len"] == 48
    furnished.replace("sid", **{**A_SID, "addr": "fc00:b:7::", "prefix_len": 64})
    assert furnished.get("sid", "fc00:b:7::")["prefix_len"] == 64
    assert tool("sid del fc00:b:7::/64").returncode == 0


def test_circuit_of_a_tagged_port_is_taken(more_furnished):
    """The sentence says which: device, tags, inner type, and whose it is."""
    proxy = more_furnished
    proxy.vnf("outer", dev="src", vlan="802.1ad:300,30", lladdr="02:00:00:00:00:01")
    proxy.vnf("same", dev="dst", iif="src", iif_vlan="802.1ad:300,30", lladdr="02:00:00:00:00:01")
    proxy.vnf("other", dev="src", vlan="300,30", lladdr="02:00:00:00:00:01")
    proxy.sid(SID3, vnf="outer", inner="eth")
    error = refused(proxy.sid, "fc00:b::f4", vnf="same", inner="eth")
    assert error.errno == errno.EEXIST
    assert all(word in error.message for word in ("src", "300", "30", "eth", SID3))
    proxy.sid("fc00:b::f4", vnf="same", inner="ip6")
    proxy.sid("fc00:b::f5", vnf="other", inner="ip,eth")
    assert len([circuit for circuit in proxy.show("circuit") if circuit.get("vlan")]) == 5


def test_hook_is_of_this_kernel(furnished):
    """Either it can be, or it cannot and says so; what it is made of is said, too."""
    assert furnished.info()["seg6local"] in ("End.T", "End.BPF")
    try:
        furnished.add("sid", **{**A_SID, "hook": "seg6local", "fib": 100, "metric": 7})
    except NlError as error:
        assert error.errno == errno.EOPNOTSUPP and error.message
    else:
        assert {"hook": "seg6local", "fib": 100, "metric": 7}.items() <= furnished.get("sid", SID3).items()


def test_refusal_points_at_the_attribute(furnished):
    """The offset is that of the bad one among several."""
    values = {"name": "x", "dev": "to-vnf", "nh4": "224.0.0.1"}
    error = refused(furnished.add, "vnf", **values)
    before = len(nest("vnf", encode("vnf", {"name": "x", "dev": "to-vnf"})))
    assert error.offset == 16 + 4 + before
