# SPDX-License-Identifier: GPL-2.0
"""The tutorials and the migration, pasted: the shell blocks of each page in their order, and what they are said to print.

A block without a language behind one of `sh` is what that prints; "…" is what varies, on a line of its own any
number of lines.
"""

import contextlib
import os
import re
import secrets
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from lib.netns import RUN

DOCS = Path(__file__).resolve().parents[2] / "docs"
NETWORK = DOCS / "tutorials/README.md"
TUTORIALS = sorted(DOCS.glob("tutorials/[0-9]*.md"))
MIGRATION = DOCS / "migration.md"


def steps(page):
    """(commands, expected output or None) of the blocks of a page."""
    found = []
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.M | re.S):
        if language == "sh":
            found.append([text, None])
        elif not language and found and found[-1][1] is None and not re.search("[─═│]", text):
            found[-1][1] = text
    return found


def pattern(text):
    """What matches the output that a page shows."""
    lines = []
    for line in text.splitlines():
        lines.append(r"(.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n")
    return re.compile("".join(lines))


def all_steps(page):
    """With what the page says is to be made first."""
    first = steps(NETWORK)
    if page == MIGRATION:
        first += steps(TUTORIALS[0])[:1]  # the function
    return first + steps(page)


class Shell:
    """A root shell, which a command that fails ends."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            ["bash", "-e"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"})

    def paste(self, commands, timeout=300):
        """What the commands print."""
        end = secrets.token_hex(8).encode()
        self.process.stdin.write(commands.encode() + b"echo " + end + b"\n")
        self.process.stdin.flush()
        output, limit = b"", time.monotonic() + timeout
        while not output.endswith(end + b"\n"):
            # Background jobs keep the pipe open when the shell is gone.
            gone = self.process.poll() is not None
            if select.select([self.process.stdout], [], [], 0 if gone else 1)[0]:
                more = os.read(self.process.stdout.fileno(), 65536)
                output += more
                if more:
                    continue
            assert not gone, f"failed:\n{commands}\n{output.decode()}"
            assert time.monotonic() < limit, f"still running after {timeout} s:\n{commands}\n{output.decode()}"
        return output[:-len(end) - 1].decode()

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def shell(tmp_path):
    """With the module loaded, `modprobe srproxy` has nothing to do, nor to find."""
    for name, target in (("srproxyctl", os.environ["SRPROXY_CTL"]), ("modprobe", shutil.which("true"))):
        (tmp_path / name).symlink_to(target)
    before = set(os.listdir(RUN))
    shell = Shell(tmp_path)
    yield shell
    shell.close()
    for name in set(os.listdir(RUN)) - before:
        subprocess.run(["ip", "netns", "delete", name], check=True)


@pytest.mark.parametrize("page", [*TUTORIALS, MIGRATION], ids=lambda page: page.stem)
def test_page(shell, page):
    before = set(os.listdir(RUN))
    for commands, expected in all_steps(page):
        print(commands)
        output = shell.paste(commands)
        print(output)
        assert expected is None or pattern(expected).fullmatch(output), f"{expected}\nis not\n{output}"
    assert set(os.listdir(RUN)) == before, "the page does not clean up"


def test_all_pages_are_tested():
    listed = re.findall(r"^\d\. \[.*?\]\((.*?)\)", NETWORK.read_text(), re.M)
    assert [page.name for page in TUTORIALS] == listed
