"""The few requests that a phone makes of the backend: sign in, enrol, renew. Everything else is replication.

ApiError
├── NoNetwork          no answer, one cut short, or not the office's: nothing was decided, try again
├── WrongCredentials   the e-mail or the password is not right
├── SignInAgain        the refresh token is used or expired: a person must sign in
├── Revoked            the office has shut this device out
├── CodeNeeded         the phone is new to the company: a person must enter a code of the office
├── PasswordForOneUse  the password is the office's: a person must choose another first
└── Refused            the server said no and why (RFC 9457)
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from flet_app.version import VERSION
from receivables.documents import parse_instant

Json = dict[str, Any]

AGENT = f"Recaudo/{VERSION} ({platform.system()} {platform.release()}; Python {platform.python_version()})"
"""What the office's audit keeps of a phone's sign-ins, enrolments and renewals."""

TIMEOUT = httpx.Timeout(15.0, connect=6.0)  # a phone on EDGE still answers; a dead one is told within seconds


class ApiError(Exception):
    """Base of the tree above."""


class NoNetwork(ApiError):
    pass


class WrongCredentials(ApiError):
    pass


class SignInAgain(ApiError):
    pass


class Revoked(ApiError):
    pass


class CodeNeeded(ApiError):
    pass


class PasswordForOneUse(ApiError):
    pass


class Refused(ApiError):
    """`detail` is the server's sentence in the language that was asked for, `fields` one for each field."""

    def __init__(self, status: int, code: str, detail: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail
        self.fields = dict(fields or {})


class Api:
    """The backend at `url`, answering in `language`."""

    def __init__(
        self, url: str, *, language: str = "es", transport: httpx.BaseTransport | None = None
    ) -> None:
        self._client = httpx.Client(
            base_url=f"{url}/api/v1/",
            timeout=TIMEOUT,
            transport=transport,
            headers={"Accept-Language": language, "User-Agent": AGENT},
        )

    def close(self) -> None:
        self._client.close()

    def login(self, email: str, password: str) -> Json:
        """The answer of `POST /auth/login`.

        Raise WrongCredentials, PasswordForOneUse, Refused or NoNetwork.
        """
        return self._prove("auth/login", {"email": email, "password": password})

    def change_password(self, email: str, password: str, new: str) -> None:
        """Have `new` count in the place of `password`; raise what `login` raises.

        Where the answer was lost, the office may have taken it already: then the old one is wrong, and `new`
        signs in.
        """
        try:
            self._prove("auth/password", {"email": email, "password": password, "new_password": new})
        except WrongCredentials:
            self.login(email, new)

    def _prove(self, path: str, body: Json) -> Json:
        try:
            return self._post(path, body)
        except Refused as problem:
            if problem.status == 401:
                raise WrongCredentials from problem
            if problem.code == "password_change_needed":
                raise PasswordForOneUse from problem
            raise

    def enrol(
        self, company: str, token: str, *, name: str, public_key: str, proof: str, attempt: str, code: str
    ) -> Json:
        """The answer of `POST /companies/{company}/devices`: series, database and the phone's own tokens.

        `proof` shows that the key is this phone's, `attempt` makes a lost answer repeatable. Raise CodeNeeded
        where the office does not know the phone and was given no code.
        """
        wish = {"name": name, "public_key": public_key, "proof": proof, "attempt": attempt}
        try:
            return self._post(
                f"companies/{company}/devices", wish | ({"code": code} if code else {}), token=token
            )
        except Refused as problem:
            if problem.code == "code_needed":
                raise CodeNeeded from problem
            raise

    def refresh(self, refresh_token: str, *, attempt: str) -> Json:
        """New tokens; the old refresh token is spent. Raise SignInAgain when another attempt spent it.

        Whoever asks again with the same `attempt`, because the answer was lost, gets the same tokens.
        `expires_in` are the seconds that the access token has by the server's own clock, None where it
        doesn't tell the time.
        """
        try:
            return self._post("auth/refresh", {"refresh_token": refresh_token, "attempt": attempt})
        except Refused as problem:
            if problem.code == "device_revoked":
                raise Revoked from problem
            if problem.status in {400, 401, 403}:
                raise SignInAgain from problem
            raise

    def letter(self, company: str, box: bytes) -> Json:
        """The answer to a sealed letter, not believed yet; raise Refused or NoNetwork."""
        headers = {"Content-Type": "application/octet-stream"}
        return self._answered(f"phones/{company}/letters", content=box, headers=headers)

    def _post(self, path: str, body: Json, *, token: str | None = None) -> Json:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._answered(path, json=body, headers=headers)

    def _answered(self, path: str, **options: Any) -> Json:
        try:
            response = self._client.post(path, **options)
        except httpx.HTTPError as error:
            raise NoNetwork(str(error)) from error
        answer = _json_of(response)
        if response.is_success and answer:
            return answer | {"expires_in": _lifetime(answer, response)}
        if response.is_success or response.status_code >= 500:  # a page of whoever stands in between, or none
            raise NoNetwork(f"{response.status_code} from {path}")
        raise Refused(
            response.status_code,
            str(answer.get("code") or "refused"),
            str(answer.get("detail") or answer.get("title") or response.reason_phrase),
            {str(each.get("field")): str(each.get("detail")) for each in answer.get("errors") or ()},
        )


def _json_of(response: httpx.Response) -> Json:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _lifetime(answer: Json, response: httpx.Response) -> float | None:
    """Seconds from the answer's `Date` (RFC 9110 §6.6.1) to its `expires_at`."""
    try:
        sent = parsedate_to_datetime(response.headers["Date"])
        return (parse_instant(answer["expires_at"]) - sent).total_seconds()
    except (KeyError, TypeError, ValueError):
        return None
