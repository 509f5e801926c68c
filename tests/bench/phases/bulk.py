# SPDX-License-Identifier: GPL-2.0
"""TCP through a VNF, proxied and plainly routed: iperf3, offloads on, answers by plain routes."""

import json
import subprocess

from modes import NEXT, NODE, PREFIX, SID, end_ad, reference
from space import forwarder, link
from testbed import DST6, MTU, Testbed

BYTES, QUICK = "2G", "600M"


class Ends(Testbed):
    """With a server behind the node, which takes the last segment's encapsulation off."""

    def __init__(self):
        super().__init__()
        self.server = forwarder("server")
        self.spaces.append(self.server)
        link(6, self.node, "srv", self.server, "eth", MTU)
        self.server.ip(f"""
            addr add {DST6}/128 dev eth nodad
            route add default via fc00:6::1
            route add {NEXT} encap seg6local action End.DT6 table local dev eth
        """)
        self.gen.ip(f"route add {PREFIX['ip6']} via fc00:1::2")
        # What comes back.
        self.node.ip(f"route add fc00:1::/64 via fc00:2::1\nroute replace {NEXT} via fc00:6::2")
        with self.server:
            self.daemon = subprocess.Popen(["iperf3", "-s", "-B", DST6], stdout=subprocess.DEVNULL)

    def close(self):
        self.daemon.kill()
        self.daemon.wait()
        super().close()


def modes():
    segs = f"{SID},{NEXT}"
    plain = reference()
    plain.node = plain.node.replace("via fc00:5::2 dev d0", "via fc00:6::2 dev srv")
    proxied = end_ad()
    proxied.head = f"""
        route add {SID} via {NODE['ip6']} dev e1
        route add {PREFIX['ip6']} encap seg6 mode encap segs {segs} dev e1"""
    return {"reference": plain, "End.AD": proxied}


def transfer(ends, size):
    """Gbit/s, and how much had to be sent again."""
    done = ends.gen.run("iperf3", "-6", "-J", "-n", size, "-c", DST6)
    end = json.loads(done.stdout)["end"]
    return end["sum_received"]["bits_per_second"] / 1e9, end["sum_sent"]["retransmits"]


def steps(options):
    return options.reps + 1


def measure(options, progress):
    ends = Ends()
    found = {name: {"gbps": [], "retransmits": []} for name in modes()}
    for rep in range(options.reps + 1):
        # The best of a few rounds: what else runs on the machine can only slow them down.
        rounds = {name: [] for name in found}
        for _ in range(options.parts if rep else 1):
            for name, mode in modes().items():
                mode.on(ends)
                rounds[name].append(transfer(ends, QUICK if options.quick else BYTES))
                mode.off(ends)
        if rep:
            for name, transfers in rounds.items():
                gbps, retransmits = max(transfers)
                found[name]["gbps"].append(gbps)
                found[name]["retransmits"].append(retransmits)
        progress()
    ends.close()
    return {"throughput": found}
