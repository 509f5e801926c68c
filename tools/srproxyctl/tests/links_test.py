#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The documents' links lead somewhere: files and headings of this repository.

Usage: links_test.py SOURCE
"""

import re
import sys
import unittest
from pathlib import Path

SOURCE = Path(sys.argv[1])


def anchors(page):
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in plain}


def links(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]


class Links(unittest.TestCase):
    def test_links(self):
        for page in [SOURCE / "README.md", *sorted(SOURCE.glob("docs/**/*.md"))]:
            for link in links(page):
                with self.subTest(f"{page.relative_to(SOURCE)}: {link}"):
                    path, _, anchor = link.partition("#")
                    target = page.parent / path if path else page
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target))

    def test_every_document_can_be_found(self):
        linked = {(page.parent / link.partition("#")[0]).resolve()
                  for page in [SOURCE / "README.md", *SOURCE.glob("docs/**/*.md")] for link in links(page)}
        documents = {path.resolve() for pattern in ("docs/**/*.md", "docs/man/*.[1-9]") for path in SOURCE.glob(pattern)}
        self.assertEqual(documents - linked, set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
