#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Draw docs/bench from results/bench.json, and from nothing else.

    plots.py [RESULTS.json [DIRECTORY]]
"""

import contextlib
import json
import pathlib
import statistics
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter  # noqa: E402

from figures import LABEL  # noqa: E402
from modes import end_ad, end_as, native, reference  # noqa: E402
from stages import STAGES  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
INK, FAINT, GRID = "#222222", "#666666", "#e4e4e4"
# Told apart by all kinds of eyes (Okabe, Ito); one thing has one colour in all plots.
COLOR = {
    "reference": "#777777", "stock": "#d55e00", "End.AD": "#0072b2", "End.AS": "#56b4e9", "End.AM": "#009e73",
    "End.AN": "#cc79a7",
}
MARKER = {"reference": "s", "stock": "^", "End.AD": "o", "End.AS": "D", "End.AM": "v", "End.AN": "P"}
STAGE_COLOR = dict(zip(STAGES, (
    "#a6cbe3", "#0072b2", "#56b4e9", "#009e73", "#d9d9d9", "#f0e442", "#e69f00", "#d55e00")))
STYLE = {
    "font.family": "DejaVu Sans", "font.size": 10, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": FAINT,
    "axes.titlesize": 12, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 14,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "axes.grid": True,
    "grid.color": GRID, "xtick.color": FAINT, "ytick.color": FAINT, "lines.linewidth": 1.8, "lines.markersize": 5.5,
    "legend.frameon": False, "figure.facecolor": "white", "svg.hashsalt": "srproxy", "svg.fonttype": "path",
}
SIZE = (8, 4.5)
THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.0f}")


class Plots:
    def __init__(self, results, directory):
        self.results, self.data, self.directory = results, results["data"], directory
        directory.mkdir(parents=True, exist_ok=True)

    def figure(self, title, columns=1, size=SIZE):
        figure, axes = plt.subplots(1, columns, figsize=size, sharey=True, layout="constrained", squeeze=False)
        axes[0][0].set_title(title)
        return figure, axes[0]

    def save(self, figure, name):
        figure.savefig(self.directory / f"{name}.svg", metadata={"Date": None})
        figure.savefig(self.directory / f"{name}.png", dpi=150, metadata={"Software": None})
        plt.close(figure)

    def lines(self, axes, points, kind, label=None, **style):
        """Medians with quartiles."""
        x, summaries = zip(*sorted(points, key=lambda point: point[0]))
        median = [summary["median"] for summary in summaries]
        error = [[max(0, summary["median"] - summary["low"]) for summary in summaries],
                 [max(0, summary["high"] - summary["median"]) for summary in summaries]]
        axes.errorbar(x, median, error, color=COLOR[kind], marker=MARKER[kind], elinewidth=1, capsize=2,
                      label=label or LABEL.get(kind, kind), **style)
        return x, median

    @staticmethod
    def beside(axes, x, y, text, color=INK):
        axes.annotate(text, (x, y), xytext=(8, 0), textcoords="offset points", va="center", color=color,
                      annotation_clip=False)

    @staticmethod
    def legend_beside(axes):
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))

    @contextlib.contextmanager
    def bars(self, name, title, labels, xlabel, height, room=0.12):
        """Axes for horizontal bars, the first one on top, with room for what is written behind them."""
        figure, (axes,) = self.figure(title, size=(8, height))
        yield axes
        axes.set_yticks(range(len(labels)), labels, color=INK)
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        axes.margins(x=room)
        axes.set_xlim(left=0)
        axes.set_xlabel(xlabel)
        self.save(figure, name)

    def cost(self):
        """What one VNF costs, by who stands in front of it."""
        rows = (("stock", native().name, "stock parts:\nEnd.DX6, ip rule, seg6"),
                ("reference", reference().name, "plain forwarding,\nno SRv6"),
                ("End.AS", end_as().name, "srproxy End.AS"), ("End.AD", end_ad().name, "srproxy End.AD"))
        base = self.data["proxy"][reference().name]["node"]["median"]
        with self.bars("cost", "Node and VNF, time per packet", [label for *_, label in rows],
                       "ns, 100-byte IPv6 packets, User-Mode Linux", 3, room=0.28) as axes:
            for y, (kind, name, _) in enumerate(rows):
                node = self.data["proxy"][name]["node"]
                axes.barh(y, node["median"], color=COLOR[kind], height=0.62,
                          xerr=[[node["median"] - node["low"]], [node["high"] - node["median"]]],
                          error_kw={"elinewidth": 1, "capsize": 2, "ecolor": INK})
                self.beside(axes, max(node["median"], node["high"]), y,
                            f"{node['median']:,.0f} ns   × {node['median'] / base:.2f}")

    def vnfs(self):
        many = self.data["many"]
        figure, (axes,) = self.figure("Time per packet against number of VNFs")
        for points, kind, label, style in (
            (many["stock"], "stock", "stock parts,\none rule each", {}),
            (many["ours"], "End.AD", "End.AD,\ntraffic to all", {}),
            (many["ours_one"], "End.AD", "End.AD, traffic to one", {"linestyle": ":", "markerfacecolor": "white"}),
        ):
            x, y = self.lines(axes, points, kind, label, **style)
            if not style:
                self.beside(axes, x[-1], y[-1], label, COLOR[kind])
        axes.set(xscale="log", yscale="log", xlabel="VNFs, each with its SID", ylabel="ns per packet, node and VNF")
        axes.set_ylim(bottom=100)
        axes.set_xlim(right=axes.get_xlim()[1] * 2.2)
        axes.xaxis.set_major_formatter(THOUSANDS)
        axes.yaxis.set_major_formatter(THOUSANDS)
        axes.legend(loc="upper left")
        self.save(figure, "vnfs")

    def chain(self):
        chain = self.data["chain"]
        figure, (axes,) = self.figure("Time per packet against VNFs in a chain of one node")
        for kind, name, label in (("reference", "routed", "plainly routed"), ("End.AD", "proxied", "End.AD")):
            x, y = self.lines(axes, chain[name], kind, label)
            slope = statistics.linear_regression(x, y).slope
            self.beside(axes, x[-1], y[-1], f"{label}\n{slope:,.0f} ns each", COLOR[kind])
        axes.set(xlabel="VNFs", ylabel="ns per packet, node and VNFs")
        axes.set_ylim(bottom=0)
        axes.set_xlim(right=9.6)
        axes.set_xticks(range(1, 9))
        axes.yaxis.set_major_formatter(THOUSANDS)
        self.save(figure, "chain")

    def sizes(self):
        figure, columns = self.figure("", columns=2)
        figure.suptitle("Time per packet against its size", x=0.01, ha="left", weight="bold")
        for axes, inner, label in zip(columns, ("ip6", "ip4"), ("IPv6 inside", "IPv4 inside")):
            axes.set_title(label, fontsize=10)
            for kind, points in self.data["sizes"][inner].items():
                self.lines(axes, points, kind)
            axes.set(xlabel="bytes, without SRv6")
            axes.set_ylim(bottom=0)
            axes.set_xticks(sorted({size for size, _ in points if size >= 256} | {64}))
        columns[0].set_ylabel("ns per packet, node and VNF")
        self.legend_beside(columns[1])
        self.save(figure, "sizes")

    def batches(self):
        figure, (axes,) = self.figure("Time per packet against packets received in one go")
        for kind, found in self.data["batches"].items():
            x, _ = self.lines(axes, found["ns"], kind)
        axes.set(xscale="log", xlabel="packets in one go", ylabel="ns per packet, node and VNF")
        axes.set_xticks(x, map(str, x))
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(THOUSANDS)
        self.legend_beside(axes)
        self.save(figure, "batches")

    def tcp(self):
        with self.bars("tcp", "TCP through a VNF, iperf3, offloads on", ("plainly routed", "End.AD"),
                       "Gbit/s, sender, network and receiver on one CPU; each transfer, and the median", 2.6) as axes:
            for y, kind in enumerate(("reference", "End.AD")):
                gbps = self.data["bulk"][kind]["gbps"]
                median = statistics.median(gbps)
                axes.barh(y, median, color=COLOR[kind], alpha=0.35, height=0.6)
                axes.plot(gbps, [y + 0.4 * (i / max(1, len(gbps) - 1) - 0.5) for i in range(len(gbps))], "o",
                          color=COLOR[kind], markersize=3.5)
                self.beside(axes, max(gbps), y, f"{median:.2f}")

    def rates(self):
        figure, (axes,) = self.figure("CPU use against packet rate")
        for kind, name in (("stock", native().name), ("reference", reference().name), ("End.AD", end_ad().name)):
            mode = self.data["rates"][name]
            rates, use = zip(*mode["points"])
            axes.plot(rates, use, MARKER[kind], color=COLOR[kind], markersize=4, alpha=0.6)
            k, m = mode["node"]["k"], mode["node"]["m"]
            end = max(rates)
            axes.plot([0, end], [k, k + m * end], color=COLOR[kind])
            self.beside(axes, end, k + m * end, f"{LABEL.get(kind, kind)}\n{k:+.2f} % {m:+.4f} %/kpps", COLOR[kind])
        axes.set(xlabel="thousands of packets a second", ylabel="% of a CPU, node and VNF")
        axes.set_xlim(0, axes.get_xlim()[1] * 1.3)
        axes.set_ylim(bottom=0)
        self.save(figure, "rates")

    def stages(self):
        rows = (("stock parts", native().name), ("plain forwarding", reference().name), ("End.AS", end_as().name),
                ("End.AD", end_ad().name))
        kernel = self.data["instructions"]["kernel"]
        with self.bars("stages", "Where the instructions go", [label for label, _ in rows],
                       f"instructions per packet, from its arrival at the node; Linux {kernel}", 3.9) as axes:
            for y, (_, name) in enumerate(rows):
                left = 0
                for stage in STAGES:
                    width = self.data["stages"][name]["stages"][stage]
                    axes.barh(y, width, left=left, color=STAGE_COLOR[stage], height=0.62, edgecolor="white",
                              linewidth=0.8, label=stage if y == 0 else None)
                    left += width
                self.beside(axes, left, y, f"{left:,.0f}")
            axes.xaxis.set_major_formatter(THOUSANDS)
            axes.legend(loc="upper center", bbox_to_anchor=(0.42, -0.2), ncols=4, handlelength=1.2)


# What each one is made of.
PLOTS = {"cost": "proxy", "vnfs": "many", "chain": "chain", "sizes": "sizes", "batches": "batches", "tcp": "bulk",
         "rates": "rates", "stages": "stages"}


def main(results=TOP / "results/bench.json", directory=TOP / "docs/bench"):
    plt.rcParams.update(STYLE)
    plots = Plots(json.loads(pathlib.Path(results).read_text(encoding="utf-8")), pathlib.Path(directory))
    for name, phase in PLOTS.items():
        if phase in plots.data:
            getattr(plots, name)()


if __name__ == "__main__":
    main(*sys.argv[1:])
