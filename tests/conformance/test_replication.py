"""Our replicator with every server that speaks the protocol: the same assertions on both ends."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from replica import Database, LiveReplication, RemoteDatabase, fetch_attachment, replicate
from tests.conformance.conftest import make
from tests.support.comparison import leaves, winners
from tests.support.faulty import FaultyTransport
from tests.support.world import START, StillWorld

AWKWARD = [
    {"_id": "plain", "value": 1},
    {
        "_id": "ñandú/€ 100%?#&+",
        "text": "línea\nnueva \u2028 😀",
        "nested": {"list": [1, None, True, {"x": []}]},
    },
    {"_id": "numbers", "integer": 2**53 - 1, "negative": -1, "decimal": 0.1},
    {"_id": "empty"},
    {"_id": "receipt:R0001:00000004", "total": 51378, "currency": "USD"},
]


def sync(phone: Database, remote: RemoteDatabase) -> None:
    for source, target in ((phone, remote), (remote, phone)):
        result = replicate(source, target, world=StillWorld().world())
        assert result.ok, result.refused


def test_awkward_documents_travel_up_and_down_unchanged(
    phone: Database, other_phone: Database, remote: RemoteDatabase
) -> None:
    phone.bulk_docs(AWKWARD)
    sync(phone, remote)
    sync(other_phone, remote)
    assert leaves(phone) == leaves(remote) == leaves(other_phone)
    assert len(leaves(phone)) == len(AWKWARD)


def test_deletions_travel_in_both_directions(phone: Database, remote: RemoteDatabase) -> None:
    phone.bulk_docs([{"_id": "by phone"}, {"_id": "by centre"}, {"_id": "stays"}])
    sync(phone, remote)
    phone.delete("by phone", phone.get("by phone")["_rev"])
    doomed = remote.get("by centre")
    remote.bulk_docs([{"_id": "by centre", "_rev": doomed["_rev"], "_deleted": True}])
    sync(phone, remote)
    assert leaves(phone) == leaves(remote)
    assert [row["id"] for row in phone.all_docs()["rows"]] == ["stays"]


def test_a_resurrected_document_continues_its_branch(phone: Database, remote: RemoteDatabase) -> None:
    rev = phone.put({"_id": "a", "life": 1})
    sync(phone, remote)
    phone.delete("a", rev)
    sync(phone, remote)
    phone.put({"_id": "a", "life": 2})
    sync(phone, remote)
    assert leaves(phone) == leaves(remote)
    assert remote.get("a")["life"] == 2
    assert remote.get("a", revs=True)["_revisions"]["start"] == 3


def test_two_sides_that_edited_the_same_document_keep_both_and_agree_who_wins(
    phone: Database, remote: RemoteDatabase
) -> None:
    rev = phone.put({"_id": "a", "by": "both"})
    sync(phone, remote)
    phone.put({"_id": "a", "_rev": rev, "by": "phone"})
    remote.bulk_docs([{"_id": "a", "_rev": rev, "by": "centre"}])
    sync(phone, remote)
    assert len(leaves(phone)) == 2
    assert leaves(phone) == leaves(remote)
    assert winners(phone) == winners(remote)
    assert phone.get("a", conflicts=True) == remote.get("a", conflicts=True)


def test_a_resolved_conflict_is_resolved_everywhere(phone: Database, remote: RemoteDatabase) -> None:
    rev = phone.put({"_id": "a"})
    sync(phone, remote)
    phone.put({"_id": "a", "_rev": rev, "by": "phone"})
    remote.bulk_docs([{"_id": "a", "_rev": rev, "by": "centre"}])
    sync(phone, remote)
    [conflict] = phone.conflicts()
    phone.delete("a", conflict["conflicts"][0])
    sync(phone, remote)
    assert leaves(phone) == leaves(remote)
    assert "_conflicts" not in remote.get("a", conflicts=True)


def test_a_first_sync_brings_every_leaf_of_a_document_in_conflict(
    phone: Database, other_phone: Database, remote: RemoteDatabase
) -> None:
    phone.put({"_id": "quiet"})
    phone.bulk_docs(
        [
            {"_id": "a", "_rev": "2-bb", "_revisions": {"start": 2, "ids": ["bb", "aa"]}, "by": "b"},
            {"_id": "a", "_rev": "2-cc", "_revisions": {"start": 2, "ids": ["cc", "aa"]}, "by": "c"},
            {
                "_id": "a",
                "_rev": "3-dd",
                "_revisions": {"start": 3, "ids": ["dd", "ee", "aa"]},
                "_deleted": True,
            },
        ],
        new_edits=False,
    )
    sync(phone, remote)
    result = replicate(remote, other_phone, world=StillWorld().world())
    assert result.ok
    assert leaves(other_phone) == leaves(remote) == leaves(phone)
    assert len(leaves(remote)) == 4


def test_edits_over_what_a_first_sync_brought_connect_at_the_peer(
    phone: Database, other_phone: Database, remote: RemoteDatabase
) -> None:
    for value in range(4):
        stored = {"_rev": phone.get("a")["_rev"]} if value else {}
        phone.put({"_id": "a", "value": value, **stored})
    sync(phone, remote)
    replicate(remote, other_phone, world=StillWorld().world())
    other_phone.put({**other_phone.get("a"), "value": "edited"})
    sync(other_phone, remote)
    assert [rev for _, rev in leaves(remote)] == [other_phone.get("a")["_rev"]]
    assert remote.get("a", revs=True)["_revisions"]["start"] == 5
    sync(phone, remote)
    assert leaves(phone) == leaves(remote)


def test_a_history_longer_than_the_phone_remembers_still_connects(
    phone: Database, remote: RemoteDatabase
) -> None:
    phone.revs_limit = 5
    rev = phone.put({"_id": "a"})
    for value in range(12):
        rev = phone.put({"_id": "a", "_rev": rev, "value": value})
        if value % 3 == 0:
            sync(phone, remote)
    sync(phone, remote)
    assert leaves(phone) == leaves(remote)
    assert len(leaves(remote)) == 1


def test_attachments_travel_with_their_documents(
    phone: Database, other_phone: Database, remote: RemoteDatabase
) -> None:
    rev = phone.put_attachment("photo:1", "front.jpg", b"\xff\xd8 front" * 100, "image/jpeg")
    rev = phone.put_attachment("photo:1", "note ñ.txt", "día".encode(), "text/plain", rev)
    sync(phone, remote)
    phone.put({**phone.get("photo:1"), "seen": True})
    sync(phone, remote)
    sync(other_phone, remote)
    assert leaves(phone) == leaves(remote) == leaves(other_phone)
    assert other_phone.get_attachment("photo:1", "front.jpg").read() == b"\xff\xd8 front" * 100


def test_large_attachments_are_streamed_both_ways(
    phone: Database, other_phone: Database, remote: RemoteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("batch", "delivery"):
        monkeypatch.setattr(f"replica.replication.{module}.ATTACHMENT_INLINE_BYTES", 50_000)
    body = bytes(range(256)) * 1000
    phone.bulk_docs(
        [
            {
                "_id": f"photo:{number}",
                "_attachments": {
                    "a.bin": {
                        "content_type": "application/octet-stream",
                        "data": base64.b64encode(body).decode(),
                    },
                    "b.txt": {"content_type": "text/plain", "data": base64.b64encode(b"small").decode()},
                },
            }
            for number in range(3)
        ]
    )
    sync(phone, remote)
    sync(other_phone, remote)
    assert leaves(phone) == leaves(remote) == leaves(other_phone)


def test_a_first_sync_leaves_attachments_to_be_fetched_when_opened(
    phone: Database, other_phone: Database, remote: RemoteDatabase
) -> None:
    phone.put_attachment("photo:1", "front.jpg", b"front" * 1000, "image/jpeg")
    sync(phone, remote)
    assert replicate(remote, other_phone, attachments=False, world=StillWorld().world()).ok
    [absent] = other_phone.absent_attachments()
    assert (absent["id"], absent["name"]) == ("photo:1", "front.jpg")
    fetch_attachment(remote, other_phone, other_phone.get("photo:1"), "front.jpg")
    assert other_phone.get_attachment("photo:1", "front.jpg").read() == b"front" * 1000
    assert other_phone.absent_attachments() == []


def test_a_second_run_asks_only_for_what_is_new(phone: Database, remote: RemoteDatabase) -> None:
    phone.bulk_docs([{"_id": f"d{number}"} for number in range(30)])
    sync(phone, remote)
    phone.put({"_id": "new"})
    result = replicate(phone, remote, world=StillWorld().world())
    assert result.docs_read == 1
    assert replicate(remote, phone, world=StillWorld().world()).docs_written == 0


def test_what_a_pull_brought_is_not_offered_back(
    phone: Database, other_phone: Database, server: str, remote: RemoteDatabase
) -> None:
    phone.bulk_docs([{"_id": f"d{number}"} for number in range(30)])
    sync(phone, remote)
    transport = FaultyTransport(httpx.HTTPTransport())
    with (
        httpx.Client(transport=transport) as client,
        RemoteDatabase(f"{server}/{remote.name}", client=client) as watched,
    ):
        replicate(watched, other_phone, world=StillWorld().world())
        before = len(transport.requests)
        replicate(other_phone, watched, world=StillWorld().world())
        assert len(transport.requests) - before <= 3
        before = len(transport.requests)
        sync(other_phone, watched)
        assert len(transport.requests) - before <= 8
        other_phone.put({"_id": "mine"})
        sync(other_phone, watched)
    assert remote.get("mine")


def test_a_lost_checkpoint_at_the_peer_doubles_nothing(phone: Database, remote: RemoteDatabase) -> None:
    phone.bulk_docs([{"_id": f"d{number}"} for number in range(10)])
    sync(phone, remote)
    for document in phone.local_docs():
        key = document["_id"].removeprefix("_local/")
        stored = remote.get_local(key)
        if stored is not None:
            remote.put_local(key, {"_rev": stored["_rev"], "history": []})
    before = leaves(remote)
    sync(phone, remote)
    assert leaves(phone) == leaves(remote) == before


def test_a_recreated_peer_is_filled_again(phone: Database, remote: RemoteDatabase) -> None:
    remote.bulk_docs([{"_id": "theirs"}])
    phone.put({"_id": "ours"})
    sync(phone, remote)
    remote.destroy()
    make(remote)
    sync(phone, remote)
    assert leaves(remote) == leaves(phone)
    assert len(leaves(remote)) == 2


def test_named_documents_travel_alone(phone: Database, other_phone: Database, remote: RemoteDatabase) -> None:
    phone.bulk_docs([{"_id": name} for name in ("a", "b", "c")])
    assert replicate(phone, remote, doc_ids=["a", "c", "none"], world=StillWorld().world()).docs_written == 2
    assert replicate(remote, other_phone, doc_ids=["c"], world=StillWorld().world()).docs_written == 1
    assert [row["id"] for row in other_phone.all_docs()["rows"]] == ["c"]


def test_two_servers_are_replicated_through_us(phone: Database, server: str, remote: RemoteDatabase) -> None:
    phone.bulk_docs(AWKWARD)
    phone.put_attachment("photo:1", "front.jpg", b"front" * 100, "image/jpeg")
    sync(phone, remote)
    with RemoteDatabase(f"{server}/{remote.name}-copy") as copy:
        make(copy)
        try:
            assert replicate(remote, copy, batch_size=3, world=StillWorld().world()).ok
            assert leaves(copy) == leaves(remote)
            assert replicate(remote, copy, world=StillWorld().world()).docs_read == 0
        finally:
            copy.destroy()


def test_a_selector_chooses_what_travels(
    request: pytest.FixtureRequest, phone: Database, other_phone: Database, remote: RemoteDatabase
) -> None:
    if "pouchdb-server" in request.node.name:
        pytest.skip("pouchdb-server has no filter=_selector")
    phone.bulk_docs([{"_id": str(number), "number": number} for number in range(10)])
    sync(phone, remote)
    chosen: dict[str, Any] = {"number": {"$gte": 7}}
    assert replicate(remote, other_phone, selector=chosen, world=StillWorld().world()).docs_written == 3
    phone.put({"_id": "late", "number": 8})
    sync(phone, remote)
    assert replicate(remote, other_phone, selector=chosen, world=StillWorld().world()).docs_written == 1


def test_progress_counts_the_bytes_that_moved(phone: Database, remote: RemoteDatabase) -> None:
    phone.bulk_docs([{"_id": f"d{number}", "text": "x" * 1000} for number in range(20)])
    seen: list[int] = []
    replicate(
        phone, remote, batch_size=5, progress=lambda one: seen.append(one.bytes), world=StillWorld().world()
    )
    assert seen == sorted(seen)
    assert seen[0] > 5_000
    assert 20_000 < seen[-1] < 40_000


def test_compressed_requests_are_understood(phone: Database, server: str, remote: RemoteDatabase) -> None:
    phone.bulk_docs([{"_id": f"d{number}", "text": "día " * 100} for number in range(20)])
    with RemoteDatabase(f"{server}/{remote.name}", compress=True) as compressing:
        sync(phone, compressing)
    assert leaves(phone) == leaves(remote)


def test_a_live_session_brings_what_happens_at_the_peer(phone: Database, remote: RemoteDatabase) -> None:
    live = LiveReplication(phone, remote, world=StillWorld().world())
    phone.put({"_id": "receipt:1"})
    first = live.step(START)
    assert (first.pushed, first.unsent, first.first_sync_complete) == (1, 0, True)
    remote.bulk_docs([{"_id": "invoice:1"}])
    second = live.step(START, wait_seconds=1)
    assert second.pulled == 1
    third = live.step(START, wait_seconds=1)
    assert (third.pushed, third.pulled) == (0, 0)
    assert leaves(phone) == leaves(remote)
