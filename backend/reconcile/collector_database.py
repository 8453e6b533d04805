"""Writing wanted documents into one collector's database, whoever else writes there at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict, NotFound
from backend.killpoints import reach
from backend.reconcile.bulk import write_all
from backend.reconcile.facts import park
from backend.reconcile.parking import poisoned
from backend.reconcile.placement import Wanted, plan_edits
from backend.reconcile.tuning import ATTEMPTS, DOCUMENTS_PER_WRITE
from receivables.identifiers import collector_database


@dataclass(slots=True)
class Placed:
    """Edits made; `moved` counts customers that changed hands, `absent` names who has no database (yet)."""

    written: int = 0
    removed: int = 0
    moved: int = 0
    parked: int = 0
    absent: set[str] = field(default_factory=set)


class CollectorDatabases:
    """The collectors' databases of one company, as places to put documents in."""

    def __init__(self, couch: Couch, company: str, now: datetime, placed: Placed) -> None:
        self._couch = couch
        self._company = company
        self._now = now
        self._placed = placed

    def place(self, collector: str, wanted: Mapping[str, Wanted]) -> bool:
        """Make the collector's database say what is wanted. False where that database does not exist."""
        ids = sorted(wanted)
        try:
            for start in range(0, len(ids), DOCUMENTS_PER_WRITE):
                self._place(
                    collector, {doc_id: wanted[doc_id] for doc_id in ids[start : start + DOCUMENTS_PER_WRITE]}
                )
        except NotFound:
            self._placed.absent.add(collector)
            return False
        return True

    def _place(self, collector: str, wanted: Mapping[str, Wanted]) -> None:
        db = collector_database(self._company, collector)
        pending, reread = dict(wanted), set[str]()
        for _ in range(ATTEMPTS):
            edits = plan_edits(pending, self._couch.all_docs(db, keys=list(pending), include_docs=True))
            outcome = write_all(self._couch, db, edits.writes)
            if edits.writes:
                reach("reconcile.placed")
            self._count(collector, edits.writes, set(outcome.revs), outcome.refused)
            # what is still overtaken after reading the central document again keeps its newer source
            again = outcome.conflicts | (set(edits.overtaken) - reread)
            if not again:
                return
            reread |= again
            pending = self._read_again(pending, again)
        raise Conflict(f"{db}/{min(pending)}", "conflict", "another process keeps writing it")

    def _read_again(self, wanted: Mapping[str, Wanted], ids: set[str]) -> dict[str, Wanted]:
        """The present central bodies of documents that are wanted here; a removal stays a removal."""
        bodies = [doc_id for doc_id in ids if wanted[doc_id].document is not None]
        present = self._couch.get_many(self._company, sorted(bodies))
        return {
            doc_id: Wanted(present.get(doc_id), wanted[doc_id].optional)
            if doc_id in bodies
            else wanted[doc_id]
            for doc_id in sorted(ids)
        }

    def _count(
        self, collector: str, writes: list[Json], done: set[str], refused: list[tuple[Json, str]]
    ) -> None:
        removed = sum(1 for edit in writes if edit.get("_deleted") and edit["_id"] in done)
        self._placed.removed += removed
        self._placed.written += len(done) - removed
        self._placed.parked += len(refused)
        exceptions = [
            poisoned(document, why, collector=collector, now=self._now) for document, why in refused
        ]
        park(self._couch, self._company, exceptions)
