"""One line of every customer: what lists are sorted, filtered and shown by.

A line is computed when it is asked for and kept until anything of its customer changes or the day does, so
that two thousand customers can be gone through between two keystrokes.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from flet_app.collector.customer_claims import customer_claims, judged_promises
from flet_app.collector.figures import currency_of, open_items
from flet_app.collector.portfolio import Json, Portfolio
from receivables.claims import InformedState
from receivables.documents import parse_date
from receivables.geometry import Point
from receivables.invoices import PREVENTIVE_DAYS, OpenItem, customer_totals, days_from_due
from receivables.money import Money
from receivables.priority import Priority, Urgency, high_amount, priority
from receivables.promises import Promise, PromiseState, PromiseStatus

log = logging.getLogger(__name__)

BREATH = 40
"""Lines computed between two breaths of the event loop: 3 ms on a computer, a few times that on a phone."""

SOON = timedelta(days=1)
"""A promise for today or tomorrow makes a customer urgent."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A customer at a glance, on one date."""

    code: str
    name: str
    where: str
    """The address, or the city where no address is known."""
    city: str
    point: Point | None
    overdue: Money
    balance: Money
    days_past_due: int
    due_soon: bool
    """Nothing is overdue, something falls due within days."""
    promise: PromiseState | None
    """Of the promise that matters: one that is pending before one that was broken."""
    promised_on: date | None
    disputed: bool
    visited_on: date | None
    urgency: Urgency


class Overviews:
    """The lines of a portfolio, each computed once for as long as it holds."""

    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio
        self._on: date | None = None
        self.asked = False
        """Has any screen asked? Before, nobody waits for what changed."""
        self._kept: dict[str, tuple[int, Overview]] = {}

    def of(self, code: str, *, on: date) -> Overview:
        """The line of a customer who is on the phone; raise KeyError for one who is not."""
        self.asked = True
        self._turn_to(on)
        return self._kept[code][1] if self._is_fresh(code) else self._compute(code, on)

    async def freshen(self, on: date | None = None) -> None:
        """Compute what is old, a few at a time, so that a screen that asks later need not."""
        on = on or self._on
        if on is None:
            return
        self._turn_to(on)
        since = 0
        for code in self._portfolio.in_order():
            if self._on != on:
                return  # midnight came between
            if code in self._portfolio.customers and not self._is_fresh(code):
                since += 1
                try:
                    self._compute(code, on)
                except Exception as error:  # one bad document of the office must not hold up the fold
                    log.warning("customer %s can't be summed up: %r", code, error)
            if since >= BREATH:
                since = 0
                await asyncio.sleep(0)

    def _turn_to(self, on: date) -> None:
        if on != self._on:
            self._kept, self._on = {}, on

    def _is_fresh(self, code: str) -> bool:
        kept = self._kept.get(code)
        return kept is not None and kept[0] == self._portfolio.versions[code]

    def _compute(self, code: str, on: date) -> Overview:
        line = _overview(self._portfolio, code, on=on)
        self._kept[code] = self._portfolio.versions[code], line
        return line

    def all(self, *, on: date) -> list[Overview]:
        """The lines of the active customers, by name."""
        return [self.of(code, on=on) for code in self._portfolio.in_order()]

    def priorities(self, *, on: date) -> dict[str, Priority]:
        """How urgent each active customer is, among all of them."""
        lines = self.all(on=on)
        high = high_amount(line.urgency.overdue for line in lines)
        return {line.code: priority(line.urgency, high=high) for line in lines}


def _overview(portfolio: Portfolio, code: str, *, on: date) -> Overview:
    document = portfolio.customers[code]
    currency = currency_of(portfolio, code)
    items = open_items(portfolio, code)
    limit = document.get("credit_limit")
    sums = customer_totals(
        items,
        currency=currency,
        on=on,
        credit_limit=None if limit is None else Money.from_json(limit, currency),
    )
    promises = list(judged_promises(portfolio, code, on=on)) if _has(portfolio.promises, code) else []
    promise = _promise_that_matters(promises)
    latest = _latest(portfolio, code)
    city = str(document.get("city") or "")
    urgency = Urgency(
        overdue=sums.overdue.minor,
        days_past_due=sums.oldest_days_past_due,
        broken_promises=sum(status.state is PromiseState.BROKEN for _each, status in promises),
        promise_due=any(
            status.state is PromiseState.PENDING and each.promised_on <= on + SOON
            for each, status in promises
        ),
        credit_used=sums.balance.minor / limit if limit else None,
        quiet_days=None if latest is None else max(0, (on - latest).days),
        not_claimable=_not_claimable(portfolio, code, items, on),
    )
    return Overview(
        code=code,
        name=str(document["name"]),
        where=str(document.get("address") or city),
        city=city,
        point=Point.of(document.get("location")),
        overdue=sums.overdue,
        balance=sums.balance,
        days_past_due=sums.oldest_days_past_due,
        due_soon=not sums.overdue
        and any(-PREVENTIVE_DAYS <= days_from_due(item.due_on, on) <= 0 for item in items),
        promise=promise[1].state if promise else None,
        promised_on=promise[0].promised_on if promise else None,
        disputed=_has(portfolio.disputes, code) and bool(customer_claims(portfolio, code, on=on).disputed),
        visited_on=_latest(portfolio, code, {"visit"}),
        urgency=urgency,
    )


def _has(documents: dict[str, Json], customer: str) -> bool:
    return any(each["customer"] == customer for each in documents.values())


def _promise_that_matters(
    promises: Iterable[tuple[Promise, PromiseStatus]],
) -> tuple[Promise, PromiseStatus] | None:
    """The earliest that is pending, else the latest that was broken."""
    told = list(promises)
    pending = [each for each in told if each[1].state is PromiseState.PENDING]
    if pending:
        return min(pending, key=lambda each: each[0].promised_on)
    broken = [each for each in told if each[1].state is PromiseState.BROKEN]
    return max(broken, key=lambda each: each[0].promised_on, default=None)


def _latest(portfolio: Portfolio, code: str, kinds: Collection[str] = ()) -> date | None:
    """The date of the last thing (of `kinds`, if any are named) that the centre or this phone tells of.

    The centre's instants are read by their UTC date: near midnight a day more or less changes nothing here.
    """
    items = (portfolio.activity.get(code) or {}).get("items") or ()
    told = [str(item["at"])[:10] for item in items if not kinds or item["kind"] in kinds]
    own = portfolio.visited_on.get(code)
    latest = max([*told, *([own] if own else [])], default=None)
    return None if latest is None else parse_date(latest)


def _not_claimable(portfolio: Portfolio, code: str, items: list[OpenItem], on: date) -> bool:
    if not items:
        return False
    if all(item.disputed for item in items):
        return True
    if not _has(portfolio.informed, code):
        return False
    informed = customer_claims(portfolio, code, on=on).informed
    waiting = [each for each, state in informed if state is InformedState.WAITING]
    named = {number for each in waiting for number in each["invoices"]}
    anything = any(not each["invoices"] for each in waiting)
    return anything or all(item.invoice in named for item in items)
