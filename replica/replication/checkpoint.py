"""Checkpoints: how far a replication has come, written on both sides in CouchDB's form.

`agree` and `has_forgotten` are the pure part: two documents to the sequence from which it is safe to go
on, and whether the other side lost what we know it had. `Checkpointer` reads and writes them, only past
what is durably written or durably recorded as refused.

The other side is always written first and ours last. Ours is therefore never ahead, however a run is cut,
unless the other side went back in time: that is how a restored backup is recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from replica.errors import Conflict
from replica.peer import Json, Peer
from replica.replication.identity import VERSION
from replica.tuning import HISTORY_ENTRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of one session, under the names of CouchDB's checkpoint history."""

    missing_checked: int = 0
    missing_found: int = 0
    docs_read: int = 0
    docs_written: int = 0
    doc_write_failures: int = 0

    def plus(self, **more: int) -> Statistics:
        return replace(self, **{name: getattr(self, name) + count for name, count in more.items()})


def agree(source: Json | None, target: Json | None, mark: str | None = None) -> Any:
    """Return the sequence to go on from, None for the beginning.

    What was passed over because of a mark (`origin`) is agreed upon only while that mark holds: sessions
    under another one than `mark` do not count.

    CouchDB replication protocol, "Compare Replication Logs", with one difference: within a session the
    side that lags is believed, because a target restored from a backup keeps the session but has forgotten
    its end. `ordinal` counts a session's checkpoints, since sequences cannot be compared.
    """
    theirs = {entry["session_id"]: entry for entry in _entries(target)}
    for entry in _entries(source):
        twin = theirs.get(entry["session_id"])
        if twin is not None and entry.get("mark") in (None, mark):
            return min((entry, twin), key=_ordinal)["recorded_seq"]
    return None


def has_forgotten(other: Json | None, ours: Json | None) -> bool:
    """Whether the other side no longer knows what we wrote there before we wrote it here."""
    mine = _entries(ours)
    if not mine:
        return False
    theirs = {entry["session_id"]: entry for entry in _entries(other)}
    twin = theirs.get(mine[0]["session_id"])
    return twin is None or _ordinal(twin) < _ordinal(mine[0])


def _entries(document: Json | None) -> list[Json]:
    """The usable part of a history, newest first."""
    history = document.get("history") if document else None
    entries = history if isinstance(history, list) else []
    return [one for one in entries if isinstance(one, dict) and "session_id" in one and "recorded_seq" in one]


def _ordinal(entry: Json) -> int:
    return int(entry.get("ordinal", 0))


class Checkpointer:
    """One replication's checkpoint on both its sides. Not thread-safe: one run owns it.

    `ours` is the side whose word comes last: the local one, where there is one.
    """

    def __init__(
        self, source: Peer, target: Peer, key: str, *, ours: Peer, session_id: str, started_at: datetime
    ) -> None:
        self.key = key
        self._source_is_ours = ours is source
        self._sides: Sequence[Peer] = (target, source) if ours is source else (source, target)
        self._stored: list[Json | None] = [None, None]
        self._session_id = session_id
        self._started_at = started_at
        self._start_seq: Any = 0
        self._mark: str | None = None
        self._ordinal = 0
        self.other_side_went_back = False

    def read(self) -> None:
        """Read both sides. Any failure but absence is raised: it is not absence."""
        self._stored = [side.get_local(self.key) for side in self._sides]
        self.other_side_went_back = has_forgotten(*self._stored)

    def agree(self, mark: str | None) -> Any:
        """Return where to go on, None for the beginning, given under which mark this run passes over what
        the target has.
        """
        other, ours = self._stored
        source, target = (ours, other) if self._source_is_ours else (other, ours)
        since = agree(source, target, mark)
        self._mark = mark
        self._start_seq = 0 if since is None else since
        return since

    def write(self, sequence: Any, statistics: Statistics, *, now: datetime) -> None:
        """Record on both sides that everything up to `sequence` has arrived."""
        self._ordinal += 1
        entry: Json = {
            "session_id": self._session_id,
            "start_time": format_datetime(self._started_at, usegmt=True),
            "end_time": format_datetime(now, usegmt=True),
            "start_last_seq": self._start_seq,
            "end_last_seq": sequence,
            "recorded_seq": sequence,
            "ordinal": self._ordinal,
            **asdict(statistics),
        }
        if self._mark is not None:
            entry["mark"] = self._mark
        for index, side in enumerate(self._sides):
            try:
                self._put(index, entry)
            except Conflict:
                # An answer of ours was lost, or another process was here: go on from what is stored now.
                self._stored[index] = side.get_local(self.key)
                self._put(index, entry)

    def _put(self, index: int, entry: Json) -> None:
        stored = self._stored[index]
        older = [one for one in _entries(stored) if one["session_id"] != self._session_id]
        document: Json = {
            "session_id": self._session_id,
            "source_last_seq": entry["recorded_seq"],
            "replication_id_version": VERSION,
            "history": [entry, *older][:HISTORY_ENTRIES],
        }
        if stored is not None:
            document["_rev"] = stored["_rev"]
        rev = self._sides[index].put_local(self.key, document)
        self._stored[index] = {**document, "_rev": rev}
