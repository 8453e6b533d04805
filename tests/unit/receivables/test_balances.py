"""What is open right now, and what was collected."""

from __future__ import annotations

from typing import Any

import pytest

from receivables.balances import provisional_balance, provisional_open_items, totals_by_method, valid_receipts
from receivables.money import Money
from tests.support.builders import TODAY, a_receipt, an_invoice, usd

FIRST, SECOND = a_receipt(1, allocations={"F-1": 3000}), a_receipt(2, allocations={"F-1": 2000, "F-2": 500})
VOID = {"_id": "receipt_void:ana:X", "receipt": FIRST["_id"]}


@pytest.mark.parametrize(
    ("balance", "reflects", "shown"),
    [
        (10000, [], "50.00"),
        (7000, [FIRST["_id"]], "50.00"),
        (5000, [FIRST["_id"], SECOND["_id"]], "50.00"),
        (7000, [FIRST["_id"], "receipt:R0009:00000001"], "50.00"),  # somebody else's is in it too
        (4000, [], "0.00"),  # over-paid elsewhere; never below zero
    ],
)
def test_balance_is_less_exactly_the_own_receipts_it_does_not_contain(
    balance: int, reflects: list[str], shown: str
) -> None:
    invoice = an_invoice(balance=balance, reflects=reflects)
    assert provisional_balance(invoice, [FIRST, SECOND]) == usd(shown)


def test_voided_receipt_no_longer_counts() -> None:
    assert provisional_balance(an_invoice(), [FIRST, SECOND], [VOID]) == usd("80.00")


def test_receipt_seen_twice_counts_once() -> None:
    assert provisional_balance(an_invoice(), [FIRST, FIRST, SECOND]) == usd("50.00")


def test_receipt_of_another_currency_does_not_touch_the_balance() -> None:
    assert provisional_balance(an_invoice(), [{**FIRST, "currency": "EUR"}]) == usd("100.00")


def test_older_invoice_documents_without_reflects_subtract_everything() -> None:
    invoice = an_invoice()
    del invoice["reflects"]
    assert provisional_balance(invoice, [FIRST]) == usd("70.00")


def test_open_items_leave_out_what_is_paid_or_cancelled_and_come_oldest_first() -> None:
    invoices = [
        an_invoice("F-2", 10000, due_on="2026-12-01"),
        an_invoice("F-1", 5000),
        an_invoice("F-3", 100, state="cancelled"),
        an_invoice("F-4", 100, due_on="2026-10-01"),
        an_invoice("F-5", 0),
    ]
    items = provisional_open_items(invoices, [FIRST, SECOND], disputed=frozenset({"F-4"}))
    assert [(item.invoice, item.open, item.disputed) for item in items] == [
        ("F-4", usd("1.00"), True),
        ("F-2", usd("95.00"), False),
    ]


def a_day() -> list[dict[str, Any]]:
    return [
        a_receipt(1, allocations={"F-1": 20000}),
        a_receipt(2, allocations={"F-1": 12756, "F-2": 100000}, payments=[
            {"method": "cash", "amount": 12756}, {"method": "cheque", "amount": 100000},
        ]),
        a_receipt(3, allocations={"F-1": 233203}, payments=[{"method": "cheque", "amount": 233203.0}]),
        a_receipt(4, allocations={"F-1": 100}, local_on="2026-11-20"),
        a_receipt(5, allocations={"F-1": 7}, currency="EUR"),
        a_receipt(6, allocations={"F-1": 9}),
    ]  # fmt: skip


def test_totals_by_method_add_up() -> None:
    # The day of the brochure: 327.56 in cash and 3332.03 in cheques are 3659.59.
    void = {"receipt": "receipt:R0001:00000006"}
    totals = totals_by_method(a_day(), currency="USD", on=TODAY, voids=[void])
    assert totals.by_method == {"cash": usd("327.56"), "cheque": usd("3332.03")}
    assert (totals.count, totals.total) == (3, usd("3659.59"))


def test_totals_of_all_days_and_of_none() -> None:
    assert totals_by_method(a_day(), currency="USD").count == 5
    assert totals_by_method(a_day(), currency="EUR").total == Money(7, "EUR")
    assert totals_by_method([], currency="USD", on=TODAY).total == usd("0.00")


def test_valid_receipts_keep_their_order() -> None:
    assert valid_receipts([SECOND, FIRST, SECOND]) == [SECOND, FIRST]
    assert valid_receipts([SECOND, FIRST], [VOID]) == [SECOND]
