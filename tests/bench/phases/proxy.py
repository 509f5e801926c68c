# SPDX-License-Identifier: GPL-2.0
"""One VNF, behind a proxy of ours, one from stock parts, and none."""

from live import Live, received
from measure import interleaved
from modes import end_ad, end_as, hop, native, reference
from testbed import Testbed

# The whole way through the devices, as where somebody looks at them.
NO_HANDOVER = "handover never"


def steps(options):
    return options.reps * options.parts + 1


def measure(options, progress):
    testbed = Testbed()
    modes = [reference(), hop(), native(), end_ad(), end_as(), end_ad(vnf=NO_HANDOVER), end_as(vnf=NO_HANDOVER)]
    return {"cost": interleaved(testbed, Live(testbed), list(map(received, modes)), options, progress)}
