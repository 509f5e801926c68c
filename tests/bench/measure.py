# SPDX-License-Identifier: GPL-2.0
"""Interleaved repetitions of modes, and their ratios with spread."""

import contextlib
import random
import socket
import statistics


@contextlib.contextmanager
def other_memory():
    """Hold some packets elsewhere, so that repetitions don't all find the allocator in one state.

    With one free buffer left on a slab, each packet that takes it costs tens of nanoseconds more on
    some processors (a prefetch of address 0): by luck, all of one mode's repetitions or none.
    """
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    left.setblocking(False)
    with left, right, contextlib.suppress(BlockingIOError):
        for size in (100, 300, 600, 1200):
            for _ in range(random.randrange(3)):
                left.send(bytes(size))
        yield


def checked(testbed, generator, name, count, **how):
    """Send, and see that every packet arrived."""
    before = testbed.arrived()
    with other_memory():
        sent = generator.send(count, **how)
    arrived = testbed.arrived() - before
    mode = how.get("mode")
    expected = 0 if mode and mode.astray else count
    assert arrived == expected, f"{name}: of {count} packets {arrived} arrived, not {expected}"
    return sent


def with_ups(modes):
    """The modes, and before them what has to be taken off, each once."""
    every = {mode.up.name: mode.up for mode in modes if mode.up}
    every.update((mode.name, mode) for mode in modes)
    return list(every.values())


def best(values, parts):
    """The least of each so many rounds: what else runs on the machine can only add to them."""
    return [min(values[i:i + parts]) for i in range(0, len(values), parts)]


def rounds(options):
    """How many there are; one more, before those that count, is to warm up."""
    return options.reps * options.parts + 1


def interleaved(testbed, generator, modes, options, progress=lambda: None):
    """{mode name: {"up": name, "ns": [nanoseconds a packet, …]}}, of so many repetitions.

    A repetition is the best of a few rounds over all modes. Each round has its own order.
    """
    every = with_ups(modes)
    found = {mode.name: [] for mode in every}
    for number in range(rounds(options)):
        random.shuffle(every)
        for mode in every:
            mode.on(testbed)
            sent = checked(testbed, generator, mode.name, options.packets, **generator.how(mode))
            mode.off(testbed)
            if number:
                found[mode.name].append(sent.ns)
        progress()
    return {mode.name: {"up": mode.up and mode.up.name, "ns": best(found[mode.name], options.parts)}
            for mode in every}


def pooled(boots):
    """The repetitions of several boots as one."""
    every = {}
    for boot in boots:
        for name, mode in boot.items():
            every.setdefault(name, {**mode, "ns": []})["ns"].extend(mode["ns"])
    return every


def node_cost(cost, name):
    """The part of a mode's cost that is the node's and the VNF's, one a repetition."""
    mode = cost[name]
    return [total - up for total, up in zip(mode["ns"], cost[mode["up"]]["ns"], strict=True)]


def summary(values):
    """Median and the middle half of repetitions."""
    quartiles = statistics.quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
    return {"median": statistics.median(values), "low": quartiles[0], "high": quartiles[2]}


def ratio(ours, theirs):
    """Median of the ratios of pairs from the same repetition."""
    return summary([a / b for a, b in zip(ours, theirs, strict=True)])


def slope(points):
    """Least squares: (slope, value at 0) of (x, y) points."""
    fit = statistics.linear_regression(*zip(*points))
    return fit.slope, fit.intercept
