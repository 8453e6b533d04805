"""The figures of a day and of a month: what was done, what is expected, what the office counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from flet_app.collector.portfolio import Portfolio
from flet_app.collector.results import Counted, fraction, results
from receivables.goals import Period
from receivables.money import Money
from tests.support.builders import a_receipt

TODAY = date(2026, 11, 20)
COMPANY = {"_id": "company:andina", "currency": "USD"}
OUTCOMES = {
    "_id": "catalogue:outcomes",
    "items": [{"code": "paid", "effective": True}, {"code": "absent", "effective": False}],
}
GOAL = {
    "_id": "goal:ana:2026-11", "collector": "ana", "month": "2026-11", "currency": "USD",
    "amount_month": 100_000, "amount_day": 10_000, "visits_day": 20, "effective_month": 300,
}  # fmt: skip
PERFORMANCE = {
    "_id": "performance:ana:2026-11", "collector": "ana", "month": "2026-11", "currency": "USD",
    "sales_amount": 5_000, "sales_count": 3,
}  # fmt: skip


def folded(*documents: dict[str, Any]) -> Portfolio:
    portfolio = Portfolio()
    portfolio.apply({"seq": seq, "id": doc["_id"], "doc": doc} for seq, doc in enumerate(documents, 1))
    return portfolio


def a_visit(number: int, on: str, outcome: str) -> dict[str, Any]:
    return {
        "_id": f"visit:ana:{number:026d}", "customer": "C1", "start": f"visit_start:ana:{number:026d}",
        "local_on": on, "outcome": outcome, "finished_at": f"{on}T15:00:00Z",
    }  # fmt: skip


def cash(counter: int, amount: int, on: str) -> dict[str, Any]:
    return a_receipt(counter, allocations={}, on_account=amount, created_at=f"{on}T15:00:00Z") | {
        "local_on": on
    }


PORTFOLIO = folded(
    COMPANY, OUTCOMES, GOAL, PERFORMANCE,
    cash(1, 300, "2026-11-20"), cash(2, 200, "2026-11-20"), cash(3, 40, "2026-11-01"),
    cash(4, 7, "2026-10-31"), cash(5, 1_000, "2026-11-20"),
    {"_id": "receipt_void:ana:1", "receipt": "receipt:R0001:00000005", "local_on": "2026-11-20"},
    a_visit(1, "2026-11-20", "paid"), a_visit(2, "2026-11-20", "absent"), a_visit(3, "2026-11-02", "paid"),
    a_visit(4, "2026-10-31", "paid"),
)  # fmt: skip


def test_a_day_counts_its_own_facts_and_no_void() -> None:
    day = results(PORTFOLIO, Period.DAY, on=TODAY)
    assert (day.collected.count, day.collected.total.minor) == (2, 500)
    assert (day.visits, day.effective) == (2, 1)
    assert day.target.amount == Money(10_000, "USD")
    assert (day.target.visits, day.target.effective) == (20, None)


def test_a_month_counts_from_its_first_to_its_last_day() -> None:
    month = results(PORTFOLIO, Period.MONTH, on=TODAY)
    assert (month.collected.count, month.collected.total.minor) == (3, 540)
    assert (month.visits, month.effective) == (3, 2)
    assert (month.target.visits, month.target.effective) == (None, 300)


def test_what_the_office_does_not_count_is_nothing_and_not_zero() -> None:
    month = results(PORTFOLIO, Period.MONTH, on=TODAY)
    assert month.sales == Counted(amount=Money(5_000, "USD"), count=3)
    assert month.orders is None
    assert results(PORTFOLIO, Period.DAY, on=TODAY).sales is None
    assert results(PORTFOLIO, Period.MONTH, on=date(2026, 10, 31)).sales is None


def test_a_goal_in_another_currency_is_held_against_nothing() -> None:
    portfolio = folded(COMPANY, GOAL | {"currency": "EUR"})
    day = results(portfolio, Period.DAY, on=TODAY)
    assert (day.target.amount, day.target.visits) == (None, 20)


def test_a_goal_that_was_taken_back_expects_nothing() -> None:
    portfolio = folded(COMPANY, GOAL, PERFORMANCE)
    gone = ("goal:ana:2026-11", "performance:ana:2026-11")
    portfolio.apply({"seq": seq, "id": each, "deleted": True} for seq, each in enumerate(gone, 9))
    month = results(portfolio, Period.MONTH, on=TODAY)
    assert (month.target.amount, month.sales) == (None, None)


def test_a_fraction_goes_beyond_one_and_is_none_without_a_goal() -> None:
    assert fraction(30, 20) == 1.5
    assert fraction(3, 0) is None
    assert fraction(3, None) is None
