"""Who did what, when, from where: documents `audit:<ulid>` that are only ever appended.

What the office does is written before it is done, so nothing happens unrecorded; where it then fails, a
second entry with the reason names the first. A sign-in is written in every company of the account, one of an
unknown account in a database of the server's own, as it is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.couch.client import Couch
from backend.couch.design_docs import DatabaseKind, deploy_design_docs
from backend.couch.errors import NotFound
from receivables.access import SERVER_ROLE
from receivables.documents import SCHEMA, rfc3339
from receivables.identifiers import new_ulid

UNKNOWN_SIGN_INS = "recaudo-sign-ins"
"""Not the code of a company: those have no hyphen."""

DESIGN_DOCS = ("append_only", "audit")
ACCEPTED = "accepted"
LONGEST_VALUE = 500
LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from: an address, the program that asked, and the device where it is one."""

    address: str
    agent: str = ""
    device: str | None = None


_VERSION = re.compile(r"Recaudo/([0-9A-Za-z][0-9A-Za-z.+-]{0,29}) ")


def version_of(agent: str) -> str | None:
    """The version that a collector's app tells of itself, by its own word; None for any other program."""
    said = _VERSION.match(agent)
    return said[1] if said else None


class Audit:
    """Appends; nothing here changes or removes an entry, and the databases would refuse it."""

    def __init__(self, couch: Couch, random_bytes: Callable[[int], bytes]) -> None:
        self._couch = couch
        self._random_bytes = random_bytes

    def append(
        self,
        company: str,
        *,
        by: str,
        action: str,
        origin: Origin,
        now: datetime,
        subject: str | None = None,
        outcome: str = ACCEPTED,
        values: Mapping[str, Any] | None = None,
        of: str | None = None,
    ) -> str:
        """Write one entry and return its id. Raise CouchError: what can't be recorded is not to be done."""
        entry = {
            "_id": f"audit:{new_ulid(now, self._random_bytes(10))}",
            "schema": SCHEMA,
            "at": rfc3339(now),
            "by": by,
            "action": action,
            "subject": subject,
            "outcome": outcome,
            "values": {name: _short(value) for name, value in (values or {}).items()},
            "address": origin.address,
            "agent": origin.agent[:LONGEST_AGENT],
            "device": origin.device,
            "of": of,
        }
        self._couch.put(company, entry)
        return str(entry["_id"])

    def of_account(
        self,
        companies: Iterable[str],
        email: str,
        *,
        action: str,
        outcome: str,
        origin: Origin,
        now: datetime,
    ) -> None:
        """A sign-in or change of password (`accepted`) or why not, in each company of the account."""
        written = 0
        for company in companies:
            try:
                self.append(company, by=email, action=action, outcome=outcome, origin=origin, now=now)
            except NotFound:
                continue  # a role in a company whose database is gone
            written += 1
        if not written:
            self._unknown(email, action=action, outcome=outcome, origin=origin, now=now)

    def _unknown(self, email: str, *, action: str, outcome: str, origin: Origin, now: datetime) -> None:
        entry: dict[str, Any] = {
            "by": email,
            "action": action,
            "outcome": outcome,
            "origin": origin,
            "now": now,
        }
        try:
            self.append(UNKNOWN_SIGN_INS, **entry)
        except NotFound:
            prepare_unknown_sign_ins(self._couch)
            self.append(UNKNOWN_SIGN_INS, **entry)


def prepare_unknown_sign_ins(couch: Couch) -> None:
    """Make the database of sign-ins that are no company's, open to the server alone. May be repeated."""
    server = {"names": [], "roles": [SERVER_ROLE]}
    couch.create_database(UNKNOWN_SIGN_INS)
    couch.put_security(UNKNOWN_SIGN_INS, {"admins": server, "members": server})
    deploy_design_docs(couch, UNKNOWN_SIGN_INS, DatabaseKind.CENTRAL, only=DESIGN_DOCS)


def _short(value: Any) -> Any:
    """As JSON, cut to what an entry may carry."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        return [_short(item) for item in value[:50]]
    # half of a surrogate pair, which JSON can spell, can't be stored
    return str(value)[:LONGEST_VALUE].encode(errors="replace").decode()
