#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""docs/srproxy.schema.json: what the command table says, and what files say.

Usage: schema_test.py PROGRAM TOP
"""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

import jsonschema
import yaml

PROGRAM, TOP = sys.argv[1], Path(sys.argv[2])
SCHEMA = json.loads((TOP / "docs/srproxy.schema.json").read_text())

# Every keyword, in each form that it can have.
EVERYTHING = """
vnfs:
  fw: {dev: a, vlan: [802.1ad:300, 30], iif: b, iif-vlan: 7, nh4: 10.0.0.1, nh6: fd00::1, iif-nh4: 10.0.0.2,
    iif-nh6: fd00::2, on-down: bypass, handover: never, exclusive: true}
  l2: {dev: a, lladdr: "02:00:00:00:00:01", iif-lladdr: "02:00:00:00:00:02"}
chains:
  gold: {src: "fc00:b::", segs: fc00:c::1, hop-limit: 9, reduced: true, table: main, tag: 7, hmac: 9, dscp: 46}
sids:
  fc00:b::1: {behavior: End.AS, flavors: last, inner: [ip4, eth], vnf: fw, reverse: true, chain: gold, ageing: 60,
    margin: 4, table: 77, hook: local, fib: blue, metric: 9, ttl-mode: uniform}
  fc00::/16: {behavior: End.AN, vnf: fw, flavors: [nat, psp], lblen: 32, dscp-mode: pipe, permit: full, hmac: 3,
    require-hmac: false, flows: 64}
"""
# Each is wrong by what it adds to these.
GOOD = {
    "vnfs": {"fw": {"dev": "a"}},
    "chains": {"g": {"src": "fc00::1", "segs": ["fc00::2"]}},
    "sids": {"fc00::1": {"behavior": "End.AD", "vnf": "fw"}},
}
WRONG = [
    ("vnfs", "fw", {"dev": 12}), ("vnfs", "fw", {"dev": "a/b"}), ("vnfs", "fw", {"dev": "averyveryverylongname"}),
    ("vnfs", "fw", {"vlan": [1, 2, 3]}), ("vnfs", "fw", {"vlan": 4095}), ("vnfs", "fw", {"vlan": []}),
    ("vnfs", "fw", {"vlan": "802.1ah:5"}), ("vnfs", "fw", {"lladdr": "02:00:00:00:00"}),
    ("vnfs", "fw", {"on-down": "fly"}), ("vnfs", "fw", {"state": "up"}), ("vnfs", "a b", {"dev": "x"}),
    ("vnfs", "x" * 32, {"dev": "x"}), ("chains", "g", {"hop-limit": 0}), ("chains", "g", {"hop-limit": "64"}),
    ("chains", "g", {"reduced": "yes"}), ("chains", "g", {"segs": []}), ("chains", "g", {"segs": ["fc00::1"] * 128}),
    ("chains", "g", {"table": -1}), ("chains", "x", {"src": "fc00::1"}), ("sids", "fc00::1", {"inner": "ip5"}),
    ("sids", "fc00::1", {"behavior": "End.AX"}), ("sids", "fc00::1", {"flows": 65537}), ("sids", "fw", {}),
    ("sids", "fc00::1", {"ageing": 1.5}), ("sids", "fc00::2", {"vnf": "fw"}),
]


class Schema(unittest.TestCase):
    validator = jsonschema.Draft202012Validator(SCHEMA)

    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_is_what_the_table_says(self):
        """After a change of the table: srproxyctl schema >docs/srproxy.schema.json"""
        told = subprocess.run([PROGRAM, "schema"], check=True, capture_output=True, text=True).stdout
        self.assertEqual((TOP / "docs/srproxy.schema.json").read_text(), told)

    def test_has_the_keywords_of_the_command_line(self):
        for name, section in SCHEMA["properties"].items():
            usage = subprocess.run([PROGRAM, name[:-1], "help"], check=True, capture_output=True, text=True).stdout
            words = re.search(r"Words:\n(.*?)\n\n", usage, re.DOTALL)[1]
            found = re.findall(r"^  ([a-z][a-z0-9-]*)", words, re.MULTILINE)
            self.assertEqual(set(found), set(section["additionalProperties"]["properties"]), name)

    def test_everything_fits(self):
        everything = yaml.safe_load(EVERYTHING)
        self.validator.validate(everything)
        for name, section in SCHEMA["properties"].items():
            self.assertEqual({word for one in everything[name].values() for word in one},
                             set(section["additionalProperties"]["properties"]), name)

    def test_what_is_wrong_does_not_fit(self):
        self.validator.validate(GOOD)
        for section, key, values in WRONG:
            one = {**GOOD[section].get(key, {}), **values}
            self.assertFalse(self.validator.is_valid({**GOOD, section: {key: one}}), (section, key, values))
        for nonsense in ([], {"vnf": {}}, {"vnfs": None}, {"vnfs": []}):
            self.assertFalse(self.validator.is_valid(nonsense), nonsense)

    def test_examples_of_the_documents_fit(self):
        readme = re.findall(r"^```yaml\n(.*?)^```$", (TOP / "README.md").read_text(), re.DOTALL | re.MULTILINE)
        manual = re.findall(r"^\.Bd -literal -offset indent\n(vnfs:.*?)^\.Ed$",
                            (TOP / "docs/man/srproxy.yaml.5").read_text(), re.DOTALL | re.MULTILINE)
        self.assertTrue(readme and manual)
        for example in readme + manual:
            self.validator.validate(yaml.safe_load(example))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
