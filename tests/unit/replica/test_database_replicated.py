"""Edits made elsewhere (`new_edits=false`): joined to the tree, never refused for their place in it."""

from __future__ import annotations

from typing import Any

import pytest

from replica import BadRequest, Database, Forbidden, NotFound

Json = dict[str, Any]


def sent(document_id: str, *digests: str, start: int | None = None, **body: Any) -> Json:
    generation = len(digests) if start is None else start
    revisions = {"start": generation, "ids": list(digests)}
    return {"_id": document_id, "_rev": f"{generation}-{digests[0]}", "_revisions": revisions, **body}


def receive(db: Database, *documents: Json, **options: Any) -> list[Json]:
    return db.bulk_docs(documents, new_edits=False, **options)


def leaves(db: Database, document_id: str) -> list[str]:
    return [entry["ok"]["_rev"] for entry in db.open_revisions(document_id)]


def test_a_replicated_edit_keeps_its_revision(db: Database) -> None:
    assert receive(db, sent("a", "b", "a", n=1)) == []
    assert db.get("a", revs=True) == {
        "_id": "a",
        "_rev": "2-b",
        "n": 1,
        "_revisions": {"start": 2, "ids": ["b", "a"]},
    }


def test_a_known_revision_changes_nothing(db: Database) -> None:
    receive(db, sent("a", "b", "a", n=1))
    assert receive(db, sent("a", "b", "a", n=2), sent("a", "a", n=3)) == []
    assert (db.update_seq, db.get("a")["n"]) == (1, 1)


def test_a_revision_without_history_is_a_branch_of_one(db: Database) -> None:
    receive(db, {"_id": "a", "_rev": "7-z"})
    assert db.get("a", revs=True)["_revisions"] == {"start": 7, "ids": ["z"]}


@pytest.mark.parametrize(
    "history",
    [
        {},
        {"_revisions": {"start": 1, "ids": ["b", "a"]}},
        {"_revisions": {"start": 2, "ids": []}},
        {"_revisions": {"start": 2, "ids": [7]}},
        {"_rev": "2-x", "_revisions": {"start": 2, "ids": ["b", "a"]}},
    ],
)
def test_a_history_that_makes_no_sense_is_refused(db: Database, history: Json) -> None:
    with pytest.raises(BadRequest):
        receive(db, {"_id": "a", **history})


def test_two_edits_of_one_revision_are_a_conflict_and_both_are_kept(db: Database) -> None:
    receive(db, sent("a", "b", "a", n="b"), sent("a", "c", "a", n="c"))
    assert db.get("a", conflicts=True) == {"_id": "a", "_rev": "2-c", "n": "c", "_conflicts": ["2-b"]}
    assert db.get("a", rev="2-b")["n"] == "b"
    assert db.conflicts() == [{"id": "a", "rev": "2-c", "conflicts": ["2-b"]}]
    assert db.changes(style="all_docs").results[0]["changes"] == [{"rev": "2-c"}, {"rev": "2-b"}]
    assert db.changes(style="main_only").results[0]["changes"] == [{"rev": "2-c"}]
    assert db.all_docs(include_docs=True, conflicts=True)["rows"][0]["doc"]["_conflicts"] == ["2-b"]


def test_deleting_the_winner_lets_the_other_leaf_win(db: Database) -> None:
    receive(db, sent("a", "b", "a", n="b"), sent("a", "c", "a", n="c"))
    tombstone = db.delete("a", "2-c")
    assert db.get("a", deleted_conflicts=True) == {
        "_id": "a",
        "_rev": "2-b",
        "n": "b",
        "_deleted_conflicts": [tombstone],
    }
    assert db.conflicts() == []
    assert leaves(db, "a") == ["2-b", tombstone]


def test_a_losing_branch_changes_the_feed_but_not_the_winner(db: Database) -> None:
    receive(db, sent("a", "c", "a", n="c"))
    db.put({"_id": "other"})
    receive(db, sent("a", "b", "a", n="b"))
    assert [row["id"] for row in db.changes().results] == ["other", "a"]
    assert db.get("a")["n"] == "c"


def test_latest_follows_a_revision_to_what_continues_it(db: Database) -> None:
    receive(db, sent("a", "b", "a"), sent("a", "c", "a"))
    assert db.get("a", rev="1-a", latest=True)["_rev"] == "2-c"
    found = db.open_revisions("a", ["1-a", "9-x"], latest=True)
    assert [entry.get("missing") or entry["ok"]["_rev"] for entry in found] == ["2-c", "2-b", "9-x"]


def test_open_revisions_answers_for_each_that_is_asked(db: Database) -> None:
    receive(db, sent("a", "b", "a"))
    assert db.open_revisions("a", ["2-b", "1-a"]) == [{"ok": {"_id": "a", "_rev": "2-b"}}, {"missing": "1-a"}]
    assert db.open_revisions("z", ["1-a"]) == [{"missing": "1-a"}]
    with pytest.raises(NotFound):
        db.open_revisions("z")


def test_revs_diff_names_what_is_missing_and_what_may_be_its_ancestor(db: Database) -> None:
    receive(db, sent("a", "b", "a"), sent("b", "x"))
    assert db.revs_diff({"a": ["2-b", "1-a"], "b": ["1-x", "2-y"], "c": ["1-a"]}) == {
        "b": {"missing": ["2-y"], "possible_ancestors": ["1-x"]},
        "c": {"missing": ["1-a"]},
    }
    with pytest.raises(BadRequest):
        db.revs_diff({"a": ["nonsense"]})


def test_bulk_get_answers_each_with_its_history(db: Database) -> None:
    receive(db, sent("a", "b", "a"), sent("a", "c", "a"), sent("d", "x"))
    answers = db.bulk_get(
        [{"id": "a", "rev": "2-b"}, {"id": "d", "rev": "1-x"}, {"id": "d", "rev": "1-y"}, {"id": "z"}]
    )
    assert answers[0]["ok"]["_revisions"] == {"start": 2, "ids": ["b", "a"]}
    assert answers[1]["ok"] == {"_id": "d", "_rev": "1-x", "_revisions": {"start": 1, "ids": ["x"]}}
    assert answers[2]["error"] == {"id": "d", "rev": "1-y", "error": "not_found", "reason": "missing"}
    assert answers[3]["error"]["rev"] == "undefined"
    assert [answer["ok"]["_rev"] for answer in db.bulk_get([{"id": "a"}])] == ["2-c", "2-b"]


def test_histories_are_cut_to_the_limit(db: Database) -> None:
    db.revs_limit = 2
    receive(db, sent("a", "d", "c", "b", "a"))
    assert db.get("a", revs=True)["_revisions"] == {"start": 4, "ids": ["d", "c"]}
    assert receive(db, sent("a", "d", "c", "b", "a")) == []
    assert db.update_seq == 1


def test_the_hook_sees_the_history_and_the_nearest_parent_on_disk(db: Database) -> None:
    seen: list[tuple[Json, Json | None]] = []

    def validate(new: Json, old: Json | None) -> None:
        seen.append((new, old))
        raise Forbidden("no")

    receive(db, sent("a", "b", "a", n=2))
    refused = receive(db, sent("a", "d", "c", "b", "a", n=4), sent("a", "x", "a", n=5), validate=validate)
    assert seen[0][0]["_revisions"] == {"start": 4, "ids": ["d", "c", "b", "a"]}
    assert seen[0][1] == {"_id": "a", "_rev": "2-b", "n": 2}
    assert seen[1][1] is None
    assert refused[0] == {"id": "a", "rev": "4-d", "error": "forbidden", "reason": "no"}
    assert leaves(db, "a") == ["2-b"]


# -- documents with one writer ---------------------------------------------------------------------------


def projections(document_id: str) -> bool:
    return document_id.startswith("customer:")


def test_a_stemmed_revision_of_its_only_writer_replaces_what_it_does_not_connect_with(db: Database) -> None:
    receive(db, sent("customer:1", "b", "a", n=1), replaces=projections)
    receive(db, sent("customer:1", "z", "y", start=9, n=2), replaces=projections)
    assert leaves(db, "customer:1") == ["9-z"]
    assert db.get("customer:1")["n"] == 2


def test_a_stemmed_tombstone_of_its_only_writer_removes_the_document(db: Database) -> None:
    receive(db, sent("customer:1", "b", "a"), replaces=projections)
    receive(db, sent("customer:1", "z", start=5, _deleted=True), replaces=projections)
    with pytest.raises(NotFound, match="deleted"):
        db.get("customer:1")
    assert db.info().doc_count == 0


def test_two_leaves_of_the_writer_itself_are_both_kept(db: Database) -> None:
    receive(db, sent("customer:1", "b", "a"), replaces=projections)
    receive(db, sent("customer:1", "y", start=5), sent("customer:1", "z", start=5), replaces=projections)
    assert leaves(db, "customer:1") == ["5-z", "5-y"]


def test_what_connects_continues_and_what_others_write_is_never_replaced(db: Database) -> None:
    receive(db, sent("customer:1", "b", "a"), sent("note:1", "b", "a"), replaces=projections)
    receive(db, sent("customer:1", "c", "b", start=3), sent("note:1", "z", start=9), replaces=projections)
    assert db.get("customer:1", revs=True)["_revisions"]["ids"] == ["c", "b", "a"]
    assert leaves(db, "note:1") == ["9-z", "2-b"]


@pytest.fixture
def in_two_pieces(db: Database) -> Database:
    """A deletion that came without its history, beside what it deleted."""
    db.create_index(["n"])
    receive(db, sent("a", "a", n=1))
    receive(db, sent("a", "b", start=2, _deleted=True))
    assert db.get("a")["_rev"] == "1-a"
    return db


def test_a_piece_that_may_be_the_beginning_of_another_is_asked_about(in_two_pieces: Database) -> None:
    asked = in_two_pieces.revs_diff({"a": ["2-b"]})
    assert asked == {"a": {"missing": ["2-b"], "possible_ancestors": ["1-a"]}}
    assert in_two_pieces.revs_diff({"a": ["1-a"]}) == {}


def test_a_conflict_whose_history_is_whole_is_not_asked_about(db: Database) -> None:
    receive(
        db, sent("a", "c", "b", "a"), sent("a", "z", "a"), sent("b", "c", start=3), sent("b", "z", start=3)
    )
    assert db.revs_diff({"a": ["3-c", "2-z", "2-b", "1-a"], "b": ["3-c", "3-z"]}) == {}


def test_a_history_that_joins_two_pieces_changes_the_document(in_two_pieces: Database) -> None:
    db = in_two_pieces
    seq = db.update_seq
    assert receive(db, sent("a", "b", "a", _deleted=True)) == []
    with pytest.raises(NotFound, match="deleted"):
        db.get("a")
    assert leaves(db, "a") == ["2-b"]
    assert db.changes(since=seq).results == [
        {"seq": seq + 1, "id": "a", "changes": [{"rev": "2-b"}], "deleted": True}
    ]
    assert (db.info().doc_count, db.all_docs()["rows"]) == (0, [])
    assert db.find({"n": 1})["docs"] == []
    assert receive(db, sent("a", "b", "a", _deleted=True)) == []
    assert db.update_seq == seq + 1


def test_a_history_that_joins_a_loser_leaves_the_winner(db: Database) -> None:
    receive(db, sent("a", "d", start=4, n=4), sent("a", "z", start=3, n=3))
    assert receive(db, sent("a", "d", "z", start=4, n=4)) == []
    assert db.get("a", conflicts=True, revs=True) == {
        "_id": "a", "_rev": "4-d", "n": 4, "_revisions": {"start": 4, "ids": ["d", "z"]},
    }  # fmt: skip
    assert db.conflicts() == []
