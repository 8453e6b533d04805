"""One client's connection: buffered reading, writing with a limit of patience, and whether anybody is still
there.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time

from replica.server.http1 import MOST_HEAD_BYTES, BadHttp

RECEIVE = 64 * 1024
SEND = 64 * 1024
# A client that sends or takes nothing in the middle of a request or an answer is given up after this long.
STALL_SECONDS = 60.0


class Connection:
    """Used by one thread at a time."""

    def __init__(self, accepted: socket.socket, address: str) -> None:
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        accepted.settimeout(STALL_SECONDS)
        self.socket = accepted
        self.address = address
        self.quiet_since = time.monotonic()
        self._buffer = b""
        self._poll = select.poll()
        self._poll.register(accepted, select.POLLIN)

    def has_input(self, seconds: float) -> bool:
        return bool(self._buffer) or bool(self._poll.poll(seconds * 1000))

    def is_gone(self) -> bool:
        """Whether the client has hung up. What it may have sent ahead stays unread."""
        try:
            return bool(self._poll.poll(0)) and self.socket.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def read_head(self) -> bytes | None:
        """The bytes of the next request's head; None where the client left instead. Raise `BadHttp`."""
        self._buffer = self._buffer.lstrip(b"\r\n")
        deadline = time.monotonic() + STALL_SECONDS
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MOST_HEAD_BYTES:
                raise BadHttp(431, "Headers too large.")
            if time.monotonic() > deadline:
                raise BadHttp(408, "Request timed out.")
            piece = self._receive()
            if not piece:
                if self._buffer:
                    raise BadHttp(400, "Headers cut short.")
                return None
            self._buffer += piece
        head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
        if len(head) > MOST_HEAD_BYTES:
            raise BadHttp(431, "Headers too large.")
        return head

    def take(self, size: int) -> bytes:
        """Up to `size` bytes, b"" at the end of the stream."""
        if not self._buffer:
            if size >= RECEIVE:
                return self._receive()
            self._buffer = self._receive()
        piece, self._buffer = self._buffer[:size], self._buffer[size:]
        return piece

    def take_line(self, most: int) -> bytes:
        """A line without its CRLF. Raise `BadHttp` where it is longer than `most` or cut short."""
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > most:
                raise BadHttp(400, "Line too long.")
            piece = self._receive()
            if not piece:
                raise BadHttp(400, "Body cut short.")
            self._buffer += piece
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        return line

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(RECEIVE)
        except TimeoutError:
            raise BadHttp(408, "Request timed out.") from None
        except OSError:
            return b""

    def send(self, data: bytes) -> None:
        """Raise `OSError` where the client is gone or takes nothing.

        In pieces, because the socket's patience is for one call: a slow reader is none that stopped reading.
        """
        if len(data) <= SEND:
            self.socket.sendall(data)
            return
        view = memoryview(data)
        while view:
            view = view[self.socket.send(view[:SEND]) :]

    def linger(self) -> None:
        """Read away what the client still sends, for a moment."""
        self.socket.settimeout(0.2)
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            for _ in range(64):
                if not self.socket.recv(RECEIVE):
                    break

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
