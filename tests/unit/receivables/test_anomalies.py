"""What deserves a look: judged from the facts alone, at the edges too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from receivables.anomalies import (
    Claim,
    clock_faults,
    distance_from,
    instruments,
    over_allocated,
    plain_reference,
)
from tests.support.builders import a_receipt

RECEIVED = datetime(2026, 11, 21, 15, 4, 5, tzinfo=UTC)


def a_claim(receipt: str, amount: int, at: str = "10:00", *, decided: bool = False) -> Claim:
    return Claim(receipt, amount, f"2026-11-21T{at}:00Z", decided)


@pytest.mark.parametrize(
    ("balance", "claims", "short"),
    [
        (100, [a_claim("a", 100)], {}),
        (100, [a_claim("a", 100), a_claim("b", 1, "11:00")], {"b": 1}),
        (100, [a_claim("a", 60, "11:00"), a_claim("b", 60, "10:00")], {"a": 20}),
        (100, [a_claim("a", 60, "11:00", decided=True), a_claim("b", 60, "10:00")], {"b": 20}),
        (0, [a_claim("a", 7)], {"a": 7}),
        (-50, [a_claim("a", 7)], {"a": 7}),
        (100, [a_claim("a", 300, decided=True)], {}),
    ],
)
def test_what_the_invoice_cannot_cover_is_told_for_those_who_come_last(
    balance: int, claims: list[Claim], short: dict[str, int]
) -> None:
    assert over_allocated(balance, claims) == short


def test_one_more_claim_takes_no_receipt_off_the_list() -> None:
    claims = [a_claim("a", 60, "10:00"), a_claim("b", 60, "11:00")]
    before = over_allocated(100, claims)
    assert before.keys() <= over_allocated(100, [*claims, a_claim("c", 30, "09:00")]).keys()


@pytest.mark.parametrize(
    ("written", "plain"),
    [("N.º 000-123", "N000123"), ("000123", "123"), ("0", "0"), ("Ñandú", "AND"), (None, ""), ("  ", "")],
)
def test_references_are_compared_by_capitals_and_digits(written: str | None, plain: str) -> None:
    assert plain_reference(written) == plain


def test_lines_that_identify_nothing_are_no_instruments() -> None:
    lines = [
        {"method": "cash", "amount": 1, "number": "1", "bank": "X"},
        {"method": "cheque", "amount": 1, "number": "77"},
        {"method": "cheque", "amount": 1, "bank": "Pichincha", "number": ""},
        {"method": "transfer", "amount": 1, "bank": "Pichincha"},
    ]
    assert instruments(a_receipt(payments=lines)) == []


@pytest.mark.parametrize(
    ("stamps", "faults"),
    [
        ({}, []),
        ({"created_at": "2026-11-21T15:09:05Z"}, []),
        ({"created_at": "2026-11-21T15:09:06Z"}, ["clock_ahead"]),
        ({"created_at": "2026-11-22T02:00:00Z", "local_on": "2026-11-21"}, ["clock_ahead"]),
        ({"local_on": "2026-11-23"}, ["clock_other_day"]),
    ],
)
def test_five_minutes_are_every_phones(stamps: dict[str, str], faults: list[str]) -> None:
    assert clock_faults(a_receipt(**stamps), received_at=RECEIVED) == faults


def test_counters_grow_with_time() -> None:
    before = a_receipt(1, created_at="2026-11-21T15:09:05Z")
    assert clock_faults(a_receipt(2), received_at=RECEIVED, before=before) == []
    before = a_receipt(1, created_at="2026-11-21T15:09:06Z")
    assert clock_faults(a_receipt(2), received_at=RECEIVED, before=before) == ["clock_backwards"]


@pytest.mark.parametrize(
    ("lat", "accuracy", "far"), [(-0.18, 5, False), (-0.182, 5, True), (-0.182, 120, False)]
)
def test_nearer_than_the_accuracy_says_nobody_can_tell(lat: float, accuracy: float, far: bool) -> None:
    distance = distance_from({"lat": lat, "lon": -78.48, "accuracy": accuracy}, {"lat": -0.18, "lon": -78.48})
    assert distance is not None
    assert distance.is_far is far
