"""Bounds on wrong passwords, counted before CouchDB is asked.

CouchDB locks an account by the address that asks, and to CouchDB that is always this backend: five wrong
passwords from anywhere would lock a person out of everywhere. So an address may fail a few times for one
account, fewer than CouchDB bears, and some more for all accounts together; nobody's attempts count against
somebody else's address. An account that does not exist is counted like any other, so a lock says nothing
about it.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)  # CouchDB's own lock lasts as long
PER_ACCOUNT = 4  # CouchDB locks at the fifth
PER_ADDRESS = 40  # an office of collectors behind one address, some of whom mistype
REMEMBERED = 20_000  # keys; beyond that the oldest are forgotten, so that memory is bounded


class Attempts:
    """Failures of the last minutes, in this process; each process of several counts its own."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, ...], deque[datetime]] = {}
        self._lock = threading.Lock()

    def seconds_locked(self, address: str, account: str, now: datetime) -> int:
        """Seconds until another attempt may be made, 0 where it may be made now."""
        with self._lock:
            return max(
                self._wait((address, account), PER_ACCOUNT, now), self._wait((address,), PER_ADDRESS, now)
            )

    def failed(self, address: str, account: str, now: datetime) -> None:
        """Count a wrong password."""
        with self._lock:
            for key in ((address, account), (address,)):
                self._failures.setdefault(key, deque(maxlen=PER_ADDRESS)).append(now)
            while len(self._failures) > REMEMBERED:
                del self._failures[next(iter(self._failures))]

    def succeeded(self, address: str, account: str) -> None:
        """The right password clears what the account failed from this address."""
        with self._lock:
            self._failures.pop((address, account), None)

    def _wait(self, key: tuple[str, ...], allowed: int, now: datetime) -> int:
        failures = self._failures.get(key)
        if failures is None:
            return 0
        while failures and failures[0] <= now - WINDOW:
            failures.popleft()
        if not failures:
            del self._failures[key]
            return 0
        if len(failures) < allowed:
            return 0
        return max(1, int((failures[-allowed] + WINDOW - now).total_seconds()) + 1)
