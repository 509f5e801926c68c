#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The program itself: exit status, and what goes where. Needs no module and no privilege.

Usage: cli_test.py PROGRAM
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]


def run(*words, stdin=""):
    return subprocess.run([PROGRAM, *words], input=stdin, capture_output=True, text=True,
                          timeout=20)


class Program(unittest.TestCase):
    def refused(self, result, sentence, status=1):
        self.assertEqual(result.stderr, f"srproxyctl: {sentence}\n")
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.returncode, status)

    def test_help_goes_to_stdout(self):
        for words in (["help"], ["-h"], ["vnf", "help"], ["help", "stats"]):
            result = run(*words)
            self.assertEqual((result.returncode, result.stderr), (0, ""), words)
            self.assertIn("srproxyctl", result.stdout)

    def test_usage_without_words_goes_to_stderr(self):
        result = run()
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertTrue(result.stderr.startswith("Usage: "))

    def test_refusals(self):
        self.refused(run("chain", "add", "gold", "src", "fc00::1", "segs", "fc00:zz::1"),
                     'chain gold: segs: "fc00:zz::1" is not an IPv6 address')
        self.refused(run("help", "me"),
                     'help me: "me" is not an object: those are vnf, chain, sid, circuit, cache, stats, '
                     'monitor, trace, apply, diff, export, schema, top, metrics, doctor, graph, version, '
                     'complete, help')
        self.refused(run("vnf", "show", "-j"),
                     "options stand before the object: srproxyctl -j vnf show")
        self.refused(run("-b", "-", "vnf"),
                     '"vnf" is one word too many: -b reads the commands from a file')
        self.refused(run("-n", "no-such", "vnf"),
                     'network namespace "no-such": /run/netns/no-such does not exist')
        self.refused(run("-n", "/dev/null", "vnf"),
                     'network namespace "/dev/null": /dev/null is not a network namespace')
        self.refused(run("-a", "vnf"),
                     '--atomic is of the commands of a file: -b FILE is missing')
        self.refused(run("-a", "-f", "-b", "-"),
                     '--atomic and --force exclude each other: nothing is done after an error')
        self.refused(run("-b", "/no/such"), 'cannot read "/no/such": No such file or directory')
        self.refused(run("-b", "/"), 'cannot read "/": Is a directory')

    def test_batch(self):
        with tempfile.NamedTemporaryFile("w", suffix=".batch") as file:
            file.write("# nothing\nvnf add \\\n  fw dev\nhelp\n")
            file.flush()
            self.refused(run("-b", file.name), f"{file.name}:2: vnf fw: dev: DEV is missing")
            self.refused(run("--atomic", "-b", file.name),
                         f"{file.name}:2: vnf fw: dev: DEV is missing")
            result = run("-f", "-b", file.name)
            self.assertEqual(result.returncode, 1)
            self.assertIn("Usage:", result.stdout)
        self.refused(run("-b", "-", stdin="vnf 'x\n"), "-:1: a quote is not closed: '")
        self.assertEqual(run("-b", "-").returncode, 0)

    def test_version(self):
        version = run("-V").stdout
        self.assertRegex(version, r"^srproxyctl \d+\.\d+\.\d+([~+]\S+)?\n$")
        result = run("version")
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stdout.startswith(version + "module: "), result.stdout)
        told = json.loads(run("-j", "version").stdout)
        self.assertEqual(f"srproxyctl {told['version']}\n", version)

    def test_absent_module(self):
        if json.loads(run("-j", "version").stdout)["module"] is not None:
            self.skipTest("the module is loaded")
        for words in (["vnf", "show"], ["sid", "del", "fc00::1"], ["monitor"], ["-j", "stats"]):
            result = run(*words)
            self.assertEqual((result.returncode, result.stdout), (3, ""), words)
            self.assertIn('the kernel has no "srproxy": load the module', result.stderr)

    def test_absent_module_is_found(self):
        if json.loads(run("-j", "version").stdout)["module"] is not None:
            self.skipTest("the module is loaded")
        result = run("doctor")
        self.assertEqual((result.returncode, result.stderr), (4, ""))
        self.assertEqual(result.stdout,
                         "error: module: it is not loaded\n    mend: modprobe srproxy\n")
        self.assertEqual(json.loads(run("-j", "doctor").stdout)[0]["command"], "modprobe srproxy")
        result = run("-b", "-", stdin="doctor\nhelp\n")
        self.assertEqual(result.returncode, 4)
        self.assertIn("Usage:", result.stdout)
        result = run("metrics")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertTrue(result.stdout.endswith("\nsrproxy_module_loaded 0\n"))

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_a_full_output_is_a_failure(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([PROGRAM, "help"], stdout=full, stderr=subprocess.PIPE,
                                    text=True)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, "srproxyctl: cannot write to standard output\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
