"""Cursors over records that change in several tables at once.

Tryton stamps each row of each table, and an invoice changes when a payment line does. So a run is a *sweep*:
all records of which any row changed after `since`, in the order of their ids. What changes during the sweep
behind its back is stamped after `until`, the newest stamp there was when it began, and the next sweep starts
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.erp.port import Cursor

_BETWEEN = " … "


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """`since` is None for everything, `until` while the sweep has not begun; `last` is the last id read."""

    since: datetime | None
    until: datetime | None = None
    last: int = 0

    @classmethod
    def of(cls, cursor: Cursor | None) -> Sweep:
        if cursor is None:
            return cls(since=None)
        since, between, until = cursor.changed.partition(_BETWEEN)
        if not between:
            return cls(since=datetime.fromisoformat(since))
        return cls(
            since=datetime.fromisoformat(since) if since else None,
            until=datetime.fromisoformat(until),
            last=int(cursor.key),
        )

    def cursor(self, until: datetime, last: int) -> Cursor:
        """Where the page after the record `last` begins."""
        since = self.since.isoformat() if self.since else ""
        return Cursor(changed=f"{since}{_BETWEEN}{until.isoformat()}", key=str(last))


def finished(until: datetime) -> Cursor:
    """A finished sweep is a point in time."""
    return Cursor(changed=until.isoformat(), key="")


def before(saved: Cursor | None, overlap: int) -> Cursor | None:
    """`saved` moved back by `overlap` seconds. A sweep under way goes on: it began early enough."""
    if saved is None or _BETWEEN in saved.changed:
        return saved
    moment = datetime.fromisoformat(saved.changed) - timedelta(seconds=overlap)
    return Cursor(changed=moment.isoformat(), key="")
