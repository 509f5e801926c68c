# SPDX-License-Identifier: GPL-2.0
"""What bash and zsh offer, with the names of the objects, devices and namespaces that there are."""

import os
import subprocess
from pathlib import Path

import pytest

from lib.bench import SID, SID2

COMPLETION = Path(__file__).resolve().parents[2] / "completion"

# What readline does: the word to be completed begins behind the last blank or colon.
BASH = r"""
. "$1/srproxyctl.bash"
compopt() { echo "$@"; }
COMP_LINE=$2 COMP_POINT=${#2}
_srproxyctl
printf '%s\n' "${COMPREPLY[@]}"
"""
# What zsh's own part does with what it is offered.
ZSH = r"""
compadd() { while [[ $1 != -- ]]; do shift; done; shift; for word; do [[ $word != $PREFIX* ]] || print -r -- $word; done }
words=(${(z)2}); [[ $2 != *' ' ]] || words+=('')
CURRENT=${#words} PREFIX=$words[-1]
. $1/_srproxyctl
"""


def offered(bench, shell, line):
    script = {"bash": ["bash", "-c", BASH], "zsh": ["zsh", "-fc", ZSH]}[shell]
    with bench.node:
        done = subprocess.run([*script, shell, COMPLETION, f"{os.environ['SRPROXY_CTL']} {line}"], capture_output=True, text=True, check=True)
    assert not done.stderr
    return set(done.stdout.split())


@pytest.mark.data
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_live_names(bench, shell):
    bench.end_ad()
    bench.end_as(SID2, vnf="nat", dev="dst", iif="dst", inner="ip4")

    def next_words(line):
        return offered(bench, shell, line)

    assert next_words("") >= {"vnf", "chain", "sid", "help"}
    assert next_words("vnf del ") == {"fw", "nat"}
    assert next_words("vnf add ") == set()
    assert next_words("vnf add x dev to") == {"to-vnf"}
    assert next_words("sid change fc00:b::1 vnf n") == {"nat"}
    assert next_words(f"sid change {SID} chain ") == {"chain"}
    assert next_words("sid add fc00:b::1 behavior End.A") == {"End.AS", "End.AD", "End.AM", "End.AN"}
    assert next_words("sid add fc00:b::1 flavors psp,c") == {"psp,cache"}
    assert next_words("sid add fc00:b::1 vnf fw behavior End.AD ha") == set()
    # bash replaces what is behind the last colon only.
    typed = "fc00:" if shell == "bash" else ""
    assert next_words("stats show sid fc00:") == {sid.removeprefix(typed) for sid in (SID, SID2)}
    assert next_words("-n /ru") == {"/run/"} | ({"-o", "nospace"} if shell == "bash" else set())
    # In the other namespace: nothing is configured there.
    assert next_words(f"-n {bench.world.name[:-1]}") == {bench.world.name}
    assert next_words(f"-n {bench.world.name} vnf del ") == set()
    assert next_words(f"-s -n {bench.node.name} vnf del ") == {"fw", "nat"}
