"""Sockets and threads: waitress, with as many threads as there are requests in progress.

A longpoll or continuous feed holds its thread for as long as it is open, so a fixed pool would starve
behind a few hundred phones; this one grows when nobody is idle. SIGTERM stops accepting, tells the feeds to
end, and leaves within `STOP_SECONDS` whatever they do: what was acknowledged is on disk already.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from threading import Event
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

STOP_SECONDS = 1.2
FIRST_THREADS = 8
# A larger request is kept in a temporary file while it arrives.
IN_MEMORY_BODY = 4 << 20
# A feed pauses when its reader is this far behind, instead of filling the memory.
UNREAD_BYTES = 1 << 20


class GrowingDispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Starts a thread when a request finds none idle, up to `limit`; beyond it requests wait their turn."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit
        self.set_thread_count(min(FIRST_THREADS, limit))

    def add_task(self, task: Any) -> None:
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            idle = len(self.threads) - self.stop_count - self.active_count
            starved = len(self.queue) > idle and len(self.threads) < self._limit
        if starved:
            self.set_thread_count(len(self.threads) + 1)


class CouchErrorTask(ErrorTask):  # type: ignore[misc]
    """A request that is not HTTP, or too large to accept, is refused in CouchDB's shape."""

    def execute(self) -> None:
        error = self.request.error
        words = {
            500: ("internal_server_error", "The server failed; see its log."),
            413: ("too_large", "the request entity is too large"),
            431: ("bad_request", "Headers too large."),
        }
        kind, reason = words.get(error.code, ("bad_request", str(error.body)))
        body = json.dumps({"error": kind, "reason": reason}).encode() + b"\n"
        self.status = f"{error.code} {error.reason}"
        self.content_length = len(body)
        self.response_headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        self.set_close_on_finish()
        self.write(body)


class CouchChannel(HTTPChannel):  # type: ignore[misc]
    error_task_class = CouchErrorTask


class CouchServer(TcpWSGIServer):  # type: ignore[misc]
    channel_class = CouchChannel

    def run_until(self, stopping: Event) -> None:
        """Serve until `stopping` is set; then let the open requests finish, but not for long."""
        while not stopping.is_set():
            wasyncore.loop(timeout=1.0, use_poll=True, map=self._map, count=1)
        self.accepting = False
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(
            channel.requests or channel.total_outbufs_len for channel in list(self.active_channels.values())
        ):
            wasyncore.loop(timeout=0.05, use_poll=True, map=self._map, count=1)
        self.task_dispatcher.shutdown(timeout=0.2)
        wasyncore.close_all(self._map)


def make_server(application: Any, *, host: str, port: int, threads: int, max_body: int) -> CouchServer:
    """Bind at once, so that a taken port is told before anything else; port 0 picks a free one."""
    settings = Adjustments(
        host=host,
        port=port,
        ident="CouchDB/3.5.0 (replica.server)",
        connection_limit=100_000,
        backlog=2048,
        asyncore_use_poll=True,
        # Keep reading while a request runs: that is how a feed learns that its reader is gone.
        channel_request_lookahead=1,
        channel_timeout=300,
        inbuf_overflow=IN_MEMORY_BODY,
        outbuf_high_watermark=UNREAD_BYTES,
        max_request_body_size=max_body,
        log_socket_errors=False,
        clear_untrusted_proxy_headers=False,
    )
    return CouchServer(
        application, map={}, dispatcher=GrowingDispatcher(threads), adj=settings, sockinfo=settings.listen[0]
    )


def stop_on_signals(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
