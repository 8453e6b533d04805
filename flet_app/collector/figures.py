"""The figures of a screen: pure functions from what the phone knows to what a person reads first.

No text and no colour here; amounts are `Money`, dates are dates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from flet_app.collector.portfolio import Json, Portfolio
from receivables.balances import erp_balance, provisional_open_items, unconfirmed_payments
from receivables.cash import CashSession, cash_session
from receivables.claims import mark_disputed
from receivables.geometry import Point, haversine_m
from receivables.invoices import CustomerTotals, Invoice, OpenItem, customer_totals
from receivables.money import Money, total


class Phase(StrEnum):
    """Where a day's route stands against the clock."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A customer on the route of the day, or met outside it."""

    position: int
    customer: str
    name: str
    origin: str
    state: str  # pending | open | done | missed (pending when the day was over)
    where: str
    point: Point | None
    overdue: Money
    days_past_due: int
    outcome: str | None
    metres: float | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Where a collector goes on a day: every stop, and the next one."""

    stops: tuple[Stop, ...]
    next_stop: Stop | None


def open_items(portfolio: Portfolio, customer: str) -> list[OpenItem]:
    """What may still be paid there, oldest first, with this phone's own receipts taken off.

    What is disputed to the last cent is marked.
    """
    receipts = portfolio.receipts_for(customer)
    items = provisional_open_items(portfolio.invoices_for(customer), receipts, portfolio.voids.values())
    return mark_disputed(items, portfolio.disputes.values()) if portfolio.disputes else items


def currency_of(portfolio: Portfolio, customer: str) -> str:
    return str((portfolio.customers.get(customer) or {}).get("currency") or portfolio.currency)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What the ERP said last, what remains after this phone's receipts, what of those is to be confirmed."""

    erp: Money
    provisional: Money
    unconfirmed: Money


def balances(portfolio: Portfolio, customer: str) -> Balances:
    """In the customer's currency; what is owed in another one is in none of the three."""
    currency = currency_of(portfolio, customer)
    invoices = portfolio.invoices_for(customer)
    receipts = portfolio.receipts_for(customer)
    open_ = open_items(portfolio, customer)
    return Balances(
        erp=erp_balance(invoices, currency=currency),
        provisional=total((item.open for item in open_ if item.open.currency == currency), currency),
        unconfirmed=unconfirmed_payments(invoices, receipts, portfolio.voids.values(), currency=currency),
    )


def cash_in_hand(portfolio: Portfolio) -> CashSession:
    """The running session of cash: what should be in the collector's bag."""
    return cash_session(
        portfolio.receipts.values(),
        portfolio.voids.values(),
        portfolio.deposits.values(),
        portfolio.closes.values(),
        currency=portfolio.currency,
    )


def totals(portfolio: Portfolio, customer: str, *, on: date) -> CustomerTotals:
    """Balance, overdue and credit of a customer in the customer's currency."""
    document = portfolio.customers.get(customer) or {}
    currency = currency_of(portfolio, customer)
    limit = document.get("credit_limit")
    return customer_totals(
        open_items(portfolio, customer),
        currency=currency,
        on=on,
        credit_limit=None if limit is None else Money.from_json(limit, currency),
    )


def day(portfolio: Portfolio, *, on: date, here: Point | None = None, phase: Phase = Phase.RUNNING) -> Day:
    """The stops of one local date."""
    stops = tuple(_stops(portfolio, on=on, here=here, phase=phase))
    return Day(stops=stops, next_stop=next((stop for stop in stops if stop.state == "pending"), None))


def _stops(portfolio: Portfolio, *, on: date, here: Point | None, phase: Phase) -> Iterable[Stop]:
    """The route in its order, then whoever was visited without being on it."""
    finished = {v["customer"]: v for v in portfolio.visits.values() if v["local_on"] == on.isoformat()}
    running = portfolio.open_visit()
    planned = [(stop.customer, stop.origin) for stop in portfolio.route(on)]
    known = {customer for customer, _origin in planned}
    extra = [(customer, "own") for customer in finished if customer not in known]
    for position, (customer, origin) in enumerate(planned + extra, start=1):
        if customer not in portfolio.customers and customer not in finished:
            continue  # taken away from this collector: the route that says so is on its way
        sums = totals(portfolio, customer, on=on)
        state = "done" if customer in finished else "missed" if phase is Phase.OVER else "pending"
        if running and running["customer"] == customer and phase is not Phase.AHEAD:
            state = "open"
        document = portfolio.customers.get(customer) or {}
        point = Point.of(document.get("location"))
        yield Stop(
            position=position,
            customer=customer,
            name=portfolio.customer_name(customer),
            origin=origin,
            state=state,
            where=str(document.get("address") or document.get("city") or ""),
            point=point,
            overdue=sums.overdue,
            days_past_due=sums.oldest_days_past_due,
            outcome=finished[customer]["outcome"] if customer in finished else None,
            metres=haversine_m(here, point) if here and point else None,
        )


def last_sale(portfolio: Portfolio, customer: str) -> Invoice | None:
    """The invoice that was issued last and not cancelled; None where this phone holds none."""
    invoices = (Invoice.from_json(doc) for doc in portfolio.invoices_for(customer))
    standing = (each for each in invoices if each.state != "cancelled")
    return max(standing, key=lambda each: (each.issued_on, each.number), default=None)


def receipts_of_day(portfolio: Portfolio, *, on: date) -> list[Json]:
    """The receipts of a local date, newest first."""
    found = [doc for doc in portfolio.receipts.values() if doc["local_on"] == on.isoformat()]
    return sorted(found, key=lambda doc: (doc["created_at"], doc["counter"]), reverse=True)


def visits_of_day(portfolio: Portfolio, *, on: date) -> list[Json]:
    """The finished visits of a local date, newest first."""
    found = [doc for doc in portfolio.visits.values() if doc["local_on"] == on.isoformat()]
    return sorted(found, key=lambda doc: (doc["finished_at"], doc["_id"]), reverse=True)
