#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Say which cache lines two processors shared on a packet's way, case by case.

    report.py DIR CASE…

DIR is where guest and sharing.so have left their files, and where report.json goes. Columns of the table, all per
packet:

    all      writes to lines that both processors wrote to, counted on the one that did so less often
    packet   of these, to packets' own memory, which the allocator hands from one processor to the other now and then
    stack    of these, elsewhere, by the kernel
    srproxy  of these, elsewhere, by the module's code
    meets    uses, by the module's code, of lines that the other processor wrote to, whoever did
    stores   by the module's code, to whatever (its stack and the packet, mostly)
    atomics  of these, with a lock prefix

None of them depends on who runs when. MOVES does, and is a lower bound: the emulation lets either processor run for
many packets if the machine is busy.
"""

import collections
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from symbols import Symbols  # noqa: E402

MODULE = "srproxy"
CONTROL = "control"
# Cases where both processors may not use lines of the module's that one of them writes, more often than this.
STRICT = ("end_ad", "end_as", "two_sids", "end_am")
LIMIT = 0.001
# Cases where a flow that is kept is noted as still there, eight times a second: either one, and false sharing.
TIMED = ("end_am_cache", "end_an")
TIMED_LIMIT = 32
# Nor of the stack's: without the proxy there are none, but for what timers and the scheduler do now and then.
STACK_LIMIT = 0.5
WORST = 12
PAGE_SHIFT = 12
# What they write to is a packet's: these caches have nothing else.
ALLOCATORS = ("__alloc_skb", "__build_skb_around")

Use = collections.namedtuple("Use", "cpu function locked reads writes moves")


class Line:
    """What was done with one cache line."""

    def __init__(self):
        self.uses = []

    def count(self, cpu, fields, module_only=False):
        return sum(getattr(use, field) for use in self.uses for field in fields
                   if use.cpu == cpu and (not module_only or use.function.module == MODULE))

    def writes(self, module_only=False):
        """How often both processors wrote to it: that of the one that did less."""
        return min(self.count(cpu, ["writes"], module_only) for cpu in (0, 1))

    def meets(self):
        """How often the module used it on one processor while the other wrote to it."""
        return sum(min(self.count(cpu, ["reads", "writes"], module_only=True), self.count(1 - cpu, ["writes"]))
                   for cpu in (0, 1))

    def moves(self):
        return sum(use.moves for use in self.uses)

    def functions(self):
        """Who wrote to it, or waited for it, the most busy first; and the module's, whatever they did."""
        count = collections.Counter()
        for use in self.uses:
            count[use.function] += use.writes + use.moves
        most = [function for function, number in count.most_common() if number][:6]
        most += [function for function in count if function.module == MODULE and function not in most]
        return [f"{function.name} [{function.module}]" if function.module else function.name for function in most]


class Window:
    """One case's accesses."""

    def __init__(self, directory, number, name, symbols):
        with open(directory / f"packets.{name}", encoding="ascii") as file:
            *packets, seconds = file.read().split()
        self.packets = min(map(int, packets))
        self.total = sum(map(int, packets))
        self.seconds = float(seconds)
        self.lines = collections.defaultdict(Line)
        packet_pages = set()
        with open(directory / f"window.{number}", encoding="ascii") as file:
            lost = int(file.readline())
            if lost:
                sys.exit(f"report: {name}: {lost} accesses were not counted; make the tables of sharing.c larger")
            for text in file:
                address, cpu, pc, *counts = text.split()
                address = int(address, 16)
                function = symbols.at(int(pc, 16))
                self.lines[address].uses.append(Use(int(cpu), function, *map(int, counts)))
                if function.name in ALLOCATORS:
                    packet_pages.add(address >> PAGE_SHIFT)
        self.recycled, self.shared = [], []
        for address, line in self.lines.items():
            if line.writes() or line.meets():
                (self.recycled if address >> PAGE_SHIFT in packet_pages else self.shared).append(line)

    def module(self, locked_only=False):
        """The module's writes, to whatever."""
        return sum(use.writes for line in self.lines.values() for use in line.uses
                   if use.function.module == MODULE and (use.locked or not locked_only))

    def atomics(self):
        return sum(use.writes for line in self.lines.values() for use in line.uses if use.locked)

    def result(self):
        lines = sorted(self.shared, key=lambda line: (line.meets(), line.writes()), reverse=True)
        by_module = sum(line.writes(True) for line in lines)
        everywhere = sum(line.writes() for line in lines)
        packet = sum(line.writes() for line in self.recycled)
        meets = sum(line.meets() for line in lines)
        return {
            "packets_per_cpu": self.packets,
            "seconds": self.seconds,
            "shared_writes_per_packet": self.per_packet(everywhere + packet),
            "packet_memory": self.per_packet(packet),
            "by_stack": self.per_packet(everywhere - by_module),
            "by_srproxy": self.per_packet(by_module),
            "srproxy_meets": self.per_packet(meets),
            "srproxy_meets_per_second": round(meets / self.seconds, 1),
            "srproxy_stores": round(self.module() / self.total, 1),
            "srproxy_atomics": round(self.module(locked_only=True) / self.total, 5),
            "atomics": round(self.atomics() / self.total, 1),
            "worst": [{"count": line.writes(), "moves": line.moves(), "functions": line.functions()}
                      for line in lines[:WORST]],
        }

    def per_packet(self, count):
        return round(count / self.packets, 5)


def complaints(cases):
    """What is not as it must be."""
    if CONTROL in cases and cases[CONTROL]["by_stack"] < 1:
        yield "a queue's lock was not seen to be shared: this measurement is blind"
    for name in (*STRICT, *TIMED):
        if name not in cases:
            continue
        got = cases[name]
        if not got["srproxy_stores"]:
            yield f"{name}: srproxy was not seen at all"
        if name in STRICT and got["srproxy_meets"] > LIMIT:
            yield f"{name}: both processors use lines of srproxy's that one of them writes"
        if name in TIMED and got["srproxy_meets_per_second"] > TIMED_LIMIT:
            yield f"{name}: both processors use lines of srproxy's that one of them writes more than now and then"
        if got["by_stack"] > STACK_LIMIT:
            yield f"{name}: both processors write lines of the stack's for each packet"


def main():
    directory, *names = sys.argv[1:]
    directory = pathlib.Path(directory)
    symbols = Symbols(directory / "kallsyms")
    cases = {}
    columns = ("all", "packet", "stack", "srproxy", "meets", "stores", "atomics")
    print(f"{'case':<18}{'packets':>8}" + "".join(f"{column:>9}" for column in columns))
    for number, name in enumerate(names):
        cases[name] = got = Window(directory, number, name, symbols).result()
        print(f"{name:<18}{got['packets_per_cpu']:>8}"
              f"{got['shared_writes_per_packet']:>9.3f}{got['packet_memory']:>9.3f}{got['by_stack']:>9.3f}"
              f"{got['by_srproxy']:>9.5f}{got['srproxy_meets']:>9.5f}"
              f"{got['srproxy_stores']:>9.1f}{got['srproxy_atomics']:>9.5f}")

    for name, got in cases.items():
        if not got["worst"]:
            continue
        print(f"\n{name}: written by both, moved, by whom")
        for line in got["worst"]:
            print(f"{line['count']:>8}{line['moves']:>8}  {', '.join(line['functions'])}")

    found = list(complaints(cases))
    for complaint in found:
        print(f"\nFAIL: {complaint}")
    kernel = (directory / "kernel").read_text(encoding="ascii").strip()
    (directory / "report.json").write_text(
        json.dumps({"kernel": kernel, "cases": cases, "complaints": found}, indent=1) + "\n", encoding="ascii")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
