# SPDX-License-Identifier: GPL-2.0
"""Plain forwarding without the module, and past it. It is loaded and unloaded from one to the next."""

from live import Live, received
from measure import interleaved
from modes import ASIDE, absent, idle
from testbed import Testbed


def measure(options, progress):
    testbed = Testbed()
    modes = [absent(), idle(), idle(sid="hook seg6local"), idle(sid="hook local"), idle(**ASIDE)]
    return {"cost": interleaved(testbed, Live(testbed), list(map(received, modes)), options, progress)}
