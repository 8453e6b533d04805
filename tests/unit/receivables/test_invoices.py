"""Ageing, stages and a customer's totals, at every boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from receivables.documents import BadDocument
from receivables.invoices import (
    Invoice,
    OpenItem,
    Stage,
    ageing,
    ageing_bucket,
    bucket_names,
    customer_totals,
    days_from_due,
    days_past_due,
    stage,
)
from receivables.money import Money
from tests.support.builders import TODAY, an_invoice, an_open_item, usd

DUE = date(2026, 3, 1)


@pytest.mark.parametrize(("days", "past"), [(-10, 0), (-1, 0), (0, 0), (1, 1), (365, 365)])
def test_days_past_due_start_the_day_after(days: int, past: int) -> None:
    on = DUE + timedelta(days=days)
    assert days_past_due(DUE, on) == past
    assert days_from_due(DUE, on) == days


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, "current"), (0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"),
        (61, "61-90"), (90, "61-90"), (91, "91-120"), (120, "91-120"), (121, "121-180"),
        (180, "121-180"), (181, ">180"), (9999, ">180"),
    ],
)  # fmt: skip
def test_ageing_bucket(days: int, bucket: str) -> None:
    assert ageing_bucket(DUE, DUE + timedelta(days=days)) == bucket
    assert bucket in bucket_names()


def test_ageing_limits_can_be_the_companys_own() -> None:
    assert bucket_names((15, 45)) == ("current", "1-15", "16-45", ">45")
    assert ageing_bucket(DUE, DUE + timedelta(days=46), limits=(15, 45)) == ">45"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-6, Stage.NONE), (-5, Stage.PREVENTIVE), (0, Stage.PREVENTIVE), (1, Stage.EARLY), (30, Stage.EARLY),
        (31, Stage.MEDIUM), (90, Stage.MEDIUM), (91, Stage.PRE_LEGAL), (180, Stage.PRE_LEGAL),
        (181, Stage.LEGAL),
    ],
)  # fmt: skip
def test_stage(days: int, expected: Stage) -> None:
    assert stage(DUE, DUE + timedelta(days=days)) is expected


def test_buckets_add_up_to_the_balance_and_show_the_empty_ones() -> None:
    items = [
        an_open_item("A", "10.00", due_on="2026-11-21"),
        an_open_item("B", "20.00", due_on="2026-11-20"),
        an_open_item("C", "30.00", due_on="2026-01-01"),
        an_open_item("D", "99.00", due_on="2026-01-01", currency="EUR"),
    ]
    buckets = ageing(items, currency="USD", on=TODAY)
    assert {name: amount.minor for name, amount in buckets.items() if amount} == {
        "current": 1000,
        "1-30": 2000,
        ">180": 3000,
    }
    assert tuple(buckets) == bucket_names()


def test_customer_totals_count_what_is_open_and_what_is_overdue() -> None:
    items = [
        an_open_item("A", "300.00", due_on="2026-11-21"),  # due today is not overdue
        an_open_item("B", "225.00", due_on="2026-11-11"),
        an_open_item("C", "0.00", due_on="2020-01-01"),
        an_open_item("D", "9.00", currency="EUR"),
    ]
    totals = customer_totals(items, currency="USD", on=TODAY, credit_limit=usd("1000.00"))
    assert (totals.balance, totals.overdue, totals.invoices) == (usd("525.00"), usd("225.00"), 2)
    assert totals.oldest_days_past_due == 10
    assert totals.credit_available == usd("475.00")
    assert totals.credit_percent == 53  # 52.5 rounds up


def test_customer_beyond_the_limit_has_less_than_nothing_available() -> None:
    totals = customer_totals(
        [an_open_item(open_="150.00")], currency="USD", on=TODAY, credit_limit=usd("100.00")
    )
    assert totals.credit_available == usd("-50.00")
    assert totals.credit_percent == 150


@pytest.mark.parametrize("limit", [None, "0.00"])
def test_without_a_limit_there_is_no_percentage(limit: str | None) -> None:
    totals = customer_totals([], currency="USD", on=TODAY, credit_limit=None if limit is None else usd(limit))
    assert totals.credit_percent is None
    assert (totals.balance, totals.overdue, totals.oldest_days_past_due) == (usd("0.00"), usd("0.00"), 0)


def test_invoice_is_read_from_its_document_with_unknown_fields_in_it() -> None:
    invoice = Invoice.from_json(an_invoice(balance=1e4, reflects=["receipt:R0001:00000001"], colour="blue"))
    assert invoice.balance == usd("100.00")
    assert invoice.reflects == {"receipt:R0001:00000001"}
    assert OpenItem.of(invoice).open == usd("100.00")


@pytest.mark.parametrize(
    "broken",
    [
        {"balance": True},
        {"balance": 0.5},
        {"due_on": "soon"},
        {"currency": "usd"},
        {"customer": None, "due_on": None},
    ],
)
def test_broken_invoice_is_named_in_the_error(broken: dict[str, object]) -> None:
    with pytest.raises(BadDocument, match="invoice:F-1"):
        Invoice.from_json(an_invoice(**broken))


INSTALMENTS = [
    {"number": 1, "due_on": "2026-10-01", "amount": 334, "balance": 334},
    {"number": 2, "due_on": "2026-11-01", "amount": 333, "balance": 333},
    {"number": 3, "due_on": "2026-12-01", "amount": 333, "balance": 333},
]


def in_instalments() -> Invoice:
    return Invoice.from_json(an_invoice(balance=1_000, due_on="2026-12-01", instalments=INSTALMENTS))


def test_an_invoice_in_instalments_is_as_old_as_each_of_them() -> None:
    item = OpenItem.of(in_instalments())
    told = {name: sum_.minor for name, sum_ in ageing([item], currency="USD", on=TODAY).items() if sum_}
    assert told == {"current": 333, "1-30": 333, "31-60": 334}
    totals = customer_totals([item], currency="USD", on=TODAY)
    assert (totals.overdue.minor, totals.balance.minor, totals.oldest_days_past_due) == (667, 1_000, 51)
    assert item.first_due_on == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("open_", "parts"),
    [
        (1_000, [334, 333, 333]), (900, [234, 333, 333]), (600, [267, 333]), (333, [333]), (1, [1]),
        (0, [0]), (1_500, [334, 333, 500 + 333]),
    ],
)  # fmt: skip
def test_what_was_paid_since_is_taken_off_the_earliest_instalments(open_: int, parts: list[int]) -> None:
    item = OpenItem.of(in_instalments(), balance=Money(open_, "USD"))
    by_date: dict[date, int] = {}
    for due_on, part in item.parts:
        by_date[due_on] = by_date.get(due_on, 0) + part.minor
    assert list(by_date.values()) == parts
    assert sum(by_date.values()) == open_


def test_without_instalments_the_invoice_is_one_part() -> None:
    item = OpenItem.of(Invoice.from_json(an_invoice(balance=500)))
    assert item.parts == ((item.due_on, item.open),)
    assert item.first_due_on == item.due_on
