# SPDX-License-Identifier: GPL-2.0
"""make dist, make install and make uninstall."""

import hashlib

from conftest import TOP, output


def files(folder):
    return {f"/{path.relative_to(folder)}" for path in folder.rglob("*") if not path.is_dir()}


def test_same_sources_make_the_same_tarball(packages):
    first, second = (hashlib.sha256(open(output("make", "-s", "dist"), "rb").read()).digest() for _ in range(2))
    assert first == second


def test_uninstall_removes_what_install_put_there(kernels, tmp_path):
    # With the module of the packet tests, as DKMS compiles it anyway.
    make = ("make", f"DESTDIR={tmp_path}", "PREFIX=/opt/srproxy", "TOOL=build/tool-installed",
            f"KDIR={kernels['6.12'].path}/build", f"MODULE={TOP}/build/6.12")
    output(*make, "install")
    installed = files(tmp_path)
    module = f"/lib/modules/{kernels['6.12'].release}/updates/srproxy.ko"
    assert [path for path in installed if path.startswith("/lib/modules/")] in ([module], [f"{module}.xz"])
    assert {"/opt/srproxy/sbin/srproxyctl", "/opt/srproxy/share/man/man8/srproxyctl.8",
            "/opt/srproxy/lib/systemd/system/srproxy.service"} <= installed
    assert "ExecStart=/opt/srproxy/sbin/srproxyctl apply /etc/srproxy/%i\n" in \
        (tmp_path / "opt/srproxy/lib/systemd/system/srproxy@.service").read_text()

    output(*make, "uninstall")
    assert files(tmp_path) == set()
    assert not (tmp_path / "etc/srproxy").exists()
