"""HTTP/1.1 as bytes: reading the head of a request, framing bodies (RFC 9112). Strict, because proxies
stand in front.

What two parsers could read in two ways is refused: a length given twice, a length beside chunks, folded
lines, white space before a colon, control characters. That is what request smuggling lives on.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import NamedTuple

MOST_HEAD_BYTES = 64 * 1024
MOST_HEADERS = 200
MOST_CHUNK_LINE = 256

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/1\.([01])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?")


class BadHttp(Exception):
    """Not a request we can answer; `status` is what to say before hanging up."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Head(NamedTuple):
    """`headers` have names in upper case with underscores, as WSGI wants them; repeated ones are joined.

    `length` is None where the body comes in chunks.
    """

    method: str
    target: str
    minor: int
    headers: dict[str, str]
    length: int | None

    @property
    def keeps_alive(self) -> bool:
        asked = self.headers.get("CONNECTION", "").lower()
        return "close" not in asked if self.minor else "keep-alive" in asked


def parse_head(block: bytes) -> Head:
    """Read a request line and headers, without the empty line at the end. Raise `BadHttp`."""
    lines = block.split(b"\r\n")
    line = _REQUEST_LINE.fullmatch(lines[0])
    if line is None:
        raise BadHttp(400, "Malformed request line.")
    if len(lines) > MOST_HEADERS:
        raise BadHttp(431, "Too many headers.")
    headers: dict[str, str] = {}
    for raw in lines[1:]:
        found = _HEADER.fullmatch(raw)
        if found is None:
            raise BadHttp(400, "Malformed header.")
        name = found[1].decode("ascii").upper()
        if "_" in name:
            # WSGI can't tell X_Y from X-Y: what a proxy sets must not be settable beside it.
            continue
        name = name.replace("-", "_")
        value = found[2].decode("latin-1")
        if name in headers:
            if name in ("CONTENT_LENGTH", "TRANSFER_ENCODING", "HOST"):
                raise BadHttp(400, "Repeated header.")
            value = f"{headers[name]}{'; ' if name == 'COOKIE' else ','}{value}"
        headers[name] = value
    return Head(line[1].decode("ascii"), line[2].decode("ascii"), int(line[3]), headers, _length(headers))


def _length(headers: dict[str, str]) -> int | None:
    coding = headers.get("TRANSFER_ENCODING")
    length = headers.get("CONTENT_LENGTH")
    if coding is not None:
        if length is not None:
            raise BadHttp(400, "Both Content-Length and Transfer-Encoding.")
        if coding.lower() != "chunked":
            raise BadHttp(501, "Unsupported Transfer-Encoding.")
        return None
    if length is None:
        return 0
    if not _LENGTH.fullmatch(length.encode("latin-1")):
        raise BadHttp(400, "Malformed Content-Length.")
    return int(length)


class Body(io.RawIOBase):
    """A request body that is read from the connection as the application asks for it.

    `take(n)` gives up to n bytes of the connection, b"" at its end; `take_line()` a line without its end.
    """

    def __init__(
        self, length: int | None, take: Callable[[int], bytes], take_line: Callable[[int], bytes], most: int
    ) -> None:
        self._chunked = length is None
        self._left = length or 0
        self._take, self._take_line = take, take_line
        self._allowance = most
        self._begun = False
        self.is_over = length == 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`. Raise `BadHttp` where the body is cut short, badly framed or too long."""
        if self._chunked and self._left == 0 and not self.is_over:
            self._next_chunk()
        if self.is_over or not len(buffer):
            return 0
        piece = self._take(min(len(buffer), self._left))
        if not piece:
            raise BadHttp(400, "Body cut short.")
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        if not self._left and not self._chunked:
            self.is_over = True
        return len(piece)

    def _next_chunk(self) -> None:
        if self._begun and self._take_line(2) != b"":
            raise BadHttp(400, "Malformed chunk.")
        self._begun = True
        found = _CHUNK.fullmatch(self._take_line(MOST_CHUNK_LINE))
        if found is None:
            raise BadHttp(400, "Malformed chunk.")
        self._left = int(found[1], 16)
        self._allowance -= self._left
        if self._allowance < 0:
            raise BadHttp(413, "the request entity is too large")
        if self._left == 0:
            while self._take_line(MOST_HEAD_BYTES):
                pass
            self.is_over = True
