# SPDX-License-Identifier: GPL-2.0
"""One VNF, behind a proxy of ours, one from stock parts, and none."""

from live import cost
from modes import ASIDE, end_ad, end_as, hop, native, reference
from testbed import Testbed

# The whole way through the devices, as where somebody looks at them.
NO_HANDOVER = "handover never"


def measure(options, progress):
    modes = [reference(), hop(), native(), end_ad(), end_ad(**ASIDE), end_as(), end_ad(vnf=NO_HANDOVER), end_as(vnf=NO_HANDOVER)]
    return {"cost": cost(Testbed(), modes, options, progress)}
