"""Rows of documents, revisions and local documents: SQL and nothing else.

What a row means is decided by the callers.

Lists of ids travel as one JSON parameter (`json_each`), so that every statement is prepared once whatever the
length.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from replica.tuning import ROWS_IN_STATEMENT, SEQUENCE_BLOCK


class HeadRow(NamedTuple):
    """A document without its body."""

    seq: int
    id: str
    rev: str
    deleted: int
    origin: int | None
    tree: str | None


class ChangeRow(NamedTuple):
    seq: int
    id: str
    rev: str
    deleted: int
    other_leaves: str | None
    body: str | None


class DocumentRow(NamedTuple):
    """What the winning revision of one document looks like."""

    id: str
    rev: str
    deleted: int
    seq: int
    tree: str | None
    body: str


NewRow = tuple[int, str, str, int, int | None, str | None, str | None, str]
"""A row of `documents` as it is inserted: its columns in order. A bare tuple, which SQLite binds fastest."""


PlainRow = tuple[str, str, int, int | None, str | None, str]
"""id, rev, deleted, origin, tree, body of a document with one leaf."""


UnparsedRow = tuple[str, str, str, str]
"""What a changes feed says of a living document: its sequence there, id, rev, text between the braces."""


class Counts(NamedTuple):
    living: int
    tombstones: int
    last_seq: int


_Row = TypeVar("_Row")


def _many(row: str) -> str:
    """One statement for many rows: half of the cost of a short row is the step into SQLite and back, and each
    takes Python's lock anew, which another thread that reads the network may hold.
    """
    return ", ".join([row] * ROWS_IN_STATEMENT)


_HEAD = "SELECT seq, id, rev, deleted, origin, tree FROM documents WHERE id = ?"
_HEADS = """SELECT seq, id, rev, deleted, origin, tree FROM documents
    WHERE id IN (SELECT value FROM json_each(?))"""
_WINNER = "SELECT rev, deleted, body FROM documents WHERE id = ?"
_DOCUMENT = "SELECT id, rev, deleted, seq, tree, body FROM documents WHERE id = ?"
_DOCUMENTS = """SELECT id, rev, deleted, seq, tree, body FROM documents
    WHERE id IN (SELECT value FROM json_each(?))"""
_INSERT = "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_PLAIN = "INSERT INTO documents (id, rev, deleted, origin, tree, body) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_MANY_PLAIN = _INSERT_PLAIN.partition("(?")[0] + _many("(?, ?, ?, ?, ?, ?)")
_INSERT_UNPARSED = """INSERT OR IGNORE INTO documents (seq, id, rev, deleted, origin, body)
    SELECT ?1, ?4, ?5, 0, ?2, '{' || ?6 || '}' WHERE json_valid('{' || ?6 || '}') AND ?3 IS NOT NULL"""
_INSERT_MANY_UNPARSED = (
    """INSERT OR IGNORE INTO documents (id, rev, deleted, origin, body)
    SELECT column2, column3, 0, ?, '{' || column4 || '}' FROM (VALUES """
    + _many("(?, ?, ?, ?)")
    + """)
    WHERE json_valid('{' || column4 || '}')"""
)
_ARCHIVE = """INSERT OR IGNORE INTO revisions (id, rev, deleted, body)
    SELECT id, rev, deleted, body FROM documents WHERE seq = ?"""
_REPLACE = """UPDATE documents
    SET seq = ?, rev = ?, deleted = ?, origin = ?, other_leaves = ?, tree = ?, body = ? WHERE seq = ?"""
_MOVE = "UPDATE documents SET seq = ?, origin = ?, other_leaves = ?, tree = ? WHERE seq = ?"
_SET_TREE = "UPDATE documents SET tree = ? WHERE seq = ?"
_BODY = "SELECT body FROM documents WHERE seq = ?"
_REVISION = "SELECT deleted, body FROM revisions WHERE id = ? AND rev = ?"
_REVISIONS_HELD = "SELECT rev FROM revisions WHERE id = ?"
_REVISIONS_AFTER = """SELECT id, rev FROM revisions WHERE (id, rev) > (?, ?)
    ORDER BY id, rev LIMIT ?"""
_PUT_REVISION = "INSERT OR REPLACE INTO revisions (id, rev, deleted, body) VALUES (?, ?, ?, ?)"
_DROP_REVISION = "DELETE FROM revisions WHERE id = ? AND rev = ?"
_DROP_REVISIONS = "DELETE FROM revisions WHERE id = ?"
_DROP_DOCUMENT = "DELETE FROM documents WHERE seq = ?"
_LAST_SEQ = "SELECT last_seq FROM sequence_blocks ORDER BY block DESC LIMIT 1"
_COUNTS = """SELECT coalesce(sum(living), 0), coalesce(sum(tombstones), 0), coalesce(max(last_seq), 0)
    FROM sequence_blocks"""
_COUNT_IN_BLOCK = """INSERT INTO sequence_blocks VALUES (?, ?, ?, ?) ON CONFLICT (block) DO UPDATE SET
    living = living + excluded.living, tombstones = tombstones + excluded.tombstones,
    last_seq = max(last_seq, excluded.last_seq)"""
_LATER_BLOCKS = "SELECT coalesce(sum(living + tombstones), 0) FROM sequence_blocks WHERE block > ?"
_LATER_IN_BLOCK = "SELECT count(*) FROM documents WHERE seq > ? AND seq < ?"
_CONFLICTED = """SELECT id, rev, other_leaves FROM documents
    WHERE other_leaves IS NOT NULL AND deleted = 0 ORDER BY id"""


def head(connection: sqlite3.Connection, document_id: str) -> HeadRow | None:
    row = connection.execute(_HEAD, (document_id,)).fetchone()
    return HeadRow._make(row) if row else None


def heads(connection: sqlite3.Connection, ids: Collection[str]) -> list[HeadRow]:
    """Return the documents that exist, in no order."""
    if len(ids) == 1:
        (one,) = ids
        found = head(connection, one)
        return [found] if found is not None else []
    return [HeadRow._make(row) for row in connection.execute(_HEADS, (json.dumps(list(ids)),))]


def winner(connection: sqlite3.Connection, document_id: str) -> tuple[str, int, str] | None:
    """Return (rev, deleted, body), the least that a `get` needs: every column more costs it some percent."""
    found: tuple[str, int, str] | None = connection.execute(_WINNER, (document_id,)).fetchone()
    return found


def document(connection: sqlite3.Connection, document_id: str) -> DocumentRow | None:
    row = connection.execute(_DOCUMENT, (document_id,)).fetchone()
    return DocumentRow._make(row) if row else None


def documents(connection: sqlite3.Connection, ids: Collection[str]) -> list[DocumentRow]:
    """Return the documents that exist, deleted ones too, in no order."""
    return [DocumentRow._make(row) for row in connection.execute(_DOCUMENTS, (json.dumps(list(ids)),))]


def insert(connection: sqlite3.Connection, rows: Iterable[NewRow]) -> None:
    connection.executemany(_INSERT, rows)


def insert_plain(connection: sqlite3.Connection, first: int, plain: Sequence[PlainRow]) -> None:
    """Insert documents at consecutive sequences from `first`, which is above every sequence in the table.

    SQLite gives a row without one the highest rowid plus one, and finds that place without a search: once the
    first stands where it belongs, the others follow it.
    """
    document_id, rev, deleted, origin, tree, body = plain[0]
    connection.execute(_INSERT, (first, document_id, rev, deleted, origin, None, tree, body))
    for several in _hundreds(plain):
        connection.execute(_INSERT_MANY_PLAIN, list(chain.from_iterable(several)))
    connection.executemany(_INSERT_PLAIN, _the_rest(plain))


def insert_unparsed(
    connection: sqlite3.Connection, first: int, unparsed: Sequence[UnparsedRow], origin: int | None
) -> bool:
    """Insert living documents of one leaf at consecutive sequences from `first`, all of them or none.

    Return False, having written nothing, where one is here already or its text is not JSON.
    """
    connection.execute("SAVEPOINT unparsed")
    one = _INSERT_UNPARSED
    inserted = connection.execute(one, (first, origin, *unparsed[0])).rowcount
    for several in _hundreds(unparsed):
        inserted += connection.execute(
            _INSERT_MANY_UNPARSED, [origin, *chain.from_iterable(several)]
        ).rowcount
    for row in _the_rest(unparsed):
        inserted += connection.execute(one, (None, origin, *row)).rowcount
    if inserted != len(unparsed):
        connection.execute("ROLLBACK TO unparsed")
    connection.execute("RELEASE unparsed")
    return inserted == len(unparsed)


def _hundreds(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Yield all rows but the first and `_the_rest`, as many at once as one statement takes."""
    for start in range(1, len(rows) - ROWS_IN_STATEMENT + 1, ROWS_IN_STATEMENT):
        yield rows[start : start + ROWS_IN_STATEMENT]


def _the_rest(rows: Sequence[_Row]) -> Sequence[_Row]:
    return rows[len(rows) - (len(rows) - 1) % ROWS_IN_STATEMENT :]


def archive_winner(connection: sqlite3.Connection, seq: int) -> None:
    """Copy the winner's body among the other revisions, before another takes its place."""
    connection.execute(_ARCHIVE, (seq,))


def replace(connection: sqlite3.Connection, old_seq: int, row: NewRow) -> None:
    """Give the document at `old_seq` a new winner and a new sequence."""
    seq, _, rev, deleted, origin, other_leaves, tree, body = row
    connection.execute(_REPLACE, (seq, rev, deleted, origin, other_leaves, tree, body, old_seq))


def move(
    connection: sqlite3.Connection,
    old_seq: int,
    seq: int,
    *,
    origin: int | None,
    other_leaves: str | None,
    tree: str | None,
) -> None:
    """Give the document a new sequence where the winner stays."""
    connection.execute(_MOVE, (seq, origin, other_leaves, tree, old_seq))


def set_tree(connection: sqlite3.Connection, seq: int, tree: str | None) -> None:
    connection.execute(_SET_TREE, (tree, seq))


def winner_body(connection: sqlite3.Connection, seq: int) -> str:
    return str(connection.execute(_BODY, (seq,)).fetchone()[0])


def revision(connection: sqlite3.Connection, document_id: str, rev: str) -> tuple[bool, str] | None:
    """Return (deleted, body) of a revision that is not the winner; None where only its id is remembered."""
    row = connection.execute(_REVISION, (document_id, rev)).fetchone()
    return (bool(row[0]), row[1]) if row else None


def revisions_held(connection: sqlite3.Connection, document_id: str) -> set[str]:
    """Return the revisions beside the winner whose body is still there."""
    return {row[0] for row in connection.execute(_REVISIONS_HELD, (document_id,))}


def revisions_after(
    connection: sqlite3.Connection, document_id: str, rev: str, limit: int
) -> list[tuple[str, str]]:
    """Return the next (id, rev) whose bodies are held beside the winners'."""
    return connection.execute(_REVISIONS_AFTER, (document_id, rev, limit)).fetchall()


def put_revision(
    connection: sqlite3.Connection, document_id: str, rev: str, *, deleted: bool, body: str
) -> None:
    connection.execute(_PUT_REVISION, (document_id, rev, int(deleted), body))


def drop_revision(connection: sqlite3.Connection, document_id: str, rev: str) -> None:
    connection.execute(_DROP_REVISION, (document_id, rev))


def drop_document(connection: sqlite3.Connection, document_id: str, seq: int) -> None:
    connection.execute(_DROP_REVISIONS, (document_id,))
    connection.execute(_DROP_DOCUMENT, (seq,))


# -- sequences ---------------------------------------------------------------------------------


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the highest sequence ever given, also where its row is gone: a sequence is never given twice."""
    row = connection.execute(_LAST_SEQ).fetchone()
    return int(row[0]) if row else 0


def counts(connection: sqlite3.Connection) -> Counts:
    return Counts._make(connection.execute(_COUNTS).fetchone())


def count_in_block(
    connection: sqlite3.Connection, block: int, living: int, tombstones: int, highest: int
) -> None:
    """Add to the counts of one block; numbers may be negative."""
    connection.execute(_COUNT_IN_BLOCK, (block, living, tombstones, highest))


def count_after(connection: sqlite3.Connection, seq: int) -> int:
    """Return how many documents changed last after `seq`."""
    block = seq // SEQUENCE_BLOCK
    later = int(connection.execute(_LATER_BLOCKS, (block,)).fetchone()[0])
    inside = connection.execute(_LATER_IN_BLOCK, (seq, (block + 1) * SEQUENCE_BLOCK)).fetchone()[0]
    return later + int(inside)


def changes(
    connection: sqlite3.Connection,
    *,
    since: int,
    limit: int | None,
    with_body: bool,
    except_origin: int | None = None,
    except_through: int | None = None,
    ids: Collection[str] | None = None,
    descending: bool = False,
) -> Iterator[ChangeRow]:
    """Yield rows after `since`, in the order of the feed; all rows before the last one where `descending`.

    Rows of `except_origin` are left out, those after `except_through` nevertheless not.
    """
    columns = f"seq, id, rev, deleted, other_leaves, {'body' if with_body else 'NULL'}"
    where = "seq > :since"
    if except_origin is not None:
        beyond = "" if except_through is None else " OR seq > :through"
        where += f" AND (origin IS NOT :origin{beyond})"
    if ids is not None:
        where += " AND id IN (SELECT value FROM json_each(:ids))"
    order = "DESC" if descending else "ASC"
    # The unary plus keeps SQLite from walking the whole feed where a handful of ids is asked for.
    by = "+seq" if ids is not None else "seq"
    parameters: dict[str, Any] = {
        "since": since,
        "origin": except_origin,
        "through": except_through,
        "ids": None if ids is None else json.dumps(list(ids)),
        "limit": -1 if limit is None else limit,
    }
    sql = f"SELECT {columns} FROM documents WHERE {where} ORDER BY {by} {order} LIMIT :limit"
    return map(ChangeRow._make, connection.execute(sql, parameters))


def living_by_id(
    connection: sqlite3.Connection,
    *,
    with_body: bool,
    start: str | None,
    end: str | None,
    inclusive_end: bool,
    descending: bool,
    limit: int | None,
    skip: int,
) -> Iterator[tuple[str, str, str | None, str | None]]:
    """Return (id, rev, other_leaves, body) of living documents in the byte order of their ids."""
    first, last = (">=", "<=") if not descending else ("<=", ">=")
    where = "deleted = 0"
    if start is not None:
        where += f" AND id {first} :start"
    if end is not None:
        where += f" AND id {last if inclusive_end else last[0]} :end"
    columns = f"id, rev, other_leaves, {'body' if with_body else 'NULL'}"
    order = "DESC" if descending else "ASC"
    sql = f"SELECT {columns} FROM documents WHERE {where} ORDER BY id {order} LIMIT :limit OFFSET :skip"
    return connection.execute(
        sql, {"start": start, "end": end, "limit": -1 if limit is None else limit, "skip": skip}
    )


def count_living_before(
    connection: sqlite3.Connection, start: str, *, descending: bool, most: int
) -> int | None:
    """How many living documents come before `start` in the order of ids; None for `most` or more."""
    before = ">" if descending else "<"
    counted: int = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM documents WHERE deleted = 0 AND id {before} ? LIMIT ?)",
        (start, most),
    ).fetchone()[0]
    return None if counted == most else counted


def in_conflict(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return (id, rev, other_leaves) of every living document with more than one leaf."""
    return connection.execute(_CONFLICTED).fetchall()
