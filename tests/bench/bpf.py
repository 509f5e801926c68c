# SPDX-License-Identifier: GPL-2.0
"""BPF programs for tc, written down instruction by instruction: the guest has no compiler for them."""

import ctypes
import os
import struct

SYS_BPF = 321   # x86-64
PROG_LOAD, OBJ_PIN = 5, 6
PROG_TYPE_SCHED_CLS = 3
LOG_SIZE = 65536
# struct __sk_buff
SKB_DATA, SKB_DATA_END = 76, 80


def insn(code, dst=0, src=0, offset=0, immediate=0):
    return struct.pack("=BBhi", code, src << 4 | dst, offset, immediate)


def copy_u16(source, *destinations):
    """A program that copies two bytes of a frame to other places of it."""
    return b"".join((
        insn(0x61, 2, 1, SKB_DATA),                     # r2 = data
        insn(0x61, 3, 1, SKB_DATA_END),                 # r3 = data_end
        insn(0xbf, 4, 2),                               # r4 = r2
        insn(0x07, 4, immediate=max(source, *destinations) + 2),    # r4 += all that is needed
        insn(0x2d, 4, 3, 1 + len(destinations)),        # if r4 > r3 skip
        insn(0x69, 5, 2, source),                       # r5 = *(u16 *)(r2 + source)
        *(insn(0x6b, 2, 5, destination) for destination in destinations),   # *(u16 *)(r2 + destination) = r5
        insn(0xb7, 0, immediate=0),                     # r0 = TC_ACT_OK
        insn(0x95),                                     # exit
    ))


def _bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, 128)
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(SYS_BPF, command, buffer, len(buffer))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def pin(program, path):
    """Have the kernel check and keep a program, for `tc filter … bpf da object-pinned PATH`."""
    code, licence = ctypes.create_string_buffer(program, len(program)), ctypes.create_string_buffer(b"GPL")
    log = ctypes.create_string_buffer(LOG_SIZE)
    attributes = struct.pack("=IIQQIIQ", PROG_TYPE_SCHED_CLS, len(program) // 8, ctypes.addressof(code),
                             ctypes.addressof(licence), 1, LOG_SIZE, ctypes.addressof(log))
    try:
        fd = _bpf(PROG_LOAD, attributes)
    except OSError as error:
        raise RuntimeError(f"{error}: {log.value.decode()}") from error
    name = ctypes.create_string_buffer(str(path).encode())
    _bpf(OBJ_PIN, struct.pack("=QI", ctypes.addressof(name), fd))
    os.close(fd)
