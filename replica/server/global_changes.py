"""`_db_updates`: which databases were created, updated or deleted, kept in the database `_global_changes`
as in CouchDB.

Changes are collected for a moment and written together, once per database: thousands of phones that each
push a receipt cost a few small writes a second here. What is collected when the process dies is lost; who
must not miss anything compares the `update_seq` of `_dbs_info`, as with CouchDB.
"""

from __future__ import annotations

import logging
import threading

from replica.errors import NotFound, ReplicaError
from replica.server.registry import Registry
from replica.transaction import Transaction

NAME = "_global_changes"
SETTLING_SECONDS = 0.2
log = logging.getLogger("replica.server")


class GlobalChanges:
    """Listens to the registry; writes from a thread of its own."""

    def __init__(self, registry: Registry, closing: threading.Event) -> None:
        self._registry = registry
        self._closing = closing
        self._collected: dict[tuple[str, str], None] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="global changes", daemon=True)
        registry.listen(self._heard)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    def _heard(self, kind: str, name: str) -> None:
        if name == NAME:
            return
        with self._lock:
            self._collected.pop((kind, name), None)
            self._collected[(kind, name)] = None
        self._wake.set()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(SETTLING_SECONDS)
            self._wake.clear()
            self._write()

    def _write(self) -> None:
        with self._lock:
            collected, self._collected = self._collected, {}
        if not collected or not self._registry.exists(NAME):
            return
        try:
            with self._registry.lease(NAME) as found:
                with found.store.transaction() as t:
                    for kind, name in collected:
                        _touch(t, f"{kind}:{name}")
                found.moves.tell()
        except ReplicaError as failure:
            log.warning("_global_changes: %s", failure.reason)


def _touch(t: Transaction, doc_id: str) -> None:
    """Give the document a new revision, and so a new place in the feed."""
    try:
        t.put({"_id": doc_id, "_rev": t.get(doc_id)["_rev"]})
    except NotFound:
        t.put({"_id": doc_id})
