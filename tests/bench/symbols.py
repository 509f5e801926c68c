# SPDX-License-Identifier: GPL-2.0
"""The kernel's functions."""

import bisect
import collections

Function = collections.namedtuple("Function", "name module")


class Symbols:
    def __init__(self, kallsyms):
        functions = []
        for line in kallsyms.read_text(encoding="ascii").splitlines():
            address, kind, name, *module = line.split()
            if kind in "tTwW":
                functions.append((int(address, 16), Function(name, module[0].strip("[]") if module else None)))
        functions.sort(key=lambda function: function[0])
        self.addresses, self.functions = zip(*functions)

    def at(self, address):
        return self.functions[bisect.bisect_right(self.addresses, address) - 1]
