"""Edits made here: CouchDB's rules for PUT, DELETE and `_bulk_docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from replica import BadRequest, Conflict, Database, Forbidden, InvalidDocument, NotFound, StorageError

Json = dict[str, Any]


def test_an_edit_continues_the_revision_it_names(db: Database) -> None:
    first = db.put({"_id": "a", "n": 1})
    second = db.put({"_id": "a", "_rev": first, "n": 2})
    assert first.startswith("1-")
    assert db.get("a") == {"_id": "a", "_rev": second, "n": 2}
    assert db.get("a", rev=first)["n"] == 1
    assert db.get("a", revs=True)["_revisions"]["ids"] == [second[2:], first[2:]]


@pytest.mark.parametrize("rev", [None, "1-b", "2-b"])
def test_an_edit_of_anything_but_a_leaf_is_a_conflict(db: Database, rev: str | None) -> None:
    db.put({"_id": "a"})
    with pytest.raises(Conflict):
        db.put({"_id": "a", "n": 2} | ({"_rev": rev} if rev else {}))
    assert "n" not in db.get("a")


def test_a_revision_of_a_document_that_is_not_there_is_a_conflict(db: Database) -> None:
    with pytest.raises(Conflict):
        db.put({"_id": "a", "_rev": "1-b"})


def test_a_deleted_document_is_gone_but_its_tombstone_is_kept(db: Database) -> None:
    rev = db.delete("a", db.put({"_id": "a", "n": 1}))
    with pytest.raises(NotFound, match="deleted"):
        db.get("a")
    assert db.get("a", rev=rev) == {"_id": "a", "_rev": rev, "_deleted": True}
    assert db.all_docs()["rows"] == []
    assert db.all_docs(keys=["a"])["rows"] == [
        {"id": "a", "key": "a", "value": {"rev": rev, "deleted": True}}
    ]
    assert db.changes().results == [{"seq": 2, "id": "a", "changes": [{"rev": rev}], "deleted": True}]
    assert (db.info().doc_count, db.statistics()["doc_del_count"]) == (0, 1)


def test_a_document_comes_back_on_the_branch_that_was_deleted(db: Database) -> None:
    first = db.put({"_id": "a"})
    tombstone = db.delete("a", first)
    third = db.put({"_id": "a", "n": 2})
    assert third.startswith("3-")
    assert db.get("a", revs=True)["_revisions"]["ids"] == [rev[2:] for rev in (third, tombstone, first)]


def test_a_tombstone_may_have_a_body(db: Database) -> None:
    rev = db.put({"_id": "a", "_deleted": True, "why": "twice"})
    assert db.get("a", rev=rev)["why"] == "twice"


def test_deleting_what_is_not_there_is_not_found(db: Database) -> None:
    with pytest.raises(NotFound):
        db.delete("a", "1-a")


def test_equal_edits_on_two_devices_are_one_revision(db: Database, tmp_path: Path) -> None:
    with Database.open(tmp_path / "bruno.sqlite") as other:
        assert db.put({"_id": "a", "x": [1], "y": 2}) == other.put({"y": 2, "x": [1], "_id": "a"})


def test_a_batch_answers_for_each_document(db: Database) -> None:
    db.put({"_id": "a"})
    answers = db.bulk_docs([{"_id": "a"}, {"_id": "b"}, {"_id": "b"}, {"n": 1}])
    assert answers[0] == {"id": "a", "error": "conflict", "reason": "Document update conflict."}
    assert answers[1]["ok"] is True
    assert answers[2]["error"] == "conflict"
    assert db.get(answers[3]["id"])["n"] == 1


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"_id": "b", "_foo": 1}, InvalidDocument),
        ({"_id": ""}, BadRequest),
        ({"_id": 7}, BadRequest),
        ({"_id": "_b"}, BadRequest),
        ({"_id": "_design/"}, BadRequest),
        ({"_id": "\ud800"}, BadRequest),
        ({"_id": "b", "_rev": "x"}, BadRequest),
        ({"_id": "b", "n": float("nan")}, BadRequest),
        ({"_id": "b", "_deleted": 1}, BadRequest),
        ({"_id": "b", "_attachments": {"f": {}}}, BadRequest),
        ("text", BadRequest),
    ],
)
def test_one_ill_formed_document_spoils_its_batch(
    db: Database, document: Json, error: type[Exception]
) -> None:
    with pytest.raises(error):
        db.bulk_docs([{"_id": "good"}, document])
    assert db.update_seq == 0


def test_what_a_reader_added_is_dropped_when_it_comes_back(db: Database) -> None:
    db.put({"_id": "a", "_conflicts": [], "_revs_info": [], "_local_seq": 1, "_replication_state": "done"})
    assert set(db.get("a")) == {"_id", "_rev", "_replication_state"}


def test_only_so_many_ancestors_are_remembered(db: Database) -> None:
    db.revs_limit = 3
    rev = None
    for n in range(6):
        rev = db.put({"_id": "a", "n": n} | ({"_rev": rev} if rev else {}))
    assert db.get("a", revs=True)["_revisions"]["start"] == 6
    assert len(db.get("a", revs=True)["_revisions"]["ids"]) == 3
    with pytest.raises(BadRequest):
        db.revs_limit = 0


def test_revs_info_tells_which_bodies_are_left(db: Database) -> None:
    first = db.put({"_id": "a"})
    second = db.delete("a", first)
    third = db.put({"_id": "a"})
    assert [entry["status"] for entry in db.get("a", revs_info=True)["_revs_info"]] == [
        "available",
        "deleted",
        "available",
    ]
    db.compact()
    assert [(entry["rev"], entry["status"]) for entry in db.get("a", revs_info=True)["_revs_info"]] == [
        (third, "available"),
        (second, "missing"),
        (first, "missing"),
    ]
    with pytest.raises(NotFound, match="missing"):
        db.get("a", rev=first)


# -- validation --------------------------------------------------------------------------------------


def test_the_hook_sees_the_new_document_and_its_parent_and_refuses_one_by_one(db: Database) -> None:
    seen: list[tuple[Json, Json | None]] = []

    def validate(new: Json, old: Json | None) -> None:
        seen.append((new, old))
        if new.get("n") == 13:
            raise Forbidden("no luck")

    rev = db.put({"_id": "a", "n": 1}, validate=validate)
    answers = db.bulk_docs(
        [{"_id": "a", "_rev": rev, "n": 2}, {"_id": "b", "n": 13}, {"_id": "_local/c", "n": 13}],
        validate=validate,
    )
    assert seen[0] == ({"_id": "a", "n": 1}, None)
    assert seen[1] == ({"_id": "a", "_rev": rev, "n": 2}, {"_id": "a", "_rev": rev, "n": 1})
    assert [answer.get("error") for answer in answers] == [None, "forbidden", None]
    assert answers[1]["reason"] == "no luck"
    with pytest.raises(NotFound):
        db.get("b")
    with pytest.raises(Forbidden):
        db.put({"_id": "b", "n": 13}, validate=validate)


# -- transactions ------------------------------------------------------------------------------------


def test_a_transaction_is_all_or_nothing(db: Database) -> None:
    with db.transaction() as t:
        t.put({"_id": "receipt"})
        t.put_local("counter", {"next": 2})
        assert t.get("receipt")["_id"] == "receipt"
        assert t.get_local("counter") == {"_id": "_local/counter", "_rev": "0-1", "next": 2}
    with pytest.raises(RuntimeError), db.transaction() as t:
        t.put({"_id": "other"})
        t.put_local("counter", {"_rev": "0-1", "next": 3})
        raise RuntimeError
    with pytest.raises(NotFound):
        db.get("other")
    assert db.get_local("counter") == {"_id": "_local/counter", "_rev": "0-1", "next": 2}
    assert db.update_seq == 1


def test_nobody_sees_a_transaction_before_it_ends(db: Database) -> None:
    with db.transaction() as t:
        t.put({"_id": "a"})
        with pytest.raises(NotFound):
            db.get("a")
    assert db.get("a")


def test_writing_through_the_database_inside_its_transaction_is_refused_rather_than_waiting_for_ever(
    db: Database,
) -> None:
    with db.transaction() as t:
        t.put({"_id": "a"})
        with pytest.raises(StorageError, match="inside transaction"):
            db.put({"_id": "b"})
    assert db.get("a")


# -- local documents -----------------------------------------------------------------------------------


def test_a_local_document_counts_its_revisions_and_leaves_no_change(db: Database) -> None:
    assert db.get_local("k") is None
    assert db.put_local("k", {"n": 1}) == "0-1"
    assert db.put_local("k", {"_rev": "0-1", "n": 2}) == "0-2"
    for stale in ({"n": 3}, {"_rev": "0-1", "n": 3}):
        with pytest.raises(Conflict):
            db.put_local("k", stale)
    assert db.get_local("k") == {"_id": "_local/k", "_rev": "0-2", "n": 2}
    assert db.changes().results == []
    assert db.bulk_docs([{"_id": "_local/k2", "n": 1}]) == [{"ok": True, "id": "_local/k2", "rev": "0-1"}]
    assert [document["_id"] for document in db.local_docs()] == ["_local/k", "_local/k2"]
    with pytest.raises(Conflict):
        db.delete_local("k", "0-1")
    db.delete_local("k", "0-2")
    with pytest.raises(NotFound):
        db.delete_local("k")
