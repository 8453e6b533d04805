"""What a receipt on paper says, as texts in order, before anyone thinks of millimetres.

Both layouts, A5 and the 80 mm roll, draw the same `ReceiptView`, so they can't tell a customer different
things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from paperwork.labels import Labels, company_lines, labels_for
from paperwork.receipt_traces import receipt_traces
from paperwork.words import amount_in_words
from receivables.allocation import Allocation
from receivables.documents import parse_instant
from receivables.figures import amount_text, date_text, money_text
from receivables.money import Money
from receivables.receipts import Receipt

Doc = Mapping[str, Any]

_HASH_SHOWN = 16
_HASH_GROUP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """One invoice of the receipt; balances are empty where nobody knows them."""

    number: str
    due_on: str
    before: str
    applied: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    method: str
    details: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A receipt as texts. `void` is None unless it was voided, `reprint` empty on the first print."""

    labels: Labels
    created_at: datetime
    number: str
    issued: str
    company_name: str
    company_lines: tuple[str, ...]
    customer_name: str
    customer_lines: tuple[str, ...]
    amount: str
    words: str
    currency: str
    invoices: tuple[InvoiceRow, ...]
    balances_note: str
    payments: tuple[PaymentRow, ...]
    sums: tuple[tuple[str, str], ...]
    total: str
    facts: tuple[tuple[str, str], ...]
    collector_name: str
    legends: tuple[str, ...]
    verification: str
    qr: str
    reprint: str
    void: str | None


def receipt_view(
    receipt: Doc,
    *,
    company: Doc,
    customer: Doc,
    invoices: Mapping[str, Doc],
    collector: Doc,
    posting: Doc | None = None,
    void: Doc | None = None,
    reprint: int = 0,
    language: str = "es",
) -> ReceiptView:
    """Say what the paper of `receipt` says; raise BadDocument for a receipt whose sums don't hold."""
    labels = labels_for(language)
    locale = "en" if labels.title == labels_for("en").title else str(company.get("locale") or "es")
    read = Receipt.from_json(receipt)
    created_at = parse_instant(read.created_at).astimezone(ZoneInfo(company["timezone"]))
    when = created_at.strftime("%d-%m-%Y %H:%M")
    city = str(customer.get("city") or "")
    return ReceiptView(
        labels=labels,
        created_at=parse_instant(read.created_at),
        number=read.number,
        issued=", ".join(filter(None, (city, when))),
        company_name=str(company["name"]),
        company_lines=company_lines(company, labels),
        customer_name=str(customer["name"]),
        customer_lines=_customer_lines(read, customer, city, labels),
        amount=money_text(read.total, locale),
        words=amount_in_words(read.total, language),
        currency=read.total.currency,
        invoices=tuple(_invoice_row(read, each, invoices, locale) for each in read.allocations),
        balances_note="" if _balances_are_given(read, invoices) else labels.balances_note,
        payments=tuple(_payment_row(line, labels, locale) for line in read.payments),
        sums=tuple(_sums(read, labels, locale)),
        total=money_text(read.total, locale),
        facts=tuple(receipt_traces(read, collector, posting, void, labels=labels, locale=locale)),
        collector_name=str(collector.get("name") or read.collector),
        legends=_legends(read, company, labels),
        verification=_grouped(read.hash[:_HASH_SHOWN]),
        qr=f"recaudo:{receipt['company']}:{read.number}:{read.hash}",
        reprint=f"{labels.reprint} {reprint}" if reprint else "",
        void=None if void is None else _void_reason(str(void.get("reason") or ""), labels),
    )


def _void_reason(reason: str, labels: Labels) -> str:
    """The words of a phone's code; the office writes its reason itself."""
    return labels.void_reasons.get(reason, reason)


def _customer_lines(read: Receipt, customer: Doc, city: str, labels: Labels) -> tuple[str, ...]:
    """Who it is for the tax office and for the company, and where; what is not known takes no line."""
    tax_id, code = customer.get("tax_id"), customer.get("code") or read.customer
    known = (f"{labels.tax_id} {tax_id}" if tax_id else "", f"{labels.code} {code}")
    address = ", ".join(str(part) for part in (customer.get("address"), city) if part)
    return tuple(filter(None, (" · ".join(filter(None, known)), address)))


def _sums(read: Receipt, labels: Labels, locale: str) -> Iterable[tuple[str, str]]:
    """What makes up the total, below the payments."""
    for each in read.write_offs:
        yield f"{labels.write_off} {each.invoice}", amount_text(each.amount, locale)
    yield labels.applied, amount_text(read.total - read.on_account, locale)
    yield labels.on_account, amount_text(read.on_account, locale)


def _written_off(read: Receipt, number: str) -> Money:
    return sum(
        (each.amount for each in read.write_offs if each.invoice == number), Money.zero(read.total.currency)
    )


def _balance_before(read: Receipt, settled: Money, invoice: Doc | None) -> Money | None:
    """What was open before this receipt: as given, else from the ERP's balance and what that contains.

    `settled` is what the receipt took of it, written off included. None where that can't have been so: less
    than was settled.
    """
    if invoice is None:
        return None
    if (given := invoice.get("balance_before")) is not None:
        return Money.from_json(given, settled.currency)
    if invoice.get("balance") is None:
        return None
    balance = Money.from_json(invoice["balance"], settled.currency)
    before = balance + settled if read.id in (invoice.get("reflects") or ()) else balance
    return before if before >= settled else None


def _balances_are_given(read: Receipt, invoices: Mapping[str, Doc]) -> bool:
    return all("balance_before" in invoices.get(each.invoice, {}) for each in read.allocations)


def _invoice_row(
    read: Receipt, allocation: Allocation, invoices: Mapping[str, Doc], locale: str
) -> InvoiceRow:
    invoice = invoices.get(allocation.invoice)
    settled = allocation.amount + _written_off(read, allocation.invoice)
    before = _balance_before(read, settled, invoice)
    due_on = (invoice or {}).get("due_on")
    return InvoiceRow(
        number=allocation.invoice,
        due_on=date_text(date.fromisoformat(due_on)) if due_on else "",
        before="" if before is None else amount_text(before, locale),
        applied=amount_text(allocation.amount, locale),
        after="" if before is None else amount_text(before - settled, locale),
    )


def _payment_row(line: Any, labels: Labels, locale: str) -> PaymentRow:
    details = []
    for name, label in labels.details.items():
        value = line.details.get(name)
        if value:
            text = date_text(date.fromisoformat(value)) if name.endswith("_on") else str(value)
            details.append(f"{label}\u00a0{text}" if label else text)
    return PaymentRow(
        method=labels.methods.get(line.method, line.method),
        details=" · ".join(details),
        amount=amount_text(line.amount, locale),
    )


def _legends(read: Receipt, company: Doc, labels: Labels) -> tuple[str, ...]:
    own = tuple(company.get("legends") or ()) or labels.legends
    has_cheque = any(line.method == "cheque" for line in read.payments)
    said = any("cheque" in legend.lower() for legend in own)
    return (*own, labels.cheque_legend) if has_cheque and not said else own


def _grouped(text: str) -> str:
    return " ".join(text[start : start + _HASH_GROUP] for start in range(0, len(text), _HASH_GROUP)).upper()
