# SPDX-License-Identifier: GPL-2.0
"""Cost against the number of frames that the node's device receives in one go."""

from live import cost
from modes import batched, end_ad, end_as, native, reference
from testbed import Testbed

BATCHES = (1, 4, 16, 64, 256)
QUICK = (1, 16, 256)


def measure(options, progress):
    batches = QUICK if options.quick else BATCHES
    modes = [batched(mode, batch) for batch in batches
             for mode in (reference(), native(), end_as(), end_ad())]
    return {"batches": batches, "cost": cost(Testbed(), modes, options, progress)}
