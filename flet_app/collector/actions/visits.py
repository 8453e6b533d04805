"""Starting and finishing a visit: checked by the rules, one fact, on disk before the screen says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flet_app.collector.actions.authorship import Album, policy_of, record
from flet_app.collector.contact_rules import decide
from flet_app.collector.figures import currency_of, open_items
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from receivables.compliance import Act, Channel, Decision
from receivables.documents import Author, Json
from receivables.photos import Subject
from receivables.validation import Problem
from receivables.visits import outcomes, plan_visit_finish, plan_visit_start, what_was_shown

Place = Mapping[str, Any] | None


async def start_visit(
    phone: Phone, customer: str, *, place: Place, exception: str | None = None
) -> Json | list[Problem]:
    """Record that the collector is at `customer` now.

    Problems where another visit is open, or where the rules of contact forbid it and `exception` is no reason
    that they accept.
    """
    return await record(
        phone,
        lambda portfolio, author: plan_visit_start(
            customer=portfolio.customers[customer],
            open_visit=portfolio.open_visit(),
            place=place,
            author=author,
            decision=decide(portfolio, customer, Channel.VISIT, author.now, zone=author.zone),
            exception=exception,
        ),
    )


async def finish_visit(
    phone: Phone,
    *,
    outcome: str | None,
    comment: str,
    next_visit_at: datetime | None,
    place: Place,
    attended_by: str = "",
    signature: Json | None = None,
    away_reason: str = "",
) -> Json | list[Problem]:
    """Record how the open visit ended, with the photos taken in it.

    Problems where the outcome asks for more than was given.
    """

    def plan(portfolio: Portfolio, author: Author) -> Json | list[Problem]:
        start = portfolio.open_visit()
        return plan_visit_finish(
            start=start,
            outcome=outcome,
            comment=comment,
            next_visit_at=next_visit_at,
            catalogue=outcomes({"items": portfolio.catalogues.get("outcomes", [])}),
            policy=policy_of(portfolio),
            place=place,
            author=author,
            attended_by=attended_by,
            signature=signature,
            shown=_shown(portfolio, start["customer"], author.on) if start else None,
            away_reason=away_reason,
            next_decision=_next_decision(portfolio, author, next_visit_at),
        )

    open_visit = phone.portfolio.open_visit()
    return await record(phone, plan, album=visit_album(open_visit) if open_visit else None)


def visit_album(start: Mapping[str, Any]) -> Album:
    """The photos of the visit that `start` began."""
    return Album(f"visit:{start['_id']}", Subject.VISIT)


def _shown(portfolio: Portfolio, customer: str, on: date) -> Json:
    """What the visit's record says of the customer and the debt: as the phone shows it now."""
    document = portfolio.customers.get(customer) or {}
    currency = currency_of(portfolio, customer)
    return what_was_shown(document, open_items(portfolio, customer), currency=currency, on=on)


def _next_decision(portfolio: Portfolio, author: Author, at: datetime | None) -> Decision | None:
    visit = portfolio.open_visit()
    if at is None or visit is None:
        return None
    return decide(portfolio, visit["customer"], Channel.VISIT, at, zone=author.zone, act=Act.SCHEDULE)
