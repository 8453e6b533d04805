"""What is open right now: the ERP's balance minus what this phone's receipts settle and it doesn't count yet.

An invoice says in `reflects` which receipts its balance already contains. The phone subtracts exactly its own
receipts that aren't named there. A posting plays no part, so no order in which invoices, receipts and
postings arrive can count a payment twice or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from receivables.invoices import Invoice, OpenItem
from receivables.money import Money, minor_from_json, total
from receivables.payments import is_uncertain

Docs = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodTotals:
    """Receipts of one currency, counted and summed; `by_method` adds up to `total`."""

    count: int
    total: Money
    by_method: dict[str, Money]


def provisional_balance(invoice: Mapping[str, Any], own_receipts: Docs, voids: Docs = ()) -> Money:
    """The balance to show for one invoice document; never below zero."""
    return _balance(Invoice.from_json(invoice), _own_allocations(own_receipts, voids))


def provisional_open_items(
    invoices: Docs, own_receipts: Docs, voids: Docs = (), *, disputed: frozenset[str] = frozenset()
) -> list[OpenItem]:
    """The open items of many invoices in one pass, oldest first; paid and cancelled ones are left out."""
    allocations = _own_allocations(own_receipts, voids)
    items = [
        OpenItem.of(invoice, balance=_balance(invoice, allocations), disputed=invoice.number in disputed)
        for invoice in map(Invoice.from_json, invoices)
        if invoice.state == "open"
    ]
    return sorted((item for item in items if item.open.minor > 0), key=lambda item: item.age_key)


def erp_balance(invoices: Docs, *, currency: str) -> Money:
    """What the ERP said was open when it was last heard."""
    read = (Invoice.from_json(each) for each in invoices)
    own = (each.balance for each in read if each.state == "open" and each.balance.currency == currency)
    return total(own, currency)


def unconfirmed_payments(invoices: Docs, own_receipts: Docs, voids: Docs = (), *, currency: str) -> Money:
    """Cheques, transfers and withholdings in receipts that no balance contains yet: paid, not yet certain.

    The confirmed balance is the provisional one plus this.
    """
    reflected = {receipt for each in invoices for receipt in each.get("reflects") or ()}
    minor = sum(
        minor_from_json(line["amount"])
        for receipt in valid_receipts(own_receipts, voids)
        if receipt["currency"] == currency and receipt["_id"] not in reflected
        for line in receipt["payments"]
        if is_uncertain(line["method"])
    )
    return Money(minor, currency)


def valid_receipts(receipts: Docs, voids: Docs = ()) -> list[Mapping[str, Any]]:
    """The receipts that no void names, each id once, in the order given."""
    voided = {void["receipt"] for void in voids}
    unique = {receipt["_id"]: receipt for receipt in receipts}
    return [receipt for id_, receipt in unique.items() if id_ not in voided]


def totals_by_method(
    receipts: Docs, *, currency: str, on: date | None = None, voids: Docs = ()
) -> MethodTotals:
    """Count and sum the valid receipts of `currency`, of one local date or of all."""
    by_method: defaultdict[str, int] = defaultdict(int)
    count = 0
    for receipt in valid_receipts(receipts, voids):
        if receipt["currency"] != currency or (on is not None and receipt["local_on"] != on.isoformat()):
            continue
        count += 1
        for line in receipt["payments"]:
            by_method[line["method"]] += minor_from_json(line["amount"])
    return MethodTotals(
        count=count,
        total=Money(sum(by_method.values()), currency),
        by_method={method: Money(minor, currency) for method, minor in sorted(by_method.items())},
    )


def _own_allocations(receipts: Docs, voids: Docs) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """(invoice, currency) → the receipts that pay it or write a rest of it off, with their minor units."""
    allocations: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for receipt in valid_receipts(receipts, voids):
        for line in (*receipt["allocations"], *(receipt.get("write_offs") or ())):
            target = (line["invoice"], receipt["currency"])
            allocations[target].append((receipt["_id"], minor_from_json(line["amount"])))
    return dict(allocations)


def _balance(invoice: Invoice, allocations: Mapping[tuple[str, str], list[tuple[str, int]]]) -> Money:
    own = allocations.get((invoice.number, invoice.balance.currency), [])
    unreflected = sum(minor for receipt, minor in own if receipt not in invoice.reflects)
    return Money(max(0, invoice.balance.minor - unreflected), invoice.balance.currency)
