# SPDX-License-Identifier: GPL-2.0
"""The kernel's HMAC keys of a namespace, as `ip sr hmac set` has them, which would ask for the secret."""

import pytest

from .genl import Family, NlError, attr, u8, u32

SEG6_CMD_SETHMAC = 1
SEG6_ATTR_HMACKEYID, SEG6_ATTR_SECRET, SEG6_ATTR_SECRETLEN, SEG6_ATTR_ALGID = 3, 4, 5, 6
SHA1, SHA256 = 1, 2
HMAC_FLAG = 0x08  # in the SRH: the kernel looks for an HMAC only where this says so


class Keys:
    """`Keys(ns)[7] = b"secret"`, `del keys[7]`; skips the test where the kernel has no such thing."""

    def __init__(self, ns):
        with ns:
            try:
                self.family = Family("SEG6", 1)
            except NlError as error:
                pytest.skip(f"needs CONFIG_IPV6_SEG6_HMAC: {error}")
        self.ids = set()

    def __setitem__(self, key, secret):
        if key in self.ids:
            del self[key]
        self.set(key, secret)

    def set(self, key, secret, algorithm=SHA256):
        try:
            self._call(key, secret, algorithm)
        except NlError as error:
            pytest.skip(f"needs CONFIG_IPV6_SEG6_HMAC: {error}")
        self.ids.add(key)

    def __delitem__(self, key):
        self._call(key, b"", SHA256)
        self.ids.discard(key)

    def _call(self, key, secret, algorithm):
        self.family.call(SEG6_CMD_SETHMAC, 0, [
            attr(SEG6_ATTR_HMACKEYID, u32(key)), attr(SEG6_ATTR_SECRETLEN, u8(len(secret))),
            *([attr(SEG6_ATTR_SECRET, secret)] if secret else []), attr(SEG6_ATTR_ALGID, u8(algorithm)),
        ])

    def clear(self):
        for key in list(self.ids):
            del self[key]

    def close(self):
        self.clear()
        self.family.close()
