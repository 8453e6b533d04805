"""The REST API as the supervisor's screens see it: sign-in, token renewal, and one method that reads.

The web app holds no data of its own and no secret but the signed-in person's tokens, which live as long as
the session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

Json = dict[str, Any]

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
RENEW_BEFORE = timedelta(seconds=60)
"""Tokens are renewed this long before they expire, so that a slow request doesn't arrive with a dead one."""


class ApiProblem(Exception):
    """The API's problem document (RFC 9457), or our own sentence where no answer came.

    `fields` has the sentence about each field that was at fault, by its name.
    """

    def __init__(
        self, code: str, detail: str, *, status: int = 0, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status
        self.fields = dict(fields or {})


class Api:
    """One signed-in person. Not shared between sessions."""

    def __init__(
        self,
        base_url: str,
        *,
        language: str,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
        browser: str = "",
        address: str = "",
    ) -> None:
        """`browser` and `address` are the person's own, for the audit and the bounds on wrong passwords; the
        API believes the address where it is told to trust this web app's.
        """
        told = {"User-Agent": f"Recaudo web; {browser}".strip("; "), "X-Forwarded-For": address}
        self._client = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/api/v1",
            timeout=TIMEOUT,
            transport=transport,
            headers={"Accept-Language": language} | {name: value for name, value in told.items() if value},
        )
        self._now = now
        self._tokens: Json | None = None
        self._renewing = asyncio.Lock()
        self.company = ""

    def speak(self, language: str) -> None:
        """Have the server's sentences in `language` from now on."""
        self._client.headers["Accept-Language"] = language

    async def close(self) -> None:
        await self._client.aclose()

    async def sign_in(self, email: str, password: str) -> Json:
        """Return `{user, companies}`; raise `ApiProblem` with the server's own words when refused."""
        return await self._take("/auth/login", {"email": email, "password": password})

    async def change_password(self, email: str, password: str, new_password: str) -> Json:
        """Take another password in the place of one that is known, and sign in with it."""
        wish = {"email": email, "password": password, "new_password": new_password}
        return await self._take("/auth/password", wish)

    async def _take(self, path: str, wish: Json) -> Json:
        body: Json = (await self._send("POST", path, json=wish)).json()
        self._tokens = body
        return body

    async def read(self, path: str, **params: Any) -> Json:
        """GET below the chosen company; parameters that are None or empty are left out."""
        answer = await self._authorised(
            "GET", path, params={k: v for k, v in params.items() if v not in (None, "")}
        )
        body: Json = answer.json()
        return body

    async def write(self, path: str, body: Json | None = None, *, method: str = "POST") -> Json:
        """POST, PUT or DELETE below the chosen company, with the answer or an empty one.

        Raise `ApiProblem` with the server's own words when refused.
        """
        answer = await self._authorised(method, path, **({} if body is None else {"json": body}))
        written: Json = answer.json() if answer.content else {}
        return written

    async def read_bytes(self, path: str, **params: Any) -> bytes:
        """GET a file (a voucher's PDF) below the chosen company; empty parameters are left out."""
        wanted = {name: value for name, value in params.items() if value not in (None, "")}
        return (await self._authorised("GET", path, params=wanted)).content

    async def send_bytes(self, path: str, content: bytes, *, method: str = "POST") -> Json:
        """POST or PUT a file below the chosen company; raise `ApiProblem` with the server's words."""
        headers = {"Content-Type": "application/octet-stream"}
        body: Json = (await self._authorised(method, path, content=content, headers=headers)).json()
        return body

    async def _authorised(self, method: str, path: str, **options: Any) -> httpx.Response:
        if self._tokens is None:
            raise ApiProblem("signed_out", "signed out", status=401)
        # the screens read several things at once: only the first renews, for a refresh token used twice
        # looks stolen to the server and ends the session
        async with self._renewing:
            if datetime.fromisoformat(self._tokens["expires_at"]) - self._now() < RENEW_BEFORE:
                await self._renew(self._tokens["refresh_token"])
        headers = {"Authorization": f"Bearer {self._tokens['access_token']}", **options.pop("headers", {})}
        return await self._send(method, f"/companies/{self.company}{path}", headers=headers, **options)

    async def _renew(self, refresh_token: str) -> None:
        answer = await self._send("POST", "/auth/refresh", json={"refresh_token": refresh_token})
        self._tokens = answer.json()

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, **options)
        except httpx.HTTPError as failure:
            raise ApiProblem("unreachable", str(failure) or type(failure).__name__) from failure
        if answer.is_success:
            return answer
        try:
            problem = answer.json()
            fields = {each["field"]: each["detail"] for each in problem.get("errors", ())}
            raise ApiProblem(problem["code"], problem["detail"], status=answer.status_code, fields=fields)
        except (ValueError, KeyError, TypeError):
            raise ApiProblem(
                "server_failure", f"HTTP {answer.status_code}", status=answer.status_code
            ) from None
