"""Promises to pay, and whether they were kept: decided from payments and a date, never stored.

A promise protects its invoices from dunning while it is pending. One invoice has one active promise: a newer
one supersedes it and both stay on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from receivables.balances import valid_receipts
from receivables.dates import add_business_days
from receivables.documents import Author, BadDocument, Json, parse_date, parse_instant
from receivables.invoices import OpenItem
from receivables.money import Money, MoneyError, minor_from_json, total
from receivables.validation import Problem, money_data


class PromiseState(StrEnum):
    PENDING = "pending"
    KEPT = "kept"
    PARTIALLY_KEPT = "partially_kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseTerms:
    """How promises are judged; the defaults are those of the trade."""

    grace_business_days: int = 1
    tolerance: Decimal = Decimal("0.01")  # of the amount; less than this missing is still kept
    minimum: Decimal = Decimal("0.5")  # of the amount; from here on partially kept
    horizon_days: int = 15
    max_active: int = 2  # of one customer at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A `promise:<w>:<ulid>` document. Without `invoices` it speaks of all that the customer owes."""

    id: str
    customer: str
    invoices: frozenset[str]
    amount: Money
    promised_on: date
    created_at: datetime
    made_on: date

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Promise:
        try:
            return cls(
                id=doc["_id"],
                customer=doc["customer"],
                invoices=frozenset(doc["invoices"]),
                amount=Money.from_json(doc["amount"], doc["currency"]),
                promised_on=parse_date(doc["promised_on"]),
                created_at=parse_instant(doc["created_at"]),
                made_on=parse_date(doc["local_on"]),
            )
        except (KeyError, TypeError, ValueError, MoneyError) as error:
            raise BadDocument(f"promise {doc.get('_id')!r}: {error!r}") from error

    def overlaps(self, other: Promise) -> bool:
        """Do both speak of the same debt? A promise without invoices speaks of all of them."""
        if self.customer != other.customer or self.amount.currency != other.amount.currency:
            return False
        return not self.invoices or not other.invoices or bool(self.invoices & other.invoices)

    def protects(self, item: OpenItem) -> bool:
        """Is `item` one of the debts that this promise speaks of?"""
        if item.customer != self.customer or item.open.currency != self.amount.currency:
            return False
        return not self.invoices or item.invoice in self.invoices


@dataclass(frozen=True, slots=True)
class PromisePayment:
    """Confirmed money that counts towards a promise: when it was received, on which local date, how much."""

    at: datetime
    on: date
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseStatus:
    """`paid` is what counted until expiry; `cured_on` the date on which it was paid after all, too late."""

    state: PromiseState
    paid: Money
    expires_on: date
    cured_on: date | None = None


def payments_towards(
    promise: Promise,
    receipts: Iterable[Mapping[str, Any]],
    voids: Iterable[Mapping[str, Any]] = (),
    *,
    unconfirmed: Collection[str] = frozenset(),
) -> list[PromisePayment]:
    """What the customer's valid receipts paid on the promise's invoices, or altogether where it names none.

    `unconfirmed` are ids of receipts whose cheques have not cleared; they count once they have.
    """
    payments = []
    for doc in valid_receipts(receipts, voids):
        matches = doc["customer"] == promise.customer and doc["currency"] == promise.amount.currency
        if not matches or doc["_id"] in unconfirmed:
            continue
        parts = [line["amount"] for line in doc["allocations"] if line["invoice"] in promise.invoices]
        minor = sum(map(minor_from_json, parts if promise.invoices else [doc["total"]]))
        if minor:
            at, on = parse_instant(doc["created_at"]), parse_date(doc["local_on"])
            payments.append(PromisePayment(at, on, Money(minor, doc["currency"])))
    return payments


def judge_promise(
    promise: Promise,
    payments: Iterable[PromisePayment],
    *,
    on: date,
    terms: PromiseTerms,
    holidays: Collection[date] = frozenset(),
    others: Iterable[Promise] = (),
    cancelled: bool = False,
) -> PromiseStatus:
    """Say how the promise stands on the date `on`.

    Payments after the promise was made and up to its date plus grace count. A later promise of the same debt,
    made before this one expired and before it was kept, supersedes it.
    """
    expires_on = add_business_days(promise.promised_on, terms.grace_business_days, holidays=holidays)
    counted = sorted((each for each in payments if promise.created_at < each.at and each.on <= on), key=_when)
    paid = total((each.amount for each in counted if each.on <= expires_on), promise.amount.currency)
    needed = promise.amount.minor * (1 - terms.tolerance)
    if cancelled:
        return PromiseStatus(state=PromiseState.CANCELLED, paid=paid, expires_on=expires_on)
    reached_on = _reached_on(counted, needed)
    if reached_on is not None and reached_on <= expires_on:
        return PromiseStatus(state=PromiseState.KEPT, paid=paid, expires_on=expires_on)
    if any(_supersedes(other, promise, by=min(on, expires_on)) for other in others):
        return PromiseStatus(state=PromiseState.SUPERSEDED, paid=paid, expires_on=expires_on)
    if on <= expires_on:
        return PromiseStatus(state=PromiseState.PENDING, paid=paid, expires_on=expires_on)
    partly = paid.minor >= promise.amount.minor * terms.minimum
    state = PromiseState.PARTIALLY_KEPT if partly else PromiseState.BROKEN
    return PromiseStatus(state=state, paid=paid, expires_on=expires_on, cured_on=reached_on)


def protected_invoices(items: Iterable[OpenItem], pending: Iterable[Promise]) -> frozenset[str]:
    """The invoices that `pending` promises keep from being dunned."""
    promises = list(pending)
    return frozenset(item.invoice for item in items if any(promise.protects(item) for promise in promises))


def plan_promise(
    *,
    customer: str,
    invoices: Sequence[str],
    amount: Money,
    promised_on: date,
    open_items: Iterable[OpenItem],
    pending: Iterable[Promise],
    terms: PromiseTerms,
    author: Author,
) -> Json | list[Problem]:
    """Return the promise document, or all that is wrong; `pending` are the customer's pending promises."""
    items = [
        item for item in open_items if item.customer == customer and item.open.currency == amount.currency
    ]
    body = {
        "customer": customer,
        "invoices": list(invoices),
        "amount": amount.minor,
        "currency": amount.currency,
        "promised_on": promised_on.isoformat(),
    }
    doc = author.fact("promise", body)
    problems = _amount_problems(items, invoices, amount)
    problems += _date_problems(promised_on, author.on, terms)
    kept = [other for other in pending if not other.overlaps(Promise.from_json(doc))]
    if len(kept) >= terms.max_active:
        problems.append(Problem("too_many_promises", "", {"max": terms.max_active}))
    return problems or doc


def _when(payment: PromisePayment) -> tuple[date, datetime]:
    return (payment.on, payment.at)


def _reached_on(payments: Iterable[PromisePayment], needed: Decimal) -> date | None:
    paid = 0
    for payment in payments:
        paid += payment.amount.minor
        if paid >= needed:
            return payment.on
    return None


def _supersedes(other: Promise, promise: Promise, *, by: date) -> bool:
    # Ulids order promises made within one second, so that exactly one of the two is superseded.
    later = (other.created_at, other.id) > (promise.created_at, promise.id)
    return later and other.overlaps(promise) and other.made_on <= by


def _amount_problems(items: Sequence[OpenItem], invoices: Sequence[str], amount: Money) -> list[Problem]:
    by_number = {item.invoice: item for item in items}
    problems = [
        Problem("invoice_not_open", f"invoices.{position}", {"invoice": number})
        for position, number in enumerate(invoices)
        if number not in by_number
    ]
    if amount.minor <= 0:
        return [*problems, Problem("amount_not_positive", "amount")]
    meant = [by_number[number] for number in dict.fromkeys(invoices) if number in by_number] or items
    open_ = total((item.open for item in meant), amount.currency)
    if not problems and amount > open_:
        problems.append(Problem("promise_exceeds_open", "amount", money_data(amount=amount, open=open_)))
    return problems


def _date_problems(promised_on: date, today: date, terms: PromiseTerms) -> list[Problem]:
    if promised_on < today:
        return [Problem("promise_in_past", "promised_on", {"date": promised_on.isoformat()})]
    if promised_on > today + timedelta(days=terms.horizon_days):
        data = {"days": (promised_on - today).days, "max_days": terms.horizon_days}
        return [Problem("promise_too_far", "promised_on", data)]
    return []
