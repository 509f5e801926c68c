# SPDX-License-Identifier: GPL-2.0
"""FRR's zebra and bgpd in a namespace, with a configuration file of their own."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from .netns import until

DAEMONS = Path("/usr/lib/frr")  # Debian's place
available = (DAEMONS / "bgpd").exists()


class Frr:
    """`with Frr(ns, configuration) as frr:` routes in ns until the end; frr.json("show …") asks."""

    def __init__(self, ns, configuration):
        self.ns, self.running = ns, {}
        self.etc, self.state = Path("/etc/frr", ns.name), Path("/run/frr", ns.name)
        for directory in (self.etc, self.state):
            directory.mkdir(parents=True)
            shutil.chown(directory, "frr", "frr")
            shutil.chown(directory.parent, "frr", "frr")
        (self.etc / "vtysh.conf").touch()
        (self.etc / "frr.conf").write_text(configuration)

    def __enter__(self):
        self.start("zebra", "bgpd")
        return self

    def __exit__(self, *_):
        for name in list(self.running):
            self.kill(name)
        shutil.rmtree(self.etc)

    def start(self, *names):
        """Daemons; each takes its part of the file."""
        for name in names:
            with self.ns, open(self.state / f"{name}.log", "w") as log:
                self.running[name] = subprocess.Popen(
                    [DAEMONS / name, "-N", self.ns.name, "--log", "stdout"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )
        until(lambda: all((self.state / f"{name}.vty").exists() for name in names), f"{names} listen", step=0.1)
        said = self.vtysh("-b").stdout
        assert "%" not in said and "Unknown" not in said

    def kill(self, name):
        """As if it had crashed."""
        self.running[name].kill()
        self.running.pop(name).wait()
        os.unlink(self.state / f"{name}.vty")

    def signal(self, name, number):
        self.running[name].send_signal(number)

    def vtysh(self, *words):
        return self.ns.run("vtysh", "-N", self.ns.name, *words)

    def json(self, command):
        """What it shows; quietly, for who asks again and again."""
        with self.ns:
            return json.loads(subprocess.check_output(["vtysh", "-N", self.ns.name, "-c", f"{command} json"]))
