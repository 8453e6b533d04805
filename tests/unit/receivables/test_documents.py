"""Types, instants and dates of documents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from receivables import documents
from receivables.identifiers import BadIdentifier
from tests.support.builders import NOW, QUITO, ULID


def test_no_type_is_of_two_kinds() -> None:
    kinds = [documents.FACT_TYPES, documents.PROJECTION_TYPES, documents.SETTINGS_TYPES]
    assert len(frozenset().union(*kinds)) == sum(map(len, kinds))


@pytest.mark.parametrize(
    ("id_", "answer"),
    [
        ("receipt:R0001:00000001", True),
        ("visit:ana:X", True),
        ("invoice:F-1", False),
        ("receipt", False),
        ("_local/x", False),
    ],
)
def test_facts_are_known_by_their_id(id_: str, answer: bool) -> None:
    assert documents.is_fact(id_) is answer


def test_instants_are_written_in_utc_with_whole_seconds() -> None:
    moment = datetime(2026, 11, 21, 10, 4, 5, 999999, tzinfo=timezone(timedelta(hours=-5)))
    assert documents.rfc3339(moment) == "2026-11-21T15:04:05Z"
    assert documents.parse_instant("2026-11-21T10:04:05-05:00") == datetime(
        2026, 11, 21, 15, 4, 5, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text", ["2026-11-21", "2026-11-21T15:04:05", "2026-11-21 15:04:05Z", "2026-13-01T00:00:00Z", "now"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        documents.parse_instant(text)


@pytest.mark.parametrize("text", ["20261121", "2026-W47-6", "2026-02-30", "21-11-2026"])
def test_dates_have_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        documents.parse_date(text)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-22T04:59:59Z", date(2026, 11, 21)),
        ("2026-11-22T05:00:00Z", date(2026, 11, 22)),
        ("2026-11-21T05:00:00Z", date(2026, 11, 21)),
    ],
)
def test_local_date_turns_at_the_companys_midnight(instant: str, day: date) -> None:
    assert documents.local_on(documents.parse_instant(instant), QUITO) == day


def test_naive_datetimes_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        documents.rfc3339(NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="naive"):
        documents.local_on(NOW.replace(tzinfo=None), QUITO)


def test_new_fact_carries_who_when_and_where_it_was_written() -> None:
    fact = documents.new_fact(
        "note",
        {"customer": "C0001", "text": "x"},
        company="andina",
        collector="ana",
        device="D1",
        ulid=ULID,
        now=NOW,
        zone=QUITO,
    )
    assert fact == {
        "_id": f"note:ana:{ULID}",
        "schema": 1,
        "company": "andina",
        "collector": "ana",
        "device": "D1",
        "created_at": "2026-11-21T15:04:05Z",
        "local_on": "2026-11-21",
        "customer": "C0001",
        "text": "x",
    }


@pytest.mark.parametrize("kind", ["receipt", "invoice", "hologram"])
def test_only_facts_named_by_a_ulid_are_built_so(kind: str) -> None:
    with pytest.raises(ValueError, match=kind):
        documents.new_fact(
            kind, {}, company="andina", collector="ana", device="D1", ulid=ULID, now=NOW, zone=QUITO
        )


def test_fact_of_an_impossible_writer_is_refused() -> None:
    with pytest.raises(BadIdentifier):
        documents.new_fact(
            "note", {}, company="andina", collector="Ana", device="D1", ulid=ULID, now=NOW, zone=QUITO
        )
