"""ERP inwards: customers, invoices and the rest become projections in the central database.

Each run reads from the saved cursor minus an overlap window. A record that says what its document already
says writes nothing, so that the overlap costs reads only and no phone is woken for nothing. The cursor moves
past a page only when the page is stored.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend import killpoints
from backend.couch.client import Couch
from backend.couch.errors import Conflict
from backend.erp.port import Connector, Cursor, Kind, Page, Unreadable
from backend.services.erp_documents import PARTS, Stored, document_id_of, store
from receivables.documents import SCHEMA, parse_instant, rfc3339

log = logging.getLogger("recaudo.erp")

# A run that found nothing says so at most this often: freshness is judged in minutes, and each write is a
# revision.
QUIET_SECONDS = 60
# Imports that keep running side by side are a mistake in the set-up.
OVERTAKEN_ATTEMPTS = 5
# Enough to see what is wrong with an ERP's data, without a document that grows with it.
UNREADABLE_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    kind: Kind
    read: int
    written: int
    unreadable: Sequence[Unreadable]


def run_import(couch: Couch, company: str, connector: Connector, *, now: datetime) -> list[ImportReport]:
    """Import every kind that the ERP provides. Raises `ErpUnavailable`; what was stored before it stays."""
    return [import_kind(couch, company, connector, kind, now=now) for kind in connector.kinds()]


def import_kind(
    couch: Couch, company: str, connector: Connector, kind: Kind, *, now: datetime
) -> ImportReport:
    """Import one kind, again from the same start when another import ran beside this one.

    What we read before the other did may have overwritten what it read after; reading anew puts that right.
    """
    progress = _Progress(couch, company, kind)
    start = None if progress.has_come() else connector.start_of(kind, progress.cursor)
    for _ in range(OVERTAKEN_ATTEMPTS):
        try:
            progress = _Progress(couch, company, kind)
            return _import_from(start, progress, connector, kind, now=now)
        except _Overtaken:
            log.info("erp import %s: another import of %s ran beside this one", company, kind)
    raise Conflict(f"{company}/{cursor_id(kind)}", "conflict", "imports keep running side by side")


def reread(couch: Couch, company: str, connector: Connector, kind: Kind, *, now: datetime) -> ImportReport:
    """Import one kind from its beginning; what is as its document says writes nothing."""
    if cursor := couch.get(company, cursor_id(kind)):
        couch.put(company, {**cursor, "cursor": None})
    return import_kind(couch, company, connector, kind, now=now)


def _import_from(
    start: Cursor | None, progress: _Progress, connector: Connector, kind: Kind, *, now: datetime
) -> ImportReport:
    cursor, written = start, 0
    keys: list[str] = []
    unreadable: list[Unreadable] = []
    while True:
        page = connector.read(kind, cursor)
        stored = progress.store(page)
        written += stored.written
        keys += stored.keys
        unreadable += [*page.unreadable, *stored.waiting]
        killpoints.reach("erp.in.page_stored")
        if page.last:
            break
        cursor = page.cursor
        progress.reached(cursor)
        log.info("%s %s read, %s written", len(keys), kind, written)
    reached = page.cursor or cursor if keys or unreadable else progress.cursor
    progress.finished(reached, keys, unreadable, written=written, now=now)
    killpoints.reach("erp.in.finished")
    return ImportReport(kind=kind, read=len(keys), written=written, unreadable=unreadable)


def cursor_id(kind: Kind) -> str:
    return f"erp_cursor:{kind}"


def imported_at(cursor: Mapping[str, Any] | None) -> datetime | None:
    """When the import that this `erp_cursor` document tells of was last complete."""
    instant = (cursor or {}).get("imported_at")
    return parse_instant(instant) if instant else None


class _Overtaken(Exception):
    """Somebody else moved the cursor while we imported."""


class _Progress:
    """The document `erp_cursor:<kind>`: how far the import is, and when it last was complete."""

    def __init__(self, couch: Couch, company: str, kind: Kind) -> None:
        self._couch = couch
        self._company = company
        self._kind = kind
        self._document = couch.get(company, cursor_id(kind)) or {"_id": cursor_id(kind), "schema": SCHEMA}

    def store(self, page: Page) -> Stored:
        return store(self._couch, self._company, self._kind, page)

    def has_come(self) -> bool:
        """Is a document there by now that fields of an earlier run waited for?"""
        waiting = [bad["key"] for bad in self._document.get("unreadable", [])]
        if self._kind not in PARTS or not waiting:
            return False
        return bool(self._couch.get_many(self._company, [document_id_of(self._kind, key) for key in waiting]))

    @property
    def cursor(self) -> Cursor | None:
        saved = self._document.get("cursor")
        return Cursor.from_json(saved) if saved else None

    def reached(self, cursor: Cursor | None) -> None:
        """A page is stored: a run that is cut here begins here again. It is complete only when finished."""
        if cursor and cursor != self.cursor:
            self._save({"cursor": cursor.to_json()})

    def finished(
        self,
        cursor: Cursor | None,
        keys: Sequence[str],
        unreadable: Sequence[Unreadable],
        *,
        written: int,
        now: datetime,
    ) -> None:
        outcome = {
            "cursor": cursor.to_json() if cursor else None,
            "unreadable": self._still_unreadable(keys, unreadable),
        }
        unchanged = all(self._document.get(name) == value for name, value in outcome.items())
        if unchanged and not written and self._is_recent(now):
            return
        self._save({**outcome, "read": len(keys), "written": written, "imported_at": rfc3339(now)})

    def _still_unreadable(
        self, keys: Sequence[str], unreadable: Sequence[Unreadable]
    ) -> list[dict[str, str]]:
        """Those of earlier runs too, until they are read: the cursor has passed them."""
        reasons = {bad["key"]: bad["reason"] for bad in self._document.get("unreadable", [])}
        reasons |= {bad.key: bad.reason for bad in unreadable}
        for key in keys:
            reasons.pop(key, None)
        return [{"key": key, "reason": reasons[key]} for key in sorted(reasons)[:UNREADABLE_KEPT]]

    def _is_recent(self, now: datetime) -> bool:
        last = imported_at(self._document)
        return last is not None and now - last < timedelta(seconds=QUIET_SECONDS)

    def _save(self, fields: Mapping[str, Any]) -> None:
        self._document = {**self._document, **fields}
        try:
            self._document["_rev"] = self._couch.put(self._company, self._document)
        except Conflict as conflict:
            raise _Overtaken from conflict
