"""What a customer says against a debt: a dispute over a part of an invoice, or that it is paid already.

Both are facts and neither changes a balance. The disputed part is not claimed until the office has decided;
the rest stays collectable. An informed payment waits a few days for the bank and then asks for
attention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from receivables.documents import Author, Json, parse_date
from receivables.invoices import OpenItem
from receivables.money import Money, minor_from_json, total
from receivables.payments import LONGEST_TEXT
from receivables.validation import LONGEST_WORDS, Problem, money_data, text_problems

Docs = Iterable[Mapping[str, Any]]

DISPUTE_REASONS = (
    "price", "quantity", "defective", "not_received", "duplicate", "missing_order", "already_paid", "other",
)  # fmt: skip
"""Codes; the words are the screen's."""

INFORMED_DAYS = 5
"""How long an informed payment is waited for before it asks for attention."""


class InformedState(StrEnum):
    WAITING = "waiting"
    CREDITED = "credited"  # nothing is open any more on what it named
    EXPIRED = "expired"


def disputed_amounts(disputes: Docs, items: Iterable[OpenItem]) -> dict[str, Money]:
    """What is in dispute on each open item, never more than is open on it."""
    open_ = {item.invoice: item.open for item in items}
    amounts: dict[str, Money] = {}
    for dispute in disputes:
        item = open_.get(dispute["invoice"])
        if item is None or item.currency != dispute["currency"]:
            continue
        so_far = amounts.get(dispute["invoice"], Money.zero(item.currency))
        amounts[dispute["invoice"]] = min(item, so_far + Money.from_json(dispute["amount"], item.currency))
    return amounts


def mark_disputed(items: Sequence[OpenItem], disputes: Docs) -> list[OpenItem]:
    """The items, those disputed to the last cent marked; a part in dispute leaves the rest claimable."""
    amounts = disputed_amounts(disputes, items)
    return [replace(item, disputed=item.disputed or amounts.get(item.invoice) == item.open) for item in items]


def plan_dispute(
    *,
    customer: str,
    invoice: str,
    reason: str,
    amount: Money,
    text: str,
    open_items: Iterable[OpenItem],
    disputes: Docs,
    author: Author,
) -> Json | list[Problem]:
    """Return the dispute, or all that is wrong with it; `disputes` are those already recorded."""
    items = {item.invoice: item for item in open_items if item.customer == customer}
    item = items.get(invoice)
    problems: list[Problem] = []
    if not invoice or item is None:
        problems.append(
            Problem("invoice_not_open", "invoice", {"invoice": invoice})
            if invoice
            else Problem("invoice_missing", "invoice")
        )
    if reason not in DISPUTE_REASONS:
        problems.append(Problem("reason_missing", "reason"))
    if amount.minor <= 0:
        problems.append(Problem("amount_not_positive", "amount"))
    elif item is not None:
        before = disputed_amounts(disputes, [item]).get(invoice, Money.zero(item.open.currency))
        left = item.open - before
        if amount.currency != item.open.currency or amount > left:
            problems.append(Problem("dispute_exceeds_open", "amount", money_data(amount=amount, open=left)))
    problems += text_problems("text", text, LONGEST_WORDS)
    body = {
        "customer": customer,
        "invoice": invoice,
        "reason": reason,
        "amount": amount.minor,
        "currency": amount.currency,
        "text": text.strip(),
    }
    return problems or author.fact("dispute", body)


def informed_state(informed: Mapping[str, Any], items: Iterable[OpenItem], *, on: date) -> InformedState:
    """How an informed payment stands on the date `on`, given what is open at the customer now."""
    named = set(informed["invoices"])
    waiting = [item for item in items if not named or item.invoice in named]
    if not waiting:
        return InformedState.CREDITED
    expires = parse_date(informed["local_on"]) + timedelta(days=INFORMED_DAYS)
    return InformedState.WAITING if on <= expires else InformedState.EXPIRED


def plan_informed_payment(
    *,
    customer: str,
    invoices: Sequence[str],
    amount: Money,
    paid_on: date,
    bank: str,
    reference: str,
    text: str,
    open_items: Iterable[OpenItem],
    informed: Docs,
    author: Author,
) -> Json | list[Problem]:
    """Return the informed payment, or all that is wrong with it.

    `informed` are those of the customer that were recorded before: one payment is informed once.
    """
    items = [
        item for item in open_items if item.customer == customer and item.open.currency == amount.currency
    ]
    known = {item.invoice for item in items}
    problems = [
        Problem("invoice_not_open", "invoices", {"invoice": number})
        for number in invoices
        if number not in known
    ]
    if amount.minor <= 0:
        problems.append(Problem("amount_not_positive", "amount"))
    else:
        open_ = total(
            (item.open for item in items if not invoices or item.invoice in invoices), amount.currency
        )
        if not problems and amount > open_:
            problems.append(Problem("informed_exceeds_open", "amount", money_data(amount=amount, open=open_)))
    if paid_on > author.on:
        problems.append(Problem("date_in_future", "paid_on", {"date": paid_on.isoformat()}))
    if reference.strip() and any(
        _payment_key(each) == (bank.strip(), reference.strip(), amount.minor) for each in informed
    ):
        problems.append(Problem("payment_already_informed", "reference", {"reference": reference.strip()}))
    problems += text_problems("bank", bank, LONGEST_TEXT) + text_problems(
        "reference", reference, LONGEST_TEXT
    )
    problems += text_problems("text", text, LONGEST_WORDS)
    body = {
        "customer": customer,
        "invoices": list(invoices),
        "amount": amount.minor,
        "currency": amount.currency,
        "paid_on": paid_on.isoformat(),
        "bank": bank.strip() or None,
        "reference": reference.strip() or None,
        "text": text.strip(),
    }
    return problems or author.fact("informed_payment", body)


def plan_note(*, customer: str, text: str, author: Author) -> Json | list[Problem]:
    """Return the note, or that it is empty or too long."""
    words = text.strip()
    problems = text_problems("text", words, LONGEST_WORDS) if words else [Problem("note_empty", "text")]
    return problems or author.fact("note", {"customer": customer, "text": words})


def _payment_key(informed: Mapping[str, Any]) -> tuple[str, str, int]:
    return (
        str(informed.get("bank") or ""),
        str(informed.get("reference") or ""),
        minor_from_json(informed["amount"]),
    )
