# SPDX-License-Identifier: GPL-2.0
"""Generic netlink, byte by byte: what is malformed is refused, with the attribute, and changes nothing.

    node: srproxy, a few devices; the test speaks netlink to it, as root and as others
"""

import errno
import os
import struct
import time

import pytest

from lib import faults, uapi
from lib.bench import LAST, NEXT, PATH, SID, SID2, SID3
from lib.genl import (
    NLM_F_CREATE, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_EXCL, NLM_F_MULTI, NLM_F_REPLACE, NLM_F_REQUEST, NLMSG_DONE,
    NlError, attr, u8, u32,
)
from lib.netns import CLONE_NEWNET, CLONE_NEWUSER, Netns, in_child, libc
from lib.packet import inner6, srv6
from lib.proxy import KINDS, Proxy, command, encode, nest, number_of, with_defaults

VALUE = uapi.VALUE
ADD = NLM_F_CREATE | NLM_F_EXCL


def furnish(proxy):
    proxy.vnf("fw", dev="to-vnf", iif="from-vnf", nh6="fd00:3::2")
    proxy.vnf("spare", dev="dst", nh6="fd00:2::2")
    proxy.chain("gold", src="fc00:b::", segs=[NEXT, LAST])
    proxy.sid(SID)


@pytest.fixture
def proxy(bench):
    furnish(bench.proxy)
    return bench.proxy


# Requests that are right: operation → flags, noun, attributes in this order
RIGHT = {
    "vnf_new": (ADD, "vnf", {
        "name": "x", "dev": "src", "iif": "dst", "nh4": "10.0.0.1", "nh6": "fd00::1", "on_down": "drop",
        "iif_nh4": "10.0.0.2", "iif_nh6": "fd00::2", "handover": "never",
    }),
    "vnf_new lladdr": (ADD, "vnf", {
        "name": "x", "dev": "src", "iif": "dst", "lladdr": "02:00:00:00:00:01", "iif_lladdr": "02:00:00:00:00:02",
        "vlan": "100", "iif_vlan": "802.1ad:200,100",
    }),
    "vnf_change": (NLM_F_REPLACE, "vnf", {"name": "spare", "iif": "src"}),
    "vnf_del": (0, "vnf", {"name": "spare"}),
    "vnf_get": (0, "vnf", {"name": "spare"}),
    "chain_new": (ADD, "chain", {
        "name": "x", "src": "fc00:b::", "segs": [NEXT, LAST], "hop_limit": 64, "reduced": 0, "table": 0, "tag": 7,
        "hmac": 7, "dscp": 7,
    }),
    "chain_del": (0, "chain", {"name": "gold"}),
    "chain_get": (0, "chain", {"name": "gold"}),
    "sid_new": (ADD, "sid", {
        "addr": SID2, "behavior": "End.AD", "inner": "ip6", "vnf": "spare", "ageing": 0, "margin": 8, "table": 0,
        "prefix_len": 128, "flavors": "", "reverse": 0, "hook": "prerouting", "ttl_mode": "uniform",
        "dscp_mode": "pipe", "hmac": 7, "require_hmac": 1,
    }),
    "sid_new csid": (ADD, "sid", {
        "addr": "fcbb:bb00:f1::", "prefix_len": 48, "behavior": "End.AD", "vnf": "spare", "flavors": "next-csid",
        "lblen": 32,
    }),
    "sid_new function": (ADD, "sid", {
        "addr": SID2, "behavior": "End.AN", "vnf": "spare", "permit": "insert-next", "flows": 64,
    }),
    "sid_new static": (ADD, "sid", {"addr": SID2, "behavior": "End.AS", "vnf": "spare", "chain": "gold"}),
    "sid_new local": (ADD, "sid", {
        "addr": SID2, "behavior": "End.AD", "vnf": "spare", "flavors": "last", "hook": "local", "fib": 7, "metric": 7,
    }),
    "sid_change": (NLM_F_REPLACE, "sid", {"addr": SID, "hook": "local"}),
    "sid_del": (0, "sid", {"addr": SID}),
    "sid_get": (0, "sid", {"addr": SID}),
    "cache_del": (0, "cache", {"sid": SID}),
    "cache_get": (NLM_F_DUMP, "cache", {"sid": SID}),
}
# Attributes without which a request is none
REQUIRED = {
    "vnf_new": ("name", "dev"), "vnf_change": ("name",), "vnf_del": ("name",), "vnf_get": ("name",),
    "chain_new": ("name", "src", "segs"), "chain_del": ("name",), "chain_get": ("name",),
    "sid_new": ("addr", "behavior", "vnf"), "sid_new static": ("chain",), "sid_change": ("addr",), "sid_del": ("addr",), "sid_get": ("addr",),
    "cache_del": ("sid",),
}
LENGTHS = {
    "nh4": 4, "nh6": 16, "lladdr": 6, "src": 16, "addr": 16, "sid": 16, "on_down": 1, "hop_limit": 1, "reduced": 1,
    "behavior": 1, "inner": 1, "margin": 1, "table": 4, "ageing": 4, "iif_nh4": 4, "iif_nh6": 16, "iif_lladdr": 6,
    "tag": 2, "hmac": 4, "dscp": 1, "prefix_len": 1, "flavors": 4, "reverse": 1, "hook": 1, "ttl_mode": 1,
    "dscp_mode": 1, "require_hmac": 1, "lblen": 1, "permit": 1, "flows": 4, "fib": 4, "metric": 4,
    "handover": 1,
}
RANGES = {
    "on_down": (u8(2), u8(255)), "hop_limit": (u8(0),), "reduced": (u8(2), u8(255)),
    "behavior": (u8(0), u8(5), u8(255)), "inner": (u8(0), u8(8), u8(255)), "ageing": (u32(86401), u32(0xFFFFFFFF)),
    "dscp": (u8(64), u8(255)), "prefix_len": (u8(0), u8(129), u8(255)), "flavors": (u32(32), u32(0xFFFFFFFF)),
    "reverse": (u8(2),), "hook": (u8(3), u8(255)), "ttl_mode": (u8(2), u8(255)), "dscp_mode": (u8(3), u8(255)),
    "require_hmac": (u8(2),), "lblen": (u8(0), u8(128), u8(255)), "permit": (u8(4), u8(255)),
    "flows": (u32(0), u32(65537), u32(0xFFFFFFFF)), "handover": (u8(2), u8(255)),
}
TEXTS = {"name": 32, "vnf": 32, "chain": 32, "dev": 16, "iif": 16}


def bad_payloads(key):
    """{what is wrong: payload} for an attribute."""
    if key in TEXTS:
        return {
            "unterminated": b"x" * 3, "too long": b"x" * TEXTS[key] + b"\0", "far too long": b"x" * 4000 + b"\0",
            "without any byte": b"",
        }
    if key == "segs":
        return {
            "empty": b"", "short": bytes(15), "odd": bytes(17), "128 segments": b"\xfc" + bytes(16 * 128 - 1),
        }
    if key in ("vlan", "iif_vlan"):
        tag = b"\x81\0\0\1"
        return {
            "empty": b"", "short": tag[:3], "odd": tag + b"\0", "half a tag more": tag + tag[:2], "three tags": tag * 3,
            "VID 0": b"\x81\0\0\0", "VID 4095": b"\x81\0\x0f\xff", "VID with priority": b"\x81\0\x20\1",
            "protocol": b"\x91\0\0\1", "protocol 0": b"\0\0\0\1", "second VID 0": tag + b"\x81\0\0\0",
        }
    wrong = {"empty": b"", "short": bytes(LENGTHS[key] - 1), "long": bytes(LENGTHS[key] + 1)}
    if key not in RANGES:
        wrong["twice as long"] = bytes(LENGTHS[key] * 2)
    return {**wrong, **{f"value {bad[0]}": bad for bad in RANGES.get(key, ())}}


def attributes(noun, values, replaced=None, payload=None, number=None):
    """(the nest, offset of the attribute `replaced` in a message), that one with another payload."""
    out, offset, where = [], 16 + 4 + 4, None
    for key, value in values.items():
        body = KINDS[noun][key].encode(value)
        if key == replaced:
            where, body = offset, payload
        out.append(attr(number_of(noun, key), body))
        offset += len(out[-1])
    return nest(noun, out), where


def operation(name):
    return command(*name.split()[0].replace("change", "new").rsplit("_", 1))


def refused(proxy, cmd, flags, message):
    """The refusal, after making sure that it is one and leaves everything as it was."""
    before = proxy.state()
    with pytest.raises(NlError) as error:
        proxy.family.call(cmd, flags, message)
    assert proxy.state() == before
    assert error.value.message, "a refusal without a sentence"
    return error.value


@pytest.mark.parametrize("name", RIGHT)
def test_right(proxy, name):
    """So that what is wrong with the others is what has been changed."""
    flags, noun, values = RIGHT[name]
    proxy.family.call(operation(name), flags, attributes(noun, values)[0])


@pytest.mark.parametrize("name", RIGHT)
def test_bad_payload(proxy, name):
    flags, noun, values = RIGHT[name]
    for key in values:
        for wrong, payload in bad_payloads(key).items():
            print(key, wrong)
            message, offset = attributes(noun, values, key, payload)
            error = refused(proxy, operation(name), flags, message)
            assert error.errno in (errno.EINVAL, errno.ERANGE)
            assert error.offset == offset


@pytest.mark.parametrize("name, key", [(name, key) for name, keys in REQUIRED.items() for key in keys])
def test_missing(proxy, name, key):
    flags, noun, values = RIGHT[name]
    message, _ = attributes(noun, {k: v for k, v in values.items() if k != key})
    error = refused(proxy, operation(name), flags, message)
    assert error.errno == errno.EINVAL
    assert error.missing == number_of(noun, key)


@pytest.mark.parametrize("name", [name for name in RIGHT if name not in ("cache_del", "cache_get")])
def test_missing_nest(proxy, name):
    """No object at all (which for cache_* means all of them)."""
    flags, noun, _ = RIGHT[name]
    error = refused(proxy, operation(name), flags, b"")
    assert error.errno == errno.EINVAL and error.missing == VALUE[f"SRPROXY_A_{noun.upper()}"]


@pytest.mark.data
@pytest.mark.parametrize("name", RIGHT)
def test_nest_without_its_flag(proxy, name):
    flags, noun, values = RIGHT[name]
    body = encode(noun, values)
    error = refused(proxy, operation(name), flags, attr(VALUE[f"SRPROXY_A_{noun.upper()}"], b"".join(body)))
    assert error.errno == errno.EINVAL and error.offset == 20


@pytest.mark.parametrize("name", RIGHT)
def test_unknown_attribute_inside(proxy, name):
    flags, noun, values = RIGHT[name]
    right = encode(noun, values)
    for number in (0, 99):
        error = refused(proxy, operation(name), flags, nest(noun, [*right, attr(number, u32(1))]))
        assert error.errno == errno.EINVAL and error.offset == 24 + sum(map(len, right))


@pytest.mark.data
@pytest.mark.parametrize("name", RIGHT)
def test_unknown_attribute_outside(proxy, name):
    flags, noun, values = RIGHT[name]
    right = nest(noun, encode(noun, values))
    for number in (0, uapi.VALUE["SRPROXY_A_MAX"] + 1, 99):
        error = refused(proxy, operation(name), flags, right + attr(number, u32(1)))
        assert error.errno == errno.EINVAL and error.offset == 20 + len(right)


# What only replies bear
REPLY_ONLY = {
    "vnf_new": ("state", "dev_ifindex", "iif_ifindex", "sids"),
    "chain_new": ("sids",),
    "sid_new": ("stats",),
    "cache_del": ("inner", "header", "age", "idle", "expired", "srh", "flow"),
    "cache_get": ("inner", "header", "age", "idle", "expired", "srh", "flow"),
}


@pytest.mark.data
@pytest.mark.parametrize("name, key", [(name, key) for name, keys in REPLY_ONLY.items() for key in keys])
def test_attribute_of_replies(proxy, name, key):
    flags, noun, values = RIGHT[name]
    right = encode(noun, values)
    error = refused(proxy, operation(name), flags, nest(noun, [*right, attr(number_of(noun, key), u8(1))]))
    assert error.errno == errno.EINVAL and error.offset == 24 + sum(map(len, right))


@pytest.mark.data
@pytest.mark.parametrize("name", ("vnf_del", "vnf_get", "chain_del", "chain_get", "sid_del", "sid_get"))
def test_more_than_the_key(proxy, name):
    """What names an object is not the place to describe it."""
    flags, noun, values = RIGHT[name]
    more = {"vnf": {"dev": "src"}, "chain": {"src": "fc00:b::"}, "sid": {"vnf": "fw"}}[noun]
    error = refused(proxy, operation(name), flags, nest(noun, encode(noun, {**values, **more})))
    assert error.errno == errno.EINVAL


@pytest.mark.data
@pytest.mark.parametrize("name", RIGHT)
def test_another_objects_nest(proxy, name):
    flags, noun, values = RIGHT[name]
    other = {"vnf": "chain", "chain": "sid", "sid": "cache", "cache": "vnf"}[noun]
    message = attr(VALUE[f"SRPROXY_A_{other.upper()}"], encode(noun, values))
    assert refused(proxy, operation(name), flags, message).errno == errno.EINVAL


@pytest.mark.parametrize("name", RIGHT)
def test_trailing_bytes(proxy, name):
    flags, noun, values = RIGHT[name]
    right = nest(noun, encode(noun, values))
    for tail in (b"\1", b"\1\2\3", *(struct.pack("=HH", length, 1) for length in (0, 3, 400))):
        assert refused(proxy, operation(name), flags, right + tail).errno == errno.EINVAL


@pytest.mark.parametrize("length", (0, 3, 4096))
@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.data
def test_nest_that_lies_about_its_length(proxy, name, length):
    flags, noun, values = RIGHT[name]
    message = bytearray(nest(noun, encode(noun, values)))
    struct.pack_into("=H", message, 0, length)
    assert refused(proxy, operation(name), flags, bytes(message)).errno == errno.EINVAL


@pytest.mark.data
@pytest.mark.parametrize("name", [name for name in RIGHT if name != "cache_get"])
def test_same_attribute_twice(proxy, name):
    """The last one counts, as everywhere in netlink; nothing mixed of both comes out."""
    flags, noun, values = RIGHT[name]
    key = next(iter(values))
    right = encode(noun, values)
    proxy.family.call(operation(name), flags, nest(noun, [right[0], *right]))
    if name.endswith("_new"):
        assert proxy.get(noun, values[key])[key] == values[key]


@pytest.mark.parametrize("cmd", (0, VALUE["SRPROXY_CMD_CACHE_NEW"], VALUE["SRPROXY_CMD_MAX"] + 1, 255))
@pytest.mark.parametrize("flags", (0, NLM_F_DUMP))
def test_unknown_operation(proxy, cmd, flags):
    before = proxy.state()
    with pytest.raises(NlError) as error:
        proxy.family.call(cmd, flags)
    assert error.value.errno == errno.EOPNOTSUPP and proxy.state() == before


def test_operation_that_only_dumps(proxy):
    for noun in ("circuit", "cache"):
        with pytest.raises(NlError) as error:
            proxy.family.call(command(noun, "get"))
        assert error.value.errno == errno.EOPNOTSUPP


@pytest.mark.parametrize("size", (0, 1, 3))
def test_message_without_its_header(proxy, size):
    """Shorter than the generic netlink header."""
    with pytest.raises(NlError) as error:
        proxy.family.request(proxy.family.id, 0, bytes(size))
    assert error.value.errno == errno.EINVAL


def test_dump_of_nobody(proxy):
    """A learned header is asked for by a SID that exists."""
    assert proxy.cache(SID) == []
    with pytest.raises(NlError) as error:
        proxy.cache(SID3)
    assert error.value.errno == errno.ENOENT


# Several in one datagram


def add_vnf(proxy, name, flags=ADD, more=b""):
    attrs = nest("vnf", encode("vnf", {"name": name, "dev": "x"})) + more
    return proxy.family.message(command("vnf", "new"), flags, attrs)


BAD = {     # by whom a request is refused
    "us": lambda proxy: add_vnf(proxy, "fw", ADD | NLM_F_MULTI),
    "policy": lambda proxy: add_vnf(proxy, "bad", ADD | NLM_F_MULTI, attr(VALUE["SRPROXY_A_MAX"] + 1, u32(1))),
    "family": lambda proxy: proxy.family.message(255, NLM_F_MULTI),
    "netlink": lambda proxy: (1 << 15, NLM_F_MULTI, bytes(4)),
}


def errnos(answers):
    return [answer and answer.errno for answer in answers]


@pytest.mark.parametrize("bad", BAD)
def test_a_list_of_changes_ends_at_the_first_refusal(proxy, bad):
    """Whoever refuses it: what stands before it is done, and nothing behind it."""
    rest = [
        add_vnf(proxy, "behind", ADD | NLM_F_MULTI),
        proxy.family.message(command("vnf", "del"), NLM_F_MULTI, nest("vnf", encode("vnf", {"name": "spare"}))),
        proxy.family.message(command("sid", "del"), NLM_F_MULTI, nest("sid", encode("sid", {"addr": SID}))),
        proxy.family.message(command("chain", "del"), NLM_F_MULTI, nest("chain", encode("chain", {"name": "gold"}))),
        proxy.family.message(command("sid", "new"), ADD | NLM_F_MULTI,
                             nest("sid", encode("sid", {"addr": SID2, "behavior": "End.AD", "vnf": "spare"}))),
        proxy.family.message(command("chain", "new"), ADD | NLM_F_MULTI,
                             nest("chain", encode("chain", {"name": "x", "src": "fc00:b::", "segs": [NEXT]}))),
    ]
    before = proxy.state()
    first = [add_vnf(proxy, "one"), add_vnf(proxy, "two", ADD | NLM_F_MULTI)]
    answers = proxy.family.request_all([*first, BAD[bad](proxy), *rest])
    refused = answers[2]
    assert errnos(answers) == [None, None, refused.errno] + len(rest) * [errno.ECANCELED]
    assert answers[3].message == "the request before was not done"
    after = proxy.state()
    assert {vnf["name"] for vnf in after.pop("vnf")} - {vnf["name"] for vnf in before.pop("vnf")} == {"one", "two"}
    assert after == before
    # All of it is right by itself.
    assert errnos(proxy.family.request_all([add_vnf(proxy, "three"), *rest[:1]])) == [None, None]


def test_changes_without_a_list_are_done_each_by_itself(proxy):
    answers = proxy.family.request_all([BAD[bad](proxy) for bad in BAD] + [add_vnf(proxy, "one")])
    assert errnos(answers)[0] == errno.ECANCELED and answers[-1] is None
    assert proxy.get("vnf", "one")


def test_a_list_is_of_one_datagram_and_in_order(proxy):
    proxy.vnf("one", dev="x")
    assert errnos(proxy.family.request_all([add_vnf(proxy, "two", ADD | NLM_F_MULTI)])) == [errno.ECANCELED]
    answers = proxy.family.request_all([add_vnf(proxy, "two"), add_vnf(proxy, "three", ADD | NLM_F_MULTI)], step=2)
    assert errnos(answers) == [None, errno.ECANCELED]


# No memory


@pytest.mark.skipif(not faults.present(), reason=faults.NEEDS)
@pytest.mark.parametrize("name", RIGHT)
def test_any_allocation_may_fail(proxy, name):
    """The first, the second, … until none does: a request is carried out or not, never in part."""
    flags, noun, values = RIGHT[name]
    message, _ = attributes(noun, values)
    before = proxy.state()
    proxy.family.call(operation(name), flags, message)
    after, calls = proxy.state(), 0
    proxy.flush()
    furnish(proxy)
    for number in faults.one_by_one(lambda: proxy.family.call(operation(name), flags, message)):
        assert number in (None, errno.ENOMEM, errno.ENOBUFS)
        assert proxy.state() in (before, after)
        proxy.flush()
        furnish(proxy)
        calls += 1
    assert calls > 1 and number is None


# Dumps

MANY = 1000


@pytest.fixture(scope="module")
def crowd(module):
    """Many of everything, in a namespace of its own: for the tests that only look."""
    ns = Netns("crowd")
    proxy = Proxy(ns)
    for n in range(MANY):
        proxy.vnf(f"vnf{n}", dev=f"dev{n}", nh6="fd00:3::2")
        proxy.chain(f"chain{n}", src="fc00:b::", segs=[f"fc00:c::{n + 1:x}"])
        proxy.sid(f"fc00:b:1::{n + 1:x}", vnf=f"vnf{n}", behavior="End.AS", chain=f"chain{n}")
    yield proxy
    proxy.close()
    ns.close()


@pytest.mark.parametrize("stats", (False, True))
def test_dump_of_many(crowd, stats):
    sids = crowd.show("sid", stats=stats)
    assert [sid["addr"] for sid in sids] == [f"fc00:b:1::{n + 1:x}" for n in range(MANY)]
    assert all(("stats" in sid) == stats for sid in sids)


def test_dumps_of_many_others(crowd):
    assert [vnf["name"] for vnf in crowd.show("vnf")] == [f"vnf{n}" for n in range(MANY)]
    assert [chain["segs"] for chain in crowd.show("chain")] == [[f"fc00:c::{n + 1:x}"] for n in range(MANY)]
    circuits = {(c["iif"], c["inner"], c["sid"]) for c in crowd.show("circuit")}
    assert circuits == {
        (f"dev{n}", inner, f"fc00:b:1::{n + 1:x}") for n in range(MANY) for inner in ("ip4", "ip6")
    }
    assert crowd.info()["sids"] == MANY


def test_one_among_many(crowd):
    assert crowd.get("sid", "fc00:b:1::100")["vnf"] == "vnf255"


def test_interrupted_dump_says_so(crowd):
    """Something changes between two of its messages."""
    family = crowd.family
    family.send(family.id, NLM_F_REQUEST | NLM_F_DUMP, struct.pack("=BBH", command("sid", "get"), 1, 0))
    list(family.messages())
    meddler = Proxy(crowd.ns)
    meddler.chain("meddler", src="fc00:b::", segs=[NEXT])
    flags = 0
    done = False
    while not done:
        for kind, more, _, _ in family.messages():
            flags |= more
            done |= kind == NLMSG_DONE
    meddler.delete("chain", "meddler")
    meddler.close()
    assert flags & NLM_F_DUMP_INTR


def test_abandoned_dump(crowd):
    """The reader goes away in the middle."""
    for _ in range(5):
        proxy = Proxy(crowd.ns)
        proxy.family.send(proxy.family.id, NLM_F_REQUEST | NLM_F_DUMP, struct.pack("=BBH", command("sid", "get"), 1, 0))
        list(proxy.family.messages())
        proxy.close()
    assert len(crowd.show("sid")) == MANY


# Events


def test_config_events(bench):
    """One for each change, with the state after it, in order."""
    proxy = bench.proxy
    with proxy.listen("config") as events:
        bench.fw()
        proxy.chain("gold", src="fc00:b::", segs=[NEXT])
        proxy.sid(SID, behavior="End.AS", chain="gold")
        proxy.change("chain", name="gold", segs=[LAST])
        proxy.replace("vnf", name="fw", dev="to-vnf", nh6="fd00:3::2")
        states = {noun: proxy.show(noun)[0] for noun in ("vnf", "chain")}
        proxy.change("sid", addr=SID, inner="ip6")
        proxy.delete("sid", SID)
        proxy.delete("chain", "gold")
        proxy.delete("vnf", "fw")
        seen = events.until(lambda verb, noun, values: (verb, noun) == ("del", "vnf"), "the last one")
    assert [(verb, noun) for verb, noun, _ in seen] == [
        ("new", "vnf"), ("new", "chain"), ("new", "sid"), ("new", "chain"), ("new", "vnf"), ("new", "sid"),
        ("del", "sid"), ("del", "chain"), ("del", "vnf"),
    ]
    values = [values for _, _, values in seen]
    assert values[3] == states["chain"] and values[4] == states["vnf"]
    assert values[5] == with_defaults("sid", addr=SID, behavior="End.AS", inner="ip6", vnf="fw", chain="gold")
    assert values[6:] == [{"addr": SID}, {"name": "gold"}, {"name": "fw"}]


def test_flush_events(bench):
    bench.end_as()
    with bench.proxy.listen("config") as events:
        bench.proxy.flush()
        seen = events.until(lambda verb, noun, values: noun == "vnf", "the VNF")
    assert [(verb, noun) for verb, noun, _ in seen] == [("del", "sid"), ("del", "chain"), ("del", "vnf")]


def test_refusals_are_no_events(proxy):
    with proxy.listen("config") as events:
        with pytest.raises(NlError):
            proxy.vnf("fw", dev="other")
        with pytest.raises(NlError):
            proxy.delete("vnf", "fw")
        proxy.chain("last", src="fc00:b::", segs=[NEXT])
        seen = events.until(lambda verb, noun, values: values.get("name") == "last", "the chain")
    assert len(seen) == 1


def test_state_events(bench):
    """A VNF that goes down and comes up is announced, once each."""
    bench.end_ad()
    with bench.proxy.listen("config") as events:
        for state in ("down", "up"):
            bench.world.ip(f"link set from-vnf {state}")
            seen = events.until(lambda verb, noun, values: True, f"VNF is {state}")
            ((verb, noun, values),) = seen
            assert (verb, noun, values["name"], values["state"]) == ("new", "vnf", "fw", state)


def test_learn_events(bench):
    bench.end_ad()
    with bench.proxy.listen("learn") as events:
        bench.teach(srv6(PATH, tag=1) / inner6())
        (known,) = bench.proxy.cache()
        bench.teach(srv6(PATH, tag=2) / inner6())
        bench.proxy.flush("cache")
        seen = events.until(lambda verb, noun, values: verb == "del", "flushed")
    assert [(verb, noun) for verb, noun, _ in seen] == [("new", "cache"), ("new", "cache"), ("del", "cache")]
    first, second, last = (values for _, _, values in seen)
    assert (first["sid"], first["inner"], first["header"]) == (SID, "ip6", known["header"])
    assert second["header"] != first["header"]
    assert last == {"sid": SID, "inner": "ip6"}


def test_learn_events_are_limited(bench):
    """A network that keeps changing its mind costs so many events a second and no more."""
    bench.end_ad()
    limit = VALUE["SRPROXY_LEARN_EVENTS_PER_SEC"]
    frames = [bench.src.frame(srv6(PATH, tag=tag) / inner6()) for tag in (1, 2)]
    with bench.proxy.listen("learn") as events:
        start = time.monotonic()
        for n in range(10 * limit):
            bench.src.send_frame(frames[n % 2])
        seconds = time.monotonic() - start
        bench.arrived()
        count = 0
        events.proxy.family.sock.setblocking(False)
        while True:
            try:
                events.proxy.family.sock.recv(1 << 16)
                count += 1
            except BlockingIOError:
                break
    assert 0 < count <= limit * (int(seconds) + 2)


def test_events_stay_in_their_namespace(bench):
    with Proxy(bench.world).listen("config") as elsewhere, bench.proxy.listen("config") as events:
        bench.fw()
        events.until(lambda verb, noun, values: True)
        elsewhere.proxy.family.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.proxy.family.sock.recv(1 << 16)


# Permissions

NOBODY = 65534
CAP_NET_ADMIN = 12


def become_nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def drop_net_admin():
    """All capabilities but one."""
    keep = (1 << 41) - 1 & ~(1 << CAP_NET_ADMIN)
    header = struct.pack("=Ii", 0x20080522, 0)
    low, high = keep & 0xFFFFFFFF, keep >> 32
    libc("capset", header, struct.pack("=6I", low, low, 0, high, high, 0))


def try_everything():
    """{operation: errno} of every right request."""
    proxy = Proxy()
    results = {}
    for name, (flags, noun, values) in RIGHT.items():
        try:
            proxy.family.call(operation(name), flags, attributes(noun, values)[0])
            results[name] = 0
        except NlError as error:
            results[name] = error.errno
    for noun in ("info", "vnf", "chain", "sid", "circuit", "cache"):
        try:
            proxy.family.call(command(noun, "get"), 0 if noun == "info" else NLM_F_DUMP)
            results[f"{noun} dump"] = 0
        except NlError as error:
            results[f"{noun} dump"] = error.errno
    for group in ("config", "learn"):
        try:
            proxy.family.join(group)
            results[f"join {group}"] = 0
        except OSError as error:
            results[f"join {group}"] = error.errno
    return results


def test_nobody_may_do_anything(bench, proxy):
    before = proxy.state()

    def child():
        become_nobody()
        return try_everything()

    results = in_child(child, bench.node)
    assert {name: number for name, number in results.items() if number != errno.EPERM} == {}
    assert proxy.state() == before


def test_root_without_the_capability(bench, proxy):
    before = proxy.state()

    def child():
        drop_net_admin()
        return try_everything()

    results = in_child(child, bench.node)
    assert {name: number for name, number in results.items() if number != errno.EPERM} == {}
    assert proxy.state() == before


def test_root_of_a_user_namespace_that_does_not_own_the_netns(bench, proxy):
    before = proxy.state()

    def child():
        become_nobody()
        libc("unshare", CLONE_NEWUSER)
        return try_everything()

    results = in_child(child, bench.node)
    assert {name: number for name, number in results.items() if number != errno.EPERM} == {}
    assert proxy.state() == before


def test_root_of_a_user_namespace_that_owns_its_netns(proxy):
    """Needs no more than CAP_NET_ADMIN over the namespace it configures."""
    before = proxy.state()

    def child():
        become_nobody()
        libc("unshare", CLONE_NEWUSER | CLONE_NEWNET)
        mine = Proxy()
        mine.vnf("fw", dev="lo", nh6="fd00::1")
        mine.vnf("spare", dev="spare", nh6="fd00::1")
        mine.chain("gold", src="fc00:b::", segs=[NEXT])
        mine.sid(SID)
        return [try_everything(), len(mine.show("vnf"))]

    results, vnfs = in_child(child)
    # Those that undo each other's premises may find nothing or something: but no EPERM.
    assert errno.EPERM not in results.values(), results
    allowed = ("vnf_new", "chain_new", "info dump", "sid dump", "join config", "join learn")
    assert {results[name] for name in allowed} == {0}
    assert vnfs >= 2
    assert proxy.state() == before


def test_user_namespace_without_the_capability(proxy):
    def child():
        become_nobody()
        libc("unshare", CLONE_NEWUSER | CLONE_NEWNET)
        drop_net_admin()
        return try_everything()

    results = in_child(child)
    assert {name: number for name, number in results.items() if number != errno.EPERM} == {}


def test_socket_opened_with_more_rights(bench, proxy):
    """The rights of who sends count as well: a socket handed down is no key."""

    def child():
        mine = Proxy()
        become_nobody()
        try:
            mine.vnf("x", dev="src", nh6="fd00::1")
        except NlError as error:
            return error.errno
        return 0

    assert in_child(child, bench.node) == errno.EPERM
