"""Serves a Flet app to browsers: its own process, a health check, files compressed once and cached.

Nothing is loaded from other hosts (`no_cdn`), so the app also opens where there is no internet. Sessions
live in the memory of the process: run one of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import flet as ft
import flet_web.fastapi as flet_fastapi
import uvicorn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]

CACHED = (".js", ".mjs", ".wasm", ".otf", ".ttf", ".woff2", ".png", ".ico", ".frag", ".bin")
COMPRESSED = (".js", ".mjs", ".wasm", ".json", ".otf", ".ttf", "/")
CACHE_SECONDS = 3_600  # the files change only with the installed Flet; an hour pins no old version for long
GZIP_LEVEL = 6
LEAST_BYTES = 1_024
MESSAGE_BYTES = 16 * 1024 * 1024  # of one message from a browser; beyond it the connection ends
CLOSE_SECONDS = 1  # how long open browser connections may hold back a stop


class StaticFiles:
    """Gzips an answer once and remembers it; tells the browser to keep what doesn't change."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self._packed: dict[tuple[str, str], bytes] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        accepts = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
        packs = accepts and path.endswith(COMPRESSED)
        start: Message = {}
        body = bytearray()

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                start["headers"] = list(message.get("headers", []))
                if path.endswith(CACHED):
                    start["headers"].append((b"cache-control", b"public, max-age=%d" % CACHE_SECONDS))
                if not packs or start["status"] != 200:
                    await send(start)
                return
            if not packs or start["status"] != 200:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_packed(path, start, bytes(body), send)

        await self._app(scope, receive, hold)

    async def _send_packed(self, path: str, start: Message, body: bytes, send: Send) -> None:
        headers = dict(start["headers"])
        if len(body) >= LEAST_BYTES:
            key = (path, headers.get(b"etag", b"").decode())
            packed = self._packed.get(key) if key[1] else None
            if packed is None:
                packed = await asyncio.to_thread(gzip.compress, body, GZIP_LEVEL)
                if key[1]:
                    self._packed[key] = packed
            body = packed
            headers |= {b"content-encoding": b"gzip", b"vary": b"Accept-Encoding"}
        headers[b"content-length"] = str(len(body)).encode()
        await send({**start, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": body})


def application(main: Callable[[ft.Page], Any], *, name: str = "Recaudo") -> Any:
    """The ASGI application of `main`: the Flet app at `/`, and `GET /health` once it accepts sessions."""
    app = flet_fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    async def health() -> dict[str, str]:
        return {"status": "ok"}

    app.add_api_route("/health", health)
    app.mount("/", StaticFiles(flet_fastapi.app(main, no_cdn=True, app_name=name, app_short_name=name)))
    return app


class _Server(uvicorn.Server):
    """Leaves signals to `serve_until_stopped`, which stops the app before the process ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(main: Callable[[ft.Page], Any], *, default_port: int) -> None:
    """Serve `main` where RECAUDO_WEB_HOST and RECAUDO_WEB_PORT say, until SIGTERM or Ctrl-C."""
    host = os.environ.get("RECAUDO_WEB_HOST", "127.0.0.1")
    port = int(os.environ.get("RECAUDO_WEB_PORT", default_port))
    asyncio.run(serve_until_stopped(application(main), host=host, port=port))


async def serve_until_stopped(
    app: Any,
    *,
    host: str,
    port: int,
    stop: Callable[[], Awaitable[None]] | None = None,
    message_bytes: int = MESSAGE_BYTES,
) -> None:
    """Serve until SIGTERM or Ctrl-C; then run `stop` and return.

    `message_bytes` bounds what a browser sends at once: all files that a person picks are one message.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=CLOSE_SECONDS,
        ws="websockets-sansio",
        ws_max_size=message_bytes,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()

    def ask_to_stop() -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask_to_stop)
    try:
        await server.serve()
    finally:
        if stop:
            await stop()
