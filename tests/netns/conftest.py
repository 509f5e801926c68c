# SPDX-License-Identifier: GPL-2.0
"""Fixtures: the module for the whole session, a bench for each file, nothing configured between tests.

To be run as root in a guest (scripts/guest), with
    SRPROXY_KO          path of srproxy.ko
    SRPROXY_CTL         path of srproxyctl
    SRPROXY_OUT         a directory to write to
    SRPROXY_KERNEL      name of the kernel, as `scripts/kernel list` shows it
    SRPROXY_SELFTESTS   the kernel's tools/testing/selftests/net
    SRPROXY_YNL         where the kernel's tools/net/ynl is
    SRPROXY_ALL         if 1, all inputs on this kernel, whichever it is

User-Mode Linux is fast and has every test with every input. Emulated, the stock kernels share the inputs of a test that
has many: each input is for one of them. Those marked `data` are for none.
"""

import collections
import itertools
import os
import re
from pathlib import Path

import pytest

from lib.bench import HOOKS, Arrived, Bench
from lib.chain import Chain
from lib.netns import run
from lib.packet import explain

EMULATED = ("6.1", "6.12", "7.2")
FEW = 4  # inputs of a test that each of these kernels has

TAINT_OK = 1 << 12 | 1 << 13  # a module from outside the tree, unsigned
TROUBLE = re.compile(
    r"BUG:|WARNING:|KASAN|UBSAN|Oops|general protection|Call Trace|suspicious RCU|possible circular|inconsistent lock"
    r"|sleeping function|scheduling while atomic|refcount_t:|leaked reference|ODEBUG|unregister_netdevice: waiting"
    r"|blocked for more|(soft|hard) lockup"
)


def tainted():
    return int(Path("/proc/sys/kernel/tainted").read_text())


def loaded():
    return Path("/sys/module/srproxy").exists()


class Module:
    """srproxy.ko."""

    def __init__(self):
        self.path = os.environ["SRPROXY_KO"]

    def load(self):
        run("insmod", self.path)

    def unload(self):
        run("rmmod", "srproxy")


@pytest.fixture(scope="session", autouse=True)
def module():
    """Loaded from the first test to the last; it must leave when asked to, and leave nothing."""
    before = tainted()
    # What tests ask for by sysctl or listing loads nothing by itself.
    run("modprobe", "-qa", "vrf", "8021q", "bridge", "tun", "nfnetlink_hook", check=False)
    module = Module()
    module.load()
    yield module
    module.unload()
    assert not loaded()
    assert "srproxy" not in run("nft", "list", "hooks", check=False).stdout
    assert tainted() & ~before & ~TAINT_OK == 0


@pytest.fixture(scope="session")
def kmsg():
    """The kernel's log from here on."""
    fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    os.lseek(fd, 0, os.SEEK_END)
    yield fd
    os.close(fd)


@pytest.fixture(autouse=True)
def no_kernel_trouble(kmsg):
    """A test after which the kernel has something to complain of has failed."""
    yield
    lines = []
    while True:
        try:
            lines.append(os.read(kmsg, 8192).decode(errors="replace").partition(";")[2].rstrip())
        except BlockingIOError:
            break
        except BrokenPipeError:  # overwritten meanwhile: go on with the oldest
            continue
    if any(TROUBLE.search(line) for line in lines):
        pytest.fail("the kernel's log:\n" + "\n".join(lines), pytrace=False)


@pytest.fixture(scope="module")
def module_bench(module):
    """The bench of one test file. A file that needs other links than the usual ones has its own."""
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def bench(module_bench, request):
    module_bench.proxy.hook = getattr(request, "param", "prerouting")
    module_bench.proxy.keep_routes = hasattr(request, "param")
    yield module_bench
    module_bench.reset()


@pytest.fixture(scope="module")
def hooks(module_bench):
    """A function for the module's hooks in a namespace, as `nft list hooks` shows them."""

    def listed(ns, what="srproxy"):
        return [line.strip() for line in ns.run("nft", "list", "hooks").stdout.splitlines() if what in line]

    witness = "add table ip6 t\nadd chain ip6 t c { type filter hook prerouting priority 0; }\n"
    module_bench.world.run("nft", "-f", "-", input=witness)
    if not listed(module_bench.world, "chain ip6 t c"):
        pytest.skip("needs CONFIG_NETFILTER_NETLINK_HOOK")
    module_bench.world.run("nft", "flush", "ruleset")
    return listed


@pytest.fixture(scope="module")
def chain(module):
    """The hosts and nodes of real traffic, configured. A file that wants other SIDs changes them, or has its own."""
    chain = Chain()
    chain.configure()
    yield chain
    chain.close()


def pytest_configure(config):
    config.addinivalue_line("markers", "both_hooks: packets are to be the same by either hook of a SID")
    config.addinivalue_line("markers", "data: one of many inputs to the same code, for User-Mode Linux only")


def pytest_generate_tests(metafunc):
    if "bench" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_hooks"):
        metafunc.parametrize("bench", HOOKS, indirect=True)


def pytest_collection_modifyitems(config, items):
    """One hook after the other in each file, on each bench; and what is for this kernel only."""
    order = {}

    def group(item):
        params = item.callspec.params if hasattr(item, "callspec") else {}
        return order.setdefault((item.path, params.get("module_bench")), len(order)), params.get("bench", "")

    items.sort(key=group)
    kernel = os.environ.get("SRPROXY_KERNEL", "um")
    if kernel in EMULATED and os.environ.get("SRPROXY_ALL") != "1":
        mine = share(items, EMULATED.index(kernel))
        config.hook.pytest_deselected(items=[item for item in items if item not in mine])
        items[:] = [item for item in items if item in mine]


def share(items, number):
    """What one of the emulated kernels has of the tests."""
    inputs = collections.defaultdict(list)
    for item in items:
        if not item.get_closest_marker("data"):
            inputs[item.path, item.originalname].append(item)
    return set(itertools.chain.from_iterable(
        those if len(those) <= FEW else those[number::len(EMULATED)] for those in inputs.values()))


def pytest_assertrepr_compare(op, left, right):
    """How what arrived differs from what should have."""
    if op != "==" or not isinstance(left, Arrived):
        return None
    lines = ["what arrived is not what should have"]
    for port in sorted({*left, *right}):
        got, want = left.get(port, []), right.get(port, [])
        if got == want:
            continue
        lines.append(f"{port}: {len(got)} packets, should be {len(want)}")
        for frame, packet in zip(got, want):
            if frame != packet:
                lines += explain(frame, packet)
        lines += [f"  got, too much:   {frame!r}" for frame in got[len(want):]]
        lines += [f"  want, too little: {packet!r}" for packet in want[len(got):]]
    return lines
