#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Keep the tables in the documentation as results/bench.json has it.

    tables.py [--check]

They stand between <!-- bench: NAME --> and <!-- /bench -->. --check changes nothing; exit status 1
says that a table is not what it should be.
"""

import json
import pathlib
import re
import sys

import figures
from modes import end_ad, native, reference

TOP = pathlib.Path(__file__).resolve().parents[2]
FILES = ("README.md", "docs/performance.md")
# Table I of the 2017 paper: k in per cent, m in per cent for a thousand packets a second.
PAPER = {"reference": (8.9, 6.64), "proxy": (12.5, 6.78)}
PROXIES = ("End.AS", "End.AD")


def markdown(header, rows):
    align = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, align, *rows)) + "\n"


def machine(results):
    what = results["machine"]
    measured = [result for result in results.values() if isinstance(result, dict) and "kernel" in result]
    kernels, commits = (", ".join(sorted({result[key] for result in measured})) for key in ("kernel", "commit"))
    counted = results["data"].get("instructions")
    return (f"{what['cpu']}, {what['cpus']} CPUs{', itself a virtual machine' if what['hypervisor'] else ''}; "
            f"Linux {kernels}{' and ' + counted['kernel'] if counted else ''}; "
            f"commit {commits}{', a quick run' if results['quick'] else ''}.\n")


def instructions(results):
    counted = results["data"]["instructions"]
    rows = []
    for key, value in counted["ratios"].items():
        ns = results.get(key)
        rows.append((key, f"{value['ours']:,.0f}", f"{value['theirs']:,.0f}", f"{value['ratio']:.3f}",
                     f"{ns['ns'][0]:,.0f}" if ns else "", f"{ns['ns'][1]:,.0f}" if ns else "",
                     f"{ns['median']:.3f}" if ns else ""))
    return markdown(("figure", "instructions", "of the other", "ratio", "ns", "of the other", "ratio"), rows)


def batches(results):
    found = results["data"]["batches"]
    header = ["packets in one go", *(f"{figures.LABEL.get(kind, kind)}, ns" for kind in found),
              *(f"{kind} ÷ plain" for kind in PROXIES)]
    rows = []
    for i, (batch, _) in enumerate(found["reference"]["ns"]):
        ns = (found[kind]["ns"][i][1]["median"] for kind in found)
        ratios = (found[kind]["ratio"][i][1]["median"] for kind in PROXIES)
        rows.append((str(batch), *(f"{value:,.0f}" for value in ns), *(f"{value:.2f}" for value in ratios)))
    return markdown(header, rows)


def rates(results):
    found = results["data"]["rates"]
    rows = [("2017, reference", *(f"{value:.2f}" for value in PAPER["reference"]), ""),
            ("2017, proxy", *(f"{value:.2f}" for value in PAPER["proxy"]),
             f"{PAPER['proxy'][1] / PAPER['reference'][1]:.3f}")]
    base = found[reference().name]["node"]["m"]
    for label, name in (("here, plain forwarding", reference().name), ("here, End.AD", end_ad().name),
                        ("here, stock parts", native().name)):
        node = found[name]["node"]
        rows.append((label, f"{node['k']:.2f}", f"{node['m']:.4f}", f"{node['m'] / base:.3f}"))
    return markdown(("", "k, %", "m, %/kpps", "m ÷ reference's"), rows)


def contention(results):
    found = results["data"]["contention"]
    header = ("case", "packets", "packets' memory", "kernel's", "srproxy's", "met by srproxy", "a second",
              "its atomics")
    rows = [(f"`{name}`", f"{2 * got['packets_per_cpu']:,}", f"{got['packet_memory']:.3f}", f"{got['by_stack']:.3f}",
             f"{got['by_srproxy']:.4f}", f"{got['srproxy_meets']:.4f}", f"{got['srproxy_meets_per_second']:,.0f}",
             f"{got['srproxy_atomics']:.4f}") for name, got in found["cases"].items()]
    verdict = "".join(f"- **{complaint}**\n" for complaint in found["complaints"]) or "All is as it must be.\n"
    return markdown(header, rows) + f"\n{verdict}\nLinux {found['kernel']}, commit {found['commit']}.\n"


# What each one is made of: figures, or a phase's data.
TABLES = {"figures": (figures.markdown_table, None), "machine": (machine, None), "batches": (batches, "batches"),
          "instructions": (instructions, "instructions"), "rates": (rates, "rates"),
          "contention": (contention, "contention")}


def table(results, name):
    make, phase = TABLES[name]
    return make(results) if phase is None or phase in results["data"] else "Not measured.\n"


def main(check):
    results = json.loads((TOP / "results/bench.json").read_text(encoding="utf-8"))
    stale = []
    for name in FILES:
        path = TOP / name
        text = path.read_text(encoding="utf-8")
        new = re.sub(r"(<!-- bench: (\w+) -->\n).*?(<!-- /bench -->)",
                     lambda found: found[1] + table(results, found[2]) + found[3], text, flags=re.DOTALL)
        if new != text:
            stale.append(name)
            if not check:
                path.write_text(new, encoding="utf-8")
    if check and stale:
        sys.exit(f"tables: not what results/bench.json says: {', '.join(stale)}")


if __name__ == "__main__":
    main("--check" in sys.argv[1:])
