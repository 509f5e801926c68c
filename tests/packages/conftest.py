# SPDX-License-Identifier: GPL-2.0
"""Packages as "make deb" makes them, and a root that they are installed in, once for all tests."""

import os
import pathlib
import subprocess

import pytest

from lib.throwaway import Root

TOP = pathlib.Path(__file__).resolve().parents[2]
KERNELS = ("6.1", "6.12")


def output(*command):
    """What a command prints, run from the top of the sources."""
    done = subprocess.run([str(word) for word in command], cwd=TOP, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


class Kernel:
    def __init__(self, name):
        self.name = name
        self.path = pathlib.Path(output("scripts/kernel", "path", name).splitlines()[-1])
        self.release = (self.path / "release").read_text().strip()


@pytest.fixture(scope="session")
def kernels():
    return {name: Kernel(name) for name in KERNELS}


@pytest.fixture(scope="session")
def version():
    return output("scripts/version")


@pytest.fixture(scope="session")
def packages():
    """The files, by the names of the packages."""
    output("make", "deb")
    return {path.name.split("_")[0]: path for path in (TOP / "build/deb").glob("*.deb")}


@pytest.fixture(scope="session")
def root(packages, kernels, tmp_path_factory):
    """Both packages are installed; the module is built, as DKMS does by itself, for each kernel there is."""
    cache = kernels["6.12"].path.parents[1]
    root = Root(tmp_path_factory.mktemp("root"), TOP, cache)
    for kernel in kernels.values():
        root.run("ln", "-s", kernel.path / "lib/modules" / kernel.release, "/lib/modules/")
    # dpkg would do it in this order, too: neither depends on the other.
    root.run("dpkg", "--install", packages["srproxyctl"], packages["srproxy-dkms"])
    yield root
    root.close()
