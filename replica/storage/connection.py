"""The file: one connection that writes, any number that read, and the pragmas that make writes durable.

Several threads and several processes may open the same file. Within a process a lock hands the writing
connection from thread to thread; between processes SQLite's own lock does, taken by `BEGIN IMMEDIATE` before
anything is read, so that no transaction ever fails half-way because another one wrote first. Readers see the
last commit and wait for nobody.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from replica.errors import CorruptFile, StorageError
from replica.tuning import (
    BUSY_TIMEOUT_MS,
    CACHED_STATEMENTS,
    IDLE_READERS,
    READER_CACHE_KIB,
    SQLITE_FLOOR,
    WAL_CHECKPOINT_PAGES,
    WAL_SIZE_LIMIT_BYTES,
    WRITER_CACHE_KIB,
)

WRITER_PRAGMAS = (
    # First, so that the switch to WAL itself waits for another process.
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    # Every commit reaches the disk: this file may hold the only copy of a receipt.
    "PRAGMA synchronous = FULL",
    f"PRAGMA wal_autocheckpoint = {WAL_CHECKPOINT_PAGES}",
    f"PRAGMA journal_size_limit = {WAL_SIZE_LIMIT_BYTES}",
    f"PRAGMA cache_size = -{WRITER_CACHE_KIB}",
    "PRAGMA temp_store = MEMORY",
)

FOUNDING_PRAGMA = "PRAGMA auto_vacuum = INCREMENTAL"
"""Said to an empty file, before its first table: free pages can then be given back in slices."""

READER_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    f"PRAGMA cache_size = -{READER_CACHE_KIB}",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA query_only = ON",
)

CHECKPOINT_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA synchronous = FULL",
)

_DAMAGE = ("malformed", "not a database", "disk image")


def translated(error: sqlite3.Error, path: Path) -> StorageError:
    """Return SQLite's error as ours, naming the file."""
    text = str(error)
    if isinstance(error, sqlite3.DatabaseError) and any(word in text for word in _DAMAGE):
        return CorruptFile(f"{path}: {text}")
    return StorageError(f"{path}: {text}")


def connect(path: Path, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    """Open one connection, usable from any thread but by one at a time.

    Raise `StorageError` or `CorruptFile`.
    """
    if sqlite3.sqlite_version_info < SQLITE_FLOOR:
        needed = ".".join(map(str, SQLITE_FLOOR))
        raise StorageError(f"SQLite {sqlite3.sqlite_version} is too old: {needed} or newer is needed")
    try:
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=CACHED_STATEMENTS
        )
    except sqlite3.Error as error:
        raise translated(error, path) from error
    try:
        if pragmas is WRITER_PRAGMAS and connection.execute("PRAGMA page_count").fetchone()[0] == 0:
            connection.execute(FOUNDING_PRAGMA).close()
        for pragma in pragmas:
            connection.execute(pragma).close()
    except sqlite3.Error as error:
        connection.close()
        raise translated(error, path) from error
    return connection


class Connections:
    """The writing connection of one file and its readers.

    Closed once; using it afterwards raises `StorageError`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = connect(path, WRITER_PRAGMAS)
        self._turn = threading.Lock()
        self._owner: int | None = None
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._closed = False

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone in this process and among processes; committed to disk when the block ends.

        Raise `StorageError` where this thread is already inside one: it would wait for itself.
        """
        me = threading.get_ident()
        if self._owner == me:
            raise StorageError("inside transaction(): write through its handle, not through the database")
        with self._turn:
            self._check_open()
            self._owner = me
            writer = self._writer
            try:
                writer.execute("BEGIN IMMEDIATE")
                yield writer
                writer.execute("COMMIT")
            except BaseException as error:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise translated(error, self.path) from error
                raise
            finally:
                self._owner = None

    @contextmanager
    def migrating(self) -> Iterator[sqlite3.Connection]:
        """The writing connection without a transaction, for steps that begin their own."""
        with self._turn:
            yield self._writer

    def reading(self) -> Reading:
        """A connection that sees one commit per statement."""
        return Reading(self)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees the same commit in every statement of the block."""
        with self.reading() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")

    def checkpoint(self) -> None:
        """Move what the log holds into the file without making anybody wait."""
        connection = connect(self.path, CHECKPOINT_PRAGMAS)
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            raise translated(error, self.path) from error
        finally:
            connection.close()

    def give_back_pages(self, most: int) -> bool:
        """Return up to `most` free pages to the file system; tell whether some are left."""
        with self._turn:
            self._check_open()
            try:
                # A script, because `execute` takes one step of this pragma, and each step frees one page.
                self._writer.executescript(f"PRAGMA incremental_vacuum({most})")
                return bool(self._writer.execute("PRAGMA freelist_count").fetchone()[0])
            except sqlite3.Error as error:
                raise translated(error, self.path) from error

    def lease(self) -> sqlite3.Connection:
        """Return a reading connection, which is to be given back. Use `reading` or `snapshot`."""
        with self._idle_lock:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return connect(self.path, READER_PRAGMAS)

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Keep a reading connection for the next, or close it."""
        with self._idle_lock:
            if not self._closed and len(self._idle) < IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageError(f"{self.path} is closed")

    def close(self) -> None:
        """Wait for the running transaction, then close.

        Readers still leased close when they are given back.
        """
        with self._turn:
            with self._idle_lock:
                self._closed = True
                idle, self._idle = self._idle, []
            for connection in idle:
                connection.close()
            self._writer.close()


class Reading:
    """One lease of a reading connection.

    A class, because a `get` spends as long in a generator as in SQLite.
    """

    __slots__ = ("_connection", "_connections")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def __enter__(self) -> sqlite3.Connection:
        self._connection = self._connections.lease()
        return self._connection

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._connections.give_back(self._connection)
        if isinstance(error, sqlite3.Error):
            raise translated(error, self._connections.path) from error
