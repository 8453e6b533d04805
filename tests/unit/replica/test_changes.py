"""The changes feed: order, pages, filters, marks of origin, and waiting for the next change."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from replica import BadRequest, Database
from replica.tuning import SEQUENCE_BLOCK

Json = dict[str, Any]


def ids(page: Any) -> list[str]:
    return [row["id"] for row in page.results]


def write(db: Database, *names: str, **body: Any) -> None:
    db.bulk_docs([{"_id": name, **body} for name in names])


def edit(db: Database, name: str) -> None:
    document = db.get(name)
    db.put({**document, "n": document.get("n", 0) + 1})


def test_a_document_stands_once_at_its_last_change(db: Database) -> None:
    write(db, "a", "b", "c")
    edit(db, "a")
    page = db.changes()
    assert [(row["seq"], row["id"]) for row in page.results] == [(2, "b"), (3, "c"), (4, "a")]
    assert (page.last_seq, page.pending) == (4, 0)
    assert ids(db.changes(since=3)) == ["a"]
    assert ids(db.changes(since="3")) == ["a"]
    assert db.changes(since="now") == ([], 4, 0)
    assert ids(db.changes(descending=True, limit=2)) == ["a", "c"]


@pytest.mark.parametrize("since", [-1, "x", 1.5, True, "1-g1AAAA"])
def test_a_sequence_that_is_not_ours_is_refused(db: Database, since: Any) -> None:
    with pytest.raises(BadRequest, match="since"):
        db.changes(since=since)


def test_pages_join_without_gap_and_tell_how_many_are_left(db: Database) -> None:
    names = [f"d{n:02d}" for n in range(10)]
    write(db, *names)
    found: list[str] = []
    since, pending = 0, []
    while True:
        page = db.changes(since=since, limit=3)
        found += ids(page)
        pending.append(page.pending)
        since = page.last_seq
        if not page.results:
            break
    assert found == names
    assert pending == [7, 4, 1, 0, 0]


def test_pending_is_exact_across_blocks_of_sequences(db: Database) -> None:
    names = [f"d{n:05d}" for n in range(2 * SEQUENCE_BLOCK + 10)]
    write(db, *names)
    db.bulk_docs([{**row["doc"], "again": 1} for row in db.all_docs(include_docs=True, limit=100)["rows"]])
    db.purge({row["id"]: [row["value"]["rev"]] for row in db.all_docs(limit=10)["rows"]})
    everything = db.changes().results
    assert len(everything) == len(names) - 10
    for cut in (1, 700, SEQUENCE_BLOCK, len(everything) - 5):
        page = db.changes(limit=cut)
        assert page.pending == len(everything) - cut
        assert ids(db.changes(since=page.last_seq)) == [row["id"] for row in everything[cut:]]
    assert db.info().doc_count == len(names) - 10


def test_documents_come_along_with_their_deletion_and_conflicts(db: Database) -> None:
    rev = db.put({"_id": "a", "n": 1})
    db.bulk_docs([{"_id": "a", "_rev": "1-0"}], new_edits=False)
    gone = db.delete("b", db.put({"_id": "b"}))
    first, second = db.changes(include_docs=True, conflicts=True).results
    assert first["doc"] == {"_id": "a", "_rev": rev, "n": 1, "_conflicts": ["1-0"]}
    assert second["doc"] == {"_id": "b", "_rev": gone, "_deleted": True}


def test_filters_skip_rows_but_not_sequences(db: Database) -> None:
    write(db, "a", "b", "c", "d", kind="x")
    write(db, "e", kind="y")
    page = db.changes(selector={"kind": "y"})
    assert (ids(page), page.last_seq) == (["e"], 5)
    assert "doc" not in page.results[0]
    assert db.changes(selector={"kind": "z"}).last_seq == 5
    page = db.changes(selector={"kind": "x"}, limit=2)
    assert (ids(page), page.last_seq) == (["a", "b"], 2)
    page = db.changes(doc_ids=["d", "b", "nowhere"])
    assert (ids(page), page.last_seq) == (["b", "d"], 5)
    assert ids(db.changes(matches=lambda document: document["_id"] > "c")) == ["d", "e"]


# -- marks of origin -----------------------------------------------------------------------------------


def pull(db: Database, *documents: Json) -> None:
    assert db.bulk_docs(documents, new_edits=False, origin="peer") == []


def to_push(db: Database, since: int = 0) -> list[str]:
    page = db.changes(since=since, exclude_origin="peer")
    assert page.last_seq == db.update_seq
    return ids(page)


def test_what_a_pull_wrote_is_not_offered_back(db: Database) -> None:
    pull(db, {"_id": "a", "_rev": "1-a"}, {"_id": "b", "_rev": "1-b"})
    db.put({"_id": "mine"})
    assert to_push(db) == ["mine"]
    assert ids(db.changes()) == ["a", "b", "mine"]
    assert ids(db.changes(exclude_origin="somebody else")) == ["a", "b", "mine"]


def test_an_edit_made_here_is_offered_whatever_it_was_made_from(db: Database) -> None:
    pull(db, {"_id": "a", "_rev": "1-a"})
    edit(db, "a")
    assert to_push(db) == ["a"]


def test_a_leaf_of_ours_is_offered_although_a_pull_came_after_it(db: Database) -> None:
    db.put({"_id": "a"})
    pull(db, {"_id": "a", "_rev": "1-0"})
    assert to_push(db) == ["a"]


def test_a_pull_that_continues_what_was_ours_settles_it(db: Database) -> None:
    mine = db.put({"_id": "a"})[2:]
    pull(db, {"_id": "a", "_rev": "2-b", "_revisions": {"start": 2, "ids": ["b", mine]}})
    assert to_push(db) == []


def test_two_leaves_from_the_same_peer_are_both_known_to_it(db: Database) -> None:
    pull(db, {"_id": "a", "_rev": "1-a"})
    pull(db, {"_id": "a", "_rev": "1-b"})
    assert to_push(db) == []
    db.bulk_docs([{"_id": "a", "_rev": "1-c"}], new_edits=False, origin="other peer")
    assert to_push(db) == ["a"]


def test_a_forgotten_peer_is_offered_everything_again(db: Database) -> None:
    pull(db, {"_id": "a", "_rev": "1-a"})
    db.forget_origin("peer")
    assert to_push(db) == ["a"]
    pull(db, {"_id": "b", "_rev": "1-b"})
    assert to_push(db) == ["a"]


# -- waiting -------------------------------------------------------------------------------------------


def test_a_reader_that_waits_is_woken_by_the_next_commit(db: Database) -> None:
    write(db, "a")
    threading.Timer(0.1, lambda: db.put({"_id": "b"})).start()
    started = time.monotonic()
    assert ids(db.changes(since=1, wait_seconds=20)) == ["b"]
    assert time.monotonic() - started < 5


def test_a_reader_that_waits_for_a_filter_goes_on_waiting(db: Database) -> None:
    timers = [
        threading.Timer(0.05, lambda: write(db, "a")),
        threading.Timer(0.2, lambda: write(db, "b", kind="y")),
    ]
    for timer in timers:
        timer.start()
    assert ids(db.changes(selector={"kind": "y"}, wait_seconds=20)) == ["b"]


def test_waiting_ends_when_its_time_is_over(db: Database) -> None:
    assert db.changes(wait_seconds=0.05) == ([], 0, 0)
    assert db.wait_for_change(0, 0.01) is False
    write(db, "a")
    assert db.wait_for_change(0, 0) is True


def test_a_commit_of_another_process_is_noticed(db: Database, path: Path) -> None:
    with Database.open(path) as other:
        threading.Timer(0.1, lambda: other.put({"_id": "a"})).start()
        assert ids(db.changes(wait_seconds=20)) == ["a"]


def test_closing_wakes_those_who_wait(path: Path) -> None:
    db = Database.open(path)
    woken: list[bool] = []
    waiting = threading.Thread(target=lambda: woken.append(db.wait_for_change(0, 30)))
    waiting.start()
    time.sleep(0.05)
    db.close()
    waiting.join(5)
    assert woken == [False]
