"""Who gets a claim by mail today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from receivables.documents import BadDocument
from receivables.dunning import DunningPolicy, Notice, SentNotice, plan
from receivables.invoices import OpenItem
from tests.support.builders import an_open_item, usd

MARCH = date(2026, 3, 1)


def a_policy(**fields: Any) -> DunningPolicy:
    doc = {"_id": "policy:dunning", "code": "standard", "active": True, "tolerance_days": 5, "resend_days": 7}
    return DunningPolicy.from_json(
        {**doc, "deadline_days": 10, "minimum_balance": 0, **fields}, currency="USD"
    )


def due(invoice: str = "F-1", open_: str = "100.00", on: date = MARCH, **fields: Any) -> OpenItem:
    return an_open_item(invoice, open_, due_on=on.isoformat(), **fields)


def sent(on: date, *invoices: str, **fields: Any) -> SentNotice:
    values = {"policy": "standard", "customer": "C0001", "currency": "USD", **fields}
    return SentNotice(sent_on=on, invoices=frozenset(invoices or {"F-1"}), **values)


def march(day: int) -> date:
    return date(2026, 3, day)


def test_tolerance_and_resend_of_an_invoice_due_on_the_first_of_march() -> None:
    history: list[SentNotice] = []
    sends = []
    for day in range(1, 32):
        for notice in plan([due()], a_policy(), history, on=march(day)):
            sends.append((day, notice.level))
            history.append(sent(march(day)))
    assert sends == [(7, 1), (14, 2), (21, 3), (28, 4)]


def test_paid_invoice_is_not_claimed_again() -> None:
    assert plan([due(open_="0.00")], a_policy(), [sent(march(7))], on=march(14)) == []
    assert plan([], a_policy(), [sent(march(7))], on=march(14)) == []


@pytest.mark.parametrize(("day", "count"), [(6, 0), (7, 1), (8, 1)])
def test_first_notice_goes_when_more_than_the_tolerance_is_past(day: int, count: int) -> None:
    assert len(plan([due()], a_policy(), [], on=march(day))) == count


@pytest.mark.parametrize(("day", "count"), [(7, 0), (8, 0), (13, 0), (14, 1), (20, 1)])
def test_next_notice_goes_resend_days_after_the_last(day: int, count: int) -> None:
    assert len(plan([due()], a_policy(), [sent(march(7))], on=march(day))) == count


def test_zero_tolerance_claims_the_day_after_the_due_date() -> None:
    policy = a_policy(tolerance_days=0)
    assert plan([due()], policy, [], on=march(1)) == []
    assert len(plan([due()], policy, [], on=march(2))) == 1


def test_one_mail_names_all_that_is_overdue_oldest_first() -> None:
    items = [due("F-2", "20.00", march(3)), due("F-1", "10.00", march(1)), due("F-9", "5.00", march(20))]
    (notice,) = plan(items, a_policy(), [], on=march(10))
    assert isinstance(notice, Notice)
    assert [(line.number, line.days_past_due, line.balance) for line in notice.invoices] == [
        ("F-1", 9, usd("10.00")),
        ("F-2", 7, usd("20.00")),
    ]
    assert (notice.total, notice.key, notice.deadline_on) == (
        usd("30.00"),
        "standard-C0001-2026-03-10",
        march(20),
    )
    assert notice.invoices[0].to_json() == {
        "number": "F-1",
        "due_on": "2026-03-01",
        "balance": 1000,
        "days_past_due": 9,
    }


def test_newly_overdue_invoice_triggers_a_mail_at_the_highest_level_reached() -> None:
    history = [sent(march(7), "F-1"), sent(march(14), "F-1")]
    (notice,) = plan([due("F-1"), due("F-2", on=march(10))], a_policy(), history, on=march(16))
    assert [line.number for line in notice.invoices] == ["F-1", "F-2"]
    assert notice.level == 3


def test_partial_payment_goes_on_with_the_balance() -> None:
    (notice,) = plan([due(open_="40.00")], a_policy(), [sent(march(7))], on=march(14))
    assert (notice.total, notice.level) == (usd("40.00"), 2)


def test_day_already_mailed_is_not_planned_again_even_for_a_new_invoice() -> None:
    assert plan([due("F-1"), due("F-2")], a_policy(), [sent(march(7), "F-1")], on=march(7)) == []


def test_customers_and_currencies_get_mails_of_their_own() -> None:
    items = [due("A"), due("B", customer="C0002"), due("C", currency="EUR"), due("D", customer="C0002")]
    notices = plan(items, a_policy(), [], on=march(10))
    assert [(notice.key, len(notice.invoices)) for notice in notices] == [
        ("standard-C0001-2026-03-10-EUR", 1),
        ("standard-C0001-2026-03-10", 1),
        ("standard-C0002-2026-03-10", 2),
    ]


@pytest.mark.parametrize(
    "foreign",
    [{"policy": "other"}, {"customer": "C0002"}, {"currency": "EUR"}],
    ids=["policy", "customer", "currency"],
)
def test_notices_of_others_do_not_count(foreign: dict[str, str]) -> None:
    (notice,) = plan([due()], a_policy(), [sent(march(9), **foreign)], on=march(10))
    assert notice.level == 1


@pytest.mark.parametrize(("open_", "count"), [("5.00", 0), ("5.01", 1), ("0.01", 0)])
def test_minimum_balance_must_be_exceeded(open_: str, count: int) -> None:
    assert len(plan([due(open_=open_)], a_policy(minimum_balance=500), [], on=march(10))) == count


def test_minimum_balance_is_of_the_companys_currency_only() -> None:
    assert (
        len(plan([due(open_="0.01", currency="EUR")], a_policy(minimum_balance=500), [], on=march(10))) == 1
    )


def test_disputed_and_excluded_invoices_are_not_claimed() -> None:
    items = [due("F-1", disputed=True), due("F-2"), due("F-3")]
    (notice,) = plan(items, a_policy(), [], on=march(10), excluded={"F-2"})
    assert [line.number for line in notice.invoices] == ["F-3"]
    assert plan(items, a_policy(), [], on=march(10), excluded={"F-2", "F-3"}) == []


def test_inactive_policy_claims_nothing() -> None:
    assert plan([due()], a_policy(active=False), [], on=march(10)) == []


def test_history_is_read_from_the_notices_that_were_sent() -> None:
    doc = {
        "_id": "dunning_notice:mail:standard-C0001-2026-03-07",
        "policy": "standard",
        "customer": "C0001",
        "currency": "USD",
        "local_on": "2026-03-07",
        "sent_at": "2026-03-08T03:00:00Z",
        "invoices": [{"number": "F-1"}, {"number": "F-2"}],
    }
    assert SentNotice.from_json(doc) == sent(march(7), "F-1", "F-2")


@pytest.mark.parametrize("missing", ["code", "active", "tolerance_days", "resend_days"])
def test_incomplete_policy_is_named(missing: str) -> None:
    doc = {"_id": "policy:dunning", "code": "s", "active": True, "tolerance_days": 1, "resend_days": 1}
    del doc[missing]
    with pytest.raises(BadDocument, match="policy:dunning"):
        DunningPolicy.from_json(doc, currency="USD")


def test_broken_notice_is_named() -> None:
    with pytest.raises(BadDocument, match="dunning_notice:x"):
        SentNotice.from_json({"_id": "dunning_notice:x"})


def test_plan_does_not_depend_on_the_order_of_its_input() -> None:
    items = [due(f"F-{n}", on=MARCH + timedelta(days=n), customer=f"C{n % 3}") for n in range(9)]
    assert plan(items, a_policy(), [], on=march(20)) == plan(items[::-1], a_policy(), [], on=march(20))
