"""How a call reaches CouchDB: through ibmcloudant, with a timeout, bounded retries and our own errors.

What ibmcloudant does that a caller would not expect, and what is done about it here:

* its `http_config` timeout wins over the one given with a call, so that entry is removed;
* a `requests` session keeps cookies and reads ~/.netrc; either would replace our account: both are off;
* its own retries repeat a POST whose answer was lost, and would write twice: only idempotent calls repeat;
* an answer that is cut short arrives as an `ApiException` with status 200: it is `Unreachable` here.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import Authenticator
from ibmcloudant.cloudant_v1 import CloudantV1

from backend.couch.errors import CouchError, Unreachable, from_status

Json = dict[str, Any]

CONNECT_SECONDS = 5.0  # a database that is up answers a connection at once, even far away
READ_SECONDS = 60.0  # the first query after a bulk load waits for its index
RETRY_DELAYS = (0.2, 0.6, 1.8)  # a database that restarts is back within seconds
RETRIED_STATUSES = frozenset({502, 503, 504})  # a proxy speaks for a database that it could not reach


def new_service(url: str, authenticator: Authenticator) -> Any:
    """A CloudantV1 that obeys the timeouts of its caller and carries no state from one call to the next."""
    service = CloudantV1(authenticator=authenticator)
    service.set_service_url(url)
    service.set_http_config({})
    session = service.get_http_client()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return service


def retry_delays() -> Iterator[float]:
    """Seconds to wait before each further attempt, spread so that processes do not return together."""
    for delay in RETRY_DELAYS:
        yield delay * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, hides nothing


class Transport:
    """One authenticated connection to a server; safe to share between threads."""

    def __init__(self, service: Any) -> None:
        self.service = service

    def close(self) -> None:
        self.service.get_http_client().close()

    def call(
        self,
        what: str,
        operation: Callable[..., Any],
        *arguments: Any,
        idempotent: bool = False,
        wait_seconds: float = 0.0,
        **options: Any,
    ) -> Any:
        """Run one ibmcloudant operation and return its result.

        `what` names the subject for error messages. `wait_seconds` is added to the read timeout for a feed
        that the server holds back. Raise `CouchError`; after connection errors an idempotent call is tried
        again, with back-off.
        """
        options["timeout"] = (CONNECT_SECONDS, READ_SECONDS + wait_seconds)
        delays = retry_delays() if idempotent else iter(())
        while True:
            try:
                return operation(*arguments, **options).get_result()
            except requests.ConnectionError as error:
                failure: CouchError = Unreachable(what, "unreachable", type(error).__name__)
            except requests.RequestException as error:
                raise Unreachable(what, "unreachable", type(error).__name__) from error
            except ApiException as error:
                failure = _translated(what, error)
                if failure.status not in RETRIED_STATUSES:
                    raise failure from error
            delay = next(delays, None)
            if delay is None:
                raise failure
            time.sleep(delay)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Json | None = None,
        body: Any = None,
        idempotent: bool = False,
        wait_seconds: float = 0.0,
    ) -> Any:
        """A call for which ibmcloudant has no operation of its own. `path` is already encoded."""

        def send(*, timeout: tuple[float, float]) -> Any:
            prepared = self.service.prepare_request(
                method=method,
                url=path,
                headers={"Accept": "application/json", "Content-Type": "application/json"},
                params=params,
                data=None if body is None else json.dumps(body),
            )
            return self.service.send(prepared, timeout=timeout)

        return self.call(f"{method} {path}", send, idempotent=idempotent, wait_seconds=wait_seconds)


def _translated(what: str, error: ApiException) -> CouchError:
    response = error.http_response
    if 200 <= error.status_code < 300:
        return Unreachable(what, "unreachable", "the answer was cut short")
    try:
        body = response.json() if response is not None else {}
    except requests.exceptions.JSONDecodeError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    retry_after = response.headers.get("Retry-After", "") if response is not None else ""
    return from_status(
        error.status_code,
        what,
        str(body.get("error") or ""),
        str(body.get("reason") or ""),
        retry_after=float(retry_after) if retry_after.isdigit() else None,
    )
