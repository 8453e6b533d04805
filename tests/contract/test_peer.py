"""What a replication may expect of a peer, whichever it is. Every implementation of `replica.peer.Peer`
passes.

Sequences are opaque: they are only handed back, never compared or counted with. To hold another
implementation to the contract, add to `IMPLEMENTATIONS` a context manager that yields an empty one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from replica import Conflict, Database, RemoteDatabase
from replica.peer import Peer
from tests.support.couch import embedded_server

Json = dict[str, Any]


@contextmanager
def sqlite(folder: Path) -> Iterator[Peer]:
    with Database.open(folder / "peer.sqlite") as database:
        yield database


@contextmanager
def http(folder: Path) -> Iterator[Peer]:
    with embedded_server(folder / "server") as server, RemoteDatabase(f"{server}/peer") as remote:
        remote.create()
        yield remote


IMPLEMENTATIONS: dict[str, Callable[[Path], AbstractContextManager[Peer]]] = {"sqlite": sqlite, "http": http}


@pytest.fixture(params=IMPLEMENTATIONS)
def peer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peer]:
    with IMPLEMENTATIONS[request.param](tmp_path) as implementation:
        yield implementation


def sent(document_id: str, *digests: str, **body: Any) -> Json:
    revisions = {"start": len(digests), "ids": list(digests)}
    return {"_id": document_id, "_rev": f"{len(digests)}-{digests[0]}", "_revisions": revisions, **body}


A, B, C, X = (letter * 32 for letter in "abc0")


def receive(peer: Peer, *documents: Json) -> None:
    assert peer.bulk_docs(documents, new_edits=False) == []


def test_an_empty_peer_knows_who_it_is(peer: Peer) -> None:
    info = peer.info()
    assert info.doc_count == 0
    assert info.name and info.uuid and isinstance(info.instance_start_time, str)
    page = peer.changes()
    assert page.results == []
    assert peer.changes(since=page.last_seq).results == []
    assert peer.info().uuid == info.uuid


def test_a_replicated_revision_is_kept_and_read_back_with_its_history(peer: Peer) -> None:
    receive(peer, sent("a", B, A, text="Ñandú", n=1.5, nothing=None))
    (answer,) = peer.bulk_get([{"id": "a", "rev": f"2-{B}"}])
    assert answer["ok"] == sent("a", B, A, text="Ñandú", n=1.5, nothing=None)
    assert peer.info().doc_count == 1


def test_a_known_revision_changes_nothing(peer: Peer) -> None:
    receive(peer, sent("a", B, A))
    seq = peer.changes().last_seq
    receive(peer, sent("a", B, A), sent("a", A))
    assert peer.changes(since=seq).results == []


def test_interactive_edits_answer_one_by_one(peer: Peer) -> None:
    first, second = peer.bulk_docs([{"_id": "a", "n": 1}, {"_id": "b"}])
    assert (first["ok"], first["id"], second["id"]) == (True, "a", "b")
    stale, good = peer.bulk_docs([{"_id": "a", "n": 2}, {"_id": "b", "_rev": second["rev"], "n": 2}])
    assert (stale["id"], stale["error"]) == ("a", "conflict")
    assert good["rev"].startswith("2-")


def test_changes_tell_every_leaf_of_a_conflict_winner_first(peer: Peer) -> None:
    receive(peer, sent("a", B, A), sent("a", C, A))
    (row,) = peer.changes(style="all_docs").results
    assert row["id"] == "a"
    assert sorted(change["rev"] for change in row["changes"]) == [f"2-{B}", f"2-{C}"]
    (row,) = peer.changes(style="main_only").results
    assert row["changes"] == [{"rev": f"2-{C}"}]


def test_changes_come_in_pages_that_join(peer: Peer) -> None:
    receive(peer, *(sent(f"d{n}", A) for n in range(7)))
    found: list[str] = []
    since: Any = 0
    while page := peer.changes(since=since, limit=3):
        if not page.results:
            break
        assert len(page.results) <= 3
        found += [row["id"] for row in page.results]
        since = page.last_seq
    assert sorted(found) == [f"d{n}" for n in range(7)]
    assert peer.changes(since=since).results == []


def test_changes_bring_the_winner_along(peer: Peer) -> None:
    receive(peer, sent("a", B, A, n=1), sent("gone", B, A, _deleted=True))
    rows = {row["id"]: row for row in peer.changes(include_docs=True).results}
    assert rows["a"]["doc"] == {"_id": "a", "_rev": f"2-{B}", "n": 1}
    assert "deleted" not in rows["a"]
    assert rows["gone"]["deleted"] is True
    assert rows["gone"]["doc"]["_deleted"] is True


def test_changes_may_be_asked_for_some_documents_only(peer: Peer) -> None:
    receive(peer, sent("a", A, kind="x"), sent("b", A, kind="y"), sent("c", A, kind="x"))
    assert {row["id"] for row in peer.changes(doc_ids=["a", "b", "z"]).results} == {"a", "b"}
    page = peer.changes(selector={"kind": "x"})
    assert {row["id"] for row in page.results} == {"a", "c"}
    assert peer.changes(since=page.last_seq, selector={"kind": "x"}).results == []


def test_a_reader_can_wait_for_the_next_change(peer: Peer) -> None:
    seq = peer.changes().last_seq
    timer = threading.Timer(0.2, lambda: receive(peer, sent("a", A)))
    timer.start()
    page = peer.changes(since=seq, wait_seconds=20)
    timer.join()
    assert [row["id"] for row in page.results] == ["a"]
    assert peer.changes(since=page.last_seq, wait_seconds=0.05).results == []


def test_revs_diff_names_only_what_is_missing(peer: Peer) -> None:
    receive(peer, sent("a", B, A), sent("b", A))
    answer = peer.revs_diff({"a": [f"2-{B}", f"1-{A}"], "b": [f"2-{X}"], "c": [f"1-{A}", f"1-{B}"]})
    assert set(answer) == {"b", "c"}
    assert answer["b"]["missing"] == [f"2-{X}"]
    assert answer["b"].get("possible_ancestors", [f"1-{A}"]) == [f"1-{A}"]
    assert sorted(answer["c"]["missing"]) == [f"1-{A}", f"1-{B}"]
    assert peer.revs_diff({}) == {}


def test_bulk_get_tells_what_is_not_there(peer: Peer) -> None:
    receive(peer, sent("a", A))
    answers = peer.bulk_get(
        [{"id": "a", "rev": f"1-{A}"}, {"id": "a", "rev": f"1-{B}"}, {"id": "z", "rev": f"1-{A}"}]
    )
    assert [("ok" in answer) for answer in answers] == [True, False, False]
    assert [(answer["error"]["id"], answer["error"]["rev"]) for answer in answers[1:]] == [
        ("a", f"1-{B}"),
        ("z", f"1-{A}"),
    ]
    assert peer.bulk_get([]) == []


def test_attachments_travel_inside_their_document(peer: Peer) -> None:
    receive(
        peer,
        sent("a", A, _attachments={"f": {"content_type": "text/plain", "data": "aGVsbG8=", "revpos": 1}}),
    )
    (answer,) = peer.bulk_get([{"id": "a", "rev": f"1-{A}"}])
    assert answer["ok"]["_attachments"]["f"]["data"] == "aGVsbG8="
    assert answer["ok"]["_attachments"]["f"]["content_type"] == "text/plain"
    (answer,) = peer.bulk_get([{"id": "a", "rev": f"1-{A}"}], attachments=False)
    assert answer["ok"]["_attachments"]["f"]["stub"] is True
    receive(peer, sent("a", B, A, _attachments={"f": {"stub": True, "revpos": 1, **_digest(answer)}}))
    (answer,) = peer.bulk_get([{"id": "a", "rev": f"2-{B}", "atts_since": [f"1-{A}"]}])
    assert answer["ok"]["_attachments"]["f"]["stub"] is True


def _digest(answer: Json) -> Json:
    entry = answer["ok"]["_attachments"]["f"]
    return {name: entry[name] for name in ("digest", "length", "content_type")}


def test_a_deleted_document_travels_as_a_tombstone(peer: Peer) -> None:
    receive(peer, sent("a", A), sent("a", B, A, _deleted=True, why="twice"))
    (answer,) = peer.bulk_get([{"id": "a", "rev": f"2-{B}"}])
    assert answer["ok"]["_deleted"] is True
    assert answer["ok"]["why"] == "twice"
    assert peer.info().doc_count == 0


def test_local_documents_are_kept_apart_and_guarded_by_their_revision(peer: Peer) -> None:
    assert peer.get_local("checkpoint") is None
    first = peer.put_local("checkpoint", {"session": 1})
    stored = peer.get_local("checkpoint")
    assert stored is not None
    assert (stored["_id"], stored["_rev"], stored["session"]) == ("_local/checkpoint", first, 1)
    second = peer.put_local("checkpoint", {"_rev": first, "session": 2})
    assert second != first
    with pytest.raises(Conflict):
        peer.put_local("checkpoint", {"_rev": first, "session": 3})
    assert peer.changes().results == []
    peer.ensure_full_commit()


@pytest.mark.parametrize(
    "document_id", ["a/b", "a b", "ñandú", "a+b%2F", "_design/x", "receipt:R0001:00000004", "…"]
)
def test_ids_travel_unharmed(peer: Peer, document_id: str) -> None:
    receive(peer, sent(document_id, A))
    assert [row["id"] for row in peer.changes().results] == [document_id]
    (answer,) = peer.bulk_get([{"id": document_id, "rev": f"1-{A}"}])
    assert answer["ok"]["_id"] == document_id
    peer.put_local(document_id.replace("_design/", ""), {})
    assert peer.get_local(document_id.replace("_design/", "")) is not None
