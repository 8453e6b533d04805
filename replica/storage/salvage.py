"""Reading a file that may be damaged: what SQLite says of it, and every row that can still be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from replica.storage.schema import APPLICATION_ID, version_of

SALVAGE_PRAGMAS = ("PRAGMA busy_timeout = 5000", "PRAGMA query_only = ON")

_RANGE = """SELECT seq, id, rev, deleted, other_leaves, tree, body FROM documents
    WHERE seq >= ? AND seq <= ? ORDER BY seq"""
_LAST = ("SELECT max(seq) FROM documents", "SELECT max(last_seq) FROM sequence_blocks")
_OTHERS = "SELECT rev, deleted, body FROM revisions WHERE id = ?"
_COUNTED = "SELECT coalesce(sum(living), 0), coalesce(sum(tombstones), 0) FROM sequence_blocks"
_COUNT = "SELECT coalesce(sum(deleted = 0), 0), coalesce(sum(deleted = 1), 0) FROM documents"
_SHORT_BODIES = """SELECT number FROM attachment_bodies
    WHERE sha256 IS NOT NULL AND length <> (SELECT coalesce(sum(length(content)), 0) FROM attachment_chunks
        WHERE chunk >= number << 20 AND chunk < (number + 1) << 20)"""
_LOCALS = "SELECT key, counter, body FROM local_documents"

_FARTHEST_SEQ = 1 << 40
"""Searched where the file cannot say how far it goes; empty stretches cost one seek each."""


class SavedRow(NamedTuple):
    seq: int
    id: str
    rev: str
    deleted: int
    other_leaves: str | None
    tree: str | None
    body: str


def problems(connection: sqlite3.Connection) -> list[str]:
    """Return what is wrong with the file, in SQLite's words and ours; nothing where it is sound."""
    found: list[str] = []
    try:
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            found.append("not a file of this store")
        found += [row[0] for row in connection.execute("PRAGMA integrity_check(100)") if row[0] != "ok"]
        if version_of(connection) and not found:
            found += _inconsistencies(connection)
    except sqlite3.DatabaseError as error:
        found.append(str(error))
    return found


def _inconsistencies(connection: sqlite3.Connection) -> Iterator[str]:
    counted, real = connection.execute(_COUNTED).fetchone(), connection.execute(_COUNT).fetchone()
    if counted != real:
        yield f"counts say {counted} living and deleted documents, there are {real}"
    for (number,) in connection.execute(_SHORT_BODIES):
        yield f"attachment body {number} is not as long as it says"


def readable_rows(connection: sqlite3.Connection) -> Iterator[SavedRow | None]:
    """Yield every readable document row, and None for each stretch of one sequence that is not."""
    yield from _between(connection, 1, _last(connection))


def _last(connection: sqlite3.Connection) -> int:
    for sql in _LAST:
        try:
            return int(connection.execute(sql).fetchone()[0] or 0)
        except sqlite3.DatabaseError:
            continue
    return _FARTHEST_SEQ


def _between(connection: sqlite3.Connection, first: int, last: int) -> Iterator[SavedRow | None]:
    """Read a range of sequences; where that fails, read its halves."""
    stretches = [(first, last)]
    while stretches:
        low, high = stretches.pop()
        if low > high:
            continue
        try:
            rows = connection.execute(_RANGE, (low, high)).fetchall() if high - low < 1000 else None
        except sqlite3.DatabaseError:
            if low == high:
                yield None
                continue
            rows = None
        if rows is not None:
            yield from map(SavedRow._make, rows)
        else:
            middle = (low + high) // 2
            stretches += [(middle + 1, high), (low, middle)]


def other_revisions(connection: sqlite3.Connection, document_id: str) -> list[tuple[str, int, str]]:
    """Return the readable bodies of a document beside its winner's."""
    try:
        return connection.execute(_OTHERS, (document_id,)).fetchall()
    except sqlite3.DatabaseError:
        return []


def readable_locals(connection: sqlite3.Connection) -> list[tuple[str, int, str]]:
    try:
        return connection.execute(_LOCALS).fetchall()
    except sqlite3.DatabaseError:
        return []
