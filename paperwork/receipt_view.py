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
from paperwork.words import amount_in_words
from receivables.documents import parse_instant
from receivables.figures import amount_text, date_text, money_text
from receivables.money import Money
from receivables.receipts import Receipt

Doc = Mapping[str, Any]

_SHORT_ID = 8
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
    rows = tuple(_invoice_row(read, number, applied, invoices, locale) for number, applied in _applied(read))
    applied_total = read.total - read.on_account
    return ReceiptView(
        labels=labels,
        created_at=parse_instant(read.created_at),
        number=read.number,
        issued=", ".join(filter(None, (city, when))),
        company_name=str(company["name"]),
        company_lines=company_lines(company, labels),
        customer_name=str(customer["name"]),
        customer_lines=_lines(
            " · ".join(
                filter(
                    None,
                    (
                        _labelled(labels.tax_id, customer.get("tax_id")),
                        _labelled(labels.code, customer.get("code") or read.customer),
                    ),
                )
            ),
            ", ".join(filter(None, (customer.get("address"), city))),
        ),
        amount=money_text(read.total, locale),
        words=amount_in_words(read.total, language),
        currency=read.total.currency,
        invoices=rows,
        balances_note="" if _balances_are_given(read, invoices) else labels.balances_note,
        payments=tuple(_payment_row(line, labels, locale) for line in read.payments),
        sums=(
            *(
                (f"{labels.write_off} {each.invoice}", amount_text(each.amount, locale))
                for each in read.write_offs
            ),
            (labels.applied, amount_text(applied_total, locale)),
            (labels.on_account, amount_text(read.on_account, locale)),
        ),
        total=money_text(read.total, locale),
        facts=tuple(_facts(read, collector, posting, void, labels=labels, locale=locale)),
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


def _applied(read: Receipt) -> Iterable[tuple[str, Money]]:
    return ((allocation.invoice, allocation.amount) for allocation in read.allocations)


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
    return all("balance_before" in invoices.get(number, {}) for number, _ in _applied(read))


def _invoice_row(
    read: Receipt, number: str, applied: Money, invoices: Mapping[str, Doc], locale: str
) -> InvoiceRow:
    invoice = invoices.get(number)
    settled = applied + _written_off(read, number)
    before = _balance_before(read, settled, invoice)
    due_on = (invoice or {}).get("due_on")
    return InvoiceRow(
        number=number,
        due_on=date_text(date.fromisoformat(due_on)) if due_on else "",
        before="" if before is None else amount_text(before, locale),
        applied=amount_text(applied, locale),
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


def _facts(
    read: Receipt, collector: Doc, posting: Doc | None, void: Doc | None, *, labels: Labels, locale: str
) -> Iterable[tuple[str, str]]:
    """Who, with which device, where, and what the ERP said."""
    name = collector.get("name")
    yield labels.collector, f"{name} ({read.collector})" if name else read.collector
    device = str(read.source.get("device") or "")
    visit = str(read.source.get("visit") or "")
    traces = [f"…{device[-_SHORT_ID:]}"] if device else []
    if visit:
        traces.append(f"{labels.visit.lower()} …{visit[-_SHORT_ID:]}")
    yield labels.device, " · ".join(traces)
    yield labels.place, _place_text(read.source.get("place"), labels)
    yield labels.status, _status_text(posting, labels) if void is None else labels.void.capitalize()
    if (
        posting
        and posting.get("state") == "posted"
        and (effective := _effective(read, posting, labels, locale))
    ):
        yield labels.effective, effective


def _place_text(place: Doc | None, labels: Labels) -> str:
    if not place:
        return labels.no_place
    accuracy = f" ±{round(place['accuracy'])} m" if place.get("accuracy") is not None else ""
    return f"{place['lat']:.4f}, {place['lon']:.4f}{accuracy}"


def _status_text(posting: Doc | None, labels: Labels) -> str:
    if not posting:
        return labels.pending_status
    text = labels.states.get(posting.get("state") or "", labels.pending_status)
    if posting.get("state") == "posted" and posting.get("erp_number"):
        return f"{text} · {labels.erp_number}\u00a0{posting['erp_number']}"
    if posting.get("state") == "rejected" and posting.get("reason"):
        return f"{text}: {posting['reason']}"
    return text


def _effective(read: Receipt, posting: Doc, labels: Labels, locale: str) -> str:
    """How the money was applied in the end, where that differs from what the receipt says."""
    lines = posting.get("allocations")
    if lines is None:
        return ""
    currency = read.total.currency
    decided = {line["invoice"]: Money.from_json(line["amount"], currency) for line in lines}
    parts = [
        f"{number}:\u00a0{amount_text(decided.get(number, Money.zero(currency)), locale)}"
        for number, amount in _applied(read)
        if decided.get(number) != amount
    ]
    standing = {
        line["invoice"]: Money.from_json(line["amount"], currency) for line in posting.get("write_offs") or ()
    }
    parts += [
        f"{labels.write_off.lower()} {each.invoice}:\u00a0"
        f"{amount_text(standing.get(each.invoice, Money.zero(currency)), locale)}"
        for each in read.write_offs
        if standing.get(each.invoice) != each.amount
    ]
    if not parts:
        return ""
    on_account = Money.from_json(posting.get("on_account", 0), currency)
    if on_account:
        parts.append(f"{labels.on_account.lower()}:\u00a0{amount_text(on_account, locale)}")
    return " · ".join(parts)


def _legends(read: Receipt, company: Doc, labels: Labels) -> tuple[str, ...]:
    own = tuple(company.get("legends") or ()) or labels.legends
    has_cheque = any(line.method == "cheque" for line in read.payments)
    said = any("cheque" in legend.lower() for legend in own)
    return (*own, labels.cheque_legend) if has_cheque and not said else own


def _labelled(label: str, value: Any) -> str:
    return f"{label} {value}" if value else ""


def _lines(*texts: Any) -> tuple[str, ...]:
    return tuple(str(text) for text in texts if text)


def _grouped(text: str) -> str:
    return " ".join(text[start : start + _HASH_GROUP] for start in range(0, len(text), _HASH_GROUP)).upper()
