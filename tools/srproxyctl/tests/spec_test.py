#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""docs/netlink/srproxy.yaml and include/uapi/linux/srproxy.h say the same.

Usage: spec_test.py SPEC HEADER
"""

import re
import sys
import unittest

import yaml


def c_name(text):
    return text.upper().replace("-", "_")


class Header:
    """The constants, enums and message tree of the header."""

    def __init__(self, text):
        self.tree = dict(re.findall(r"^ \* .*?(SRPROXY_A_\w+) {2,}(.*)$", text, re.M))
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        self.structs = {
            struct: [(name, "big-endian", f"u{bits}")
                     for bits, name in re.findall(r"__be(\d+)\s+(\w+);", body)]
            for struct, body in re.findall(r"struct (\w+) \{(.*?)\};", text, re.S)}
        self.names = {}
        for name, value in re.findall(r"^#define (\w+)[ \t]+(\S.*)$", text, re.M):
            self.names[name] = eval(value, {}, self.names)
        self.enums = {}
        for enum, body in re.findall(r"enum (\w+) \{(.*?)\};", text, re.S):
            self.enums[enum] = self.entries(body)
            self.names |= self.enums[enum]

    def said_of(self, name):
        """What the tree says of an attribute, "as" another one too."""
        said = self.tree[name]
        other = re.match(r"as ([A-Z]\w+)", said)
        if said.startswith("the same: "):
            return self.said_of(list(self.tree)[list(self.tree).index(name) - 1])
        if not other:
            return said
        if other[1] in self.tree:
            return self.said_of(other[1])
        return self.said_of(next(n for n in self.tree if name.startswith(n.rpartition("_")[0])
                                 and n.endswith("_" + other[1])))

    def entries(self, body):
        entries, following = {}, 0
        for entry in filter(None, (part.strip() for part in body.split(","))):
            name, _, value = (part.strip() for part in entry.partition("="))
            entries[name] = eval(value, {}, self.names | entries) if value else following
            following = entries[name] + 1
        return entries


class Spec:
    """What the header must hold, by the rules of the kernel's ynl-gen-c."""

    def __init__(self, text):
        self.yaml = yaml.safe_load(text)
        self.sets = {s["name"]: s for s in self.yaml["attribute-sets"]}
        self.definitions = self.yaml["definitions"]

    def commands(self):
        """The operations, without the notifications that share a request's number."""
        return [op for op in self.yaml["operations"]["list"] if not op["name"].endswith("-ntf")]

    def prefixed(self, prefix, rows, start):
        entries, value = {}, start
        for row in rows:
            row = row if isinstance(row, dict) else {"name": row}
            value = row.get("value", value)
            entries[c_name(prefix + row["name"])] = value
            value += 1
        return entries

    @staticmethod
    def with_max(prefix, entries):
        last = max(entries.values())
        prefix = c_name(prefix)
        return entries | {f"__{prefix}MAX": last + 1, f"{prefix}MAX": last}

    def defines(self):
        names = {
            "SRPROXY_FAMILY_NAME": self.yaml["name"],
            "SRPROXY_FAMILY_VERSION": self.yaml.get("version", 1),
        }
        for group in self.yaml["mcast-groups"]["list"]:
            names[c_name("srproxy-mcgrp-" + group["name"])] = group["name"]
        for row in self.definitions:
            if row["type"] == "const":
                names[c_name("srproxy-" + row["name"])] = row["value"]
            elif row["type"] == "flags":
                for bit, entry in enumerate(row["entries"]):
                    names[c_name(f"srproxy-{row['name']}-{entry['name']}")] = 1 << bit
        return names

    def structs(self):
        return {c_name("srproxy-" + row["name"]).lower():
                [(member["name"], member["byte-order"], member["type"])
                 for member in row["members"]]
                for row in self.definitions if row["type"] == "struct"}

    def enums(self):
        enums = {}
        for row in self.definitions:
            if row["type"] == "enum":
                prefix = f"srproxy-{row['name']}-"
                entries = self.prefixed(prefix, row["entries"], 0)
                enums[c_name("srproxy-" + row["name"]).lower()] = (
                    self.with_max(prefix, entries) if row.get("render-max") else entries)
        ops = self.yaml["operations"]
        numbered = [(s["enum-name"], s["name-prefix"], s["attributes"])
                    for s in self.sets.values()]
        numbered.append((ops["enum-name"], ops["name-prefix"], self.commands()))
        for enum, prefix, rows in numbered:
            entries = {c_name(prefix + "unspec"): 0} | self.prefixed(prefix, rows, 1)
            enums[c_name(enum).lower()] = self.with_max(prefix, entries)
        return enums


class Agreement(unittest.TestCase):
    maxDiff = None

    def test_defines(self):
        plain = {name: value for name, value in header.names.items()
                 if not any(name in enum for enum in header.enums.values())
                 and not name.startswith("_UAPI")}
        self.assertEqual(plain, spec.defines())

    def test_enums(self):
        """Every enum, its names, their values and their order."""
        self.assertEqual({enum: list(entries.items()) for enum, entries in header.enums.items()},
                         {enum: list(entries.items()) for enum, entries in spec.enums().items()})

    def test_structs(self):
        self.assertEqual(header.structs, spec.structs())

    def test_types(self):
        """The types in the message tree of the header's first comment."""
        for attributes in spec.sets.values():
            for attribute in attributes["attributes"]:
                name = c_name(attributes["name-prefix"] + attribute["name"])
                if name not in header.tree:
                    self.assertIn(attribute["type"], ("nest", "pad", "u64", "flag", "u32"), name)
                    continue
                if attribute["type"] == "nest":
                    continue
                checks = attribute.get("checks", {})
                described = {
                    "string": r"string",
                    "binary": (rf"{checks['exact-len']} bytes" if "exact-len" in checks
                               else r"(n \* 16 |4 or 16 )?bytes|n \* struct \w+"),
                }.get(attribute["type"], attribute["type"])
                self.assertRegex(header.said_of(name), rf"^({described})\b", name)

    def test_checks(self):
        """Limits that the header has a name for, and those of enums."""
        values = spec.defines()
        enums = {row["name"]: row for row in spec.definitions}
        for attributes in spec.sets.values():
            for attribute in attributes["attributes"]:
                checks = dict(attribute.get("checks", {}))
                if "flags-mask" in checks:
                    self.assertEqual(checks.pop("flags-mask"), attribute["enum"])
                if "enum" in attribute and "max" in checks:
                    row = enums[attribute["enum"]]
                    last = len(row["entries"]) - 1
                    self.assertEqual(checks["max"],
                                     last if row["type"] == "enum" else (2 << last) - 1)
                for limit in map(str, checks.values()):
                    name = limit.removesuffix(" - 1")
                    self.assertTrue(name.isdigit() or c_name("srproxy-" + name) in values, limit)
        segments = next(a for a in spec.sets["chain"]["attributes"] if a["name"] == "segs")
        self.assertEqual(segments["checks"],
                         {"min-len": 16, "max-len": 16 * values["SRPROXY_SEGS_MAX"]})
        tags = [a for s in spec.sets.values() for a in s["attributes"]
                if a["name"] in ("vlan", "iif-vlan")]
        for attribute in tags:
            self.assertEqual(attribute["checks"],
                             {"min-len": 4, "max-len": 4 * values["SRPROXY_VLANS_MAX"]})

    def test_operations(self):
        """All that an operation refers to is there."""
        operations = {op["name"]: op for op in spec.yaml["operations"]["list"]}
        groups = [group["name"] for group in spec.yaml["mcast-groups"]["list"]]
        for name, op in operations.items():
            known = [a["name"] for a in spec.sets[op["attribute-set"]]["attributes"]]
            messages = [op.get(call, {}).get(way, {}) for call in ("do", "dump")
                        for way in ("request", "reply")]
            for attribute in (a for message in messages for a in message.get("attributes", [])):
                self.assertIn(attribute, known, name)
            self.assertIn(op.get("notify", name), operations)
            self.assertIn(op.get("mcgrp", groups[0]), groups)
            if name.endswith("-ntf"):
                number = list(operations).index(name.removesuffix("-ntf")) + 1
                self.assertEqual(op["value"], number, name)
            elif "do" in op or "dump" in op:
                self.assertEqual(op["flags"], ["uns-admin-perm"], name)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = Spec(file.read())
    with open(sys.argv[2], encoding="utf-8") as file:
        header = Header(file.read())
    unittest.main(argv=sys.argv[:1])
