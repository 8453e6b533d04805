"""Papers beside the receipt, made on the phone without a network: the same files as the office's.

Each verb looks up on the event loop what its paper says, for nobody else may touch the portfolio, and returns
what makes the paper: some tenths of a second of work, for a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flet_app.collector.actions.authorship import authorship
from flet_app.collector.actions.paper import collector_of, company_of, customer_of
from flet_app.collector.actions.photos import photos_of, picture_of
from flet_app.collector.figures import open_items
from flet_app.collector.phone import Phone
from paperwork.acta import render_acta
from paperwork.annexes import ActaPhoto, is_of_visit
from paperwork.cash_papers import render_cash_close, render_deposit
from paperwork.letter import Imprint
from paperwork.packed_xml import read_packed
from paperwork.ride import render_ride
from paperwork.statement import render_statement
from receivables.balances import valid_receipts
from receivables.documents import Json
from receivables.money import Money
from receivables.paper_copies import earlier_copies
from receivables.validation import Problem


@dataclass(frozen=True, slots=True)
class Letter:
    """A PDF and the name under which it is saved."""

    name: str
    content: bytes


Making = Callable[[], Letter]
"""Makes a paper of what was looked up; raise BadDocument where its sums don't hold."""


def has_ride(document: Json) -> bool:
    """Did the ERP give the authorised XML of this invoice or withholding?"""
    return isinstance(document.get("electronic"), str)


def ride(phone: Phone, document: Json) -> Callable[[], Letter | None]:
    """The RIDE of an invoice or withholding; it makes None where its XML can't be read."""
    imprint = imprint_of(phone, document["_id"])

    def make() -> Letter | None:
        read = read_packed(str(document.get("electronic")))
        if isinstance(read, Problem):
            return None
        content = render_ride(read, logo=imprint.logo, copies=imprint.copies)
        return Letter(f"RIDE-{read.content.issuer.number}.pdf", content)

    return make


def statement(phone: Phone, customer: str, language: str) -> Making:
    """What the customer owes now, with what this phone collected already taken off. Raise BadDocument."""
    portfolio = phone.portfolio
    invoices = portfolio.invoices_for(customer)
    reflected = {receipt for invoice in invoices for receipt in invoice.get("reflects") or ()}
    postings = portfolio.postings
    render = partial(
        render_statement,
        customer_of(phone, customer),
        company=company_of(phone, portfolio.currency),
        items=open_items(portfolio, customer),
        totals={str(each["number"]): Money.from_json(each["total"], each["currency"]) for each in invoices},
        credit_notes=[each for each in portfolio.credit_notes.values() if each.get("customer") == customer],
        withholdings=[each for each in portfolio.withholdings.values() if each.get("customer") == customer],
        receipts=[
            each
            for each in valid_receipts(portfolio.receipts_for(customer), portfolio.voids.values())
            if each["_id"] not in reflected and postings.get(each["_id"], {}).get("state") != "posted"
        ],
        on=phone.today(),
        now=phone.now(),
        language=language,
        imprint=imprint_of(phone, f"customer:{customer}"),
    )
    name = f"{customer}-{phone.today().isoformat()}.pdf"
    return lambda: Letter(name, render())


def acta(phone: Phone, visit: Json, outcome: str, language: str) -> Making:
    """The record of a finished visit; `outcome` is its label."""
    store, _enrolment = authorship(phone)
    portfolio = store.portfolio
    photos = [fact for fact in portfolio.photos.values() if is_of_visit(visit, fact)]
    render = partial(
        render_acta,
        visit,
        start=portfolio.visit_starts.get(visit["start"]),
        company=company_of(phone, portfolio.currency),
        customer=customer_of(phone, visit["customer"]),
        collector=collector_of(phone, visit["collector"]),
        outcome=outcome,
        promises=list(portfolio.promises.values()),
        receipts=portfolio.receipts_for(visit["customer"]),
        language=language,
        imprint=imprint_of(phone, visit["_id"]),
    )

    def make() -> Letter:
        pictures = [ActaPhoto(fact=fact, picture=picture_of(store, fact["_id"])) for fact in photos]
        return Letter(f"acta-{visit['_id'].rpartition(':')[2]}.pdf", render(photos=pictures))

    return make


def cash_close(phone: Phone, close: Json, language: str) -> Making:
    """The close of a day as it was signed."""
    render = partial(
        render_cash_close,
        close,
        company=company_of(phone, close["currency"]),
        collector=collector_of(phone, close["collector"]),
        language=language,
        imprint=imprint_of(phone, close["_id"]),
    )
    return lambda: Letter(f"cierre-{close['closes_on']}.pdf", render())


def deposit(phone: Phone, fact: Json, language: str) -> Making:
    """A deposit as it was recorded, with the first photo of its slip."""
    store, _enrolment = authorship(phone)
    photos = photos_of(store.portfolio, fact["_id"])
    render = partial(
        render_deposit,
        fact,
        company=company_of(phone, fact["currency"]),
        collector=collector_of(phone, fact["collector"]),
        language=language,
        imprint=imprint_of(phone, fact["_id"]),
    )

    def make() -> Letter:
        slip = picture_of(store, photos[0]) if photos else None
        return Letter(f"deposito-{fact['_id'].rpartition(':')[2]}.pdf", render(slip=slip))

    return make


def imprint_of(phone: Phone, of: str) -> Imprint:
    """The company's logo, and how often the paper of document `of` was handed over before."""
    return Imprint(logo=phone.portfolio.logo, copies=copies_made(phone, of))


def copies_made(phone: Phone, of: str) -> int:
    copies, on = phone.portfolio.paper_copies.values(), phone.today().isoformat()
    return earlier_copies(copies, of, on=on)
