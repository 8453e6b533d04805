"""Disputes, informed payments and notes: what a customer says against a debt."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from receivables.allocation import AllocationPlan, allocate_fifo
from receivables.claims import (
    InformedState,
    disputed_amounts,
    informed_state,
    mark_disputed,
    plan_dispute,
    plan_informed_payment,
    plan_note,
)
from receivables.documents import Author
from receivables.validation import Problem
from tests.support.builders import NOW, QUITO, TODAY, ULID, an_open_item, usd

AUTHOR = Author(company="andina", collector="ana", device="D1", ulid=ULID, now=NOW, zone=QUITO)
ITEMS = [an_open_item("F-1", "100.00"), an_open_item("F-2", "50.00", due_on="2026-11-05")]

Json = dict[str, Any]


def a_dispute(**fields: Any) -> Json | list[Problem]:
    values: Json = {
        "customer": "C0001", "invoice": "F-1", "reason": "quantity", "amount": usd("40.00"),
        "text": "Faltan dos cajas", "open_items": ITEMS, "disputes": [], "author": AUTHOR,
    }  # fmt: skip
    return plan_dispute(**values | fields)


def an_informed_payment(**fields: Any) -> Json | list[Problem]:
    values: Json = {
        "customer": "C0001", "invoices": ["F-1"], "amount": usd("40.00"), "paid_on": TODAY,
        "bank": "Pichincha", "reference": "778", "text": "", "open_items": ITEMS, "informed": [],
        "author": AUTHOR,
    }  # fmt: skip
    return plan_informed_payment(**values | fields)


def made(plan: Json | list[Problem]) -> Json:
    assert isinstance(plan, dict), plan
    return plan


def codes(plan: Json | list[Problem]) -> list[str]:
    assert isinstance(plan, list), plan
    return [problem.code for problem in plan]


def test_a_part_in_dispute_leaves_the_rest_collectable() -> None:
    dispute = made(a_dispute())
    assert disputed_amounts([dispute], ITEMS) == {"F-1": usd("40.00")}
    assert [item.disputed for item in mark_disputed(ITEMS, [dispute])] == [False, False]


def test_what_is_disputed_to_the_last_cent_is_neither_claimed_nor_the_oldest() -> None:
    items = mark_disputed(ITEMS, [made(a_dispute(amount=usd("100.00")))])
    plan = allocate_fifo(items, usd("50.00"))
    assert isinstance(plan, AllocationPlan)
    assert [each.invoice for each in plan.allocations] == ["F-2"]


def test_a_dispute_shrinks_with_what_is_open() -> None:
    dispute = made(a_dispute())
    assert disputed_amounts([dispute], [an_open_item("F-1", "10.00")]) == {"F-1": usd("10.00")}
    assert disputed_amounts([dispute], []) == {}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"invoice": ""}, ["invoice_missing"]),
        ({"invoice": "F-9"}, ["invoice_not_open"]),
        ({"reason": "because"}, ["reason_missing"]),
        ({"amount": usd("0")}, ["amount_not_positive"]),
        ({"amount": usd("100.01")}, ["dispute_exceeds_open"]),
        (
            {"disputes": [{"invoice": "F-1", "amount": 7000, "currency": "USD"}]},
            ["dispute_exceeds_open"],
        ),
        ({"text": "x" * 4001}, ["text_too_long"]),
    ],
)
def test_a_dispute_that_cannot_be_is_refused(fields: Json, expected: list[str]) -> None:
    assert codes(a_dispute(**fields)) == expected


def test_an_informed_payment_of_all_that_is_owed_is_about_its_own_currency() -> None:
    items = [*ITEMS, an_open_item("E-1", "900.00", currency="EUR")]
    assert made(an_informed_payment(invoices=[], amount=usd("150.00"), open_items=items))["amount"] == 15_000
    assert codes(an_informed_payment(invoices=[], amount=usd("150.01"), open_items=items)) == [
        "informed_exceeds_open"
    ]
    assert codes(an_informed_payment(invoices=["E-1"], open_items=items)) == ["invoice_not_open"]


@pytest.mark.parametrize(
    ("on", "state"),
    [(date(2026, 11, 26), InformedState.WAITING), (date(2026, 11, 27), InformedState.EXPIRED)],
)
def test_an_informed_payment_is_waited_for_five_days(on: date, state: InformedState) -> None:
    informed = made(an_informed_payment())
    assert informed_state(informed, ITEMS, on=on) is state
    assert informed_state(informed, ITEMS[1:], on=on) is InformedState.CREDITED


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"invoices": ["F-9"]}, ["invoice_not_open"]),
        ({"amount": usd("100.01")}, ["informed_exceeds_open"]),
        ({"invoices": [], "amount": usd("150.01")}, ["informed_exceeds_open"]),
        ({"amount": usd("0")}, ["amount_not_positive"]),
        ({"paid_on": TODAY.replace(day=22)}, ["date_in_future"]),
        ({"reference": "x" * 201}, ["text_too_long"]),
    ],
)
def test_an_informed_payment_that_cannot_be_is_refused(fields: Json, expected: list[str]) -> None:
    assert codes(an_informed_payment(**fields)) == expected


def test_one_payment_is_informed_once() -> None:
    first = made(an_informed_payment())
    assert codes(an_informed_payment(informed=[first])) == ["payment_already_informed"]
    assert made(an_informed_payment(informed=[first], reference="779"))


def test_a_note_says_something() -> None:
    assert codes(plan_note(customer="C0001", text="  ", author=AUTHOR)) == ["note_empty"]
    assert made(plan_note(customer="C0001", text=" Atiende tarde ", author=AUTHOR))["text"] == "Atiende tarde"
