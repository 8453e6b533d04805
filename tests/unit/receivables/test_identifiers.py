"""Ids, numbers, codes and database names: built, taken apart, and refused where they can't be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from receivables import identifiers
from receivables.identifiers import BadIdentifier, DocumentId

NOW = datetime(2026, 11, 21, 15, 4, 5, 678000, tzinfo=UTC)


def test_receipt_id_and_number_carry_series_and_eight_digits() -> None:
    assert identifiers.receipt_id("R0001", 4) == "receipt:R0001:00000004"
    assert identifiers.receipt_number("R0001", 4) == "R0001-00000004"
    assert identifiers.posting_id("receipt:R0001:00000004") == "posting:R0001:00000004"


@pytest.mark.parametrize(
    ("series", "counter"),
    [
        ("r0001", 1),
        ("R", 1),
        ("1R", 1),
        ("R-1", 1),
        ("R1234567890", 1),
        ("R0001", 0),
        ("R0001", -1),
        ("R0001", 10**8),
    ],
)
def test_impossible_series_or_counter_is_refused(series: str, counter: int) -> None:
    with pytest.raises(BadIdentifier):
        identifiers.receipt_id(series, counter)


def test_receipt_id_and_number_are_taken_apart() -> None:
    assert identifiers.parse_receipt_id("receipt:AB12:00000099") == ("AB12", 99)
    assert identifiers.parse_receipt_number("AB12-00000099") == ("AB12", 99)


@pytest.mark.parametrize(
    "text",
    [
        "receipt:R0001:4",
        "receipt:R0001-00000004",
        "visit:R0001:00000004",
        "receipt:R0001:0000000٤",
        "receipt:R0001:00000004\n",
    ],
)
def test_what_is_no_receipt_id_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier):
        identifiers.parse_receipt_id(text)


def test_any_typed_id_is_taken_apart_known_or_not() -> None:
    assert identifiers.parse_id("invoice:001-001-000002154") == DocumentId(
        "invoice", "001-001-000002154", ("001-001-000002154",)
    )
    assert identifiers.parse_id("hologram:a:b").parts == ("a", "b")
    assert str(identifiers.parse_id("visit:ana:X")) == "visit:ana:X"


@pytest.mark.parametrize("text", ["", "invoice", ":key", "invoice:", "_design/recaudo"])
def test_id_without_type_or_key_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier):
        identifiers.parse_id(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ana", True),
        ("a1", True),
        ("a", False),
        ("Ana", False),
        ("1a", False),
        ("a-b", False),
        ("a" * 31, False),
    ],
)
def test_codes_are_short_lower_case_words(text: str, answer: bool) -> None:
    assert identifiers.is_code(text) is answer


@pytest.mark.parametrize("writer", ["office", "portal", "mail", "erp"])
def test_writers_that_are_not_people_cannot_collect(writer: str) -> None:
    assert identifiers.is_code(writer)
    assert not identifiers.is_collector_code(writer)
    with pytest.raises(BadIdentifier):
        identifiers.collector_database("andina", writer)


def test_collector_database_is_named_and_recognised() -> None:
    assert identifiers.collector_database("andina", "ana") == "andina-c-ana"
    assert identifiers.parse_collector_database("andina-c-ana") == ("andina", "ana")


@pytest.mark.parametrize(
    "name", ["andina", "andina-c-", "andina-c-mail", "andina-x-ana", "andina-c-ana-b", "_users"]
)
def test_other_databases_are_no_collectors(name: str) -> None:
    assert identifiers.parse_collector_database(name) is None


def test_ulid_is_time_then_chance_in_crockfords_alphabet() -> None:
    # github.com/ulid/spec: ten characters of milliseconds, sixteen of randomness.
    assert identifiers.new_ulid(datetime.fromtimestamp(0, UTC), bytes(10)) == "0" * 26
    assert identifiers.new_ulid(NOW, b"\xff" * 10)[10:] == "Z" * 16
    assert identifiers.new_ulid(datetime.fromtimestamp(1469918176.385, UTC), bytes(10))[:10] == "01ARYZ6S41"


def test_ulids_sort_by_time() -> None:
    earlier = identifiers.new_ulid(NOW, b"\xff" * 10)
    later = identifiers.new_ulid(NOW.replace(microsecond=679000), bytes(10))
    assert earlier < later
    assert identifiers.ULID.fullmatch(earlier)


def test_ulid_needs_an_instant_and_ten_bytes() -> None:
    with pytest.raises(ValueError, match="naive"):
        identifiers.new_ulid(NOW.replace(tzinfo=None), bytes(10))
    with pytest.raises(ValueError, match="10 random bytes"):
        identifiers.new_ulid(NOW, bytes(9))


def test_fact_id_names_type_writer_and_ulid() -> None:
    ulid = identifiers.new_ulid(NOW, bytes(10))
    assert identifiers.fact_id("visit", "ana", ulid) == f"visit:ana:{ulid}"
    with pytest.raises(BadIdentifier):
        identifiers.fact_id("visit", "Ana", ulid)
    with pytest.raises(BadIdentifier):
        identifiers.fact_id("visit", "ana", ulid.lower())


def test_dunning_key_names_policy_customer_day_and_foreign_currency() -> None:
    assert identifiers.dunning_key("standard", "C0001", date(2026, 3, 7)) == "standard-C0001-2026-03-07"
    assert (
        identifiers.dunning_key("standard", "C0001", date(2026, 3, 7), "EUR")
        == "standard-C0001-2026-03-07-EUR"
    )
