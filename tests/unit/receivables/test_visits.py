"""Visits: started once, finished with what the outcome asks for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from receivables.access import may_write, phone_roles
from receivables.documents import Author
from receivables.fact_shapes import MAX_SHOWN
from receivables.invoices import OpenItem
from receivables.money import Money
from receivables.visits import (
    distance_to_customer_m,
    find_open_visit,
    is_within_geofence,
    outcomes,
    plan_visit_finish,
    plan_visit_start,
    what_was_shown,
)
from tests.support.builders import NOW, QUITO, ULID, Json, a_policy, codes

CATALOGUE = outcomes(
    {
        "items": [
            {"code": "paid", "label": {"es": "Pagó"}, "effective": True, "contact": True},
            {"code": "absent", "label": {"es": "Ausente"}, "comment_required": True},
            {"code": "return", "label": {"es": "Volver"}, "next_visit": True},
        ]
    }
)
WHO: Json = {
    "author": Author(company="andina", collector="ana", device="01KDEVICE", ulid=ULID, now=NOW, zone=QUITO)
}
PLACE = {"lat": -0.18, "lon": -78.48, "accuracy": 12.0, "mock": False}
CUSTOMER = {"code": "C0001", "location": {"lat": -0.18, "lon": -78.481}}
START = {"_id": f"visit_start:ana:{ULID}", "customer": "C0001", "created_at": "2026-11-21T14:50:00Z"}
ROLES = phone_roles("andina", "ana", "01KDEVICE", "R0001")


def finish(
    outcome: str | None = "paid", comment: str = "", next_visit_at: datetime | None = None, **fields: Any
) -> object:
    values: Json = {
        "start": START,
        "catalogue": CATALOGUE,
        "policy": a_policy(),
        "place": PLACE,
        **WHO,
        **fields,
    }
    return plan_visit_finish(outcome=outcome, comment=comment, next_visit_at=next_visit_at, **values)


def test_visit_start_says_where_and_how_far_from_the_customer() -> None:
    start = plan_visit_start(customer=CUSTOMER, open_visit=None, place=PLACE, **WHO)
    assert isinstance(start, dict)
    assert (start["customer"], start["place"], start["distance_m"]) == ("C0001", PLACE, 111)
    assert may_write(start, None, database="andina-c-ana", roles=ROLES) is None


@pytest.mark.parametrize(("place", "location"), [(None, {"lat": 0, "lon": 0}), (PLACE, None), (None, None)])
def test_distance_is_unknown_where_a_point_is(place: Json | None, location: Json | None) -> None:
    assert distance_to_customer_m(place, location) is None
    start = plan_visit_start(
        customer={"code": "C", "location": location}, open_visit=None, place=place, **WHO
    )
    assert isinstance(start, dict)
    assert start["distance_m"] is None


def test_only_one_visit_is_open_at_a_time() -> None:
    assert codes(plan_visit_start(customer=CUSTOMER, open_visit=START, place=None, **WHO)) == [
        "visit_already_open"
    ]


def test_open_visit_is_the_last_start_without_an_end() -> None:
    first = {"_id": "visit_start:ana:1", "created_at": "2026-11-21T09:00:00Z"}
    second = {"_id": "visit_start:ana:2", "created_at": "2026-11-21T10:00:00Z"}
    assert find_open_visit([], []) is None
    assert find_open_visit([second, first], []) == second
    assert find_open_visit([first, second], [{"start": second["_id"]}]) == first
    assert find_open_visit([first], [{"start": first["_id"]}]) is None


def test_finished_visit_is_a_fact_that_the_database_admits() -> None:
    visit = finish("return", "  vuelvo el lunes ", NOW + timedelta(days=2))
    assert isinstance(visit, dict)
    assert may_write(visit, None, database="andina-c-ana", roles=ROLES) is None
    body = {
        name: visit[name]
        for name in ("customer", "start", "started_at", "finished_at", "outcome", "comment", "next_visit_at")
    }
    assert body == {
        "customer": "C0001",
        "start": START["_id"],
        "started_at": "2026-11-21T14:50:00Z",
        "finished_at": "2026-11-21T15:04:05Z",
        "outcome": "return",
        "comment": "vuelvo el lunes",
        "next_visit_at": "2026-11-23T15:04:05Z",
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"outcome": None}, ["outcome_missing"]),
        ({"outcome": ""}, ["outcome_missing"]),
        ({"outcome": "gone"}, ["outcome_unknown"]),
        ({"outcome": "absent"}, ["comment_too_short"]),
        ({"outcome": "absent", "comment": " 123456789 "}, ["comment_too_short"]),
        ({"outcome": "absent", "comment": "1234567890"}, None),
        (
            {"outcome": "absent", "comment": " ", "policy": a_policy(comment_min_length=0)},
            ["comment_too_short"],
        ),
        ({"outcome": "paid", "comment": ""}, None),
        ({"outcome": "paid", "comment": "x" * 4000}, None),
        ({"outcome": "paid", "comment": "x" * 4001}, ["text_too_long"]),
        ({"outcome": "paid", "attended_by": "x" * 201}, ["text_too_long"]),
        ({"outcome": "return"}, ["next_visit_missing"]),
        ({"outcome": "return", "next_visit_at": NOW}, ["next_visit_in_past"]),
        ({"outcome": "paid", "next_visit_at": NOW - timedelta(seconds=1)}, ["next_visit_in_past"]),
        ({"outcome": "return", "next_visit_at": NOW + timedelta(seconds=1)}, None),
        ({"start": None}, ["visit_not_started"]),
        ({"outcome": None, "next_visit_at": NOW}, ["outcome_missing", "next_visit_in_past"]),
    ],
)
def test_what_a_finished_visit_needs(fields: dict[str, Any], expected: list[str] | None) -> None:
    result = finish(**fields)
    assert isinstance(result, dict) if expected is None else codes(result) == expected


@pytest.mark.parametrize(
    ("distance", "accuracy", "inside"),
    [(150, 5, True), (150.1, 5, False), (150.1, 75.1, True), (400, 200, True), (401, 200, False)],
)
def test_geofence_grows_with_the_accuracy_of_the_phone(
    distance: float, accuracy: float, inside: bool
) -> None:
    assert is_within_geofence(distance, accuracy) is inside


def test_a_visit_keeps_what_was_shown_oldest_first_and_counts_what_it_leaves_out() -> None:
    items = [
        OpenItem(
            invoice=f"F-{place}", customer="C0001", issued_on=date(2026, 1, 1),
            due_on=date(2026, 11, 30) - timedelta(days=place), open=Money(100 + place, "USD"),
        )
        for place in range(MAX_SHOWN + 5)
    ]  # fmt: skip
    other = OpenItem(
        invoice="E",
        customer="C0001",
        issued_on=date(2026, 1, 1),
        due_on=date(2026, 1, 2),
        open=Money(9, "EUR"),
    )
    customer = {"name": "Ñ" * 500, "tax_id": "179", "address": None}
    shown = what_was_shown(customer, [other, *items], currency="USD", on=date(2026, 11, 21))
    assert shown["customer"] == {"name": "Ñ" * 100, "tax_id": "179", "address": "", "city": ""}
    debt = shown["debt"]
    assert (debt["count"], debt["total"]) == (len(items), sum(item.open.minor for item in items))
    assert [line["number"] for line in debt["invoices"]][:2] == ["F-104", "F-103"]
    assert len(debt["invoices"]) == MAX_SHOWN
