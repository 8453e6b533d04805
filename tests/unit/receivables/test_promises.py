"""Promises: kept, partly kept or broken, decided from payments and a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from receivables.access import may_write, phone_roles
from receivables.dates import add_business_days, is_business_day
from receivables.documents import Author, BadDocument
from receivables.promises import (
    Promise,
    PromisePayment,
    PromiseState,
    PromiseStatus,
    PromiseTerms,
    judge_promise,
    payments_towards,
    plan_promise,
    protected_invoices,
)
from tests.support.builders import NOW, QUITO, TODAY, ULID, Json, a_receipt, an_open_item, codes, usd

TERMS = PromiseTerms()
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def a_promise(amount: str = "100.00", *, on: date = FRIDAY, **fields: Any) -> Promise:
    values: Json = {
        "invoices": frozenset({"F-1"}),
        "customer": "C0001",
        "created_at": NOW,
        "made_on": TODAY,
        **fields,
    }
    return Promise(id=values.pop("id", f"promise:ana:{ULID}"), amount=usd(amount), promised_on=on, **values)


def paid(amount: str, on: date, *, at: datetime | None = None) -> PromisePayment:
    return PromisePayment(at or datetime(on.year, on.month, on.day, 18, tzinfo=UTC), on, usd(amount))


def judge(promise: Promise, *payments: PromisePayment, on: date, **fields: Any) -> PromiseStatus:
    return judge_promise(promise, payments, on=on, terms=TERMS, **fields)


@pytest.mark.parametrize(
    ("day", "days", "result"),
    [
        (date(2026, 11, 26), 1, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # Friday
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # Saturday
        (date(2026, 11, 27), 0, date(2026, 11, 27)),
        (date(2026, 11, 27), 6, date(2026, 12, 7)),
    ],
)
def test_business_days_jump_over_weekends(day: date, days: int, result: date) -> None:
    assert add_business_days(day, days) == result


def test_business_days_jump_over_holidays() -> None:
    monday = date(2026, 11, 30)
    assert add_business_days(FRIDAY, 1, holidays={monday}) == date(2026, 12, 1)
    assert not is_business_day(monday, holidays={monday})


@pytest.mark.parametrize(
    ("amount", "on", "state"),
    [
        ("0.00", FRIDAY, PromiseState.PENDING),
        ("98.99", FRIDAY + timedelta(days=3), PromiseState.PENDING),  # Monday is the day of grace
        ("99.00", FRIDAY, PromiseState.KEPT),
        ("100.00", FRIDAY + timedelta(days=30), PromiseState.KEPT),
        ("98.99", FRIDAY + timedelta(days=4), PromiseState.PARTIALLY_KEPT),
        ("50.00", FRIDAY + timedelta(days=4), PromiseState.PARTIALLY_KEPT),
        ("49.99", FRIDAY + timedelta(days=4), PromiseState.BROKEN),
        ("0.00", FRIDAY + timedelta(days=4), PromiseState.BROKEN),
    ],
)
def test_state_follows_from_what_was_paid_and_the_date(amount: str, on: date, state: PromiseState) -> None:
    status = judge(a_promise(), paid(amount, MONDAY), on=on)
    assert status.state is state
    assert status.expires_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 11, 30), PromiseState.KEPT),  # the last day of grace counts
        (date(2026, 12, 1), PromiseState.BROKEN),
    ],
)
def test_payment_counts_until_the_end_of_grace(on: date, state: PromiseState) -> None:
    assert judge(a_promise(), paid("100.00", on), on=date(2026, 12, 10)).state is state


def test_late_payment_cures_but_does_not_keep() -> None:
    late = [paid("60.00", date(2026, 12, 2)), paid("40.00", date(2026, 12, 4))]
    status = judge(a_promise(), *late, on=date(2026, 12, 10))
    assert (status.state, status.paid, status.cured_on) == (
        PromiseState.BROKEN,
        usd("0.00"),
        date(2026, 12, 4),
    )


def test_payment_of_before_the_promise_does_not_count() -> None:
    same_moment = paid("100.00", TODAY, at=NOW)
    after = paid("100.00", TODAY, at=NOW + timedelta(seconds=1))
    assert judge(a_promise(), same_moment, on=TODAY).state is PromiseState.PENDING
    assert judge(a_promise(), after, on=TODAY).state is PromiseState.KEPT


def test_payments_of_the_future_do_not_count_yet() -> None:
    assert judge(a_promise(), paid("100.00", FRIDAY), on=MONDAY).state is PromiseState.PENDING


def test_holiday_lengthens_the_grace() -> None:
    status = judge(a_promise(), on=date(2026, 12, 1), holidays={date(2026, 11, 30)})
    assert (status.state, status.expires_on) == (PromiseState.PENDING, date(2026, 12, 1))


def a_later(**fields: Any) -> Promise:
    values: Json = {
        "created_at": NOW + timedelta(days=2),
        "made_on": MONDAY,
        "id": "promise:ana:LATER",
        **fields,
    }
    return a_promise(on=date(2026, 12, 4), **values)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, PromiseState.SUPERSEDED),
        ({"invoices": frozenset()}, PromiseState.SUPERSEDED),
        ({"invoices": frozenset({"F-2"})}, PromiseState.PENDING),
        ({"customer": "C0002"}, PromiseState.PENDING),
        ({"made_on": date(2026, 12, 1)}, PromiseState.PENDING),  # made after today
        ({"created_at": NOW - timedelta(days=1)}, PromiseState.PENDING),  # that one is the older
    ],
)
def test_later_promise_of_the_same_debt_supersedes(fields: dict[str, Any], state: PromiseState) -> None:
    assert judge(a_promise(), on=FRIDAY, others=[a_later(**fields)]).state is state


def test_kept_promise_stays_kept_and_a_broken_one_broken_whatever_comes_later() -> None:
    after = date(2026, 12, 10)
    assert judge(a_promise(), paid("100.00", MONDAY), on=after, others=[a_later()]).state is PromiseState.KEPT
    too_late = a_later(made_on=date(2026, 12, 1), created_at=datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert judge(a_promise(), on=after, others=[too_late]).state is PromiseState.BROKEN


def test_of_two_promises_of_one_second_exactly_one_is_superseded() -> None:
    first, second = a_promise(id="promise:ana:A"), a_promise(id="promise:ana:B")
    states = {judge(each, on=MONDAY, others=[first, second]).state for each in (first, second)}
    assert states == {PromiseState.PENDING, PromiseState.SUPERSEDED}


def test_cancelled_promise_is_cancelled() -> None:
    assert judge(a_promise(), on=date(2027, 1, 1), cancelled=True).state is PromiseState.CANCELLED


def test_terms_are_the_companys() -> None:
    strict = PromiseTerms(grace_business_days=0, tolerance=Decimal(0), minimum=Decimal("0.9"))
    status = judge_promise(a_promise(), [paid("99.99", MONDAY)], on=FRIDAY + timedelta(days=1), terms=strict)
    assert (status.state, status.expires_on) == (PromiseState.PARTIALLY_KEPT, FRIDAY)


def test_receipts_count_for_the_promised_invoices_only() -> None:
    receipts = [
        a_receipt(1, allocations={"F-1": 3000, "F-2": 500}, on_account=100),
        a_receipt(2, allocations={"F-2": 700}),
        a_receipt(3, allocations={"F-1": 900}),
        a_receipt(4, allocations={"F-1": 50}),
        a_receipt(5, allocations={"F-1": 1}, customer="C0002"),
        a_receipt(6, allocations={"F-1": 1}, currency="EUR"),
    ]
    void = {"receipt": receipts[2]["_id"]}
    unconfirmed = {receipts[3]["_id"]}
    towards = payments_towards(a_promise(), receipts, [void], unconfirmed=unconfirmed)
    assert [payment.amount for payment in towards] == [usd("30.00")]
    whole = payments_towards(a_promise(invoices=frozenset()), receipts, [void], unconfirmed=unconfirmed)
    assert [payment.amount for payment in whole] == [usd("36.00"), usd("7.00")]


def test_pending_promises_protect_their_invoices() -> None:
    items = [
        an_open_item("F-1"),
        an_open_item("F-2"),
        an_open_item("F-3", customer="C0002"),
        an_open_item("F-4", currency="EUR"),
    ]
    assert protected_invoices(items, [a_promise()]) == {"F-1"}
    assert protected_invoices(items, [a_promise(invoices=frozenset())]) == {"F-1", "F-2"}
    assert protected_invoices(items, []) == frozenset()


def plan(amount: str = "100.00", *, on: date = FRIDAY, **fields: Any) -> object:
    values: Json = {
        "customer": "C0001",
        "invoices": ["F-1"],
        "open_items": [an_open_item(), an_open_item("F-2", "20.00")],
        "pending": [],
        "terms": TERMS,
        "author": Author(
            company="andina", collector="ana", device="01KDEVICE", ulid=ULID, now=NOW, zone=QUITO
        ),
        **fields,
    }
    return plan_promise(amount=usd(amount), promised_on=on, **values)


def test_promise_is_planned_as_a_fact_that_the_database_admits() -> None:
    doc = plan()
    assert isinstance(doc, dict)
    assert {name: doc[name] for name in ("customer", "invoices", "amount", "currency", "promised_on")} == {
        "customer": "C0001",
        "invoices": ["F-1"],
        "amount": 10000,
        "currency": "USD",
        "promised_on": "2026-11-27",
    }
    roles = phone_roles("andina", "ana", "01KDEVICE", "R0001")
    assert may_write(doc, None, database="andina-c-ana", roles=roles) is None
    assert Promise.from_json(doc) == a_promise()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"amount": "100.01"}, ["promise_exceeds_open"]),
        ({"amount": "120.00", "invoices": []}, None),
        ({"amount": "120.01", "invoices": []}, ["promise_exceeds_open"]),
        ({"amount": "0.00"}, ["amount_not_positive"]),
        ({"invoices": ["F-1", "NONE"]}, ["invoice_not_open"]),
        ({"on": TODAY}, None),
        ({"on": TODAY - timedelta(days=1)}, ["promise_in_past"]),
        ({"on": TODAY + timedelta(days=15)}, None),
        ({"on": TODAY + timedelta(days=16)}, ["promise_too_far"]),
        ({"amount": "0.00", "on": TODAY - timedelta(days=1)}, ["amount_not_positive", "promise_in_past"]),
    ],
)
def test_what_a_promise_may_be(fields: dict[str, Any], expected: list[str] | None) -> None:
    result = plan(**fields)
    assert isinstance(result, dict) if expected is None else codes(result) == expected


def test_customer_has_a_bounded_number_of_promises() -> None:
    other, another = a_promise(invoices=frozenset({"F-7"})), a_promise(invoices=frozenset({"F-8"}))
    assert isinstance(plan(pending=[other]), dict)
    assert codes(plan(pending=[other, another])) == ["too_many_promises"]
    assert isinstance(plan(pending=[other, a_promise()]), dict), "the one it supersedes doesn't count"


def test_broken_promise_document_is_named() -> None:
    with pytest.raises(BadDocument, match="promise:x"):
        Promise.from_json({"_id": "promise:x"})
