# SPDX-License-Identifier: GPL-2.0
"""Which part of the work it is that an instruction belongs to: by where the packet was, and by function."""

import collections
import json
import re
import subprocess

from symbols import Symbols

MODULE = "srproxy"

# Places of a packet, in the order in which it is there.
GENERATOR, HEADEND, NODE, VNF, BACK, END = range(6)
STAGES = ("receive", "hook, parse", "decapsulate", "to the VNF", "VNF", "return", "encapsulate", "on to the network")
RECEIVE, PARSE, DECAP, TO_VNF, IN_VNF, RETURN, ENCAP, FORWARD = STAGES

# The module's files. What is not here is parsing where a packet comes in, and the return where it comes back.
FILES = {
    NODE: {"decap": DECAP, "modes": DECAP, "to_vnf": TO_VNF, "handover": TO_VNF, "turn": TO_VNF, "fragment": TO_VNF},
    VNF: {},
    BACK: {"encap": ENCAP, "modes": ENCAP, "entropy": ENCAP, "srh": ENCAP, "to_network": FORWARD, "next_hop": FORWARD,
           "forward": FORWARD, "route": FORWARD, "handover": FORWARD, "turn": FORWARD},
}
MODULE_DEFAULT = {NODE: PARSE, VNF: RETURN, BACK: RETURN}

# Functions of the kernel, the first pattern that is found, for either way.
RECEIVING = r"^(net_rx_action|process_backlog|__napi_poll|handle_softirqs|_*netif_receive|ip6_rcv|ipv6_rcv|" \
            r"udp_v6_early_demux|skb_defer_rx)"
KERNEL = {
    NODE: ((RECEIVING, RECEIVE),
           (r"^(seg6|input_action_end|get_srh|decap_and_validate|__iptunnel_pull|skb_pull)", DECAP), (r"", TO_VNF)),
    VNF: ((r"", IN_VNF),),
    BACK: ((RECEIVING, RETURN), (r"^(seg6|__seg6|set_tun_src|iptunnel_handle|pskb_expand|memcpy|memmove)", ENCAP),
           (r"", FORWARD)),
}

Function = collections.namedtuple("Function", "name module file")


class OurSymbols(Symbols):
    """With the files of the module's functions."""

    def __init__(self, kallsyms, objects):
        super().__init__(kallsyms)
        files = collections.defaultdict(set)
        for path in objects:
            listing = subprocess.run(["nm", path], text=True, check=True, stdout=subprocess.PIPE).stdout
            for name in re.findall(r" [tT] (\S+)", listing):
                files[name].add(path.stem)
        file, functions = None, []
        for name, module in self.functions:
            if module == MODULE:
                # Two files may have functions of one name; each file's are together.
                file = file if file in files[name] or not files[name] else min(files[name])
            functions.append(Function(name, module, file if module == MODULE else None))
        self.functions = functions


def stage(place, function):
    """None: it is not the node's."""
    if place not in KERNEL or function.module == "pktgen":
        return None
    if function.module == MODULE:
        return FILES[place].get(function.file, MODULE_DEFAULT[place])
    return next(found for pattern, found in KERNEL[place] if re.search(pattern, function.name))


def window(path, symbols):
    counts = collections.Counter()
    for line in path.read_text(encoding="ascii").splitlines():
        place, address, instructions = line.split()
        counts[int(place), symbols.at(int(address, 16))] += int(instructions)
    return counts


def read(directory, objects):
    """{mode: {"stages": {stage: instructions per packet}, "functions": {stage: [[name, instructions], …]}}}"""
    symbols = OurSymbols(directory / "kallsyms", objects)
    windows = json.loads((directory / "windows").read_text(encoding="utf-8"))
    found = {}
    for i in range(0, len(windows), 2):
        (name, fewer), (_, more) = windows[i:i + 2]
        few, many = (window(directory / f"window.{j}", symbols) for j in (i, i + 1))
        stages = {name: collections.Counter() for name in STAGES}
        for (place, function), count in many.items():
            if where := stage(place, function):
                stages[where][function.name] += (count - few[place, function]) / (more - fewer)
        found[name] = {
            "stages": {where: round(sum(counts.values()), 1) for where, counts in stages.items()},
            "functions": {where: [[function, round(count, 1)] for function, count in counts.most_common(8)
                                  if count >= 1] for where, counts in stages.items()},
        }
    return found
