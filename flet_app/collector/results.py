"""What was done in a day or a month against what is expected of it: pure figures, no text and no colour."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date

from flet_app.collector.portfolio import Json, Portfolio
from receivables.balances import MethodTotals, totals_by_method
from receivables.goals import Period, Target, target_of
from receivables.money import Money


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the office counts: an amount, and of how many where it says so."""

    amount: Money
    count: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """How far a period has come. Sales and orders are the office's, of months only."""

    period: Period
    collected: MethodTotals
    visits: int
    effective: int
    target: Target
    sales: Counted | None
    orders: Counted | None


def results(portfolio: Portfolio, period: Period, *, on: date) -> Results:
    """The day `on`, or the month that it lies in, in the company's currency."""
    month = f"{on:%Y-%m}"
    begins = on.isoformat() if period is Period.DAY else month
    visits = [visit for visit in portfolio.visits.values() if visit["local_on"].startswith(begins)]
    effective = effective_codes(portfolio)
    sold = (portfolio.performance.get(month) or {}) if period is Period.MONTH else {}
    return Results(
        period=period,
        collected=collected(portfolio, begins),
        visits=len(visits),
        effective=sum(visit["outcome"] in effective for visit in visits),
        target=_target(portfolio, month, period),
        sales=_counted(sold, "sales"),
        orders=_counted(sold, "orders"),
    )


def collected(portfolio: Portfolio, begins: str) -> MethodTotals:
    """The valid receipts of the local dates that begin with `begins`: a day, or a month as `yyyy-mm`."""
    receipts = (doc for doc in portfolio.receipts.values() if doc["local_on"].startswith(begins))
    return totals_by_method(receipts, currency=portfolio.currency, voids=portfolio.voids.values())


def effective_codes(portfolio: Portfolio) -> frozenset[str]:
    """The outcomes that count as effective."""
    items = portfolio.catalogues.get("outcomes", [])
    return frozenset(item["code"] for item in items if item.get("effective"))


def fraction(done: int, expected: int | None) -> float | None:
    """How much of what is expected is done, beyond 1 where it is more; None where nothing is expected."""
    return done / expected if expected else None


def _target(portfolio: Portfolio, month: str, period: Period) -> Target:
    """A goal in another currency can't be held against what was collected: its amount is left out."""
    found = target_of(portfolio.goals.get(month), period)
    if found.amount is not None and found.amount.currency != portfolio.currency:
        return dataclasses.replace(found, amount=None)
    return found


def _counted(performance: Json, what: str) -> Counted | None:
    amount = performance.get(f"{what}_amount")
    if amount is None:
        return None
    return Counted(
        amount=Money.from_json(amount, str(performance["currency"])), count=performance.get(f"{what}_count")
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DaySum:
    """What one local date of a month came to."""

    on: date
    payments: int
    collected: Money
    visits: int
    effective: int


def days_of(portfolio: Portfolio, month: str) -> list[DaySum]:
    """The days of a month (`yyyy-mm`) on which anything was done, newest first; they add up to the month."""
    effective = effective_codes(portfolio)
    receipts, visits = defaultdict[str, list[Json]](list), defaultdict[str, list[Json]](list)
    for doc in portfolio.receipts.values():
        receipts[doc["local_on"]].append(doc)
    for doc in portfolio.visits.values():
        visits[doc["local_on"]].append(doc)
    found = []
    for day in sorted({*receipts, *visits}, reverse=True):
        if not day.startswith(month):
            continue
        sums = totals_by_method(receipts[day], currency=portfolio.currency, voids=portfolio.voids.values())
        found.append(
            DaySum(
                on=date.fromisoformat(day),
                payments=sums.count,
                collected=sums.total,
                visits=len(visits[day]),
                effective=sum(visit["outcome"] in effective for visit in visits[day]),
            )
        )
    return found
