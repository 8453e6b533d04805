"""Facts judged by where they were found, beside what the database's own function already refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.reconcile.admission import Origin, fault_of
from receivables.fact_shapes import FACTS

VECTORS = json.loads(
    (Path(__file__).parents[4] / "tests" / "data" / "access_vectors.json").read_text("utf-8")
)
ORIGIN = Origin("andina", "ana", {"R0001": "ana", "R0002": "bruno"})


def found(kind: str, **changes: Any) -> dict[str, Any]:
    return VECTORS["bases"][kind] | {"_rev": "1-a"} | changes


@pytest.mark.parametrize("kind", sorted(VECTORS["bases"].keys() & FACTS.keys()))
def test_every_well_formed_fact_enters(kind: str) -> None:
    assert fault_of(found(kind), ORIGIN) is None


@pytest.mark.parametrize("year", ["1999", "2099"])
def test_an_impossible_time_enters_because_time_never_refuses_money(year: str) -> None:
    assert fault_of(found("receipt", created_at=f"{year}-11-21T15:04:05Z"), ORIGIN) is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"_rev": "2-b"}, "fact_immutable: _rev"),
        ({"_rev": "2-b", "_deleted": True}, "fact_deleted: _id"),
        ({"company": "otra"}, "writer_mismatch: company"),
        ({"collector": "bruno"}, "writer_mismatch: collector"),
        ({"total": 51379}, "sum_mismatch: payments"),
        ({"total": 513.78}, "amount_invalid: total"),
        ({"_id": "receipt:"}, "id_mismatch: _id"),
        ({"_id": "dunning_notice:mail:x"}, "server_only: _id"),
        (
            {"_id": "receipt:R0002:00000004", "series": "R0002", "number": "R0002-00000004"},
            "foreign_series: series",
        ),
        (
            {"_id": "receipt:R0009:00000004", "series": "R0009", "number": "R0009-00000004"},
            "series_unissued: series",
        ),
    ],
)
def test_a_receipt_that_is_not_what_its_database_says_does_not_enter(
    changes: dict[str, Any], fault: str
) -> None:
    assert fault_of(found("receipt", **changes), ORIGIN) == fault


def test_a_void_of_another_collectors_receipt_does_not_enter() -> None:
    assert (
        fault_of(found("receipt_void", receipt="receipt:R0002:00000001"), ORIGIN) == "foreign_series: series"
    )
