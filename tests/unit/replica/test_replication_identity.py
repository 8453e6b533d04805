"""The replication id: equal where runs continue one another, different where they must not."""

from __future__ import annotations

from replica.replication.identity import replication_id


def test_the_id_is_what_released_programs_wrote() -> None:
    """A change here makes every phone replicate from the beginning."""
    assert replication_id("a", "b") == "dc832869583eecfa38e6b3946092ae33"
    assert replication_id("a", "b", filter_name="receipts") == "78a6fd8ba7209d9d7b0b2ca1917ae56e"


def test_the_order_and_repetition_of_named_documents_do_not_matter() -> None:
    assert replication_id("a", "b", doc_ids=["x", "y", "x"]) == replication_id("a", "b", doc_ids=["y", "x"])


def test_the_order_of_a_selectors_keys_does_not_matter() -> None:
    one = replication_id("a", "b", selector={"x": 1, "y": {"$gt": 2, "$lt": 9}})
    assert one == replication_id("a", "b", selector={"y": {"$lt": 9, "$gt": 2}, "x": 1})


def test_sides_direction_and_selection_matter() -> None:
    ids = {
        replication_id("a", "b"),
        replication_id("b", "a"),
        replication_id("a", "c"),
        replication_id("a", "b", doc_ids=[]),
        replication_id("a", "b", doc_ids=["x"]),
        replication_id("a", "b", selector={"x": 1}),
        replication_id("a", "b", selector={"x": 2}),
        replication_id("a", "b", filter_name="receipts"),
        replication_id("a", "b", filter_name="photos"),
    }
    assert len(ids) == 9
