# SPDX-License-Identifier: GPL-2.0
"""What Wireshark has to say about packets: somebody else's reading of the same RFCs."""

import shutil
import struct
import subprocess
from typing import NamedTuple

from scapy.compat import raw

MISSING = None if shutil.which("tshark") else "needs tshark"
LINKTYPE_ETHERNET, LINKTYPE_RAW = 1, 101
WARNING = 0x600000  # PI_WARN; PI_ERROR is above it
FIELDS = ("frame.protocols", "_ws.malformed", "_ws.expert.severity", "_ws.expert.message")
SEPARATOR, AGGREGATOR = "\t", "\x1f"


class Dissected(NamedTuple):
    """protocols: "raw:ipv6:ipv6.routing:ipv6:udp:data"; complaints: malformed marks, warnings and errors."""

    protocols: str
    complaints: list


def write_pcap(path, packets, linktype=LINKTYPE_RAW):
    """packets as a capture file: IP packets, or frames with LINKTYPE_ETHERNET."""
    with open(path, "wb") as file:
        file.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, linktype))
        for n, packet in enumerate(packets):
            data = raw(packet) if hasattr(packet, "build") else bytes(packet)
            file.write(struct.pack("=IIII", n, 0, len(data), len(data)) + data)


def dissect(path):
    """[Dissected, …] of a capture file's packets, checksums looked into."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", f"separator={SEPARATOR}", "-E",
               f"aggregator={AGGREGATOR}", "-E", "occurrence=a"]
    for field in FIELDS:
        command += ["-e", field]
    for option in ("ip.check_checksum", "udp.check_checksum", "tcp.check_checksum"):
        command += ["-o", f"{option}:TRUE"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, f"tshark: exit status {done.returncode}: {done.stderr}"
    return [_dissected(line) for line in done.stdout.split("\n") if line]


def _dissected(line):
    protocols, malformed, severities, messages = line.split(SEPARATOR)
    complaints = [mark for mark in malformed.split(AGGREGATOR) if mark]
    for severity, message in zip(severities.split(AGGREGATOR), messages.split(AGGREGATOR)):
        if severity and int(severity) >= WARNING:
            complaints.append(message)
    return Dissected(protocols, complaints)
