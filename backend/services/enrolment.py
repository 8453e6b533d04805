"""Devices: a phone enrols once, gets a receipt series that nobody had before, and can be shut out by one
write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backend import phones
from backend.companies import (
    DDOC,
    admit_devices,
    collector_databases,
    enrolments_of,
    ensure_collector_database,
    put_if_absent,
)
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.sessions import DDOC as SESSIONS
from receivables.documents import SCHEMA, rfc3339
from receivables.identifiers import collector_database, is_series, new_ulid

SERIES_LETTER = "R"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A phone that may write receipts of `series` for `collector`."""

    id: str
    collector: str
    email: str
    series: str
    revoked: bool

    @classmethod
    def from_json(cls, doc: Json) -> Device:
        return cls(
            id=doc["_id"].partition(":")[2],
            collector=doc["collector"],
            email=doc["email"],
            series=doc["series"],
            revoked=doc["revoked_at"] is not None,
        )


def claim_of(email: str, public_key: str, attempt: str) -> str:
    """The name of one phone's wish to be enrolled; asked again in the same words it is the same."""
    return hashlib.sha256(f"{email}\n{public_key}\n{attempt}".encode()).hexdigest()


def is_known_phone(couch: Couch, company: str, *, collector: str, email: str, public_key: str) -> bool:
    """Is it a phone that is let in now, under this key and for this account?"""
    admitted = phones.admitted(enrolments_of(couch, company, collector))
    return any((each["email"], each["public_key"]) == (email, public_key) for each in admitted)


def enrol_device(
    couch: Couch,
    *,
    claim: str,
    company: str,
    collector: str,
    email: str,
    name: str,
    public_key: str,
    now: datetime,
    random_bytes: Callable[[int], bytes],
) -> Device:
    """Enrol a phone for a collector: its series, its document, and its way into the collector's database.

    The same claim gives the same device. Interrupted anywhere it leaves at most a series that nobody uses;
    the next attempt takes another.
    """
    ensure_collector_database(couch, company, collector)
    device = _device_of(couch, company, claim, new_ulid(now, random_bytes(10)), now)
    if known := find_device(couch, company, device):
        admit_devices(couch, company, collector)
        return known
    series = _reserve_series(couch, company, collector=collector, device=device, now=now)
    document = {
        "_id": f"device:{device}",
        "schema": SCHEMA,
        "collector": collector,
        "email": email,
        "name": name,
        "series": series,
        "public_key": public_key,
        "signs": True,
        "enrolled_at": rfc3339(now),
        "revoked_at": None,
    }
    if not put_if_absent(couch, company, document):  # the same claim, at this very moment
        document = couch.get(company, f"device:{device}") or document
    admit_devices(couch, company, collector)
    return Device.from_json(document)


def _device_of(couch: Couch, company: str, claim: str, device: str, now: datetime) -> str:
    """The device that a claim came to, `device` where it is new."""
    wish = {"_id": f"enrolment:{claim}", "schema": SCHEMA, "device": device, "claimed_at": rfc3339(now)}
    if put_if_absent(couch, company, wish):
        return device
    return str((couch.get(company, str(wish["_id"])) or wish)["device"])


def find_device(couch: Couch, company: str, device: str) -> Device | None:
    """An enrolled or revoked device, or None."""
    doc = couch.get(company, f"device:{device}")
    return Device.from_json(doc) if doc else None


def devices_of_phone(couch: Couch, company: str, device: Device) -> list[Device]:
    """All that the phone speaks for: what it was at earlier sign-ins, then the device itself.

    Nothing where the device is shut out.
    """
    known = enrolments_of(couch, company, device.collector)
    return [Device.from_json(document) for document in phones.lineage(known, device.id)]


def list_devices(couch: Couch, company: str) -> list[Json]:
    """The `device` documents of a company, by collector and time of enrolment."""
    rows = couch.view(company, DDOC, "devices_by_collector", include_docs=True)
    return [row["doc"] for row in rows]


def last_contacts(couch: Couch, company: str) -> dict[str, Json]:
    """When each device last got a token, and the version of its app then: `{at, app}`.

    A phone renews its own every quarter of an hour with a network.
    """
    rows = couch.view(company, SESSIONS, "last_by_device", group=True)
    return {row["key"]: row["value"] for row in rows}


def revoke_device(couch: Couch, *, company: str, device: str, now: datetime) -> Device | None:
    """Shut a device out: its next request to the database is refused. None where there is no such device.

    What the phone was at earlier sign-ins is shut out with it. What it wrote stays; its series is never used
    again.
    """
    while True:
        doc = couch.get(company, f"device:{device}")
        if doc is None:
            return None
        if doc["revoked_at"] is None:
            doc["revoked_at"] = rfc3339(now)
            try:
                couch.put(company, doc)
            except Conflict:
                continue
        admit_devices(couch, company, doc["collector"])
        return Device.from_json(doc)


def database_of(company: str, device: Device) -> str:
    """The database that the device replicates with."""
    return collector_database(company, device.collector)


def _reserve_series(couch: Couch, company: str, *, collector: str, device: str, now: datetime) -> str:
    number = _highest_series(couch, company)
    while True:
        number += 1
        series = f"{SERIES_LETTER}{number:04d}"
        if not is_series(series):
            raise ValueError(f"{series} is beyond the last receipt series")
        reservation = {
            "_id": f"series:{series}",
            "schema": SCHEMA,
            "device": device,
            "collector": collector,
            "issued_at": rfc3339(now),
        }
        try:
            couch.put(company, reservation)
        except Conflict:
            continue  # another enrolment took this number
        return series


def _highest_series(couch: Couch, company: str) -> int:
    """The highest number that a series ever had, as far as anything here tells.

    A central database that was restored has forgotten the latest series; their receipts tell of them.
    """
    last = couch.view(company, DDOC, "series_by_number", descending=True, limit=1)
    highest = int(last[0]["key"]) if last else 0
    for database in (company, *collector_databases(couch, company)):
        highest = max(highest, _highest_used(couch, database))
    return highest


def _highest_used(couch: Couch, database: str) -> int:
    """The highest of our series in the receipts of a database, 0 where there is none.

    Ids sort as text, so beyond R9999 it may be lower than what was used.
    """
    first, last = f"receipt:{SERIES_LETTER}0000:", f"receipt:{SERIES_LETTER}9999:\ufff0"
    rows = couch.all_docs(database, start_key=last, end_key=first, descending=True, limit=1)
    number = rows[0]["id"].split(":")[1].removeprefix(SERIES_LETTER) if rows else ""
    return int(number) if number.isdecimal() else 0
