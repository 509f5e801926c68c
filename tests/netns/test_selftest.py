# SPDX-License-Identifier: GPL-2.0
"""The kernel's own SRv6 test passes with the module beside it, configured where it runs.

    hosts ── router 1 ═══ SRv6 ═══ router 2 ── hosts        namespaces of srv6_end_dt6_l3vpn_test.sh

Each of its namespaces gets a VNF, a chain and SIDs as it appears, as has the initial one.
"""

import os
import subprocess
from pathlib import Path

import pytest

from lib.bench import NEXT
from lib.netns import RUN, Netns, run
from lib.proxy import Proxy

SCRIPT = "srv6_end_dt6_l3vpn_test.sh"


class Existing(Netns):
    """A namespace that somebody else has made."""

    def __init__(self, name):
        self.name, self._outside = name, []
        self.fd = os.open(f"{RUN}/{name}", os.O_RDONLY)


def configure(ns=None):
    proxy = Proxy(ns)
    proxy.vnf("fw", dev="to-vnf", iif="from-vnf", nh6="fd00:3::2")
    proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    proxy.sid("fc00:b::f1", vnf="fw", inner="ip6")
    proxy.sid("fc00:b::f2", behavior="End.AS", vnf="fw", chain="gold", inner="ip4")
    return proxy


@pytest.mark.data   # for its time
@pytest.mark.skipif("SRPROXY_SELFTESTS" not in os.environ, reason="the kernel's selftests are not at hand")
def test_l3vpn(module):
    directory = Path(os.environ["SRPROXY_SELFTESTS"])
    assert (directory / SCRIPT).exists()
    run("modprobe", "vrf", check=False)  # the script wants to see it, built in or not
    here = configure()
    before = set(os.listdir(RUN))
    configured = set()
    with subprocess.Popen(
        ["bash", SCRIPT], cwd=directory, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as script:
        lines = []
        for line in script.stdout:
            lines.append(line)
            for name in set(os.listdir(RUN)) - before - configured:
                configure(Existing(name)).close()
                configured.add(name)
    print("".join(lines))
    here.flush()
    here.close()
    assert script.returncode == 0, "".join(lines[-30:])
    assert any("Tests failed:   0" in line for line in lines)
    assert len(configured) >= 4, "the module was hardly beside it"
