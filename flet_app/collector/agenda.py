"""What lies ahead of a collector: visits agreed upon, promises that fall due, and the routes of the days.

Pure: what the phone knows goes in, dates and entries come out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from flet_app.collector.customer_claims import judged_promises
from flet_app.collector.portfolio import Json, Portfolio
from receivables.documents import parse_instant
from receivables.money import Money
from receivables.promises import PromiseState

DAYS = 30
"""How far the agenda looks ahead, and how far back what was missed is still shown."""


class Kind(StrEnum):
    VISIT = "visit"
    PROMISE = "promise"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to be done at a customer on a local date."""

    kind: Kind
    customer: str
    on: date
    at: datetime | None = None
    """When a visit was agreed upon; promises have no hour."""
    amount: Money | None = None
    """What was promised."""
    broken: bool = False
    planned: bool = False
    """Is the customer on the route of that day?"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AgendaDay:
    on: date
    entries: tuple[Entry, ...]
    stops: int
    """On the route of the day."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    late: tuple[Entry, ...]
    """Before today and not done, the oldest first."""
    days: tuple[AgendaDay, ...]
    """From today on, those on which there is anything."""


def agenda(portfolio: Portfolio, *, today: date, zone: tzinfo) -> Agenda:
    entries = [*_visits(portfolio, zone), *_promises(portfolio, today)]
    first, last = today - timedelta(days=DAYS), today + timedelta(days=DAYS)
    known = [each for each in entries if each.customer in portfolio.customers]
    late = [each for each in known if first <= each.on < today]
    days = []
    for on in (today + timedelta(days=ahead) for ahead in range(DAYS + 1)):
        route = [stop.customer for stop in portfolio.route(on)]
        here = [
            dataclasses.replace(each, planned=each.customer in route)
            for each in known
            if each.on == on and on <= last
        ]
        if here or route:
            days.append(AgendaDay(on=on, entries=tuple(sorted(here, key=_order)), stops=len(route)))
    return Agenda(late=tuple(sorted(late, key=_order)), days=tuple(days))


def _visits(portfolio: Portfolio, zone: tzinfo) -> Iterable[Entry]:
    """The next visit that the latest visit at each customer agreed upon: a later one replaces it."""
    latest: dict[str, Json] = {}
    for visit in portfolio.visits.values():
        before = latest.get(visit["customer"])
        if before is None or _finished(visit) > _finished(before):
            latest[visit["customer"]] = visit
    for customer, visit in latest.items():
        if visit.get("next_visit_at"):
            at = parse_instant(visit["next_visit_at"])
            yield Entry(kind=Kind.VISIT, customer=customer, on=at.astimezone(zone).date(), at=at)


def _finished(visit: Json) -> tuple[str, str]:
    return str(visit["finished_at"]), str(visit["_id"])


def _promises(portfolio: Portfolio, today: date) -> Iterable[Entry]:
    """Those that are still to be kept, and those that were broken and never made good."""
    for customer in {str(each["customer"]) for each in portfolio.promises.values()}:
        for promise, status in judged_promises(portfolio, customer, on=today):
            broken = status.state is PromiseState.BROKEN and status.cured_on is None
            if broken or status.state is PromiseState.PENDING:
                yield Entry(
                    kind=Kind.PROMISE,
                    customer=customer,
                    on=promise.promised_on,
                    amount=promise.amount,
                    broken=broken,
                )


def _order(entry: Entry) -> tuple[date, bool, str, str]:
    """By day; agreed hours first, in their order."""
    return entry.on, entry.at is None, entry.at.isoformat() if entry.at else "", entry.customer
