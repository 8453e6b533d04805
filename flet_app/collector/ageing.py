"""How old the debt of the whole portfolio is: pure figures over everything that is open on this phone."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from datetime import date

from flet_app.collector.portfolio import Portfolio
from receivables.balances import provisional_open_items
from receivables.invoices import ageing, ageing_bucket
from receivables.money import Money, total

CURRENT = "current"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What is open of one age. `customers` are those whose oldest debt this is, so that each counts once.

    An invoice in instalments is in each age of which something is open.
    """

    name: str
    amount: Money
    invoices: int
    customers: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioAgeing:
    """The buckets in order, the empty ones too; they add up to `balance`.

    `credit` is what the customers have in their favour in open credit notes, and is in no bucket.
    """

    balance: Money
    overdue: Money
    invoices: int
    customers: int
    buckets: tuple[Bucket, ...]
    credit: Money


def portfolio_ageing(portfolio: Portfolio, *, on: date) -> PortfolioAgeing:
    """Over all that is open in the company's currency, this phone's own receipts taken off."""
    currency = portfolio.currency
    items = [
        item
        for item in provisional_open_items(
            portfolio.invoices.values(), portfolio.receipts.values(), portfolio.voids.values()
        )
        if item.open.currency == currency
    ]
    oldest: dict[str, date] = {}
    invoices: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        oldest[item.customer] = min(item.first_due_on, oldest.get(item.customer, item.first_due_on))
        for due_on, _part in item.parts:
            invoices[ageing_bucket(due_on, on)].add(item.invoice)
    customers = Counter(ageing_bucket(due_on, on) for due_on in oldest.values())
    amounts = ageing(items, currency=currency, on=on)
    buckets = tuple(
        Bucket(name=name, amount=amount, invoices=len(invoices[name]), customers=customers[name])
        for name, amount in amounts.items()
    )
    balance = total((item.open for item in items), currency)
    return PortfolioAgeing(
        balance=balance,
        overdue=balance - amounts[CURRENT],
        invoices=len(items),
        customers=len(oldest),
        buckets=buckets,
        credit=_credit(portfolio, currency),
    )


def _credit(portfolio: Portfolio, currency: str) -> Money:
    notes = (
        Money.from_json(doc["balance"], currency)
        for doc in portfolio.credit_notes.values()
        if doc.get("currency") == currency and doc.get("state") == "open"
    )
    return total(notes, currency)
