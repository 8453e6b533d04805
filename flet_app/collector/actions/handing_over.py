"""Any paper of the phone by the document that it is made from, and the note that a copy of it left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flet_app.collector.actions import letters
from flet_app.collector.actions.authorship import record
from flet_app.collector.actions.letters import Letter
from flet_app.collector.actions.paper import receipt_pdf
from flet_app.collector.actions.receipts import note_copy
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from receivables.documents import BadDocument, Json
from receivables.paper_copies import plan_paper_copy


def document_of(portfolio: Portfolio, of: str) -> Json | None:
    """The document `of` from which a paper can be made here."""
    kind, _, key = of.partition(":")
    find = _FIND.get(kind)
    return find(portfolio, of, key) if find else None


def letter_of(phone: Phone, of: str, *, outcome: str, language: str) -> Callable[[], Letter | None]:
    """Look up on the event loop what the paper of document `of` says; return what makes it, for a thread.

    That gives None where none can be made. `outcome` is the label of a visit's.
    """
    known = document_of(phone.portfolio, of)
    if known is None:
        return _nothing
    look_up: Mapping[str, Callable[[], Callable[[], Letter | None]]] = {
        "receipt": lambda: _receipt(phone, known, language),
        "customer": lambda: letters.statement(phone, str(known["code"]), language),
        "invoice": lambda: letters.ride(phone, known),
        "withholding": lambda: letters.ride(phone, known),
        "visit": lambda: letters.acta(phone, known, outcome, language),
        "deposit": lambda: letters.deposit(phone, known, language),
        "cash_close": lambda: letters.cash_close(phone, known, language),
    }
    try:
        make = look_up[of.partition(":")[0]]()
    except BadDocument:
        return _nothing
    return partial(_made_or_nothing, make)


def _nothing() -> None:
    """No paper can be made of this."""


def _made_or_nothing(make: Callable[[], Letter | None]) -> Letter | None:
    try:
        return make()
    except BadDocument:
        return None


def _receipt(phone: Phone, receipt: Json, language: str) -> letters.Making:
    render = receipt_pdf(phone, receipt, language)
    return lambda: Letter(f"{receipt['number']}.pdf", render())


_FIND: Mapping[str, Callable[[Portfolio, str, str], Json | None]] = {
    "receipt": lambda portfolio, of, _key: portfolio.receipts.get(of),
    "customer": lambda portfolio, _of, key: portfolio.customers.get(key),
    "invoice": lambda portfolio, _of, key: portfolio.invoices.get(key),
    "withholding": lambda portfolio, _of, key: portfolio.withholdings.get(key),
    "visit": lambda portfolio, of, _key: next(
        (each for each in portfolio.visits.values() if each["_id"] == of), None
    ),
    "deposit": lambda portfolio, of, _key: portfolio.deposits.get(of),
    "cash_close": lambda portfolio, of, _key: portfolio.closes.get(of),
}


async def note_handed_over(phone: Phone, of: str, *, means: str) -> None:
    """Record that a copy of the paper left the phone."""
    known = document_of(phone.portfolio, of) or {}
    if of.startswith("receipt:"):
        await note_copy(phone, known, means=means)
        return
    customer = known.get("code") if of.startswith("customer:") else known.get("customer")
    await record(
        phone,
        lambda portfolio, author: plan_paper_copy(
            of, customer=customer, means=means, copies=portfolio.paper_copies.values(), author=author
        ),
    )
