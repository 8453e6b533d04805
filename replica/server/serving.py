"""Sockets and threads: one thread for each request in progress, none for a connection that waits for its
next one.

A feed holds its thread for as long as it is open, so there is no fixed pool that a few hundred phones could
fill: a thread is made when nobody is idle. A connection stays with its thread between requests for a
moment, because the next request of a busy client then needs no hand-over; a quiet one goes back to the
listener, which watches them all.

Stopping: no new connections, feeds are told to end, and after `STOP_SECONDS` everything is closed whatever
it does. What was acknowledged is on disk by then.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import selectors
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

from replica.server.connection import Connection
from replica.server.gateway import Gateway

log = logging.getLogger("replica.server")

STOP_SECONDS = 1.2
# A client's next request is awaited on its own thread for this long: handing over costs more than a thread
# that sleeps. With many threads in use, only for as long as a program takes to send its next one.
LINGER_SECONDS, SHORT_LINGER_SECONDS = 2.0, 0.05
# A connection without a request is closed after this long.
IDLE_SECONDS = 300.0
BACKLOG = 2048


class Server:
    """Binds at once, so that a taken port is told before anything else; port 0 picks a free one."""

    def __init__(self, gateway: Gateway, *, host: str, port: int, threads: int) -> None:
        self._gateway = gateway
        self._most_threads = threads
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._listener.setblocking(False)
        self.host, self.port = self._listener.getsockname()[:2]
        self._selector = selectors.DefaultSelector()
        self._waker, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._work: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        # Requests being answered.
        self._busy = 0
        # Threads that nothing was given to; below zero, connections that wait for one.
        self._idle = 0
        self._returned: list[Connection] = []
        self._open: set[Connection] = set()
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def run(self) -> None:
        """Serve until `stop`; then let the open requests finish, but not for long."""
        self._selector.register(self._listener, selectors.EVENT_READ, "listener")
        self._selector.register(self._woken, selectors.EVENT_READ, "woken")
        while not self._stopping.is_set():
            for key, _ in self._selector.select(timeout=5.0):
                if key.data == "listener":
                    self._accept()
                elif key.data == "woken":
                    with contextlib.suppress(BlockingIOError):
                        self._woken.recv(4096)
                else:
                    self._selector.unregister(key.fileobj)
                    self._hand_over(key.data)
            self._watch_returned()
            self._close_quiet()
        self._wind_down()

    def stop(self) -> None:
        """From a signal handler or any thread."""
        self._stopping.set()
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"\0")

    # -- the listener ------------------------------------------------------------------------

    def _accept(self) -> None:
        for _ in range(64):
            try:
                accepted, address = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as failure:
                log.warning("accept: %s", failure)
                return
            connection = Connection(accepted, address[0])
            with self._lock:
                self._open.add(connection)
            self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _hand_over(self, connection: Connection) -> None:
        """Give the connection to an idle thread, or to a new one; at the limit it waits for its turn."""
        with self._lock:
            starved = self._idle <= 0 and self._threads < self._most_threads
            if starved:
                self._threads += 1
            else:
                self._idle -= 1
        self._work.put(connection)
        if starved:
            threading.Thread(target=self._serve, name="request", daemon=True).start()

    def _watch_returned(self) -> None:
        with self._lock:
            returned, self._returned = self._returned, []
        for connection in returned:
            connection.quiet_since = time.monotonic()
            try:
                self._selector.register(connection.socket, selectors.EVENT_READ, connection)
            except (ValueError, OSError):
                self._forget(connection)

    def _close_quiet(self) -> None:
        oldest = time.monotonic() - IDLE_SECONDS
        quiet = [
            key.data
            for key in list(self._selector.get_map().values())
            if isinstance(key.data, Connection) and key.data.quiet_since < oldest
        ]
        for connection in quiet:
            self._selector.unregister(connection.socket)
            self._forget(connection)

    def _wind_down(self) -> None:
        self._selector.unregister(self._listener)
        self._listener.close()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and self._busy:
            time.sleep(0.01)
        with self._lock:
            for connection in self._open:
                connection.close()

    # -- the threads ---------------------------------------------------------------------------

    def _serve(self) -> None:
        while True:
            connection = self._work.get()
            try:
                self._converse(connection)
            except Exception:
                log.exception("a connection failed")
                self._forget(connection)
            with self._lock:
                self._idle += 1

    def _converse(self, connection: Connection) -> None:
        """Answer requests while they come quickly; then give the connection back."""
        while self._answer_one(connection) and not self._stopping.is_set():
            many = self._threads > self._most_threads // 2
            if not connection.has_input(SHORT_LINGER_SECONDS if many else LINGER_SECONDS):
                with self._lock:
                    self._returned.append(connection)
                self._wake()
                return
        self._forget(connection)

    def _answer_one(self, connection: Connection) -> bool:
        with self._lock:
            self._busy += 1
        try:
            return self._gateway.answer_one(connection)
        finally:
            with self._lock:
                self._busy -= 1

    def _forget(self, connection: Connection) -> None:
        connection.close()
        with self._lock:
            self._open.discard(connection)


def stop_on_signals(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
