"""WSGI over a connection (PEP 3333): a request becomes an environ, what the application yields becomes an
answer.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from replica.server.connection import Connection
from replica.server.http1 import BadHttp, Body, Head, parse_head

log = logging.getLogger("replica.server")

SERVER = "CouchDB/3.5.0 (replica.server)"
# A body up to this size is read before the application runs; a larger one as the application asks for it.
READ_AHEAD = 1 << 20
# What an application left unread of a body is read away up to here, to keep the connection; beyond, it is
# closed.
DRAIN = 1 << 18

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Gateway:
    """`most_body()` is the size of the largest body that is taken, in bytes, as it is now."""

    def __init__(self, application: Wsgi, *, most_body: Callable[[], int]) -> None:
        self._application = application
        self._most_body = most_body
        self._base: dict[str, Any] = {
            "SCRIPT_NAME": "",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        self._date = (0, "")

    def answer_one(self, connection: Connection) -> bool:
        """Answer the next request; return whether the connection is good for another one."""
        try:
            block = connection.read_head()
            if block is None:
                return False
            head = parse_head(block)
            body = self._body(connection, head)
            return self._run(connection, head, body)
        except BadHttp as failure:
            self._refuse(connection, failure)
        except OSError:
            # The client is gone, which is its right; feeds end this way.
            pass
        return False

    def _body(self, connection: Connection, head: Head) -> Body:
        most = self._most_body()
        if head.length is not None and head.length > most:
            raise BadHttp(413, "the request entity is too large")
        if head.length != 0 and head.headers.get("EXPECT", "").lower() == "100-continue":
            connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Body(head.length, connection.take, connection.take_line, most)

    def _run(self, connection: Connection, head: Head, body: Body) -> bool:
        small = head.length is not None and head.length <= READ_AHEAD
        stream = io.BytesIO(_read_all(body)) if small else io.BufferedReader(body, READ_AHEAD)
        answer = Answer(connection, head, self._now)
        chunks = self._application(self._environ(connection, head, stream), answer.start)
        try:
            for chunk in chunks:
                answer.write(chunk)
            answer.finish()
        except OSError:
            raise
        except Exception:
            # The answer has begun: all that is left is to cut it, so that nobody takes it for whole.
            log.exception("%s %s broke off", head.method, head.target.partition("?")[0])
            return False
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return answer.keeps_alive and _drained(body)

    def _environ(self, connection: Connection, head: Head, stream: Any) -> dict[str, Any]:
        path, _, query = head.target.partition("?")
        host = head.headers.get("HOST", "")
        name, _, port = host.rpartition(":") if ":" in host else (host, "", "80")
        environ = {
            **self._base,
            "REQUEST_METHOD": head.method,
            "REQUEST_URI": head.target,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REMOTE_ADDR": connection.address,
            "SERVER_NAME": name or "localhost",
            "SERVER_PORT": port,
            "wsgi.input": stream,
            "replica.is_gone": connection.is_gone,
        }
        for header, value in head.headers.items():
            environ[header if header in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{header}"] = value
        return environ

    def _now(self) -> str:
        second = int(time.time())
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True))
        return self._date[1]

    def _refuse(self, connection: Connection, failure: BadHttp) -> None:
        words = "too_large" if failure.status == 413 else "bad_request"
        body = json.dumps({"error": words, "reason": failure.reason}).encode() + b"\n"
        lines = (
            f"HTTP/1.1 {failure.status} {HTTPStatus(failure.status).phrase}",
            f"Server: {SERVER}",
            f"Date: {self._now()}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close\r\n\r\n",
        )
        try:
            connection.send("\r\n".join(lines).encode() + body)
            # Reading on for a moment lets the client see the answer instead of a reset.
            connection.linger()
        except (OSError, BadHttp):
            pass


class Answer:
    """One answer being written. The head goes out with the first chunk, in one packet where they fit."""

    def __init__(self, connection: Connection, head: Head, now: Callable[[], str]) -> None:
        self._connection = connection
        self._head = head
        self._now = now
        self._pending: bytes | None = None
        self._chunked = False
        self._silent = head.method == "HEAD"
        self.keeps_alive = head.keeps_alive

    def start(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], None]:
        lines = [f"HTTP/1.1 {status}", f"Server: {SERVER}", f"Date: {self._now()}"]
        lines += [f"{name}: {value}" for name, value in headers]
        bodiless = status[:1] == "1" or status[:3] in ("204", "304")
        if not bodiless and not any(name.lower() == "content-length" for name, _ in headers):
            if self._head.minor:
                self._chunked = True
                lines.append("Transfer-Encoding: chunked")
            else:
                self.keeps_alive = False
        self._silent = self._silent or bodiless
        if not self.keeps_alive:
            lines.append("Connection: close")
        elif not self._head.minor:
            lines.append("Connection: keep-alive")
        self._pending = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")
        return self.write

    def write(self, chunk: bytes) -> None:
        """Send `chunk`; an empty one sends the head alone."""
        if self._silent:
            return
        data, self._pending = self._pending or b"", None
        if self._chunked and chunk:
            data += b"%X\r\n" % len(chunk) + chunk + b"\r\n"
        else:
            data += chunk
        if data:
            self._connection.send(data)

    def finish(self) -> None:
        data, self._pending = self._pending or b"", None
        if self._chunked and not self._silent:
            data += b"0\r\n\r\n"
        if data:
            self._connection.send(data)


def _read_all(body: Body) -> bytes:
    """The whole of a small body."""
    pieces = []
    while piece := body.read(READ_AHEAD):
        pieces.append(piece)
    return b"".join(pieces)


def _drained(body: Body) -> bool:
    """Read away what is left of a body; whether it was little enough."""
    left = DRAIN
    try:
        while not body.is_over and left > 0:
            piece = body.read(min(left, 65536))
            left -= len(piece or b"")
    except BadHttp:
        return False
    return body.is_over
