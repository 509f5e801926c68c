# SPDX-License-Identifier: GPL-2.0
"""CPU use against packet rate, as Linux's SRv6 proxies were first measured (2017).

pktgen sends at a rate and counts the time in which it only waits for a packet's turn. On this one
CPU everything else is the packets' work, so that the rest is what they use: on UML as exact as
its clock, where /proc/stat counts in hundredths of a second and calls pktgen's waiting busy.
"""

from measure import checked, with_ups
from modes import end_ad, native, reference
from pktgen import Pktgen
from testbed import Testbed

RATES = (50000, 100000, 150000, 200000, 250000, 300000, 350000, 400000)
QUICK = RATES[::2] + RATES[5::2]
SECONDS = 0.1


def steps(options):
    return options.reps + 1


def measure(options, progress):
    testbed = Testbed()
    generator = Pktgen(testbed)
    modes = with_ups([reference(), end_ad(), native()])
    points = {mode.name: {"up": mode.up and mode.up.name, "points": []} for mode in modes}
    for rep in range(options.reps + 1):
        for mode in modes:
            mode.on(testbed)
            generator.send(1000)
            for rate in sorted(QUICK if options.quick else RATES) if rep else ():
                sent = checked(testbed, generator, mode.name, round(rate * SECONDS), rate=rate)
                # What it came to, in thousands a second; and the part of the CPU's time.
                points[mode.name]["points"].append((1e6 / sent.ns, sent.use))
            mode.off(testbed)
        progress()
    return {"points": points}
