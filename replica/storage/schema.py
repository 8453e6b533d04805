"""The tables, as an ordered tuple of named steps; `PRAGMA user_version` counts the steps a file has taken.

A step and its number are committed together, so a file is never between two versions. A step, once released,
is never edited: a change is a new step, and `tests/data` keeps a file of every released version that today's
code must open.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple

from replica.errors import FileTooNew

APPLICATION_ID = 0x52454341
"""`RECA`, in the header of every file: `file(1)` and we can tell it from any other SQLite database."""


class Step(NamedTuple):
    name: str
    statements: tuple[str, ...]


STEPS = (
    Step(
        "documents, revisions, attachments, local documents, indexes",
        (
            # Who this database is, and what may be set on it. Values are JSON.
            """CREATE TABLE settings (
                key   TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            # One row per document, at the place of its last change: the rowid is the sequence, so that the
            # changes feed reads forward through the file. `rev` is the winner. `other_leaves` is [[rev,
            # deleted], …] in a conflict; `tree` is [[start, [digest, …], deleted], …], NULL where the winner
            # is all there is. `origin` names the peer that is known to have every leaf. The body comes last:
            # a row can be read without it.
            """CREATE TABLE documents (
                seq          INTEGER PRIMARY KEY,
                id           TEXT NOT NULL UNIQUE,
                rev          TEXT NOT NULL,
                deleted      INTEGER NOT NULL,
                origin       INTEGER,
                other_leaves TEXT,
                tree         TEXT,
                body         TEXT NOT NULL
            ) STRICT""",
            "CREATE INDEX documents_in_conflict ON documents (id) WHERE other_leaves IS NOT NULL",
            # Bodies that are not a winner's: other leaves, and superseded revisions until compaction.
            """CREATE TABLE revisions (
                id      TEXT NOT NULL,
                rev     TEXT NOT NULL,
                deleted INTEGER NOT NULL,
                body    TEXT NOT NULL,
                PRIMARY KEY (id, rev)
            ) STRICT, WITHOUT ROWID""",
            # How many rows of `documents` lie in each block of sequences, and the highest sequence ever
            # given: one small row per write answers doc_count, update_seq and "how many changes are left" at
            # any size.
            """CREATE TABLE sequence_blocks (
                block      INTEGER PRIMARY KEY,
                living     INTEGER NOT NULL,
                tombstones INTEGER NOT NULL,
                last_seq   INTEGER NOT NULL
            ) STRICT""",
            # Peers that revisions came from. Numbers are never reused: a forgotten peer stays forgotten.
            """CREATE TABLE origins (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                peer   TEXT NOT NULL UNIQUE
            ) STRICT""",
            """CREATE TABLE local_documents (
                key     TEXT NOT NULL PRIMARY KEY,
                counter INTEGER NOT NULL,
                body    TEXT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            # `sha256` is NULL while a body is being written. `written_at` is in seconds since 1970.
            """CREATE TABLE attachment_bodies (
                number     INTEGER PRIMARY KEY AUTOINCREMENT,
                sha256     TEXT UNIQUE,
                digest     TEXT,
                length     INTEGER NOT NULL,
                uses       INTEGER NOT NULL,
                written_at INTEGER NOT NULL
            ) STRICT""",
            "CREATE INDEX attachment_bodies_by_digest ON attachment_bodies (digest)",
            "CREATE INDEX attachment_bodies_unused ON attachment_bodies (written_at) WHERE uses = 0",
            # `chunk` is number * 2^20 + position: the chunks of a body lie side by side.
            """CREATE TABLE attachment_chunks (
                chunk   INTEGER PRIMARY KEY,
                content BLOB NOT NULL
            ) STRICT""",
            # Which revision uses which body, under which name. `body` is NULL while the bytes are still at a
            # peer.
            """CREATE TABLE attachment_uses (
                id     TEXT NOT NULL,
                rev    TEXT NOT NULL,
                name   TEXT NOT NULL,
                digest TEXT NOT NULL,
                body   INTEGER,
                PRIMARY KEY (id, rev, name)
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX attachment_uses_absent ON attachment_uses (digest) WHERE body IS NULL",
            # Declared indexes. An entry's key is the collation key of the indexed fields, so that memcmp is
            # their order. An index is kept up from its first day, and ready once the documents older than
            # itself are in it too.
            """CREATE TABLE indexes (
                number     INTEGER PRIMARY KEY AUTOINCREMENT,
                design     TEXT NOT NULL,
                name       TEXT NOT NULL,
                definition TEXT NOT NULL,
                ready      INTEGER NOT NULL,
                UNIQUE (design, name)
            ) STRICT""",
            """CREATE TABLE index_entries (
                number INTEGER NOT NULL,
                key    BLOB NOT NULL,
                id     TEXT NOT NULL,
                PRIMARY KEY (number, key, id)
            ) STRICT, WITHOUT ROWID""",
        ),
    ),
)


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many steps the file has taken."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_version(connection: sqlite3.Connection, path: Path, *, known: int = len(STEPS)) -> int:
    """Return the file's version. Raise `FileTooNew` where a newer program wrote it."""
    version = version_of(connection)
    if version > known:
        raise FileTooNew(
            f"{path} has schema {version}, this program knows {known}: a newer version wrote this file"
        )
    return version


def migrate(connection: sqlite3.Connection, path: Path, *, steps: tuple[Step, ...] = STEPS) -> list[str]:
    """Take the steps that the file lacks, each in one transaction with its number. Return their names.

    Several processes may open a new file at once: the version is read again inside each transaction.
    """
    taken: list[str] = []
    check_version(connection, path, known=len(steps))
    for number, step in enumerate(steps, start=1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if version_of(connection) < number:
                for statement in step.statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                taken.append(step.name)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return taken
