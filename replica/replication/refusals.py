"""What a target would not take, kept where it cannot be lost and shown to whoever can do something about it.

A refusal is recorded durably before the checkpoint passes its document, so nothing is skipped in silence
and nothing is held back. A refused revision is sent again when the target's rules change (its design
documents), when a person asks, and, where the error was a passing one, in the next runs, further and
further apart and never given up. A newer revision of the document travels by itself; once it has arrived,
the old refusal is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from replica.errors import Conflict, Forbidden, NotFound, Unauthorized
from replica.peer import Json, Peer
from replica.replication.delivery import Failure
from replica.tuning import BACKOFF_FIRST_SECONDS, BACKOFF_MOST_SECONDS, DOCUMENT_ATTEMPTS

MOST_DOUBLINGS = 32  # far beyond the longest pause, and far below what a float holds
KEY = "replication-refusals"
"""One local document per store, `_local/replication-refusals`: refusals are rare, and listing them must
need no search.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One revision that a target did not take.

    `replication` is the replication id, `at` the instant of the last attempt (RFC 3339), `rules` what the
    target's design documents were then. `is_passing` where further runs try it again by themselves;
    `is_stubborn` where so many have that somebody should hear of it.
    """

    id: str
    rev: str
    error: str
    reason: str
    at: str
    replication: str
    rules: str
    attempts: int
    is_passing: bool

    @property
    def key(self) -> str:
        return f"{self.replication} {self.rev} {self.id}"

    @property
    def is_stubborn(self) -> bool:
        return not self.is_passing or self.attempts >= DOCUMENT_ATTEMPTS

    def is_due(self, now: datetime) -> bool:
        """Is it worth sending again by itself at `now`?

        Each of the first runs tries; then a pause that doubles, from the last attempt on. A clock that was
        set back in between must not put the next attempt off.
        """
        if not self.is_passing:
            return False
        if self.attempts < DOCUMENT_ATTEMPTS:
            return True
        doublings = min(self.attempts - DOCUMENT_ATTEMPTS, MOST_DOUBLINGS)
        pause = min(BACKOFF_FIRST_SECONDS * 2**doublings, BACKOFF_MOST_SECONDS)
        return not 0 <= (now - datetime.fromisoformat(self.at)).total_seconds() < pause


@runtime_checkable
class Ruled(Protocol):
    """A target whose design documents can be listed."""

    def all_docs(self, *, start_key: str | None = None, end_key: str | None = None) -> Json: ...


def list_refusals(peer: Peer) -> list[Refusal]:
    """Return everything refused that `peer`, our side, knows of, oldest first."""
    stored = peer.get_local(KEY)
    found = [Refusal(**entry) for entry in stored["entries"].values()] if stored else []
    return sorted(found, key=lambda one: (one.at, one.id))


def retry_refused(peer: Peer, ids: Iterable[str] | None = None) -> None:
    """Have the next run send again what was refused: the documents `ids`, everything where None."""
    chosen = None if ids is None else set(ids)

    def forget_attempts(entries: dict[str, Refusal]) -> None:
        for key, entry in entries.items():
            if chosen is None or entry.id in chosen:
                entries[key] = replace(entry, attempts=0, is_passing=True)

    _update(peer, forget_attempts)


def rules_of(target: Peer) -> str:
    """Return what identifies the target's design documents, "" where they cannot be known."""
    if not isinstance(target, Ruled):
        return ""
    try:
        rows = target.all_docs(start_key="_design/", end_key="_design0")["rows"]
    except (Forbidden, NotFound, Unauthorized):
        return ""
    return " ".join(sorted(row["value"]["rev"] for row in rows))


class Ledger:
    """The refusals of one replication, kept in `peer`."""

    def __init__(self, peer: Peer, replication: str) -> None:
        self._peer = peer
        self._replication = replication

    def open(self) -> list[Refusal]:
        return [one for one in list_refusals(self._peer) if one.replication == self._replication]

    def due(self, rules: str, *, now: datetime) -> list[Refusal]:
        """Return what is worth sending again now."""
        return [one for one in self.open() if one.rules != rules or one.is_due(now)]

    def record(self, failures: Sequence[Failure], *, at: str, rules: str) -> list[Refusal]:
        """Write failures down durably and return them as they stand now."""
        if not failures:
            return []
        recorded: list[Refusal] = []

        def add(entries: dict[str, Refusal]) -> None:
            recorded.clear()
            for failure in failures:
                fresh = Refusal(
                    **failure._asdict(), at=at, replication=self._replication, rules=rules, attempts=1
                )
                before = entries.get(fresh.key)
                entry = replace(fresh, attempts=before.attempts + 1) if before else fresh
                entries[entry.key] = entry
                recorded.append(entry)

        _update(self._peer, add)
        return recorded

    def settle(self, taken: Iterable[str], *, refused: Iterable[Failure] = ()) -> None:
        """Forget refusals of documents that have arrived since, but of the revisions in `refused`."""
        ids = set(taken)
        still = {(failure.id, failure.rev) for failure in refused}

        def drop(entries: dict[str, Refusal]) -> None:
            for key, entry in list(entries.items()):
                mine = entry.replication == self._replication and entry.id in ids
                if mine and (entry.id, entry.rev) not in still:
                    del entries[key]

        _update(self._peer, drop)


def _update(peer: Peer, change: Callable[[dict[str, Refusal]], None]) -> None:
    for _attempt in range(8):
        stored = peer.get_local(KEY)
        entries = {key: Refusal(**entry) for key, entry in stored["entries"].items()} if stored else {}
        before = dict(entries)
        change(entries)
        if entries == before:
            return
        document: dict[str, Any] = {"entries": {key: asdict(entry) for key, entry in entries.items()}}
        if stored:
            document["_rev"] = stored["_rev"]
        try:
            peer.put_local(KEY, document)
        except Conflict:
            continue
        return
    raise Conflict(f"_local/{KEY} is being changed by others all the time")
