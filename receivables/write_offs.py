"""Small differences: what remains of a paid invoice, up to the company's tolerance, forgone with it.

A write-off is no money, so it stands apart from a receipt's allocations and no sum contains it. It stands
only beside an allocation to the same invoice and settles that invoice; otherwise the invoice keeps its rest.
The phone checks this against what it shows as open, the centre once more when it claims the receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from receivables.allocation import Allocation
from receivables.invoices import OpenItem
from receivables.money import Money
from receivables.validation import Problem, money_data


def small_differences(
    open_items: Iterable[OpenItem], allocations: Iterable[Allocation], *, tolerance: Money
) -> list[Allocation]:
    """What would remain of the paid invoices and may be written off: at most `tolerance` each."""
    paid = {allocation.invoice: allocation.amount for allocation in allocations}
    remains = [
        Allocation(item.invoice, item.open - paid[item.invoice])
        for item in sorted(open_items, key=lambda item: item.age_key)
        if item.invoice in paid and item.open.currency == tolerance.currency
    ]
    return [rest for rest in remains if 0 < rest.amount.minor <= tolerance.minor]


def write_off_problems(
    requested: Sequence[Allocation],
    open_items: Iterable[OpenItem],
    allocations: Sequence[Allocation],
    *,
    tolerance: Money,
) -> list[Problem]:
    """Everything wrong with the differences that a draft wants written off beside its `allocations`."""
    paid = {allocation.invoice: allocation.amount for allocation in allocations}
    open_ = {item.invoice: item.open for item in open_items}
    problems: list[Problem] = []
    seen: set[str] = set()
    for position, each in enumerate(requested):
        where = f"write_offs.{position}"
        if each.invoice not in paid or each.invoice in seen:
            problems.append(Problem("write_off_alone", where, {"invoice": each.invoice}))
            continue
        seen.add(each.invoice)
        rest = open_[each.invoice] - paid[each.invoice]
        if problem := _unsettling(each, rest, tolerance, where):
            problems.append(problem)
    return problems


def cap_write_offs(
    requested: Sequence[Allocation],
    effective: Sequence[Allocation],
    open_by_invoice: Mapping[str, Money],
    *,
    tolerance: Money,
) -> tuple[tuple[Allocation, ...], list[Problem]]:
    """Decide which of the `requested` differences take effect, given the `effective` allocations.

    The problems are those of differences that leave something open. One on an invoice that the receipt no
    longer pays, or that is settled without it, is left out and no problem: its money tells the story.
    """
    paid: dict[str, Money] = {}
    for allocation in effective:
        before = paid.get(allocation.invoice, Money.zero(tolerance.currency))
        paid[allocation.invoice] = before + allocation.amount
    taken: list[Allocation] = []
    problems: list[Problem] = []
    for position, each in enumerate(requested):
        if each.invoice not in paid:
            continue
        rest = open_by_invoice[each.invoice] - paid.pop(each.invoice)
        if rest.minor <= 0:
            continue
        settling = Allocation(each.invoice, min(each.amount, rest))
        if problem := _unsettling(settling, rest, tolerance, f"write_offs.{position}"):
            problems.append(problem)
        else:
            taken.append(settling)
    return tuple(taken), problems


def not_in_erp(write_off: Allocation) -> Problem:
    """Why a difference stays open where the ERP has no place for one."""
    return Problem("write_off_not_in_erp", "", {"invoice": write_off.invoice})


def _unsettling(each: Allocation, rest: Money, tolerance: Money, where: str) -> Problem | None:
    """Why this does not settle an invoice of which `rest` is left, or None."""
    if each.amount > tolerance:
        data = {"invoice": each.invoice, **money_data(amount=each.amount, tolerance=tolerance)}
        return Problem("write_off_over_tolerance", where, data)
    if each.amount != rest or rest.minor <= 0:
        data = {"invoice": each.invoice, **money_data(amount=each.amount, rest=rest)}
        return Problem("write_off_differs", where, data)
    return None
