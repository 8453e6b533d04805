"""Rows of declared indexes and their entries: SQL and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class IndexRow(NamedTuple):
    number: int
    design: str
    name: str
    definition: str
    ready: int


class Found(NamedTuple):
    """A document reached through an index; `key` is empty where the index is that of the ids."""

    key: bytes
    id: str
    rev: str
    other_leaves: str | None
    body: str


_CHANGED = """INSERT INTO settings VALUES ('indexes_version', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
_ALL = "SELECT number, design, name, definition, ready FROM indexes ORDER BY number"
_ADD = "INSERT INTO indexes (design, name, definition, ready) VALUES (?, ?, ?, 0)"
_READY = "UPDATE indexes SET ready = 1 WHERE number = ?"
_DROP = "DELETE FROM indexes WHERE number = ?"
_ADD_ENTRY = "INSERT OR IGNORE INTO index_entries (number, key, id) VALUES (?, ?, ?)"
_DROP_ENTRY = "DELETE FROM index_entries WHERE number = ? AND key = ? AND id = ?"
_DROP_ENTRIES = """DELETE FROM index_entries WHERE (number, key, id) IN (
    SELECT number, key, id FROM index_entries WHERE number = ? LIMIT ?)"""
_NEXT_NUMBER = "SELECT min(number) FROM index_entries WHERE number > ?"
_LIVING = "SELECT id, rev, body FROM documents WHERE deleted = 0 AND id > ? ORDER BY id LIMIT ?"


def every_index(connection: sqlite3.Connection) -> list[IndexRow]:
    return [IndexRow._make(row) for row in connection.execute(_ALL)]


def add_index(connection: sqlite3.Connection, design: str, name: str, definition: str) -> int:
    """Declare an index that is not ready yet and return its number."""
    connection.execute(_CHANGED)
    return int(connection.execute(_ADD, (design, name, definition)).lastrowid or 0)


def set_ready(connection: sqlite3.Connection, number: int) -> None:
    connection.execute(_CHANGED)
    connection.execute(_READY, (number,))


def drop_index(connection: sqlite3.Connection, number: int) -> None:
    connection.execute(_CHANGED)
    connection.execute(_DROP, (number,))


def drop_entries(connection: sqlite3.Connection, number: int, limit: int) -> bool:
    """Remove up to `limit` entries of an index; tell whether some were there."""
    return connection.execute(_DROP_ENTRIES, (number, limit)).rowcount > 0


def numbers_with_entries(connection: sqlite3.Connection) -> Iterator[int]:
    """Yield the numbers of indexes that have entries, one seek each."""
    number = 0
    while (found := connection.execute(_NEXT_NUMBER, (number,)).fetchone()[0]) is not None:
        number = int(found)
        yield number


def add_entries(connection: sqlite3.Connection, entries: Iterable[tuple[int, bytes, str]]) -> None:
    connection.executemany(_ADD_ENTRY, entries)


def remove_entries(connection: sqlite3.Connection, entries: Iterable[tuple[int, bytes, str]]) -> None:
    connection.executemany(_DROP_ENTRY, entries)


def living_after(connection: sqlite3.Connection, document_id: str, limit: int) -> list[tuple[str, str, str]]:
    """Return (id, rev, body) of living documents whose ids follow `document_id`."""
    return connection.execute(_LIVING, (document_id, limit)).fetchall()


def through_index(
    connection: sqlite3.Connection,
    number: int,
    *,
    low: bytes,
    high: bytes,
    descending: bool,
    after: tuple[bytes, str] | None,
) -> Iterator[Found]:
    """Yield living documents whose key is at least `low` and below `high`, in the order of the index.

    `after` is the (key, id) of the last one of an earlier page.
    """
    order, beyond = ("DESC", "<") if descending else ("ASC", ">")
    where = "number = :number AND key >= :low AND key < :high"
    if after is not None:
        where += f" AND (key, index_entries.id) {beyond} (:key, :id)"
    sql = f"""SELECT key, index_entries.id, rev, other_leaves, body
        FROM index_entries CROSS JOIN documents ON documents.id = index_entries.id
        WHERE {where} ORDER BY key {order}, index_entries.id {order}"""
    key, document_id = after or (b"", "")
    parameters = {"number": number, "low": low, "high": high, "key": key, "id": document_id}
    return map(Found._make, connection.execute(sql, parameters))


def through_ids(
    connection: sqlite3.Connection,
    *,
    low: str | None,
    high: str | None,
    descending: bool,
    after: str | None,
) -> Iterator[Found]:
    """Yield living documents whose id is from `low` to `high`, both included, in the byte order of ids."""
    order, beyond = ("DESC", "<") if descending else ("ASC", ">")
    where = "deleted = 0"
    where += " AND id >= :low" if low is not None else ""
    where += " AND id <= :high" if high is not None else ""
    where += f" AND id {beyond} :after" if after is not None else ""
    sql = f"SELECT x'', id, rev, other_leaves, body FROM documents WHERE {where} ORDER BY id {order}"
    return map(Found._make, connection.execute(sql, {"low": low, "high": high, "after": after}))
