"""Which invoices a payment pays: first in first out, chosen ones, or explicit amounts; and what is left over.

On the phone an allocation is planned against what the phone shows as open. At the centre, where two phones
may have been paid for the same invoice, `cap_allocations` decides once how much of it takes effect; the rest
stays on account, because the money is real and no receipt is ever edited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from receivables.documents import Json
from receivables.invoices import OpenItem
from receivables.money import Money, total
from receivables.validation import Problem, money_data


@dataclass(frozen=True, slots=True)
class Allocation:
    """An amount applied to an invoice."""

    invoice: str
    amount: Money

    @classmethod
    def from_json(cls, doc: Mapping[str, Any], currency: str) -> Allocation:
        return cls(str(doc["invoice"]), Money.from_json(doc["amount"], currency))

    def to_json(self) -> Json:
        return {"invoice": self.invoice, "amount": self.amount.minor}


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """Allocations and the surplus: together exactly the amount that was paid.

    `write_offs` are no money: small differences that are given up beside the allocations.
    """

    allocations: tuple[Allocation, ...]
    on_account: Money
    write_offs: tuple[Allocation, ...] = ()


def allocate_fifo(
    open_items: Iterable[OpenItem], amount: Money, *, on_account_allowed: bool = True
) -> AllocationPlan | list[Problem]:
    """Pay the oldest items first, leaving out disputed ones and other currencies.

    The surplus goes on account, or is the problem `surplus_not_allowed`.
    """
    claimable = [item for item in open_items if not item.disputed and item.open.currency == amount.currency]
    return _fill(claimable, amount, on_account_allowed=on_account_allowed)


def allocate_chosen(
    open_items: Iterable[OpenItem], chosen: Iterable[str], amount: Money, *, on_account_allowed: bool = True
) -> AllocationPlan | list[Problem]:
    """Pay the invoices named in `chosen`, oldest first among them, disputed or not."""
    by_number = {item.invoice: item for item in open_items}
    wanted = list(dict.fromkeys(chosen))
    problems = [
        problem
        for position, number in enumerate(wanted)
        if (problem := _unpayable(by_number.get(number), number, amount.currency, f"invoices.{position}"))
    ]
    if problems:
        return problems
    return _fill([by_number[number] for number in wanted], amount, on_account_allowed=on_account_allowed)


def allocate_explicit(
    open_items: Iterable[OpenItem],
    amounts: Mapping[str, Money],
    amount: Money,
    *,
    on_account_allowed: bool = True,
) -> AllocationPlan | list[Problem]:
    """Apply to each invoice the amount given for it; what `amount` has beyond their sum is surplus.

    Problems: an unknown invoice, another currency, an amount that isn't positive or is more than is open, a
    sum beyond what was paid, a surplus that the policy doesn't allow.
    """
    by_number = {item.invoice: item for item in open_items}
    problems: list[Problem] = []
    for number, part in amounts.items():
        where = f"allocations.{number}"
        item = by_number.get(number)
        problem = _unpayable(item, number, part.currency, where)
        if problem := problem or _unpayable(item, number, amount.currency, where):
            problems.append(problem)
        elif part.minor <= 0:
            problems.append(Problem("allocation_not_positive", where, {"invoice": number}))
        elif item is not None and part > item.open:
            data = {"invoice": number, **money_data(amount=part, open=item.open)}
            problems.append(Problem("allocation_exceeds_open", where, data))
    if problems:
        return problems
    applied = total(amounts.values(), amount.currency)
    if applied > amount:
        return [
            Problem("allocations_exceed_payments", "allocations", money_data(allocated=applied, paid=amount))
        ]
    ordered = sorted((by_number[number] for number in amounts), key=lambda item: item.age_key)
    allocations = tuple(Allocation(item.invoice, amounts[item.invoice]) for item in ordered)
    return _with_surplus(allocations, amount - applied, on_account_allowed=on_account_allowed)


def oldest_first_problems(
    open_items: Iterable[OpenItem], allocations: Iterable[Allocation], *, on: date
) -> list[Problem]:
    """Problems where an older overdue, undisputed invoice stays open while a younger one is paid.

    What is written off of an invoice counts like an allocation: it settles the invoice.
    """
    paid: Counter[str] = Counter()
    for allocation in allocations:
        paid[allocation.invoice] += allocation.amount.minor
    items = sorted(open_items, key=lambda item: item.age_key)
    youngest_paid = max((item.age_key for item in items if item.invoice in paid), default=None)
    if youngest_paid is None:
        return []
    return [
        Problem(
            "older_invoice_open", "allocations", {"invoice": item.invoice, "due_on": item.due_on.isoformat()}
        )
        for item in items
        if item.age_key < youngest_paid
        and item.due_on < on
        and not item.disputed
        and item.open.minor > paid[item.invoice]
    ]


def cap_allocations(
    requested: Sequence[Allocation], open_by_invoice: Mapping[str, Money], *, currency: str
) -> tuple[tuple[Allocation, ...], Money]:
    """Decide what of `requested` takes effect, given what is open now: (effective, excess for on account).

    An invoice that is unknown, paid or of another currency takes nothing. Effective amounts plus excess
    always equal what was requested; an allocation capped to nothing is left out.
    """
    left = {number: open_.minor for number, open_ in open_by_invoice.items() if open_.currency == currency}
    effective: list[Allocation] = []
    excess = Money.zero(currency)
    for allocation in requested:
        taken = Money(max(0, min(allocation.amount.minor, left.get(allocation.invoice, 0))), currency)
        left[allocation.invoice] = left.get(allocation.invoice, 0) - taken.minor
        excess += allocation.amount - taken
        if taken:
            effective.append(Allocation(allocation.invoice, taken))
    return tuple(effective), excess


def _fill(
    items: list[OpenItem], amount: Money, *, on_account_allowed: bool
) -> AllocationPlan | list[Problem]:
    remaining = amount
    allocations: list[Allocation] = []
    for item in sorted(items, key=lambda item: item.age_key):
        part = min(item.open, remaining)
        if part.minor > 0:
            allocations.append(Allocation(item.invoice, part))
            remaining -= part
    return _with_surplus(tuple(allocations), remaining, on_account_allowed=on_account_allowed)


def _with_surplus(
    allocations: tuple[Allocation, ...], surplus: Money, *, on_account_allowed: bool
) -> AllocationPlan | list[Problem]:
    if surplus.minor > 0 and not on_account_allowed:
        return [Problem("surplus_not_allowed", "payments", money_data(surplus=surplus))]
    return AllocationPlan(allocations, surplus)


def _unpayable(item: OpenItem | None, number: str, currency: str, where: str) -> Problem | None:
    if item is None or item.open.minor <= 0:
        return Problem("invoice_not_open", where, {"invoice": number})
    if item.open.currency != currency:
        return Problem(
            "invoice_in_other_currency",
            where,
            {"invoice": number, "currency": item.open.currency, "paid_in": currency},
        )
    return None
