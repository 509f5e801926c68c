#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Help, manual, completion and the glossary of counters know the same words: none more, none less.

Usage: words_test.py PROGRAM SOURCE
"""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = sys.argv[1]
SOURCE = Path(sys.argv[2])
LOADED = Path("/sys/module/srproxy").exists()
WORD = r"[a-zA-Z][A-Za-z0-9.-]*"


def tool(*words):
    with tempfile.TemporaryDirectory() as empty:  # no files come between
        return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True, timeout=20, cwd=empty).stdout


def next_words(*line):
    return tool("complete", "--", *line, "").split()


def rows(text, title):
    """The first words of the lines below a title."""
    return re.findall(r"^  (\S.*?)(?:  |$)", text.split(f"{title}:\n")[1].split("\n\n")[0], re.M)


class Usage:
    """What help says of an object: its words, and which of them are elements of lists."""

    def __init__(self, thing):
        text = re.split(r"^(?:Words|Shown.*):$", tool("help", thing), flags=re.M)[0]
        text = "\n".join(re.findall(rf"^(?:srproxyctl {thing}| {{6,}})(.*)$", text, re.M))
        lists = re.findall(r"\{([^}]*)\}\[,", text)
        self.lists = set(re.findall(WORD, " ".join(lists)))
        self.plain = {word for word in re.findall(WORD, re.sub(r"\{[^}]*\}\[,", "", text)) if not word.isupper()}
        self.closed = set(re.findall(rf"({WORD}) \{{", text))  # keywords whose values are all there


def completed(thing, usage):
    """The words that completion offers, on all ways that a command can go on."""
    verbs = set(next_words(thing)) - {"help"}
    if thing in ("help", "complete"):  # no word of theirs follows
        return set()
    found = set(verbs)
    for line in ([thing, verb, *key] for verb in verbs for key in ([], ["fc00::1"])):
        keywords = set(next_words(*line))
        found |= keywords
        for keyword in keywords & usage.closed:
            found |= set(next_words(*line, keyword))
    return {word.lstrip("-") for word in found}


def macro_words(line):
    """The words after each Cm of an mdoc line."""
    words, literal = set(), False
    for word in line.lstrip(".").split():
        if re.fullmatch("[A-Z][a-z]|Brq", word):
            literal = word == "Cm"
        elif literal and re.fullmatch(WORD, word.lstrip("-")):
            words.add(word.lstrip("-"))
    return words


class Manual:
    def __init__(self, text):
        self.text = text
        self.synopsis = {}  # of each object, its words
        for block in text.split(".Sh SYNOPSIS\n")[1].split(".Sh ")[0].split(".Nm\n")[1:]:
            first, *rest = [line for line in block.splitlines() if line != ".Pp"]
            for thing in macro_words(first):
                self.synopsis.setdefault(thing, set()).update(*map(macro_words, rest))

    def section(self, title):
        return self.text.split(f".Sh {title}\n")[1].split("\n.Sh ")[0]

    def literals(self):
        return set().union(*(macro_words(line) for line in self.text.splitlines() if line.startswith(".")))


class Agreement(unittest.TestCase):
    maxDiff = None

    def test_objects(self):
        things = rows(tool("help"), "Objects")
        self.assertEqual(set(things), set(manual.synopsis))
        self.assertEqual(things, next_words())
        self.assertEqual(things, next_words("help"))

    def test_options(self):
        helped = set(re.findall(r"^  -(\w), --([a-z-]+)", tool("help"), re.M))
        self.assertEqual(helped, set(re.findall(r"^\.It Fl (\w) , Fl -([a-z-]+)", manual.text, re.M)))
        offered = tool("complete", "--", "--").split()
        self.assertEqual({f"--{word}" for _, word in helped}, set(offered))

    def test_words_of_objects(self):
        for thing in rows(tool("help"), "Objects"):
            with self.subTest(thing):
                usage = Usage(thing)
                self.assertEqual(usage.plain, manual.synopsis[thing], "help and manual")
                self.assertEqual(usage.lists - manual.literals(), set(), "help and manual")
                if not LOADED:  # else the names of objects come between
                    self.assertEqual(usage.plain | usage.lists, completed(thing, usage), "help and completion")

    def test_drop_reasons(self):
        header = (SOURCE / "include/uapi/linux/srproxy.h").read_text()
        enum = header.split("enum srproxy_drop {")[1].split("/* private: */")[0]
        reasons = [name.lower() for name in re.findall(r"SRPROXY_DROP_(\w+)", enum)][2:]
        self.assertIn("from_vnf", reasons)
        self.assertEqual(reasons, rows(tool("help", "stats"), "Why a packet was dropped"))
        self.assertEqual(sorted(reasons), sorted(re.findall(r"^\.It Cm (\w+)$", manual.section("DROP REASONS"), re.M)))
        glossary = (SOURCE / "docs/counters.md").read_text().split("\n|---|---|---|---|\n")[1]
        self.assertEqual(sorted(reasons), sorted(re.findall(r"^\| ([a-z_]+) \|(?:[^|]+\|){3}$", glossary, re.M)))


if __name__ == "__main__":
    manual = Manual((SOURCE / "docs/man/srproxyctl.8").read_text())
    unittest.main(argv=sys.argv[:1])
