# SPDX-License-Identifier: GPL-2.0
"""The kernel's own netlink client, YNL, driven by docs/netlink/srproxy.yaml and nothing else."""

import os
import re
import sys
from pathlib import Path

from .proxy import SEGS, VLAN

SPEC = Path(__file__).resolve().parents[3] / "docs/netlink/srproxy.yaml"
sys.path.append(f"{os.environ.get('SRPROXY_YNL')}/tools/net/ynl")

from pyynl.lib import NlError, YnlFamily  # noqa: E402, F401: by this path, and for those who import it here


class Ynl(YnlFamily):
    """A client in a namespace. It keeps which operations it has done: {(name, "do" or "dump")}."""

    def __init__(self, ns):
        with ns:
            super().__init__(str(SPEC), schema="")  # that it keeps to the schema is another test
        self.used = set()

    def _op(self, method, vals, flags=None, dump=False):
        self.used.add((method, "dump" if dump else "do"))
        return super()._op(method, vals, list(flags or ()), dump)

    def modes(self):
        """All that can be asked for: [(operation, "do" or "dump")]."""
        return [(name, mode) for name, op in self.ops.items() for mode in sorted(op.modes)]

    def number(self, expression):
        """A limit: a number, the name of a constant or of flags, or a name and "- 1"."""
        name, _, less = str(expression).partition(" - ")
        if name.isdigit():
            return int(name)
        constant = self.consts[name]
        return constant.get_mask() if constant["type"] == "flags" else constant["value"] - int(less or 0)

    def policy(self, attribute):
        """What the kernel should say of an attribute of the specification, nested ones left out."""
        checks = {key: self.number(value) for key, value in attribute.get("checks", {}).items()}
        kind = attribute["type"]
        if kind == "nest":
            return {"type": "nested"}
        if kind == "string":
            return {"type": "nul-string", "max-length": checks.pop("max-len"), **checks}
        if kind == "binary":
            exact = checks.pop("exact-len", None)
            lengths = {"min-length": checks.pop("min-len", exact), "max-length": checks.pop("max-len", exact)}
            return {"type": kind, **{key: n for key, n in lengths.items() if n is not None}, **checks}
        if "flags-mask" in checks:
            return {"type": kind, "mask": checks.pop("flags-mask"), **checks}
        if re.fullmatch(r"u\d+", kind):
            whole = (1 << int(kind[1:])) - 1
            return {"type": kind, "min-value": checks.pop("min", 0), "max-value": checks.pop("max", whole), **checks}
        return {"type": kind, **checks}

    def as_tool(self, name, values):
        """The attributes of a set as `srproxyctl -j` shows them."""
        return {key.replace("-", "_"): self._as_tool(self.attr_sets[name][key], value)
                for key, value in values.items()}

    def _as_tool(self, attribute, value):
        if attribute["type"] == "nest":
            return self.as_tool(attribute["nested-attributes"], value)
        if isinstance(value, set):
            names = [name for name in self.consts[attribute["enum"]].entries if name in value]
            return ",".join(names) if attribute["name"] == "inner" else names
        if attribute["name"] in ("behavior", "seg6local"):
            return f"End.{value.removeprefix('end-').upper()}"
        if attribute["type"] == "u8" and "enum" not in attribute and attribute.get("checks") == {"max": 1}:
            return bool(value)
        if attribute["name"] == "segs":
            return SEGS.decode(value)
        if attribute["name"] in ("vlan", "iif-vlan"):
            return VLAN.decode(value)
        return value
