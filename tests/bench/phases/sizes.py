# SPDX-License-Identifier: GPL-2.0
"""Cost against the size of the inner packet: IPv6 and IPv4, every behavior."""

from live import cost
from modes import BEHAVIORS, proxied, reference
from testbed import Testbed

SIZES = (64, 256, 576, 1024, 1500)
QUICK = (64, 1500)


def measure(options, progress):
    sizes = QUICK if options.quick else SIZES
    modes = [mode for inner in ("ip6", "ip4") for size in sizes
             for mode in (reference(inner, size), *(proxied(behavior, inner, size) for behavior in BEHAVIORS))]
    return {"sizes": sizes, "cost": cost(Testbed(), modes, options, progress)}
