"""Who uses this phone: one enrolment for each company, in one private file, so that a restart needs neither
network nor password.

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
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from flet_app.collector.api import Api, Json
from receivables.signatures import enrolment_message

FILE = "enrolment.json"
KEY_FILE = "device-{company}.key"
KEY_FILE_BEFORE = "device.key"
"""While a phone knew one company only."""

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
    recovery_key: str = ""
    """The company's public key: what can't be sent is sealed with it for the office."""
    revoked: bool = False
    """The office has shut this device out: it records nothing more, and keeps what was not sent."""


class EnrolmentFile:
    """`enrolment.json` in the app's folder, mode 0600: the enrolments by company, and which one is in use.

    The folder belongs to this process, so what was read once is what stands there; only what changes it waits
    for the disk.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._lock = threading.Lock()
        self._known: tuple[str, dict[str, Enrolment]] | None = None

    def read(self) -> Enrolment | None:
        """The enrolment in use, or None where nobody has signed in here."""
        active, enrolments = self._load()
        return enrolments.get(active)

    def all(self) -> dict[str, Enrolment]:
        """Every enrolment of this phone, by company."""
        return self._load()[1]

    def write(self, enrolment: Enrolment) -> None:
        """Keep an enrolment; the first one is in use."""
        with self._lock:
            active, enrolments = self._load()
            self._store(active or enrolment.company, {**enrolments, enrolment.company: enrolment})

    def activate(self, company: str) -> None:
        """Use the company's enrolment from now on; raise KeyError where there is none."""
        with self._lock:
            _, enrolments = self._load()
            self._store(enrolments[company].company, enrolments)

    def change(self, company: str, **fields: Any) -> None:
        """Change some `fields` of a company's enrolment; nothing where it is gone.

        Tokens and lock change in different threads: neither may bring back what the other had before.
        """
        with self._lock:
            active, enrolments = self._load()
            if company in enrolments:
                changed = dataclasses.replace(enrolments[company], **fields)
                self._store(active, {**enrolments, company: changed})

    def drop(self, company: str) -> None:
        """Forget one company's enrolment; where it was in use another one is, if there is any."""
        with self._lock:
            active, enrolments = self._load()
            left = {each: enrolment for each, enrolment in enrolments.items() if each != company}
            if left:
                self._store(active if active in left else min(left), left)
            else:
                self.path.unlink(missing_ok=True)
                self._known = "", {}

    def remove(self) -> None:
        with self._lock:
            self.path.unlink(missing_ok=True)
            self._known = "", {}

    def _load(self) -> tuple[str, dict[str, Enrolment]]:
        self._known = self._known or self._read_file()
        return self._known

    def _read_file(self) -> tuple[str, dict[str, Enrolment]]:
        try:
            content: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return "", {}
        if "enrolments" not in content:  # as it was while a phone knew one company only
            content = {"active": content["company"], "enrolments": {content["company"]: content}}
        found = {company: _read_enrolment(fields) for company, fields in content["enrolments"].items()}
        return content["active"], found

    def _store(self, active: str, enrolments: Mapping[str, Enrolment]) -> None:
        fields = {company: dataclasses.asdict(each) for company, each in enrolments.items()}
        text = json.dumps({"active": active, "enrolments": fields}, ensure_ascii=False)
        write_private(self.path, text.encode())
        self._known = active, dict(enrolments)


def _read_enrolment(fields: dict[str, Any]) -> Enrolment:
    fields["devices"] = tuple(fields.get("devices") or (fields["device"],))
    known = {field.name for field in dataclasses.fields(Enrolment)}
    return Enrolment(**{name: value for name, value in fields.items() if name in known})


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


class DeviceKey:
    """The Ed25519 key of this phone in one company, made once and never out of the app's folder.

    Each company has its own: a key in common would tell one of them about the other.
    """

    def __init__(self, folder: Path, company: str) -> None:
        self._path = folder / KEY_FILE.format(company=company)
        before = folder / KEY_FILE_BEFORE
        if before.exists() and not self._path.exists():
            before.rename(self._path)

    @property
    def public(self) -> str:
        """Base64 of its 32 bytes."""
        public = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(public).decode()

    def sign(self, message: bytes) -> str:
        """Base64 of the signature (RFC 8032)."""
        return base64.b64encode(self._private().sign(message)).decode()

    def attempt(self, text: str) -> str:
        """What this phone says about `text` however often; whoever stole the text can't say it."""
        return hmac.new(self._bytes(), text.encode(), hashlib.sha256).hexdigest()

    def shared_with(self, office: str) -> bytes:
        """32 bytes that only this phone and the holder of the X25519 key `office` (base64) know.

        An Ed25519 key is one of X25519 as well (RFC 8032 §5.1.5, RFC 7748 §4.1).
        """
        scalar = hashlib.sha512(self._bytes()).digest()[:32]
        theirs = X25519PublicKey.from_public_bytes(base64.b64decode(office, validate=True))
        return X25519PrivateKey.from_private_bytes(scalar).exchange(theirs)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._bytes())

    def _bytes(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            key = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            write_private(self._path, key)
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
    api: Api,
    login: Json,
    company: Json,
    *,
    device_name: str,
    folder: Path,
    before: Enrolment | None,
    code: str = "",
) -> Enrolment:
    """Make this phone a device of `company`'s collector; raise what `Api.enrol` raises.

    Where the answer is lost and the same is asked again, the office gives the same device.
    """
    key, token = DeviceKey(folder, company["code"]), login["access_token"]
    wish = f"{code} after {before.device if before else 'nothing'}"
    answer = api.enrol(
        company["code"],
        token,
        name=device_name,
        public_key=key.public,
        proof=key.sign(enrolment_message(company["code"], token)),
        attempt=key.attempt(wish),
        code=code,
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
        recovery_key=str(answer.get("recovery_key") or ""),
    )


class TokenKeeper:
    """Gives the bearer token, renewing one that is about to end or was refused. Safe between threads.

    A phone's clock may be wrong by hours, so a token's life is counted from its arrival by `uptime` (seconds,
    sleep included). Of a token from before this process nobody knows when it arrived: it is good until it is
    refused.
    """

    def __init__(
        self, enrolment: Enrolment, file: EnrolmentFile, *, api: Api, uptime: Callable[[], float]
    ) -> None:
        self.enrolment = enrolment
        self._file, self._api, self._uptime = file, api, uptime
        self._renew_at: float | None = None
        self._lock = threading.Lock()

    def token(self, force: bool = False) -> str:
        """A token that should be accepted; raise SignInAgain or NoNetwork."""
        with self._lock:
            if force or (self._renew_at is not None and self._uptime() >= self._renew_at):
                spent = self.enrolment.refresh_token
                key = DeviceKey(self._file.path.parent, self.enrolment.company)
                answer = self._api.refresh(spent, attempt=key.attempt(spent))
                tokens = {name: answer[name] for name in ("access_token", "expires_at", "refresh_token")}
                self._file.change(self.enrolment.company, **tokens)
                self.enrolment = dataclasses.replace(self.enrolment, **tokens)
                self._renew_at = self._end_of(answer.get("expires_in"))
            return self.enrolment.access_token

    def _end_of(self, lifetime: float | None) -> float | None:
        """When to renew a token that has just arrived and lives `lifetime` seconds."""
        if lifetime is None:
            return None
        return self._uptime() + max(lifetime - RENEW_BEFORE, lifetime / 2)
