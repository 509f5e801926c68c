# SPDX-License-Identifier: GPL-2.0
"""The Debian packages: what is in them, and that they do what they are for once installed."""

import re

import pytest

from conftest import KERNELS, TOP, output


def contents(package):
    """The files of a package, without those that debhelper adds to every one."""
    lines = output("dpkg-deb", "--contents", package).splitlines()
    return {line.split()[5].lstrip(".") for line in lines if not line.startswith("d")}


def test_lintian_finds_nothing(packages):
    [changes] = packages["srproxyctl"].parent.glob("*.changes")
    assert output("lintian", "--allow-root", "--display-info", "--fail-on", "error,warning,info", changes) == ""


def test_module_package_has_the_modules_sources_only(packages, version):
    source = f"/usr/src/srproxy-{version}/"
    files = {path.removeprefix(source) for path in contents(packages["srproxy-dkms"])
             if not path.startswith("/usr/share/doc/")}
    modules = {str(path.relative_to(TOP)) for folder in ("kmod", "include") for path in (TOP / folder).rglob("*.[ch]")}
    assert files == modules | {"Kbuild", "VERSION", "dkms.conf"}


def test_versions_agree(root, version):
    assert root.run("srproxyctl", "--version").splitlines()[-1] == f"srproxyctl {version}"
    assert root.run("dpkg-query", "-Wf", "${Version}\n", "srproxyctl", "srproxy-dkms").split()[-2:] == [version] * 2


@pytest.mark.parametrize("name", KERNELS)
def test_dkms_builds_and_installs_the_module(root, kernels, version, name):
    release = kernels[name].release
    assert f"srproxy/{version}, {release}, x86_64: installed" in root.run("dkms", "status")
    info = root.run("modinfo", "-k", release, "srproxy")
    assert re.search(r"^filename: +/lib/modules/\S+/updates/dkms/srproxy\.ko", info, re.M)
    assert re.search(rf"^version: +{re.escape(version)}$", info, re.M)
    assert re.search(rf"^vermagic: +{re.escape(release)} ", info, re.M)
    # By DKMS's own key, which docs/secure-boot.md has enrolled.
    assert re.search(r"^signer: +DKMS module signing key$", info, re.M)


def test_systemd_has_nothing_to_say_about_the_units(root):
    units = ["srproxy.service", "srproxy@fw.service"]
    said = root.run("systemd-analyze", "verify", "--man=no", *units)
    assert "srproxy" not in said.partition("\n")[2]


def test_in_a_machine(root):
    """Its own test, and that of the units, in a guest that has booted this root."""
    out = TOP / "build/results/packages"
    said = root.run("scripts/guest", "-o", out, "-t", "900", "6.12", "--",
                    "sh", "-ec", "packaging/debian/tests/chain; tests/packages/units", check=False)
    assert said.endswith("\nunits: PASS\n"), said


def test_purging_leaves_nothing(root, kernels):
    root.run("dpkg", "--purge", "srproxy-dkms", "srproxyctl")
    assert [path for path in root.changed("*srproxy*") if root.path(path).exists()] == []
    for kernel in kernels.values():
        assert not list(root.path(f"{kernel.path}/lib/modules/{kernel.release}/updates").rglob("srproxy*"))
