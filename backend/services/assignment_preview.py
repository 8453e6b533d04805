"""Plans of customers changing hands, shown before they are carried out: chosen by hand, by zone, or evened
out.

A plan is a document, `assignment_plan:<ulid>`, so that what is carried out is what was shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from backend.couch.client import Couch, Json
from backend.services.assignments import UnknownCollector, assign_by_zone
from backend.services.portfolio_loads import (
    active_collectors,
    assignments_of,
    customers_of,
    document_counts,
    documents_held,
    open_amounts,
)
from backend.zones import Zone, ZoneIndex, read_zones
from receivables.assignments import (
    DOCUMENTS_MANY,
    DOCUMENTS_TOO_MANY,
    Load,
    Room,
    Weights,
    distribute,
)
from receivables.documents import SCHEMA, rfc3339
from receivables.geometry import Point

MOST_CUSTOMERS = 20_000
"""Looked at in one plan; a company with more plans zone by zone."""

MOST_MOVES = 5_000
"""Customers that change hands in one plan: half a megabyte of document."""

MOST_EXCEPTIONS = 1_000
"""Customers named in a plan that it leaves as they are; all are counted."""


class Mode(StrEnum):
    MANUAL = "manual"
    ZONE = "zone"
    BALANCED = "balanced"


class TooMany(ValueError):
    """The plan would look at, or move, more customers than one plan may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the office asks for. No `customers` means all, no `collectors` all who are active.

    `collector` is who gets them in a manual plan (None: nobody); `most_customers` is what one collector
    serves at most.
    """

    mode: Mode
    customers: tuple[str, ...] | None = None
    collector: str | None = None
    collectors: tuple[str, ...] | None = None
    most_customers: int | None = None
    weights: Weights = field(default_factory=Weights)


def preview(
    couch: Couch, company: str, wish: Wish, *, plan: str, by: str, on: date, currency: str, now: datetime
) -> Json:
    """Work out and keep the plan; nobody changes hands yet. Raise UnknownCollector or TooMany."""
    active = active_collectors(couch, company)
    for named in [*(wish.collectors or ()), *([wish.collector] if wish.collector else [])]:
        if named not in active:
            raise UnknownCollector(named)
    rooms = sorted(wish.collectors or active)
    scope = _scope(couch, company, wish)
    current = {
        code: document.get("collector")
        for code, document in assignments_of(couch, company, scope.keys()).items()
    }
    left_out = [{"customer": code, "reason": "unknown"} for code in wish.customers or () if code not in scope]
    if wish.mode is Mode.MANUAL:
        proposed: dict[str, str | None] = dict.fromkeys(scope, wish.collector)
    elif wish.mode is Mode.ZONE:
        proposed, told = _by_zone(couch, company, scope, active)
        left_out += told
    else:
        proposed, told = _balanced(
            couch, company, wish, scope=scope, current=current, rooms=rooms, on=on, currency=currency
        )
        left_out += told
    moves = [
        {"customer": code, "name": scope[code].get("name"), "from": current.get(code), "to": to}
        for code, to in sorted(proposed.items())
        if current.get(code) != to
    ]
    if len(moves) > MOST_MOVES:
        raise TooMany(f"{len(moves)} > {MOST_MOVES}")
    figures = _figures(couch, company, moves, on=on, currency=currency)
    document = {
        "_id": f"assignment_plan:{plan}",
        "schema": SCHEMA,
        "mode": wish.mode.value,
        "state": "preview",
        "refused": any(each["fault"] == "documents_too_many" for each in figures),
        "currency": currency,
        "moves": moves,
        "collectors": figures,
        "left_out": left_out[:MOST_EXCEPTIONS],
        "left_out_count": len(left_out),
        "created_at": rfc3339(now),
        "by": by,
    }
    couch.put(company, document)
    return document


def _scope(couch: Couch, company: str, wish: Wish) -> dict[str, Json]:
    """The customer documents that the plan is about, by code."""
    if wish.customers is not None:
        if len(wish.customers) > MOST_CUSTOMERS:
            raise TooMany(f"{len(wish.customers)} > {MOST_CUSTOMERS}")
        found = couch.get_many(company, [f"customer:{code}" for code in wish.customers])
        documents = list(found.values())
    else:
        rows = couch.all_docs(
            company,
            start_key="customer:",
            end_key="customer:\ufff0",
            include_docs=True,
            limit=MOST_CUSTOMERS + 1,
        )
        if len(rows) > MOST_CUSTOMERS:
            raise TooMany(f"> {MOST_CUSTOMERS}")
        documents = [row["doc"] for row in rows if row["doc"].get("active", True)]
    return {str(document["code"]): document for document in documents}


def _by_zone(
    couch: Couch, company: str, scope: Mapping[str, Json], active: Sequence[str]
) -> tuple[dict[str, str | None], list[Json]]:
    zones = ZoneIndex.of_documents(read_zones(couch, company)).zones
    answer = assign_by_zone(scope.values(), zones)
    told = [{"customer": code, "reason": "unlocated"} for code in answer.unlocated]
    told += [{"customer": code, "reason": "outside"} for code in answer.outside]
    proposed: dict[str, str | None] = {}
    for code, collector in answer.collectors.items():
        if collector in active:
            proposed[code] = collector
        else:
            told.append({"customer": code, "reason": "collector_inactive"})
    return proposed, told


def _balanced(
    couch: Couch,
    company: str,
    wish: Wish,
    *,
    scope: Mapping[str, Json],
    current: Mapping[str, str | None],
    rooms: Sequence[str],
    on: date,
    currency: str,
) -> tuple[dict[str, str | None], list[Json]]:
    """Of the customers in scope, those who have nobody or are served by one of `rooms`; everybody else that
    these serve counts as work and stays.
    """
    zones = ZoneIndex.of_documents(read_zones(couch, company))
    movable = {
        code: current.get(code)
        for code in scope
        if current.get(code) in rooms or current.get(code) is None or wish.customers is not None
    }
    held = customers_of(couch, company, rooms)
    every = {**held, **movable}
    amounts = open_amounts(couch, company, every, currency)
    documents = document_counts(couch, company, every, on)
    loads = []
    for code, collector in every.items():
        point = Point.of((scope.get(code) or {}).get("location"))
        loads.append(
            Load(
                customer=code,
                collector=collector,
                zone_collector=_serving(zones.at(point) if point else None),
                amount=amounts[code],
                documents=documents[code],
                kilometres=zones.kilometres(point) if point and wish.weights.travel else {},
                fixed=code not in movable,
            )
        )
    own: Counter[str] = Counter()
    for load in loads:
        if load.collector:
            own[load.collector] += load.documents
    elsewhere = {
        code: max(0, count - own[code]) for code, count in documents_held(couch, company, rooms).items()
    }
    done = distribute(
        loads,
        [
            Room(
                collector=code,
                customers=wish.most_customers,
                documents=DOCUMENTS_TOO_MANY - elsewhere[code],
            )
            for code in rooms
        ],
        wish.weights,
    )
    proposed: dict[str, str | None] = {
        code: done.collectors[code] for code in movable if code in done.collectors
    }
    return proposed, [{"customer": code, "reason": "no_room"} for code in done.unplaced]


def _serving(zone: Zone | None) -> str | None:
    return zone.collector if zone else None


def _figures(couch: Couch, company: str, moves: Sequence[Json], *, on: date, currency: str) -> list[Json]:
    """Customers, amount and documents of each collector concerned, before and after."""
    concerned = sorted({code for move in moves for code in (move["from"], move["to"]) if code})
    held = customers_of(couch, company, concerned)
    moved = [move["customer"] for move in moves]
    amounts = open_amounts(couch, company, {*held, *moved}, currency)
    documents = document_counts(couch, company, moved, on)
    stands = documents_held(couch, company, concerned)
    before: dict[str, list[int]] = {code: [0, 0, stands[code]] for code in concerned}
    for customer, code in held.items():
        before[code][0] += 1
        before[code][1] += amounts[customer]
    change: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for move in moves:
        size = (1, amounts[move["customer"]], documents[move["customer"]])
        for code, sign in ((move["from"], -1), (move["to"], 1)):
            if code:
                change[code] = [each + sign * part for each, part in zip(change[code], size, strict=True)]
    figures = []
    for code in concerned:
        # a database that is still being filled holds less than its customers bring
        after = [max(0, each + more) for each, more in zip(before[code], change[code], strict=True)]
        names = ("customers", "amount", "documents")
        figures.append(
            {
                "collector": code,
                **{
                    name: {"before": was, "after": will}
                    for name, was, will in zip(names, before[code], after, strict=True)
                },
                "fault": _fault(after[2]) if change[code][2] > 0 else None,
            }
        )
    return figures


def _fault(documents: int) -> str | None:
    if documents > DOCUMENTS_TOO_MANY:
        return "documents_too_many"
    return "documents_many" if documents >= DOCUMENTS_MANY else None
