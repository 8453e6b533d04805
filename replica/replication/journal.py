"""What a live session knows with the radio off: what the peer does not have yet, and whether the first
sync is whole.

Each push class leaves behind how far it got and under which mark, in `_local/replication-journal`. What
lies after that in the local feed, and did not come from the peer, is unsent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from replica.database import Database
from replica.peer import Json
from replica.replication.selection import Selection
from replica.replication.session import Replication

KEY = "replication-journal"


class Journal:
    """The notes of one store and its push classes."""

    def __init__(self, store: Database, selections: Sequence[Selection]) -> None:
        self._store = store
        self._selections = selections

    def remember_push(self, index: int, run: Replication) -> None:
        """Note how far the push of class `index` has come."""
        stored = self._read()
        name = self._selections[index].filter_name or ""
        entry: Json = {"through": run.result.last_seq, "mark": run.mark}
        if stored["classes"].get(name) != entry:
            stored["classes"][name] = entry
            self._store.put_local(KEY, stored)

    def remember_first_sync(self) -> None:
        """Note that everything the peer had has been here once."""
        stored = self._read()
        if not stored["first_sync_complete"]:
            self._store.put_local(KEY, {**stored, "first_sync_complete": True})

    def first_sync_complete(self) -> bool:
        return bool(self._read()["first_sync_complete"])

    def count_unsent(self, refused: set[str]) -> int:
        """Return how many documents wait, without those in `refused`."""
        classes = self._read()["classes"]
        return sum(
            self._count_class(selection, classes.get(selection.filter_name or ""), refused)
            for selection in self._selections
        )

    def _read(self) -> Json:
        return self._store.get_local(KEY) or {"classes": {}, "first_sync_complete": False}

    def _count_class(self, selection: Selection, entry: Json | None, refused: set[str]) -> int:
        through: Any = entry["through"] if entry else 0
        mark = entry["mark"] if entry else None
        page = self._store.changes(
            since=through, exclude_origin=mark, include_docs=selection.document_filter is not None
        )
        return sum(1 for row in page.results if row["id"] not in refused and selection.accepts(row))
