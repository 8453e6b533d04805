"""`activity` and `received`, merged from facts in any order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.reconcile.activity import item_of, merge_activity
from backend.reconcile.received import keep_since, merge_received


def fact(kind: str, **body: Any) -> dict[str, Any]:
    return {"_id": f"{kind}:ana:01K", "collector": "ana", "created_at": "2026-11-21T15:00:00Z"} | body


@pytest.mark.parametrize(
    ("told", "at", "text"),
    [
        (fact("note", text="Perro bravo"), "2026-11-21T15:00:00Z", "Perro bravo"),
        (
            fact("visit", finished_at="2026-11-21T15:20:00Z", outcome="paid", comment="Pagó todo"),
            "2026-11-21T15:20:00Z",
            "paid · Pagó todo",
        ),
        (
            fact("visit", finished_at="2026-11-21T15:20:00Z", outcome="absent", comment=""),
            "2026-11-21T15:20:00Z",
            "absent",
        ),
        (
            fact("receipt", number="R0001-00000004", total=51378, currency="USD"),
            "2026-11-21T15:00:00Z",
            "R0001-00000004 · 513.78 USD",
        ),
        (
            fact("receipt", number="R0001-00000004", total=900, currency="CLP"),
            "2026-11-21T15:00:00Z",
            "R0001-00000004 · 900 CLP",
        ),
        (
            fact("promise", amount=100, currency="USD", promised_on="2026-12-01"),
            "2026-11-21T15:00:00Z",
            "1.00 USD · 2026-12-01",
        ),
        (fact("location_update", reason=None), "2026-11-21T15:00:00Z", ""),
        (
            fact(
                "dunning_notice",
                sent_at="2026-11-21T12:00:00Z",
                note="Reclamo por Falta de Pago",
                subject="Vencido",
            ),
            "2026-11-21T12:00:00Z",
            "Reclamo por Falta de Pago",
        ),
    ],
)
def test_an_item_tells_when_it_happened_and_what(told: dict[str, Any], at: str, text: str) -> None:
    item = item_of(told)
    assert (item["at"], item["text"], item["by"], item["ref"]) == (at, text, "ana", told["_id"])


def test_an_item_carries_the_figures_for_a_screen_in_any_language() -> None:
    told = item_of(fact("promise", amount=100, currency="USD", promised_on="2026-12-01", place=None))["told"]
    assert told == {"amount": 100, "currency": "USD", "promised_on": "2026-12-01"}
    assert item_of(fact("note", text="a" * 4000))["told"] == {"text": "a" * 500}


def test_a_fact_of_which_no_item_can_be_made_is_an_error_and_not_an_empty_item() -> None:
    with pytest.raises(KeyError):
        item_of(fact("promise", amount=100))


def test_activity_keeps_the_last_twenty_newest_first() -> None:
    items = [
        {"at": f"2026-11-21T15:00:{second:02d}Z", "ref": f"note:ana:{second:02d}"} for second in range(25)
    ]
    document = merge_activity(merge_activity(None, "C1", items[:13]), "C1", items[13:])
    assert [item["ref"] for item in document["items"]] == [
        f"note:ana:{second:02d}" for second in range(24, 4, -1)
    ]


def test_received_keeps_the_thousand_highest_counters_of_each_series() -> None:
    first = merge_received(None, "ana", [f"receipt:R0001:{counter:08d}" for counter in range(1, 1002)])
    document = merge_received(first, "ana", ["receipt:R0002:00000007", "receipt:R0001:00000003"])
    assert document["receipts"]["R0001"] == list(range(2, 1002))
    assert document["receipts"]["R0002"] == [7]


def test_received_keeps_the_thousand_newest_of_the_other_facts_by_when_they_were_written() -> None:
    notes = [f"note:ana:01K{number:05d}" for number in range(600)]
    visits = [f"visit:ana:01K{number:05d}" for number in range(600)]
    document = merge_received(merge_received(None, "ana", visits), "ana", notes)
    assert len(document["others"]) == 1000
    assert document["others"][0] == "note:ana:01K00100"


def test_a_further_fact_leaves_standing_since_when_facts_are_kept() -> None:
    told = keep_since(None, "ana", date(2026, 9, 20), ["note:ana:1"])
    merged = merge_received(told, "ana", ["receipt:R0001:00000007"])
    assert (merged["kept_since"], merged["waiting"]) == ("2026-09-20", ["note:ana:1"])
    assert merged["receipts"] == {"R0001": [7]}
    assert keep_since(merged, "ana", date(2026, 9, 21), [])["receipts"] == {"R0001": [7]}
