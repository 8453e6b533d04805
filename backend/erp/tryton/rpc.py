"""One user's session with a Tryton server, and what its answers mean.

A *refusal* is Tryton's no, in words for people; it is rolled back with everything that the call did. A
*collision* says that a record was changed since we read it (Tryton's optimistic locking). Everything else
that is not a result says nothing about what was asked, so it is asked again later.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from backend.erp.port import ErpMisconfigured, ErpUnavailable
from backend.erp.tryton import wire

# A posting waits for Tryton's locks; a page of invoices is counted by Tryton record by record.
TIMEOUT = httpx.Timeout(90, connect=10)

Values = Mapping[str, Any]


class Refused(Exception):
    """Tryton will not do it; the text is its own."""


class Warned(Refused):
    """Tryton asks a person to confirm; `name` is what the person would say yes to. We are not a person."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


class BrokeDown(Exception):
    """Tryton failed on this very call, and undid it: by a fault of its own, or of a record."""


class Collided(Exception):
    """A record named in `unchanged` was changed meanwhile; nothing was done."""


class Tryton:
    """Calls to one database. Signs in when it first has to, and again when the session is over."""

    def __init__(self, url: str, database: str, user: str, password: str, *, context: Values) -> None:
        self._http = httpx.Client(base_url=f"{url.rstrip('/')}/{database}/", timeout=TIMEOUT)
        self._user = user
        self._password = password
        self._context = dict(context)
        self._session: str | None = None
        self._calls = 0

    def search_read(
        self,
        model: str,
        domain: Sequence[Any],
        names: Sequence[str],
        *,
        limit: int | None = None,
        order: Sequence[tuple[str, str]] | None = None,
        context: Values | None = None,
    ) -> list[dict[str, Any]]:
        """The records that match, from one transaction of Tryton's: one state of its books."""
        found: list[dict[str, Any]] = self.call(
            f"model.{model}", "search_read", domain, 0, limit, order, list(names), context=context
        )
        return found

    def call(
        self,
        name: str,
        method: str,
        *arguments: Any,
        unchanged: Values | None = None,
        context: Values | None = None,
    ) -> Any:
        """Run one method of `model.…` or `wizard.…` in one transaction of Tryton's.

        `unchanged` maps `model,id` to the `_timestamp` at which it was read: if the call writes such a record
        and it has another one by now, the call does nothing and raises `Collided`.
        """
        about = {**self._context, **(context or {})} | ({"_timestamp": dict(unchanged)} if unchanged else {})
        for _ in range(2):
            session = self._session or self._sign_in()
            answer = self._send(f"{name}.{method}", [*arguments, about], f"Session {session}")
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                return _result(answer)
            self._session = None
        raise ErpUnavailable("Tryton ended the session twice in a row")

    def extend(self, context: Values) -> None:
        """Say this with every call from now on: the company, for one."""
        self._context |= context

    def close(self) -> None:
        self._http.close()

    def _sign_in(self) -> str:
        parameters = [self._user, {"password": self._password}, self._context.get("language")]
        answer = self._send("common.db.login", parameters, None)
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise ErpMisconfigured(f"Tryton does not let {self._user} in: user or password are wrong")
        user_id, token, *_ = _result(answer)
        plain = f"{self._user}:{user_id}:{token}"
        self._session = base64.b64encode(plain.encode()).decode()
        return self._session

    def _send(self, method: str, parameters: Sequence[Any], authorization: str | None) -> httpx.Response:
        self._calls += 1
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": authorization} if authorization else {}
        )
        body = wire.dumps({"id": self._calls, "method": method, "params": parameters})
        try:
            return self._http.post("rpc/", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise ErpUnavailable(f"Tryton does not answer: {error!r}") from error


def _result(answer: httpx.Response) -> Any:
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise ErpUnavailable("Tryton has no such database now")
    if answer.status_code != httpx.codes.OK:
        raise ErpUnavailable(f"Tryton answers {answer.status_code} {answer.reason_phrase}")
    try:
        body = wire.loads(answer.content)
        error = body.get("error")
    except (ValueError, AttributeError) as problem:
        raise ErpUnavailable(f"Tryton's answer cannot be read: {problem}") from problem
    if error is None:
        return body.get("result")
    match error:
        case ["UserError", [message, description, *_]]:
            raise Refused(_sentence(message, description))
        case ["UserWarning", [name, message, description]]:
            raise Warned(name, _sentence(message, description))
        case ["ConcurrencyException", *_]:
            raise Collided
        case [message, *_]:
            raise BrokeDown(f"Tryton failed: {message}")
    raise BrokeDown(f"Tryton failed: {error}")


def _sentence(message: str, description: str) -> str:
    return " ".join(part.strip() for part in (message, description) if part and part.strip())
