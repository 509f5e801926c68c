# SPDX-License-Identifier: GPL-2.0
"""Failing allocations, where the kernel has CONFIG_FAILSLAB and its friends."""

import os
from contextlib import contextmanager
from pathlib import Path

from .genl import NlError

FAILSLAB = Path("/sys/kernel/debug/failslab")
FAIL_NTH = Path("/proc/self/fail-nth")


def present():
    return FAIL_NTH.exists() and (FAILSLAB / "require-start").exists()


NEEDS = "needs CONFIG_FAILSLAB, CONFIG_FAULT_INJECTION_DEBUG_FS and _STACKTRACE_FILTER"


@contextmanager
def _settings(**values):
    """The files of failslab, underscores for their dashes; as they were, afterwards."""
    files = {FAILSLAB / name.replace("_", "-"): str(value) for name, value in values.items()}
    before = {file: file.read_text().strip() for file in files}
    for file, value in files.items():
        file.write_text(value)
    try:
        yield
    finally:
        for file, value in reversed(before.items()):
            file.write_text(value)


def in_module(name="srproxy"):
    """A context in which every allocation fails that has the module in its stack."""
    modules = [line.split() for line in Path("/proc/modules").read_text().splitlines()]
    (module,) = [fields for fields in modules if fields[0] == name]
    start = int(module[5], 16)
    return _settings(
        task_filter="N", ignore_gfp_wait="N", verbose=0, times=-1, space=0, interval=1, stacktrace_depth=32,
        require_start=hex(start), require_end=hex(start + int(module[1])), probability=100,
    )


def one_by_one(function):
    """Call function() with its first allocation failing, then with its second, until none does.

    Yields after each call, of which it swallows what such a failure may raise; the errno or None.
    """
    with _settings(ignore_gfp_wait="N", verbose=0):
        fail_nth = os.open(FAIL_NTH, os.O_RDWR)
        left, nth = 0, 0
        try:
            while not left:
                nth, number = nth + 1, None
                os.pwrite(fail_nth, str(nth).encode(), 0)
                try:
                    function()
                except (OSError, NlError) as error:
                    number = error.errno
                finally:
                    left = int(os.pread(fail_nth, 10, 0))
                    os.pwrite(fail_nth, b"0", 0)
                yield number
        finally:
            os.close(fail_nth)
