"""What a phone no longer needs leaves its collector's database: old facts that the centre has, old closed
papers, and routes, goals and results of the past.

Facts are purged, for a tombstone would travel; papers are removed as ordinary edits, and come back when they
are opened again. `received:<collector>` says since when facts are kept, so that the phone may let go of what
is older, but for `waiting`: old facts that the centre does not have.

Where collectors went leaves the centre too, after the days that the company says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.companies import DDOC, collectors_of
from backend.couch.client import Couch
from backend.couch.errors import Conflict
from backend.killpoints import reach
from backend.reconcile.bulk import write_all
from backend.reconcile.portfolio import is_optional
from backend.reconcile.received import keep_since, received_id
from backend.reconcile.tuning import (
    ATTEMPTS,
    FACTS_KEPT,
    PURGED_TOGETHER,
    RECEIVED_ENTRIES,
    RECENT,
    TRACKS_LONGER,
)
from receivables.documents import BadDocument, is_fact
from receivables.identifiers import collector_database
from receivables.retention import ANSWERED, forgettable
from receivables.tracking import TrackingPolicy

_DATED_PAPERS = ("invoice:", "credit_note:", "withholding:", "posting:")
_DATED_IDS = frozenset({"route", "goal", "performance"})


@dataclass(slots=True, kw_only=True)
class Tidied:
    """Facts and projections that left the collectors' databases, and tracks that left the centre."""

    facts: int = 0
    papers: int = 0
    tracks: int = 0


def tidy(couch: Couch, company: str, on: date) -> Tidied:
    """Go through all collectors' databases of a company; may be stopped anywhere and run again. Raise
    `CouchError`.
    """
    done = Tidied()
    until = on - _tracks_kept(couch, company)
    for collector in collectors_of(couch, company):
        done.facts += purge_facts(couch, company, collector, on)
        done.papers += remove_papers(couch, company, collector, on)
        done.tracks += purge_tracks(couch, company, collector, until)
    return done


def purge_facts(couch: Couch, company: str, collector: str, on: date) -> int:
    """Purge old facts that nothing is computed from and that the centre has in the very same revision; return
    how many.
    """
    db = collector_database(company, collector)
    since = on - FACTS_KEPT
    standing = {row["id"]: row["value"]["rev"] for row in couch.all_docs(db) if is_fact(row["id"])}
    central = couch.get_many(company, sorted(standing))
    waiting = standing.keys() - central.keys()
    old = forgettable(central.values(), before=since, needed=_unanswered(couch, company, central.keys()))
    leaves = {
        doc_id: [standing[doc_id]] for doc_id in sorted(old) if central[doc_id]["_rev"] == standing[doc_id]
    }
    _purge(couch, db, leaves)
    if len(waiting) <= RECEIVED_ENTRIES and (leaves or waiting or central):
        _tell(couch, company, collector, since, waiting)
    return len(leaves)


def purge_tracks(couch: Couch, company: str, collector: str, before: date) -> int:
    """Purge at the centre where a collector went before a day; return how many tracks that were."""
    rows = couch.view(
        company,
        DDOC,
        "facts_by_collector",
        start_key=[collector, "track", ""],
        end_key=[collector, "track", before.isoformat()],
        include_docs=True,
    )
    return _purge(couch, company, {row["id"]: [row["doc"]["_rev"]] for row in rows})


def _tracks_kept(couch: Couch, company: str) -> timedelta:
    """As the company says, but longer than phones keep theirs: one that still had it would send it again."""
    policy = couch.get(company, "policy:tracking") or {"_id": "policy:tracking"}
    try:
        days = TrackingPolicy.from_json(policy).retention_days
    except BadDocument:
        days = TrackingPolicy.from_json({}).retention_days
    return max(timedelta(days=days), FACTS_KEPT + TRACKS_LONGER)


def _unanswered(couch: Couch, company: str, fact_ids: Iterable[str]) -> set[str]:
    """Receipts of which the ERP has not said its last word."""
    receipts = {doc_id for doc_id in fact_ids if doc_id.startswith("receipt:")}
    postings = couch.get_many(company, [f"posting:{doc_id.partition(':')[2]}" for doc_id in sorted(receipts)])
    answered = {str(each["receipt"]) for each in postings.values() if each["state"] in ANSWERED}
    return receipts - answered


def remove_papers(couch: Couch, company: str, collector: str, on: date) -> int:
    """Remove closed papers older than what is brought, and the routes, goals and results of the past.

    The collector's database is read before the central one, and a lost race leaves a paper for next time: so
    one that is opened again in between is never taken away.
    """
    db = collector_database(company, collector)
    standing = {row["id"]: row["value"]["rev"] for row in couch.all_docs(db)}
    papers = [doc_id for doc_id in standing if doc_id.startswith(_DATED_PAPERS)]
    past = [doc_id for doc_id in standing if _is_past(doc_id, on)]
    central = couch.get_many(company, papers)
    past += [doc_id for doc_id, document in central.items() if is_optional(document, on)]
    writes = [{"_id": doc_id, "_rev": standing[doc_id], "_deleted": True} for doc_id in sorted(past)]
    removed = write_all(couch, db, writes).revs
    if removed:
        reach("tidy.papers_removed")
    return len(removed)


def _purge(couch: Couch, db: str, leaves: Mapping[str, Sequence[str]]) -> int:
    ids = sorted(leaves)
    for start in range(0, len(ids), PURGED_TOGETHER):
        couch.purge(db, {doc_id: leaves[doc_id] for doc_id in ids[start : start + PURGED_TOGETHER]})
        reach("tidy.facts_purged")
    return len(ids)


def _tell(couch: Couch, company: str, collector: str, since: date, waiting: Iterable[str]) -> None:
    for _ in range(ATTEMPTS):
        standing = couch.get(company, received_id(collector))
        told = keep_since(standing, collector, since, waiting)
        if told == standing:
            return
        try:
            couch.put(company, told)
        except Conflict:
            continue
        return
    raise Conflict(f"{company}/{received_id(collector)}", "conflict", "another process keeps writing it")


def _is_past(doc_id: str, on: date) -> bool:
    kind, _, rest = doc_id.partition(":")
    dated = rest.rpartition(":")[2]
    return kind in _DATED_IDS and dated[:10] < (on - RECENT[kind]).isoformat()[: len(dated)]
