"""The server's word that a database moved, listened to in the background.

Notices only make things quick: CouchDB keeps them in memory and a crash loses some, so nothing relies on one.
"""

from __future__ import annotations

import logging
import threading

from backend.couch.client import Couch
from backend.couch.errors import CouchError
from backend.reconcile.tuning import BACKOFF_SECONDS, NOTICE_WAIT_SECONDS, POLL_SECONDS

log = logging.getLogger("recaudo.reconcile")


class Notices:
    """Names of the databases that moved, collected until somebody takes them."""

    def __init__(self, couch: Couch) -> None:
        self._couch = couch
        self._lock = threading.Lock()
        self._names: set[str] = set()
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._since: str | None = None
        self._lost = True  # what happened before this listened
        self._told = False

    def start(self) -> None:
        """Listen from now on; what happened before is for a sweep to find."""
        self._ask(wait_seconds=0.0)
        # a daemon: a request that the server holds back must not hold back the end of the process
        threading.Thread(target=self._listen, name="notices", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()

    def wait(self, seconds: float) -> set[str] | None:
        """The databases that moved since the last call; wait at most so long for a first one.

        None means that notices may have been lost and only looking everywhere tells.
        """
        with self._lock:
            lost, listening = self._lost, self._since is not None
        if not lost:
            self._woken.wait(max(0.0, seconds))
        elif not listening:
            self._stopped.wait(POLL_SECONDS if self._told else 0.0)
        with self._lock:
            lost, names, self._names = self._lost, self._names, set()
            self._lost, self._told = self._since is None, True
            if not self._stopped.is_set():
                self._woken.clear()
        return None if lost else names

    def _listen(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            if self._ask(wait_seconds=NOTICE_WAIT_SECONDS):
                failures = 0
                continue
            self._stopped.wait(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
            failures += 1

    def _ask(self, *, wait_seconds: float) -> bool:
        try:
            page = self._couch.db_updates(since=self._since or "now", wait_seconds=wait_seconds)
        except CouchError as error:
            if self._since is not None or not self._told:
                log.warning("no notices, looking at intervals instead error=%s", error)
            with self._lock:
                # a sequence of before the failure may mean nothing to a server that started again
                self._lost, self._since = True, None
            self._woken.set()
            return False
        with self._lock:
            self._names |= {row["db_name"] for row in page.results}
            self._since = page.last_seq
        if page.results:
            self._woken.set()
        return True
