# SPDX-License-Identifier: GPL-2.0
"""A root that packages can be installed in: this machine's, and what changes is thrown away."""

import os
import pathlib
import shlex
import subprocess

# The new root is below $1. The directories that follow, each with what it holds, are on other file
# systems perhaps, and their changes are thrown away, too; but those of the first one, the sources.
SETUP = """
set -eu
base=$1 sources=$2
shift 2
mount -t tmpfs -o mode=755 tmpfs $base
overlay() {
	mkdir -p $base/changes/$1/upper $base/changes/$1/work
	mount -t overlay -o lowerdir=$2,upperdir=$base/changes/$1/upper,workdir=$base/changes/$1/work overlay $3
}
mkdir $base/root
overlay root / $base/root
number=0
for dir; do
	number=$((number + 1))
	mkdir -p $base/root$dir
	overlay $number $dir $base/root$dir
done
mkdir -p $base/root$sources
mount --bind $sources $base/root$sources
for dir in dev proc sys; do mount --rbind /$dir $base/root/$dir; done
mount -t tmpfs tmpfs $base/root/run
mkdir -p $base/root/usr/lib/modules
mount -t tmpfs tmpfs $base/root/usr/lib/modules
echo ready
exec cat
"""


class Root:
    """It is there until close(): its mounts are in a namespace of a process of ours."""

    def __init__(self, base, sources, *overlaid):
        self.base, self.sources = base, sources
        self.process = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c", SETUP, "sh",
                                         *map(str, (base, sources, *overlaid))],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n", "no throwaway root: see the error above"

    def close(self):
        self.process.communicate()

    def run(self, *command, check=True):
        """Run a command in it; return its output."""
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        done = subprocess.run(["nsenter", f"--mount=/proc/{self.process.pid}/ns/mnt", "chroot", self.base / "root",
                               "sh", "-ec", 'cd "$0"; exec "$@"', self.sources, *command], env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, errors="replace")
        output = f"+ {shlex.join(map(str, command))}\n{done.stdout}"
        print(output)
        assert not check or done.returncode == 0, output
        return done.stdout

    def path(self, path="/"):
        """How to get at one of its files from outside."""
        return pathlib.Path(f"/proc/{self.process.pid}/root{self.base}/root{path}")

    def changed(self, pattern):
        """The files matching this that are new or have changed."""
        upper = pathlib.Path(f"/proc/{self.process.pid}/root{self.base}/changes/root/upper")
        return sorted(f"/{path.relative_to(upper)}" for path in upper.rglob(pattern))
