# SPDX-License-Identifier: GPL-2.0
"""Cost against the number of VNFs: ours, and stock parts with their rule for each.

Each of ours has its own pair of VLAN tags on one device and its own SID. The function is one that
keeps no state: it sends each frame out of its other side as it is. Neither does the generator: the
last 16 bits of a packet's SID are random, within the SIDs that there are, so that whatever more VNFs
cost is the node's. A number has namespaces of its own, in which everything stays configured.
"""

import collections

from live import Live, received
from measure import best, checked, rounds, with_ups
from modes import LAST, NEXT, Mode, native
from space import mac
from testbed import Testbed

OURS = (1, 4, 16, 64, 256, 1024, 4096, 16384)
STOCK = (1, 3, 10, 32, 100, 316, 1000)
OURS_QUICK = (1, 256, 16384)
STOCK_QUICK = (1, 100, 1000)
VIDS = 4094
FLOWS = 8    # so many packets for each, before it counts
FIRST = 0x4000      # of the numbers in destinations and SIDs: more bits than those that are random
# The next hop of stock parts, the node's own other device, reflected.
STOCK_NEXT_HOP = "fc00:3::3"
BACK_MAC = mac(4, 1)


class Reflecting(Testbed):
    """Instead of a VNF, its links: what comes in by one goes out by the other."""

    def make_vnf(self):
        self.node.ip(f"neigh add {STOCK_NEXT_HOP} lladdr {BACK_MAC} dev tovnf nud permanent")
        self.vnf.tc("""
            qdisc add dev v0 clsact
            filter add dev v0 ingress matchall action mirred egress redirect dev v1
        """)


class Many(Reflecting):
    """With all that a number of VNFs takes."""

    def __init__(self, count):
        super().__init__()
        self.count = count
        segs = (f"fc00:b::{FIRST:x}", NEXT, LAST)
        self.mode = received(Mode(f"ours {count}", segs=segs))
        self.node.ctl("\n".join((
            *(f"vnf add f{i} dev tovnf vlan {tags(i)} iif fromvnf iif-vlan {tags(i)} lladdr {BACK_MAC}"
              for i in range(count)),
            *(f"sid add fc00:b::{FIRST + i:x} behavior End.AD inner ip6 vnf f{i}" for i in range(count)))))


def tags(i):
    return f"802.1ad:{i // VIDS + 1},{i % VIDS + 1}"


def steps(options):
    return rounds(options) + 1


def measure_ours(beds, options):
    """One round: {name: nanoseconds}, for traffic spread over all, and for one of them."""
    costs = {}
    for bed, generator in beds:
        kinds = {f"spread {bed.count}": bed.count - 1}
        if bed.count > 1 and (not options.quick or bed is beds[-1][0]):
            kinds[f"one of {bed.count}"] = 0
        for up, mode in (("up ", bed.mode.up), ("", bed.mode)):
            for kind, mask in kinds.items():
                if not up and kind.startswith("spread"):
                    # The first packet of each VNF is another thing.
                    generator.send(FLOWS * bed.count, mode, mask)
                costs[up + kind] = checked(bed, generator, kind, options.packets, mode=mode, mask=mask).ns
    return costs


def stock_beds(options):
    """Stock parts, and what to take off from them: [(bed, its generator, its mode)]."""
    beds = []
    for mode in with_ups([received(native(vnfs, next_hop=STOCK_NEXT_HOP))
                          for vnfs in (STOCK_QUICK if options.quick else STOCK)]):
        bed = Reflecting()
        mode.on(bed)
        beds.append((bed, Live(bed), mode))
    return beds


def measure_stock(beds, options):
    """One round, too."""
    return {mode.name: checked(bed, generator, mode.name, options.packets // 2, mode=mode).ns
            for bed, generator, mode in beds}


def measure(options, progress):
    ours = [Many(count) for count in (OURS_QUICK if options.quick else OURS)]
    ours = [(bed, Live(bed)) for bed in ours]
    stock = stock_beds(options)
    progress()
    found = collections.defaultdict(list)
    for number in range(rounds(options)):
        for name, ns in {**measure_ours(ours, options), **measure_stock(stock, options)}.items():
            if number:
                found[name].append(ns)
        progress()
    ups = {mode.name: mode.up and mode.up.name for *_, mode in stock}
    ups.update({name[3:]: name for name in found if name.startswith("up ") and name not in ups})
    return {"cost": {name: {"up": ups.get(name), "ns": best(ns, options.parts)} for name, ns in found.items()}}
