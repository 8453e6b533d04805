"""Up: new facts of one collector's database are copied to the central one, each with the revision it was born
with.

Only facts, never a deletion, and of several bodies under one id only the first that was accepted; whatever
can't be taken is parked. Copying twice changes nothing, so a crash anywhere is answered by doing it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.couch.client import Couch, Json
from backend.couch.errors import CouchError
from backend.killpoints import reach
from backend.reconcile.admission import UNISSUED, Origin, fault_of, series_of
from backend.reconcile.bulk import write_all
from backend.reconcile.parking import poisoned, second_leaf
from backend.reconcile.tuning import CHANGES_PER_BATCH
from receivables.documents import is_fact
from receivables.identifiers import collector_database


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch of a collector's feed came to.

    Where nothing is `held`, `last_seq` may be remembered: all before it is durable. What is held is a receipt
    of a series that nobody was given: it is money, and enters once the `series` document is back.
    """

    last_seq: str
    more: bool
    copied: int = 0
    parked: int = 0
    held: int = 0


class SeriesOwners:
    """To whom each receipt series was issued; never again to another, so this is asked once."""

    def __init__(self, couch: Couch, company: str) -> None:
        self._couch = couch
        self._company = company
        self._owners: dict[str, str] = {}

    def of(self, facts: Iterable[Json]) -> Mapping[str, str]:
        """Owners by series, at least of the series in these facts; one that nobody was given is left out."""
        unknown = {series for fact in facts if (series := series_of(fact)) and series not in self._owners}
        for document in self._couch.get_many(
            self._company, sorted(f"series:{series}" for series in unknown)
        ).values():
            self._owners[document["_id"].partition(":")[2]] = str(document.get("collector"))
        return self._owners


def take_facts(
    couch: Couch, company: str, collector: str, *, since: str, owners: SeriesOwners, now: datetime
) -> Taken:
    """Copy or park what one batch of the collector's feed brings. Raise `CouchError`: then do it again."""
    db = collector_database(company, collector)
    page = couch.changes(db, since=since, limit=CHANGES_PER_BATCH, style="all_docs")
    more = len(page.results) == CHANGES_PER_BATCH
    leaves = {
        row["id"]: [leaf["rev"] for leaf in row["changes"]] for row in page.results if is_fact(row["id"])
    }
    accepted = _revs(couch, company, leaves)
    news = [(doc_id, rev) for doc_id, revs in leaves.items() for rev in revs if accepted.get(doc_id) != rev]
    if not news:
        return Taken(page.last_seq, more)
    bodies = fetch_leaves(couch, db, news)
    origin = Origin(company, collector, owners.of(bodies))
    sorting = _sort(bodies, origin, accepted)
    stood = couch.get_many(
        company, [document["_id"] for document in sorting.further if document["_id"] in accepted]
    )
    standing = stood | {document["_id"]: document for document in sorting.new}
    exceptions = [poisoned(body, fault, collector=collector, now=now) for body, fault in sorting.faulty]
    exceptions += [
        second_leaf(standing[body["_id"]], body, collector=collector, now=now)
        for body in sorting.further
        if body["_id"] in standing
    ]
    park(couch, company, exceptions)
    written = _copy(couch, db, company, sorting.new)
    reach("reconcile.facts_copied")
    refused = [poisoned(body, reason, collector=collector, now=now) for body, reason in written]
    park(couch, company, refused)
    return Taken(
        page.last_seq,
        more,
        copied=len(sorting.new) - len(refused),
        parked=len(exceptions) + len(refused),
        held=sorting.held,
    )


def _copy(couch: Couch, db: str, company: str, facts: list[Json]) -> list[tuple[Json, str]]:
    """Write the facts with the revisions they were born with; return what was refused, with the reason.

    Pictures go one by one, so that no request holds more than one of them.
    """
    refused = write_all(
        couch, company, [fact for fact in facts if "_attachments" not in fact], new_edits=False
    ).refused
    for fact in (fact for fact in facts if "_attachments" in fact):
        whole = fetch_leaves(couch, db, [(fact["_id"], fact["_rev"])], attachments=True)
        refused += write_all(couch, company, whole, new_edits=False).refused
    return refused


def park(couch: Couch, company: str, exceptions: list[Json]) -> None:
    """Write exceptions that are not there yet; one that is there, open or closed, stays as it is."""
    if exceptions:
        write_all(couch, company, exceptions)
        reach("reconcile.parked")


def fetch_leaves(
    couch: Couch, db: str, leaves: Iterable[tuple[str, str]], *, attachments: bool = False
) -> list[Json]:
    """The bodies of these revisions, with `attachments` or their stubs; one purged in between is left out.

    Raise `CouchError` where one stands but can't be read yet: a checkpoint must not pass it.
    """
    wanted = set(leaves)
    answer = couch.call(
        f"{db}/_bulk_get",
        couch.service.post_bulk_get,
        db,
        [{"id": doc_id, "rev": rev} for doc_id, rev in sorted(wanted)],
        attachments=attachments,
        idempotent=True,
    )
    bodies = [entry["ok"] for result in answer["results"] for entry in result["docs"] if "ok" in entry]
    unread = wanted - {(body["_id"], body["_rev"]) for body in bodies}
    if unread:
        standing = _revs(couch, db, [doc_id for doc_id, _ in unread])
        for doc_id, rev in sorted(unread):
            if standing.get(doc_id) == rev:
                raise CouchError(f"{db}/{doc_id}", "unreadable", f"revision {rev} stands but does not come")
    return bodies


@dataclass(frozen=True, slots=True)
class _Sorting:
    new: list[Json]
    further: list[Json]
    faulty: list[tuple[Json, str]]
    held: int = 0


def _sort(bodies: Iterable[Json], origin: Origin, accepted: Mapping[str, str]) -> _Sorting:
    """Of good bodies that arrive together the smallest revision is the first: all processes agree on it."""
    new, further, faulty, held = [], [], [], 0
    taken = set(accepted)
    for body in sorted(bodies, key=lambda document: (document["_id"], document["_rev"])):
        if body["_id"] in accepted and body.get("_deleted"):
            continue  # the centre keeps what it has
        fault = fault_of(body, origin)
        if fault is None and body["_id"] not in taken:
            taken.add(body["_id"])
            new.append(body)
        elif fault is None or body["_id"] in accepted:
            further.append(body)
        elif fault == UNISSUED:
            held += 1
        else:
            faulty.append((body, fault))
    return _Sorting(new, further, faulty, held)


def _revs(couch: Couch, db: str, ids: Iterable[str]) -> dict[str, str]:
    """The winning revision of each document that is or was there."""
    keys = list(ids)
    if not keys:
        return {}
    return {row["id"]: row["value"]["rev"] for row in couch.all_docs(db, keys=keys) if "value" in row}
