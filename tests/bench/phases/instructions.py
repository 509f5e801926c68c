# SPDX-License-Identifier: GPL-2.0
"""Instructions per packet, and by whom. For a kernel in QEMU with one instruction a nanosecond.

What pktgen takes for nanoseconds is instructions then. By whom is counted by stages.so, for two
numbers of packets: the difference is what packets cost.
"""

import json
import pathlib

from measure import interleaved, rounds
from modes import ASIDE, absent, end_ad, end_as, hop, idle, native, reference
from pktgen import Pktgen
from stages import BACK, END, GENERATOR
from testbed import Testbed
from window import Window

# Where a packet is (see stages.py) is told by what it passes: the generator; each device that it is
# received from, which takes it one on; the proxy's way back, which may spare that; and the last device.
MARKS = {"pktgen_xmit": GENERATOR, "__netif_receive_skb_core": -1, "srp_proxy_out": BACK, "dummy_xmit": END}


def staged():
    return [reference(), end_ad(), end_as(), native()]


def steps(options):
    return rounds(options) + len(staged())


def mark(out):
    """Tell the plugin where these functions are."""
    kallsyms = pathlib.Path("/proc/kallsyms").read_text(encoding="ascii")
    marks = []
    for line in kallsyms.splitlines():
        address, _, name, *_ = line.split()
        name = name.split(".")[0]
        if name in MARKS:
            marks.append(f"{address} {MARKS[name]}\n")
    (out / "kallsyms").write_text(kallsyms, encoding="ascii")
    (out / "window.marks").write_text("".join(marks), encoding="ascii")


def measure(options, progress):
    testbed = Testbed()
    generator = Pktgen(testbed)
    modes = [absent(), idle(), idle(sid="hook seg6local"), idle(sid="hook local"), idle(**ASIDE), reference(), hop(), native(), end_ad(), end_as()]
    cost = interleaved(testbed, generator, modes, options, progress)

    window, windows = Window(), []
    mark(options.out)
    for mode in staged():
        mode.on(testbed)
        generator.send(options.packets // 4)
        for packets in (options.packets // 4, options.packets):
            with window():
                generator.send(packets)
            windows.append((mode.name, packets))
        mode.off(testbed)
        progress()
    (options.out / "windows").write_text(json.dumps(windows))
    return {"cost": cost}
