"""What each kind of row becomes: the columns that docs/erp-connectors.md lists, as a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from backend.erp.port import Held, Kind
from backend.erp.records import (
    UNSET,
    AddressRecord,
    ContactRecord,
    CreditLimitRecord,
    CreditNoteRecord,
    CustomerRecord,
    ElectronicInvoiceRecord,
    ElectronicWithholdingRecord,
    GoalRecord,
    Instalment,
    InvoiceRecord,
    Maybe,
    PerformanceRecord,
    Record,
    SalesRecord,
    WithholdingRecord,
)
from backend.erp.rows import Row, UnreadableRow
from paperwork.packed_xml import pack
from receivables.electronic_documents import INVOICE_CODE, WITHHOLDING_CODE
from receivables.messages import sentence
from receivables.validation import Problem

INVOICE_STATES = ("open", "paid", "cancelled")
WITHHOLDING_STATES = ("registered", "pending", "rejected", "cancelled")
CREDIT_NOTE_STATES = ("open", "applied", "cancelled")


def customer(row: Row) -> CustomerRecord:
    email = row.maybe_text("email")
    days = row.optional_text("payment_terms_days")
    return CustomerRecord(
        code=row.text("code"),
        name=row.text("name"),
        tax_id=row.optional_text("tax_id") or "",
        currency=row.currency,
        branch=row.maybe_text("branch"),
        phones=row.maybe_phones(),
        email=email or None if email is not UNSET else UNSET,
        address=row.maybe_text("address"),
        city=row.maybe_text("city"),
        location=row.maybe_place(),
        credit_limit=row.maybe_money("credit_limit"),
        payment_terms_days=row.whole("payment_terms_days") if days else UNSET,
        observations=row.maybe_text("observations"),
        active=row.maybe_truth("active"),
    )


def invoice(row: Row, reflects: Sequence[str], instalments: Sequence[Instalment] | Maybe) -> InvoiceRecord:
    balance = row.money("balance")
    if instalments is not UNSET and instalments and sum(part.balance for part in instalments) != balance:
        raise UnreadableRow("instalments: their balances do not add up to the invoice's")
    return InvoiceRecord(
        number=row.text("number"),
        customer=row.text("customer"),
        issued_on=row.date("issued_on"),
        due_on=row.date("due_on"),
        total=row.money("total"),
        balance=balance,
        currency=row.currency,
        state=row.one_of("state", "open" if balance else "paid", *INVOICE_STATES),
        reflects=tuple(sorted(reflects)),
        instalments=instalments,
    )


def withholding(row: Row) -> WithholdingRecord:
    return WithholdingRecord(
        number=row.text("number"),
        customer=row.text("customer"),
        invoice=row.text("invoice"),
        issued_on=row.date("issued_on"),
        amount=row.money("amount"),
        currency=row.currency,
        state=row.one_of("state", "registered", *WITHHOLDING_STATES),
    )


def credit_note(row: Row) -> CreditNoteRecord:
    return CreditNoteRecord(
        number=row.text("number"),
        customer=row.text("customer"),
        invoice=row.optional_text("invoice") or None,
        issued_on=row.date("issued_on"),
        total=row.money("total"),
        balance=row.money("balance"),
        currency=row.currency,
        state=row.one_of("state", "open", *CREDIT_NOTE_STATES),
    )


def goal(row: Row) -> GoalRecord:
    return GoalRecord(
        collector=row.text("collector"),
        month=row.month("month"),
        currency=row.currency,
        amount_month=row.maybe_money("amount_month"),
        amount_day=row.maybe_money("amount_day"),
        visits_month=row.maybe_whole("visits_month"),
        visits_day=row.maybe_whole("visits_day"),
        effective_month=row.maybe_whole("effective_month"),
        effective_day=row.maybe_whole("effective_day"),
    )


def performance(row: Row) -> PerformanceRecord:
    if not row.has("sales_amount") and not row.has("orders_amount"):
        raise UnreadableRow("sales_amount: neither sales nor orders are said")
    return PerformanceRecord(
        collector=row.text("collector"),
        month=row.month("month"),
        currency=row.currency,
        sales_amount=row.maybe_money("sales_amount"),
        sales_count=row.maybe_whole("sales_count"),
        orders_amount=row.maybe_money("orders_amount"),
        orders_count=row.maybe_whole("orders_count"),
    )


def credit_limit(row: Row) -> CreditLimitRecord:
    days = row.optional_text("payment_terms_days")
    return CreditLimitRecord(
        customer=row.text("customer"),
        credit_limit=row.money("credit_limit"),
        payment_terms_days=row.whole("payment_terms_days") if days else UNSET,
    )


def address(row: Row) -> AddressRecord:
    return AddressRecord(
        id=row.text("key"),
        customer=row.text("customer"),
        label=row.optional_text("label") or "",
        address=row.text("address"),
        city=row.optional_text("city") or "",
        location=row.place(),
    )


def contact(row: Row) -> ContactRecord:
    return ContactRecord(
        id=row.text("key"),
        customer=row.text("customer"),
        name=row.text("name"),
        role=row.optional_text("role") or "",
        phones=row.phones(),
        email=row.optional_text("email") or None,
    )


def instalment(row: Row) -> Instalment:
    return Instalment(
        number=row.whole("number"),
        due_on=row.date("due_on"),
        amount=row.money("amount"),
        balance=row.money("balance"),
    )


def electronic_invoice(row: Row) -> ElectronicInvoiceRecord:
    return ElectronicInvoiceRecord(number=row.text("number"), electronic=_packed(row, INVOICE_CODE))


def electronic_withholding(row: Row) -> ElectronicWithholdingRecord:
    return ElectronicWithholdingRecord(number=row.text("number"), electronic=_packed(row, WITHHOLDING_CODE))


def _packed(row: Row, document_code: str) -> str:
    packed = pack(row.text("xml"), document_code=document_code)
    if isinstance(packed, Problem):
        raise UnreadableRow(f"xml: {sentence(packed, locale='en')}")
    return packed


def sales(row: Row) -> SalesRecord:
    return SalesRecord(
        customer=row.text("customer"),
        month=row.month("month"),
        amount=row.money("amount"),
        currency=row.currency,
    )


def held(row: Row) -> Held:
    return Held(
        key=row.text("key"),
        customer=row.optional_text("customer") or "",
        open=row.money("open") if row.has("open") else 0,
        currency=row.currency,
    )


READERS: Mapping[Kind, Callable[[Row], Record]] = {
    Kind.CUSTOMERS: customer,
    Kind.CREDIT_LIMITS: credit_limit,
    Kind.ADDRESSES: address,
    Kind.CONTACTS: contact,
    Kind.WITHHOLDINGS: withholding,
    Kind.CREDIT_NOTES: credit_note,
    Kind.ELECTRONIC_INVOICES: electronic_invoice,
    Kind.ELECTRONIC_WITHHOLDINGS: electronic_withholding,
    Kind.SALES: sales,
    Kind.GOALS: goal,
    Kind.PERFORMANCE: performance,
}
