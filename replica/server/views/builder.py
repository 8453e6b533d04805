"""The open indexes of all databases, and the thread that keeps them up to date between queries.

A query brings its index up to date itself; the background thread only makes that quick. It builds what
exists already: an index is born by its first query, or by the design document that was written last.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from replica.errors import NotFound, ReplicaError
from replica.server.designs import Design
from replica.server.javascript.sandbox import ScriptPool, ScriptThread
from replica.server.registry import Registry
from replica.server.served import ServedDatabase
from replica.server.views.index import ViewIndex

log = logging.getLogger("replica.server")
# After a change, the builder waits this long for more of them.
SETTLING_SECONDS = 1.0
MOST_OPEN = 128
UNUSED_SECONDS = 60.0


class IndexBuilder:
    """Start it with `start`; `close` ends the thread and the files."""

    def __init__(self, registry: Registry, scripts: ScriptPool, closing: threading.Event) -> None:
        self._registry = registry
        self._scripts = scripts
        self._closing = closing
        self._open: OrderedDict[Path, ViewIndex] = OrderedDict()
        self._owners: dict[Path, str] = {}
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._orphaned: set[str] = set()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, name="index builder", daemon=True)
        self._building: dict[Path, tuple[str, ViewIndex, float]] = {}
        registry.listen(self._heard)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1)
        with self._lock:
            for index in self._open.values():
                index.close()
            self._open.clear()

    # -- for queries -------------------------------------------------------------------------

    def index(self, served: ServedDatabase, design: Design) -> ViewIndex:
        """The index of a design document, opened or created."""
        path = self._path(served, design)
        with self._lock:
            found = self._open.get(path)
            if found is None:
                found = self._open[path] = ViewIndex(path, design)
                self._owners[path] = served.name
                self._close_surplus()
            self._open.move_to_end(path)
            found.used_at = time.monotonic()
            return found

    def refresh(self, served: ServedDatabase, index: ViewIndex) -> None:
        """Bring it up to date now. Raise `ScriptFailure`."""
        self._building[index.path] = (served.name, index, time.time())
        try:
            index.update(served, self._scripts.thread_for(served.name), is_stopping=self._closing)
        finally:
            self._building.pop(index.path, None)

    def thread_for(self, served: ServedDatabase) -> ScriptThread:
        return self._scripts.thread_for(served.name)

    def refresh_later(self, name: str) -> None:
        self._heard("updated", name)

    def clean_up(self, served: ServedDatabase) -> None:
        """Remove the files of design documents that are no more (`_view_cleanup`)."""
        kept = {self._path(served, design).name for design in served.designs().values()}
        folder = self._registry.index_folder(served.name)
        for path in folder.glob("*.sqlite"):
            if path.name not in kept:
                self._forget(path)

    def tasks(self) -> list[dict[str, Any]]:
        """Running builds, as `_active_tasks` tells them."""
        found = []
        for name, index, started in list(self._building.values()):
            progress = index.progress
            if progress is not None:
                found.append(
                    {
                        "type": "indexer",
                        "database": name,
                        "design_document": index.design.id,
                        "changes_done": progress.done,
                        "total_changes": progress.total,
                        "progress": progress.done * 100 // max(progress.total, 1),
                        "started_on": int(started),
                        "updated_on": int(time.time()),
                    }
                )
        return found

    # -- in the background -------------------------------------------------------------------

    def _path(self, served: ServedDatabase, design: Design) -> Path:
        return self._registry.index_folder(served.name) / f"{design.signature}.sqlite"

    def _heard(self, kind: str, name: str) -> None:
        if kind == "updated":
            self._changed.add(name)
            self._wake.set()
        elif kind == "deleted":
            self._changed.discard(name)
            self._orphaned.add(name)
            self._wake.set()

    def _keep_up(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(timeout=5)
            if self._closing.wait(SETTLING_SECONDS):
                return
            self._wake.clear()
            while self._orphaned:
                self._close_all_of(self._orphaned.pop())
            while self._changed and not self._closing.is_set():
                self._catch_up(self._changed.pop())

    def _catch_up(self, name: str) -> None:
        try:
            if not self._registry.index_folder(name).exists():
                return
            with self._registry.lease(name) as served:
                for design in list(served.designs().values()):
                    if design.views and self._path(served, design).exists():
                        self.refresh(served, self.index(served, design))
        except NotFound:
            return
        except (ReplicaError, sqlite3.Error) as failure:
            # The next query of the view meets the same failure and tells whoever asked.
            log.warning("index of %s: %s", name, failure)

    def _close_surplus(self) -> None:
        """Close indexes that nobody has asked for lately; whoever has one in hand asked for it just now."""
        lately = time.monotonic() - UNUSED_SECONDS
        idle = [
            path
            for path, index in self._open.items()
            if index.used_at < lately and not index.updating.locked()
        ]
        for path in idle[: max(len(self._open) - MOST_OPEN, 0)]:
            self._owners.pop(path, None)
            self._open.pop(path).close()

    def _close_all_of(self, name: str) -> None:
        """Close the indexes of a database that was deleted; their files are gone already."""
        with self._lock:
            paths = [
                path for path, owner in self._owners.items() if owner == name and not path.parent.exists()
            ]
            closed = [self._open.pop(path) for path in paths if path in self._open]
            for path in paths:
                del self._owners[path]
        for index in closed:
            index.close()

    def _forget(self, path: Path) -> None:
        with self._lock:
            index = self._open.pop(path, None)
            self._owners.pop(path, None)
        if index is not None:
            index.close()
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
