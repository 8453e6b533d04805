"""The edits of one collector's database, from what is wanted and what stands there."""

from __future__ import annotations

from typing import Any

import pytest

from backend.reconcile.placement import Wanted, generation, plan_edits

CUSTOMER = {"_id": "customer:C1", "_rev": "3-c", "schema": 1, "name": "Sol"}


def row(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": document["_id"],
        "id": document["_id"],
        "value": {"rev": document["_rev"]},
        "doc": document,
    }


def tombstone(doc_id: str, rev: str) -> dict[str, Any]:
    return {"key": doc_id, "id": doc_id, "value": {"rev": rev, "deleted": True}, "doc": None}


def absent(doc_id: str) -> dict[str, Any]:
    return {"key": doc_id, "error": "not_found"}


def test_a_new_document_is_written_without_a_revision_and_says_what_it_was_made_from() -> None:
    edits = plan_edits({"customer:C1": Wanted(CUSTOMER)}, [absent("customer:C1")])
    assert edits.writes == [{"_id": "customer:C1", "schema": 1, "name": "Sol", "source_rev": "3-c"}]


def test_a_returning_document_continues_the_tombstone_that_stands_there() -> None:
    edits = plan_edits({"customer:C1": Wanted(CUSTOMER)}, [tombstone("customer:C1", "2-t")])
    assert [(edit["_rev"], edit["source_rev"]) for edit in edits.writes] == [("2-t", "3-c")]


def test_equal_content_writes_nothing_even_from_another_source_revision() -> None:
    standing = {"_id": "customer:C1", "_rev": "7-x", "schema": 1, "name": "Sol", "source_rev": "1-a"}
    edits = plan_edits({"customer:C1": Wanted(CUSTOMER)}, [row(standing)])
    assert (edits.writes, edits.overtaken) == ([], [])


def test_changed_content_is_an_edit_of_the_revision_that_stands_there() -> None:
    standing = {"_id": "customer:C1", "_rev": "7-x", "schema": 1, "name": "Luna", "source_rev": "2-b"}
    edits = plan_edits({"customer:C1": Wanted(CUSTOMER)}, [row(standing)])
    assert [edit["_rev"] for edit in edits.writes] == ["7-x"]


def test_a_copy_of_a_later_source_revision_is_never_replaced() -> None:
    standing = {"_id": "customer:C1", "_rev": "7-x", "schema": 1, "name": "Luna", "source_rev": "10-d"}
    edits = plan_edits({"customer:C1": Wanted(CUSTOMER)}, [row(standing)])
    assert (edits.writes, edits.overtaken) == ([], ["customer:C1"])


@pytest.mark.parametrize("there", [absent("invoice:1"), tombstone("invoice:1", "2-t")])
def test_an_optional_document_is_not_brought(there: dict[str, Any]) -> None:
    paid = {"_id": "invoice:1", "_rev": "4-p", "state": "paid"}
    assert plan_edits({"invoice:1": Wanted(paid, optional=True)}, [there]).writes == []


def test_an_optional_document_is_kept_up_to_date_where_it_stands() -> None:
    paid = {"_id": "invoice:1", "_rev": "4-p", "state": "paid"}
    standing = {"_id": "invoice:1", "_rev": "1-x", "state": "open", "source_rev": "3-o"}
    edits = plan_edits({"invoice:1": Wanted(paid, optional=True)}, [row(standing)])
    assert [(edit["_rev"], edit["state"]) for edit in edits.writes] == [("1-x", "paid")]


def test_what_is_not_wanted_is_deleted_once() -> None:
    standing = {"_id": "customer:C1", "_rev": "7-x", "name": "Sol", "source_rev": "3-c"}
    wanted = {"customer:C1": Wanted(None), "customer:C2": Wanted(None), "customer:C3": Wanted(None)}
    edits = plan_edits(wanted, [row(standing), tombstone("customer:C2", "2-t"), absent("customer:C3")])
    assert edits.writes == [{"_id": "customer:C1", "_rev": "7-x", "_deleted": True}]


@pytest.mark.parametrize(("rev", "number"), [("12-abc", 12), ("1-", 1), ("", 0), ("x-1", 0), ("-1", 0)])
def test_the_generation_of_a_revision_is_its_number(rev: str, number: int) -> None:
    assert generation(rev) == number
