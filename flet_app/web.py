"""Serves a Flet app to browsers: its own process, a health check, compressed and cacheable files.

Nothing is loaded from other hosts (`no_cdn`), so that the app also opens where there is no internet.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

import flet as ft
import uvicorn
from flet_web import fastapi as flet_web
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CACHED = (".wasm", ".js", ".otf", ".ttf", ".woff2", ".png", ".json", ".bin", ".frag")
CACHE_SECONDS = 3600
"""The files change only with the installed Flet; an hour spares reloads and pins no old version for long."""

GZIP_LEVEL = 5
"""Five is nearly as small as nine on Flutter's files, at a third of the time."""


def application(main: Callable[[ft.Page], object]) -> flet_web.FastAPI:
    """The ASGI application of `main`; `GET /health` answers once it accepts sessions."""
    app = flet_web.FastAPI()

    @app.get("/health")
    async def health() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.middleware("http")
    async def cache(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await proceed(request)
        if request.url.path.endswith(CACHED) and answer.status_code == 200:
            answer.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
        return answer

    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=GZIP_LEVEL)
    app.mount("/", flet_web.app(main, no_cdn=True))
    return app


def serve(main: Callable[[ft.Page], object], *, default_port: int) -> None:
    """Serve until SIGTERM or Ctrl-C. Sessions live in this process: run one of it."""
    host = os.environ.get("RECAUDO_WEB_HOST", "127.0.0.1")
    port = int(os.environ.get("RECAUDO_WEB_PORT", default_port))
    uvicorn.run(
        application(main),
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
    )
