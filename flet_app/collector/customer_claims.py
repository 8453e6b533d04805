"""What a customer promised, disputes and says is paid, each with how it stands today: pure functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date

from flet_app.collector.figures import open_items
from flet_app.collector.portfolio import Json, Portfolio
from receivables.claims import InformedState, disputed_amounts, informed_state
from receivables.money import Money
from receivables.promises import (
    Promise,
    PromiseState,
    PromiseStatus,
    PromiseTerms,
    judge_promise,
    payments_towards,
)

TERMS = PromiseTerms()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CustomerClaims:
    """Newest first."""

    promises: tuple[tuple[Promise, PromiseStatus], ...]
    disputes: tuple[Json, ...]
    disputed: Money
    """Of what is open now."""
    informed: tuple[tuple[Json, InformedState], ...]


def customer_claims(portfolio: Portfolio, customer: str, *, on: date) -> CustomerClaims:
    items = open_items(portfolio, customer)
    open_numbers = {item.invoice for item in items}
    disputes = [each for each in _of(portfolio.disputes, customer) if each["invoice"] in open_numbers]
    currency = str((portfolio.customers.get(customer) or {}).get("currency") or portfolio.currency)
    amounts = disputed_amounts(disputes, items).values()
    return CustomerClaims(
        promises=tuple(judged_promises(portfolio, customer, on=on)),
        disputes=tuple(disputes),
        disputed=sum((each for each in amounts if each.currency == currency), Money.zero(currency)),
        informed=tuple(
            (each, informed_state(each, items, on=on)) for each in _of(portfolio.informed, customer)
        ),
    )


def judged_promises(
    portfolio: Portfolio, customer: str, *, on: date
) -> Iterable[tuple[Promise, PromiseStatus]]:
    """The promises of a customer with how each stands; one whose debt is gone was kept, whoever took it."""
    promises = [Promise.from_json(each) for each in _of(portfolio.promises, customer)]
    if not promises:
        return
    items = open_items(portfolio, customer)
    receipts = portfolio.receipts_for(customer)
    unconfirmed = {
        receipt["_id"]
        for receipt in receipts
        if any(str(line.get("cheque_on") or "") > on.isoformat() for line in receipt["payments"])
    }
    for each in promises:
        payments = payments_towards(each, receipts, portfolio.voids.values(), unconfirmed=unconfirmed)
        status = judge_promise(each, payments, on=on, terms=TERMS, others=promises)
        unpaid = any(each.protects(item) for item in items)
        if not unpaid and status.state in {PromiseState.PENDING, PromiseState.BROKEN}:
            status = dataclasses.replace(status, state=PromiseState.KEPT)
        yield each, status


def pending_promises(portfolio: Portfolio, customer: str, *, on: date) -> list[Promise]:
    return [
        each
        for each, status in judged_promises(portfolio, customer, on=on)
        if status.state is PromiseState.PENDING
    ]


def promises_due(portfolio: Portfolio, *, on: date) -> dict[str, Promise]:
    """Customers with a pending promise for today or earlier, the one with the earliest date."""
    due: dict[str, Promise] = {}
    for customer in {str(each["customer"]) for each in portfolio.promises.values()}:
        waiting = [each for each in pending_promises(portfolio, customer, on=on) if each.promised_on <= on]
        if waiting:
            due[customer] = min(waiting, key=lambda each: each.promised_on)
    return due


def _of(documents: dict[str, Json], customer: str) -> list[Json]:
    own = [each for each in documents.values() if each["customer"] == customer]
    return sorted(own, key=lambda each: (str(each["created_at"]), str(each["_id"])), reverse=True)
