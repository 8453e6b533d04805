"""Who uses this phone: the enrolment, in one private file, so a restart needs neither network nor password.

The file holds tokens, so only its owner may read it; it is replaced whole, never half-written. Tokens are on
disk before they are used: the refresh token rotates, and one that was used but not kept would lock the phone
out. Where the answer to a renewal is lost, the same attempt is made again and gives the same tokens.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from flet_app.collector.api import Api, Json

FILE = "enrolment.json"
KEY_FILE = "device.key"
COLLECTOR_ROLE = "collector"
RENEW_BEFORE = 60.0  # seconds: a token that dies on the way costs a request and a renewal


class NotACollector(Exception):
    """The account is right, but collects for no company."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What the office gave this device, and for whom."""

    email: str
    name: str
    company: str
    company_name: str
    locale: str
    timezone: str
    currency: str
    collector: str
    device: str
    devices: tuple[str, ...]
    """Every device that this phone has been for this collector, as it knows and as the office says by its
    key; facts of any of them are its own, also those that the office would not take any more.
    """
    series: str
    database: str
    couchdb_url: str
    access_token: str
    expires_at: str
    refresh_token: str


class EnrolmentFile:
    """`enrolment.json` in the app's folder, mode 0600."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def read(self) -> Enrolment | None:
        """The enrolment, or None where nobody has signed in here."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        fields: dict[str, Any] = json.loads(text)
        fields["devices"] = tuple(fields.get("devices") or (fields["device"],))
        known = {field.name for field in dataclasses.fields(Enrolment)}
        return Enrolment(**{name: value for name, value in fields.items() if name in known})

    def write(self, enrolment: Enrolment) -> None:
        write_private(self.path, json.dumps(dataclasses.asdict(enrolment), ensure_ascii=False).encode())

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` whole, readable by its owner only, and on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)  # the new name is on disk only when its folder is
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def device_public_key(folder: Path) -> str:
    """The device's Ed25519 public key, base64; the private one is made once and stays in the app's folder."""
    key = Ed25519PrivateKey.from_private_bytes(_device_key(folder))
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def refresh_attempt(folder: Path, refresh_token: str) -> str:
    """What this device says with `refresh_token` however often; whoever stole the token can't say it."""
    return hmac.new(_device_key(folder), refresh_token.encode(), hashlib.sha256).hexdigest()


def _device_key(folder: Path) -> bytes:
    path = folder / KEY_FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        key = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        write_private(path, key)
        return key


def companies_collected_for(login: Json) -> list[Json]:
    """The companies of a sign-in where the person collects; raise NotACollector without any."""
    found = [
        company
        for company in login.get("companies") or ()
        if COLLECTOR_ROLE in (company.get("roles") or ()) and company.get("collector")
    ]
    if not found:
        raise NotACollector
    return found


def enrol(
    api: Api, login: Json, company: Json, *, device_name: str, folder: Path, before: Enrolment | None
) -> Enrolment:
    """Make this phone a device of `company`'s collector; raise what `Api.enrol` raises."""
    answer = api.enrol(
        company["code"], login["access_token"], name=device_name, public_key=device_public_key(folder)
    )
    same_person = before and (before.company, before.collector) == (company["code"], answer["collector"])
    known = before.devices if before and same_person else ()
    return Enrolment(
        email=login["user"]["email"],
        name=login["user"]["name"],
        company=company["code"],
        company_name=company["name"],
        locale=company["locale"],
        timezone=company["timezone"],
        currency=company["currency"],
        collector=answer["collector"],
        device=answer["device"],
        devices=tuple(dict.fromkeys((*known, *(answer.get("devices") or ()), answer["device"]))),
        series=answer["series"],
        database=answer["database"],
        couchdb_url=answer["couchdb_url"].rstrip("/"),
        access_token=answer["access_token"],
        expires_at=answer["expires_at"],
        refresh_token=answer["refresh_token"],
    )


class TokenKeeper:
    """Gives the bearer token, renewing one that is about to end or was refused. Safe between threads.

    A phone's clock may be wrong by hours, so a token's life is counted from its arrival by `monotonic`
    (seconds). Of a token from before this process nobody knows when it arrived: it is good until refused.
    """

    def __init__(
        self, enrolment: Enrolment, file: EnrolmentFile, *, api: Api, monotonic: Callable[[], float]
    ) -> None:
        self.enrolment = enrolment
        self._file, self._api, self._monotonic = file, api, monotonic
        self._renew_at: float | None = None
        self._lock = threading.Lock()

    def token(self, force: bool = False) -> str:
        """A token that should be accepted; raise SignInAgain or NoNetwork."""
        with self._lock:
            if force or (self._renew_at is not None and self._monotonic() >= self._renew_at):
                spent = self.enrolment.refresh_token
                answer = self._api.refresh(spent, attempt=refresh_attempt(self._file.path.parent, spent))
                renewed = dataclasses.replace(
                    self.enrolment,
                    access_token=answer["access_token"],
                    expires_at=answer["expires_at"],
                    refresh_token=answer["refresh_token"],
                )
                self._file.write(renewed)
                self.enrolment = renewed
                self._renew_at = self._end_of(answer.get("expires_in"))
            return self.enrolment.access_token

    def _end_of(self, lifetime: float | None) -> float | None:
        """When to renew a token that has just arrived and lives `lifetime` seconds."""
        if lifetime is None:
            return None
        return self._monotonic() + max(lifetime - RENEW_BEFORE, lifetime / 2)
