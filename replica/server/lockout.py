"""Repeated wrong passwords lock an account for the address they came from (CouchDB 3.4,
[chttpd_auth_lockout]).
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MAX_TRACKED = 10_000  # a scan over invented names must not grow the memory


class Lockout:
    """Counts failures per (name, address) inside a window that starts with the first one."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def is_locked(
        self, name: str, address: str, *, now: float, threshold: int, window_seconds: float
    ) -> bool:
        with self._lock:
            count, first = self._failures.get((name, address), (0, now))
            return count >= threshold and now - first < window_seconds

    def record_failure(self, name: str, address: str, *, now: float, window_seconds: float) -> None:
        with self._lock:
            count, first = self._failures.pop((name, address), (0, now))
            if now - first >= window_seconds:
                count, first = 0, now
            self._failures[(name, address)] = (count + 1, first)
            if len(self._failures) > MAX_TRACKED:
                self._failures.popitem(last=False)
