"""The customer's copy: the same PDF as the office prints, made on the phone without a network."""

from __future__ import annotations

from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from paperwork.receipt import render_receipt
from receivables.documents import Json


def receipt_pdf(phone: Phone, receipt: Json, language: str) -> bytes:
    """The PDF of a receipt document; raise BadDocument for one whose sums don't hold."""
    portfolio = phone.portfolio
    enrolment = phone.enrolment
    company = portfolio.company or {
        "_id": f"company:{receipt['company']}",
        "name": enrolment.company_name if enrolment else receipt["company"],
        "currency": receipt["currency"],
        "locale": enrolment.locale if enrolment else "es_EC",
        "timezone": phone.zone.key,
    }
    code = receipt["customer"]
    numbers = [line["invoice"] for line in receipt["allocations"]]
    return render_receipt(
        receipt,
        company=company,
        customer=portfolio.customers.get(code) or {"_id": f"customer:{code}", "code": code, "name": code},
        invoices={number: portfolio.invoices[number] for number in numbers if number in portfolio.invoices},
        collector=portfolio.collector or {"name": enrolment.name if enrolment else receipt["collector"]},
        posting=portfolio.postings.get(receipt["_id"]),
        void=portfolio.voids.get(receipt["_id"]),
        reprint=copies_of(portfolio, receipt),
        language=language,
    )


def copies_of(portfolio: Portfolio, receipt: Json) -> int:
    """How many copies of the receipt have left the phone; every further one is marked a reprint."""
    return sum(copy["receipt"] == receipt["_id"] for copy in portfolio.copies.values())
