# SPDX-License-Identifier: GPL-2.0
"""The module's objects in one namespace, as Python calls over generic netlink.

    proxy.vnf("fw", dev="out", iif="in", nh6="fd00:3::2")
    proxy.chain("gold", src="fc00:b::", segs=["fc00:c::1"])
    proxy.sid("fc00:b::f1", behavior="End.AD", vnf="fw")

Keywords are the attributes of the UAPI header; values are text and numbers as the tool shows them.
"""

import json
import os
import struct
from ipaddress import IPv4Address, IPv6Address

from . import uapi
from .genl import (
    NLM_F_BULK, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL, NLM_F_REPLACE, Family, attr, parse,
)
from .netns import run

VALUE = uapi.VALUE
KEY = {"vnf": "name", "chain": "name", "sid": "addr", "cache": "sid"}
INNER = {"ip4": 1, "ip6": 2, "ip": 3}
BEHAVIOR = {"End.AS": VALUE["SRPROXY_BEHAVIOR_END_AS"], "End.AD": VALUE["SRPROXY_BEHAVIOR_END_AD"]}
ON_DOWN = {"drop": VALUE["SRPROXY_ON_DOWN_DROP"], "bypass": VALUE["SRPROXY_ON_DOWN_BYPASS"]}
STATE = {"down": VALUE["SRPROXY_VNF_STATE_DOWN"], "up": VALUE["SRPROXY_VNF_STATE_UP"]}


class Kind:
    """How a value travels."""

    def __init__(self, encode, decode):
        self.encode, self.decode = encode, decode


def _number(form):
    return Kind(lambda v: struct.pack(form, v), lambda b: struct.unpack(form, b)[0])


def _names(table):
    return Kind(lambda v: struct.pack("=B", table[v]), lambda b: {n: k for k, n in table.items()}[b[0]])


TEXT = Kind(lambda v: v.encode() + b"\0", lambda b: b.rstrip(b"\0").decode())
U8, U32, U64 = _number("=B"), _number("=I"), _number("=Q")
IP4 = Kind(lambda v: IPv4Address(v).packed, lambda b: str(IPv4Address(b)))
IP6 = Kind(lambda v: IPv6Address(v).packed, lambda b: str(IPv6Address(b)))
MAC = Kind(lambda v: bytes.fromhex(v.replace(":", "")), lambda b: b.hex(":"))
FLAG = Kind(lambda v: b"", lambda b: True)
BYTES = Kind(bytes, bytes)
SEGS = Kind(
    lambda v: b"".join(map(IP6.encode, v)), lambda b: [IP6.decode(b[i:i + 16]) for i in range(0, len(b), 16)]
)

KINDS = {
    "info": {"version": TEXT, "segs_max": U32, "vnfs": U32, "chains": U32, "sids": U32},
    "vnf": {
        "name": TEXT, "dev": TEXT, "iif": TEXT, "nh4": IP4, "nh6": IP6, "lladdr": MAC, "on_down": _names(ON_DOWN),
        "state": _names(STATE), "dev_ifindex": U32, "iif_ifindex": U32, "sids": U32,
    },
    "chain": {
        "name": TEXT, "src": IP6, "segs": SEGS, "hop_limit": U8, "reduced": U8, "table": U32, "sids": U32,
    },
    "sid": {
        "addr": IP6, "behavior": _names(BEHAVIOR), "inner": _names(INNER), "vnf": TEXT, "chain": TEXT,
        "ageing": U32, "margin": U8, "table": U32, "stats": None,
    },
    "circuit": {"iif": TEXT, "ifindex": U32, "inner": _names(INNER), "sid": IP6, "vnf": TEXT},
    "cache": {"sid": IP6, "inner": _names(INNER), "header": BYTES, "age": U64, "idle": U64, "expired": FLAG},
    "stats": {"in_packets": U64, "in_bytes": U64, "out_packets": U64, "out_bytes": U64, "drops": None},
}


def number_of(noun, key):
    return VALUE[f"SRPROXY_A_{noun}_{key}".upper()]


def command(noun, verb):
    return VALUE[f"SRPROXY_CMD_{noun}_{verb}".upper()]


def encode(noun, values):
    """{key: value} → the attributes of a noun, one bytes each."""
    return [attr(number_of(noun, key), KINDS[noun][key].encode(value)) for key, value in values.items()]


def nest(noun, attrs):
    return attr(VALUE[f"SRPROXY_A_{noun.upper()}"], attrs, nested=True)


def decode(noun, data):
    """The attributes of a noun → {key: value}; an unknown one is an error."""
    by_number = {number_of(noun, key): key for key in KINDS[noun]}
    values = {}
    for kind, payload in parse(data):
        if noun == "stats" and kind == VALUE["SRPROXY_A_STATS_PAD"]:
            continue
        if noun == "cache" and kind == VALUE["SRPROXY_A_CACHE_PAD"]:
            continue
        key = by_number[kind]
        if key == "stats":
            values[key] = decode("stats", payload)
        elif key == "drops":
            names = {number: name for name, number in uapi.DROPS.items()}
            values[key] = {
                names[n]: U64.decode(p) for n, p in parse(payload) if n != VALUE["SRPROXY_DROP_PAD"]
            }
        else:
            values[key] = KINDS[noun][key].decode(payload)
    return values


def decode_message(data):
    """A message's attributes → (noun, {key: value})."""
    ((kind, payload),) = parse(data)
    noun = {VALUE[f"SRPROXY_A_{noun.upper()}"]: noun for noun in KINDS}[kind]
    return noun, decode(noun, payload)


class Proxy:
    """Netlink in the namespace ns (None: the present one)."""

    def __init__(self, ns=None):
        self.ns = ns
        if ns:
            with ns:
                self.family = Family(uapi.FAMILY, uapi.VERSION)
        else:
            self.family = Family(uapi.FAMILY, uapi.VERSION)

    def close(self):
        self.family.close()

    # Changes

    def add(self, noun, **values):
        self._new(noun, NLM_F_CREATE | NLM_F_EXCL, values)

    def replace(self, noun, **values):
        self._new(noun, NLM_F_CREATE | NLM_F_REPLACE, values)

    def change(self, noun, **values):
        self._new(noun, NLM_F_REPLACE, values)

    def _new(self, noun, flags, values):
        self.family.call(command(noun, "new"), flags, nest(noun, encode(noun, values)))

    def vnf(self, name, dev, **values):
        self.add("vnf", name=name, dev=dev, **values)

    def chain(self, name, src, segs, **values):
        self.add("chain", name=name, src=src, segs=segs, **values)

    def sid(self, addr, behavior="End.AD", vnf="fw", **values):
        self.add("sid", addr=addr, behavior=behavior, vnf=vnf, **values)

    def delete(self, noun, key):
        self.family.call(command(noun, "del"), 0, nest(noun, encode(noun, {KEY[noun]: key})))

    def flush(self, *nouns):
        """Forget everything, or these: flush("cache")."""
        for noun in nouns or ("sid", "chain", "vnf"):
            self.family.call(command(noun, "del"), 0 if noun == "cache" else NLM_F_BULK)

    # Looking

    def info(self):
        ((_, data),) = self.family.call(command("info", "get"))
        return decode_message(data)[1]

    def get(self, noun, key, stats=False):
        request = nest(noun, encode(noun, {KEY[noun]: key}))
        if stats:
            request += attr(VALUE["SRPROXY_A_STATS"])
        ((_, data),) = self.family.call(command(noun, "get"), 0, request)
        return decode_message(data)[1]

    def show(self, noun, stats=False):
        request = attr(VALUE["SRPROXY_A_STATS"]) if stats else b""
        replies = self.family.call(command(noun, "get"), NLM_F_DUMP, request)
        return [decode_message(data)[1] for _, data in replies]

    def cache(self, sid=None):
        request = nest("cache", encode("cache", {"sid": sid})) if sid else b""
        return [decode_message(data)[1] for _, data in self.family.call(command("cache", "get"), NLM_F_DUMP, request)]

    def stats(self, sid):
        """Counters of a SID: {"in_packets": …, …} without the drops."""
        stats = self.get("sid", sid, stats=True)["stats"]
        del stats["drops"]
        return stats

    def drops(self, sid):
        """Its drops that are not zero: {"no_srh": 1}."""
        return {name: n for name, n in self.get("sid", sid, stats=True)["stats"]["drops"].items() if n}

    def listen(self, *groups):
        return Listener(self.ns, groups)

    def state(self):
        """All that is configured, for comparing before and after."""
        return {noun: self.show(noun) for noun in ("vnf", "chain", "sid", "circuit")}


class Listener:
    """`with proxy.listen("config") as events:` hears what happens meanwhile."""

    def __init__(self, ns, groups):
        self.proxy = Proxy(ns)
        for group in groups:
            self.proxy.family.join(group)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proxy.close()

    def until(self, match, what="the event"):
        """[(verb, noun, values)] up to the first for which match(verb, noun, values) is true."""
        found = []

        def check(cmd, data):
            noun, values = decode_message(data)
            found.append(("del" if cmd == command(noun, "del") else "new", noun, values))
            return match(*found[-1])

        self.proxy.family.events(check, what)
        return found


class Tool:
    """srproxyctl in a namespace: tool("vnf show"), tool("-b", "-", input=…)."""

    def __init__(self, ns=None, path=None):
        self.ns, self.path = ns, path or os.environ["SRPROXY_CTL"]

    def __call__(self, *words, **kwargs):
        command = [self.path, *(part for word in words for part in str(word).split())]
        if self.ns:
            with self.ns:
                return run(*command, **kwargs)
        return run(*command, **kwargs)

    def json(self, *words):
        return json.loads(self("-j", *words).stdout)

    def batch(self, text):
        """Lines of commands, all in one process."""
        lines = "\n".join(line.strip() for line in text.strip().splitlines())
        return self("-b", "-", input=lines + "\n")
