"""What a customer promises, disputes or says is paid; what a collector notes; where the door really is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flet_app.collector.actions.authorship import Album, record
from flet_app.collector.customer_claims import pending_promises
from flet_app.collector.figures import open_items
from flet_app.collector.phone import Phone
from receivables.claims import plan_dispute, plan_informed_payment, plan_note
from receivables.documents import Json
from receivables.locations import plan_location_update
from receivables.money import Money
from receivables.photos import Subject
from receivables.promises import PromiseTerms, plan_promise
from receivables.validation import Problem

Result = Json | list[Problem]


async def promise(
    phone: Phone, customer: str, *, invoices: Sequence[str], amount: Money, promised_on: date
) -> Result:
    return await record(
        phone,
        lambda portfolio, author: plan_promise(
            customer=customer,
            invoices=invoices,
            amount=amount,
            promised_on=promised_on,
            open_items=open_items(portfolio, customer),
            pending=pending_promises(portfolio, customer, on=author.on),
            terms=PromiseTerms(),
            author=author,
        ),
    )


async def dispute(
    phone: Phone, customer: str, *, invoice: str, reason: str, amount: Money, text: str
) -> Result:
    return await record(
        phone,
        lambda portfolio, author: plan_dispute(
            customer=customer,
            invoice=invoice,
            reason=reason,
            amount=amount,
            text=text,
            open_items=open_items(portfolio, customer),
            disputes=portfolio.disputes.values(),
            author=author,
        ),
    )


async def informed_payment(
    phone: Phone,
    customer: str,
    *,
    invoices: Sequence[str],
    amount: Money,
    paid_on: date,
    bank: str,
    reference: str,
    text: str,
) -> Result:
    return await record(
        phone,
        lambda portfolio, author: plan_informed_payment(
            customer=customer,
            invoices=invoices,
            amount=amount,
            paid_on=paid_on,
            bank=bank,
            reference=reference,
            text=text,
            open_items=open_items(portfolio, customer),
            informed=[each for each in portfolio.informed.values() if each["customer"] == customer],
            author=author,
        ),
    )


async def note(phone: Phone, customer: str, *, text: str) -> Result:
    return await record(phone, lambda _, author: plan_note(customer=customer, text=text, author=author))


async def update_location(
    phone: Phone, customer: str, *, place: Mapping[str, Any] | None, reason: str, reference: str
) -> Result:
    return await record(
        phone,
        lambda portfolio, author: plan_location_update(
            customer=portfolio.customers[customer],
            place=place,
            reason=reason,
            reference=reference,
            author=author,
        ),
        album=reference_album(customer),
    )


def reference_album(customer: str) -> Album:
    """The photos of the customer's door."""
    return Album(f"reference:{customer}", Subject.REFERENCE)
