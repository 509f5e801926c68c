# SPDX-License-Identifier: GPL-2.0
"""Generic netlink by hand: nothing between the tests and the bytes, and the extended ack in full."""

import errno
import os
import select
import socket
import struct
import time

NETLINK_GENERIC = 16
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x2, 0x4, 0x300
NLM_F_REPLACE, NLM_F_EXCL, NLM_F_CREATE, NLM_F_APPEND = 0x100, 0x200, 0x400, 0x800
NLM_F_BULK = 0x200
NLM_F_DUMP_INTR = 0x10
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLA_F_NESTED = 0x8000
NLA_TYPE_MASK = 0x3FFF
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_DROP_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = (
    1, 2, 10, 11, 12,
)
SO_SNDBUFFORCE = 32
GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
ERR_MSG, ERR_OFFS, ERR_COOKIE, ERR_POLICY, ERR_MISS_TYPE, ERR_MISS_NEST = 1, 2, 3, 4, 5, 6


class NlError(Exception):
    """A refusal: errno, the kernel's sentence, and the attribute at fault.

    offset is that of the attribute from the start of the message; missing and missing_nest say
    which type is lacking, and the offset of the nest that lacks it (None: the message itself).
    change is the number of the one at fault in a transaction.
    """

    def __init__(self, number, message=None, offset=None, missing=None, missing_nest=None, change=None):
        super().__init__(f"{errno.errorcode.get(number, number)}: {message} (offset {offset}, missing {missing})")
        self.errno, self.message, self.offset = number, message, offset
        self.missing, self.missing_nest, self.change = missing, missing_nest, change


def attr(kind, payload=b"", nested=None):
    """One attribute; a list of attributes as payload makes a nest, with its flag."""
    if isinstance(payload, (list, tuple)):
        payload = b"".join(payload)
        nested = True if nested is None else nested
    kind |= NLA_F_NESTED if nested else 0
    return struct.pack("=HH", 4 + len(payload), kind) + payload + bytes(-len(payload) % 4)


def u8(value):
    return struct.pack("=B", value)


def u16(value):
    return struct.pack("=H", value)


def u32(value):
    return struct.pack("=I", value)


def parse(data):
    """[(type without flags, payload)] of a stream of attributes."""
    attrs = []
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        assert 4 <= length <= len(data), "attribute with a bad length"
        attrs.append((kind & NLA_TYPE_MASK, data[4:length]))
        data = data[length + 3 & ~3:]
    return attrs


class Socket:
    """A generic netlink socket of the present namespace."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        for option in (NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.seq = int.from_bytes(os.urandom(2), "big")

    def close(self):
        self.sock.close()

    def send(self, kind, flags, body):
        if len(body) > 65536:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 2 * len(body))
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind, flags, self.seq, 0) + body)

    def messages(self, timeout=20):
        """The messages of the next datagram: (type, flags, seq, body)."""
        ready, _, _ = select.select([self.sock], [], [], timeout)
        assert ready, "no answer from netlink"
        data = self.sock.recv(1 << 18)
        while len(data) >= 16:
            length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
            yield kind, flags, seq, data[16:length]
            data = data[length + 3 & ~3:]

    def request(self, kind, flags, body):
        """Send and collect the answers' bodies until the ack or the end of the dump; raise NlError."""
        dump = flags & NLM_F_DUMP == NLM_F_DUMP
        self.send(kind, flags | NLM_F_REQUEST | NLM_F_ACK, body)
        bodies, interrupted = [], False
        while True:
            for reply, reply_flags, seq, data in self.messages():
                if seq != self.seq:
                    continue
                interrupted |= bool(reply_flags & NLM_F_DUMP_INTR)
                if reply in (NLMSG_ERROR, NLMSG_DONE):
                    error = struct.unpack_from("=i", data)[0] if len(data) >= 4 else 0
                    if error:
                        raise self.error(-error, reply, reply_flags, data)
                    if reply == NLMSG_DONE or not dump:
                        assert not interrupted, "dump interrupted"
                        return bodies
                else:
                    bodies.append(data)

    def request_all(self, requests, step=1):
        """Send [(type, flags, body)] in one datagram, numbered in steps; [None or the NlError of each]."""
        data, answers = b"", {}
        for kind, flags, body in requests:
            self.seq += step
            answers[self.seq] = None
            data += struct.pack("=IHHII", 16 + len(body), kind, flags | NLM_F_REQUEST | NLM_F_ACK, self.seq, 0) + body
        self.sock.send(data)
        awaited = set(answers)
        while awaited:
            for kind, flags, seq, data in self.messages():
                assert kind == NLMSG_ERROR and seq in awaited
                awaited.remove(seq)
                number, = struct.unpack_from("=i", data)
                answers[seq] = self.error(-number, kind, flags, data) if number else None
        return list(answers.values())

    @staticmethod
    def error(number, kind, flags, data):
        if not flags & NLM_F_ACK_TLVS:
            return NlError(number)
        start = 4
        if kind == NLMSG_ERROR:
            start = 20 if flags & NLM_F_CAPPED else 4 + struct.unpack_from("=I", data, 4)[0]
        found = dict(parse(data[start + 3 & ~3:]))

        def number_of(key):
            return struct.unpack("=I", found[key])[0] if key in found else None

        message = found[ERR_MSG].rstrip(b"\0").decode() if ERR_MSG in found else None
        return NlError(
            number, message, *map(number_of, (ERR_OFFS, ERR_MISS_TYPE, ERR_MISS_NEST, ERR_COOKIE)),
        )


class Family(Socket):
    """A family, found by its name."""

    def __init__(self, name, version):
        super().__init__()
        self.version = version
        asked = attr(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
        (reply,) = self.request(GENL_ID_CTRL, 0, struct.pack("=BBH", CTRL_CMD_GETFAMILY, 1, 0) + asked)
        found = dict(parse(reply[4:]))
        self.id = struct.unpack("=H", found[CTRL_ATTR_FAMILY_ID])[0]
        self.groups = {}
        for _, group in parse(found.get(CTRL_ATTR_MCAST_GROUPS, b"")):
            fields = dict(parse(group))
            self.groups[fields[1].rstrip(b"\0").decode()] = struct.unpack("=I", fields[2])[0]

    def call(self, cmd, flags=0, attrs=b""):
        """[(cmd, attributes as bytes)] that the family answers."""
        return [(reply[0], reply[4:]) for reply in self.request(*self.message(cmd, flags, attrs))]

    def message(self, cmd, flags=0, attrs=b""):
        """(type, flags, body) of a request."""
        body = struct.pack("=BBH", cmd, self.version, 0) + (attrs if isinstance(attrs, bytes) else b"".join(attrs))
        return self.id, flags, body

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])

    def events(self, until, what, timeout=20):
        """Notifications [(cmd, attributes)] until one makes until(cmd, attributes) true, this included."""
        seen, end = [], time.monotonic() + timeout
        while time.monotonic() < end:
            for kind, _, _, body in self.messages(max(0.01, end - time.monotonic())):
                assert kind == self.id
                seen.append((body[0], body[4:]))
                if until(*seen[-1]):
                    return seen
        raise AssertionError(f"no event: {what}")
