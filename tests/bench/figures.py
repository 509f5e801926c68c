# SPDX-License-Identifier: GPL-2.0
"""The figures that the benchmark is about: what they are, what they must be, and their table."""

import collections

MUST, AIM, MISSED, ABSENT, SHOWN = "must", "aim", "missed", "not measured", ""
# What others than our own behaviors are called.
LABEL = {"reference": "plain forwarding", "stock": "stock parts"}


class Figure(collections.namedtuple("Figure", "key title must aim more unit digits", defaults=(False, "", 3))):
    """more: it is better to have more of it."""

    def reaches(self, value, limit):
        return value >= limit if self.more else value <= limit

    def verdict(self, result):
        if result is None:
            return ABSENT
        value = result["median"]
        if self.must is None:
            return SHOWN
        if not self.reaches(value, self.must):
            return MISSED
        return AIM if self.aim is not None and self.reaches(value, self.aim) else MUST

    def text(self, value):
        return f"{value:,.{self.digits}f}{self.unit}"

    def limit(self, value):
        if value is None:
            return ""
        return f"{'≥' if self.more else '≤'} {value:,.{2 if self.digits else 0}f}{self.unit}"


FIGURES = (
    Figure("ad_vs_reference", "End.AD ÷ plain forwarding through the same VNF", 0.85, 0.70),
    Figure("as_vs_reference", "End.AS ÷ plain forwarding through the same VNF", 0.85, 0.70),
    Figure("as_vs_native", "End.AS ÷ stock parts (End.DX6, iif rule, seg6 encap)", 0.40, 0.30),
    Figure("ad_16384_vs_1", "16,384 VNFs and SIDs, traffic over all ÷ one", 1.25, 1.10),
    Figure("ad_16384_one_vs_1", "16,384 VNFs and SIDs, traffic to one ÷ one", 1.02, None),
    Figure("chain_slope_vs_reference", "one more VNF in a chain of the node ÷ one more plainly routed", 0.75, 0.60),
    Figure("tcp_bulk_vs_reference", "TCP throughput, proxied ÷ plainly routed", 0.98, 1.0, True),
    Figure("idle_vs_absent", "plain forwarding past the module ÷ without it: `hook local`, `exclusive`", 1.01, 1.00),
    Figure("ad_aside_vs_reference", "… End.AD configured like that ÷ plain forwarding through the same VNF", 0.85, 0.70),
    Figure("idle_local_vs_absent", "… past the module with `hook local` alone", None, None),
    Figure("idle_prerouting_vs_absent", "… past the module as it is by default, `hook prerouting`", None, None),
    Figure("config_per_second", "VNFs and SIDs configured per second", 20000, 50000, True, "", 0),
    Figure("bytes_per_sid", "kernel memory for SID, VNF and circuit", 1536, 1024, False, " B", 0),
)


def rows(results):
    """The table's cells."""
    for figure in FIGURES:
        result = results.get(figure.key)
        if result:
            value, (low, high) = figure.text(result["median"]), result["spread"]
            spread = f"{figure.text(low)} – {figure.text(high)}"
        else:
            value = spread = ""
        yield (figure.title, value, spread, figure.limit(figure.must), figure.limit(figure.aim),
               figure.verdict(result))


HEADER = ("figure", "median", "quartiles", "must", "aim", "verdict")


def text_table(results):
    table = [HEADER, *rows(results)]
    widths = [max(map(len, column)) for column in zip(*table)]
    return "\n".join("  ".join(
        cell.ljust(width) if i in (0, 5) else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))
    ).rstrip() for row in table)


def markdown_table(results):
    lines = [HEADER, ("---", "--:", "--:", "--:", "--:", "---"), *rows(results)]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def all_musts(results):
    return all(figure.verdict(results.get(figure.key)) in (MUST, AIM, SHOWN) for figure in FIGURES)
