"""The index of one design document: a SQLite file beside the database, brought up to date from the changes
feed.

It can be deleted at any time and is built again; nothing in it is the only copy of anything, so it is not
synced to disk at every commit. Its name is the signature of the views, so that a changed design document
gets a new file while the old one still answers `update=false`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from replica.collation import collation_key
from replica.server.designs import Design
from replica.server.feed import Living, living_documents
from replica.server.javascript.sandbox import ScriptThread
from replica.server.served import ServedDatabase
from replica.server.wire import dumps

Json = dict[str, Any]
# Documents mapped between two commits: larger batches gain nothing, smaller ones pay for the call into
# JavaScript.
BATCH = 500
READERS_KEPT = 4

_SCHEMA = """
CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, purge_seq
INTEGER NOT NULL,
    uuid TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counts (view INTEGER PRIMARY KEY, rows INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS emitted (id TEXT PRIMARY KEY, keys BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows (
    view INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL, ordinal INTEGER NOT NULL, number ANY,
    key_text TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (view, key, id, ordinal) ) STRICT, WITHOUT
    ROWID;
"""
_WRITER_PRAGMAS = (
    "busy_timeout = 10000",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "cache_size = -16384",
)
_READER_PRAGMAS = ("busy_timeout = 10000", "query_only = ON", "cache_size = -8192")
_STATE = "SELECT seq, purge_seq, uuid FROM state"
_SET_STATE = "INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?)"
_EMITTED = "SELECT id, keys FROM emitted WHERE id IN (SELECT value FROM json_each(?))"
_FORGET_EMITTED = "DELETE FROM emitted WHERE id = ?"
_REMEMBER = "INSERT OR REPLACE INTO emitted VALUES (?, ?)"
_DROP_ROW = "DELETE FROM rows WHERE view = ? AND key = ? AND id = ? AND ordinal = ?"
_ADD_ROW = "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)"
_COUNT = "INSERT INTO counts VALUES (?, ?) ON CONFLICT (view) DO UPDATE SET rows = rows + excluded.rows"


class State(NamedTuple):
    seq: int
    purge_seq: int
    uuid: str


class Progress(NamedTuple):
    """What `_active_tasks` tells of a running build."""

    done: int
    total: int


class ViewIndex:
    """Any thread may query; one at a time updates."""

    def __init__(self, path: Path, design: Design) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.design = design
        self.views = list(design.views)
        self.sources = dumps([design.views[name]["map"] for name in self.views])
        self._with_designs = design.options.get("include_design") is True
        self.used_at = time.monotonic()
        self.progress: Progress | None = None
        self.updating = threading.Lock()
        self._writer = _connect(path, _WRITER_PRAGMAS)
        self._writer.executescript(_SCHEMA)
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        self._closed = False

    def state(self) -> State:
        with self.reading() as connection:
            return read_state(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._readers_lock:
            connection = self._readers.pop() if self._readers else None
        connection = connection or _connect(self.path, _READER_PRAGMAS)
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")
            with self._readers_lock:
                keep = not self._closed and len(self._readers) < READERS_KEPT
                if keep:
                    self._readers.append(connection)
            if not keep:
                connection.close()

    def close(self) -> None:
        with self.updating, self._readers_lock:
            self._closed = True
            for connection in self._readers:
                connection.close()
            self._readers.clear()
            self._writer.close()

    def sizes(self) -> Json:
        on_disk = sum(path.stat().st_size for path in self.path.parent.glob(self.path.name + "*"))
        return {"file": on_disk, "active": on_disk, "external": on_disk}

    # -- keeping up ----------------------------------------------------------------------------

    def update(self, served: ServedDatabase, thread: ScriptThread, *, is_stopping: threading.Event) -> None:
        """Bring the index up to the database's last change.

        Raise `ScriptFailure` where the functions can't be run.
        """
        with self.updating:
            statistics = served.store.statistics()
            state = self._ready_state(served, statistics)
            total, done, seq = statistics["update_seq"] - state.seq, 0, state.seq
            if not total:
                return
            try:
                while not is_stopping.is_set() and not served.deleted.is_set() and not self._closed:
                    page = living_documents(served, seq, BATCH, with_designs=self._with_designs)
                    self._take(page, thread, State(page.reached, state.purge_seq, state.uuid), fresh=seq == 0)
                    done, seq = done + len(page.changed), page.reached
                    self.progress = Progress(min(done, total), total)
                    if page.complete:
                        return
            finally:
                self.progress = None

    def _ready_state(self, served: ServedDatabase, statistics: Json) -> State:
        """The state to go on from; back to nothing where documents were purged or another database took the
        place.
        """
        state = read_state(self._writer)
        purge_seq, uuid = int(statistics["purge_seq"]), served.store.uuid
        stale = state.seq > statistics["update_seq"] or (state.seq > 0 and state.purge_seq != purge_seq)
        if stale or state.uuid not in ("", uuid):
            with _transaction(self._writer):
                for table in ("rows", "emitted", "counts"):
                    self._writer.execute(f"DELETE FROM {table}")
                self._writer.execute(_SET_STATE, (0, purge_seq, uuid))
            return State(0, purge_seq, uuid)
        return State(state.seq, purge_seq, uuid)

    def _take(self, page: Living, thread: ScriptThread, reached: State, *, fresh: bool) -> None:
        mapped: list[list[list[Any]]] = []
        if page.ids and self.views:
            texts = "[" + ",".join(page.texts) + "]"
            mapped = thread.call(self.design.map_program, "map", self.sources, texts)
        with _transaction(self._writer):
            if not fresh:
                self._forget(page.changed)
            self._add(page.ids, mapped)
            self._writer.execute(_SET_STATE, reached)

    def _forget(self, ids: list[str]) -> None:
        for doc_id, packed in self._writer.execute(_EMITTED, (json.dumps(ids),)).fetchall():
            rows = [(view, bytes.fromhex(key), doc_id, ordinal) for view, key, ordinal in json.loads(packed)]
            self._writer.executemany(_DROP_ROW, rows)
            self._writer.executemany(_COUNT, [(row[0], -1) for row in rows])
            self._writer.execute(_FORGET_EMITTED, (doc_id,))

    def _add(self, ids: list[str], mapped: list[list[list[Any]]]) -> None:
        rows: list[tuple[Any, ...]] = []
        keys: dict[str, list[tuple[int, str, int]]] = {}
        counts: list[tuple[int, int]] = []
        for view, by_document in enumerate(mapped):
            before = len(rows)
            for doc_id, emitted in zip(ids, by_document, strict=True):
                for ordinal, (key, value) in enumerate(emitted):
                    packed = collation_key(key)
                    rows.append((view, packed, doc_id, ordinal, _number(value), dumps(key), value))
                    keys.setdefault(doc_id, []).append((view, packed.hex(), ordinal))
            if len(rows) > before:
                counts.append((view, len(rows) - before))
        remembered = [(doc_id, dumps(listed).encode()) for doc_id, listed in keys.items()]
        self._writer.executemany(_ADD_ROW, rows)
        self._writer.executemany(_REMEMBER, remembered)
        self._writer.executemany(_COUNT, counts)


def _number(text: str) -> int | float | None:
    """The value as SQLite can add it up; None for what is not a number, or too large for it."""
    if text[:1] not in "-0123456789":
        return None
    try:
        whole = int(text)
    except ValueError:
        return float(text)
    return float(whole) if abs(whole) >= 1 << 62 else whole


def read_state(connection: sqlite3.Connection) -> State:
    row = connection.execute(_STATE).fetchone()
    return State(*row) if row else State(0, 0, "")


def _connect(path: Path, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
