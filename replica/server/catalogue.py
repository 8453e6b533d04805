"""Which databases there are, and what belongs to a database rather than to its documents: `_security` and
creation options.

One small SQLite file in the data directory, in the place of CouchDB's `_dbs`. A row is written before the
database's own file is made and removed before that file goes, so a crash leaves at most an orphan file,
which nothing reads.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replica.server.authorization import ADMIN_ONLY

_SCHEMA = """
CREATE TABLE IF NOT EXISTS databases (
    name TEXT PRIMARY KEY,
    shards INTEGER NOT NULL,
    replicas INTEGER NOT NULL,
    partitioned INTEGER NOT NULL,
    incarnation TEXT NOT NULL,
    security TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""
_COLUMNS = "name, shards, replicas, partitioned, incarnation, security"
_ALL = f"SELECT {_COLUMNS} FROM databases"
_INSERT = f"INSERT INTO databases ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
_DELETE = "DELETE FROM databases WHERE name = ?"
_SET_SECURITY = "UPDATE databases SET security = ? WHERE name = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `PUT /db?q=&n=&partitioned=` asked for; kept and told, since one file is one shard here.

    `incarnation` is part of the file's name: a feed that still reads a deleted database never meets its
    successor's file.
    """

    shards: int = 2
    replicas: int = 1
    partitioned: bool = False
    incarnation: str = ""


class Catalogue:
    """All rows are in memory as well: a request reads them without touching the disk."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(_SCHEMA)
        self._options: dict[str, Options] = {}
        self._security: dict[str, dict[str, Any]] = {}
        for name, shards, replicas, partitioned, incarnation, security in self._connection.execute(_ALL):
            self._options[name] = Options(
                shards=shards, replicas=replicas, partitioned=bool(partitioned), incarnation=incarnation
            )
            self._security[name] = json.loads(security)

    def names(self) -> list[str]:
        return sorted(self._options)

    def options(self, name: str) -> Options | None:
        return self._options.get(name)

    def security(self, name: str) -> dict[str, Any]:
        """Who may come in; to a database that went away meanwhile, nobody but an administrator."""
        return self._security.get(name, ADMIN_ONLY)

    def add(self, name: str, options: Options, security: dict[str, Any]) -> None:
        with self._lock:
            self._connection.execute(
                _INSERT,
                (
                    name,
                    options.shards,
                    options.replicas,
                    int(options.partitioned),
                    options.incarnation,
                    json.dumps(security),
                ),
            )
            self._options[name], self._security[name] = options, security

    def remove(self, name: str) -> None:
        with self._lock:
            self._connection.execute(_DELETE, (name,))
            self._options.pop(name, None)
            self._security.pop(name, None)

    def set_security(self, name: str, security: dict[str, Any]) -> None:
        with self._lock:
            self._connection.execute(_SET_SECURITY, (json.dumps(security), name))
            self._security[name] = security

    def close(self) -> None:
        with self._lock:
            self._connection.close()
