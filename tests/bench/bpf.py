# SPDX-License-Identifier: GPL-2.0
"""BPF programs, written down instruction by instruction: the guest has no compiler for them."""

import ctypes
import os
import struct

SYS_BPF = 321   # x86-64
MAP_CREATE, MAP_UPDATE, PROG_LOAD, PROG_TEST_RUN = 0, 2, 5, 10
PROG_TYPE_XDP = 6
MAP_TYPE_ARRAY = 2
MAP_LOOKUP, PRANDOM, XDP_STORE_BYTES = 1, 7, 190     # helpers
XDP_PASS = 2
LIVE_FRAMES = 1 << 1    # flag of PROG_TEST_RUN
LOG_SIZE = 65536


def insn(code, dst=0, src=0, offset=0, immediate=0):
    return struct.pack("=BBhi", code, src << 4 | dst, offset, immediate)


def write_frame(map_fd, size, number_at=None, mask=0):
    """An XDP program that writes the frame in a map over what it gets, and passes it on.

    number_at: where two random bytes go, as far as the mask lets them, above 0x4000.
    """
    passed = (insn(0xb7, 0, immediate=XDP_PASS), insn(0x95))
    random = () if number_at is None else (
        insn(0x85, immediate=PRANDOM),
        insn(0x57, 0, immediate=mask),                  # r0 &= mask
        insn(0x47, 0, immediate=0x4000),                # r0 |= 0x4000
        insn(0xdc, 0, immediate=16),                    # r0 = htons(r0)
        insn(0x6b, 10, 0, -8),                          # *(u16 *)(fp - 8) = r0
        insn(0xbf, 1, 6),
        insn(0xb7, 2, immediate=number_at),
        insn(0xbf, 3, 10),
        insn(0x07, 3, immediate=-8),
        insn(0xb7, 4, immediate=2),
        insn(0x85, immediate=XDP_STORE_BYTES),          # (context, number_at, fp - 8, 2)
    )
    rest = (
        insn(0xbf, 3, 0),
        insn(0xbf, 1, 6),
        insn(0xb7, 2),
        insn(0xb7, 4, immediate=size),
        insn(0x85, immediate=XDP_STORE_BYTES),          # (context, 0, value, size)
        *random,
        *passed,
    )
    return b"".join((
        insn(0xbf, 6, 1),                               # r6 = context
        insn(0x62, 10, 0, -4),                          # *(u32 *)(fp - 4) = 0
        insn(0xbf, 2, 10),
        insn(0x07, 2, immediate=-4),
        insn(0x18, 1, 1, 0, map_fd), insn(0),           # r1 = map
        insn(0x85, immediate=MAP_LOOKUP),
        insn(0x55, 0, 0, 1),                            # if r0 skip
        insn(0x95),                                     # exit, aborted
        *rest,
    ))


def _bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, 128)
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(SYS_BPF, command, buffer, len(buffer))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def load(program):
    code, licence = ctypes.create_string_buffer(program, len(program)), ctypes.create_string_buffer(b"GPL")
    log = ctypes.create_string_buffer(LOG_SIZE)
    attributes = struct.pack("=IIQQIIQ", PROG_TYPE_XDP, len(program) // 8, ctypes.addressof(code),
                             ctypes.addressof(licence), 1, LOG_SIZE, ctypes.addressof(log))
    try:
        return _bpf(PROG_LOAD, attributes)
    except OSError as error:
        raise RuntimeError(f"{error}: {log.value.decode()}") from error


def map_of(value):
    """An array with one element."""
    fd = _bpf(MAP_CREATE, struct.pack("=IIIII", MAP_TYPE_ARRAY, 4, len(value), 1, 0))
    key, data = ctypes.create_string_buffer(4), ctypes.create_string_buffer(value, len(value))
    _bpf(MAP_UPDATE, struct.pack("=IIQQQ", fd, 0, ctypes.addressof(key), ctypes.addressof(data), 0))
    return fd


def run_live(fd, frame, count, ifindex, batch):
    """Have a device receive so many frames that an XDP program has passed."""
    data = ctypes.create_string_buffer(frame, len(frame))
    context = ctypes.create_string_buffer(struct.pack("=IIIIII", 0, len(frame), 0, ifindex, 0, 0), 24)
    attributes = struct.pack("=IIIIQQIIIIQQIII", fd, 0, len(frame), 0, ctypes.addressof(data), 0, count, 0,
                             len(context), 0, ctypes.addressof(context), 0, LIVE_FRAMES, 0, batch)
    _bpf(PROG_TEST_RUN, attributes)
