"""Queries over declared indexes: which one is chosen, what it reads, and that it only ever saves work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from replica import BadRequest, Database, NotFound
from replica.queries import NoUsableIndex

Json = dict[str, Any]


@pytest.fixture
def invoices(db: Database) -> Database:
    db.bulk_docs(
        [
            {"_id": f"invoice:{n:03d}", "customer": f"C{n % 10}", "due": n, "balance": n * 100}
            for n in range(100)
        ]
        + [{"_id": "_design/x", "customer": "C1", "due": 1}, {"_id": "note:1", "customer": "C1"}]
    )
    return db


def numbers(answer: Json) -> list[int]:
    return [document["due"] for document in answer["docs"]]


def examined(answer: Json) -> int:
    return int(answer["execution_stats"]["total_docs_examined"])


def chosen(db: Database, selector: Json, **options: Any) -> str:
    return str(db.explain(selector, **options)["index"]["name"])


def test_without_an_index_every_document_is_read_and_the_answer_says_so(invoices: Database) -> None:
    answer = invoices.find({"customer": "C1", "due": {"$gt": 50}})
    assert numbers(answer) == [51, 61, 71, 81, 91]
    assert examined(answer) == 102
    assert "create an index" in answer["warning"]
    assert chosen(invoices, {"customer": "C1"}) == "_all_docs"


def test_an_index_reads_only_its_range(invoices: Database) -> None:
    assert invoices.create_index(["customer", "due"], name="by_customer", design="lists") == {
        "result": "created",
        "id": "_design/lists",
        "name": "by_customer",
    }
    answer = invoices.find({"customer": "C1", "due": {"$gt": 50}})
    assert numbers(answer) == [51, 61, 71, 81, 91]
    assert examined(answer) == 5
    assert "warning" not in answer
    plan = invoices.explain({"customer": "C1", "due": {"$gt": 50}})
    assert plan["index"]["def"] == {"fields": [{"customer": "asc"}, {"due": "asc"}]}
    assert plan["mrargs"]["direction"] == "fwd"
    for bounds in ({"$gte": 50, "$lt": 71}, {"$gt": 41, "$lte": 61}):
        assert numbers(invoices.find({"customer": "C1", "due": bounds})) == [51, 61]
        assert examined(invoices.find({"customer": "C1", "due": bounds})) == 2


def test_an_index_is_not_used_where_it_could_hide_a_match(invoices: Database) -> None:
    invoices.create_index(["customer", "due"], name="both")
    assert chosen(invoices, {"customer": "C1"}) == "_all_docs"
    assert [d["_id"] for d in invoices.find({"customer": "C1"})["docs"]][-1] == "note:1"
    assert chosen(invoices, {"customer": "C1", "due": {"$exists": True}}) == "both"
    assert chosen(invoices, {"$or": [{"customer": "C1", "due": 1}]}) == "_all_docs"
    assert chosen(invoices, {"$and": [{"customer": "C1"}, {"due": 1}]}) == "both"


def test_the_index_that_narrows_most_is_chosen(invoices: Database) -> None:
    invoices.create_index(["due"], name="due")
    invoices.create_index(["customer", "due"], name="both")
    assert chosen(invoices, {"customer": "C1", "due": 1}) == "both"
    assert chosen(invoices, {"due": {"$gt": 1}}) == "due"
    asked: Any = {"index": ["_design/x", "due"]}
    assert chosen(invoices, {"customer": "C1", "due": 1}, **asked) == "both"
    warning = invoices.find({"customer": "C1", "due": 1}, **asked)["warning"]
    assert warning == "_design/x, due was not used because it is not a valid index for this query."
    with pytest.raises(NoUsableIndex, match="_design/x, due was not used"):
        invoices.find({"customer": "C1", "due": 1}, allow_fallback=False, **asked)
    design = next(index["ddoc"] for index in invoices.list_indexes()["indexes"] if index["name"] == "due")
    assert chosen(invoices, {"customer": "C1", "due": 1}, index=design) == "due"


def test_a_sort_follows_an_index_or_is_refused(invoices: Database) -> None:
    with pytest.raises(NoUsableIndex, match="No index exists for this sort"):
        invoices.find({"due": {"$gt": 0}}, sort=["due"])
    invoices.create_index(["customer", "due"])
    assert numbers(invoices.find({"customer": "C1"}, sort=[{"due": "desc"}], limit=3)) == [91, 81, 71]
    assert numbers(invoices.find({"customer": "C1"}, sort=["customer", "due"], limit=2, skip=1)) == [11, 21]
    assert [d["_id"] for d in invoices.find({}, sort=[{"_id": "desc"}], limit=1)["docs"]] == ["note:1"]
    with pytest.raises(BadRequest, match="one way"):
        invoices.find({}, sort=[{"a": "asc"}, {"b": "desc"}])


@pytest.mark.parametrize("indexed", [True, False])
def test_pages_join_by_bookmark(invoices: Database, indexed: bool) -> None:
    if indexed:
        invoices.create_index(["due"])
    found: list[int] = []
    bookmark = None
    while True:
        answer = invoices.find({"due": {"$gte": 10}}, limit=7, bookmark=bookmark)
        if not answer["docs"]:
            break
        found += numbers(answer)
        bookmark = answer["bookmark"]
    assert found == list(range(10, 100))
    with pytest.raises(BadRequest, match="bookmark"):
        invoices.find({}, bookmark="nonsense")


def test_fields_are_projected_at_their_paths(db: Database) -> None:
    db.put({"_id": "a", "place": {"lat": 1, "lon": 2}, "n": None})
    assert db.find({}, fields=["place.lat", "n", "absent"])["docs"] == [{"place": {"lat": 1}, "n": None}]


def test_conflicts_are_told_where_asked(db: Database) -> None:
    db.bulk_docs([{"_id": "a", "_rev": f"1-{x}"} for x in "bc"], new_edits=False)
    assert db.find({}, conflicts=True)["docs"][0]["_conflicts"] == ["1-b"]


def test_an_index_follows_edits_deletions_and_conflicts(db: Database) -> None:
    db.create_index(["n"])

    def found() -> list[int]:
        answer = db.find({"n": {"$gt": None}})
        assert examined(answer) == len(answer["docs"])
        return [document["n"] for document in answer["docs"]]

    rev = db.put({"_id": "a", "n": 1})
    rev = db.put({"_id": "a", "_rev": rev, "n": 2})
    assert found() == [2]
    db.bulk_docs([{"_id": "a", "_rev": "9-z", "n": 9}], new_edits=False)
    assert found() == [9]
    db.delete("a", "9-z")
    assert found() == [2]
    db.delete("a", rev)
    assert found() == []
    db.put({"_id": "a"})
    assert found() == []
    db.bulk_docs([{"_id": "b", "n": 1}, {"_id": "c", "n": 1}])
    assert found() == [1, 1]


def test_a_partial_index_holds_what_its_filter_admits_and_is_used_by_name(invoices: Database) -> None:
    invoices.create_index(["due"], name="late", design="late", partial_filter_selector={"due": {"$gt": 90}})
    assert chosen(invoices, {"due": {"$gt": 0}}) == "_all_docs"
    answer = invoices.find({"due": {"$gt": 0}}, index="late")
    assert numbers(answer) == list(range(91, 100))
    assert examined(answer) == 9


def test_an_index_is_declared_once_changed_by_declaring_it_again_and_forgotten(invoices: Database) -> None:
    assert invoices.create_index(["due"], name="i", design="d")["result"] == "created"
    assert invoices.create_index(["due"], name="i", design="d")["result"] == "exists"
    assert invoices.create_index(["customer"], name="i", design="d")["result"] == "created"
    assert invoices.list_indexes()["total_rows"] == 2
    assert examined(invoices.find({"customer": "C3"})) == 10
    invoices.compact()
    invoices.delete_index("_design/d", "i")
    assert [index["name"] for index in invoices.list_indexes()["indexes"]] == ["_all_docs"]
    with pytest.raises(NotFound):
        invoices.delete_index("d", "i")
    for fields in ([], [{"a": "up"}], [7], "text"):
        with pytest.raises(BadRequest):
            invoices.create_index(fields)


def test_another_process_keeps_an_index_it_did_not_declare(db: Database, path: Path) -> None:
    with Database.open(path) as other:
        other.put({"_id": "a", "n": 1})
        db.create_index(["n"])
        other.put({"_id": "b", "n": 2})
        answer = db.find({"n": {"$gt": 0}})
        assert [document["_id"] for document in answer["docs"]] == ["a", "b"]
        assert examined(answer) == 2


def test_ids_are_a_range_without_any_index(invoices: Database) -> None:
    answer = invoices.find({"_id": {"$gte": "invoice:090", "$lt": "note:"}})
    assert numbers(answer) == list(range(90, 100))
    assert examined(answer) == 10
    assert "warning" not in answer
    assert examined(invoices.find({"_id": {"$beginsWith": "invoice:00"}})) == 10
