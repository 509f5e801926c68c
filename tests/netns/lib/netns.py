# SPDX-License-Identifier: GPL-2.0
"""Network namespaces: `with ns:` is inside, for sockets, sysctls and commands alike."""

import ctypes
import json
import os
import secrets
import socket
import subprocess
import time
import traceback

CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000
MS_BIND = 4096
MNT_DETACH = 2
RUN = "/run/netns"

_libc = ctypes.CDLL(None, use_errno=True)


def libc(function, *args):
    """Call into the C library; OSError instead of -1 (Python 3.11 has neither setns nor unshare)."""
    result = getattr(_libc, function)(*args)
    if result == -1:
        err = ctypes.get_errno()
        raise OSError(err, f"{function}: {os.strerror(err)}")
    return result


def until(condition, what, timeout=30, step=0.02):
    """Poll condition() until it is true and return its value; fail after timeout seconds."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < end, f"after {timeout} s, still not: {what}"
        time.sleep(step)
    return value


def run(*command, check=True, **kwargs):
    """Run a command in the present namespace, echo it, and return its CompletedProcess."""
    print("+", *command)
    if "input" in kwargs:
        print(kwargs["input"].rstrip())
    done = subprocess.run(
        [str(word) for word in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kwargs
    )
    if done.stdout:
        print(done.stdout.rstrip())
    assert not check or done.returncode == 0, f"{command[0]}: exit status {done.returncode}: {done.stdout}"
    return done


class Netns:
    """A namespace of its own, named NAME-xxxx, or (adopt) the present one."""

    def __init__(self, name, adopt=False):
        self.name = None if adopt else f"{name}-{secrets.token_hex(3)}"
        self._outside = []
        if adopt:
            self.fd = os.open("/proc/self/ns/net", os.O_RDONLY)
            return
        os.makedirs(RUN, exist_ok=True)
        self.path = f"{RUN}/{self.name}"
        os.close(os.open(self.path, os.O_CREAT | os.O_EXCL))
        outside = os.open("/proc/self/ns/net", os.O_RDONLY)
        libc("unshare", CLONE_NEWNET)
        libc("mount", b"/proc/self/ns/net", self.path.encode(), None, MS_BIND, None)
        libc("setns", outside, CLONE_NEWNET)
        os.close(outside)
        self.fd = os.open(self.path, os.O_RDONLY)
        self.ip("link set lo up")

    def __enter__(self):
        self._outside.append(os.open("/proc/self/ns/net", os.O_RDONLY))
        libc("setns", self.fd, CLONE_NEWNET)
        return self

    def __exit__(self, *_):
        outside = self._outside.pop()
        libc("setns", outside, CLONE_NEWNET)
        os.close(outside)

    def close(self):
        """Let go of the namespace; without anything else in it, it is deleted."""
        if self.fd is None:
            return
        os.close(self.fd)
        self.fd = None
        if self.name:
            libc("umount2", self.path.encode(), MNT_DETACH)
            os.unlink(self.path)

    def run(self, *command, **kwargs):
        print(f"in {self.name}:", end=" ")
        with self:
            return run(*command, **kwargs)

    def ip(self, batch, **kwargs):
        """Lines of ip(8) commands, in one process."""
        lines = "\n".join(line.strip() for line in batch.strip().splitlines() if line.strip())
        return self.run("ip", "-batch", "-", input=lines + "\n", **kwargs)

    def sysctl(self, values):
        """Set sysctls: {"net/ipv6/conf/all/forwarding": 1, …}."""
        with self:
            for name, value in values.items():
                with open(f"/proc/sys/{name}", "w") as file:
                    file.write(str(value))

    def ifindex(self, dev):
        with self:
            return socket.if_nametoindex(dev)

    def socket(self, *args):
        """A socket of this namespace, for use anywhere."""
        with self:
            return socket.socket(*args)


def in_child(function, ns=None):
    """What function() returns (JSON will do) in a process of its own, in ns; its exceptions too."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            if ns:
                libc("setns", ns.fd, CLONE_NEWNET)
            answer = [function(), None]
        except BaseException:
            answer = [None, traceback.format_exc()]
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    assert text, "the child died"
    result, exception = json.loads(text)
    assert exception is None, exception
    return result
