"""multipart/related and multipart/mixed, as CouchDB sends and takes documents with their attachments.

Bodies are streamed both ways: an attachment is never in memory as a whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from email.message import Message
from typing import Any, Protocol

from replica.errors import BadRequest
from replica.server.wire import dumps

Json = dict[str, Any]
PIECE = 64 * 1024
MOST_HEADER_BYTES = 16 * 1024


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Part:
    """One part while it is being read. Its body must be consumed before the next part is asked for."""

    def __init__(self, reader: PartReader, headers: dict[str, str]) -> None:
        self._reader = reader
        self.headers = headers

    @property
    def filename(self) -> str | None:
        message = Message()
        message["Content-Disposition"] = self.headers.get("content-disposition", "")
        return message.get_filename()

    def pieces(self) -> Iterator[bytes]:
        return self._reader.body()

    def read(self) -> bytes:
        return b"".join(self.pieces())


class PartReader:
    """Splits a stream at its boundary (RFC 2046, section 5.1.1)."""

    def __init__(self, stream: Readable, boundary: str) -> None:
        self._stream = stream
        self._mark = b"\r\n--" + boundary.encode()
        # A body may begin with the boundary: pretend that a line ended before it.
        self._held = b"\r\n"
        self._at_end = False
        self._in_body = True

    def __iter__(self) -> Iterator[Part]:
        for _ in self.body():
            pass
        while not self._closed():
            part = Part(self, self._headers())
            self._in_body = True
            yield part
            for _ in part.pieces():
                pass

    def body(self) -> Iterator[bytes]:
        """The bytes up to the next boundary."""
        while self._in_body:
            at = self._held.find(self._mark)
            if at >= 0:
                self._in_body = False
                piece, self._held = self._held[:at], self._held[at + len(self._mark) :]
            else:
                keep = len(self._mark) - 1
                piece, self._held = self._held[:-keep] or b"", self._held[-keep:]
                if not self._more():
                    raise BadRequest("Multipart body ends before its boundary.")
            if piece:
                yield piece

    def _more(self) -> bool:
        piece = self._stream.read(PIECE)
        self._held += piece
        return bool(piece)

    def _closed(self) -> bool:
        """Whether the boundary just read was the last one."""
        while len(self._held) < 2:
            if not self._more():
                raise BadRequest("Multipart body ends before its boundary.")
        return self._held.startswith(b"--")

    def _headers(self) -> dict[str, str]:
        while b"\r\n\r\n" not in self._held:
            if len(self._held) > MOST_HEADER_BYTES or not self._more():
                raise BadRequest("Multipart part without the end of its headers.")
        block, _, self._held = self._held.partition(b"\r\n\r\n")
        headers: dict[str, str] = {}
        for line in block.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if colon:
                headers[name.strip().decode("latin-1").lower()] = value.strip().decode("utf-8", "replace")
        return headers


def boundary_of(content_type: str) -> str:
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise BadRequest("Missing boundary in Content-Type.")
    return boundary


def new_boundary() -> str:
    return secrets.token_hex(16)


class Source(Protocol):
    """Where the bytes of an attachment come from."""

    content_type: str
    digest: str
    length: int

    def __iter__(self) -> Iterator[bytes]: ...


def related(document: Json, attachments: Mapping[str, Source], boundary: str) -> Iterator[bytes]:
    """A document whose attachments follow it (multipart/related)."""
    mark = f"--{boundary}".encode()
    yield mark + b"\r\nContent-Type: application/json\r\n\r\n" + dumps(document).encode()
    for name, source in attachments.items():
        quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "")
        head = (
            f'\r\nContent-Disposition: attachment; filename="{quoted}"'
            f"\r\nContent-Type: {source.content_type}\r\nContent-Length: {source.length}\r\n\r\n"
        )
        yield b"\r\n" + mark + head.encode()
        yield from source
    yield b"\r\n" + mark + b"--"


def mixed(parts: Iterator[tuple[Mapping[str, str], Iterator[bytes]]], boundary: str) -> Iterator[bytes]:
    """Parts of (headers, body), one after the other (multipart/mixed)."""
    mark = f"--{boundary}".encode()
    for headers, body in parts:
        head = "".join(f"\r\n{name}: {value}" for name, value in headers.items())
        yield mark + head.encode() + b"\r\n\r\n"
        yield from body
        yield b"\r\n"
    yield mark + b"--"
