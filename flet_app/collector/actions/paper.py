"""The customer's copy: the same PDF as the office prints, made on the phone without a network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flet_app.collector.actions.authorship import authorship
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from paperwork.receipt import render_receipt
from receivables.documents import Json


def receipt_pdf(phone: Phone, receipt: Json, language: str) -> Callable[[], bytes]:
    """Look up on the event loop what a receipt's paper says; return what makes its PDF, for a thread.

    That raises BadDocument for a receipt whose sums don't hold.
    """
    portfolio = phone.portfolio
    numbers = [line["invoice"] for line in receipt["allocations"]]
    return partial(
        render_receipt,
        receipt,
        company=company_of(phone, receipt["currency"]),
        customer=customer_of(phone, receipt["customer"]),
        invoices={number: portfolio.invoices[number] for number in numbers if number in portfolio.invoices},
        collector=collector_of(phone, receipt["collector"]),
        posting=portfolio.postings.get(receipt["_id"]),
        void=portfolio.voids.get(receipt["_id"]),
        reprint=copies_of(portfolio, receipt),
        language=language,
        logo=portfolio.logo,
    )


def copies_of(portfolio: Portfolio, receipt: Json) -> int:
    """How many copies of the receipt have left the phone; every further one is marked a reprint."""
    return sum(copy["receipt"] == receipt["_id"] for copy in portfolio.copies.values())


def company_of(phone: Phone, currency: str) -> Json:
    """The company's document; until it has arrived, what the phone was told when it was enrolled."""
    _store, enrolment = authorship(phone)
    return phone.portfolio.company or {
        "_id": f"company:{enrolment.company}",
        "name": enrolment.company_name,
        "currency": currency,
        "locale": enrolment.locale,
        "timezone": phone.zone.key,
    }


def customer_of(phone: Phone, code: str) -> Json:
    """A customer who was taken away keeps the code on paper."""
    return phone.portfolio.customers.get(code) or {"_id": f"customer:{code}", "code": code, "name": code}


def collector_of(phone: Phone, code: str) -> Json:
    return phone.portfolio.collector or {"name": phone.enrolment.name if phone.enrolment else code}
