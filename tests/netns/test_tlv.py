# SPDX-License-Identifier: GPL-2.0
"""What an SRH bears besides segments: tag and HMAC of a chain, the TLVs that End.AD keeps or makes anew.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.Ax ──┤                         and another, the same with a 2;
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF       MTU of all links: 9000

Every HMAC is computed here, too, by Python and RFC 8754 2.1.2; at the end of the file, kernels make and
verify them (lib/peers.py).
"""

import errno
import hashlib
import hmac
import struct
from ipaddress import IPv6Address

import pytest
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, PadN
from scapy.packet import Raw

from lib.bench import HEADEND, LAST, NEXT, PATH, PLAIN, SID, SID2, Bench
from lib.genl import NlError
from lib.keys import HMAC_FLAG, SHA1, Keys
from lib.netns import until
from lib.packet import AUTO, PAD1, SRH, hmac_tlv, hop, inner, inner4, inner6, padn, srv6, tlv
from lib.peers import BACK, THERE, shared

SRC = "fc00:b::"  # of chains
OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
SECRET, OTHER_SECRET = b"a shared secret", b"another one, as long as the kernel can take: it is 64 bytes long"[:64]


@pytest.fixture(scope="module")
def module_bench(module):
    links = (*PLAIN, "to-vnf2", "from-vnf2")
    bench = Bench(links)
    bench.node.ip("\n".join(f"link set {dev} mtu 9000" for dev in links))
    yield bench
    bench.close()


@pytest.fixture
def keys(bench):
    keys = Keys(bench.node)
    keys[7] = SECRET
    keys[8] = OTHER_SECRET
    yield keys
    keys.close()


def segs(n):
    return [f"fc00:c::{i:x}" for i in range(1, n + 1)]


def pushed(path, *, key=None, secret=SECRET, reduced=False, **values):
    """What End.AS puts around a packet: path's first segment is the next one."""
    values = {"src": SRC, "hlim": 63, "fl": AUTO, **values}
    if key is None:
        return srv6(path, reduced=reduced, **values)
    listed = path[1:] if reduced else path
    digest = hmac_tlv(key, secret, values["src"], listed, 0, flags=HMAC_FLAG, d_flag=int(reduced))
    return srv6(path, reduced=reduced, flags=HMAC_FLAG, tlvs=digest, **values)


def signed(path, at=0, *, key=7, secret=SECRET, src=HEADEND, reduced=False, more=b"", **values):
    """A headend's packet with an HMAC as its last TLV, where the kernel looks for it."""
    listed = path[1:] if reduced else path
    digest = hmac_tlv(key, secret, src, listed, 0, flags=HMAC_FLAG, d_flag=int(reduced))
    return srv6(path, at, src=src, reduced=reduced, flags=HMAC_FLAG, tlvs=more + digest, **values)


# The tag of a chain


@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("tag", (1, 0xBEEF, 0xFFFF))
@pytest.mark.parametrize("n", (1, 2, 3))
def test_tag(bench, n, tag, family):
    """With a single segment, too, which then has an SRH."""
    bench.end_as(segs=segs(n), chain_values={"tag": tag})
    assert bench.send(from_vnf=inner(family)) == dict(dst=[pushed(segs(n), tag=tag) / hop(inner(family))])


@pytest.mark.data
@pytest.mark.parametrize("n", (2, 3))
def test_tag_reduced(bench, n):
    bench.end_as(segs=segs(n), chain_values={"tag": 5, "reduced": 1})
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed(segs(n), tag=5, reduced=True) / hop(inner6())])


def test_tag_reduced_single(bench):
    """Nothing is left to reduce: the list has to have an entry."""
    bench.end_as(segs=[NEXT], chain_values={"tag": 5, "reduced": 1})
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT], tag=5) / hop(inner6())])


def test_tag_comes_and_goes(bench):
    bench.end_as(segs=[NEXT], chain_values={"tag": 5})
    for tag in (6, 0, 7):
        bench.proxy.change("chain", name="chain", tag=tag)
        want = pushed([NEXT], tag=tag) if tag else pushed([NEXT], reduced=True)
        assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())])


# The HMAC of a chain


@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("n", (1, 2, 3, 13, 14))
def test_hmac(bench, keys, n, family):
    bench.end_as(segs=segs(n), chain_values={"hmac": 7})
    assert bench.send(from_vnf=inner(family)) == dict(dst=[pushed(segs(n), key=7) / hop(inner(family))])
    assert bench.drops(SID) == {}


@pytest.mark.data
@pytest.mark.parametrize("n", (2, 3, 14, 15))
def test_hmac_reduced(bench, keys, n):
    """The D-flag says that the destination address is not in the list."""
    bench.end_as(segs=segs(n), chain_values={"hmac": 7, "reduced": 1})
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed(segs(n), key=7, reduced=True) / hop(inner6())])


def test_hmac_reduced_single(bench, keys):
    bench.end_as(segs=[NEXT], chain_values={"hmac": 7, "reduced": 1})
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT], key=7) / hop(inner6())])


def test_hmac_and_tag(bench, keys):
    """The tag is no part of what is signed."""
    bench.end_as(chain_values={"hmac": 7, "tag": 9})
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT, LAST], key=7, tag=9) / hop(inner6())])


@pytest.mark.data
@pytest.mark.parametrize("key", (1, 0x12345678, 0xFFFFFFFF))
def test_any_key_id(bench, keys, key):
    keys[key] = b"x"
    bench.end_as(chain_values={"hmac": key})
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT, LAST], key=key, secret=b"x") / hop(inner6())])


@pytest.mark.data
@pytest.mark.parametrize("size", (1, 20, 63, 64))
def test_any_secret(bench, keys, size):
    keys[9] = bytes(range(1, size + 1))
    bench.end_as(chain_values={"hmac": 9})
    want = pushed([NEXT, LAST], key=9, secret=bytes(range(1, size + 1)))
    assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())])


@pytest.mark.parametrize("n", (2, 14))
def test_sha1(bench, keys, n):
    """The kernel's other algorithm: 20 bytes, the rest of the field zero."""
    keys.set(9, SECRET, SHA1)
    bench.end_as(segs=segs(n), chain_values={"hmac": 9})
    text = IPv6Address(SRC).packed + struct.pack("!BBI", n - 1, HMAC_FLAG, 9)
    text += b"".join(IPv6Address(seg).packed for seg in reversed(segs(n)))
    digest = hmac.new(SECRET, text, hashlib.sha1).digest() + bytes(12)
    want = pushed(segs(n), flags=HMAC_FLAG, tlvs=tlv(5, struct.pack("!HI", 0, 9) + digest))
    assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())])


def test_no_such_key(bench, keys):
    """Dropped, until the key is there; and the key is the one that is there at the time."""
    bench.end_as(chain_values={"hmac": 99})
    assert bench.send(from_vnf=[inner6(), inner4()]) == {}
    assert bench.drops(SID) == {"hmac_key": 2}
    keys[99] = SECRET
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed([NEXT, LAST], key=99) / hop(inner6())])
    keys[99] = OTHER_SECRET
    assert bench.send(from_vnf=inner6()) == dict(
        dst=[pushed([NEXT, LAST], key=99, secret=OTHER_SECRET) / hop(inner6())])
    del keys[99]
    assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID) == {"hmac_key": 3}


def test_hmac_follows_the_chain(bench, keys):
    bench.end_as(chain_values={"hmac": 7})
    for values, want in (
        ({"segs": [LAST, NEXT]}, pushed([LAST, NEXT], key=7)),
        ({"src": "fc00:b::9"}, pushed([LAST, NEXT], key=7, src="fc00:b::9")),
        ({"hmac": 8}, pushed([LAST, NEXT], key=8, secret=OTHER_SECRET, src="fc00:b::9")),
        ({"reduced": 1}, pushed([LAST, NEXT], key=8, secret=OTHER_SECRET, src="fc00:b::9", reduced=True)),
        ({"hmac": 0}, pushed([LAST, NEXT], src="fc00:b::9", reduced=True)),
    ):
        bench.proxy.change("chain", name="chain", **values)
        assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())]), values


def test_bypass_signs_as_well(bench, keys):
    bench.proxy.vnf("fw", dev="absent", nh6="fd00:3::2", on_down="bypass")
    bench.proxy.chain("chain", src=SRC, segs=[NEXT, LAST], hmac=7)
    bench.proxy.sid(SID, behavior="End.AS", vnf="fw", chain="chain")
    assert bench.send(src=srv6([SID, LAST]) / inner6()) == dict(dst=[pushed([NEXT, LAST], key=7) / inner6()])


def test_next_sid_of_the_node_verifies(bench, keys):
    """Straight on to a SID that insists on an HMAC: with a key of ours, and with none."""
    bench.end_as(segs=[SID2, NEXT], chain_values={"hmac": 7})
    bench.end_ad(SID2, "fw2", "to_vnf2", "from_vnf2", require_hmac=1)
    assert bench.send(from_vnf=inner6()) == dict(to_vnf2=[hop(inner6())])
    want = pushed([SID2, NEXT], key=7, hlim=62)
    want[SRH].sl, want.dst = 0, NEXT
    assert bench.send(from_vnf2=hop(inner6())) == dict(dst=[want / hop(inner6(), 2)])
    bench.proxy.change("chain", name="chain", hmac=0)
    assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID2) == {"hmac": 1}


# How long a list may be


@pytest.mark.data
@pytest.mark.parametrize("values, most", (
    ({}, 127), ({"tag": 1}, 127), ({"reduced": 1}, 127), ({"tag": 1, "reduced": 1}, 127),
    ({"hmac": 7}, 14), ({"hmac": 7, "tag": 1}, 14), ({"hmac": 7, "reduced": 1}, 15),
), ids=str)
def test_longest(bench, keys, values, most):
    """All that an SRH can hold; with an HMAC, all that the kernel's own is made of: 14 in the list."""
    reduced = bool(values.get("reduced"))
    bench.end_as(segs=segs(most), chain_values=values)
    srh = {"tag": values["tag"]} if "tag" in values else {}
    want = pushed(segs(most), key=values.get("hmac"), reduced=reduced, **srh)
    assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())])
    for more in (most + 1, most + 2, 126, 127) if most < 127 else ():
        for call in (
            lambda: bench.proxy.chain("other", src=SRC, segs=segs(more), **values),
            lambda: bench.proxy.change("chain", name="chain", segs=segs(more)),
        ):
            with pytest.raises(NlError, match=f"at most 14 listed segments, not {more - reduced}") as error:
                call()
            assert error.value.errno == errno.EINVAL
    assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())])


def test_hmac_comes_to_a_long_list(bench, keys):
    bench.end_as(segs=segs(15))
    for values in ({"hmac": 7}, {"hmac": 7, "reduced": 1, "segs": segs(16)}):
        with pytest.raises(NlError, match="EINVAL"):
            bench.proxy.change("chain", name="chain", **values)
    bench.proxy.change("chain", name="chain", hmac=7, reduced=1)
    with pytest.raises(NlError, match="EINVAL"):
        bench.proxy.change("chain", name="chain", reduced=0)
    assert bench.send(from_vnf=inner6()) == dict(dst=[pushed(segs(15), key=7, reduced=True) / hop(inner6())])


def test_path_mtu_counts_the_hmac(bench, keys):
    bench.node.ip("link set dst mtu 1500")
    try:
        bench.end_as(segs=[NEXT], chain_values={"hmac": 7})
        room = 1500 - 40 - 8 - 16 - 40
        assert bench.send(from_vnf=inner6(room)) == dict(dst=[pushed([NEXT], key=7) / hop(inner6(room))])
        assert set(bench.send(from_vnf=inner6(room + 1))) == {"src"}
        assert bench.drops(SID) == {"too_big": 1}
    finally:
        bench.node.ip("link set dst mtu 9000")


# What End.AD keeps

KEPT = {
    "opaque": tlv(200, b"opaque"),
    "opaque, empty": tlv(201, b"") + padn(6),
    "NSH-like": tlv(6, b"\0\0" + bytes(range(28))),
    "two of a kind": tlv(200, b"a") * 2 + padn(2),
    "Pad1 only": PAD1 * 8,
    "Pad1 among others": PAD1 * 3 + tlv(200, b"abc") + padn(8),
    "PadN that is not zero": tlv(4, b"\xde\xad\xbe\xef\0\1"),
    "PadN of nothing": padn(2) * 4,
    "long": tlv(250, bytes(range(254))),
    "several long ones": tlv(250, bytes(254)) + tlv(251, bytes(range(254))) + tlv(252, b"\xff" * 254),
}


@pytest.mark.both_hooks
@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("case", KEPT)
def test_tlvs_are_kept(bench, case, family):
    """Byte by byte, in their order, padding included."""
    bench.end_ad()
    around = {"tlvs": KEPT[case], "tag": 0xABCD, "before": [OPTIONS], "after": [OPTIONS]}
    bench.teach(srv6(PATH, **around) / inner(family))
    assert bench.send(from_vnf=inner(family)) == dict(
        dst=[srv6(PATH, 1, hlim=63, fl=AUTO, **around) / hop(inner(family))])


@pytest.mark.both_hooks
@pytest.mark.data
@pytest.mark.parametrize("reduced", (False, True))
@pytest.mark.parametrize("more", (b"", tlv(200, b"opaque"), padn(8), PAD1 * 8), ids=("alone", "opaque", "padn", "pad1"))
def test_hmac_is_kept(bench, keys, more, reduced):
    bench.end_ad()
    bench.teach(signed(PATH, more=more, reduced=reduced) / inner6())
    want = signed(PATH, 1, more=more, reduced=reduced, hlim=63, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])


def test_hmac_without_the_flag_is_data(bench):
    """RFC 8754 has no such flag, the kernel verifies nothing without it: what cannot be judged is kept."""
    bench.end_ad()
    digest = hmac_tlv(99, b"unknown here", HEADEND, PATH, 2)
    bench.teach(srv6(PATH, tlvs=digest) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[srv6(PATH, 1, tlvs=digest, hlim=63, fl=AUTO) / hop(inner6())])


def test_hmac_of_a_long_list(bench, keys):
    """14 segments are what the kernel can verify. What cannot be verified is not right."""
    path = [SID, *segs(13)]
    bench.end_ad(require_hmac=1)
    for n in (14, 15, 60, 124):
        assert bench.send(src=signed([SID, *segs(n)]) / inner6()) == {}
    assert bench.drops(SID) == {"hmac": 4}
    bench.teach(signed(path) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[signed(path, 1, hlim=63, fl=AUTO) / hop(inner6())])
    assert bench.send(src=signed(path, secret=OTHER_SECRET) / inner6()) == {}
    assert bench.drops(SID) == {"hmac": 5}


# What is made anew


@pytest.mark.both_hooks
@pytest.mark.data
@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("more", (b"", tlv(200, b"opaque"), PAD1 * 8), ids=("alone", "opaque", "pad1"))
@pytest.mark.parametrize("reduced", (False, True))
def test_hmac_is_made_anew(bench, keys, reduced, more, family):
    bench.end_ad(hmac=8)
    bench.teach(signed(PATH, more=more, reduced=reduced) / inner(family))
    want = signed(PATH, 1, key=8, secret=OTHER_SECRET, more=more, reduced=reduced, hlim=63, fl=AUTO)
    assert bench.send(from_vnf=inner(family)) == dict(dst=[want / hop(inner(family))])


def test_new_hmac_of_a_long_list(bench, keys):
    path = [SID, *segs(13)]
    bench.end_ad(hmac=8)
    bench.teach(signed(path) / inner6())
    want = signed(path, 1, key=8, secret=OTHER_SECRET, hlim=63, fl=AUTO)
    assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())])


def test_no_hmac_is_no_reason_to_add_one(bench, keys):
    """Nor to miss the key for it."""
    bench.end_ad(hmac=99)
    bench.teach(srv6(PATH, tlvs=tlv(200, b"opaque")) / inner6())
    want = srv6(PATH, 1, tlvs=tlv(200, b"opaque"), hlim=63, fl=AUTO) / hop(inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[want])
    assert bench.drops(SID) == {}


def test_no_such_key_for_the_new_one(bench, keys):
    bench.end_ad(hmac=99)
    bench.teach(signed(PATH) / inner6())
    assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID) == {"hmac_key": 1}
    keys[99] = OTHER_SECRET
    want = signed(PATH, 1, key=99, secret=OTHER_SECRET, hlim=63, fl=AUTO)
    assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())])


def test_key_of_the_sid_changes(bench, keys):
    bench.end_ad(hmac=8)
    bench.teach(signed(PATH) / inner6())
    for values, want in (
        ({"hmac": 7}, signed(PATH, 1, hlim=63, fl=AUTO)),
        ({"hmac": 8}, signed(PATH, 1, key=8, secret=OTHER_SECRET, hlim=63, fl=AUTO)),
        ({"hmac": 0}, signed(PATH, 1, hlim=63, fl=AUTO)),
    ):
        bench.proxy.change("sid", addr=SID, **values)
        bench.teach(signed(PATH) / inner6())
        assert bench.send(from_vnf=inner6()) == dict(dst=[want / hop(inner6())]), values


def test_same_header_is_not_learned_again(bench, keys):
    """Although what is pushed is not what arrives."""
    bench.end_ad(hmac=8)
    with bench.proxy.listen("learn") as events:
        bench.teach(*[signed(PATH) / inner6(sport=port) for port in range(1, 20)])
        bench.proxy.delete("cache", SID)
        heard = events.until(lambda verb, noun, values: verb == "del", "forgotten")
    assert [verb for verb, _, _ in heard] == ["new", "del"]


# What is required


@pytest.mark.parametrize("behavior", ("End.AS", "End.AD"))
@pytest.mark.parametrize("sysctl", (0, 1, -1))
def test_required(bench, keys, behavior, sysctl):
    """Whatever the interface says."""
    (bench.end_as if behavior == "End.AS" else bench.end_ad)(require_hmac=1)
    bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": sysctl})
    try:
        for family in (4, 6):
            packet = inner(family)
            assert bench.send(src=signed(PATH) / packet) == dict(to_vnf=[packet])
        wrong = [
            srv6(PATH), srv6(PATH, tlvs=padn(8)), signed(PATH, secret=b"wrong"), signed(PATH, key=99), signed(PATH, key=8),
            srv6(PATH, flags=HMAC_FLAG),
            srv6(PATH, flags=HMAC_FLAG, tlvs=hmac_tlv(7, SECRET, "fc00:a::2", PATH, 0, flags=HMAC_FLAG)),
            srv6(PATH, flags=HMAC_FLAG, tlvs=hmac_tlv(7, SECRET, HEADEND, [*PATH, NEXT], 0, flags=HMAC_FLAG)),
            srv6(PATH, flags=HMAC_FLAG, tlvs=hmac_tlv(7, SECRET, HEADEND, [SID, LAST, NEXT], 0, flags=HMAC_FLAG)),
        ]
        assert bench.send(src=[outer / inner6() for outer in wrong]) == {}
        assert bench.drops(SID) == {"hmac": len(wrong)}
    finally:
        bench.node.sysctl({"net/ipv6/conf/src/seg6_require_hmac": 0})


def test_required_of_the_sids_own_list(bench, keys):
    """A right HMAC says nothing of where the packet is on its path (RFC 8754 2.1.2.1)."""
    bench.end_ad(require_hmac=1)
    elsewhere = [f"fc00:c::{n}" for n in (7, 8, 9)]
    packets = [signed(elsewhere) / inner6(), signed(PATH, 1) / inner6(), signed([*elsewhere, SID], 1) / inner6()]
    for packet in packets:
        packet.dst = SID
    assert bench.send(src=packets) == {}
    assert bench.drops(SID) == {"hmac": 3}


def test_required_of_a_static_proxy_without_srh(bench, keys):
    bench.end_as(require_hmac=1)
    assert bench.send(src=[IPv6(src=HEADEND, dst=SID) / inner6(), IPv6(src=HEADEND, dst=SID) / inner4()]) == {}
    assert bench.drops(SID) == {"hmac": 2}


def test_not_required(bench, keys):
    bench.end_ad(require_hmac=0)
    assert bench.send(src=[srv6(PATH) / inner6(), signed(PATH) / inner6()]) == dict(to_vnf=[inner6()] * 2)
    # But one that is there has to be right.
    assert bench.send(src=signed(PATH, secret=b"wrong") / inner6()) == {}
    assert bench.drops(SID) == {"hmac": 1}


@pytest.mark.data
def test_flipped_bits(bench, keys):
    """Of all that is signed, none may change."""
    bench.end_ad(require_hmac=1)
    good = bytes(signed(PATH) / inner6())
    start, digest = 40 + 8 + 48, 40 + 8 + 48 + 8
    # source, Last Entry's neighbour Flags, key id, first and last byte of the segments, and of the digest
    spots = [8, 23, 45, digest - 1, 48, start - 1, digest, digest + 31]
    packets = []
    for spot in spots:
        packet = bytearray(good)
        packet[spot] ^= 0x01
        packets.append(Raw(bytes(packet)))
    assert bench.send(src=packets) == {}
    assert bench.drops(SID) == {"hmac": len(spots)}
    assert bench.send(src=Raw(good)) == dict(to_vnf=[inner6()])


@pytest.mark.parametrize("values", ({"behavior": "End.AS", "hmac": 7, "chain": "chain"},),
                         ids=("key of a static proxy's SID",))
def test_refusals(bench, values):
    bench.fw()
    bench.proxy.chain("chain", src=SRC, segs=[NEXT], hmac=7)
    with pytest.raises(NlError, match="EINVAL") as error:
        bench.proxy.sid(SID, vnf="fw", **values)
    assert "chain" in error.value.message


# Kernels


@pytest.fixture
def peers(module):
    yield shared()
    shared().reset()


def require(peers, *places):
    for name, dev in places:
        peers.sysctl(name, f"net/ipv6/conf/{dev}/seg6_require_hmac", 1, 0)


@pytest.mark.parametrize("mode, family", (("encap", 6), pytest.param("encap.red", 4, marks=pytest.mark.data)))
@pytest.mark.parametrize("make", ("kept", "made anew", "chain", "chain, reduced"))
def test_between_kernels_that_insist(peers, make, mode, family):
    """The headend signs, we verify and go on, p2 and p1 verify what we send, as do the tails."""
    tail = f"d{family}"
    for name in ("pe1", "pe2", "node", "p1", "p2"):
        peers.key(7, SECRET, name)
        peers.key(8, OTHER_SECRET, name)
    require(peers, ("p2", "node"), ("p1", "node"), ("pe1", "p1"), ("pe2", "p2"), ("node", "p1"), ("node", "p2"))
    peers.vnf("fw")
    for sid, reverse, end, pe in ((THERE, 0, "fc00:2::e", "fc00:d"), (BACK, 1, "fc00:1::e", "fc00:a")):
        if make.startswith("chain"):
            segments = [end, f"{pe}::{tail}"]
            peers.proxy.chain(f"chain{reverse}", src=SRC, segs=segments, hmac=8, reduced=int("reduced" in make))
            values = {"behavior": "End.AS", "chain": f"chain{reverse}"}
        else:
            values = {"behavior": "End.AD", "hmac": 8 if make == "made anew" else 0}
        peers.proxy.sid(sid, vnf="fw", reverse=reverse, require_hmac=1, **values)
        segments = [sid] if make.startswith("chain") else [sid, end, f"{pe}::{tail}"]
        peers.headend("back" if reverse else "there", family, segments, mode, hmac=7)
    peers.exchange(family)
    for sid in (THERE, BACK):
        peers.proxy.passes_all(sid)


def test_kernel_does_not_take_another_key(peers):
    """That the test above can fail: p2 knows another secret, and nothing arrives."""
    peers.key(7, SECRET, "pe1", "node")
    peers.key(7, OTHER_SECRET, "p2")
    require(peers, ("p2", "node"))
    peers.vnf("fw")
    peers.proxy.sid(THERE, vnf="fw")
    peers.headend("there", 6, [THERE, "fc00:2::e", "fc00:d::d6"], hmac=7)
    with pytest.raises(AssertionError, match="does not arrive"):
        peers.exchange(6, wait=0.1)
    until(lambda: peers.proxy.stats(THERE)["out_packets"], "the node has done its part")
