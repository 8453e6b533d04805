"""Which collector serves which customer: by hand, or by the zone in which the customer lies.

Writing the assignment is all that happens here; reconcile moves the documents from one phone to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.portfolio_loads import document_counts, documents_held
from backend.zones import Zone, ZoneIndex
from receivables.assignments import DOCUMENTS_TOO_MANY
from receivables.documents import SCHEMA, rfc3339
from receivables.geometry import Point


class UnknownCustomer(LookupError):
    """There is no customer of that code."""


class PhoneFull(ValueError):
    """With this customer the collector's phone would hold more than `DOCUMENTS_TOO_MANY` documents."""


class UnknownCollector(LookupError):
    """There is no collector of that code, or he or she is not active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAssignment:
    """Who serves whom. `unlocated` customers have no coordinates, `outside` ones lie in no zone."""

    collectors: dict[str, str]
    unlocated: list[str]
    outside: list[str]


def assign(
    couch: Couch, company: str, *, customer: str, collector: str | None, by: str, now: datetime
) -> Json:
    """Give a customer to a collector, or to nobody; return the `assignment` document. Again changes nothing.

    Raise UnknownCustomer, UnknownCollector or PhoneFull.
    """
    if couch.get(company, f"customer:{customer}") is None:
        raise UnknownCustomer(customer)
    if collector is not None:
        require_collector(couch, company, collector)
    while True:
        stored = couch.get(company, f"assignment:{customer}")
        if stored is not None and stored["collector"] == collector:
            return stored
        if collector is not None and not _has_room(couch, company, collector, customer, now):
            raise PhoneFull(collector)
        document = assignment_document(customer, collector, by=by, now=now)
        try:
            couch.put(company, document | ({"_rev": stored["_rev"]} if stored else {}))
        except Conflict:
            continue
        return document


def _has_room(couch: Couch, company: str, collector: str, customer: str, now: datetime) -> bool:
    held = documents_held(couch, company, [collector])[collector]
    brought = document_counts(couch, company, [customer], now.date())[customer]
    return held + brought <= DOCUMENTS_TOO_MANY


def require_collector(couch: Couch, company: str, collector: str) -> None:
    """Raise UnknownCollector where there is no such collector, or he or she is not active."""
    profile = couch.get(company, f"collector:{collector}")
    if profile is None or not profile.get("active", True):
        raise UnknownCollector(collector)


def assignment_document(customer: str, collector: str | None, *, by: str, now: datetime) -> Json:
    """What `assignment:<customer>` says, without a revision."""
    return {
        "_id": f"assignment:{customer}",
        "schema": SCHEMA,
        "customer": customer,
        "collector": collector,
        "assigned_at": rfc3339(now),
        "by": by,
    }


def assign_many(
    couch: Couch, company: str, collectors: Mapping[str, str | None], *, by: str, now: datetime
) -> int:
    """Write many assignments at once and return how many changed; the customers and collectors are known to
    exist.
    """
    wanted = dict(collectors)
    changed = 0
    while wanted:
        stored = couch.get_many(company, [f"assignment:{customer}" for customer in wanted])
        documents = [
            assignment_document(customer, collector, by=by, now=now)
            | ({"_rev": old["_rev"]} if (old := stored.get(f"assignment:{customer}")) else {})
            for customer, collector in wanted.items()
            if stored.get(f"assignment:{customer}", {}).get("collector", "") != collector
        ]
        results = couch.bulk(company, documents)
        refused = {result["id"].partition(":")[2] for result in results if "error" in result}
        changed += len(documents) - len(refused)
        wanted = {customer: collectors[customer] for customer in refused}
    return changed


def assign_by_zone(customers: Iterable[Mapping[str, Any]], zones: Sequence[Zone]) -> ZoneAssignment:
    """Propose a collector for each customer document by the zone of its `location`. Raise BadZone.

    A zone that nobody serves proposes nobody: its customers are outside.
    """
    index = ZoneIndex(zones)
    collectors: dict[str, str] = {}
    unlocated: list[str] = []
    outside: list[str] = []
    for customer in customers:
        code, point = str(customer["code"]), Point.of(customer.get("location"))
        zone = index.at(point) if point else None
        if point is None:
            unlocated.append(code)
        elif zone is None or zone.collector is None:
            outside.append(code)
        else:
            collectors[code] = zone.collector
    return ZoneAssignment(collectors=collectors, unlocated=unlocated, outside=outside)
