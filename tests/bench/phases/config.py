# SPDX-License-Identifier: GPL-2.0
"""What configuration costs: see config_cost.py."""

import config_cost

OBJECTS, QUICK = 16384, 4096


def steps(_):
    return 1


def measure(options, progress):
    result = config_cost.measure(options.reps, QUICK if options.quick else OBJECTS)
    progress()
    return result
