"""The server's word that a database moved, listened to in the background.

Notices only make things quick: CouchDB keeps them in memory and a crash loses some, so nothing relies on one.
"""

from __future__ import annotations

import logging
import threading
from queue import Empty, SimpleQueue

from backend.couch.client import Couch
from backend.couch.errors import CouchError
from backend.reconcile.tuning import BACKOFF_SECONDS, NOTICE_WAIT_SECONDS, POLL_SECONDS

log = logging.getLogger("recaudo.reconcile")


class Notices:
    """Names of the databases that moved, collected until somebody takes them."""

    def __init__(self, couch: Couch) -> None:
        self._couch = couch
        # a simple queue, because `stop` is called from a signal handler: it can't meet a lock of its own
        self._heard: SimpleQueue[frozenset[str]] = SimpleQueue()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._since: str | None = None
        self._gap = True  # what happened before this listened
        self._asked_before = False
        self._complained = False

    def start(self) -> None:
        """Listen from now on; what happened before is for a sweep to find."""
        self._ask(wait_seconds=0.0)
        # a daemon: a request that the server holds back must not hold back the end of the process
        threading.Thread(target=self._listen, name="notices", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._heard.put(frozenset())

    def wait(self, seconds: float) -> set[str] | None:
        """The databases that moved since the last call; wait at most so long for a first one.

        None means that notices may have been lost and only looking everywhere tells.
        """
        with self._lock:
            if self._gap:
                seconds = POLL_SECONDS if self._since is None and self._asked_before else 0.0
            self._asked_before = True
        names = self._take(seconds)
        with self._lock:
            gap, self._gap = self._gap, self._since is None
        return None if gap else names

    def _take(self, seconds: float) -> set[str]:
        names: set[str] = set()
        try:
            names |= self._heard.get(timeout=max(0.0, seconds))
            while True:
                names |= self._heard.get_nowait()
        except Empty:
            return names

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
            if not self._complained:
                log.warning("no notices, looking at intervals instead", extra={"error": str(error)})
            with self._lock:
                # a sequence of before the failure may mean nothing to a server that started again
                self._gap, self._since, self._complained = True, None, True
            self._heard.put(frozenset())
            return False
        with self._lock:
            self._since, self._complained = page.last_seq, False
        if page.results:
            self._heard.put(frozenset(row["db_name"] for row in page.results))
        return True
