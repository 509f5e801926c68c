# SPDX-License-Identifier: GPL-2.0
"""The kernel's own netlink client knows the module by docs/netlink/srproxy.yaml, which its policies agree with."""

import contextlib
import errno
import os
import re

import pytest

from lib.bench import LAST, NEXT, PATH, SID
from lib.genl import NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE
from lib.netns import until
from lib.packet import inner6, srv6
from lib.proxy import SEGS, VLAN, Tool
from lib.uapi import HEADER

if "SRPROXY_YNL" not in os.environ:
    pytest.skip("the kernel's tools/net/ynl is not at hand", allow_module_level=True)

from lib.ynl import NlError, Ynl  # noqa: E402: which is there now

ADD = [NLM_F_CREATE, NLM_F_EXCL]
NH4, NH6, MAC = "10.3.0.2", "fd00:3::2", "02:00:00:00:03:02"
PORTS = {"dev": "to-vnf", "iif": "from-vnf"}
# Together they have each attribute that can be set.
EXAMPLES = {
    "vnf": [
        {"name": "fw", **PORTS, "nh4": NH4, "nh6": NH6, "iif-nh4": NH4, "iif-nh6": NH6, "on-down": "bypass",
         "handover": "never"},
        {"name": "tagged", **PORTS, "vlan": VLAN.encode("100"), "iif-vlan": VLAN.encode("802.1ad:200,100"),
         "lladdr": MAC, "iif-lladdr": MAC},
        {"name": "alone", "dev": "absent", "exclusive": 1},
    ],
    "chain": [
        {"name": "gold", "src": "fc00:b::", "segs": SEGS.encode([NEXT, LAST]), "hop-limit": 9, "reduced": 1, "table": 7,
         "tag": 5, "hmac": 3, "dscp": 46},
    ],
    "sid": [
        {"addr": SID, "behavior": "end-ad", "inner": ["ip6"], "vnf": "fw", "ageing": 86400, "margin": 3, "table": 0,
         "hmac": 7, "ttl-mode": "uniform", "dscp-mode": "pipe"},
        {"addr": "fc00:b::f2", "behavior": "end-as", "inner": ["ip4"], "vnf": "fw", "chain": "gold", "hook": "local",
         "fib": 5, "metric": 6, "require-hmac": 1},
        {"addr": "fc00:b::f3", "behavior": "end-an", "vnf": "tagged", "permit": "insert-any", "flows": 16},
        {"addr": "fcbb:bb00:1::", "prefix-len": 48, "behavior": "end-ad", "vnf": "tagged", "flavors": ["next-csid"],
         "lblen": 32, "inner": ["ip4", "eth"], "reverse": 1},
    ],
}


@pytest.fixture
def ynl(bench):
    with Ynl(bench.node) as client:
        yield client


@pytest.fixture
def monitor(ynl, bench):
    """A function that waits for the next notification of any group: (name, message)."""
    with contextlib.ExitStack() as stack:
        clients = []
        for group in ynl.mcast_groups:  # a client can join one
            clients.append(stack.enter_context(Ynl(bench.node)))
            clients[-1].ntf_subscribe(group)

        def heard():
            def ready():
                for client in clients:
                    client.check_ntf()
                    if not client.async_msg_queue.empty():
                        return client.async_msg_queue.get()

            notification = until(ready, "a notification")
            ynl.used.add((notification["name"], "notify"))
            return notification["name"], notification["msg"]

        yield heard


def nouns(ynl):
    return [name.removesuffix("-new") for name in ynl.ops if name.endswith("-new")]


def test_everything(bench, ynl, monitor):
    """Each object is made, read back, announced, shown by the tool in the same words, and deleted."""
    tool = Tool(bench.node)
    keys = {}
    for noun in nouns(ynl):
        settable = set(ynl.get_policy(f"{noun}-new", "do")[noun].keys())
        assert settable == {key for example in EXAMPLES[noun] for key in example}, f"examples of a {noun}"
        shown = []
        for example in EXAMPLES[noun]:
            key = dict([next(iter(example.items()))])
            ynl.do(f"{noun}-new", {noun: example}, ADD)
            got = ynl.do(f"{noun}-get", {noun: key})
            as_set = {key: set(value) if isinstance(value, list) else value for key, value in example.items()}
            assert {**got[noun], **as_set} == got[noun]
            assert monitor() == (f"{noun}-new-ntf", got)
            with pytest.raises(NlError) as refused:
                ynl.do(f"{noun}-new", {noun: example}, ADD)
            assert refused.value.error == errno.EEXIST
            assert refused.value.nl_msg.extack == {"msg": "exists already", "bad-attr": f".{noun}.{next(iter(key))}"}
            keys.setdefault(noun, []).append(key)
            shown.append(got)
        dumped = ynl.dump(f"{noun}-get", {})
        assert dumped == shown
        compare(ynl, tool, noun, dumped)

    counts = ynl.do("info-get", {})["info"]
    assert {noun: counts[f"{noun}s"] for noun in keys} == {noun: len(keys[noun]) for noun in keys}
    assert ynl.as_tool("info", counts) == tool.json("version")["module"]
    compare(ynl, tool, "circuit", ynl.dump("circuit-get", {}))

    bench.teach(srv6(PATH) / inner6())
    (learned,) = ynl.dump("cache-get", {})
    assert (learned["cache"]["sid"], learned["cache"]["inner"]) == (SID, {"ip6"})
    name, announced = monitor()
    assert (name, announced["cache"]["header"]) == ("cache-new", learned["cache"]["header"])
    assert ynl.dump("cache-get", {"cache": {"sid": "fcbb:bb00:1::"}}) == []
    compare(ynl, tool, "sid", ynl.dump("sid-get", {"stats": True}), "-s")
    assert ynl.do("sid-get", {"sid": keys["sid"][0], "stats": True})["sid"]["stats"]["in-packets"] == 1
    ynl.do("cache-del", {"cache": {"sid": SID}})
    assert monitor()[0] == "cache-del-ntf"
    assert ynl.dump("cache-get", {}) == []

    for noun in reversed(nouns(ynl)):
        for key in keys[noun]:
            ynl.do(f"{noun}-del", {noun: key})
            name, gone = monitor()
            assert name == f"{noun}-del-ntf" and {**gone[noun], **key} == gone[noun]
        assert ynl.dump(f"{noun}-get", {}) == []
    # What there is besides is not of these kinds, and has a test of its own.
    missing = {(name, mode) for name, op in ynl.msgs.items() for mode in op.modes
               if re.fullmatch(r".*-(new|del|get)(-ntf)?", name)} - ynl.used
    assert not missing


def compare(ynl, tool, noun, dumped, *options):
    """A dump, and what the tool shows of it."""
    shown = tool.json(*options, noun, "show")
    for row in shown:
        for key in ("action", "absent"):   # which the tool finds out by itself
            row.pop(key, None)
    assert [ynl.as_tool(noun, row[noun]) for row in dumped] == shown


def policies(ynl):
    """What the kernel says of each operation: (operation, mode, its policy)."""
    for name, mode in ynl.modes():
        yield name, mode, ynl.get_policy(name, mode)


def test_policies_are_as_specified(ynl):
    """What the kernel says of the loaded module, attribute by attribute, is what the specification says."""
    answers = set(re.findall(r"^ \* +rep SRPROXY_A_(\w+)", HEADER.read_text(), re.M))
    for name, mode, policy in policies(ynl):
        op = ynl.ops[name]
        # One policy for both: kernel-policy is per-op.
        asked = {attr for way in op.modes for attr in op.yaml[way].get("request", {}).get("attributes", ())}
        assert set(policy.keys()) == asked, f"{name} {mode}"
        check(ynl, f"{name} {mode}", policy, op.attr_set)
        # What is in a change is said by the policies of the commands that it stands for.
        for nest in (attr for attr in asked if policy[attr].type == "nested" and attr in ynl.attr_sets):
            inside = ynl.attr_sets[nest]
            settable = [attr for attr in inside if inside[attr].type != "pad"
                        and f"{nest}_{attr}".upper().replace("-", "_") not in answers]
            taken = list(policy[nest].keys())
            # All that can be said of an object, or what tells it from the others.
            least = settable if name.endswith("-new") else settable[:1]
            assert set(least) <= set(taken) <= set(settable), f"{name} {mode}: {nest}"


def check(ynl, where, policy, attributes):
    """Each attribute of a policy, and of those nested in it."""
    for attr in policy.keys():
        said = policy[attr].to_dict()
        said.pop("policy", None)
        assert said == ynl.policy(attributes[attr]), f"{where}: {attr}"
        if said["type"] == "nested":
            check(ynl, f"{where}: {attr}", policy[attr], ynl.attr_sets[attributes[attr]["nested-attributes"]])


def beyond(policy):
    """Values that a policy does not permit."""
    text = {"nul-string": lambda length: "x" * length, "binary": bytes}.get(policy["type"])
    if "max-length" in policy:
        yield text(policy["max-length"] + 1)
    if "min-length" in policy:
        yield text(policy["min-length"] - 1)
    if policy.get("min-value"):
        yield policy["min-value"] - 1
    if "max-value" in policy and policy["max-value"] + 1 < 1 << int(policy["type"][1:]):
        yield policy["max-value"] + 1
    if "mask" in policy:
        yield policy["mask"] + 1


def test_beyond_a_policy(ynl):
    """It is refused, and the refusal names the attribute and what it may be."""
    tried = 0
    for name, mode, policy in policies(ynl):
        for nest in (attr for attr in policy.keys() if policy[attr].type == "nested"):
            for attr in policy[nest].keys():
                permitted = policy[nest][attr].to_dict()
                for value in beyond(permitted):
                    with pytest.raises(NlError) as refused:
                        getattr(ynl, mode)(name, {nest: {attr: value}})
                    extack = refused.value.nl_msg.extack
                    assert extack["msg"] and extack["bad-attr"] == f".{nest}.{attr}", f"{name} {mode}: {extack}"
                    assert extack.get("policy", permitted) == permitted
                    tried += 1
    assert tried > len(ynl.modes())


def test_nothing_said(ynl):
    """An empty request is answered, or refused with a sentence."""
    for name, mode in ynl.modes():
        try:
            getattr(ynl, mode)(name, {})
        except NlError as refusal:
            assert refusal.nl_msg.extack["msg"], f"{name} {mode}"
