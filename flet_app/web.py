"""Serves a Flet app to a browser: nothing from a CDN, compressed once, cached by the browser, `/health` for the supervisor.

One process and one event loop: Flet keeps its sessions in memory. SIGTERM and SIGINT end it within a second or two, after
`stop` has run.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
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
CACHE_SECONDS = 86_400  # a day: file names carry no hash, and a new version comes at most once a day
GZIP_LEVEL = 6
LEAST_BYTES = 1_024
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
        headers = {name: value for name, value in start["headers"]}
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


def web_app(main: Callable[[ft.Page], Any], *, name: str) -> Any:
    """The ASGI application: `/health` and the Flet app at `/`."""
    app = flet_fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    async def health() -> dict[str, str]:
        return {"status": "ok"}

    app.add_api_route("/health", health)
    app.mount("/", StaticFiles(flet_fastapi.app(main, no_cdn=True, app_name=name, app_short_name=name)))
    return app


class _Server(uvicorn.Server):
    """Leaves signals to `serve`, which stops the app before the process ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: Any, *, host: str, port: int, stop: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; then run `stop` and return."""
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=CLOSE_SECONDS
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
