"""Rows of attachment bodies, their chunks and their uses: SQL and nothing else."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

_CHUNK_BITS = 20
"""A body has at most 2^20 chunks: 256 GiB at the chunk size of `tuning`."""


class UseRow(NamedTuple):
    """One attachment of one revision; `body` and `length` are None while the bytes are still at a peer."""

    name: str
    digest: str
    body: int | None
    length: int | None


_BEGIN = (
    "INSERT INTO attachment_bodies (sha256, digest, length, uses, written_at) VALUES (NULL, NULL, 0, 0, ?)"
)
_FINISH = "UPDATE attachment_bodies SET sha256 = ?, digest = ?, length = ?, written_at = ? WHERE number = ?"
_BY_SHA = "SELECT number FROM attachment_bodies WHERE sha256 = ?"
_BY_DIGEST = "SELECT number FROM attachment_bodies WHERE digest = ? AND length = ? ORDER BY number LIMIT 1"
_TOUCH = "UPDATE attachment_bodies SET written_at = ? WHERE number = ?"
_PUT_CHUNK = "INSERT INTO attachment_chunks (chunk, content) VALUES (?, ?)"
_CHUNK = "SELECT content FROM attachment_chunks WHERE chunk = ?"
_DROP_CHUNKS = """DELETE FROM attachment_chunks WHERE chunk IN (
    SELECT chunk FROM attachment_chunks WHERE chunk >= ? AND chunk < ? ORDER BY chunk LIMIT ?)"""
_DISOWN = "UPDATE attachment_bodies SET sha256 = NULL, digest = NULL WHERE number = ?"
_EXISTS = "SELECT 1 FROM attachment_bodies WHERE number = ? AND sha256 IS NOT NULL"
_DROP_BODY = "DELETE FROM attachment_bodies WHERE number = ?"
_USE = "INSERT OR REPLACE INTO attachment_uses (id, rev, name, digest, body) VALUES (?, ?, ?, ?, ?)"
_COUNT_USE = "UPDATE attachment_bodies SET uses = uses + ? WHERE number = ?"
_USES = """SELECT name, attachment_uses.digest, body, length FROM attachment_uses
    LEFT JOIN attachment_bodies ON number = body WHERE id = ? AND rev = ?"""
_USES_OF_DOCUMENT = "SELECT DISTINCT rev FROM attachment_uses WHERE id = ?"
_DROP_USE = "DELETE FROM attachment_uses WHERE id = ? AND rev = ? AND name = ?"
_ABSENT_USES = "SELECT count(*) FROM attachment_uses WHERE digest = ? AND body IS NULL"
_FILL_USES = "UPDATE attachment_uses SET body = ? WHERE digest = ? AND body IS NULL"
_UNUSED = """SELECT number FROM attachment_bodies WHERE uses = 0 AND written_at < ?
    ORDER BY written_at LIMIT 1"""
_ABSENT = "SELECT id, rev, name, digest FROM attachment_uses WHERE body IS NULL ORDER BY id, rev, name"
_TOTAL = "SELECT coalesce(sum(length), 0) FROM attachment_bodies"


def begin_body(connection: sqlite3.Connection, now: int) -> int:
    """Return the number of a new body without content."""
    return int(connection.execute(_BEGIN, (now,)).lastrowid or 0)


def append_chunk(connection: sqlite3.Connection, body: int, position: int, content: bytes) -> None:
    connection.execute(_PUT_CHUNK, ((body << _CHUNK_BITS) + position, content))


def finish_body(
    connection: sqlite3.Connection, body: int, *, sha256: str, digest: str, length: int, now: int
) -> None:
    connection.execute(_FINISH, (sha256, digest, length, now, body))


def body_by_sha(connection: sqlite3.Connection, sha256: str) -> int | None:
    row = connection.execute(_BY_SHA, (sha256,)).fetchone()
    return int(row[0]) if row else None


def body_by_digest(connection: sqlite3.Connection, digest: str, length: int) -> int | None:
    row = connection.execute(_BY_DIGEST, (digest, length)).fetchone()
    return int(row[0]) if row else None


def touch_body(connection: sqlite3.Connection, body: int, now: int) -> None:
    """Keep an unused body for a while longer: a document is about to name it."""
    connection.execute(_TOUCH, (now, body))


def chunk(connection: sqlite3.Connection, body: int, position: int) -> bytes | None:
    row = connection.execute(_CHUNK, ((body << _CHUNK_BITS) + position,)).fetchone()
    return bytes(row[0]) if row else None


def drop_chunks(connection: sqlite3.Connection, body: int, limit: int) -> bool:
    """Remove up to `limit` chunks of a body; tell whether some were there."""
    first = body << _CHUNK_BITS
    return connection.execute(_DROP_CHUNKS, (first, first + (1 << _CHUNK_BITS), limit)).rowcount > 0


def disown_body(connection: sqlite3.Connection, body: int) -> None:
    """Make sure that nobody finds a body by its content any more."""
    connection.execute(_DISOWN, (body,))


def body_exists(connection: sqlite3.Connection, body: int) -> bool:
    return connection.execute(_EXISTS, (body,)).fetchone() is not None


def drop_body(connection: sqlite3.Connection, body: int) -> None:
    connection.execute(_DROP_BODY, (body,))


def use(
    connection: sqlite3.Connection, document_id: str, rev: str, name: str, *, digest: str, body: int | None
) -> None:
    """Record that a revision names a body, which counts one use more."""
    connection.execute(_USE, (document_id, rev, name, digest, body))
    if body is not None:
        connection.execute(_COUNT_USE, (1, body))


def uses(connection: sqlite3.Connection, document_id: str, rev: str) -> dict[str, UseRow]:
    rows = map(UseRow._make, connection.execute(_USES, (document_id, rev)))
    return {row.name: row for row in rows}


def drop_uses(connection: sqlite3.Connection, document_id: str, rev: str) -> None:
    """Forget the attachments of one revision; their bodies count one use less."""
    for row in uses(connection, document_id, rev).values():
        connection.execute(_DROP_USE, (document_id, rev, row.name))
        if row.body is not None:
            connection.execute(_COUNT_USE, (-1, row.body))


def revisions_with_attachments(connection: sqlite3.Connection, document_id: str) -> list[str]:
    return [row[0] for row in connection.execute(_USES_OF_DOCUMENT, (document_id,))]


def fill(connection: sqlite3.Connection, digest: str, body: int) -> int:
    """Give every revision that waits for `digest` this body. Return how many did."""
    waiting = int(connection.execute(_ABSENT_USES, (digest,)).fetchone()[0])
    connection.execute(_FILL_USES, (body, digest))
    connection.execute(_COUNT_USE, (waiting, body))
    return waiting


def absent(connection: sqlite3.Connection) -> list[tuple[str, str, str, str]]:
    """Return (id, rev, name, digest) of every attachment whose bytes are still at a peer."""
    return connection.execute(_ABSENT).fetchall()


def unused_body(connection: sqlite3.Connection, before: int) -> int | None:
    """Return a body that no revision names, written before `before` (seconds since 1970)."""
    row = connection.execute(_UNUSED, (before,)).fetchone()
    return int(row[0]) if row else None


def total_length(connection: sqlite3.Connection) -> int:
    return int(connection.execute(_TOTAL).fetchone()[0])
