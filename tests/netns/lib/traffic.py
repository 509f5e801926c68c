# SPDX-License-Identifier: GPL-2.0
"""Traffic in the background, from a process of its own, while the test turns things upside down."""

import os
import signal


def _fork(sockets):
    """As os.fork(); the child keeps no file but these, in particular no namespace alive."""
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        edges = [2, *sorted({sock.fileno() for sock in sockets}), 65536]
        for low, high in zip(edges, edges[1:]):
            os.closerange(low + 1, high)
    return pid


class Flood:
    """`with Flood([(port, packet), …]):` sends these packets over and over, devices there or not."""

    def __init__(self, pairs):
        self.frames = [(port.sock, port.frame(packet)) for port, packet in pairs]

    def __enter__(self):
        self.pid = _fork([sock for sock, _ in self.frames])
        if self.pid == 0:
            others = set(range(os.cpu_count())) - os.sched_getaffinity(0)
            os.sched_setaffinity(0, others or {0})  # at the same time, if there is another processor
        while self.pid == 0:
            for sock, frame in self.frames:
                try:
                    sock.send(frame)
                except OSError:
                    pass  # gone or down at present
            os.sched_yield()
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)


class Sequence:
    """`with Sequence(port, packets) as sent:` sends each packet once; wait() for the last one."""

    def __init__(self, port, packets):
        self.sock, self.frames = port.sock, [port.frame(packet) for packet in packets]

    def __enter__(self):
        self.pid = _fork([self.sock])
        if self.pid == 0:
            for frame in self.frames:
                self.sock.send(frame)
                os.sched_yield()
            os._exit(0)
        self.status = None
        return self

    def running(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is None

    def wait(self):
        if self.status is None:
            _, self.status = os.waitpid(self.pid, 0)
        assert self.status == 0, "the sender failed"

    def __exit__(self, *_):
        if self.running():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
