"""Receipts: the facts that money changed hands, numbered by device, chained by hash, never edited.

`plan_receipt` is the only way to make one: it checks a draft against the policy and the open items and
returns the exact document, or every problem. Always Σ payments = total = Σ allocations + on account; small
differences that are written off stand apart (`receivables.write_offs`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

from receivables.allocation import (
    Allocation,
    AllocationPlan,
    allocate_chosen,
    allocate_explicit,
    allocate_fifo,
    oldest_first_problems,
)
from receivables.canonical import canonical_json
from receivables.cash import cash_limit_problems
from receivables.clock_codes import ClockAcceptance
from receivables.documents import SCHEMA, BadDocument, Json, local_on, rfc3339
from receivables.identifiers import receipt_id, receipt_number
from receivables.invoices import OpenItem
from receivables.money import MAX_MINOR, Money, MoneyError, minor_from_json, total
from receivables.payments import Method, PaymentKey, PaymentLine, payment_problems
from receivables.policies import CollectionPolicy
from receivables.validation import Problem, money_data
from receivables.write_offs import write_off_problems

__all__ = [
    "GENESIS_HASH", "Allocation", "PaymentLine", "Receipt", "ReceiptDraft", "plan_allocation", "plan_receipt",
    "receipt_hash", "verify_chain",
]  # fmt: skip

GENESIS_HASH = "0" * 64
"""Stands before the first receipt of a series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDraft:
    """What the collector entered.

    With `allocations` the amounts are explicit, with `chosen` they are spread over those invoices oldest
    first, with neither over all open items oldest first. `write_offs` are the small differences that the
    collector gives up, as they were shown.
    """

    customer: str
    currency: str
    visit: str | None
    payments: tuple[PaymentLine, ...]
    chosen: tuple[str, ...] | None = None
    allocations: tuple[Allocation, ...] | None = None
    write_offs: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A `receipt:<series>:<counter>` document, read and checked; `source` is the document as it was."""

    id: str
    series: str
    counter: int
    number: str
    customer: str
    collector: str
    created_at: str
    local_on: str
    total: Money
    payments: tuple[PaymentLine, ...]
    allocations: tuple[Allocation, ...]
    on_account: Money
    write_offs: tuple[Allocation, ...]
    previous_hash: str
    hash: str
    source: Mapping[str, Any]

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Receipt:
        """Read a receipt; raise BadDocument where a field is missing, ids disagree or the sums don't hold."""
        try:
            currency = doc["currency"]
            receipt = cls(
                id=doc["_id"],
                series=doc["series"],
                counter=minor_from_json(doc["counter"]),
                number=doc["number"],
                customer=doc["customer"],
                collector=doc["collector"],
                created_at=doc["created_at"],
                local_on=doc["local_on"],
                total=Money.from_json(doc["total"], currency),
                payments=tuple(PaymentLine.from_json(line, currency) for line in doc["payments"]),
                allocations=tuple(Allocation.from_json(line, currency) for line in doc["allocations"]),
                on_account=Money.from_json(doc["on_account"], currency),
                write_offs=tuple(
                    Allocation.from_json(line, currency) for line in doc.get("write_offs") or ()
                ),
                previous_hash=doc["previous_hash"],
                hash=doc["hash"],
                source=doc,
            )
            receipt._check()
        except (KeyError, TypeError, ValueError, MoneyError) as error:
            raise BadDocument(f"receipt {doc.get('_id')!r}: {error!r}") from error
        return receipt

    def to_json(self) -> Json:
        """The document it was read from, unknown fields included."""
        return dict(self.source)

    def _check(self) -> None:
        named = (receipt_id(self.series, self.counter), receipt_number(self.series, self.counter))
        if named != (self.id, self.number):
            raise ValueError("id, series, counter and number disagree")
        zero = Money.zero(self.total.currency)
        paid = sum((line.amount for line in self.payments), zero)
        applied = sum((line.amount for line in self.allocations), self.on_account)
        if not paid == self.total == applied or self.on_account < zero:
            raise ValueError("payments, total and allocations with on account don't add up")
        amounts = [line.amount for line in self.payments]
        amounts += [line.amount for line in (*self.allocations, *self.write_offs)]
        if any(amount <= zero for amount in amounts):
            raise ValueError("a line is not positive")
        written_off = [line.invoice for line in self.write_offs]
        paid_invoices = {line.invoice for line in self.allocations}
        if len(set(written_off)) != len(written_off) or not paid_invoices.issuperset(written_off):
            raise ValueError("a difference is written off without a payment to its invoice, or twice")


def plan_receipt(
    *,
    draft: ReceiptDraft,
    open_items: Iterable[OpenItem],
    policy: CollectionPolicy,
    company: str,
    collector: str,
    device: str,
    series: str,
    counter: int,
    previous_hash: str,
    now: datetime,
    zone: tzinfo,
    place: Mapping[str, Any] | None,
    known_payments: Collection[PaymentKey] = frozenset(),
    cash_in_hand: Money | None = None,
    clock_accepted: ClockAcceptance | None = None,
) -> Json | list[Problem]:
    """Return the receipt document of `draft`, or all that is wrong with it.

    `open_items` are the customer's provisional open items; `known_payments` the keys of payments already
    recorded; `cash_in_hand` is what the collector holds, None where no limit is to be kept;
    `clock_accepted` says whose word stands behind a clock that was put back. Raise BadIdentifier for a series
    or counter that can't be: those don't come from a person.
    """
    on = local_on(now, zone)
    plan = plan_allocation(
        draft,
        open_items=open_items,
        policy=policy,
        on=on,
        known_payments=known_payments,
        cash_in_hand=cash_in_hand,
    )
    if isinstance(plan, list):
        return plan
    doc: Json = {
        "_id": receipt_id(series, counter),
        "schema": SCHEMA,
        "company": company,
        "collector": collector,
        "device": device,
        "series": series,
        "counter": counter,
        "number": receipt_number(series, counter),
        "customer": draft.customer,
        "visit": draft.visit,
        "created_at": rfc3339(now),
        "local_on": on.isoformat(),
        "currency": draft.currency,
        "total": total((line.amount for line in draft.payments), draft.currency).minor,
        "payments": [line.to_json() for line in draft.payments],
        "allocations": [allocation.to_json() for allocation in plan.allocations],
        "on_account": plan.on_account.minor,
        **({"write_offs": [each.to_json() for each in plan.write_offs]} if plan.write_offs else {}),
        "place": None if place is None else dict(place),
        **({"clock": clock_accepted.to_json()} if clock_accepted else {}),
        "previous_hash": previous_hash,
    }
    return {**doc, "hash": receipt_hash(previous_hash, doc)}


def plan_allocation(
    draft: ReceiptDraft,
    *,
    open_items: Iterable[OpenItem],
    policy: CollectionPolicy,
    on: date,
    known_payments: Collection[PaymentKey] = frozenset(),
    cash_in_hand: Money | None = None,
) -> AllocationPlan | list[Problem]:
    """Check `draft` and say how it would be applied; the screen shows this while the collector types."""
    items = [item for item in open_items if item.customer == draft.customer]
    problems = [] if draft.visit else [Problem("visit_not_started", "visit")]
    problems += payment_problems(
        draft.payments, currency=draft.currency, policy=policy, on=on, known=known_payments
    )
    if any(line.amount.currency != draft.currency for line in draft.payments):
        return problems
    paid = sum(line.amount.minor for line in draft.payments)
    if paid > MAX_MINOR:
        return [*problems, Problem("amount_too_large", "payments")]
    amount = Money(paid, draft.currency)
    if not policy.may_collect:
        problems.append(Problem("agency_may_not_collect"))
    if cash_in_hand is not None:
        cash = total((line.amount for line in draft.payments if line.method == Method.CASH), draft.currency)
        problems += cash_limit_problems(cash_in_hand, cash, policy.cash_limit)
    problems += _minimum_problems(items, amount, policy=policy)
    plan = _allocate(draft, items, amount, on_account_allowed=policy.on_account_allowed)
    if isinstance(plan, list):
        return problems + plan
    problems += write_off_problems(
        draft.write_offs, items, plan.allocations, tolerance=policy.tolerance_in(draft.currency)
    )
    if policy.oldest_first:
        problems += oldest_first_problems(items, (*plan.allocations, *draft.write_offs), on=on)
    return problems or replace(plan, write_offs=draft.write_offs)


def receipt_hash(previous_hash: str, doc: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of `previous_hash` and the canonical JSON of the receipt.

    `hash`, the `signature` over it and the members that the database adds (all begin with `_`) are left out,
    so that a receipt hashes the same before it is stored and after it has travelled.
    """
    hashed = {
        name: value
        for name, value in doc.items()
        if name not in {"hash", "signature"} and not name.startswith("_")
    }
    return hashlib.sha256(previous_hash.encode("ascii") + canonical_json(hashed)).hexdigest()


def verify_chain(receipts: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Problems of the hash chain of one or several series, each `field` the id of a receipt.

    `hash_wrong`: the receipt isn't what was hashed. `chain_broken`: it doesn't continue the receipt before
    it. A missing receipt is no broken chain: `numbering.gaps` reports it.
    """
    problems: list[Problem] = []
    hashes: dict[tuple[str, int], str] = {}
    for doc in sorted(receipts, key=lambda doc: (doc["series"], doc["counter"])):
        series, counter, previous = doc["series"], int(doc["counter"]), doc["previous_hash"]
        expected = GENESIS_HASH if counter == 1 else hashes.get((series, counter - 1))
        if expected is not None and previous != expected:
            problems.append(Problem("chain_broken", doc["_id"], {"number": doc["number"]}))
        if doc["hash"] != receipt_hash(previous, doc):
            problems.append(Problem("hash_wrong", doc["_id"], {"number": doc["number"]}))
        hashes[series, counter] = doc["hash"]
    return problems


def _allocate(
    draft: ReceiptDraft, items: Sequence[OpenItem], amount: Money, *, on_account_allowed: bool
) -> AllocationPlan | list[Problem]:
    if draft.allocations is not None:
        amounts = {allocation.invoice: allocation.amount for allocation in draft.allocations}
        if len(amounts) != len(draft.allocations):
            return [Problem("invoice_repeated", "allocations")]
        return allocate_explicit(items, amounts, amount, on_account_allowed=on_account_allowed)
    if draft.chosen is not None:
        return allocate_chosen(items, draft.chosen, amount, on_account_allowed=on_account_allowed)
    return allocate_fifo(items, amount, on_account_allowed=on_account_allowed)


def _minimum_problems(items: Iterable[OpenItem], amount: Money, *, policy: CollectionPolicy) -> list[Problem]:
    """The minimum never keeps a customer from paying all that is open."""
    if policy.currency != amount.currency or amount >= policy.minimum_receipt or amount.minor <= 0:
        return []
    open_ = sum(item.open.minor for item in items if item.open.currency == amount.currency)
    if 0 < open_ <= amount.minor:
        return []
    return [Problem("below_minimum", "payments", money_data(paid=amount, minimum=policy.minimum_receipt))]
