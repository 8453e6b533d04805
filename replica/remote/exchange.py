"""One request and its answer: credentials, deadlines, and errors of ours instead of httpx's.

Knows HTTP and nothing of documents. Every request has a timeout for silence and one for the whole answer;
whatever goes wrong on the way is `Unreachable`; what the peer refuses is the error that
`replica.remote.failures` finds in it.
"""

from __future__ import annotations

import copy
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from replica.errors import TokenRefused, Unauthorized, Unreachable
from replica.remote.auth import Auth, BasicAuth, NoAuth
from replica.remote.failures import failure
from replica.tuning import ANSWER_SECONDS, CONNECT_SECONDS, GZIP_FROM_BYTES, GZIP_LEVEL, SILENCE_SECONDS

Params = Mapping[str, str]


def encode(value: Any) -> bytes:
    """JSON as compact UTF-8; a lone surrogate, which UTF-8 cannot carry, is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def without_credentials(url: str) -> tuple[str, Auth]:
    """Split `https://name:password@host/db` into the bare address and its credentials."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not the address of a database: {parts.scheme}://{parts.hostname}")
    host = parts.netloc.rpartition("@")[2]
    bare = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
    if parts.username is None:
        return bare, NoAuth()
    return bare, BasicAuth(unquote(parts.username), unquote(parts.password or ""))


class Meter:
    """Bytes of bodies, both ways, as they are before compression. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.bytes = 0

    def count(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.add(len(piece))
            yield piece

    def add(self, size: int) -> None:
        with self._lock:
            self.bytes += size


class Exchange:
    """Requests below one address. Safe to use from several threads."""

    def __init__(
        self,
        address: str,
        *,
        auth: Auth,
        client: httpx.Client | None = None,
        timeout: float = SILENCE_SECONDS,
        compress: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address = address
        self._auth = auth
        self._monotonic = monotonic
        self._timeout = timeout
        self._compress = compress
        self.meter = Meter()
        self.said_at: datetime | None = None
        """The peer's time in its latest answer (RFC 9110 §6.6.1)."""
        self._owned = client is None
        self._client = client or httpx.Client(limits=httpx.Limits(max_connections=8))

    def close(self) -> None:
        if self._owned:
            self._client.close()

    def at(self, address: str) -> Exchange:
        """The same client and credentials below another address."""
        other = copy.copy(self)
        other.address, other._owned = address, False
        return other

    def json(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Any = None,
        silence: float | None = None,
    ) -> Any:
        """Send `body` as JSON, return the answer's JSON. `silence` (seconds) replaces the usual patience."""
        content = None if body is None else encode(body)
        headers = {}
        if content is not None and self._compress and len(content) >= GZIP_FROM_BYTES:
            content, headers = gzip.compress(content, GZIP_LEVEL), {"Content-Encoding": "gzip"}
        with self.stream(
            method, path, params=params, content=content, headers=headers, silence=silence
        ) as response:
            raw = self.read(response)
        try:
            return json.loads(raw)
        except ValueError as error:
            raise Unreachable(
                f"{method} {self.address}{path}: the answer is cut short or is not JSON"
            ) from error

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        silence: float | None = None,
    ) -> Iterator[httpx.Response]:
        """Open a successful answer whose body is still to be read; errors inside the block are translated
        too.
        """
        subject = f"{method} {self.address}{path}"
        with self._translated(subject):
            response = self._send(
                subject, method, path, params=params, content=content, headers=headers, silence=silence
            )
            try:
                yield response
            finally:
                response.close()

    def read(self, response: httpx.Response) -> bytes:
        """Read the whole body, which must be complete before `ANSWER_SECONDS` are over."""
        return b"".join(self.chunks(response, within=ANSWER_SECONDS))

    def chunks(self, response: httpx.Response, *, within: float) -> Iterator[bytes]:
        """Yield the body as it comes; raise `Unreachable` where it is not over `within` seconds."""
        deadline = self._monotonic() + within
        for chunk in self.meter.count(response.iter_bytes()):
            yield chunk
            if self._monotonic() > deadline:
                raise Unreachable(
                    f"{response.request.method} {self.address}: no end of the answer in {within:.0f} s"
                )

    def _send(
        self,
        subject: str,
        method: str,
        path: str,
        *,
        params: Params | None,
        content: bytes | Iterator[bytes] | None,
        headers: Mapping[str, str] | None,
        silence: float | None,
    ) -> httpx.Response:
        content = self._measured(content)
        for attempt in (1, 2):
            signed = dict(self._auth.headers())
            request = self._client.build_request(
                method,
                f"{self.address}{path}",
                params=params,
                content=content,
                headers={
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                    **(headers or {}),
                    **signed,
                },
                timeout=httpx.Timeout(silence or self._timeout, connect=min(CONNECT_SECONDS, self._timeout)),
            )
            response = self._client.send(request, stream=True)
            if response.is_success:
                self.said_at = _date_of(response)
                return response
            try:
                error = failure(subject, response.status_code, response.headers, self.read(response))
            finally:
                response.close()
            if (
                attempt == 2
                or not isinstance(error, Unauthorized | TokenRefused)
                or not self._auth.renew(signed)
            ):
                raise error
            if isinstance(content, Iterator):
                raise Unreachable(
                    f"{subject}: credentials were renewed, and the upload has to begin again"
                ) from error
        raise AssertionError("the second attempt returns or raises")

    def _measured(self, content: bytes | Iterator[bytes] | None) -> bytes | Iterator[bytes] | None:
        if isinstance(content, Iterator):
            return self.meter.count(content)
        self.meter.add(len(content or b""))
        return content

    @contextmanager
    def _translated(self, subject: str) -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.DecodingError, httpx.StreamError) as error:
            raise Unreachable(f"{subject}: {type(error).__name__} {error}".rstrip()) from error


def _date_of(response: httpx.Response) -> datetime | None:
    """The instant in the answer's `Date`; one without a zone is none."""
    try:
        said = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return None
    return said if said.tzinfo else None
