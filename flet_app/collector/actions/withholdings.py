"""A customer's withholding voucher as payment: read from its file, judged with what this phone knows."""

from __future__ import annotations

from collections.abc import Sequence

from flet_app.collector.actions.authorship import authorship
from flet_app.collector.phone import Phone
from paperwork.packed_xml import pack, read_packed
from paperwork.vouchers import LineCheck, check_withholdings, invoices_named
from receivables.balances import valid_receipts
from receivables.electronic_documents import WITHHOLDING_CODE
from receivables.payments import VOUCHER, Method, PaymentLine
from receivables.validation import Problem
from receivables.withholdings import claims_in


def voucher_lines(content: bytes, currency: str) -> list[PaymentLine] | Problem:
    """The lines that a voucher's file gives a receipt, its XML in each; or why it gives none."""
    packed = pack(content, document_code=WITHHOLDING_CODE)
    if isinstance(packed, Problem):
        return packed
    read = read_packed(packed)
    if isinstance(read, Problem):
        return read
    lines = [
        PaymentLine(
            Method.WITHHOLDING,
            claim.amount,
            {"number": claim.number, "tax": claim.tax, "access_key": claim.access_key, VOUCHER: packed},
        )
        for claim in claims_in(read, currency)
    ]
    return lines or Problem("withholding_other_document", "", {"number": read.content.issuer.number})


def check_lines(phone: Phone, customer: str, lines: Sequence[PaymentLine], currency: str) -> list[LineCheck]:
    """What the phone thinks of each withholding among the lines; the centre judges again."""
    store, _enrolment = authorship(phone)
    portfolio = store.portfolio
    receipt = {
        "customer": customer,
        "currency": currency,
        "payments": [line.to_json() for line in lines],
    }
    return check_withholdings(
        receipt,
        customer_tax_id=str(portfolio.customers.get(customer, {}).get("tax_id") or ""),
        company_tax_id=str(portfolio.company.get("tax_id") or ""),
        invoices={
            number: portfolio.invoices[number]
            for number in invoices_named(receipt)
            if number in portfolio.invoices
        },
        used_access_keys={
            str(payment["access_key"])
            for each in valid_receipts(portfolio.receipts.values(), portfolio.voids.values())
            for payment in each["payments"]
            if payment.get("access_key")
        },
    )
