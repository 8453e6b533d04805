"""The API as a process: waits for its database, refuses to start where tokens would not work, stops on
SIGTERM.
"""

from __future__ import annotations

import logging
import signal
import time
from types import FrameType
from typing import NoReturn

import waitress

from backend.app import create_app
from backend.bootstrap import build_services, system_now
from backend.config import SettingError, Settings
from backend.couch.errors import CouchError, Unreachable
from backend.couch.preparation import check_tokens
from backend.http.inputs import LARGEST_BODY
from backend.http.recovery import LARGEST_RECOVERY

THREADS = 8
WAIT_FOR_DATABASE_SECONDS = 60.0  # processes of a platform start in no order

log = logging.getLogger("recaudo.api")


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raise SettingError, or CouchError where the database stays away."""
    services = build_services(settings)
    try:
        _require_working_tokens(settings)
        server = waitress.create_server(
            create_app(services),
            host=settings.api_host,
            port=settings.api_port,
            threads=THREADS,
            ident="recaudo",
            # the application's own limits answer with a problem document
            max_request_body_size=LARGEST_RECOVERY + LARGEST_BODY,
            **_proxy_options(settings),
        )
        signal.signal(signal.SIGTERM, _stop)
        log.info("serving", extra={"host": settings.api_host, "port": settings.api_port})
        server.run()
        server.close()
        log.info("stopped")
    finally:
        services.couch.close()


def _require_working_tokens(settings: Settings) -> None:
    deadline = time.monotonic() + WAIT_FOR_DATABASE_SECONDS
    while True:
        try:
            verdict = check_tokens(settings, now=system_now())
        except CouchError as error:
            if not isinstance(error, Unreachable) or time.monotonic() > deadline:
                raise
            log.warning("waiting for the database", extra={"cause": str(error)})
            time.sleep(0.5)
            continue
        if not verdict.accepted:
            raise SettingError(verdict.advice)
        return


def _proxy_options(settings: Settings) -> dict[str, object]:
    """Behind a reverse proxy the client's address is what the proxy says; from anybody else that header is
    a lie.
    """
    if settings.trusted_proxy is None:
        return {}
    return {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
