"""A receipt or its reversal as a move of Tryton's: which accounts, which amounts, which invoices. No I/O.

A reversal is the same move with the signs turned (storno), as Tryton's own cancellation of a move is: so it
can stand among the payment lines of an invoice, and what is left to pay rises by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal, ReversalKind
from backend.erp.tryton.mapping import WRITE_OFF
from backend.erp.tryton.records import KEY_PREFIX
from receivables.money import Money

ON_ACCOUNT = "a cuenta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be posted under `key`.

    Amounts are Tryton's decimals, negative for a reversal, which `reverses` the receipt of that id. A small
    difference is a payment by a method of its own, and in the allocation to its invoice.
    """

    key: str
    number: str
    customer: str
    on: date
    currency: str
    payments: Sequence[tuple[str, Decimal, str]]
    allocations: Mapping[str, Decimal]
    on_account: Decimal
    reverses: str | None = None

    @property
    def description(self) -> str:
        return f"{KEY_PREFIX}{self.key}"

    @property
    def credits(self) -> dict[str, Decimal]:
        """What the customer is credited, by the invoice that it pays or `ON_ACCOUNT`."""
        return {**self.allocations, **({ON_ACCOUNT: self.on_account} if self.on_account else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A payment method of Tryton's."""

    journal: int
    account: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The ids that a move of this entry needs: `accounts` by the same names as `Entry.credits`."""

    company: int
    party: int
    period: int
    accounts: Mapping[str, int]
    methods: Mapping[str, Method]
    journal: int | None
    origin: int | None


def entry_of_receipt(receipt: OutgoingReceipt) -> Entry:
    return _entry(receipt, key=receipt.receipt_id, number=receipt.number)


def entry_of_reversal(reversal: OutgoingReversal) -> Entry:
    bounced = reversal.kind is ReversalKind.BOUNCED_CHEQUE
    special = {"cheque": "bounced_cheque"} if bounced else {}
    return _entry(
        reversal,
        key=reversal.reversal_id,
        number=reversal.receipt_number,
        special=special,
        reverses=reversal.receipt_id,
    )


def _entry(
    fact: OutgoingReceipt | OutgoingReversal,
    *,
    key: str,
    number: str,
    special: Mapping[str, str] | None = None,
    reverses: str | None = None,
) -> Entry:
    sign = -1 if reverses else 1

    def amount(minor: int) -> Decimal:
        return Money(sign * minor, fact.currency).to_decimal()

    allocations: dict[str, Decimal] = {}
    for invoice, minor in (*fact.allocations, *fact.write_offs):
        allocations[invoice] = allocations.get(invoice, Decimal(0)) + amount(minor)
    return Entry(
        key=key,
        number=number,
        customer=fact.customer,
        on=fact.local_on,
        currency=fact.currency,
        payments=[
            *(
                (_method(payment, special or {}), amount(payment["amount"]), _particulars(payment))
                for payment in fact.payments
            ),
            *((WRITE_OFF, amount(minor), invoice) for invoice, minor in fact.write_offs),
        ],
        allocations=allocations,
        on_account=amount(fact.on_account),
        reverses=reverses,
    )


def _method(payment: Mapping[str, Any], special: Mapping[str, str]) -> str:
    method = str(payment["method"])
    if method == "withholding" and not payment.get("validated", True):
        return "withholding_pending"
    return special.get(method, method)


def _particulars(payment: Mapping[str, Any]) -> str:
    """What a bookkeeper looks for on the line: the cheque's number and bank, the transfer's reference."""
    names = ("bank", "number", "reference", "brand", "last4", "authorisation")
    return " ".join(str(payment[name]) for name in names if payment.get(name))


def move_values(entry: Entry, books: Books) -> dict[str, Any]:
    """The draft: one line for each payment, one for each invoice and one for what is on account."""
    journals = {books.methods[method].journal for method, _, _ in entry.payments if method != WRITE_OFF}
    journal = journals.pop() if len(journals) == 1 else books.journal
    received = [
        {
            "account": books.methods[method].account,
            "debit": amount,
            "credit": Decimal(0),
            "description": " ".join(part for part in (entry.number, particulars) if part),
        }
        for method, amount, particulars in entry.payments
    ]
    credited = [
        {
            "account": books.accounts[name],
            "party": books.party,
            "debit": Decimal(0),
            "credit": amount,
            "description": name,
        }
        for name, amount in entry.credits.items()
    ]
    return {
        "company": books.company,
        "journal": journal,
        "period": books.period,
        "date": entry.on,
        "description": entry.description,
        "origin": f"account.move,{books.origin}" if books.origin else None,
        "lines": [["create", received + credited]],
    }


def exceeds(entry: Entry, received: Mapping[str, Decimal]) -> bool:
    """Would the reversal take back more of an invoice, or on account, than is left of the receipt?"""
    return any(received.get(name, Decimal(0)) + amount < 0 for name, amount in entry.credits.items())
