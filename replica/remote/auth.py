"""Who we say we are to a peer: a name and password, or a bearer token that someone else can renew.

`RemoteDatabase` asks for headers before each request, and for a renewal when the peer refused them.
Nothing here is ever logged or put in an error.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from typing import Protocol


class Auth(Protocol):
    """What a request is signed with."""

    def headers(self) -> Mapping[str, str]:
        """Headers for one request."""
        ...

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Replace credentials after `refused` were refused. True when another attempt makes sense."""
        ...


class NoAuth:
    """A peer that asks nothing of us."""

    def headers(self) -> Mapping[str, str]:
        return {}

    def renew(self, refused: Mapping[str, str]) -> bool:
        del refused
        return False


class BasicAuth:
    """Name and password in every request (CouchDB, "Basic Authentication")."""

    def __init__(self, user: str, password: str) -> None:
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}"}

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:
        del refused
        return False


class BearerAuth:
    """A short-lived token (CouchDB, "JWT Authentication").

    `get_token(force)` returns the token to use; with `force` it must fetch a new one, because the peer
    refused the last. It may raise: the error passes unchanged through the request that needed the token.
    """

    def __init__(self, get_token: Callable[[bool], str]) -> None:
        self._get_token = get_token
        self._lock = threading.Lock()

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._get_token(False)}"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        # Two requests of one run may be refused at once; a rotating refresh token must be spent by one of
        # them only.
        with self._lock:
            if self.headers() == dict(refused):
                self._get_token(True)
        return True
