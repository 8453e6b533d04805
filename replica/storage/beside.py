"""What lies in the file beside the documents: local documents, settings, and the peers that revisions came
from. SQL and nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

from replica.tuning import DEFAULT_REVS_LIMIT

_LOCAL = "SELECT counter, body FROM local_documents WHERE key = ?"
_LOCALS = "SELECT key, counter, body FROM local_documents ORDER BY key"
_PUT_LOCAL = "INSERT OR REPLACE INTO local_documents VALUES (?, ?, ?)"
_DROP_LOCAL = "DELETE FROM local_documents WHERE key = ?"
_SETTING = "SELECT value FROM settings WHERE key = ?"
_PUT_SETTING = "INSERT OR REPLACE INTO settings VALUES (?, ?)"
_ADD_SETTING = "INSERT OR IGNORE INTO settings VALUES (?, ?)"
_WRITER_STATE = """SELECT (SELECT value FROM settings WHERE key = 'revs_limit'),
    (SELECT value FROM settings WHERE key = 'indexes_version'),
    (SELECT last_seq FROM sequence_blocks ORDER BY block DESC LIMIT 1)"""
_ORIGIN = "SELECT number FROM origins WHERE peer = ?"
_ADD_ORIGIN = "INSERT INTO origins (peer) VALUES (?)"
_DROP_ORIGIN = "DELETE FROM origins WHERE peer = ?"


class WriterState(NamedTuple):
    """`indexes_version` grows with every change of the declared indexes."""

    revs_limit: int
    indexes_version: int
    last_seq: int


def local(connection: sqlite3.Connection, key: str) -> tuple[int, str] | None:
    """Return (counter, body)."""
    row = connection.execute(_LOCAL, (key,)).fetchone()
    return (int(row[0]), row[1]) if row else None


def locals_by_key(connection: sqlite3.Connection) -> list[tuple[str, int, str]]:
    return connection.execute(_LOCALS).fetchall()


def put_local(connection: sqlite3.Connection, key: str, counter: int, body: str) -> None:
    connection.execute(_PUT_LOCAL, (key, counter, body))


def drop_local(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute(_DROP_LOCAL, (key,)).rowcount > 0


# -- settings and origins ------------------------------------------------------------------------


def setting(connection: sqlite3.Connection, key: str) -> Any:
    """Return the value stored under `key`, None where there is none."""
    row = connection.execute(_SETTING, (key,)).fetchone()
    return json.loads(row[0]) if row else None


def writer_state(connection: sqlite3.Connection) -> WriterState:
    """Return what every write must know, in one statement."""
    revs_limit, indexes_version, last = connection.execute(_WRITER_STATE).fetchone()
    return WriterState(int(revs_limit or DEFAULT_REVS_LIMIT), int(indexes_version or 0), last or 0)


def put_setting(connection: sqlite3.Connection, key: str, value: Any) -> None:
    connection.execute(_PUT_SETTING, (key, json.dumps(value)))


def add_setting(connection: sqlite3.Connection, key: str, value: Any) -> None:
    """Store `value` unless there is one."""
    connection.execute(_ADD_SETTING, (key, json.dumps(value)))


def origin_number(connection: sqlite3.Connection, peer: str) -> int | None:
    row = connection.execute(_ORIGIN, (peer,)).fetchone()
    return int(row[0]) if row else None


def add_origin(connection: sqlite3.Connection, peer: str) -> int:
    return int(connection.execute(_ADD_ORIGIN, (peer,)).lastrowid or 0)


def drop_origin(connection: sqlite3.Connection, peer: str) -> None:
    connection.execute(_DROP_ORIGIN, (peer,))
