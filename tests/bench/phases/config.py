# SPDX-License-Identifier: GPL-2.0
"""What configuration costs: time and memory of many VNFs, each on tagged ports of one device, and a SID for each."""

import os
import pathlib
import re
import socket
import struct
import subprocess
import tempfile
import time
from ipaddress import IPv6Address

from lib.genl import NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NLMSG_ERROR
from lib.netns import Netns
from lib.proxy import Proxy, command, encode, nest
from measure import summary
from space import CTL

OBJECTS, QUICK = 16384, 4096
ETH_P_IPV6 = 0x86DD
IPPROTO_IPV6, IPPROTO_ROUTING, IPPROTO_NONE = 41, 43, 59
PAGE = os.sysconf("SC_PAGE_SIZE")
MESSAGES_PER_SEND = 64
CHUNK = 65536
VIDS = 4094
NODE_MAC, OTHER_MAC = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")


def vnf(number):
    """One of 4094 inner tags in one of as many outer ones."""
    outer, inner = divmod(number, VIDS)
    return {
        "name": f"vnf{number}", "dev": "port", "vlan": f"802.1ad:{outer + 1},{inner + 1}",
        "lladdr": f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}",
    }


def sid(number):
    return {"addr": f"fc00:b::{number + 1:x}", "behavior": "End.AD", "inner": "ip", "vnf": f"vnf{number}"}


def line(noun, key, values):
    words = " ".join(f"{name} {value}" for name, value in values.items() if name != key)
    return f"{noun} add {values[key]} {words}\n"


def script(objects):
    """What the tool reads."""
    vnfs = (line("vnf", "name", vnf(number)) for number in range(objects))
    sids = (line("sid", "addr", sid(number)) for number in range(objects))
    return "".join((*vnfs, *sids))


class Messages:
    """The same as messages, ready to be sent."""

    def __init__(self, proxy, objects):
        self.sock, self.family = proxy.family.sock, proxy.family.id
        self.sent = 0
        all_of = [*(("vnf", vnf(number)) for number in range(objects)),
                  *(("sid", sid(number)) for number in range(objects))]
        self.sends = []
        for start in range(0, len(all_of), MESSAGES_PER_SEND):
            some = all_of[start:start + MESSAGES_PER_SEND]
            self.sends.append(b"".join(self.message(*one, last=one is some[-1]) for one in some))

    def message(self, noun, values, last):
        body = struct.pack("=BBH", command(noun, "new"), 1, 0) + nest(noun, encode(noun, values))
        flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | (NLM_F_ACK if last else 0)
        self.sent += 1
        return struct.pack("=IHHII", 16 + len(body), self.family, flags, self.sent, 0) + body

    def send(self):
        """Seconds that the kernel needs for all."""
        sock, start = self.sock, time.perf_counter()
        for data in self.sends:
            sock.send(data)
            answer = sock.recv(CHUNK)
            kind, = struct.unpack_from("=H", answer, 4)
            error, = struct.unpack_from("=i", answer, 16)
            assert kind == NLMSG_ERROR and error == 0, f"a message was refused: {os.strerror(-error)}"
        return time.perf_counter() - start


def settled():
    """Wait for what RCU has still to free, and make the kernel's statistics exact."""
    for _ in range(2):
        # Slabs only: whoever waits to free many objects at once is made to do so.
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("2")
        time.sleep(0.3)
    refresh = pathlib.Path("/proc/sys/vm/stat_refresh")     # of several CPUs only
    if refresh.exists():
        refresh.write_text("1")


def meminfo():
    text = pathlib.Path("/proc/meminfo").read_text()
    return {name: int(kib) * 1024 for name, kib in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}


def slabs():
    """{cache: (objects in use, bytes of one, bytes of its slabs)}"""
    found = {}
    for row in pathlib.Path("/proc/slabinfo").read_text().splitlines()[2:]:
        fields = row.split()
        found[fields[0]] = int(fields[1]), int(fields[3]), int(fields[14]) * int(fields[5]) * PAGE
    return found


class Memory:
    """What the kernel has allocated now, by kind."""

    def __init__(self):
        settled()
        info = meminfo()
        self.slabs = slabs()
        self.kinds = {
            "slab": info["Slab"],   # what is too large for one as well: buckets of hash tables
            "percpu": info.get("Percpu", 0),
            "vmalloc": info["VmallocUsed"],
        }

    def since(self, before, objects):
        """Bytes for one SID with its VNF, in all and by slab cache."""
        kinds = {kind: (size - before.kinds[kind]) / objects for kind, size in self.kinds.items()}
        caches = {}
        for name, (used, size, _) in self.slabs.items():
            more = used - before.slabs.get(name, (0, 0, 0))[0]
            if more * 16 > objects:
                caches[name] = {"objects": round(more / objects, 3), "bytes": round(more * size / objects, 1)}
        return {"total": sum(kinds.values()), "kinds": kinds, "slab_caches": caches}


def packet(number):
    """An IPv6 packet with nothing in it, on its way by a SID to one more segment."""
    dst, behind, host = (IPv6Address(text).packed for text in (sid(number)["addr"], "fc00:c::1", "fc00:a::1"))
    inner = struct.pack("!IHBB", 6 << 28, 0, IPPROTO_NONE, 64) + host + behind
    srh = struct.pack("!BBBBBBH", IPPROTO_IPV6, 4, 4, 1, 1, 0, 0) + behind + dst
    outer = struct.pack("!IHBB", 6 << 28, len(srh + inner), IPPROTO_ROUTING, 64) + host + dst
    return NODE_MAC + OTHER_MAC + struct.pack("!H", ETH_P_IPV6) + outer + srh + inner


def teach(ns, proxy, objects):
    """A packet to each SID."""
    with ns.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind(("away", 0))
        for number in range(objects):
            sock.send(packet(number))
    learned = len(proxy.cache())
    assert learned == objects, f"{learned} of {objects} headers were learned"


def clear(proxy):
    proxy.flush("sid", "vnf")
    settled()


def timed_batch(file):
    start = time.perf_counter()
    subprocess.run([CTL, "-b", file], check=True)
    return time.perf_counter() - start


def steps(options):
    return options.reps + 1


def measure(options, progress):
    """Objects configured per second, by the tool and by messages alone; bytes for a SID with its VNF, and for what
    it learns."""
    objects = QUICK if options.quick else OBJECTS
    ns = Netns("config")
    ns.ip(f"""
        link add port type veth peer name far
        link add net address {NODE_MAC.hex(":")} type veth peer name away
        link set port up
        link set far up
        link set net up
        link set away up
    """)
    proxy = Proxy(ns)
    with tempfile.NamedTemporaryFile("w", suffix=".batch") as file, ns:
        file.write(script(objects))
        file.flush()
        messages = Messages(proxy, objects)
        tool, kernel, sizes, learned = [], [], [], []
        for _ in range(steps(options)):     # one to warm up
            before = Memory()
            seconds = timed_batch(file.name)
            configured = Memory()
            sizes.append(configured.since(before, objects))
            tool.append(2 * objects / seconds)
            assert proxy.info()["sids"] == proxy.info()["vnfs"] == objects
            teach(ns, proxy, objects)
            learned.append(Memory().since(configured, objects)["total"])
            clear(proxy)
            kernel.append(2 * objects / messages.send())
            clear(proxy)
            progress()
    proxy.close()
    ns.close()
    sizes.sort(key=lambda size: size["total"])
    return {
        "objects": objects,
        "config_per_second": summary(tool[1:]),
        "messages_per_second": summary(kernel[1:]),
        "bytes_per_sid": summary([size["total"] for size in sizes]),
        "bytes": sizes[len(sizes) // 2],
        "bytes_per_learned_header": summary(learned),
    }
