# SPDX-License-Identifier: GPL-2.0
"""The module's objects in one namespace, as Python calls over generic netlink.

    proxy.vnf("fw", dev="out", iif="in", nh6="fd00:3::2")
    proxy.chain("gold", src="fc00:b::", segs=["fc00:c::1"])
    proxy.sid("fc00:b::f1", behavior="End.AD", vnf="fw")

Keywords are the attributes of the UAPI header; values are text and numbers as the tool shows them.
A Proxy has a hook, which is that of the SIDs it adds without one: with seg6local or local, the tool adds
and deletes them, as their routes are its work. With keep_routes it does so once for each address, and
flush() leaves the routes, and a SID of no other use, so that the device of seg6local stays, too: for
many tests that are not about routes.
"""

import json
import os
import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

from . import uapi
from .genl import (
    NLM_F_BULK, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL, NLM_F_REPLACE, Family, attr, parse, u8, u16,
)
from .netns import run, until

VALUE = uapi.VALUE
KEY = {"vnf": "name", "chain": "name", "sid": "addr", "cache": "sid"}
INNER = {"ip4": 1, "ip6": 2, "ip": 3, "eth": 4}
BEHAVIOR = {f"End.{name}": VALUE[f"SRPROXY_BEHAVIOR_END_{name}"] for name in ("AS", "AD", "AM", "AN")}
FLAVORS = {name: VALUE[f"SRPROXY_FLAVOR_{name.replace('-', '_').upper()}"]
           for name in ("last", "nat", "psp", "cache", "next-csid")}
VLAN_PROTO = {"802.1q": 0x8100, "802.1ad": 0x88A8, "QinQ": 0x9100}


def _enum(enum, prefix):
    """{"insert-next": number, …}"""
    return {name.replace("_", "-"): number for name, number in uapi.members(enum, prefix).items()}


ON_DOWN = _enum("srproxy_on_down", "SRPROXY_ON_DOWN_")
HANDOVER = _enum("srproxy_handover", "SRPROXY_HANDOVER_")
STATE = _enum("srproxy_vnf_state", "SRPROXY_VNF_STATE_")
HOOK = _enum("srproxy_hook", "SRPROXY_HOOK_")
SEG6LOCAL = {"End.T": VALUE["SRPROXY_SEG6LOCAL_END_T"], "End.BPF": VALUE["SRPROXY_SEG6LOCAL_END_BPF"]}
TTL_MODE = _enum("srproxy_ttl_mode", "SRPROXY_TTL_MODE_")
DSCP_MODE = _enum("srproxy_dscp_mode", "SRPROXY_DSCP_MODE_")
PERMIT = _enum("srproxy_permit", "SRPROXY_PERMIT_")


class Kind:
    """How a value travels."""

    def __init__(self, encode, decode):
        self.encode, self.decode = encode, decode


def _number(form):
    return Kind(lambda v: struct.pack(form, v), lambda b: struct.unpack(form, b)[0])


def _names(table):
    return Kind(lambda v: struct.pack("=B", table[v]), lambda b: {n: k for k, n in table.items()}[b[0]])


def _mask(table, form):
    """A bit mask as a list of names, or a comma list; those of several bits come first."""

    def encode(value):
        number = 0
        for name in filter(None, value.split(",")) if isinstance(value, str) else value:
            number |= table[name]
        return struct.pack(form, number)

    def decode(data):
        (number,), names = struct.unpack(form, data), []
        for name in sorted(table, key=lambda name: (-table[name].bit_count(), table[name])):
            if table[name] & ~number == 0:
                names.append(name)
                number &= ~table[name]
        assert not number, f"unknown bits: {number:#x}"
        return names

    return Kind(encode, decode)


def vlan_tags(text):
    """"802.1ad:200,100" → ((protocol, VID), …), outermost first."""
    tags = []
    for item in text.split(","):
        proto, _, vid = item.rpartition(":")
        tags.append((VLAN_PROTO[proto or "802.1q"], int(vid)))
    return tuple(tags)


def vlans(text):
    """The same as it is shown."""
    names = {number: name for name, number in VLAN_PROTO.items()}
    return [{"proto": names[proto], "vid": vid} for proto, vid in vlan_tags(text)]


def _vlans(data):
    names = {number: name for name, number in VLAN_PROTO.items()}
    numbers = struct.unpack(f"!{len(data) // 2}H", data)
    return [{"proto": names[proto], "vid": vid} for proto, vid in zip(numbers[::2], numbers[1::2])]


def _address(data):
    return str(IPv6Address(data) if len(data) == 16 else IPv4Address(data))


TEXT = Kind(lambda v: v.encode() + b"\0", lambda b: b.rstrip(b"\0").decode())
U8, U16, U32, U64 = _number("=B"), _number("=H"), _number("=I"), _number("=Q")
IP4 = Kind(lambda v: IPv4Address(v).packed, lambda b: str(IPv4Address(b)))
IP6 = Kind(lambda v: IPv6Address(v).packed, lambda b: str(IPv6Address(b)))
IP = Kind(lambda v: ip_address(v).packed, _address)
MAC = Kind(lambda v: bytes.fromhex(v.replace(":", "")), lambda b: b.hex(":"))
FLAG = Kind(lambda v: b"", lambda b: True)
BYTES = Kind(bytes, bytes)
SEGS = Kind(
    lambda v: b"".join(map(IP6.encode, v)), lambda b: [IP6.decode(b[i:i + 16]) for i in range(0, len(b), 16)]
)
VLAN = Kind(lambda v: b"".join(struct.pack("!HH", *tag) for tag in vlan_tags(v)), _vlans)
INNERS = _mask(INNER, "=B")
INNERS.decode = lambda b, decode=INNERS.decode: ",".join(decode(b))

KINDS = {
    "info": {
        "version": TEXT, "segs_max": U32, "vnfs": U32, "chains": U32, "sids": U32, "seg6local": _names(SEG6LOCAL),
    },
    "vnf": {
        "name": TEXT, "dev": TEXT, "iif": TEXT, "nh4": IP4, "nh6": IP6, "lladdr": MAC, "on_down": _names(ON_DOWN),
        "state": _names(STATE), "dev_ifindex": U32, "iif_ifindex": U32, "sids": U32, "vlan": VLAN, "iif_vlan": VLAN,
        "iif_nh4": IP4, "iif_nh6": IP6, "iif_lladdr": MAC, "handover": _names(HANDOVER), "exclusive": U8,
    },
    "chain": {
        "name": TEXT, "src": IP6, "segs": SEGS, "hop_limit": U8, "reduced": U8, "table": U32, "sids": U32,
        "tag": U16, "hmac": U32, "dscp": U8,
    },
    "sid": {
        "addr": IP6, "behavior": _names(BEHAVIOR), "inner": INNERS, "vnf": TEXT, "chain": TEXT,
        "ageing": U32, "margin": U8, "table": U32, "stats": None, "prefix_len": U8, "flavors": _mask(FLAVORS, "=I"),
        "reverse": U8, "lblen": U8, "hook": _names(HOOK), "fib": U32, "metric": U32, "ttl_mode": _names(TTL_MODE),
        "dscp_mode": _names(DSCP_MODE), "permit": _names(PERMIT), "hmac": U32, "require_hmac": U8, "flows": U32,
    },
    "circuit": {"iif": TEXT, "ifindex": U32, "inner": INNERS, "sid": IP6, "vnf": TEXT, "vlan": VLAN},
    "cache": {
        "sid": IP6, "inner": INNERS, "header": BYTES, "age": U64, "idle": U64, "expired": FLAG, "srh": BYTES,
        "flow": None,
    },
    "flow": {"src": IP, "dst": IP, "proto": U8, "sport": U16, "dport": U16},
    "stats": {"in_packets": U64, "in_bytes": U64, "out_packets": U64, "out_bytes": U64, "drops": None},
}


MODES = {"ttl_mode": "pipe", "dscp_mode": "inner"}
DEFAULTS = {
    "chain": {"hop_limit": 64, "reduced": 0, "table": 0, "tag": 0, "hmac": 0, "dscp": 0},
    "sid": {"prefix_len": 128, "flavors": [], "reverse": 0, "require_hmac": 0, "hook": "prerouting"},
    "End.AS": {"inner": "ip", **MODES},
    "End.AD": {"inner": "ip", **MODES, "ageing": 0, "margin": 8, "table": 0, "hmac": 0},
    "End.AM": {"inner": "ip6", "table": 0, "hmac": 0},
    "End.AN": {"inner": "ip6", "table": 0, "hmac": 0, "permit": "none", "flows": 1024},
}


def with_defaults(noun, **values):
    """A chain, or a SID without flavors, as it is shown when these attributes have been said."""
    return {**DEFAULTS[noun], **DEFAULTS.get(values.get("behavior"), {}), **values}


def number_of(noun, key):
    return VALUE[f"SRPROXY_A_{noun}_{key}".upper()]


def command(noun, verb):
    return VALUE[f"SRPROXY_CMD_{noun}_{verb}".upper()]


def encode(noun, values):
    """{key: value} → the attributes of a noun, one bytes each."""
    return [attr(number_of(noun, key), KINDS[noun][key].encode(value)) for key, value in values.items()]


def nest(noun, attrs):
    return attr(VALUE[f"SRPROXY_A_{noun.upper()}"], attrs, nested=True)


FLAGS = {
    "add": NLM_F_CREATE | NLM_F_EXCL, "replace": NLM_F_CREATE | NLM_F_REPLACE, "change": NLM_F_REPLACE, "delete": 0,
    "flush": NLM_F_BULK,
}


def encode_change(verb, noun, values):
    """One of a transaction."""
    return attr(VALUE["SRPROXY_A_CHANGE"], [
        attr(VALUE["SRPROXY_A_COMMAND"], u8(command(noun, "del" if verb in ("delete", "flush") else "new"))),
        attr(VALUE["SRPROXY_A_FLAGS"], u16(FLAGS[verb])),
        *([] if values is None else [nest(noun, encode(noun, values))]),
    ])


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
        if key in ("stats", "flow"):
            values[key] = decode(key, payload)
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
    noun = {VALUE[f"SRPROXY_A_{noun.upper()}"]: noun for noun in KINDS if noun != "flow"}[kind]
    return noun, decode(noun, payload)


class Proxy:
    """Netlink in the namespace ns (None: the present one)."""

    def __init__(self, ns=None):
        self.ns = ns
        self.hook = "prerouting"
        self.by_tool = set()  # SIDs
        self.keep_routes = False
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
        values = {"behavior": behavior, "vnf": vnf, **values}
        if values.setdefault("hook", self.hook) == "prerouting":
            del values["hook"]  # as is without it
            self.add("sid", addr=addr, **values)
        elif self.keep_routes and addr in self.by_tool:
            self.add("sid", addr=addr, **values)
        else:
            if self.keep_routes and not self.by_tool and values["hook"] == "seg6local":
                self.vnf(ANCHOR, dev="absent")
                self.add("sid", addr=ANCHOR_SID, behavior="End.AD", vnf=ANCHOR, flavors="last", inner="eth",
                         hook="seg6local")
            prefix = f"{addr}/{values.pop('prefix_len')}" if "prefix_len" in values else addr
            self.by_tool.add(addr)
            Tool(self.ns)("sid add", prefix, *words(values))

    def delete(self, noun, key):
        if noun == "sid" and key in self.by_tool and not self.keep_routes:
            self.by_tool.discard(key)
            Tool(self.ns)("sid del", key)
            return
        self.family.call(command(noun, "del"), 0, nest(noun, encode(noun, {KEY[noun]: key})))

    def flush(self, *nouns):
        """Forget everything, or these: flush("cache")."""
        for noun in nouns or ("sid", "chain", "vnf"):
            if noun in ("sid", "vnf") and self.by_tool and self.keep_routes:
                for key in {value[KEY[noun]] for value in self.show(noun)} - {ANCHOR, ANCHOR_SID}:
                    self.delete(noun, key)
                continue
            if noun == "sid" and self.by_tool:
                self.by_tool.clear()
                Tool(self.ns)("sid flush")
            self.family.call(command(noun, "del"), 0 if noun == "cache" else NLM_F_BULK)

    def transaction(self, *changes):
        """All of them or none: ("add", "vnf", {…}), ("delete", "sid", {"addr": …}), ("flush", "chain", None)."""
        self.family.call(VALUE["SRPROXY_CMD_TRANSACTION"], 0, [encode_change(*change) for change in changes])

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

    def passes_all(self, sid, least=10, segmented=False):
        """Wait until all that came to a SID, at least so many packets, has left it; none may be dropped.

        The end of a connection may still be on its way when the connection is closed. What is segmented on its way
        to the VNF comes back as more packets.
        """
        def passed():
            stats = self.stats(sid)
            if segmented:
                return stats["out_packets"] >= stats["in_packets"] >= least
            return stats["in_packets"] == stats["out_packets"] >= least

        until(passed, f"what came to {sid} has left it")
        assert self.drops(sid) == {}

    def drops(self, sid):
        """Its drops that are not zero: {"no_srh": 1}."""
        return {name: n for name, n in self.get("sid", sid, stats=True)["stats"]["drops"].items() if n}

    def listen(self, *groups):
        return Listener(self.ns, groups)

    def state(self):
        """All that is configured, for comparing before and after."""
        return {noun: self.show(noun) for noun in ("vnf", "chain", "sid", "circuit")}


ANCHOR, ANCHOR_SID = "keeps-the-device", "fc00:b::dead"
TOGGLES = ("exclusive", "reduced", "reverse", "require_hmac")


def words(values):
    """{"ttl_mode": "pipe", …} as the tool is told: ["ttl-mode pipe", …]."""
    said = []
    for key, value in values.items():
        name = key.replace("_", "-")
        if key not in TOGGLES:
            said.append(f"{name} {','.join(map(str, value)) if isinstance(value, (list, tuple)) else value}")
        elif value:
            said.append(name)
    return said


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
