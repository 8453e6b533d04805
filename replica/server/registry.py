"""The databases on disk: names to files, created, deleted, and kept open with a bound.

A request holds a lease on each database that it uses. Handles that nobody holds are closed, the longest
unused first, once more than `max_dbs_open` are open: thousands of collectors' databases don't need
thousands of open files.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from replica.errors import BadRequest, FileExists, NotFound
from replica.server.catalogue import Catalogue, Options
from replica.server.javascript.sandbox import ScriptPool
from replica.server.served import ServedDatabase, SystemRules

SYSTEM = {"_users", "_replicator", "_global_changes", "_metadata"}
_NAME = re.compile(r"[a-z][a-z0-9_$()+/-]*")
MAX_NAME = 238
ABSENT = "Database does not exist."


class IllegalDatabaseName(BadRequest):
    error = "illegal_database_name"


class DatabaseNameTooLong(BadRequest):
    error = "database_name_too_long"


class Lease:
    """An open database and how many requests use it."""

    __slots__ = ("database", "holders")

    def __init__(self, database: ServedDatabase) -> None:
        self.database = database
        self.holders = 0


class Registry:
    """`told(kind, name)` hears of "created", "updated" and "deleted"."""

    def __init__(self, directory: Path, scripts: ScriptPool, *, most_open: int) -> None:
        self.directory = directory
        self._folder = directory / "databases"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._catalogue = Catalogue(directory / "catalogue.sqlite")
        self._scripts = scripts
        self._most_open = most_open
        self._open: OrderedDict[str, Lease] = OrderedDict()
        self._lock = threading.RLock()
        self._opening: dict[str, threading.Lock] = {}
        self._listeners: list[Callable[[str, str], None]] = []
        self._own_rules: dict[str, SystemRules] = {}

    # -- the catalogue ---------------------------------------------------------------------

    def names(self) -> list[str]:
        return self._catalogue.names()

    def exists(self, name: str) -> bool:
        return self._catalogue.options(name) is not None

    def options(self, name: str) -> Options:
        found = self._catalogue.options(name)
        if found is None:
            raise NotFound(ABSENT)
        return found

    def security(self, name: str) -> dict[str, Any]:
        return self._catalogue.security(name)

    def set_security(self, name: str, security: dict[str, Any]) -> None:
        """Store it; a feed whose reader may no longer read ends at once."""
        self._catalogue.set_security(name, security)
        with self._lock:
            if name in self._open:
                self._open[name].database.moves.tell()
        self.tell("updated", name)

    def listen(self, listener: Callable[[str, str], None]) -> None:
        self._listeners.append(listener)

    def tell(self, kind: str, name: str) -> None:
        for listener in self._listeners:
            listener(kind, name)

    def add_own_rules(self, name: str, rules: SystemRules) -> None:
        self._own_rules[name] = rules

    # -- creating and deleting ---------------------------------------------------------------

    def create(self, name: str, options: Options, security: dict[str, Any]) -> None:
        """Raise `IllegalDatabaseName` or `FileExists`."""
        check_name(name)
        with self._lock:
            if self.exists(name):
                raise FileExists("The database could not be created, the file already exists.")
            incarnation = secrets.token_hex(4)
            self._catalogue.add(name, replace(options, incarnation=incarnation), security)
        with self.lease(name):
            pass
        self.tell("created", name)

    def delete(self, name: str) -> None:
        with self._lock:
            if not self.exists(name):
                raise NotFound(ABSENT)
            path, indexes = self.path(name), self.index_folder(name)
            self._catalogue.remove(name)
            lease = self._open.pop(name, None)
            if lease is not None:
                lease.database.deleted.set()
                lease.database.moves.tell()
                if lease.holders == 0:
                    lease.database.close()
            _remove_files(path, indexes)
        self.tell("deleted", name)

    def path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}.{self.options(name).incarnation}.sqlite"

    def index_folder(self, name: str) -> Path:
        return self.path(name).with_suffix(".views")

    # -- open handles ----------------------------------------------------------------------------

    @contextmanager
    def lease(self, name: str) -> Iterator[ServedDatabase]:
        held = self.acquire(name)
        try:
            yield held.database
        finally:
            self.release(held)

    def acquire(self, name: str) -> Lease:
        """Raise `NotFound` where there is no such database."""
        with self._lock:
            if not self.exists(name):
                raise NotFound(ABSENT)
            opening = self._opening.setdefault(name, threading.Lock())
        # One thread opens a file, the others wait for that file only.
        with opening:
            with self._lock:
                held = self._open.get(name)
                if held is not None:
                    return self._hold(name, held)
            path = self.path(name)
            database = ServedDatabase(
                name,
                path,
                catalogue=self._catalogue,
                scripts=self._scripts,
                told=self.tell,
                own_rules=self._own_rules.get(name),
            )
            with self._lock:
                if not self.exists(name) or self.path(name) != path:
                    database.close()
                    _remove_files(path, path.with_suffix(".views"))
                    raise NotFound(ABSENT)
                held = self._open[name] = Lease(database)
                self._close_idle()
                return self._hold(name, held)

    def _hold(self, name: str, held: Lease) -> Lease:
        held.holders += 1
        self._open.move_to_end(name)
        return held

    def release(self, held: Lease) -> None:
        with self._lock:
            held.holders -= 1
            if held.holders == 0 and self._open.get(held.database.name) is not held:
                held.database.close()

    def release_all(self, held: list[Lease]) -> None:
        for lease in held:
            self.release(lease)

    def _close_idle(self) -> None:
        surplus = len(self._open) - self._most_open
        for name in [name for name, lease in self._open.items() if lease.holders == 0][: max(surplus, 0)]:
            self._open.pop(name).database.close()
            self._opening.pop(name, None)

    def wake_feeds(self) -> None:
        """Let every open feed look whether it has to end."""
        with self._lock:
            for lease in self._open.values():
                lease.database.moves.tell()

    def close(self, *, deadline: float) -> None:
        """Close the files, as many as `deadline` (`time.monotonic`) allows: the others are safe unclosed."""
        with self._lock:
            for lease in self._open.values():
                if time.monotonic() >= deadline:
                    return
                lease.database.close()
            self._open.clear()
            self._catalogue.close()


def _remove_files(path: Path, indexes: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.rmtree(indexes, ignore_errors=True)


def check_name(name: str) -> None:
    if name in SYSTEM:
        return
    if not _NAME.fullmatch(name):
        raise IllegalDatabaseName(
            f"Name: '{name}'. Only lowercase characters (a-z), digits (0-9), and any of the characters "
            "_, $, (, ), +, -, and / are allowed. Must begin with a letter."
        )
    if len(name) > MAX_NAME:
        raise DatabaseNameTooLong(f"At least one path segment of `{name}` is too long.")
