"""Refresh tokens: each is used once and gives the next; using one twice ends them all, as one of the two
was stolen.

A token reads `<company>.<secret>` and lives, as its hash only, in that company's database. Tokens that
descend from one sign-in are a family. A phone on a bad link may never see the answer to its renewal: it
sends the same `attempt` with the same token again and gets the same successor, which whoever stole the
token can't, not knowing the attempt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict, NotFound
from receivables.documents import SCHEMA, parse_instant, rfc3339
from receivables.identifiers import is_code

LIFETIME = timedelta(days=60)  # a phone that was off for two months signs in again
SECRET_BYTES = 32


class RefreshRefused(Exception):
    """The token is unknown or past its time."""


class RefreshReused(RefreshRefused):
    """The token was used before: its family is revoked. It was given to these."""

    def __init__(self, company: str, email: str, device: str | None) -> None:
        super().__init__("used before")
        self.company, self.email, self.device = company, email, device


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshGrant:
    """Whom a valid token speaks for, and the token that comes after it."""

    company: str
    email: str
    device: str | None
    family: str
    successor: str


class RefreshTokens:
    """`key` derives the successors that a repeated attempt finds again."""

    def __init__(self, couch: Couch, key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._couch = couch
        self._key = hashlib.sha256(b"recaudo refresh successors" + key).digest()
        self._random_bytes = random_bytes

    def issue(
        self,
        *,
        company: str,
        email: str,
        device: str | None,
        family: str,
        now: datetime,
        app: str | None = None,
    ) -> str:
        """Store the first token of a family and return it; `app` is the version of a phone's app."""
        token = _token(company, self._random_bytes(SECRET_BYTES))
        self._couch.put(
            company, _document(token, email=email, device=device, family=family, app=app, now=now)
        )
        return token

    def rotate(
        self, token: str, *, attempt: str | None, now: datetime, app: str | None = None
    ) -> RefreshGrant:
        """Use a token; raise RefreshReused where it was used, RefreshRefused where it can't be."""
        company, doc = self._find(token)
        if doc["used_at"] is not None and not self._is_repeat(doc, attempt):
            self.revoke_family(company, doc["family"], now)
            raise RefreshReused(company, doc["email"], doc["device"])
        if parse_instant(doc["expires_at"]) <= now:
            raise RefreshRefused("past its time")
        successor = _token(company, self._successor_secret(token, attempt))
        person = {"email": doc["email"], "device": doc["device"], "family": doc["family"]}
        # the successor is stored before its parent counts as used, so that a revocation finds it in the
        # family
        with suppress(Conflict):  # the answer that was lost had already stored it
            self._couch.put(company, _document(successor, **person, app=app, now=now))
        if doc["used_at"] is None:
            used = doc | {"used_at": rfc3339(now), "attempt": _hash(attempt) if attempt else None}
            try:
                self._couch.put(company, used)
            except Conflict:
                return self.rotate(
                    token, attempt=attempt, app=app, now=now
                )  # another request used it at this very moment
        return RefreshGrant(company=company, successor=successor, **person)

    def revoke_family(self, company: str, family: str, now: datetime) -> None:
        """Mark every token of a family as used, so that none of them works again."""
        while unused := self._unused(company, family):
            self._couch.bulk(company, [doc | {"used_at": rfc3339(now), "attempt": None} for doc in unused])

    def _unused(self, company: str, family: str) -> list[Json]:
        rows = self._couch.view(company, DDOC, "refresh_by_family", key=family)
        stored = self._couch.get_many(company, [row["id"] for row in rows])
        return [doc for doc in stored.values() if doc["used_at"] is None]

    def _find(self, token: str) -> tuple[str, Json]:
        company, dot, _ = token.partition(".")
        if not dot or not is_code(company):
            raise RefreshRefused("not a refresh token")
        try:
            doc = self._couch.get(company, _document_id(token))
        except NotFound:
            doc = None
        if doc is None:
            raise RefreshRefused("unknown")
        return company, doc

    def _is_repeat(self, doc: Json, attempt: str | None) -> bool:
        return bool(attempt) and hmac.compare_digest(doc.get("attempt") or "", _hash(attempt or ""))

    def _successor_secret(self, token: str, attempt: str | None) -> bytes:
        if not attempt:
            return self._random_bytes(SECRET_BYTES)
        return hmac.digest(self._key, f"{token}\n{attempt}".encode(), "sha256")


def _token(company: str, secret: bytes) -> str:
    return f"{company}.{base64.urlsafe_b64encode(secret).rstrip(b'=').decode()}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _document_id(token: str) -> str:
    return f"refresh:{_hash(token)}"


def _document(
    token: str, *, email: str, device: str | None, family: str, app: str | None, now: datetime
) -> Json:
    return {
        "_id": _document_id(token),
        "schema": SCHEMA,
        "email": email,
        "device": device,
        "family": family,
        "app": app,
        "issued_at": rfc3339(now),
        "expires_at": rfc3339(now + LIFETIME),
        "used_at": None,
    }
