# SPDX-License-Identifier: GPL-2.0
"""From what was measured, phase by phase, to the figures and what the plots show."""

import statistics

from measure import node_cost, ratio, slope, summary
from modes import ASIDE, BEHAVIORS, batched, end_ad, end_as, hop, idle, native, proxied, reference

MANY = 16384
IDLE = {
    "idle_vs_absent": idle(**ASIDE).name,
    "idle_local_vs_absent": idle(sid="hook local").name,
    "idle_seg6local_vs_absent": idle(sid="hook seg6local").name,
    "idle_prerouting_vs_absent": idle().name,
}


class Results:
    """What phases found; figures have their numbers in common with the plots."""

    def __init__(self, phases, commit):
        self.phases = phases
        self.commit = commit

    def figure(self, phase, summarised, repetitions, packets, **more):
        return {
            "median": summarised["median"], "spread": [summarised["low"], summarised["high"]],
            "kernel": self.phases[phase]["kernel"], "packets": packets, "repetitions": repetitions,
            "commit": self.commit, **more,
        }

    def ratio(self, phase, ours, theirs, **more):
        """Of two modes of a phase, as costs of the node."""
        found = self.phases[phase]
        ours, theirs = (node_cost(found["cost"], name) for name in (ours, theirs))
        return self.figure(phase, ratio(ours, theirs), len(ours), found["packets"],
                           ns=[statistics.median(ours), statistics.median(theirs)], **more)

    def all(self):
        """Everything there is to say, as far as its phases are there."""
        results, data = {}, {}
        for phase, evaluate in (
            ("proxy", self.proxy), ("idle", self.idle), ("many", self.many), ("chain", self.chain),
            ("bulk", self.bulk), ("sizes", self.sizes), ("batches", self.batches), ("rates", self.rates),
            ("config", self.config), ("instructions", self.instructions), ("stages", self.stages),
            ("contention", self.contention),
        ):
            if phase in self.phases:
                figures, shown = evaluate(self.phases[phase])
                results.update(figures)
                data[phase] = shown
        return {**results, "data": data}

    @staticmethod
    def costs(cost):
        """{mode: {total, node}}, medians and quartiles."""
        shown = {}
        for name, mode in cost.items():
            shown[name] = {"total": summary(mode["ns"])}
            if mode["up"]:
                shown[name]["node"] = summary(node_cost(cost, name))
        return shown

    def proxy(self, found):
        names = {"ad": end_ad().name, "ad_aside": end_ad(**ASIDE).name, "as": end_as().name,
                 "reference": reference().name, "native": native().name}
        return {
            f"{ours}_vs_{theirs}": self.ratio("proxy", names[ours], names[theirs])
            for ours, theirs in (("ad", "reference"), ("ad_aside", "reference"), ("as", "reference"), ("as", "native"),
                                 ("ad", "native"))
        } | {"native_vs_reference": self.ratio("proxy", names["native"], names["reference"])}, self.costs(found["cost"])

    def idle(self, found):
        def against(name):
            totals = ratio(found["cost"][name]["ns"], found["cost"]["absent"]["ns"])
            return self.ratio("idle", name, "absent", of_totals=totals)
        return {key: against(name) for key, name in IDLE.items()}, self.costs(found["cost"])

    def many(self, found):
        cost = found["cost"]
        return {
            "ad_16384_vs_1": self.ratio("many", f"spread {MANY}", "spread 1"),
            "ad_16384_one_vs_1": self.ratio("many", f"one of {MANY}", "spread 1"),
        }, {
            "ours": [[int(name.split()[1]), summary(node_cost(cost, name))]
                     for name in cost if name.startswith("spread ")],
            "ours_one": [[int(name.split()[2]), summary(node_cost(cost, name))]
                         for name in cost if name.startswith("one of ")],
            "stock": [[int(name.split()[1]), summary(node_cost(cost, name))]
                      for name in sorted(cost) if name.startswith("native ")],
        }

    def chain(self, found):
        lengths = found["lengths"]
        slopes, points = {}, {}
        for kind in ("routed", "proxied"):
            nodes = [node_cost(found["cost"], f"{kind} {length}") for length in lengths]
            slopes[kind] = [slope(list(zip(lengths, rep)))[0] for rep in zip(*nodes)]
            points[kind] = [[length, summary(node)] for length, node in zip(lengths, nodes)]
        both = ratio(slopes["proxied"], slopes["routed"])
        ns = [statistics.median(slopes[kind]) for kind in ("proxied", "routed")]
        return {"chain_slope_vs_reference": self.figure(
            "chain", both, len(slopes["routed"]), found["packets"], ns=ns)}, points

    def bulk(self, found):
        ours, theirs = (found["throughput"][name]["gbps"] for name in ("End.AD", "reference"))
        return {"tcp_bulk_vs_reference": self.figure(
            "bulk", ratio(ours, theirs), len(ours), None,
            gbps=[statistics.median(ours), statistics.median(theirs)])}, found["throughput"]

    def sizes(self, found):
        shown = {}
        for inner in ("ip6", "ip4"):
            shown[inner] = {"reference": [
                [size, summary(node_cost(found["cost"], reference(inner, size).name))] for size in found["sizes"]]}
            for behavior in BEHAVIORS:
                shown[inner][behavior] = [
                    [size, summary(node_cost(found["cost"], proxied(behavior, inner, size).name))]
                    for size in found["sizes"]]
        return {}, shown

    def batches(self, found):
        """Nanoseconds, and the ratio to plain forwarding by the same batches."""
        cost, batches = found["cost"], found["batches"]
        modes = {"reference": reference(), "stock": native(), "End.AS": end_as(), "End.AD": end_ad()}
        node = {kind: [node_cost(cost, batched(mode, batch).name) for batch in batches]
                for kind, mode in modes.items()}
        return {}, {kind: {
            "ns": [[batch, summary(ours)] for batch, ours in zip(batches, costs)],
            "ratio": [[batch, ratio(ours, theirs)] for batch, ours, theirs in zip(batches, costs, node["reference"])],
        } for kind, costs in node.items()}

    def rates(self, found):
        """Lines through CPU use against rate: of everything on the CPU, and of the node alone."""
        lines = {name: line(mode["points"]) for name, mode in found["points"].items()}
        shown = {}
        for name, mode in found["points"].items():
            if mode["up"]:
                up = lines[mode["up"]]
                shown[name] = {
                    "all": lines[name], "node": {key: lines[name][key] - up[key] for key in ("k", "m")},
                    # Less what generator and headend use at that rate.
                    "points": [[rate, use - up["k"] - up["m"] * rate] for rate, use in reached(mode["points"])],
                }
        return {}, shown

    def config(self, found):
        return {
            key: self.figure("config", found[key], found["repetitions"], None, objects=found["objects"])
            for key in ("config_per_second", "bytes_per_sid")
        }, {key: value for key, value in found.items() if key not in ("config_per_second", "bytes_per_sid")}

    def instructions(self, found):
        cost = found["cost"]
        node = {name: statistics.median(node_cost(cost, name)) for name, mode in cost.items() if mode["up"]}
        pairs = {
            "ad_vs_reference": (end_ad().name, reference().name),
            "as_vs_reference": (end_as().name, reference().name),
            "as_vs_native": (end_as().name, native().name),
            "native_vs_reference": (native().name, reference().name),
        } | {key: (name, "absent") for key, name in IDLE.items()}
        return {}, {
            "kernel": found["kernel"], "packets": found["packets"], "node": node,
            "hop": node.get(hop().name),
            "ratios": {key: {"ratio": node[ours] / node[theirs], "ours": node[ours], "theirs": node[theirs]}
                       for key, (ours, theirs) in pairs.items() if ours in node and theirs in node},
        }

    def stages(self, found):
        return {}, found

    def contention(self, found):
        return {}, {**found, "commit": self.commit}


def reached(points):
    """Thousands of packets a second, and CPU use in per cent, where there was some time left."""
    return [(rate, 100 * use) for rate, use in points if use < 0.97]


def line(points):
    """CPU use in per cent, k + m * thousands of packets a second, by least squares."""
    m, k = slope(reached(points))
    return {"k": k, "m": m}
