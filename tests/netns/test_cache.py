# SPDX-License-Identifier: GPL-2.0
"""What has been learned can be seen and forgotten.

    headend ── src ──┐                  ┌── to-vnf ───► VNF
                     ├── node: End.AD ──┤
    next SID ─ dst ──┘                  └── from-vnf ◄─ VNF
"""

import pytest

from lib.bench import LAST, NEXT, PATH, SID, SID2
from lib.genl import NlError
from lib.netns import until
from lib.packet import AUTO, hop, inner4, inner6, srv6

PUSHED = srv6(PATH, 1, hlim=63, fl=AUTO)


def test_empty(bench):
    assert bench.proxy.cache() == []
    bench.end_ad()
    assert bench.proxy.cache() == bench.proxy.cache(SID) == []


def test_one_entry_for_each_inner_type(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    assert [(entry["sid"], entry["inner"]) for entry in bench.proxy.cache()] == [(SID, "ip6")]
    bench.teach(srv6(PATH) / inner4())
    assert {(entry["sid"], entry["inner"]) for entry in bench.proxy.cache(SID)} == {(SID, "ip4"), (SID, "ip6")}
    for _ in range(10):  # however often it changes
        bench.teach(srv6([SID, NEXT]) / inner6(), srv6([SID, LAST]) / inner6())
    assert len(bench.proxy.cache()) == 2


def test_age(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    assert "idle" not in bench.proxy.cache()[0] and "expired" not in bench.proxy.cache()[0]
    grown = until(lambda: [entry["age"] for entry in bench.proxy.cache() if entry["age"] > 50], "it is 50 ms old")[0]
    bench.teach(srv6(PATH) / inner6())
    assert bench.proxy.cache()[0]["age"] >= grown, "the same header is not learned anew"
    bench.teach(srv6(PATH, tag=1) / inner6())
    assert bench.proxy.cache()[0]["age"] < 60000


def test_flush(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    bench.proxy.flush("cache")
    assert bench.proxy.cache() == []
    assert bench.send(from_vnf=[inner6(), inner4()]) == {}
    assert bench.drops(SID) == {"not_learned": 2}
    bench.teach(srv6(PATH) / inner6())
    assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])


def test_flush_of_nothing(bench):
    bench.proxy.flush("cache")
    bench.end_as()
    bench.proxy.delete("cache", SID)
    assert bench.send(from_vnf=inner6())["dst"], "End.AS has nothing to forget"


def test_unknown_sid(bench):
    bench.end_ad()
    with pytest.raises(NlError, match="ENOENT"):
        bench.proxy.delete("cache", SID2)


def test_deleted_sid_takes_it_along(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.delete("sid", SID)
    assert bench.proxy.cache() == []
    bench.proxy.sid(SID)
    assert bench.proxy.cache() == []
    assert bench.send(from_vnf=inner6()) == {}
    assert bench.drops(SID) == {"not_learned": 1}


def test_narrower_inner_type_forgets_the_other(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6(), srv6(PATH) / inner4())
    bench.proxy.change("sid", addr=SID, inner="ip6")
    assert [entry["inner"] for entry in bench.proxy.cache()] == ["ip6"]
    bench.proxy.change("sid", addr=SID, inner="ip")
    assert bench.send(from_vnf=inner6()) == dict(dst=[PUSHED / hop(inner6())])
    assert bench.send(from_vnf=inner4()) == {}


def test_change_to_static_forgets(bench):
    bench.end_ad()
    bench.teach(srv6(PATH) / inner6())
    bench.proxy.chain("gold", src="fc00:b::", segs=[NEXT])
    bench.proxy.change("sid", addr=SID, behavior="End.AS", chain="gold")
    assert bench.proxy.cache() == []
    bench.proxy.change("sid", addr=SID, behavior="End.AD")
    assert bench.proxy.cache() == []


def test_many_long_headers(bench):
    """A dump of more than one buffer, nothing twice and nothing missing."""
    sids = [f"fc00:b::{n:x}" for n in range(1, 101)]
    for n, sid in enumerate(sids):
        bench.proxy.vnf(f"fw{n}", dev="to-vnf", iif=f"absent{n}", nh6="fd00:3::2", on_down="bypass")
        bench.proxy.sid(sid, vnf=f"fw{n}")
    path = [f"fc00:c::{n:x}" for n in range(1, 70)]
    assert len(bench.send(src=[srv6([sid, *path]) / inner6(60) for sid in sids])["dst"]) == 100
    cache = bench.proxy.cache()
    assert [entry["sid"] for entry in cache] == sids
    assert {len(entry["header"]) for entry in cache} == {40 + 8 + 16 * 70}
    assert [entry["sid"] for entry in bench.proxy.cache(sids[50])] == [sids[50]]
