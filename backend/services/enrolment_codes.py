"""One-time codes that let a new phone in: for one account in one company, once, for half an hour.

A code is stored only as its keyed hash, so that nobody who reads the database can try all of them. It is
spent by a claim, which names the phone that spends it: that phone may ask again where the answer was lost,
and nobody else may.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.accounts import find_account
from receivables.documents import SCHEMA, parse_instant, rfc3339
from receivables.office_link import OfficeLink

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that can be taken for another when it is read aloud or from a screen."""

LENGTH = 8  # 30^8 codes: guessed by nobody within its life, as attempts are limited
LIFETIME = timedelta(minutes=30)
LONGEST_LIFE = timedelta(days=7)


class NoSuchCollector(Exception):
    """No account collects for the company under this code."""


class CodeRefused(Exception):
    """Unknown, spent, past its time, or another account's: the phone is told the same of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """`code` is shown once, in groups of four, and can't be read again."""

    code: str
    collector: str
    email: str
    expires_at: datetime


class EnrolmentCodes:
    """`key` makes the hashes; it is the server's, not in the database."""

    def __init__(self, couch: Couch, key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._couch = couch
        self._key = hashlib.sha256(b"recaudo enrolment codes" + key).digest()
        self._random_bytes = random_bytes

    def issue(
        self, company: str, *, collector: str, by: str, now: datetime, lifetime: timedelta = LIFETIME
    ) -> IssuedCode:
        """A new code for the account that collects as `collector`; raise NoSuchCollector."""
        email = str((self._couch.get(company, f"collector:{collector}") or {}).get("email", ""))
        account = find_account(self._couch, email) if email else None
        if account is None or account.collects_for(company) != collector:
            raise NoSuchCollector(collector)
        drawn = letters(self._random_bytes, LENGTH)
        expires_at = now + min(lifetime, LONGEST_LIFE)
        document = {
            "_id": self._document_id(company, drawn),
            "schema": SCHEMA,
            "collector": collector,
            "email": account.email,
            "by": by,
            "issued_at": rfc3339(now),
            "expires_at": rfc3339(expires_at),
            "used_at": None,
            "claim": None,
        }
        self._couch.put(company, document)
        return IssuedCode(
            code=f"{drawn[:4]}-{drawn[4:]}",
            collector=collector,
            email=account.email,
            expires_at=expires_at.replace(microsecond=0),
        )

    def spend(self, company: str, code: str, *, email: str, claim: str, now: datetime) -> None:
        """Spend a code of this account for a claim; the same claim may do so again. Raise CodeRefused."""
        while True:
            document = self._couch.get(company, self._document_id(company, _plain(code)))
            if document is None or document["email"] != email:
                raise CodeRefused
            if document["claim"] is not None:
                if hmac.compare_digest(document["claim"], claim):
                    return
                raise CodeRefused
            if parse_instant(document["expires_at"]) <= now:
                raise CodeRefused
            try:
                self._couch.put(company, document | {"claim": claim, "used_at": rfc3339(now)})
            except Conflict:
                continue  # somebody spends it at this very moment
            return

    def _document_id(self, company: str, code: str) -> str:
        digest = hmac.new(self._key, f"{company}\n{code}".encode(), hashlib.sha256).hexdigest()
        return f"enrolment_code:{digest}"


def letters(random_bytes: Callable[[int], bytes], count: int) -> str:
    """So many letters of ALPHABET, at most 24 of them, each as likely as any other."""
    number = int.from_bytes(random_bytes(16 + count // 2), "big")
    drawn = ""
    for _ in range(count):
        number, place = divmod(number, len(ALPHABET))
        drawn += ALPHABET[place]
    return drawn


def describe(issued: IssuedCode, *, api_url: str) -> Json:
    """As the office is told; the link also tells a new phone where the API is."""
    return {
        "code": issued.code,
        "collector": issued.collector,
        "email": issued.email,
        "expires_at": rfc3339(issued.expires_at),
        "link": str(OfficeLink(api_url, issued.code)),
    }


def _plain(code: str) -> str:
    """As it was issued: without blanks and hyphens, in capitals."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
