"""CouchDB's "sequential" ids: a random prefix, then a rising suffix, so that new documents lie near one
another.
"""

from __future__ import annotations

import secrets
import threading

LAST_SUFFIX = 0xFFF000


class Uuids:
    """Thirty-two hexadecimal digits each; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._restart()

    def _restart(self) -> None:
        self._prefix, self._suffix = secrets.token_hex(13), secrets.randbelow(0xFFF)

    def take(self) -> str:
        with self._lock:
            self._suffix += 1 + secrets.randbelow(0xFFD)
            if self._suffix > LAST_SUFFIX:
                self._restart()
            return f"{self._prefix}{self._suffix:06x}"
