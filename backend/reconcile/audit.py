"""Proof that the central and a collector's database agree, and the repair where they don't.

Reconcile looks at what changed; this looks at everything, so it is for the doctor and not for every day:
after a restored backup, an edit by hand, or a crash that met two processes in the same instant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.companies import collectors_of
from backend.couch.client import Couch, Json
from backend.couch.feeds import NOTHING_SEEN
from backend.reconcile.audience import Everyone, HolderOf, Named, audience_of
from backend.reconcile.collector_database import CollectorDatabases, Placed
from backend.reconcile.facts import SeriesOwners, take_facts
from backend.reconcile.parking import exception_id, poisoned_key
from backend.reconcile.placement import Edits, Wanted, plan_edits
from backend.reconcile.portfolio import read_assigned, read_equipment, read_portfolios
from backend.reconcile.tuning import CUSTOMERS_PER_MOVE, DOCUMENTS_PER_WRITE
from receivables.documents import PROJECTION_TYPES, is_fact
from receivables.identifiers import collector_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Where one collector's database and the central one disagree; ids, sorted."""

    collector: str
    missing: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    unreceived: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    """Facts that the centre can't take and that an exception tells of: no drift."""

    def __bool__(self) -> bool:
        return any((self.missing, self.different, self.strange, self.unreceived))


def audit(
    couch: Couch,
    company: str,
    now: datetime,
    *,
    repair: bool = False,
    collectors: Collection[str] | None = None,
) -> list[Drift]:
    """What disagrees, collector by collector (None: all); with `repair`, what disagreed before. Raise
    `CouchError`.

    Run it while nothing is on its way, or it finds what reconcile is about to do.
    """
    owners = SeriesOwners(couch, company)
    found = []
    for collector in collectors_of(couch, company) if collectors is None else collectors:
        drift, wanted = _examine(couch, company, collector, now)
        if repair and drift:
            databases = CollectorDatabases(couch, company, now, Placed())
            databases.place(collector, wanted)
            since, more = NOTHING_SEEN, bool(drift.unreceived)
            while more:
                taken = take_facts(couch, company, collector, since=since, owners=owners, now=now)
                since, more = taken.last_seq, taken.more
        if drift:
            found.append(drift)
    return found


def _examine(couch: Couch, company: str, collector: str, now: datetime) -> tuple[Drift, Mapping[str, Wanted]]:
    db = collector_database(company, collector)
    wanted = {doc["_id"]: Wanted(doc) for doc in _expected(couch, company, collector, now)}
    standing = {row["id"]: row["value"]["rev"] for row in couch.all_docs(db)}
    others = [
        doc_id for doc_id in standing if doc_id.partition(":")[0] in PROJECTION_TYPES and doc_id not in wanted
    ]
    allowed = _allowed(couch, company, collector, others)
    wanted |= {doc_id: Wanted(allowed.get(doc_id), optional=True) for doc_id in others}
    edits = Edits()
    ids = sorted(wanted)
    for start in range(0, len(ids), DOCUMENTS_PER_WRITE):
        some = {doc_id: wanted[doc_id] for doc_id in ids[start : start + DOCUMENTS_PER_WRITE]}
        each = plan_edits(some, couch.all_docs(db, keys=list(some), include_docs=True))
        edits.writes += each.writes
        edits.overtaken += each.overtaken
    written = {edit["_id"] for edit in edits.writes if not edit.get("_deleted")}
    facts = [doc_id for doc_id in standing if is_fact(doc_id)]
    central = {row["id"] for row in couch.all_docs(company, keys=facts) if "value" in row} if facts else set()
    waiting = set(facts) - central
    parked = _parked(couch, company, collector, {doc_id: standing[doc_id] for doc_id in waiting})
    drift = Drift(
        collector=collector,
        missing=tuple(sorted(written - standing.keys())),
        different=tuple(sorted({*(written & standing.keys()), *edits.overtaken})),
        strange=tuple(sorted(edit["_id"] for edit in edits.writes if edit.get("_deleted"))),
        unreceived=tuple(sorted(waiting - parked)),
        parked=tuple(sorted(parked)),
    )
    return drift, wanted


def _parked(couch: Couch, company: str, collector: str, revs: Mapping[str, str]) -> set[str]:
    keys = {
        exception_id("poisoned", poisoned_key(doc_id, rev, collector)): doc_id for doc_id, rev in revs.items()
    }
    rows = couch.all_docs(company, keys=list(keys)) if keys else []
    return {keys[row["key"]] for row in rows if "value" in row}


def _expected(couch: Couch, company: str, collector: str, now: datetime) -> Iterator[Json]:
    yield from (doc for doc in read_equipment(couch, company, collector, now.date()) if audience_of(doc))
    customers = read_assigned(couch, company, collector)
    for start in range(0, len(customers), CUSTOMERS_PER_MOVE):
        papers = read_portfolios(couch, company, customers[start : start + CUSTOMERS_PER_MOVE], now.date())
        for of_customer in papers.values():
            yield from (document for document in of_customer.papers.values() if document)


def _allowed(couch: Couch, company: str, collector: str, ids: list[str]) -> dict[str, Json]:
    """Which documents, beyond those that must be there, may be: old papers of its customers, old routes."""
    assigned = set(read_assigned(couch, company, collector)) if ids else set()
    allowed = {}
    for doc_id, document in couch.get_many(company, ids).items():
        match audience_of(document):
            case Everyone():
                allowed[doc_id] = document
            case Named(name) if name == collector:
                allowed[doc_id] = document
            case HolderOf(customer) if customer in assigned:
                allowed[doc_id] = document
            case _:
                pass
    return allowed
