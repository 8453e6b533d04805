"""What the connector has to remember: which records a version held, what was sent, what was answered.

A SQLite database on a disk of our own machine. Without it every file is read anew, and what was sent is known
only by the files that still stand in the folder: it belongs into the backup.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS digests (
    kind TEXT, version TEXT, key TEXT, digest BLOB, PRIMARY KEY (kind, version, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS complaints (kind TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS sent (id TEXT, attempt INTEGER, PRIMARY KEY (id, attempt)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    id TEXT, attempt INTEGER, state TEXT, number TEXT, posted_at TEXT, reason TEXT, PRIMARY KEY (id, attempt)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answer_files (name TEXT PRIMARY KEY, look TEXT);
"""
WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer of the ERP's to one attempt; `reason` is empty where it posted."""

    id: str
    attempt: int
    state: str
    number: str
    posted_at: datetime
    reason: str


class State:
    """Opened anew for every transaction, so that several jobs may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, and no other beside it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as database:
            database.executescript(f"PRAGMA synchronous = FULL;{_SCHEMA}")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    # -- what was read --------------------------------------------------------------------------

    def digests(self, kind: str, version: str) -> dict[str, bytes]:
        """By key; empty for a version that is not known."""
        with self.writing() as database:
            query = "SELECT key, digest FROM digests WHERE kind = ? AND version = ?"
            return dict(database.execute(query, (kind, version)).fetchall())

    def keep(self, kind: str, version: str, digests: Mapping[str, bytes], *, beside: str) -> None:
        """Keep a version, and the one that the cursor still stands at."""
        with self.writing() as database:
            database.execute(
                "DELETE FROM digests WHERE kind = ? AND version NOT IN (?, ?)", (kind, version, beside)
            )
            rows = ((kind, version, key, digest) for key, digest in digests.items())
            database.executemany("INSERT OR IGNORE INTO digests VALUES (?, ?, ?, ?)", rows)

    def complain(self, kind: str) -> None:
        """The file of this kind was broken."""
        with self.writing() as database:
            database.execute("INSERT OR IGNORE INTO complaints VALUES (?)", (kind,))

    def settle_complaint(self, kind: str) -> bool:
        """Was it broken before? It no longer is."""
        with self.writing() as database:
            return database.execute("DELETE FROM complaints WHERE kind = ?", (kind,)).rowcount > 0

    # -- what was answered ----------------------------------------------------------------------

    def answer_files(self) -> dict[str, str]:
        """The look (size and time) that each file of answers had when it was taken in."""
        with self.writing() as database:
            return dict(database.execute("SELECT name, look FROM answer_files").fetchall())

    def take_in(self, name: str, look: str, answers: Sequence[Answered]) -> None:
        """All answers of one file. What is posted stays posted."""
        with self.writing() as database:
            for each in answers:
                database.execute(
                    "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id, attempt) DO UPDATE SET"
                    " state = excluded.state, number = excluded.number, posted_at = excluded.posted_at,"
                    " reason = excluded.reason WHERE state = 'rejected'",
                    (each.id, each.attempt, each.state, each.number, each.posted_at.isoformat(), each.reason),
                )
            database.execute("INSERT OR REPLACE INTO answer_files VALUES (?, ?)", (name, look))

    def answers(self, entry_id: str) -> list[Answered]:
        """By attempt; those of attempt 0 did not say which one they answer."""
        with self.writing() as database:
            rows = database.execute(
                "SELECT * FROM answers WHERE id = ? ORDER BY attempt", (entry_id,)
            ).fetchall()
        names = ("id", "attempt", "state", "number", "posted_at", "reason")
        found = (dict(zip(names, row, strict=True)) for row in rows)
        return [Answered(**{**row, "posted_at": datetime.fromisoformat(row["posted_at"])}) for row in found]

    def attempts(self, entry_id: str) -> int:
        """How often the entry was sent."""
        with self.writing() as database:
            return sent(database, entry_id)


def sent(database: sqlite3.Connection, entry_id: str) -> int:
    """The last attempt, within a transaction; 0 before the first."""
    query = "SELECT coalesce(max(attempt), 0) FROM sent WHERE id = ?"
    return int(database.execute(query, (entry_id,)).fetchone()[0])


def note_sent(database: sqlite3.Connection, entry_id: str, attempt: int) -> None:
    database.execute("INSERT INTO sent VALUES (?, ?)", (entry_id, attempt))
