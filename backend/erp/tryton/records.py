"""Turns what Tryton answers into records. What makes no sense is reported, it never becomes a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from backend.erp.records import (
    UNSET,
    AddressRecord,
    CreditNoteRecord,
    CustomerRecord,
    Instalment,
    InvoiceRecord,
)
from receivables.money import Money, MoneyError

Row = Mapping[str, Any]

KEY_PREFIX = "Recaudo "
"""A move of ours is described by this and the id of the receipt or reversal that it posts."""

PHONES = ("mobile", "phone")

PARTY_FIELDS = (
    "code", "name", "active", "tax_identifier.code", "identifiers.code", "addresses.street", "addresses.city",
    "contact_mechanisms.type", "contact_mechanisms.value",
)  # fmt: skip
ADDRESS_FIELDS = ("party.code", "party.addresses", "party_name", "street", "city", "active")
_LINE_FIELDS = (
    "debit", "credit", "second_currency", "amount_second_currency", "reconciliation", "maturity_date",
)  # fmt: skip
INVOICE_FIELDS = (
    "number", "party.code", "invoice_date", "total_amount", "amount_to_pay", "state", "currency",
    "currency.code", *(f"lines_to_pay.{name}" for name in _LINE_FIELDS),
    *(f"payment_lines.{name}" for name in _LINE_FIELDS),
    "payment_lines.move.description", "reconciliation_lines.move.description",
)  # fmt: skip
CREDIT_NOTE_FIELDS = (
    "number", "party.code", "invoice_date", "total_amount", "amount_to_pay", "state", "currency.code",
    "origin_invoices.number",
)  # fmt: skip


class Unclear(ValueError):
    """A field of a record does not hold what is needed."""


def minor(amount: Decimal, currency: str, field: str) -> int:
    """Minor units. Nothing may be rounded away on the border."""
    try:
        money = Money.from_decimal(amount, currency)
    except MoneyError as error:
        raise Unclear(f"{field}: {error}") from error
    if money.to_decimal() != amount:
        raise Unclear(f"{field}: {amount} has more decimals than {currency}")
    return money.minor


def customer(row: Row, *, currency: str) -> CustomerRecord:
    """A party. The first of its addresses is the customer's, the others are kind `addresses`."""
    mechanisms = row["contact_mechanisms."]
    emails = [each["value"] for each in mechanisms if each["type"] == "email" and each["value"]]
    address = (row["addresses."] or [{}])[0]
    identifier = row["tax_identifier."] or (row["identifiers."] or [{}])[0]
    limit = row.get("credit_limit_amount")
    return CustomerRecord(
        code=_text(row, "code"),
        name=_text(row, "name"),
        tax_id=identifier.get("code") or "",
        currency=currency,
        phones=tuple(each["value"] for each in mechanisms if each["type"] in PHONES and each["value"]),
        email=emails[0] if emails else None,
        address=_one_line(address.get("street")),
        city=address.get("city") or "",
        credit_limit=minor(limit, currency, "credit_limit") if limit is not None else UNSET,
        active=bool(row["active"]),
    )


def address(row: Row) -> AddressRecord:
    return AddressRecord(
        id=str(row["id"]),
        customer=_text(row["party."], "code"),
        label=row["party_name"] or "",
        address=_one_line(row["street"]),
        city=row["city"] or "",
        location=None,
    )


def invoice(row: Row) -> InvoiceRecord:
    """A posted, paid or cancelled customer invoice, with its instalments and what its balance contains."""
    currency = row["currency."]["code"]
    cancelled = row["state"] == "cancelled"
    balance = 0 if cancelled else max(0, minor(row["amount_to_pay"], currency, "balance"))
    parts = () if cancelled else instalments(row)
    return InvoiceRecord(
        number=_text(row, "number"),
        customer=_text(row["party."], "code"),
        issued_on=_date(row["invoice_date"], "issued_on"),
        due_on=_due_on(row, parts),
        total=minor(row["total_amount"], currency, "total"),
        balance=balance,
        currency=currency,
        state="cancelled" if cancelled else "open" if balance else "paid",
        reflects=_reflects(row),
        instalments=parts if len(parts) > 1 else UNSET,
    )


def credit_note(row: Row) -> CreditNoteRecord:
    """In Tryton a credit note is a customer invoice with a negative total."""
    currency = row["currency."]["code"]
    cancelled = row["state"] == "cancelled"
    balance = 0 if cancelled else max(0, -minor(row["amount_to_pay"], currency, "balance"))
    origins = [each["number"] for each in row["origin_invoices."] if each["number"]]
    return CreditNoteRecord(
        number=_text(row, "number"),
        customer=_text(row["party."], "code"),
        invoice=origins[0] if origins else None,
        issued_on=_date(row["invoice_date"], "issued_on"),
        total=-minor(row["total_amount"], currency, "total"),
        balance=balance,
        currency=currency,
        state="cancelled" if cancelled else "open" if balance else "applied",
    )


def instalments(row: Row) -> tuple[Instalment, ...]:
    """The maturity lines, oldest first, each with what is open of it.

    What is paid and not yet reconciled takes them in that order, so that their balances add up to Tryton's.
    Lines that cancel each other out were rescheduled: others stand in their place.
    """
    paid = -sum(_value(line, row) for line in row["payment_lines."] if not line["reconciliation"])
    parts = []
    lines = sorted(_standing(row), key=lambda line: (line["maturity_date"] or date.max, line["id"]))
    for number, line in enumerate(lines, start=1):
        amount = _value(line, row)
        taken = amount if line["reconciliation"] else max(0, min(paid, amount))
        paid -= 0 if line["reconciliation"] else taken
        due_on = _date(line["maturity_date"], "due_on")
        parts.append(Instalment(number=number, due_on=due_on, amount=amount, balance=amount - taken))
    return tuple(parts)


def agrees(row: Row) -> bool:
    """Does what Tryton says is to be paid follow from the very lines that say which receipts are in it?

    It does when all of it was read in one state of the books.
    """
    lines = (*row["lines_to_pay."], *row["payment_lines."])
    open_lines = sum((_amount(line, row) for line in lines if not line["reconciliation"]), Decimal(0))
    return bool(row["state"] != "posted" or open_lines == row["amount_to_pay"])


def _standing(row: Row) -> list[Row]:
    sums: dict[Any, Decimal] = {}
    for line in row["lines_to_pay."]:
        sums[line["reconciliation"]] = sums.get(line["reconciliation"], Decimal(0)) + _amount(line, row)
    return [
        line for line in row["lines_to_pay."] if not line["reconciliation"] or sums[line["reconciliation"]]
    ]


def entry_ids(lines: Sequence[Row]) -> set[str]:
    """The receipts and reversals of ours that these move lines belong to."""
    descriptions = (line["move."]["description"] or "" for line in lines if line["move."])
    return {text.removeprefix(KEY_PREFIX) for text in descriptions if text.startswith(KEY_PREFIX)}


def _reflects(row: Row) -> tuple[str, ...]:
    return tuple(sorted(entry_ids(row["payment_lines."]) | entry_ids(row["reconciliation_lines."])))


def _due_on(row: Row, parts: Sequence[Instalment]) -> date:
    """When the oldest open instalment is due, the last one when none is open."""
    if not parts:
        return _date(row["invoice_date"], "due_on")
    return next((part.due_on for part in parts if part.balance), parts[-1].due_on)


def _amount(line: Row, invoice: Row) -> Decimal:
    """What a move line is worth in the currency of the invoice."""
    foreign = line["second_currency"] and line["second_currency"] == invoice["currency"]
    amount: Decimal = line["amount_second_currency"] if foreign else line["debit"] - line["credit"]
    return amount


def _value(line: Row, invoice: Row) -> int:
    return minor(_amount(line, invoice), invoice["currency."]["code"], "instalment")


def _text(row: Row | None, field: str) -> str:
    value = (row or {}).get(field)
    if not value:
        raise Unclear(f"{field} is empty")
    return str(value)


def _date(value: Any, field: str) -> date:
    if not isinstance(value, date):
        raise Unclear(f"{field} is empty")
    return value


def _one_line(text: str | None) -> str:
    return ", ".join(part.strip() for part in (text or "").splitlines() if part.strip())
