# SPDX-License-Identifier: GPL-2.0
"""The enums and numbers of the module's UAPI header, so that nothing is written down twice."""

import re
from pathlib import Path

HEADER = Path(__file__).resolve().parents[3] / "include/uapi/linux/srproxy.h"


def _parse(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    numbers, enums = {}, {}
    for name, value in re.findall(r"#define[ \t]+(SRPROXY_\w+)[ \t]+(.+)", text):
        value = value.strip()
        if re.fullmatch(r"[\w\s()|<]+", value):
            numbers[name] = eval(value, {}, numbers)  # numbers, shifts and names defined before
    for name, body in re.findall(r"enum\s+(\w+)\s*{(.*?)}", text, flags=re.S):
        members, value = {}, 0
        for item in filter(None, (item.strip() for item in body.split(","))):
            key, _, given = item.partition("=")
            value = eval(given, {}, members) if given else value
            members[key.strip()] = value
            value += 1
        enums[name] = members
        numbers.update(members)
    return numbers, enums


VALUE, ENUM = _parse(HEADER.read_text())


def members(enum, prefix):
    """The public members of an enum without their prefix, in lower case: {"no_srh": 7, …}."""
    hidden = ("unspec", "pad", "max")
    return {
        key[len(prefix):].lower(): value
        for key, value in ENUM[enum].items()
        if key.startswith(prefix) and key[len(prefix):].lower() not in hidden
    }


DROPS = members("srproxy_drop", "SRPROXY_DROP_")
FAMILY, VERSION = "srproxy", VALUE["SRPROXY_FAMILY_VERSION"]
